# SPDX-License-Identifier: BSD-3-Clause
# Every ready configuration of conf/ starts and answers.

conf_starts()
{
	pollux_start "$1" || return 1
	ctl show port info all >/dev/null && in_lan ping -n -q -c 2 -i 0.2 -W 2 192.168.1.1
	local rc=$?
	pollux_stop
	return $rc
}

DMZ_NS=plx-lan-dmz-$$	# the prefix makes lab_sweep find what a kill -9 left
pollux_stop
lab_wire "$DMZ_NS" dmz0 192.168.2.10 2001:db8:3::10	# for those that have three ports
for file in "$LAB_TOP"/conf/*.conf; do
	check "conf/$(basename "$file") starts" conf_starts "$file"
done
lab_del_ns "$DMZ_NS"
