#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# Runs in the lab's guest: loads what scenarios need of Debian's kernel, and plays them.
#
#	guest.sh MODULES TREE BUILD SCENARIOS...

modules=$1 tree=$2 build=$3
shift 3

names="veth xt_set xt_mark xt_tcpudp"
for table in raw mangle filter nat security; do
	names="$names iptable_$table ip6table_$table"
done
for file in "$modules/lib/modules/$(uname -r)"/kernel/net/netfilter/ipset/ip_set_*; do
	file=${file##*/}
	names="$names ${file%%.*}"
done
for name in $names; do
	modprobe -d "$modules" "$name" || exit 1
done
cd "$tree" || exit 1
POLLUX_BUILD=$tree/$build exec tests/kernel/run "$@"
