# SPDX-License-Identifier: BSD-3-Clause
"""What ipset prints, and what of it is not compared literally, each item with its reason."""
import re

TOLERANCE = 1
_OWN = (
    # chosen at random by each
    (re.compile(r"\binitval(?: |>)0x[0-9a-f]{8}"), "initval RANDOM"),
    # structures are others
    (re.compile(r"^(Size in memory: |<memsize>)\d+", re.M), r"\1BYTES"),
)
_TIMEOUT = re.compile(r"(\btimeout[ >])(\d+)")


def prints_sets(command):
    return command.split()[0] == "ipset"


def texts_for_comparison(was, now, slack):
    """Elements come in the order of each one's hash; seconds that are left may be some less for who is asked later."""
    left, right = _in_order(was), _in_order(now)
    if len(left) != len(right):
        return "".join(left), "".join(right)
    return "".join(left), "".join(_near(old, new, TOLERANCE + slack) for old, new in zip(left, right))


def text_for_comparison(text):
    return "".join(_in_order(text))


def _in_order(text):
    for pattern, replacement in _OWN:
        text = pattern.sub(replacement, text)
    result, members = [], []
    for line in text.splitlines(keepends=True):
        if _is_head(line):
            result += sorted(members, key=lambda member: _TIMEOUT.sub(r"\1", member))
            members = []
            result.append(line)
        else:
            members.append(line)
    return result + sorted(members, key=lambda member: _TIMEOUT.sub(r"\1", member))


def _is_head(line):
    return re.match(r"(?:[A-Z][a-z][\w ]+:|create |\n|<(?!member>)|</|E |ipset )", line) is not None


def _near(old, new, tolerance):
    """The new line with the old one's seconds, where they are near."""
    seconds = [int(match[2]) for match in _TIMEOUT.finditer(old)]
    if _TIMEOUT.sub("", old) != _TIMEOUT.sub("", new):
        return new
    return _TIMEOUT.sub(lambda match: match[1] + str(_nearest(seconds, int(match[2]), tolerance)), new)


def _nearest(seconds, value, tolerance):
    return next((second for second in seconds if abs(second - value) <= tolerance), value)
