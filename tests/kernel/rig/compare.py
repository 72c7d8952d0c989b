# SPDX-License-Identifier: BSD-3-Clause
"""Compares two records of a scenario and says in words where they differ."""
import difflib
import shlex
import socket

from . import dump, flows, normal
from .address import HOST, IPV4, IPV6
from .chosen import Chosen
from .cookies import Cookies

MANY = 8
PROTOCOL = 14 + 9     # in an IPv4 packet behind an Ethernet header


def differences(first, second):
    """Lines of text, none if both routers did the same."""
    lines = []
    own = own_addresses(first)
    commands = [text for step, *_ in first.answers for text in (step.text, step.stdin)]
    chosen = Chosen((first.sent, second.sent), commands)
    cookies = Cookies(commands)
    for side in first.frames:
        lines += _frames(side, first, second, own, chosen, cookies)
    lines += _answers(first, second, chosen)
    lines += _log(first, second, own, chosen)
    for record in (first, second):
        if record.trouble:
            lines.append(f"{record.router}: {record.trouble}")
    if lines and second.refused:
        lines += [f"{second.router} refused in the lab's set-up: {line} ({why})" for line, why in second.refused]
    return lines


def own_addresses(record):
    """IPv4 addresses the router had at any time, and its IPv6 addresses of the set-up."""
    own = {socket.inet_aton(IPV4[port]) for port in ("r0", "r1")}
    own |= {socket.inet_pton(socket.AF_INET6, IPV6[port]) for port in ("r0", "r1")}
    for step, *_ in record.answers:
        if step.argv[0] == "ip" and "add" in step.argv and step.argv[1].startswith("a"):
            for word in step.argv:
                if word.count(".") == 3:
                    own.add(socket.inet_aton(word.partition("/")[0]))
    return own


def _frames(side, first, second, own, chosen, cookies):
    left = [normal.frame_for_comparison(frame, own) for _, frame in first.frames[side]]
    right = [normal.frame_for_comparison(frame, own) for _, frame in second.frames[side]]
    right = cookies.frames(left, chosen.frames(left, right))
    if side == HOST:     # each protocol has its socket: order is only within one
        left, right = (sorted(heard, key=lambda packet: packet[PROTOCOL]) for heard in (left, right))
    if left == right:
        return []
    lines = [f"frames on side {side}: {first.router} emitted {len(left)} (-), {second.router} {len(right)} (+)"]
    if sorted(left) == sorted(right):
        lines.append("  the same frames in another order:")
    changes = []
    pair = None
    for word, l0, l1, r0, r1 in difflib.SequenceMatcher(None, left, right, False).get_opcodes():
        if word == "equal":
            continue
        changes += [_line("-", first.frames[side][index]) for index in range(l0, l1)]
        changes += [_line("+", second.frames[side][index]) for index in range(r0, r1)]
        if pair is None and word == "replace":
            pair = left[l0], right[r0]
    lines += changes[:2 * MANY]
    if len(changes) > 2 * MANY:
        lines.append(f"    ... and {len(changes) - 2 * MANY} more")
    if pair:
        lines.append("  the first two that differ:")
        lines += ["    " + text for text in dump.difference(*pair)]
    return lines


def _line(sign, noted):
    line, frame = noted
    return f"  {sign} after line {line}: {dump.summary(frame)}"


def _answers(first, second, chosen):
    lines = []
    # a busy machine may make one of them slow
    late = [abs(was - now) for was, now in zip(first.times, second.times)]
    for (step, *left), (_, *right), slack in zip(first.answers, second.answers, late):
        if second.used and step.argv[0].endswith("-save"):
            right[1] = normal.saved_on_used_router(right[1], left[1])
        if left[0] != right[0]:
            lines += [f"line {step.line}: {step.text}",
                      f"  exit code: {first.router} {left[0]}, {second.router} {right[0]}"]
        for stream, was, now in (("output", left[1], right[1]), ("errors", left[2], right[2])):
            lines += _text(step, stream, was, chosen.lines(was, now) if _shows_ports(step) else now, slack)
    return lines


def _log(first, second, own, chosen):
    was, now = ([f"<{level}>" + normal.log_line_for_comparison(text, own) for _, level, text in record.log]
                for record in (first, second))
    now = [chosen.log(line) for line in now]
    if was == now:
        return []
    changes = list(difflib.unified_diff(was, now, lineterm="", n=1))[2:]
    return [f"log: {first.router} has {len(was)} lines (-), {second.router} {len(now)} (+)",
            *("    " + line for line in changes[:40])]


def _shows_ports(step):
    return flows.prints_flows(shlex.join(step.argv))


def _text(step, stream, was, now, slack):
    lines = text_lines(*normal.texts_for_comparison(shlex.join(step.argv), was, now, slack))
    return [f"line {step.line}: {step.text}: {stream}", *lines] if lines else []


def text_lines(was, now):
    """The lines that differ, none if the texts are the same."""
    if was == now:
        return []
    changes = list(difflib.unified_diff(was.splitlines(), now.splitlines(), lineterm="", n=1))[2:]
    if not changes:
        changes = [f"-{was!r}", f"+{now!r}"]     # only the last line's end differs
    # trailing blanks are part of the text, so show where a line ends
    return [f"    {line}" + ("$" if line[-1:].isspace() and len(line) > 1 else "") for line in changes][:40]
