# SPDX-License-Identifier: BSD-3-Clause
# scenarios of tests/guest on Debian's kernel in an emulated machine, which has modules that this one's may lack

. "$top/tests/sriov/lab.sh"

skip_all()
{
	echo "skip  the guest: $1"
	echo "0 passed, 0 failed, 1 skipped"
	exit 0
}

# fetch_modules DIR: those of the kernel that the lab boots, of its Debian package.
fetch_modules()
{
	local version apt="-oDir::Etc::sourcelist=$cache/apt/sources.list -oDir::Etc::sourceparts=/dev/null
		-oDir::State::Lists=$cache/apt/lists -oDebug::NoLocking=1 -oAPT::Sandbox::User=root -qq"
	version=$(basename "$(readlink "$cache/vmlinuz")")
	version=${version#vmlinuz-}
	[ ! -d "$1/lib/modules/$version" ] || return 0
	rm -rf "$1" && mkdir -p "$1" && (
		cd "$1" && apt-get $apt download "linux-image-$version" &&
			dpkg-deb --fsys-tarfile ./*.deb | tar -x --wildcards './lib/modules/*/modules.*' '*/kernel/net/*' \
				'*/kernel/drivers/net/veth*' '*/kernel/crypto/*' '*/kernel/lib/*' '*/kernel/arch/x86/crypto/*' &&
			rm -f ./*.deb && depmod -b . "$version"
	) || { rm -rf "$1"; return 1; }
}

soak_guest()
{
	local modules=/var/cache/pollux-guest
	lab_ready
	fetch_modules "$modules" || skip_all "no package of the guest's kernel"
	build_tree build-sriov -Dcpu=x86-64-v2 -Dtests=false || exit 1
	SRIOV_LAB_CACHE=$cache "$lab/run.sh" --nics 0 --huge 0 --mem 2500 --timeout 1200 --share "$top" --share "$modules" -- \
		sh "$top/tests/guest/guest.sh" "$modules" "$top" build-sriov "$top"/tests/guest/*.txt
}
