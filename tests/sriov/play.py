#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Boots the lab's guest with Pollux in it, speaks to it by files of a shared folder, and is the far
end of both wires.

    play.py LAB TREE BUILD DIR      DIR: an empty folder of our own, for this run
"""
import os
import signal
import subprocess
import sys
import time

LAB, TREE, BUILD, DIR = sys.argv[1:]
sys.path.insert(0, LAB)
sys.dont_write_bytecode = True
from dgram_peer import Link, udp  # noqa: E402  the lab's own

PORTS = ('wan0', 'lan0')
HOST_MAC = ('02:00:00:aa:00:01', '02:00:00:aa:01:01')
VF_MAC = ('02:00:00:00:00:01', '02:00:00:01:00:01')
ALLOWED, DENIED, PROBE = 53, 9, 7
TAG = b'pollux'
BOOT_S, ASK_S, FLOW_S = 120, 40, 30


class Failed(Exception):
    pass


class Guest:
    """The lab's guest; ask() runs a shell line in it, where ctl is polluxctl."""

    def __init__(self):
        self.share = os.path.join(DIR, 'share')
        self.asked = 0
        os.makedirs(self.share)
        with open(os.path.join(DIR, 'lab.log'), 'wb') as log:
            self.process = subprocess.Popen(
                ['sh', f'{LAB}/run.sh', '--run', f'{DIR}/run', '--timeout', '240', '--share', TREE,
                 '--share', self.share, '--', 'sh', f'{TREE}/tests/sriov/guest.sh', f'{TREE}/{BUILD}', self.share],
                stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True)

    def text(self, name):
        path = os.path.join(DIR, name)
        if not os.path.exists(path):
            return ''
        with open(path, encoding='utf-8', errors='replace') as file:
            return file.read()

    def _post(self, line):
        self.asked += 1
        path = os.path.join(self.share, f'ask.{self.asked}')
        with open(path + '.part', 'w', encoding='utf-8') as file:
            file.write(line + '\n')
        os.rename(path + '.part', path)

    def ask(self, line, seconds=ASK_S, must=True):
        self._post(line)
        end = time.time() + seconds
        said = f'share/said.{self.asked}'
        while not os.path.exists(os.path.join(DIR, said)):
            if time.time() > end or self.process.poll() is not None:
                raise Failed(f'no answer to "{line}": {self.text("lab.log")[-300:]}')
            time.sleep(0.1)
        text, _, status = self.text(said).rpartition('status ')
        if must and int(status) != 0:
            raise Failed(f'"{line}": status {int(status)}: {text.strip()}')
        return text

    def end(self):
        """Pollux's and the guest's exit status."""
        self._post('end')
        try:
            return self.process.wait(30)
        except subprocess.TimeoutExpired:
            raise Failed('the guest does not end') from None

    def kill(self):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            self.process.wait()


class Wires:
    """Both links' far ends; host I is 10.0.I.1 behind the router's port I."""

    def __init__(self):
        os.makedirs(f'{DIR}/run', exist_ok=True)
        self.link = (Link(f'{DIR}/run', 0), Link(f'{DIR}/run', 1))

    def send(self, side, dport, mark):
        frame = udp(VF_MAC[side], HOST_MAC[side], f'10.0.{side}.1', f'10.0.{1 - side}.1', 1000, dport,
                    TAG + bytes([mark]))
        return self.link[side].send(frame)

    def drain(self, side, mark):
        """How many of ours came out there, by destination port; nothing else counts."""
        seen = {}
        while (frame := self.link[side].recv()) is not None:
            if frame[42:48] == TAG and frame[48] == mark and frame[22] == 63:
                port = int.from_bytes(frame[36:38], 'big')
                seen[port] = seen.get(port, 0) + 1
        return seen

    def passes(self, side, seconds=FLOW_S):
        """Until a frame from that side comes out at the other."""
        end = time.time() + seconds
        while time.time() < end:
            self.send(side, PROBE, 0)
            time.sleep(0.1)
            if self.drain(1 - side, 0).get(PROBE):
                return
        raise Failed(f'nothing that is sent into {PORTS[side]} comes out at {PORTS[1 - side]}')

    def count(self, side, mark, allowed, denied):
        seen = {}
        for i in range(allowed + denied):
            self.send(side, ALLOWED if i < allowed else DENIED, mark)
            time.sleep(0.002)
            for port, n in self.drain(1 - side, mark).items():
                seen[port] = seen.get(port, 0) + n
        end = time.time() + 5
        while time.time() < end and seen.get(ALLOWED, 0) < allowed:
            time.sleep(0.05)
            for port, n in self.drain(1 - side, mark).items():
                seen[port] = seen.get(port, 0) + n
        return seen


