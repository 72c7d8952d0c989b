# SPDX-License-Identifier: BSD-3-Clause
"""The grammar of rules: one line for each option of a match and each target.

A line says for which families and protocols it may stand, and makes its text
from ``rng``. A new match or target is one more line; what Pollux does not have
is left out (and named) by itself, see ``rules.known()``.
"""
from dataclasses import dataclass

from . import members, pools

FLAGS = ("SYN", "ACK", "FIN", "RST", "URG", "PSH")
ICMP4 = ("echo-request", "echo-reply", "destination-unreachable", "port-unreachable", "time-exceeded", "any", "3",
         "3/3", "8/0", "timestamp-request", "ttl-zero-during-transit", "network-unreachable", "redirect",
         "fragmentation-needed", "13", "255")
ICMP6 = ("echo-request", "echo-reply", "destination-unreachable", "no-route", "packet-too-big", "time-exceeded",
         "128", "1/4", "129/0", "port-unreachable", "parameter-problem", "ttl-zero-during-transit", "133", "neighbour-solicitation")
REJECT4 = ("icmp-net-unreachable", "icmp-host-unreachable", "icmp-port-unreachable", "icmp-proto-unreachable",
           "icmp-net-prohibited", "icmp-host-prohibited", "icmp-admin-prohibited")
REJECT6 = ("icmp6-no-route", "icmp6-adm-prohibited", "icmp6-addr-unreachable", "icmp6-port-unreachable",
           "icmp6-policy-fail", "icmp6-reject-route")
ANY = (4, 6)


@dataclass(frozen=True)
class Part:
    """``text(rng, family)`` makes the words; protocols: the rule's -p, None for any."""
    name: str
    families: tuple
    protocols: tuple
    text: object
    tables: tuple = ()


def negation(rng):
    return "! " if rng.random() < 0.2 else ""


def port(rng):
    return rng.choice(pools.PORTS)


def ports(rng):
    """A port or a range, also one without an end."""
    low, high = sorted((port(rng), port(rng)))
    return rng.choice((f"{low}", f"{low}", f"{low}:{high}", f":{high}", f"{low}:"))


def pair(rng, low, high, mark=":"):
    one, two = sorted((rng.randrange(low, high + 1), rng.randrange(low, high + 1)))
    return f"{one}{mark}{two}"


def port_list(rng):
    return ",".join(rng.choice((f"{port(rng)}", "80:1024", "1:53")) for _ in range(rng.randrange(1, 5)))


def flags(rng):
    mask = rng.sample(FLAGS, rng.randrange(1, 5))
    value = rng.sample(mask, rng.randrange(0, len(mask) + 1))
    return f"{','.join(mask)} {','.join(value) or 'NONE'}"


def masked(rng):
    return f"0x{rng.choice(pools.MARKS):x}" + rng.choice(("", "", "/0xff", "/0x1", "/0x80000000"))


def span(rng, family):
    if family == 4:
        return rng.choice(("10.1.0.1-10.1.0.3", "10.2.0.2-10.2.0.2", "0.0.0.0-10.1.0.2", "10.1.0.3-255.255.255.255"))
    return rng.choice(("fd01::1-fd01::3", "fd02::2-fd02::2", "::-fd01::2", "fd01::3-ffff::"))


def length_range(rng):
    return rng.choice((f"{rng.choice((20, 28, 40, 48, 60, 68, 128))}", "0:28", "29:60", "41:128", "100:", ":67", "20:65535"))


def whole(family):
    """No later fragments of IPv6, where Linux reads what it has left on its stack."""
    return "-m tcp --sport 0:65535 --dport 0:65534 " if family == 6 else ""


def mss(rng):
    return rng.choice(("1460", "0", "536:1460", ":1459", "1461:", "0:65535"))


def tcp_options(rng):
    return ",".join(rng.sample(("mss", "wscale", "sack-permitted", "sack", "timestamp", "md5", "30", "255"),
                               rng.randrange(1, 5)))


