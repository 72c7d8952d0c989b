# SPDX-License-Identifier: BSD-3-Clause
#
# Runs groups of tests and adds them up. A group is a command; when it closes with a line
# "N passed, N failed, N skipped" that is its result, otherwise its exit status is one test.

PASSED=0
FAILED=0
SKIPPED=0
GROUP_PID=
BEHIND_PID=
SUMMARY=()
TMP=
START=$SECONDS

tally_begin()
{
	TMP=$(mktemp -d /tmp/pollux-tests.XXXXXX) || exit 1
}

# The group that runs when we are interrupted gets time to remove what it made.
tally_cleanup()
{
	[ -z "$GROUP_PID" ] || end_group "$GROUP_PID"
	[ -z "$BEHIND_PID" ] || end_group "$BEHIND_PID"
	[ -z "$TMP" ] || rm -rf "$TMP"
}

# end_group PROCESS-GROUP: asked first; killed when it needs longer than fifteen seconds to tidy up.
end_group()
{
	local i
	kill -TERM -- "-$1" 2>/dev/null
	for i in $(seq 1 75); do
		kill -0 -- "-$1" 2>/dev/null || return 0
		sleep 0.2
	done
	kill -KILL -- "-$1" 2>/dev/null
}

# add PASSED FAILED SKIPPED GROUP SECONDS
add()
{
	PASSED=$((PASSED + $1))
	FAILED=$((FAILED + $2))
	SKIPPED=$((SKIPPED + $3))
	SUMMARY+=("$(printf '%-12s %4d passed %3d failed %3d skipped  %4d s' "$4" "$1" "$2" "$3" "$5")")
}

tally_failed()
{
	printf '\n== %s\nFAIL  %s\n' "$1" "$2"
	add 0 1 0 "$1" 0
}

tally_skipped()
{
	printf '\n== %s\nskip  %s: %s\n' "$1" "$1" "$2"
	add 0 0 1 "$1" 0
}

# run_group NAME SECONDS COMMAND...: its output as it comes, ended after SECONDS. Shell functions
# may be given, so it runs in a subshell under a watchdog rather than under timeout(1).
run_group()
{
	local name=$1 limit=$2 t0=$SECONDS log=$TMP/$1.log rc dog show
	shift 2
	printf '\n== %s\n' "$name"
	: >"$log"
	set -m	# a process group of its own: the watchdog's kill reaches all of it
	("$@") >"$log" 2>&1 &
	GROUP_PID=$!
	set +m
	watchdog $GROUP_PID "$limit" "$log" &
	dog=$!
	tail -q -n +1 -s 0.2 -f --pid=$GROUP_PID "$log" &
	show=$!
	wait $GROUP_PID	# and not for tail: only this lets a signal through at once
	rc=$?
	GROUP_PID=
	wait $show
	kill $dog 2>/dev/null
	wait $dog 2>/dev/null
	count_group "$name" "$log" $rc $((SECONDS - t0))
	[ -d "$LOGS" ] && cp "$log" "$LOGS/$name.log"
	return $rc
}

# start_behind COMMAND: goes on behind the groups, with the time they leave. What it says is lost: a
# group that needs its work does it again, and says what is wrong then.
start_behind()
{
	set -m
	(
		renice -n 19 -p $BASHPID
		"$@"
	) >/dev/null 2>&1 &
	BEHIND_PID=$!
	set +m
}

# start_early NAME COMMAND...: a group that mostly waits goes on behind the others; take_early NAME, as the group's command,
# is the rest of it, and what it said.
start_early()
{
	local name=$1
	shift
	set -m
	(
		"$@" >"$TMP/early-$name" 2>&1
		echo $? >"$TMP/early-$name.end"
	) &
	BEHIND_PID=$!
	set +m
}

take_early()
{
	until [ -s "$TMP/early-$1.end" ]; do
		sleep 0.2
	done
	cat "$TMP/early-$1"
	return "$(cat "$TMP/early-$1.end")"
}

watchdog()
{
	local left=$2
	while [ "$left" -gt 0 ]; do
		sleep 1
		left=$((left - 1))
	done
	echo "FAIL  took longer than $2 s, ended" >>"$3"
	end_group "$1"
}

count_group()
{
	local name=$1 log=$2 rc=$3 seconds=$4 line
	line=$(grep -E '^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$' "$log" | tail -n 1)
	if [ -z "$line" ]; then
		# Packages and builds are no tests: they count only when they fail.
		case $rc:$name in
		0:packages | 0:build) return ;;
		0:*) line="1 passed, 0 failed, 0 skipped" ;;
		*) line="0 passed, 1 failed, 0 skipped" ;;
		esac
	fi
	line=${line//[a-z,]/}
	set -- $line
	if [ "$rc" != 0 ] && [ "$2" = 0 ]; then
		set -- "$1" 1 "$3"
		echo "FAIL  $name ended with status $rc"
	fi
	add "$1" "$2" "$3" "$name" "$seconds"
}

tally_end()
{
	local log
	printf '\n== summary (%d s)\n' $((SECONDS - START))
	printf '%s\n' "${SUMMARY[@]}"
	if [ "$FAILED" -gt 0 ]; then
		echo
		for log in "$TMP"/*.log; do
			grep -hE '(^|[] ])FAIL ' "$log" | awk -v g="$(basename "$log" .log)" '!seen[$0]++ { print g ": " $0 }' | head -n 30
		done
		[ ! -d "$LOGS" ] || echo "logs: $LOGS"
	fi
	echo "$PASSED passed, $FAILED failed, $SKIPPED skipped"
	[ "$FAILED" = 0 ] && [ "$PASSED" -gt 0 ]
	exit
}
