# SPDX-License-Identifier: BSD-3-Clause
"""testpmd in io mode: does nothing with a packet, so what it needs is the cost of the source."""
import re
import time

from .program import Program


class Testpmd(Program):
    def __init__(self, bench, scenario):
        super().__init__(bench, [
            'stdbuf', '-oL', 'dpdk-testpmd', '-l', f'0,{bench.core}', '--main-lcore', '0', '--in-memory',
            '--no-pci', '-m', '512', f'--vdev={bench.source.devargs(scenario)}', f'--vdev={bench.source.sink}', '--',
            '--auto-start', '--forward-mode=io', '--nb-cores=1', '--total-num-mbufs=16384', '--no-flush-rx',
            '--burst=32', '--no-lsc-interrupt', '--stats-period', '1'])

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
