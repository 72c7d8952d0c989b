#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# Runs in the guest: starts Pollux as a user would, without a word about PCI, and then runs what the
# other side asks for, SHARE/ask.N, until one of it is "end". SHARE/said.N: output, status in the last line.
#
#	guest.sh BUILD SHARE

build=$1 share=$2 n=1

ctl() { "$build/app/polluxctl/polluxctl" --socket /run/pollux.sock "$@"; }

"$build/app/pollux/pollux" -l 0,1 -- --socket /run/pollux.sock --no-prompt --mbufs 6000 \
	</dev/null >"$share/pollux.log" 2>&1 &
pollux=$!

while :; do
	if [ ! -e "$share/ask.$n" ]; then
		sleep 0.1
		continue
	fi
	! grep -qx end "$share/ask.$n" || break
	(. "$share/ask.$n") >"$share/part" 2>&1 </dev/null
	echo "status $?" >>"$share/part"
	mv "$share/part" "$share/said.$n"
	n=$((n + 1))
done
kill "$pollux"
wait "$pollux"
