# SPDX-License-Identifier: BSD-3-Clause
"""Sets of ipset: which there are in all rounds, what is in them when one begins, and what rules do with them."""
from rig.address import IPV4, IPV6, MAC

from .settings import Setting

# Rules change only those whose names begin with m. They do so where the packets of a burst pass in the order in which
# they came: what the box sends itself waits for the rest of the burst.
ORDERED = ("PREROUTING", "INPUT", "FORWARD")

# name -> (type, options, members); of IPv4 and of IPv6. Bitmaps do not count: an element of Linux's that comes again has
# the counters that it left with. No set is too small: what finds room in a full one depends on Linux's hash.
SETS4 = {
    "ip": ("hash:ip", "counters", (IPV4["c"], IPV4["s3"], IPV4["r0"])),
    "net": ("hash:net", "counters", ("10.1.0.0/24", f"{IPV4['c']}/31 nomatch", "172.17.0.0/17", "224.0.0.0/4")),
    "ipport": ("hash:ip,port", "counters", (f"{IPV4['s']},tcp:80", f"{IPV4['s']},udp:53", f"{IPV4['r1']},icmp:8/0")),
    "netport": ("hash:net,port", "", ("10.2.0.0/24,tcp:1-443", "0.0.0.0/1,47:0", "10.1.0.0/30,udp:53")),
    "ipportip": ("hash:ip,port,ip", "", (f"{IPV4['s']},tcp:443,{IPV4['c']}", f"{IPV4['s']},udp:53,{IPV4['c']}")),
    "ipportnet": ("hash:ip,port,net", "", (f"{IPV4['s']},tcp:80,10.1.0.0/24", f"{IPV4['c']},udp:1024,10.2.0.0/28")),
    "netiface": ("hash:net,iface", "counters", ("10.1.0.0/24,r0", "10.2.0.0/24,r0 nomatch", "0.0.0.0/0,r1")),
    "bits": ("bitmap:ip", "range 10.1.0.0/24", ("10.1.0.0/30", "10.1.0.255")),
    "bitsmac": ("bitmap:ip,mac", "range 10.1.0.0/24", (f"{IPV4['c']},{MAC['c']}", f"{IPV4['c3']},{MAC['c']}")),
    "ports": ("bitmap:port", "range 0-1023", ("0-53", "443")),
    "info": ("hash:net", "skbinfo", ("10.1.0.0/24 skbmark 0x3/0xff skbprio 1:2", f"{IPV4['s']} skbmark 0x10")),
    "mip": ("hash:ip", "counters", (IPV4["c"],)),
    "mnet": ("hash:net", "", ("10.2.0.0/24",)),
    "mipport": ("hash:ip,port", "timeout 1000", (f"{IPV4['s']},tcp:80 timeout 2000",)),
    "mnetport": ("hash:net,port", "", ("10.2.0.0/28,tcp:80",)),
    "mnetiface": ("hash:net,iface", "counters", ("10.1.0.0/24,r1", "0.0.0.0/0,r0")),
    "mbits": ("bitmap:ip", "range 10.1.0.0/16 netmask 30", ()),
    "mports": ("bitmap:port", "range 0-1024", ("80",)),
}
SETS6 = {
    "ip6": ("hash:ip", "family inet6 counters", (IPV6["c"], IPV6["s3"], IPV6["r0"])),
    "net6": ("hash:net", "family inet6", ("fd01::/64", f"{IPV6['c']}/127 nomatch", "ff00::/8")),
    "ipport6": ("hash:ip,port", "family inet6 counters", (f"{IPV6['s']},tcp:80", f"{IPV6['r1']},icmpv6:128/0")),
    "netport6": ("hash:net,port", "family inet6", ("fd02::/64,tcp:1-443", "fd01::/64,udp:53")),
    "ipportip6": ("hash:ip,port,ip", "family inet6", (f"{IPV6['s']},tcp:443,{IPV6['c']}", f"{IPV6['c']},58:8/0,{IPV6['r0']}")),
    "ipportnet6": ("hash:ip,port,net", "family inet6", (f"{IPV6['s']},tcp:80,fd01::/64", f"{IPV6['c']},udp:1024,fd02::/120")),
    "netiface6": ("hash:net,iface", "family inet6 counters", ("fd01::/64,r0", "fd02::/64,r0 nomatch", "fe80::/10,r1")),
    "info6": ("hash:ip", "family inet6 skbinfo", (f"{IPV6['c']} skbmark 0x3/0xff", f"{IPV6['s']} skbprio 1:2")),
    "mip6": ("hash:ip", "family inet6 netmask 127", (IPV6["s"],)),
    "mnetiface6": ("hash:net,iface", "family inet6", ("fd01::/64,r1",)),
    "mipport6": ("hash:ip,port", "family inet6 counters timeout 1000", ()),
}
# of members of both families: a list asks those that have the packet's
LIST = ("list", ("ip", "net6", "ipport", "ip6"))
OF = {4: [*SETS4, "list"], 6: [*SETS6, "ports", "mports", "list"]}
ALL = {**SETS4, **SETS6}
LISTS = "ipset list"

SET_UP = (*(f"ipset create {name} {kind} {options}" for name, (kind, options, _) in ALL.items()),
          f"ipset create {LIST[0]} list:set counters", *(f"ipset add {LIST[0]} {name}" for name in LIST[1]))


def settings(text):
    """What a round with these rules begins with, shows and leaves; none if they ask no set."""
    words = set(text.split())
    listed = LIST[1] if LIST[0] in words else ()
    used = [name for name in ALL if name in words or name in listed]
    shown = [f"{LISTS} {name}" for name in (*used, *(("list",) if listed else ()))]
    emptied = [f"ipset flush {name}" for name in used]
    filled = [f"ipset add {name} {member}" for name in used for member in ALL[name][2]]
    if listed:
        emptied += ["ipset flush list", *(f"ipset add list {name}" for name in listed)]
    return [Setting(tuple(filled), (*shown, *emptied))] if used else []


def _ends(rng, name):
    parts = 3 if name == "list" else len(ALL[name][0].split(":")[1].split(","))
    # now and then one that is missing, or more than it has
    return ",".join(rng.choice(("src", "dst")) for _ in range(max(1, parts + rng.choice((0, 0, 0, 0, 0, 0, -1, 1)))))


def match(rng, family, ordered):
    names = [name for name in OF[family] if ordered or not name.startswith(("m", "bitsmac"))]
    name = rng.choice(names)
    inverted = "! " if rng.random() < 0.2 else ""
    extra = ["", "", "", " --return-nomatch", " ! --update-counters", " ! --update-subcounters"]
    if ordered and name.startswith("m"):
        extra += [" --packets-gt 1", " --bytes-lt 200"]
    return f"-m set {inverted}--match-set {name} {_ends(rng, name)}{rng.choice(extra)}"


def mapped(rng, family):
    name = "info" if family == 4 else "info6"
    return f"-j SET --map-set {name} {rng.choice(('src', 'dst'))} --map-mark"


def change(rng, family):
    name = rng.choice([name for name in OF[family] if name.startswith("m")])
    if rng.random() < 0.3:
        return f"-j SET --del-set {name} {_ends(rng, name)}"
    return f"-j SET --add-set {name} {_ends(rng, name)}{rng.choice(('', '', ' --exist', ' --timeout 500'))}"
