# SPDX-License-Identifier: BSD-3-Clause
"""A round as a scenario that tests/kernel/run can play."""
from scapy.layers.l2 import Ether

from rig import packets

from . import follow, members, pools, rules

READABLE = 400


def scenario_text(a_round, differences, whole=False):
    """``whole``: also tables without rules, because a table that was never used counts nothing."""
    settings = a_round.all_settings()
    lines = [f"# {line}" for line in differences]
    lines += [f"scenario round {a_round.name}", *pools.SET_UP, *members.SET_UP]
    lines += [command for setting in settings for command in setting.do]
    for made in a_round.sets:
        if text := made.text().splitlines() if whole else _short(made.text()):
            lines += [rules.TOOL[made.family] + "-restore <<END", *text, "END"]
    for side, held, sent in a_round.groups:
        pairs = [pair for one in sent for pair in ([(side, one)] if isinstance(one, bytes) else one.sent)]
        for from_side, frames in follow.runs(pairs, bool(a_round.shows)):
            shown = [f"{from_side}: {_expression(from_side, frame)}" for frame in frames]
            lines += ["burst", *("    " + line for line in shown), "end"] if held and len(shown) > 1 else shown
    for made in a_round.sets:
        if whole or made.rules or made.policies:
            lines.append(f"show {rules.TOOL[made.family]}-save -c")
    lines += [f"show {command}" for command in a_round.shows]
    lines += [f"show {command}" for setting in settings for command in setting.undo if command.startswith(members.LISTS)]
    return "".join(line + "\n" for line in lines)


def _short(text):
    """Without the tables that hold nothing."""
    return [line for table in text.split("COMMIT\n")[:-1] if "-A" in table or " DROP " in table
            for line in (table + "COMMIT").splitlines()]


def _expression(side, frame):
    """Scapy's words for the frame if they give exactly its bytes, else the bytes."""
    try:
        words = Ether(frame).command()
        if len(words) <= READABLE and packets.frames(side, words) == (frame,):
            return words
    except Exception:  # pylint: disable=broad-except
        pass               # scapy does not understand what it made itself: then the bytes
    return f'bytes.fromhex("{frame.hex()}")'
