#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Times big rule sets in a Pollux without ports; closes with "N passed, N failed, 0 skipped"."""
import os
import random
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "kernel"))

# pylint: disable=wrong-import-position
from rig import netns
from rig.pollux_router import PolluxRouter

# rules: seconds to restore them, seconds until one that is appended is in force
LIMITS = {10000: (0.5, 0.010), 100000: (4.0, 0.200)}
CHAIN = 500     # rules of each chain, where they are not all in one
ADDED = 20


def _rule(number, dice):
    net = f"10.{dice.randrange(256)}.{dice.randrange(256)}"
    port = dice.randrange(65536)
    return (f"-s {net}.1/32 -p tcp -m tcp --dport {port} -j ACCEPT",
            f"-d {net}.2/32 -i lan0 -p udp -m udp --sport 5:{max(port, 5)} -j DROP",
            f"-s {net}.0/24 -m conntrack --ctstate NEW,ESTABLISHED -j RETURN",
            f'-p tcp -m multiport --dports 22,80,{port} -m comment --comment "rule {number}" -j ACCEPT',
            f'-s {net}.3/32 -m limit --limit 5/sec -j LOG --log-prefix "x{number} "',
            f"-p icmp -m icmp --icmp-type {number % 256} -d {net}.0/24 -j DROP")[dice.randrange(6)]


def rules(number, flat):
    """A text of so many rules, in one chain or in many."""
    dice = random.Random(number)
    chains = 0 if flat else number // CHAIN
    lines = ["*filter", ":FORWARD ACCEPT [0:0]"] + [f":c{i} - [0:0]" for i in range(chains)]
    lines += [f"-A FORWARD -s 10.{i}.0.0/16 -j c{i}" for i in range(chains)]
    lines += [f"-A {f'c{i % chains}' if chains else 'FORWARD'} {_rule(i, dice)}" for i in range(number - chains)]
    return "\n".join(lines + ["COMMIT", ""])


def timed(ask, *command):
    start = time.monotonic()
    code, output, errors = ask(*command)
    if code != 0:
        sys.exit(f"FAIL  {command[0]}: {errors}")
    return time.monotonic() - start, output


def measure(router, number, flat):
    """Is it as fast as it is to be?"""
    restored, _ = timed(router.command, ["iptables-restore"], rules(number, flat))
    saved, _ = timed(router.command, ["iptables-save"], "")
    added = sorted(timed(router.ask, ["iptables", "-A", "FORWARD", "-s", f"192.0.2.{i}", "-j", "DROP"])[0]
                   for i in range(ADDED))[ADDED // 2]
    well = restored < LIMITS[number][0] and added < LIMITS[number][1]
    print(f"{'ok   ' if well else 'FAIL '} {number} rules in {'one chain' if flat else 'chains'}: restored in {restored:.3f} s, "
          f"saved in {saved:.3f} s, one more in force after {1000 * added:.2f} ms", flush=True)
    return well


def main():
    os.close(netns.create())
    with PolluxRouter() as router:
        router.set_up(("empty",), ports=False)
        well = [measure(router, number, flat) for number in LIMITS for flat in (False, True)]
    print(f"{sum(well)} passed, {len(well) - sum(well)} failed, 0 skipped")
    return not all(well)


if __name__ == "__main__":
    sys.exit(main())
