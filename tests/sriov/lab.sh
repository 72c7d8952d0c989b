# SPDX-License-Identifier: BSD-3-Clause
#
# The lab outside this tree (SRIOV_LAB, else ../shared/sriov-lab beside it) whose emulated machine tests boot. Sourced by
# who has set $top; skip_all says why nothing can be tested.

lab=${SRIOV_LAB:-$top/../shared/sriov-lab}
cache=${SRIOV_LAB_CACHE:-/var/cache/sriov-lab}

# lab_ready: QEMU and a kernel are there, or it does not return.
lab_ready()
{
	local tool log
	[ -x "$lab/run.sh" ] || skip_all "no lab in $lab (SRIOV_LAB=DIR names another place)"
	[ "$(id -u)" = 0 ] || skip_all "needs root"
	[ ! -e "$cache/vmlinuz" ] || return 0
	for tool in cpio depmod xz dpkg-deb; do
		command -v $tool >/dev/null || skip_all "$tool is not installed (deploy/install-deps full)"
	done
	echo "downloading the lab's QEMU and kernel into $cache (once, 150 MB)"
	log=/tmp/pollux-lab-$$
	sh "$lab/build.sh" "$cache" >$log 2>&1 || skip_all "$lab/build.sh failed: $(tail -n 1 $log; rm -f $log)"
	rm -f $log
}
