# SPDX-License-Identifier: BSD-3-Clause
"""What else a round may change, each with what takes it back."""
from dataclasses import dataclass, replace

from rig.address import IPV4, IPV6


@dataclass(frozen=True)
class Setting:
    do: tuple
    undo: tuple
    limits: tuple = ()     # (side, MTU): longer frames cannot come from there
    later: bool = False    # Linux sends multicast reports, a moment later


def _sysctl(name, value, normally):
    return Setting((f"sysctl -w {name}={value}",), (f"sysctl -w {name}={normally}",))


def _route(text, family="-4"):
    return Setting((f"ip {family} route add {text}",), (f"ip {family} route del {text}",))


def _mtu(port, side, mtu):
    return Setting((f"ip link set {port} mtu {mtu}",), (f"ip link set {port} mtu 1500",), ((side, mtu),))


def _address(text, device):
    return Setting((f"ip addr add {text} dev {device}",), (f"ip addr del {text} dev {device}",))


SETTINGS = (
    _sysctl("net.ipv4.ip_forward", 0, 1),
    replace(_sysctl("net.ipv6.conf.all.forwarding", 0, 1), later=True),
    _sysctl("net.ipv4.ip_default_ttl", 33, 64),
    _sysctl("net.ipv4.icmp_echo_ignore_all", 1, 0),
    _route(f"172.17.0.0/17 via {IPV4['s4']} dev r1"),
    _route(f"172.17.128.0/18 via {IPV4['c4']} dev r0"),
    _route("blackhole 172.17.64.0/18"),
    _route("prohibit 172.17.0.0/18"),
    _route("unreachable 172.17.192.0/18"),
    _route(f"fd17:0:0::/36 via {IPV6['s4']} dev r1", "-6"),
    _route("blackhole fd17:4000::/34", "-6"),
    _route("prohibit fd17:8000::/34", "-6"),
    _route("unreachable fd17:c000::/34", "-6"),
    _route(f"default via {IPV4['s3']} dev r1"),
    _route(f"default via {IPV6['s3']} dev r1", "-6"),
    _mtu("r0", "c", 1300), _mtu("r1", "s", 1400), _mtu("r1", "s", 1281),
    _address("10.3.0.1/24", "r1"), _address("10.1.0.99/32", "r0"),
)


def choose(rng):
    """Mostly nothing."""
    number = rng.choice((0, 0, 0, 1, 1, 2))
    chosen, seen = [], set()
    for setting in rng.sample(SETTINGS, number):
        if setting.undo not in seen:
            seen.add(setting.undo)
            chosen.append(setting)
    return chosen
