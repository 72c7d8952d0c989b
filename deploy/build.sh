# SPDX-License-Identifier: BSD-3-Clause
#
# Building, for the scripts that need a build first; sourced.

# build_tree DIR [meson options]: configures DIR where that was not done, and builds it.
# Quick when nothing changed. What meson and ninja say is shown only when they fail.
build_tree()
{
	local top dir=$1 log
	top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
	shift
	log=$(mktemp)
	if build_steps "$top" "$top/$dir" "$@" >"$log" 2>&1; then
		rm -f "$log"
		return 0
	fi
	# The first errors are the ones to mend; without any, the end says why.
	if grep -qE 'error:|ERROR:' "$log"; then
		grep -E 'error:|ERROR:' -A 4 "$log" | head -n 40 >&2
	else
		tail -n 20 "$log" >&2
	fi
	rm -f "$log"
	return 1
}

build_steps()
{
	local top=$1 dir=$2
	shift 2
	# A tree that was copied along with its build cannot be repaired, only built anew.
	if grep -qs "\"source\": \"$top\"" "$dir/meson-info/meson-info.json" &&
		meson configure "$dir" "$@"; then
		ninja -C "$dir"
		return
	fi
	rm -rf "$dir"
	meson setup "$dir" "$top" "$@" && ninja -C "$dir"
}