TCP, UDP, ICMP, IPV6_ICMP = ("tcp",), ("udp",), ("icmp",), ("ipv6-icmp",)
PORTED = ("tcp", "udp", "sctp", "udplite", "dccp")

BPF = ('"4,48 0 0 9,21 0 1 6,6 0 0 1,6 0 0 0"', '"5,177 0 0 0,72 0 0 2,53 0 1 80,6 0 0 1,6 0 0 0"', '"2,32 0 0 40,22 0 0 0"', '"3,128 0 0 0,84 0 0 4,22 0 0 0"')

HASHLIMIT_MODES = tuple(f" --hashlimit-mode {mode}" for mode in ("srcip", "dstip", "dstip,dstport", "srcport"))

MATCHES = (
    Part("tcp", ANY, TCP, lambda r, f: f"-m tcp {negation(r)}--dport {ports(r)}"),
    Part("tcp", ANY, TCP, lambda r, f: f"-m tcp {negation(r)}--sport {ports(r)} {negation(r)}--dport {ports(r)}"),
    Part("tcp", ANY, TCP, lambda r, f: f"-m tcp {negation(r)}--tcp-flags {flags(r)}"),
    Part("tcp", ANY, TCP, lambda r, f: f"-m tcp {negation(r)}--syn"),
    Part("tcp", ANY, TCP, lambda r, f: f"-m tcp {negation(r)}--tcp-option {r.choice((1, 2, 3, 4, 8, 30))}"),
    Part("udp", ANY, UDP, lambda r, f: f"-m udp {negation(r)}--dport {ports(r)}"),
    Part("udp", ANY, UDP, lambda r, f: f"-m udp {negation(r)}--sport {ports(r)}"),
    Part("icmp", (4,), ICMP, lambda r, f: f"-m icmp {negation(r)}--icmp-type {r.choice(ICMP4)}"),
    Part("icmp6", (6,), IPV6_ICMP, lambda r, f: f"-m icmp6 {negation(r)}--icmpv6-type {r.choice(ICMP6)}"),
    Part("multiport", ANY, PORTED, lambda r, f: f"-m multiport {negation(r)}--{r.choice(('dports', 'sports', 'ports'))} {port_list(r)}"),
    Part("comment", ANY, None, lambda r, f: r.choice(('-m comment --comment x', '-m comment --comment "a b"'))),
    Part("iprange", ANY, None, lambda r, f: f"-m iprange {negation(r)}--{r.choice(('src', 'dst'))}-range {span(r, f)}"),
    Part("length", ANY, None, lambda r, f: f"-m length {negation(r)}--length {length_range(r)}"),
    Part("ttl", (4,), None, lambda r, f: f"-m ttl --ttl-{r.choice(('eq', 'lt', 'gt'))} {r.choice((0, 1, 2, 3, 62, 63, 64, 254, 255))}"),
    Part("hl", (6,), None, lambda r, f: f"-m hl --hl-{r.choice(('eq', 'lt', 'gt'))} {r.choice((0, 1, 2, 3, 62, 63, 64, 254, 255))}"),
    Part("tos", ANY, None, lambda r, f: f"-m tos {negation(r)}--tos {r.choice(('0x10', '0x10/0x3f', 'Minimize-Cost', '0xb8/0xfc', '0x00', '0x03/0x03'))}"),
    Part("dscp", ANY, None, lambda r, f: f"-m dscp {negation(r)}--dscp {r.choice(('0x00', '0x0a', '0x2e', '46', '1'))}"),
    Part("dscp", ANY, None, lambda r, f: f"-m dscp {negation(r)}--dscp-class {r.choice(('EF', 'BE', 'AF11', 'CS1', 'CS7'))}"),
    Part("ecn", ANY, None, lambda r, f: f"-m ecn {negation(r)}--ecn-ip-ect {r.randrange(4)}"),
    Part("ecn", ANY, TCP, lambda r, f: f"{whole(f)}-m ecn {negation(r)}--ecn-tcp-{r.choice(('cwr', 'ece'))}"),
    Part("tcpmss", ANY, TCP, lambda r, f: f"{whole(f)}-m tcpmss {negation(r)}--mss {mss(r)}"),
    Part("mark", ANY, None, lambda r, f: f"-m mark {negation(r)}--mark {masked(r)}"),
    Part("mac", ANY, None, lambda r, f: f"-m mac {negation(r)}--mac-source {r.choice(pools.MACS[:6])}", ("PREROUTING", "INPUT", "FORWARD")),
    Part("pkttype", ANY, None, lambda r, f: f"-m pkttype {negation(r)}--pkt-type {r.choice(('unicast', 'broadcast', 'multicast'))}"),
    # 127.0.0.0/8 and ::1 are unicast for Pollux, as it has no lo
    Part("addrtype", ANY, None, lambda r, f: f"-m addrtype {negation(r)}--{r.choice(('src', 'dst'))}-type {r.choice(('LOCAL', 'UNICAST', 'MULTICAST', 'LOCAL,MULTICAST', 'UNSPEC'))}"),
    Part("addrtype", (4,), None, lambda r, f: f"-m addrtype {negation(r)}--{r.choice(('src', 'dst'))}-type {r.choice(('BROADCAST', 'UNICAST,BROADCAST', 'UNREACHABLE', 'BLACKHOLE'))}"),
    Part("statistic", ANY, None, lambda r, f: f"-m statistic --mode nth {negation(r)}--every {r.choice((2, 3, 5))} --packet {r.choice((0, 1))}",
         # in POSTROUTING Pollux counts what it sends itself after the rest of the burst
         ("PREROUTING", "INPUT", "FORWARD", "OUTPUT")),
    Part("quota", ANY, None, lambda r, f: f"-m quota {negation(r)}--quota {r.choice((0, 100, 500, 2000))}",
         ("PREROUTING", "INPUT", "FORWARD", "OUTPUT")),
    # a name of its own for each rule: several hooks take turns about a list packet by packet in Linux, burst by burst here
    Part("hashlimit", ANY, None, lambda r, f: f"-m hashlimit --hashlimit-{r.choice(('upto', 'above'))} {r.choice((1, 3))}/hour "
         f"--hashlimit-burst {r.choice((1, 2, 5))}{r.choice(('', *HASHLIMIT_MODES))} "
         f"--hashlimit-name h{r.randrange(10 ** 9)}", ("PREROUTING", "INPUT", "FORWARD", "OUTPUT")),
    Part("recent", ANY, None, lambda r, f: f"-m recent {negation(r)}--{r.choice(('set', 'rcheck', 'update --hitcount 2', 'remove'))} "
         f"{r.choice(('--rsource', '--rdest'))} --name n{r.randrange(10 ** 9)}", ("PREROUTING", "INPUT", "FORWARD", "OUTPUT")),
    Part("time", ANY, None, lambda r, f: f"-m time --date{r.choice(('start', 'stop'))} {r.choice((2020, 2037))}"),
    Part("esp", ANY, ("esp",), lambda r, f: f"-m esp {negation(r)}--espspi {r.choice(pools.SPIS)}"),
    Part("ah", (4,), ("ah",), lambda r, f: f"-m ah {negation(r)}--ahspi {pair(r, 0, 300)}"),
    Part("frag", (6,), None, lambda r, f: f"-m frag {r.choice(('--fragfirst', '--fragmore', '--fraglast', '--fragid 0:9', '! --fragid 7'))}"),
    Part("dst", (6,), None, lambda r, f: f"-m dst {negation(r)}--dst-len {r.choice((8, 16))}"),
    Part("hbh", (6,), None, lambda r, f: f"-m hbh {negation(r)}--hbh-len {r.choice((8, 16))}"),
    Part("rt", (6,), None, lambda r, f: f"-m rt {negation(r)}--rt-type {r.choice((0, 2, 4))}"),
    Part("srh", (6,), None, lambda r, f: f"-m srh {r.choice(('', '--srh-segs-left-lt 2', '! --srh-tag 0', '--srh-lsid fd02::/16'))}"),
    Part("ipv6header", (6,), None, lambda r, f: f"-m ipv6header {r.choice(('', '--soft '))}{negation(r)}--header {r.choice(('hop', 'frag', 'dst', 'none', 'hop,dst'))}"),
    Part("eui64", (6,), None, lambda r, f: "-m eui64", ("PREROUTING", "INPUT", "FORWARD")),
    Part("string", ANY, None, lambda r, f: f"-m string --algo {r.choice(('bm', 'kmp'))} {negation(r)}--hex-string {r.choice(('|00|', '|0035|', '|0101|', 'ab', '|00000000|'))} --from {r.choice((0, 9, 20, 28, 40))}{r.choice(('', ' --to 41', ' --to 60'))}{r.choice(('', ' --icase'))}"),
    Part("u32", ANY, None, lambda r, f: f"-m u32 {negation(r)}--u32 {r.choice(('0>>28=4:6', '6&0xff=6,17', '0>>22&0x3C@0>>16=0:1024', '20=0:0x7fffffff', '0&0xffff=28:60&&8&0xff=0:0xff', '36>>24&0xff@0=0:0xffff'))}"),
    Part("bpf", ANY, None, lambda r, f: f"-m bpf --bytecode {r.choice(BPF)}"),
    Part("sctp", ANY, ("sctp",), lambda r, f: f"-m sctp {negation(r)}--dport {ports(r)}"),
    Part("sctp", ANY, ("sctp",), lambda r, f: f"-m sctp {negation(r)}--chunk-types {r.choice(('any', 'all', 'only'))} {r.choice(('DATA', 'INIT,DATA:B', 'ALL', 'NONE', 'SACK'))}"),
    Part("dccp", ANY, ("dccp",), lambda r, f: f"-m dccp {negation(r)}--dport {ports(r)} {negation(r)}--dccp-types {r.choice(('REQUEST', 'DATA,ACK', 'INVALID'))}"),
    Part("physdev", ANY, None, lambda r, f: f"-m physdev {negation(r)}--physdev-is-bridged"),
    Part("policy", ANY, None, lambda r, f: f"-m policy --dir in --pol {r.choice(('none', 'ipsec'))}", ("PREROUTING", "INPUT", "FORWARD")),
    Part("devgroup", ANY, None, lambda r, f: f"-m devgroup {negation(r)}--src-group {r.choice((0, 1))}", ("PREROUTING", "INPUT", "FORWARD")),
    Part("set", ANY, None, lambda r, f: members.match(r, f, False)),
    Part("set", ANY, None, lambda r, f: members.match(r, f, True), members.ORDERED),
    Part("-f", (4,), None, lambda r, f: f"{negation(r)}-f"),
    Part("-s", ANY, None, lambda r, f: f"{negation(r)}-s {pools.nets(r, f)}"),
    Part("-d", ANY, None, lambda r, f: f"{negation(r)}-d {pools.nets(r, f)}"),
    Part("-i", ANY, None, lambda r, f: f"{negation(r)}-i {r.choice(('r0', 'r1', 'r+', '+', 'eth0', 'r0+'))}", ("user", "PREROUTING", "INPUT", "FORWARD")),
    Part("-o", ANY, None, lambda r, f: f"{negation(r)}-o {r.choice(('r0', 'r1', 'r+', '+', 'eth0', 'r0+'))}", ("user", "OUTPUT", "FORWARD", "POSTROUTING")),
)

