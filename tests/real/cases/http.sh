# SPDX-License-Identifier: BSD-3-Clause
# Downloads arrive whole: checksums compared.

# download URL: fetched and compared with the server's file
download()
{
	local got
	got=$(in_lan curl -gsS --max-time 30 "$1/blob" | sha256sum)
	expect "$(sha256sum <"$LAB_DIR/www/blob")" "$got" "checksum of $1/blob"
}

downloads_at_once()
{
	local i pids=() rc=0
	for i in 1 2 3 4; do
		download "$1" &
		pids+=($!)
	done
	for i in "${pids[@]}"; do
		wait "$i" || rc=1
	done
	return $rc
}

connects_in_row()
{
	local urls
	urls=$(printf "$1/small?%d " $(seq 1 100))
	expect 100 "$(in_lan curl -gsS --no-keepalive -H 'Connection: close' --max-time 20 $urls | grep -c small)" answers
}

if need_pollux; then
	mkdir -p "$LAB_DIR/www"
	head -c 20000000 /dev/urandom >"$LAB_DIR/www/blob"
	echo small >"$LAB_DIR/www/small"
	need_server server_http 80
	check "curl downloads 20 MB" download "http://$WAN4"
	check "curl downloads 20 MB over IPv6" download "http://[$WAN6]"
	check "four downloads at once" downloads_at_once "http://$WAN4"
	check "100 connections one after another" connects_in_row "http://$WAN4"
	check "100 connections over IPv6" connects_in_row "http://[$WAN6]"
fi
