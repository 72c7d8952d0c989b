# SPDX-License-Identifier: BSD-3-Clause
"""One measured run of one program: start, give the worker its core, sample, stop."""
import collections
import math
import os
import re
import signal
import statistics
import subprocess
import time

import source
from machine import Problem

# work: see WORKS. fill: of `newnat`, percent of the pool that `flows` connections take; None: a large pool
Variant = collections.namedtuple('Variant', 'program flows rules work fill', defaults=(None,))
# source: what testpmd io is given to compare with; beside: what a part of the work costs, measured with the same flows
Work = collections.namedtuple('Work', 'says source beside', defaults=(None,))
WORKS = {
    'forward': Work('', 'forward'),
    'both': Work('both ways', 'both'),
    'track': Work('tracked', 'both', 'both'),
    'nat': Work('translated', 'both', 'track'),
    'new': Work('new,', 'new'),
    'newnat': Work('new translated,', 'new', 'new'),
}
ANSWERS = {'both': 'plain', 'track': 'plain', 'nat': 'translated'}
# More flows than a run sees packets of.
ENDLESS = 64000000


def devices(variant, generator):
    if WORKS[variant.work].source == 'new':
        return generator.generator(ENDLESS)
    return generator.generator(variant.flows, ANSWERS.get(variant.work))


# best: cycles a packet in the best tenth of the samples, which a noisy neighbour moves least
Sample = collections.namedtuple('Sample', 'mpps cycles best')

START_SECONDS = 120
SETTLE_SECONDS = 0.7
# Connections that begin in a second, at least: those of `track` and `nat` are there before they are measured, and old
# enough: what goes both ways for two seconds is a stream.
BEGIN_RATE = 200000
STREAM_SECONDS = 2.5


