# SPDX-License-Identifier: BSD-3-Clause
# an emulated machine of two NUMA nodes: what lanes use lies on their node (SECONDS is not used)

soak_numa()
{
	check "two nodes" tests/numa/run
	summary
}
