# SPDX-License-Identifier: BSD-3-Clause
"""Where the packets come from and where they end: the same two devices for every program.

A source names its two devices, the environment a program needs for them, and how to read the rate
at which packets reach the sink. Frames are 64 bytes with their checksum: UDP, 10.0.1.0 and up to
198.18.0.1-250, port 53, TTL 64. A source of both ways also has each flow's answers; where its
flows are to be translated the answers go to one of POOL's addresses, as Linux and Pollux choose it.
"""
import os
import random
import re
import struct
import subprocess
import sys
import time

from machine import Problem, tsc_mhz

LIMIT_PCAP = 4096
# What sources are translated to: 16 addresses.
POOL = '203.0.113.0-203.0.113.15'
# How many destinations there are.
SERVERS = 250
POOL_FIRST, POOL_SIZE = (203 << 24) + (113 << 8), 16


class Replay:
    """net_replay of the lab folder: real headers, any number of flows, and one clock for all programs."""
    name = 'net_replay (headers written per packet, its own clock)'
    sink = 'net_replay1'

    def _build(self, folder):
        out = '/var/tmp/net_replay'
        run = subprocess.run(['sh', os.path.join(folder, 'build.sh'), out],
                             capture_output=True, text=True, check=False)
        if run.returncode:
            raise Problem(f'net_replay does not build: {run.stderr.strip()[-300:]}')
        self.environment = {'LD_PRELOAD': f'{out}/librte_net_replay.so'}
        self.calibrator = f'{out}/calib'

    def __init__(self, folder, scratch):
        self.scratch = scratch
        self._build(folder)

    def generator(self, flows, answers=None):
        if answers:
            return f'net_replay0,pcap={recorded(self.scratch, flows, answers)}'
        return f'net_replay0,gen={flows}'

    def started(self, program):
        return 'REPLAY s=' in program.said()

    def rates(self, program, seconds):
        """(Mpps, cycles a packet), ten a second; the driver knows the TSC's frequency."""
        before = len(program.said())
        time.sleep(seconds)
        found = re.findall(r'REPLAY s=\d+ rx_mpps=([0-9.]+) tx_mpps=([0-9.]+) cyc_per_rx=([0-9.]+)',
                           program.said()[before:])
        return [(float(tx), float(cycles) * float(rx) / float(tx))
                for rx, tx, cycles in found if float(tx) > 0]


class Pcap:
    """DPDK's own net_pcap and net_null: everywhere, but dearer and with few flows."""
    name = 'net_pcap (infinite_rx; no lab folder with net_replay beside this checkout)'
    sink = 'net_null0,no-rx=1'
    calibrator = None
    environment = {}

    def __init__(self, folder, flows):
        if flows > LIMIT_PCAP:
            raise Problem(f'net_pcap keeps every flow as a buffer: at most {LIMIT_PCAP} flows, or use net_replay')
        self.folder = folder

    def generator(self, flows, answers=None):
        path = recorded(self.folder, flows, answers, '027063617000')
        return f'net_pcap0,rx_pcap={path},infinite_rx=1'

    def started(self, program):
        return program.forwards()

    def rates(self, program, seconds):
        """(Mpps, cycles a packet), one a second, as the program itself counts."""
        return [(mpps, tsc_mhz() / mpps) for mpps in program.mpps(seconds)]


def recorded(folder, flows, answers=None, mac='020000000000'):
    """
    A file of one packet a flow, or (answers: 'plain', 'translated') of one each way, in an order that no cache
    foresees.
    """
    path = os.path.join(folder, f'flows-{flows}-{mac}-{answers}.pcap')
    if os.path.exists(path):
        return path
    order = list(range(flows))
    random.Random(1).shuffle(order)
    ethernet = struct.pack('<IIII', 0, 0, 60, 60) + bytes.fromhex(mac + '020000000101' '0800')
    with open(path, 'wb') as file:
        file.write(struct.pack('<IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
        for flow in order:
            file.write(ethernet + packet(*ends(flow)))
        for flow in order if answers else ():
            source, server, port = ends(flow)
            client = translated(source, server) if answers == 'translated' else source
            file.write(ethernet + packet(server, client, 53, port))
    return path


def ends(flow):
    """Source, destination, source port: no two flows have destination and port in common."""
    return (10 << 24) + 256 + flow, (198 << 24) + (18 << 16) + flow % SERVERS + 1, 1024 + flow // SERVERS % 64512


def packet(source, destination, port, to=53):
    addresses = sum((end >> 16) + (end & 0xffff) for end in (source, destination))
    return struct.pack('>BBHHHBBHIIHHHH18x', 0x45, 0, 46, 0, 0, 64, 17, checksum(0x4500 + 46 + 0x4011 + addresses),
                       source, destination, port, to, 26, checksum(addresses + 17 + 26 + port + to + 26))


def checksum(total):
    total = (total & 0xffff) + (total >> 16)
    return ~((total & 0xffff) + (total >> 16)) & 0xffff


def translated(source, destination):
    """The address of POOL for a flow: by Jenkins' hash, which is what Linux takes."""
    return POOL_FIRST + (jenkins(swapped(source), swapped(destination)) * POOL_SIZE >> 32)


def swapped(address):
    """As the machine's words are, in which addresses lie as on the wire."""
    return int.from_bytes(address.to_bytes(4, 'big'), sys.byteorder)


def jenkins(word, seed):
    """jhash2() of Linux, rte_jhash_32b() of DPDK: four words, the last three of them 0."""
    def turn(value, by):
        return (value << by | value >> (32 - by)) & 0xffffffff
    a = b = c = (0xdeadbeef + (4 << 2) + seed) & 0xffffffff
    a = (a + word) & 0xffffffff
    for by1, by2, by3 in ((4, 6, 8), (16, 19, 4)):
        a = (a - c) & 0xffffffff ^ turn(c, by1)
        c = (c + b) & 0xffffffff
        b = (b - a) & 0xffffffff ^ turn(a, by2)
        a = (a + c) & 0xffffffff
        c = (c - b) & 0xffffffff ^ turn(b, by3)
        b = (b + a) & 0xffffffff
    for by in (14, 11, 25, 16, 4, 14, 24):
        c = ((c ^ b) - turn(b, by)) & 0xffffffff
        a, b, c = b, c, a
    return b


def choose(wanted, top, folder, flows):
    lab = os.path.join(os.path.dirname(top), 'shared', 'net_replay')
    if wanted == 'pcap' or wanted == 'auto' and not os.path.exists(os.path.join(lab, 'build.sh')):
        return Pcap(folder, flows)
    if not os.path.exists(os.path.join(lab, 'build.sh')):
        raise Problem(f'no net_replay in {lab}')
    return Replay(lab, folder)
