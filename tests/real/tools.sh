# SPDX-License-Identifier: BSD-3-Clause
#
# Where programs for Linux's netfilter run, unchanged: the cases of such programs source this. What they keep in /etc,
# /var and /run is their own, not the machine's.

TOOLS_PID=

# tools_hold COMMAND...: starts it; once it has made the folders private it only keeps them, for tools_in.
tools_hold()
{
	local ready=$LAB_DIR/tools.ready i
	rm -f "$ready"
	LAB_READY=$ready LAB_HELD=$LAB_DIR lab_spawn "$LAB_BOX" "$@" bash -c '
		private() { mkdir -p "$1" "$2" && mount -t overlay -o "lowerdir=/$3,upperdir=$1,workdir=$2" o "/$3"; }
		mount -t tmpfs tools /mnt || exit 1
		for dir in etc var/lib var/log var/cache; do
			private "/mnt/$dir/upper" "/mnt/$dir/work" "$dir" || exit 1
		done
		mount -t tmpfs tools /run && mkdir /run/pollux && mount --bind "$LAB_HELD" /run/pollux && touch "$LAB_READY"
		exec sleep infinity'
	TOOLS_PID=$!
	for i in $(seq 1 100); do
		[ ! -e "$ready" ] || return 0
		sleep 0.1
	done
	echo "no folders of their own for tools: $(tail -n 3 "$LAB_DIR/servers.log")"
	return 1
}

# tools_in COMMAND...: there
tools_in() { nsenter -t "$TOOLS_PID" -m -n -- "$@"; }

# tools_end: also ends what still runs there
tools_end()
{
	kill "$TOOLS_PID" 2>/dev/null
	wait "$TOOLS_PID" 2>/dev/null
}

# legacy_hold: the same, for Linux itself, with its own iptables-legacy under all names; to compare with.
legacy_hold()
{
	local links=$LAB_DIR/legacy f n s
	mkdir -p "$links"
	for f in iptables ip6tables; do
		for n in "$f" "$f-legacy" "$f-nft"; do
			for s in "" -save -restore; do
				ln -sf xtables-legacy-multi "$links/$f$s"
				ln -sf xtables-legacy-multi "$links/$n$s"
			done
		done
	done
	tools_hold unshare --net --mount --propagation private bash -c '
		ip link add lan0 type veth peer name wan0 && ip link set lo up && mount -t overlay -o "lowerdir=$0:/usr/sbin" legacy /usr/sbin && exec "$@"' "$links"
}

# tools_rules: all rules of both families, without what differs from one moment to the next: counters, and chains that
# Shorewall names by what it found the machine to have. Pollux does not have the helpers of H.323.
tools_rules()
{
	local tool table
	for tool in iptables-save ip6tables-save; do
		for table in filter nat mangle raw security; do
			tools_in "/usr/sbin/$tool" -t $table |
				sed -E -e '/^#|--helper (RAS|Q.931)$/d' -e 's/\[[0-9:]*\]/[]/' -e 's/sha-([lr])h-[0-9a-f]*/sha-\1h/'
		done
	done
}

# same_rules FUNCTION: leaves the rules in Pollux that it leaves in Linux.
same_rules()
{
	local ours theirs
	tools_hold "$LAB_TOP/deploy/as-linux" || return 1
	"$1" >/dev/null && ours=$(tools_rules)
	tools_end
	legacy_hold || return 1
	"$1" >/dev/null && theirs=$(tools_rules)
	tools_end
	[ -n "$theirs" ] || return 1
	diff <(echo "$theirs") <(echo "$ours") && echo "$(grep -c '^-A' <<<"$ours") rules"
}

# fetches URL [SECONDS]: the LAN client gets it
fetches() { in_lan curl -gsS --max-time "${2:-5}" -o /dev/null "$1"; }

# kept_from URL: it does not
kept_from()
{
	fetches "$1" 2 || return 0
	echo "$1 was fetched"
	return 1
}

# without_rules: Pollux as it began
without_rules()
{
	local tool table
	for tool in iptables ip6tables; do
		for table in filter nat mangle raw; do
			ctl $tool -t $table -F && ctl $tool -t $table -X || return 1
		done
		for table in INPUT FORWARD OUTPUT; do
			ctl $tool -P $table ACCEPT
		done
	done
}
