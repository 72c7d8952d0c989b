#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Gives the commands of rule_text.txt to iptables-legacy in a network namespace of its own.

    rule_text.py            compare what it says with what is recorded (77: not possible here)
    rule_text.py record     record what it says

test_rule_text gives the same commands to Pollux. The file's lines:
    $ COMMAND       < line of its standard input       # comment
    > output|       ! error text|                      = exit status
"""
import os
import re
import shlex
import shutil
import subprocess
import sys

FILE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "rule_text.txt")
DATE = re.compile(r"on \w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}")


def read(path):
    """[(lines of comment, command, stdin or None, recorded lines)]"""
    tests, comment = [], []
    with open(path, encoding="utf-8") as f:
        for line in f.read().split("\n"):
            if line.startswith("$ "):
                tests.append((comment, line[2:], [], []))
                comment = []
            elif line.startswith("<"):
                tests[-1][2].append(line[2:])
            elif line[:1] in (">", "!", "="):
                tests[-1][3].append(line)
            elif line:
                comment.append(line)
    return tests


def run(netns, command, stdin):
    argv = shlex.split(command)
    argv[0] = re.sub(r"^(ip6?tables)", r"\1-legacy", argv[0])
    text = "".join(line + "\n" for line in stdin)
    done = subprocess.run(["ip", "netns", "exec", netns] + argv, input=text, text=True,
                          capture_output=True, check=False)
    lines = []
    for mark, out in ((">", done.stdout), ("!", done.stderr)):
        if out:
            lines += ["%s %s|" % (mark, x) for x in DATE.sub("on DATE", out).rstrip("\n").split("\n")]
    if done.stderr.endswith("\n\n"):
        lines.append("! |")
    return lines + ["= %d" % done.returncode]


def main():
    if os.geteuid() != 0 or shutil.which("iptables-legacy") is None:
        print("needs root and iptables-legacy")
        return 77
    tests = read(FILE)
    netns = "rule-text-%d" % os.getpid()
    subprocess.run(["ip", "netns", "add", netns], check=True)
    differ, out = 0, []
    try:
        for comment, command, stdin, recorded in tests:
            said = run(netns, command, stdin)
            if said != recorded:
                differ += 1
                if sys.argv[1:] != ["record"]:
                    print("$ %s\nrecorded:\n%s\niptables-legacy:\n%s" %
                          (command, "\n".join(recorded), "\n".join(said)))
            out += comment + ["$ " + command] + ["< " + x for x in stdin] + said
    finally:
        subprocess.run(["ip", "netns", "del", netns], check=False)
    if sys.argv[1:] == ["record"]:
        with open(FILE, "w", encoding="utf-8") as f:
            f.write("\n".join(out) + "\n")
        return 0
    print("%d commands, %d differ" % (len(tests), differ))
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
