# SPDX-License-Identifier: BSD-3-Clause
# A real sshd behind the router: login with a key, data both ways.

login()
{
	expect "hello" "$(ssh_lan 2222 "$1" echo hello)" "what the remote shell said"
}

copy_there_and_back()
{
	local sum
	sum=$(ssh_lan 2222 "$1" sha256sum <"$LAB_DIR/ssh/blob") &&
		expect "$(sha256sum <"$LAB_DIR/ssh/blob")" "$sum" "checksum there" || return 1
	sum=$(ssh_lan 2222 "$1" cat "$LAB_DIR/ssh/blob" | sha256sum)
	expect "$(sha256sum <"$LAB_DIR/ssh/blob")" "$sum" "checksum back"
}

if need_pollux; then
	if need_server server_ssh 2222; then
		head -c 5000000 /dev/urandom >"$LAB_DIR/ssh/blob"
		check "ssh logs in with a key" login "$WAN4"
		check "ssh over IPv6" login "$WAN6"
		check "5 MB through ssh, there and back" copy_there_and_back "$WAN4"
	else
		check "sshd starts" false
	fi
fi