def starts(guest, wires):
    guest.ask('i=0; until ctl echo up; do i=$((i + 1)); [ $i -lt 60 ] || exit 1; sleep 1; done',
              BOOT_S + 60)
    return guest.text('share/pollux.log').strip()


def configure(guest, side):
    name, far = PORTS[side], f'10.0.{side}.1'
    guest.ask(f'ctl port add {name} $PF{side}VF0 && ctl ip addr add 10.0.{side}.254/24 dev {name} && '
              f'ctl ip neigh replace {far} lladdr {HOST_MAC[side]} dev {name}')


def ports(guest, wires):
    for side in (0, 1):
        configure(guest, side)
    guest.ask('ctl sysctl -w net.ipv4.ip_forward=1')
    text = guest.ask('ctl show port info all')
    if text.count('net_e1000_igb_vf') != 2 or text.count('Link status: up') != 2:
        raise Failed(text)
    for mac in VF_MAC:
        if mac not in text.lower():
            raise Failed(f'no {mac} in {text}')


def forwards(guest, wires):
    wires.passes(0)
    wires.passes(1)


def filters(guest, wires):
    guest.ask(f'ctl iptables -A FORWARD -p udp --dport {DENIED} -j DROP && '
              f'ctl iptables -A FORWARD -p udp --dport {ALLOWED} -j ACCEPT')
    for side in (0, 1):
        seen = wires.count(side, 1 + side, 100, 50)
        if seen != {ALLOWED: 100}:
            raise Failed(f'of 100 allowed and 50 denied came out, by port: {seen}')
    text = guest.ask('ctl iptables-save -c')
    for rule in (f'[100:3500] -A FORWARD -p udp -m udp --dport {DENIED} -j DROP',
                 f'[200:7000] -A FORWARD -p udp -m udp --dport {ALLOWED} -j ACCEPT'):
        if rule not in text:
            raise Failed(f'no {rule} in {text}')


def summary_of(guest, name):
    line = next(w for w in guest.ask('ctl show port summary').splitlines() if w.startswith(name))
    return line.split()[4]


def wait_link(guest, name, state, seconds=ASK_S):
    end = time.time() + seconds
    while (now := summary_of(guest, name)) != state:
        if time.time() > end:
            raise Failed(f'{name} is {now}, not {state}')
        time.sleep(0.5)


def link_falls(guest, wires):
    """The function hears of its link from the NIC's own driver; how long it is away is their affair."""
    lost = f'port {PORTS[0]}: carrier lost'
    guest.ask('ip link set $PF0_IF down')
    end = time.time() + ASK_S
    while lost not in guest.text('share/pollux.log'):
        if time.time() > end:
            raise Failed('Pollux does not see it')
        time.sleep(0.2)
    guest.ask('ip link set $PF0_IF up')
    wait_link(guest, PORTS[0], 'up')
    forwards(guest, wires)


def again(guest, wires):
    guest.ask(f'ctl port del {PORTS[0]}')
    configure(guest, 0)
    wait_link(guest, PORTS[0], 'up')
    forwards(guest, wires)


def sums(guest, wires):
    words = guest.ask('sleep 0.5; ctl show packets').split()
    n = dict(zip(words[::2], map(int, words[1::2])))
    if n['received'] + n['originated'] != sum(n[w] for w in ('sent', 'delivered', 'dropped', 'absorbed', 'parked', 'queued')):
        raise Failed(str(n))


def ends(guest, wires):
    rc = guest.end()
    if rc != 0:
        raise Failed(f'status {rc}: {guest.text("share/pollux.log")[-500:]}')


TESTS = (('Pollux starts in the guest, told nothing of PCI', starts),
         ('two virtual functions on vfio-pci become ports', ports),
         ('frames pass from wire to wire, both ways', forwards),
         ('what a rule denies is dropped and counted, the rest passes', filters),
         ('the link falls and comes back', link_falls),
         ('a port is deleted and added again', again),
         ('no packet is missing', sums),
         ('Pollux ends cleanly', ends))


def main():
    passed = failed = 0
    wires = Wires()
    guest = Guest()
    began = time.time()
    try:
        for name, test in TESTS:
            try:
                test(guest, wires)
                passed += 1
                print(f'ok    {name}  ({time.time() - began:.0f} s)', flush=True)
            except Failed as why:
                failed += 1
                print(f'FAIL  {name}: {why}', flush=True)
                print(f'      Pollux says: {guest.text("share/pollux.log")[-600:]}', flush=True)
                if guest.process.poll() is not None or test in (starts, ports):
                    break
    finally:
        guest.kill()
    print(f'{passed} passed, {failed} failed, 0 skipped')
    return 1 if failed else 0


if __name__ == '__main__':
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(main())
