# SPDX-License-Identifier: BSD-3-Clause
#
# Counts and prints tests. A test is a function: it returns 0 (passed), 77 (skipped, the reason is
# what it printed last) or anything else (failed, shown with what it printed).

PASSED=0
FAILED=0
SKIPPED=0

# check "what is promised" FUNCTION [ARGS...]
check()
{
	local name=$1 said rc
	shift
	# Not in a subshell: a test may start and stop Pollux, whose exit status only its parent gets.
	"$@" >"$LAB_DIR/said" 2>&1
	rc=$?
	said=$(cat "$LAB_DIR/said")
	case $rc in
	0)
		PASSED=$((PASSED + 1))
		printf 'ok    %s%s\n' "$name" "${said:+  ($(tail -n 1 <<<"$said"))}"
		;;
	77)
		SKIPPED=$((SKIPPED + 1))
		printf 'skip  %s: %s\n' "$name" "$(tail -n 1 <<<"$said" | tr -s ' ')"
		;;
	*)
		FAILED=$((FAILED + 1))
		printf 'FAIL  %s\n' "$name"
		[ -z "$said" ] || sed 's/^/      /' <<<"$said" | tail -n 20
		;;
	esac
	return 0
}

# A Pollux with the rules of these tests, started once and again only where a test ended it.
pollux_lives()
{
	if [ -n "$LAB_POLLUX" ] && kill -0 "$LAB_POLLUX" 2>/dev/null; then
		return 0
	fi
	pollux_stop
	pollux_start "$RULES"
}

need_pollux()
{
	pollux_lives && return 0
	FAILED=$((FAILED + 1))
	echo "FAIL  Pollux starts with $(basename "$RULES")"
	return 1
}

# need_server FUNCTION PORT [ARGS]: start a server of servers.sh unless it listens already.
need_server()
{
	[ -n "$(in_wan ss -Hltn "sport = :$2")" ] || "$@"
}

# milliseconds since some beginning
now_ms() { echo $((${EPOCHREALTIME/./} / 1000)); }

# expect WANTED GOT WHAT
expect()
{
	[ "$1" = "$2" ] && return 0
	echo "$3: expected '$1', got '$2'"
	return 1
}

# Every packet of Pollux is somewhere. Some may be on their way, or be counted on one side only, just when it is asked;
# one that is lost stays so.
packets_add_up()
{
	local until=$(($(now_ms) + 5000)) said
	until said=$(ctl show packets) &&
		awk '{ exit !(NF == 16 && $2 + $4 == $6 + $8 + $10 + $12 + $14 + $16) }' <<<"$said"; do
		[ "$(now_ms)" -lt $until ] || { echo "$said"; return 1; }
		sleep 0.2
	done
	echo "$said"
}

summary()
{
	echo "$PASSED passed, $FAILED failed, $SKIPPED skipped"
	[ "$FAILED" = 0 ] && [ "$PASSED" -gt 0 ]
}
