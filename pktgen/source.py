# SPDX-License-Identifier: BSD-3-Clause
"""
Where the packets come from and where they end: the same two devices for every program.

A source names its two devices, the environment a program needs for them, and how to read the rate
at which packets reach the sink.
"""
import collections
import os
import re
import struct
import subprocess
import time

from machine import CACHE, Problem, tsc_mhz
from scenarios import PEERS, TRAFFIC

LIMIT_PCAP = 4096
# More flows than a run sees packets of.
ENDLESS = 64000000

# in, out: Mpps of one window of a tenth of a second; cycles: of a packet that reached the sink
Window = collections.namedtuple('Window', 'came left lost seconds cycles')
LINE = re.compile(r'replay: at=[0-9.]+ in=([0-9.]+) out=([0-9.]+) lost=(\d+) seconds=([0-9.]+) mhz=([0-9.]+)')


def windows(text):
    """What the source said, line by line."""
    found = []
    for came, left, lost, seconds, mhz in LINE.findall(text):
        rate = float(left)
        found.append(Window(float(came), rate, int(lost), float(seconds), float(mhz) / rate if rate else 0.0))
    return found


class Replay:
    """The driver in replay/: headers written per packet, any number of flows, one clock for all programs."""
    name = 'net_replay (headers written per packet, its own clock)'
    sink = 'net_replay1'

    def __init__(self, here):
        run = subprocess.run([os.path.join(here, 'replay/build.sh'), CACHE], capture_output=True, text=True, check=False)
        if run.returncode:
            raise Problem(f'replay/build.sh: {run.stderr.strip()[-300:]}')
        self.environment = {'LD_PRELOAD': f'{CACHE}/librte_net_replay.so'}
        self.calibrator = f'{CACHE}/calibrate'

    def devargs(self, scenario, rate=0):
        """The source's device; rate: packets a second, or as many as are asked for."""
        traffic = scenario.kind.traffic
        args = {'flows': ENDLESS if traffic == 'new' else scenario.flows, **TRAFFIC[traffic].devargs}
        if scenario.size != '64':
            args['size'] = scenario.size
        if scenario.routes > 16:
            args['spread'] = 1
        if rate:
            args['rate'] = int(rate)
        return 'net_replay0,' + ','.join(f'{key}={value}' for key, value in args.items())

    @staticmethod
    def refuses(scenario):
        """Why it has no packets for that one, or None."""
        return None

    def windows(self, program, start=0):
        return windows(program.said()[start:])

    def rates(self, program, seconds):
        before = len(program.said())
        time.sleep(seconds)
        return [window for window in self.windows(program, before) if window.left > 0]


class Pcap:
    """DPDK's own net_pcap and net_null: where no driver can be built; dearer, with few flows, one way."""
    name = 'net_pcap (infinite_rx)'
    sink = 'net_null0,no-rx=1'
    calibrator = None
    environment = {}

    def __init__(self, folder):
        self.folder = folder

    @staticmethod
    def refuses(scenario):
        if scenario.program in PEERS:
            return 'only with the source net_replay'
        if scenario.flows <= LIMIT_PCAP and scenario.kind.traffic == 'forward' and scenario.size == '64' \
                and scenario.routes <= 16:
            return None
        return f'only with the source net_replay: net_pcap has packets one way, of at most {LIMIT_PCAP} flows'

    def devargs(self, scenario, rate=0):
        return f'net_pcap0,rx_pcap={recorded(self.folder, scenario.flows)},infinite_rx=1'

    def windows(self, program, start=0):
        """One, as soon as the program itself has counted a packet."""
        return [Window(1, 1, 0, 0.1, 1)] if program.forwards() else []

    def rates(self, program, seconds):
        """One window a second, as the program itself counts."""
        return [Window(mpps, mpps, 0, 1, tsc_mhz() / mpps) for mpps in program.mpps(seconds)]


def recorded(folder, flows):
    """A file of one packet a flow, as replay/replay_flow.c makes them."""
    path = os.path.join(folder, f'flows-{flows}.pcap')
    ethernet = struct.pack('<IIII', 0, 0, 60, 60) + bytes.fromhex('027063617000' '020000000101' '0800')
    with open(path, 'wb') as file:
        file.write(struct.pack('<IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
        for flow in range(flows):
            file.write(ethernet + packet((10 << 24) + 256 + flow, (198 << 24) + (18 << 16) + flow % 256,
                                         1024 + flow // 256))
    return path


def packet(source, destination, port, to=53):
    addresses = sum((end >> 16) + (end & 0xffff) for end in (source, destination))
    return struct.pack('>BBHHHBBHIIHHHH18x', 0x45, 0, 46, 0, 0, 64, 17, checksum(0x4500 + 46 + 0x4011 + addresses),
                       source, destination, port, to, 26, checksum(addresses + 17 + 26 + port + to + 26))


def checksum(total):
    total = (total & 0xffff) + (total >> 16)
    return ~((total & 0xffff) + (total >> 16)) & 0xffff


def choose(wanted, here, folder):
    if wanted == 'pcap':
        return Pcap(folder)
    try:
        return Replay(here)
    except Problem as why:
        if wanted == 'replay':
            raise
        print(f'bench: {why}; net_pcap instead')
        return Pcap(folder)
