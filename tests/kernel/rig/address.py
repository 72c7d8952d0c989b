# SPDX-License-Identifier: BSD-3-Clause
"""The lab's fixed addresses. Frames are compared byte for byte, so nothing here may be random."""

MAC = {
    "c": "02:00:00:00:01:02", "c3": "02:00:00:00:01:03", "c4": "02:00:00:00:01:04",
    "r0": "02:00:00:00:01:01", "r1": "02:00:00:00:02:01",
    "s": "02:00:00:00:02:02", "s3": "02:00:00:00:02:03", "s4": "02:00:00:00:02:04",
}
IPV4 = {
    "c": "10.1.0.2", "c3": "10.1.0.3", "c4": "10.1.0.4", "r0": "10.1.0.1",
    "s": "10.2.0.2", "s3": "10.2.0.3", "s4": "10.2.0.4", "r1": "10.2.0.1",
}
IPV6 = {
    "c": "fd01::2", "c3": "fd01::3", "c4": "fd01::4", "r0": "fd01::1",
    "s": "fd02::2", "s3": "fd02::3", "s4": "fd02::4", "r1": "fd02::1",
}
PORT = {"c": "r0", "s": "r1"}
FAR = {"c": "s", "s": "c"}
ROUTER_MACS = (MAC["r0"], MAC["r1"])
# a program on the router itself speaks from r1 to S unless told otherwise
HOST = "h"
TOWARDS = {**FAR, HOST: "s"}
for _names in (MAC, IPV4, IPV6):
    _names[HOST] = _names["r1"]
PORT[HOST] = "r1"
