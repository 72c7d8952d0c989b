# SPDX-License-Identifier: BSD-3-Clause
"""The programs that are compared, a file each. Each is a Program (program.py) that runs one scenario."""
import scenarios

from .l3fwd import L3fwd
from .linux import Linux
from .ovs import Ovs
from .pollux import Pollux
from .testpmd import Testpmd

PROGRAMS = {
    scenarios.TESTPMD: Testpmd,
    scenarios.POLLUX: Pollux,
    scenarios.L3FWD: L3fwd,
    scenarios.OVS: Ovs,
    scenarios.LINUX: Linux,
}
