# SPDX-License-Identifier: BSD-3-Clause
#
# Real servers in the WAN namespace of netlab.sh (source that first): http, iperf3, ssh.
# Their data and keys live in the lab's own folder and go with it.

# server_http PORT [DIR]
server_http()
{
	local dir=${2:-$LAB_DIR/www}
	mkdir -p "$dir"
	lab_spawn "$LAB_WAN" python3 "$LAB_TOP/deploy/httpd.py" "$1" "$dir"
	wait_port "$LAB_WAN" "$1"
}

# server_iperf3 [PORT]
server_iperf3()
{
	lab_spawn "$LAB_WAN" iperf3 --server --port "${1:-5201}"
	wait_port "$LAB_WAN" "${1:-5201}"
}

# server_ssh PORT: sshd with keys of its own; ssh_lan logs in with them.
server_ssh()
{
	local dir=$LAB_DIR/ssh pam=no
	mkdir -p -m 700 "$dir"
	if [ ! -d /run/sshd ]; then
		mkdir -m 755 /run/sshd && LAB_SSHD_DIR=/run/sshd
	fi
	# Without PAM sshd turns away a root whose password is locked, which is how clouds ship it.
	case $(getent shadow root) in root:!*) pam=yes ;; esac
	ssh-keygen -q -t ed25519 -N '' -f "$dir/host" && ssh-keygen -q -t ed25519 -N '' -f "$dir/user" ||
		return 1
	cp "$dir/user.pub" "$dir/authorized"
	cat >"$dir/config" <<-END
		Port $1
		HostKey $dir/host
		AuthorizedKeysFile $dir/authorized
		PidFile none
		StrictModes no
		PermitRootLogin prohibit-password
		PasswordAuthentication no
		UsePAM $pam
		UseDNS no
	END
	lab_spawn "$LAB_WAN" "$(command -v sshd || echo /usr/sbin/sshd)" -D -e -f "$dir/config"
	wait_port "$LAB_WAN" "$1"
}

# ssh_lan PORT HOST COMMAND...
ssh_lan()
{
	local port=$1 host=$2
	shift 2
	in_lan ssh -F none -i "$LAB_DIR/ssh/user" -p "$port" -o BatchMode=yes -o ConnectTimeout=5 \
		-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR \
		"root@$host" "$@"
}
