# SPDX-License-Identifier: BSD-3-Clause
"""Frames as people read them."""
from scapy.layers.l2 import Ether

ROW = 16


def summary(frame):
    return f"{Ether(frame).summary()} ({len(frame)} bytes)"


def difference(left, right):
    """First the fields that differ, then the rows of the hex dumps that differ."""
    lines = _fields(left, right)
    if any(line.startswith("layer ") for line in lines):
        return lines    # two different things: rows side by side would say nothing
    for start in range(0, max(len(left), len(right)), ROW):
        old, new = left[start:start + ROW], right[start:start + ROW]
        if old != new:
            marks = " ".join("  " if old[i:i + 1] == new[i:i + 1] else "^^" for i in range(ROW)).rstrip()
            lines += [f"{start:04x}  - {old.hex(' ')}", f"{start:04x}  + {new.hex(' ')}", f"        {marks}"]
        if len(lines) > 40:
            return lines + ["..."]
    return lines


def _fields(left, right):
    lines = []
    old, new = _layers(left), _layers(right)
    for depth, (was, now) in enumerate(zip(old, new)):
        if was.name != now.name:
            return lines + [f"layer {depth}: {was.name} / {now.name}"]
        for field in was.fields:
            if was.fields[field] != now.fields.get(field):
                lines.append(f"{was.name}.{field}: {was.fields[field]!r} / {now.fields.get(field)!r}")
    if len(old) != len(new):
        lines.append(f"layers: {len(old)} / {len(new)}")
    return lines


def _layers(frame):
    packet, layers = Ether(frame), []
    while packet:
        layers.append(packet)
        packet = packet.payload
    return layers
