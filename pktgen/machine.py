# SPDX-License-Identifier: BSD-3-Clause
"""The machine under the benchmark: what it must have, how disturbed it is, what it is called."""
import contextlib
import datetime
import os
import re
import shlex
import subprocess

NR_HUGEPAGES = '/proc/sys/vm/nr_hugepages'
# What is fetched and built for comparisons stays there.
CACHE = '/var/cache/pollux-bench'
# Above this another program shares the physical core (its other hyper-thread, or the host's).
QUIET = 1.0


class Problem(Exception):
    """Something the user has to mend, in one line."""


def _read(path, default=''):
    try:
        with open(path, encoding='utf-8') as file:
            return file.read()
    except OSError:
        return default


def check(core):
    if os.geteuid() != 0:
        raise Problem('needs root: huge pages and real-time scheduling')
    if core == 0 or not {0, core} <= os.sched_getaffinity(0):
        raise Problem(f'needs core 0 for control and core {core} for forwarding; see --core')


def build(top, folder):
    script = f'. {shlex.quote(top)}/deploy/build.sh; build_tree {shlex.quote(os.path.relpath(folder, top))}'
    if subprocess.run([f'{top}/deploy/install-deps', 'build', 'bench'], check=False).returncode:
        raise Problem('deploy/install-deps failed')
    if subprocess.run(['bash', '-c', script], check=False).returncode:
        raise Problem('the build failed')


def _free_pages():
    found = re.search(r'HugePages_Free:\s+(\d+)', _read('/proc/meminfo'))
    return int(found[1]) if found else 0


@contextlib.contextmanager
def huge_pages(wanted):
    """At least that many free, and the old number back afterwards. Without them every figure is wrong."""
    added = max(0, wanted - _free_pages())
    if added:
        _set_pages(added)
    try:
        if _free_pages() < wanted:
            raise Problem(f'only {_free_pages()} of {wanted} huge pages of 2 MB to be had: sysctl vm.nr_hugepages')
        yield
    finally:
        if added:
            _set_pages(-added)


def _set_pages(change):
    now = int(_read(NR_HUGEPAGES, '0'))
    with open(NR_HUGEPAGES, 'w', encoding='utf-8') as file:
        file.write(str(max(0, now + change)))


def calibrate(calibrator, core):
    """TSC cycles of a loop that needs all of the core's units: 0.9 undisturbed, 1.8 with a twin at work."""
    if not calibrator:
        return None
    run = subprocess.run(['chrt', '-f', '10', 'taskset', '-c', str(core), calibrator],
                         capture_output=True, text=True, check=False)
    values = sorted(float(value) for value in re.findall(r'width ([0-9.]+)', run.stdout))
    return values[len(values) // 2] if values else None


def tsc_mhz():
    found = re.search(r'cpu MHz\s+: ([0-9.]+)', _read('/proc/cpuinfo'))
    return float(found[1]) if found else 0.0


def said(*command):
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    return run.stdout.strip()


def facts(top):
    model = re.search(r'model name\s+: (.*)', _read('/proc/cpuinfo'))
    return {
        'date': datetime.datetime.now().astimezone().isoformat(timespec='seconds'),
        'cpu': model[1] if model else '?',
        'cpus': os.cpu_count(),
        'mhz': tsc_mhz(),
        'kernel': os.uname().release,
        'dpdk': said('pkg-config', '--modversion', 'libdpdk'),
        'commit': said('git', '-c', f'safe.directory={top}', '-C', top, 'rev-parse', '--short', 'HEAD'),
    }
