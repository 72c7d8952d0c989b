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

pollux_stop
for file in "$LAB_TOP"/conf/*.conf; do
	check "conf/$(basename "$file") starts" conf_starts "$file"
done
