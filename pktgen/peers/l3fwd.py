# SPDX-License-Identifier: BSD-3-Clause
"""
DPDK's example l3fwd, from Debian's source package of the installed version: routes by LPM, by FIB
where there are many, by ACL where there are rules. Its tables are enlarged where 500,000 routes would not fit.
"""
import glob
import os
import re
import subprocess

import ruleset
from machine import CACHE, Problem, said
from .program import Program

BINARY = os.path.join(CACHE, 'l3fwd')
# What is changed in its source: file, what stands there, what is put there.
CHANGES = (
    ('l3fwd_fib.c', r'config_ipv4.max_routes = \(1 << 16\)', 'config_ipv4.max_routes = (1 << 20)'),
)


def _build(tree):
    work = os.path.join(CACHE, 'l3fwd.build')
    subprocess.run(['rm', '-rf', work], check=True)
    subprocess.run(['cp', '-r', os.path.join(tree, 'examples'), work], check=True)
    folder = os.path.join(work, 'l3fwd')
    for name, there, instead in CHANGES:
        path = os.path.join(folder, name)
        with open(path, encoding='utf-8') as file:
            text, count = re.subn(there, instead, file.read())
        if not count:
            raise Problem(f'{name}: this version has no {there}')
        with open(path, 'w', encoding='utf-8') as file:
            file.write(text)
    # Built for this machine, as Pollux is: what comes last of -march= counts.
    command = ['cc', '-O3', *said('pkg-config', '--cflags', 'libdpdk').split(), '-march=native',
               '-DALLOW_EXPERIMENTAL_API', f'-I{work}/common', 'main.c', *sorted(glob.glob('l3fwd_*.c', root_dir=folder)),
               '-o', 'l3fwd', *said('pkg-config', '--libs', 'libdpdk').split()]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if run.returncode:
        raise Problem(f'does not build: {run.stderr.strip()[-300:]}')
    os.replace(os.path.join(folder, 'l3fwd'), BINARY)
    subprocess.run(['rm', '-rf', work], check=True)


def rules_text(scenario):
    """LPM and FIB: Rprefix port; ACL: @ rules that drop, R rules that say where to."""
    if not scenario.rules:
        return ''.join(f'R{prefix} 1\n' for prefix in ruleset.routes(scenario))
    lines = [f'@{source} {destination} 0 : 65535 {port} : {port} 17/0xff\n'
             for source, destination, port in ruleset.hard_rules(scenario.rules)]
    lines += [f'R0.0.0.0/0 {prefix} 0 : 65535 0 : 65535 0/0x00 1\n' for prefix in ruleset.routes(scenario)]
    return ''.join(lines)


NO_RULES6 = 'R2001:db8:2::/48 1\n'
NO_ACL6 = 'R0:0:0:0:0:0:0:0/0 0:0:0:0:0:0:0:0/0 0 : 65535 0 : 65535 0/0x00 1\n'
NO_RULES4 = 'R198.18.0.0/24 1\n'


class L3fwd(Program):
    @staticmethod
    def prepare(bench):
        version = said('dpkg-query', '-W', '-f', '${Version}', 'libdpdk-dev')
        tree = os.path.join(CACHE, f'dpdk-{version}')
        if not os.path.isdir(tree):
            raise Problem(f'no {tree}, which comes with the source net_replay')
        if not os.path.exists(BINARY) or os.path.getmtime(BINARY) < os.path.getmtime(__file__):
            _build(tree)

    def __init__(self, bench, scenario):
        files = [os.path.join(bench.folder, name) for name in ('l3fwd4.rules', 'l3fwd6.rules')]
        texts = [rules_text(scenario), NO_ACL6 if scenario.rules else NO_RULES6]
        if scenario.kind.traffic == 'forward6':
            texts = [NO_RULES4, rules_text(scenario)]
        for path, text in zip(files, texts):
            with open(path, 'w', encoding='utf-8') as file:
                file.write(text)
        how = 'acl' if scenario.rules else 'fib' if scenario.routes > 16 else 'lpm'
        super().__init__(bench, [
            'stdbuf', '-oL', BINARY, '-l', f'0,{bench.core}', '--main-lcore', '0', '--in-memory', '--no-pci',
            '-m', '1536', f'--vdev={bench.source.devargs(scenario)}', f'--vdev={bench.source.sink}', '--',
            '-p', '3', '-P', f'--lookup={how}', f'--config=(0,0,{bench.core})',
            f'--rule_ipv4={files[0]}', f'--rule_ipv6={files[1]}'])
