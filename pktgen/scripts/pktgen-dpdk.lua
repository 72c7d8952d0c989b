-- SPDX-License-Identifier: BSD-3-Clause
--
-- The scenarios of pollux-pktgen for Pktgen-DPDK, on a test bed with NICs of its own:
--
--	DST_MAC=b8:ce:f6:00:00:01 SCENARIO=search ./pktgen -l 0-4 -a 3b:00.0 -a 3b:00.1 -- -P -m "[1:2].0,[3:4].1" -f pktgen-dpdk.lua
--
-- Port 0 sends, port 1 receives; DST_MAC is the router's at port 0. Settings come from the environment:
--
--	SCENARIO	stream, imix or search (stream)
--	SIZE		bytes with FCS (64); imix mixes its own
--	FLOWS		at least so many, of up to 254 source addresses and any ports (1000); imix has 12
--	SRC_MAC		(02:00:00:00:00:01)
--	SRC, DST	first source address and the destination (198.18.0.1, 198.19.0.1)
--	RATE		percent of the link, of search the highest (100)
--	SECONDS		of each trial (10)
--	LOSS		percent that may be lost, for search (0)
--	RESOLUTION	percent of the link, for search (1)
--
-- SYNs, handshakes and answers are not among what it does for scripts: see trex-stl.py and pollux-pktgen.

package.path = package.path .. ";?.lua;test/?.lua;app/?.lua;../?.lua"

require "Pktgen"

local TX, RX = "0", "1"
local IMIX = { { 64, 7 }, { 594, 4 }, { 1518, 1 } }
local ADDRESSES = 254

local function setting(name, otherwise)
	local text = os.getenv(name)
	if text == nil or text == "" then
		return otherwise
	end
	if type(otherwise) ~= "number" then
		return text
	end
	return tonumber(text) or error(name .. ": \"" .. text .. "\": expected a number")
end

local scenario = setting("SCENARIO", "stream")
local size = setting("SIZE", 64)
local flows = setting("FLOWS", 1000)
local src = setting("SRC", "198.18.0.1")
local dst = setting("DST", "198.19.0.1")
local rate = setting("RATE", 100)
local seconds = setting("SECONDS", 10)
local loss = setting("LOSS", 0)
local resolution = setting("RESOLUTION", 1)
local dst_mac = setting("DST_MAC", nil)
local src_mac = setting("SRC_MAC", "02:00:00:00:00:01")

-- The address that many behind another.
local function address(first, n)
	local a, b, c, d = first:match("^(%d+)%.(%d+)%.(%d+)%.(%d+)$")
	if a == nil then
		error("SRC, DST: \"" .. first .. "\": expected an IPv4 address")
	end
	local v = ((a * 256 + b) * 256 + c) * 256 + d + n
	return string.format("%d.%d.%d.%d", v // 2 ^ 24 % 256, v // 2 ^ 16 % 256, v // 256 % 256, v % 256)
end

-- One field of the range page.
local function range(what, first, last, step)
	pktgen.range[what](TX, "start", first)
	pktgen.range[what](TX, "min", first)
	pktgen.range[what](TX, "max", last)
	pktgen.range[what](TX, "inc", step)
end

local function gcd(a, b)
	return b == 0 and a or gcd(b, a % b)
end

-- Addresses and ports count up together: all their pairs come when the two numbers have no common divisor.
local function set_flows()
	local addresses = math.min(flows, ADDRESSES)
	local ports = math.ceil(flows / addresses)

	while gcd(addresses, ports) > 1 do
		ports = ports + 1
	end
	if ports > 64000 then
		error("FLOWS: " .. flows .. ": expected up to " .. ADDRESSES * 64000)
	end
	pktgen.set_proto(TX, "udp")
	pktgen.range.ip_proto(TX, "udp")
	pktgen.range.dst_mac(TX, "start", dst_mac)
	pktgen.range.src_mac(TX, "start", src_mac)
	range("src_ip", src, address(src, addresses - 1), "0.0.0.1")
	range("dst_ip", dst, dst, "0.0.0.0")
	range("src_port", 1024, 1024 + ports - 1, 1)
	range("dst_port", 9, 9, 0)
	range("pkt_size", size, size, 0)
	pktgen.set(TX, "count", 0)
	pktgen.set(TX, "size", size)
	pktgen.set_range(TX, "on")
end

-- Twelve packets of a sequence, the mix in a row. A sequence has no ranges: each packet is a flow.
local function set_imix()
	local n = 0
	for _, one in ipairs(IMIX) do
		for _ = 1, one[2] do
			pktgen.seqTable(n, TX, {
				["eth_dst_addr"] = dst_mac,
				["eth_src_addr"] = src_mac,
				["ip_dst_addr"] = dst,
				["ip_src_addr"] = address(src, n) .. "/32",
				["sport"] = 1024 + n,
				["dport"] = 9,
				["ethType"] = "ipv4",
				["ipProto"] = "udp",
				["vlanid"] = 1,
				["pktSize"] = one[1],
			})
			n = n + 1
		end
	end
	pktgen.set(TX, "count", 0)
	pktgen.set(TX, "seq_cnt", n)
end

-- Newer versions have the counters of a port one table deeper.
local function counter(port, name)
	local s = pktgen.portStats(port, "port")[tonumber(port)]
	return s[name] or s.curr[name]
end

local function trial(percent)
	pktgen.clr()
	pktgen.set(TX, "rate", percent)
	pktgen.start(TX)
	pktgen.delay(seconds * 1000)
	pktgen.stop(TX)
	pktgen.delay(1000)
	local sent, received = counter(TX, "opackets"), counter(RX, "ipackets")
	local lost = sent > 0 and 100 * math.max(sent - received, 0) / sent or 100
	printf("rate %.2f %%: sent %.0f, received %.0f, lost %.4f %%\n", percent, sent, received, lost)
	return lost
end

-- RFC 2544 26.1, as pollux-pktgen --search does it.
local function search()
	local passed, failed, try = 0, rate, rate
	while true do
		if trial(try) <= loss then
			passed = try
		else
			failed = try
		end
		if passed >= rate or failed - passed <= resolution then
			break
		end
		try = (passed + failed) / 2
	end
	printf("highest rate: %.2f %% of the link\n", passed)
	return passed
end

local scenarios = {
	["stream"] = function()
		set_flows()
		return trial(rate)
	end,
	["imix"] = function()
		set_imix()
		return trial(rate)
	end,
	["search"] = function()
		set_flows()
		return search()
	end,
}

if dst_mac == nil then
	error("DST_MAC: expected the router's MAC address at port 0")
end
if scenarios[scenario] == nil then
	error("SCENARIO: \"" .. scenario .. "\": expected stream, imix or search")
end
return scenarios[scenario]()