class Program:
    """A running DPDK program; its worker is the thread DPDK named so ("lcore-worker-1")."""

    def __init__(self, command, generator, options, folder):
        self.log = os.path.join(folder, 'program.log')
        cores = {0, options.core}
        with open(self.log, 'wb') as log:
            # The control thread must not disturb: nice, and not on the worker's core by choice.
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env=dict(os.environ, **generator.environment),
                preexec_fn=lambda: (os.sched_setaffinity(0, cores), os.nice(19)))
        self.core = options.core

    def said(self):
        with open(self.log, encoding='utf-8', errors='replace') as file:
            return file.read()

    def alive(self):
        return self.process.poll() is None

    def own_the_core(self):
        """SCHED_FIFO, or the figure would be that of whatever else runs there."""
        found = 0
        for thread in os.listdir(f'/proc/{self.process.pid}/task'):
            with open(f'/proc/{self.process.pid}/task/{thread}/comm', encoding='utf-8') as file:
                if 'worker' not in file.read():
                    continue
            os.sched_setscheduler(int(thread), os.SCHED_FIFO, os.sched_param(10))
            os.sched_setaffinity(int(thread), {self.core})
            found += 1
        if found != 1:
            raise Problem(f'expected one worker thread, found {found}')

    def stop(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
            if not self.alive():
                break
            self.process.send_signal(number)
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                continue
        self.process.wait()


class Testpmd(Program):
    def __init__(self, variant, generator, options, folder):
        super().__init__(
            ['stdbuf', '-oL', 'dpdk-testpmd', '-l', f'0,{options.core}', '--main-lcore', '0', '--in-memory',
             '--no-pci', '-m', '512',
             f'--vdev={devices(variant, generator)}', f'--vdev={generator.sink}', '--',
             '--auto-start', '--forward-mode=io', '--nb-cores=1', '--total-num-mbufs=16384', '--no-flush-rx',
             '--burst=32', '--no-lsc-interrupt', '--stats-period', '1'], generator, options, folder)

    def forwards(self):
        return any(self._rates(self.said()))

    def mpps(self, seconds):
        """Its own statistics, printed every second or two; the first covers time before we asked."""
        before = len(self.said())
        time.sleep(seconds + 4)
        return [rate for rate in self._rates(self.said()[before:]) if rate][1:]

    @staticmethod
    def _rates(text):
        return [int(rate) / 1e6 for rate in re.findall(r'Tx-pps:\s+(\d+)', text)]


class Pollux(Program):
    def __init__(self, variant, generator, options, folder):
        config, self.socket = os.path.join(folder, 'bench.conf'), os.path.join(folder, 'pollux.sock')
        with open(config, 'w', encoding='utf-8') as file:
            file.write(configuration(variant, generator))
        self.client = os.path.join(options.build, 'app/polluxctl/polluxctl')
        super().__init__(
            [os.path.join(options.build, 'app/pollux/pollux'), '-l', f'0,{options.core}', '--main-lcore', '0',
             '--in-memory', '--no-pci', '--', '--config', config, '--socket', self.socket, '--no-prompt'],
            generator, options, folder)

    def forwards(self):
        return self._sent() > 0

    def mpps(self, seconds):
        rates = []
        for _ in range(seconds):
            first, begin = self._sent(), time.monotonic()
            time.sleep(1)
            rates.append((self._sent() - first) / (time.monotonic() - begin) / 1e6)
        return [rate for rate in rates if rate > 0]

    def _sent(self):
        run = subprocess.run([self.client, '--socket', self.socket, 'show', 'port', 'stats', 'all'],
                             capture_output=True, text=True, check=False)
        found = re.findall(r'TX-packets: (\d+)', run.stdout)
        return max((int(count) for count in found), default=0)


def configuration(variant, generator):
    """Forwarding and nothing else; each rule fits the traffic but for its port, so all are looked at."""
    rules = ''.join(f'-A FORWARD -s 10.0.0.0/8 -d 198.18.0.0/24 -p udp -m udp --dport {1000 + number} -j DROP\n'
                    for number in range(variant.rules))
    lines = [
        f'port add gen0 {devices(variant, generator)}',
        f'port add sink0 {generator.sink}',
        'ip addr add 198.51.100.1/24 dev gen0',
        'ip addr add 192.0.2.1/24 dev sink0',
        'ip neigh add 192.0.2.2 lladdr 02:00:00:00:00:99 dev sink0',
        'ip route add 198.18.0.0/24 via 192.0.2.2 dev sink0',
        'ip route add 10.0.0.0/8 via 192.0.2.2 dev sink0',
        'sysctl -w net.pollux.idle=poll',
    ]
    if variant.work in ('track', 'nat'):
        lines += [f'sysctl -w net.netfilter.nf_conntrack_max={variant.flows + 1000}',
                  'sysctl -w net.pollux.conntrack=on']
    if variant.work in ('new', 'newnat'):
        lines += [f'sysctl -w net.netfilter.nf_conntrack_max={variant.flows}',
                  'sysctl -w net.netfilter.nf_conntrack_udp_timeout=1',
                  'sysctl -w net.pollux.conntrack=on']
    if variant.work in ('nat', 'newnat'):
        lines.append(f'iptables -t nat -A POSTROUTING -o sink0 -p udp -j SNAT --to-source {pool(variant)}')
    if rules:
        lines.append(f'iptables-restore <<END\n*filter\n{rules}COMMIT\nEND')
    # Last: packets flow from here on.
    lines.append('sysctl -w net.ipv4.ip_forward=1')
    return '\n'.join(lines) + '\n'


def pool(variant):
    """What sources are translated to: for a fill one address, whose ports serve each of SERVERS."""
    if variant.fill is None:
        return source.POOL
    ports = max(1, math.ceil(variant.flows * 100 / variant.fill / source.SERVERS))
    return f'{source.POOL.split("-", maxsplit=1)[0]}:1024-{1023 + ports}'


def wait_for_packets(program, generator):
    end = time.monotonic() + START_SECONDS
    while not generator.started(program):
        if not program.alive() or time.monotonic() > end:
            raise Problem('it forwards nothing; its last words:\n' + '\n'.join(program.said().splitlines()[-8:]))
        time.sleep(0.2)


def one(variant, generator, options, folder):
    kind = Testpmd if variant.program.startswith('testpmd') else Pollux
    program = kind(variant, generator, options, folder)
    try:
        wait_for_packets(program, generator)
        program.own_the_core()
        time.sleep(SETTLE_SECONDS)
        if variant.work in ANSWERS:
            time.sleep(STREAM_SECONDS + variant.flows / BEGIN_RATE)
        rates = generator.rates(program, options.seconds)
    except Problem as why:
        raise Problem(f'{variant.program}: {why}') from None
    finally:
        program.stop()
    if not rates:
        raise Problem(f'{variant.program}: nothing reached the sink')
    cycles = sorted(cycles for _, cycles in rates)
    return Sample(statistics.median(rate for rate, _ in rates), statistics.median(cycles), cycles[len(cycles) // 10])
