# SPDX-License-Identifier: BSD-3-Clause
"""The Internet checksum (RFC 1071)."""
import struct


def ones_complement(data):
    """0 for data that includes its own right checksum."""
    if len(data) % 2:
        data = bytes(data) + b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF
