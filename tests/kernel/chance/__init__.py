# SPDX-License-Identifier: BSD-3-Clause
"""Random configurations and packets, played on the kernel and on Pollux; see ../README.md."""
