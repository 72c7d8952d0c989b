# SPDX-License-Identifier: BSD-3-Clause
# Starting in bad circumstances: one clear line with what to do, exit status 1.

# refuses WORD CONFIG-LINE...: Pollux ends with 1 and one line of its own that has WORD in it.
refuses()
{
	local word=$1 said rc
	shift
	{ echo "eal -l 0,1 --in-memory --no-pci ${EAL_MORE:-}"; printf '%s\n' "$@"; } >"$LAB_DIR/bad.conf"
	said=$(in_box timeout 30 "$LAB_BUILD/app/pollux/pollux" -- --config "$LAB_DIR/bad.conf" \
		--socket "$LAB_DIR/bad.sock" --no-prompt 2>&1)
	rc=$?
	expect 1 $rc "exit status" || { echo "$said"; return 1; }
	grep "^pollux: .*$word" <<<"$said" && return 0
	echo "no line of Pollux mentions '$word': $said"
	return 1
}

# 16 MB of huge pages hold no packets.
little_memory()
{
	EAL_MORE="-m 16 --socket-limit 16"
	refuses "[Mm]emory\\|huge" "port add p0 net_null0"
	local rc=$?
	EAL_MORE=
	return $rc
}

missing_config()
{
	local said
	said=$(in_box timeout 30 "$LAB_BUILD/app/pollux/pollux" -- --config /nonexistent/pollux.conf \
		--socket "$LAB_DIR/bad.sock" --no-prompt 2>&1)
	expect 1 $? "exit status" && tail -n 1 <<<"$said" | grep /nonexistent/pollux.conf
}

unknown_option()
{
	local said
	said=$(in_box timeout 30 "$LAB_BUILD/app/pollux/pollux" -- --nonsense 2>&1)
	expect 1 "$([ $? != 0 ] && echo 1)" "a status other than 0" && grep -e --nonsense <<<"$said"
}

# A machine without huge pages, made by hiding them in a mount namespace: it starts, says what that
# costs, and forwards.
no_hugepages()
{
	local rc=0
	sed 's/^HugePages_\(Total\|Free\):.*/HugePages_\1: 0/; s/^Hugetlb:.*/Hugetlb: 0 kB/' /proc/meminfo >"$LAB_DIR/meminfo"
	sed '/^eal/d' "$RULES" >"$LAB_DIR/no-huge.conf"
	cat >"$LAB_DIR/no-huge.sh" <<-'END'
		# ip netns exec gave us a mount namespace of our own
		mount --make-rprivate / && mount -t tmpfs none /sys/kernel/mm/hugepages &&
		mount --bind "$1/meminfo" /proc/meminfo || exit 125
		shift
		exec "$@"
	END
	local build=$LAB_BUILD
	LAB_BUILD=$LAB_DIR/hidden
	mkdir -p "$LAB_BUILD/app/pollux" "$LAB_BUILD/app/polluxctl"
	printf '#!/bin/bash\nexec sh %q %q %q -l 0,1 --no-pci "$@"\n' "$LAB_DIR/no-huge.sh" "$LAB_DIR" \
		"$build/app/pollux/pollux" >"$LAB_BUILD/app/pollux/pollux"
	chmod +x "$LAB_BUILD/app/pollux/pollux"
	ln -sf "$build/app/polluxctl/polluxctl" "$LAB_BUILD/app/polluxctl/polluxctl"
	if ! pollux_start "$LAB_DIR/no-huge.conf"; then
		LAB_BUILD=$build
		return 1
	fi
	in_lan ping -n -q -c 3 -i 0.2 -W 2 "$WAN4" || rc=1
	pollux_stop
	LAB_BUILD=$build
	grep -i 'hugepage\|huge page' "$LAB_DIR/pollux.log" | grep -v '^EAL' || { echo "it does not say so"; rc=1; }
	return $rc
}

pollux_stop
check "a missing interface" refuses "no-such-if" "port add p0 net_af_packet0,iface=no-such-if"
check "an unknown driver" refuses "net_nonsense0" "port add p0 net_nonsense0"
check "a missing PCI device" refuses "0000:ff:1f.7" "port add p0 0000:ff:1f.7"
check "a wrong line names its file and number" refuses "bad.conf:3" "sysctl -w net.ipv4.ip_forward=1" "ip addr add nonsense dev p0"
check "a wrong rule names itself" refuses "nonsense" "iptables -A FORWARD -p nonsense -j ACCEPT"
check "too little memory" little_memory
check "a missing configuration file" missing_config
check "an unknown option" unknown_option
check "no huge pages: starts, says so, forwards" no_hugepages