# what ends a rule; ``tables``: where it may stand, by table or by chain
TARGETS = (
    Part("", ANY, None, lambda r, f: ""),
    Part("ACCEPT", ANY, None, lambda r, f: "-j ACCEPT"),
    Part("ACCEPT", ANY, None, lambda r, f: "-j ACCEPT"),
    Part("DROP", ANY, None, lambda r, f: "-j DROP"),
    Part("RETURN", ANY, None, lambda r, f: "-j RETURN"),
    Part("REJECT", (4,), None, lambda r, f: f"-j REJECT --reject-with {r.choice(REJECT4)}", ("INPUT", "FORWARD", "user")),
    Part("REJECT", (6,), None, lambda r, f: f"-j REJECT --reject-with {r.choice(REJECT6)}", ("INPUT", "FORWARD", "user")),
    Part("REJECT", ANY, TCP, lambda r, f: "-j REJECT --reject-with tcp-reset", ("INPUT", "FORWARD", "user")),
    Part("MARK", ANY, None, lambda r, f: f"-j MARK --set-xmark {masked(r)}", ("mangle", "raw", "filter", "security")),
    Part("MARK", ANY, None, lambda r, f: f"-j MARK --{r.choice(('or', 'and', 'xor'))}-mark 0x{r.choice(pools.MARKS):x}", ("mangle",)),
    Part("TOS", ANY, None, lambda r, f: f"-j TOS --set-tos {r.choice(('0x10', '0x00/0x03', '0x08/0xff', 'Minimize-Cost'))}", ("mangle",)),
    Part("TOS", ANY, None, lambda r, f: f"-j TOS --{r.choice(('and', 'or', 'xor'))}-tos 0x{r.choice(pools.TOSES):x}", ("mangle",)),
    Part("DSCP", ANY, None, lambda r, f: f"-j DSCP --set-dscp {r.choice(('0x00', '0x2e', '0x0a'))}", ("mangle",)),
    Part("DSCP", ANY, None, lambda r, f: f"-j DSCP --set-dscp-class {r.choice(('EF', 'BE', 'CS7'))}", ("mangle",)),
    Part("ECN", (4,), TCP, lambda r, f: f"-j ECN --ecn-{r.choice(('tcp-remove', 'tcp-cwr 1', 'tcp-ece 0', 'ip-ect 2'))}", ("mangle",)),
    Part("TCPMSS", ANY, TCP, lambda r, f: f"-m tcp --tcp-flags {r.choice(('SYN', 'SYN,RST', 'SYN,ACK'))} SYN -j TCPMSS --set-mss {r.choice((0, 500, 1000, 1459, 1460, 9000))}"),
    Part("TCPMSS", ANY, TCP, lambda r, f: "-m tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu", ("FORWARD", "OUTPUT", "POSTROUTING")),
    Part("TCPOPTSTRIP", ANY, TCP, lambda r, f: f"-j TCPOPTSTRIP --strip-options {tcp_options(r)}", ("mangle",)),
    Part("AUDIT", ANY, None, lambda r, f: f"-j AUDIT --type {r.choice(('accept', 'drop', 'reject'))}"),
    Part("IDLETIMER", ANY, None, lambda r, f: f"-j IDLETIMER --timeout {r.choice((1, 1000))} --label i{r.randrange(10 ** 9)}"),
    Part("CLASSIFY", ANY, None, lambda r, f: f"-j CLASSIFY --set-class {r.choice(('1:2', 'ffff:1'))}", ("FORWARD", "OUTPUT", "POSTROUTING")),
    Part("CHECKSUM", ANY, None, lambda r, f: "-j CHECKSUM --checksum-fill", ("mangle",)),
    Part("TTL", (4,), None, lambda r, f: f"-j TTL --ttl-{r.choice(('set 9', 'dec 2', 'inc 3', 'set 1'))}", ("mangle",)),
    Part("HL", (6,), None, lambda r, f: f"-j HL --hl-{r.choice(('set 9', 'dec 2', 'inc 3', 'set 1'))}", ("mangle",)),
    Part("SET", ANY, None, members.change, members.ORDERED),
    Part("SET", ANY, None, members.mapped, ("mangle",)),
)
