# SPDX-License-Identifier: BSD-3-Clause
"""
The machine's own kernel, with the same rules, in a network namespace of its own: packets are made
by an XDP program in live-frame test runs (flood/), enter the stack by the veth `gen0`, and end in
the ifb `sink0`, which takes what it is sent and throws it away. What making them costs is measured
the same way, with packets that end before the stack.
"""
import os
import subprocess

import ruleset
from machine import CACHE, Problem
from .program import Program

BINARY, OBJECT = os.path.join(CACHE, 'flood'), os.path.join(CACHE, 'flood.bpf.o')
HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'flood')
NAMESPACE = 'pollux-bench'
# The table's size belongs to the whole machine and is left alone.
MAX_FILE = '/proc/sys/net/netfilter/nf_conntrack_max'
OUTPUTS = ((OBJECT, ['clang', '-O2', '-g', '-target', 'bpf', f'-I/usr/include/{os.uname().machine}-linux-gnu',
                     '-c', HERE + '/flood.bpf.c']),
           (BINARY, ['cc', '-O2', '-Wall', '-Wextra', '-Werror', HERE + '/flood.c', '-lbpf']))


def _ip(*words):
    run = subprocess.run(['ip', *words], capture_output=True, text=True, check=False)
    if run.returncode:
        raise Problem(f'ip {" ".join(words)}: {run.stderr.strip()}')


def _inside(*words, stdin=None):
    run = subprocess.run(['ip', 'netns', 'exec', NAMESPACE, *words], input=stdin, capture_output=True, text=True,
                         check=False)
    if run.returncode:
        raise Problem(f'{" ".join(words)}: {run.stderr.strip()}')
    return run.stdout


class Linux(Program):
    worker = 'flood'

    @staticmethod
    def prepare(bench):
        for output, command in OUTPUTS:
            source = next(word for word in command if word.endswith('.c'))
            if os.path.exists(output) and os.path.getmtime(output) > os.path.getmtime(source):
                continue
            run = subprocess.run([*command, '-o', output], capture_output=True, text=True, check=False)
            if run.returncode:
                raise Problem(f'{os.path.basename(source)}: {run.stderr.strip()[-300:]}')

    def __init__(self, bench, scenario):
        kind = scenario.kind
        if kind.tracked:
            with open(MAX_FILE, encoding='utf-8') as file:
                if int(file.read()) < scenario.flows + 1000:
                    raise Problem(f'nf_conntrack_max is too small for {scenario.flows:,} connections')
        self._remove()  # of a run that was killed
        try:
            self._namespace(scenario)
        except Problem:
            self._remove()
            raise
        words = ['ip', 'netns', 'exec', NAMESPACE, BINARY, OBJECT, str(scenario.flows),
                 'nothing' if scenario.work == 'source' else 'new' if kind.traffic == 'new' else
                 'translated' if kind.translated else 'plain' if kind.tracked else 'forward']
        super().__init__(bench, words)

    @staticmethod
    def _namespace(scenario):
        _ip('netns', 'add', NAMESPACE)
        for words in ('link add gen0 type veth peer name gen0peer', 'link add sink0 type ifb',
                      'addr add 198.51.100.1/24 dev gen0', 'addr add 192.0.2.1/24 dev sink0',
                      'link set gen0 up', 'link set gen0peer up', 'link set sink0 up',
                      'neigh add 192.0.2.2 lladdr 02:00:00:00:99:00 dev sink0',
                      f'route add {ruleset.CLIENTS} via 192.0.2.2 dev sink0'):
            _ip('-n', NAMESPACE, *words.split())
        for prefix in ruleset.routes(scenario):
            _ip('-n', NAMESPACE, 'route', 'add', prefix, 'via', '192.0.2.2', 'dev', 'sink0')
        _inside('sysctl', '-qw', 'net.ipv4.ip_forward=1', 'net.ipv4.conf.all.rp_filter=0',
                'net.ipv4.conf.gen0.rp_filter=0')
        sets, rules = ruleset.sets_text(scenario), ruleset.restore_text(scenario)
        if sets:
            _inside('ipset', 'restore', stdin=sets)
        if rules:
            _inside('iptables-legacy-restore', stdin=rules)

    def stop(self):
        super().stop()
        self._remove()

    @staticmethod
    def _remove():
        subprocess.run(['ip', 'netns', 'del', NAMESPACE], stderr=subprocess.DEVNULL, check=False)
