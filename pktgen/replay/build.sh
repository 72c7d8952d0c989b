#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# Builds the packet source against the installed libdpdk-dev:	build.sh OUT
#
# Drivers need headers that libdpdk-dev does not have. They come from Debian's source package of the same
# version, which stays in OUT/dpdk-VERSION; the machine's list of package sources is not touched.

set -eu
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "${1:?where to: build.sh OUT}"
out=$(cd "$1" && pwd)
version=$(dpkg-query -W -f '${Version}' libdpdk-dev)
tree=$out/dpdk-$version

# Debian's sources for what this machine has its packages from, in lists of our own.
fetch()
{
	apt=$out/apt
	mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
	apt-get indextargets --format '$(REPO_URI) $(CODENAME)' 'Created-By: Packages' | sort -u |
		sed 's|^|deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] |; s|$| main|' >"$apt/sources.list"
	set -- -qq -o "Dir::Etc::SourceList=$apt/sources.list" -o Dir::Etc::SourceParts=/dev/null \
		-o "Dir::State::Lists=$apt/lists" -o "Dir::Cache=$apt/cache" -o APT::Sandbox::User=root
	apt-get "$@" update
	cd "$out"
	apt-get "$@" source --download-only "dpdk=$version"
	mkdir -p "$tree.new"
	tar -xf "dpdk_${version%-*}.orig.tar.xz" -C "$tree.new" --strip-components=1
	mv "$tree.new" "$tree"
	rm -rf "$apt" dpdk_*
}

[ -d "$tree" ] || (fetch)

cc -O3 -march=native -Wall -Wextra -Werror -shared -fPIC -DALLOW_INTERNAL_API -DALLOW_EXPERIMENTAL_API \
	-isystem "$tree/lib/ethdev" -isystem "$tree/drivers/bus/vdev" \
	-isystem "$tree/lib/eal/include" $(pkg-config --cflags libdpdk | sed 's/-I/-isystem /g') \
	-march=native "$here"/replay_*.c -o "$out/new.$$" \
	-Wl,--no-as-needed -lrte_bus_vdev -lrte_ethdev -lrte_mbuf -lrte_mempool -lrte_kvargs -lrte_eal
mv "$out/new.$$" "$out/librte_net_replay.so" # a program that has it loaded keeps the old one
cc -O2 "$here/calibrate.c" -o "$out/new.$$"
mv "$out/new.$$" "$out/calibrate"
