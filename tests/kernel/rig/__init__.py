# SPDX-License-Identifier: BSD-3-Clause
"""The differential rig: the same commands and frames for a kernel router and for Pollux."""
