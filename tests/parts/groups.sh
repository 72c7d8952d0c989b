# SPDX-License-Identifier: BSD-3-Clause
#
# The groups of tests/run: what each builds and runs. SCOPE is quick or full.

export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
export ASAN_OPTIONS=halt_on_error=1:print_summary=1:detect_stack_use_after_return=1
# DPDK is not instrumented: tests/dataplane names what of it must be believed.
export TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1:suppressions=${top:-$PWD}/tests/dataplane/tsan.supp

install_packages()
{
	local what="build test"
	[ $SCOPE = full ] && what="build full"
	deploy/install-deps $what
}

build_release()
{
	build_tree build -Dtests=true
}

# clang here, without a warning: the same build then holds the fuzzers. Under a lock: who comes second finds it built.
build_sanitized()
(
	exec 9>"$LOGS/build-asan.lock" && flock 9 || exit 1
	CC=clang build_tree build-asan -Dwerror=true -Db_sanitize=address,undefined -Db_lundef=false \
		-Dbuildtype=debugoptimized -Dtests=true -Dfuzz=true 9>&-
)

build_threads()
(
	exec 9>"$LOGS/build-tsan.lock" && flock 9 || exit 1
	CC=clang build_tree build-tsan -Db_sanitize=thread -Db_lundef=false -Dbuildtype=debugoptimized \
		-Dtests=true 9>&-
)

build_all_sanitizers()
{
	build_sanitized
	build_threads
}

# suite DIR SUITE: meson's tests, counted by cmocka's cases where there are such.
suite()
{
	local log=suite-$2 rc
	meson test -C "$1" --no-rebuild --suite "$2" --print-errorlogs --logbase "$log" --timeout-multiplier 3
	rc=$?
	count_suite "$1/meson-logs/$log.txt"
	return $rc
}

# A binary that crashed has no closing lines of cmocka's: meson counts it as failed, so do we.
count_suite()
{
	awk '
		function number() { sub(/^\[[^]]*\] (tests: )?/, ""); return $0 + 0 }
		/^\[  PASSED  \] [0-9]+ test/ { passed += number(); seen = 1 }
		/^\[  FAILED  \] (tests: )?[0-9]+ test/ { failed += number(); seen = 1 }
		/^\[  SKIPPED \] (tests: )?[0-9]+ test/ { skipped += number() }
		/^Ok:/ { ok = $2 }
		/^(Fail|Unexpected Pass|Timeout):/ { bad += $NF }
		/^Skipped:/ { left = $2 }
		END {
			if (!seen) { passed = ok; skipped = left }
			if (failed < bad) failed = bad
			printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped
		}' "$1"
}

group_lint() { run_group lint 60 tests/lint/run; }
group_unit() { run_group unit 120 suite build unit; }
group_dataplane() { run_group dataplane 180 suite build dataplane; }

group_text() { run_group text 180 tests/text/run; }

# A developer's loop leaves out what takes long: waits for timers, helpers' programs, ready configurations. What is left
# goes on while others use the processors.
REAL_QUICK="ping http ssh rules control gateway"

start_real() { start_early real tests/real/run $REAL_QUICK; }

group_real()
{
	local cases=$REAL_QUICK
	[ $SCOPE = full ] && cases=
	if [ -e "$TMP/early-real" ]; then
		run_group real 300 take_early real
	else
		run_group real 300 tests/real/run $cases
	fi
}

sanitized_suites()
{
	local one two
	build_sanitized || return 1
	suite build-asan unit >"$TMP/asan-unit" 2>&1
	one=$?
	suite build-asan dataplane >"$TMP/asan-dataplane" 2>&1
	two=$?
	grep -vhE '^[0-9]+ passed' "$TMP/asan-unit" "$TMP/asan-dataplane"
	cat "$TMP/asan-unit" "$TMP/asan-dataplane" |
		awk '/^[0-9]+ passed/ { p += $1; f += $3; s += $5 }
			END { printf "%d passed, %d failed, %d skipped\n", p, f, s }'
	return $((one | two))
}

group_sanitizers() { run_group sanitizers 600 sanitized_suites; }

fuzz_group()
{
	build_sanitized && fuzz_all build-asan "$1" "$LOGS"
}

group_fuzz()
{
	local seconds=5
	[ $SCOPE = full ] && seconds=12
	run_group fuzz 900 fuzz_group $seconds
}

group_kernel()
{
	local long=
	[ $SCOPE = full ] && long=--long
	run_group kernel 600 tests/kernel/run $long
}

group_random()
{
	local rounds=500
	[ $SCOPE = full ] && rounds=2000
	# Always the same rounds: a change is judged by itself. tests/soak random looks for new ones.
	run_group random 900 tests/kernel/random --rounds $rounds --seed 1
}

# A round is one to five conversations, three on the average.
group_talk()
{
	local rounds=200
	[ $SCOPE = full ] && rounds=1000
	run_group talk 900 tests/kernel/random --talk --rounds $rounds --seed 1
}

# The rest is for `tests/run full`.

# Fewer rounds by each other way to the same, and where there are several workers what they write together: expectations
# of helpers. tests/soak ways plays everything.
some_rounds()
{
	tests/kernel/random --rounds 200 --seed 1 && tests/kernel/random --talk --rounds 150 --seed 1 || return 1
	[ "${POLLUX_LANES:-1}" = 1 ] || tests/kernel/run nat_pptp nat_ftp nat_sip nat_helpers
}

other_ways()
{
	. tests/parts/ways.sh
	each_way some_rounds
}

group_ways() { run_group ways 900 other_ways; }

# TSan cannot live with as many random address bits as kernels now use: setarch -R takes them away.
tsan_suite()
{
	build_threads || return 1
	setarch "$(uname -m)" -R bash -c '. tests/parts/groups.sh; suite build-tsan threads'
}

group_tsan() { run_group tsan 600 tsan_suite; }
group_quickstart() { run_group quickstart 300 deploy/quickstart; }
group_sriov() { run_group sriov 900 tests/sriov/run; }
group_debian13() { run_group debian13 900 tests/debian13/run; }

# Only that it runs and finds its figures: a shared machine is no place to judge them.
group_bench()
{
	run_group bench 400 pktgen/bench --set short --seconds 1
}
