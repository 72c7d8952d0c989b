# SPDX-License-Identifier: BSD-3-Clause
"""Random stateful rules: those that look at connections, and those that change them."""
from . import pools, talk_nat
from .matches import ANY, IPV6_ICMP, ICMP, TCP, UDP, Part, negation
from .rules import USED, Rule, RuleSet

STATES = ("NEW", "ESTABLISHED", "RELATED", "INVALID", "UNTRACKED")
STATUS = ("NONE", "EXPECTED", "SEEN_REPLY", "ASSURED", "CONFIRMED")
TRANSLATED = ("SNAT", "DNAT")
PORTS = (21, 53, 80, 443, 1000, 1001)
MARKS = (0, 1, 2, 0x10, 0xFF)
CHAINS = {"raw": ("PREROUTING", "OUTPUT"), "mangle": ("PREROUTING", "FORWARD", "INPUT", "OUTPUT", "POSTROUTING"),
          "filter": ("FORWARD", "FORWARD", "INPUT", "OUTPUT"), "security": ("FORWARD", "INPUT")}
# in every round: both families track, and show how each packet was judged
ALWAYS = tuple(("mangle", chain, state) for chain in ("PREROUTING", "OUTPUT") for state in STATES)


def some(rng, names):
    return ",".join(rng.sample(names, rng.choice((1, 1, 2, 3))))


def span(rng, values):
    low, high = sorted((rng.choice(values), rng.choice(values)))
    return rng.choice((f"{low}", f"{low}:{high}", f"{low}:"))


def mark(rng):
    return f"0x{rng.choice(MARKS):x}" + rng.choice(("", "", "/0xff", "/0x1"))


def masks(rng):
    return rng.choice(("", "", " --nfmask 0xff --ctmask 0xff", " --nfmask 0x1 --ctmask 0xffff"))


MATCHES = (
    Part("conntrack", ANY, None, lambda r, f: f"-m conntrack {negation(r)}--ctstate {some(r, STATES)}"),
    Part("conntrack", ANY, None, lambda r, f: f"-m conntrack {negation(r)}--ctstate {some(r, STATES)}"),
    Part("conntrack", ANY, None, lambda r, f: f"-m conntrack {negation(r)}--ctstatus {some(r, STATUS)}"),
    Part("conntrack", ANY, None, lambda r, f: f"-m conntrack --ctdir {r.choice(('ORIGINAL', 'REPLY'))}"),
    Part("conntrack", ANY, None, lambda r, f: f"-m conntrack {negation(r)}--ct{r.choice(('origsrc', 'origdst', 'replsrc', 'repldst'))} {pools.nets(r, f)}"),
    Part("conntrack", ANY, None, lambda r, f: f"-m conntrack {negation(r)}--ctproto {r.choice(('tcp', 'udp', '132', '1'))}"),
    Part("conntrack", ANY, TCP, lambda r, f: f"-m conntrack --ctproto tcp {negation(r)}--ct{r.choice(('origsrc', 'origdst', 'replsrc', 'repldst'))}port {span(r, PORTS)}"),
    Part("conntrack", ANY, UDP, lambda r, f: f"-m conntrack --ctproto udp {negation(r)}--ct{r.choice(('origsrc', 'origdst', 'replsrc', 'repldst'))}port {span(r, PORTS)}"),
    # no timeout of a conversation's states is near these
    Part("conntrack", ANY, None, lambda r, f: f"-m conntrack {negation(r)}--ctexpire {r.choice(('0', '1:', ':25', '31:45', '61:', '301:'))}"),
    Part("state", ANY, None, lambda r, f: f"-m state {negation(r)}--state {some(r, STATES)}"),
    Part("connmark", ANY, None, lambda r, f: f"-m connmark {negation(r)}--mark {mark(r)}"),
    Part("connbytes", ANY, None, lambda r, f: f"-m connbytes {negation(r)}--connbytes {span(r, (1, 2, 3, 5, 9))} --connbytes-dir {r.choice(('original', 'reply', 'both'))} --connbytes-mode packets"),
    Part("connbytes", ANY, None, lambda r, f: f"-m connbytes {negation(r)}--connbytes {span(r, (20, 40, 100, 500))} --connbytes-dir {r.choice(('original', 'reply', 'both'))} --connbytes-mode {r.choice(('bytes', 'avgpkt'))}"),
    Part("connlabel", ANY, None, lambda r, f: f"-m connlabel {negation(r)}--label {r.choice((1, 2, 127))}{r.choice(('', ' --set'))}"),
    Part("helper", ANY, None, lambda r, f: f"-m helper {negation(r)}--helper {r.choice(('ftp', 'tftp', 'ftp-21'))}"),
    Part("mark", ANY, None, lambda r, f: f"-m mark {negation(r)}--mark {mark(r)}"),
    Part("tcp", ANY, TCP, lambda r, f: f"-m tcp {negation(r)}--dport {span(r, PORTS)}"),
    Part("tcp", ANY, TCP, lambda r, f: f"-m tcp {negation(r)}--syn"),
    Part("udp", ANY, UDP, lambda r, f: f"-m udp {negation(r)}--{r.choice('sd')}port {span(r, PORTS)}"),
    Part("icmp", (4,), ICMP, lambda r, f: f"-m icmp {negation(r)}--icmp-type {r.choice(('echo-request', 'destination-unreachable', 'any'))}"),
    Part("icmp6", (6,), IPV6_ICMP, lambda r, f: f"-m icmp6 {negation(r)}--icmpv6-type {r.choice(('echo-request', '1', '129'))}"),
    Part("-s", ANY, None, lambda r, f: f"{negation(r)}-s {pools.nets(r, f)}"),
    Part("-i", ANY, None, lambda r, f: f"{negation(r)}-i {r.choice(('r0', 'r1'))}", ("PREROUTING", "INPUT", "FORWARD")),
)

TARGETS = (
    Part("", ANY, None, lambda r, f: ""),
    Part("", ANY, None, lambda r, f: ""),
    Part("ACCEPT", ANY, None, lambda r, f: "-j ACCEPT"),
    Part("DROP", ANY, None, lambda r, f: "-j DROP", ("filter", "raw", "mangle")),
    Part("REJECT", ANY, None, lambda r, f: "-j REJECT", ("filter",)),
    Part("REJECT", ANY, TCP, lambda r, f: "-j REJECT --reject-with tcp-reset", ("filter",)),
    Part("MARK", ANY, None, lambda r, f: f"-j MARK --set-xmark {mark(r)}", ("mangle", "raw")),
    Part("CONNMARK", ANY, None, lambda r, f: f"-j CONNMARK --set-xmark {mark(r)}", ("mangle", "filter", "security")),
    Part("CONNMARK", ANY, None, lambda r, f: f"-j CONNMARK --save-mark{masks(r)}", ("mangle", "filter", "raw")),
    Part("CONNMARK", ANY, None, lambda r, f: f"-j CONNMARK --restore-mark{masks(r)}", ("mangle",)),
    Part("CONNMARK", ANY, None, lambda r, f: f"-j CONNMARK --{r.choice(('and', 'or', 'xor'))}-mark 0x{r.choice(MARKS):x}", ("mangle",)),
    Part("CONNMARK", ANY, None, lambda r, f: f"-j CONNMARK --{r.choice(('set-mark 3', 'save-mark', 'set-xmark 0/0'))} --{r.choice(('left', 'right'))}-shift-mark {r.choice((1, 4, 31))}", ("mangle", "filter")),
    Part("CT", ANY, None, lambda r, f: "-j CT --notrack", ("raw",)),
    Part("CT", ANY, None, lambda r, f: f"-j CT --zone {r.choice((0, 1, 7))}", ("raw",)),
    Part("CT", ANY, None, lambda r, f: f"-j CT --zone-{r.choice(('orig', 'reply'))} 3", ("raw",)),
    Part("CT", ANY, None, lambda r, f: "-j CT --zone mark", ("raw",)),
    Part("CT", ANY, TCP, lambda r, f: "-j CT --helper ftp", ("raw",)),
    Part("CT", ANY, UDP, lambda r, f: "-j CT --helper tftp", ("raw",)),
    Part("NOTRACK", ANY, None, lambda r, f: "-j NOTRACK", ("raw",)),
    *talk_nat.TARGETS,
)


def rule_set(rng, grammar, family, translated):
    """``translated``: with a table nat."""
    made = RuleSet(family, USED + ("nat",) * translated)
    made.rules = [Rule(family, table, chain, [f"-m conntrack --ctstate {state}", ""]) for table, chain, state in ALWAYS]
    for _ in range(rng.choice((0, 2, 4, 6, 10))):
        table = rng.choice(("raw", "mangle", "mangle", "filter", "filter", "filter", "security"))
        made.rules.append(_rule(rng, grammar, family, table, rng.choice(CHAINS[table])))
    if rng.random() < 0.3:
        made.rules += _firewall(rng, family)
    if translated:
        made.rules += talk_nat.rule_list(rng, grammar, family)
    return made


def _firewall(rng, family):
    """What people write."""
    rules = ["-m conntrack --ctstate INVALID", "-m conntrack --ctstate RELATED,ESTABLISHED",
             f"-i r{rng.randrange(2)} -m conntrack --ctstate NEW", ""]
    targets = ("-j DROP", "-j ACCEPT", "-j ACCEPT", rng.choice(("-j DROP", "-j REJECT")))
    return [Rule(family, "filter", "FORWARD", [rule, target]) for rule, target in zip(rules, targets)
            if rng.random() < 0.9]


def _rule(rng, grammar, family, table, chain):
    protocol = rng.choice((None, None, "tcp", "tcp", "udp", "icmp" if family == 4 else "ipv6-icmp"))
    rule = Rule(family, table, chain)
    if protocol:
        rule.parts.append("-p " + protocol)
    names = set()
    fitting = [part for part in grammar.matches[family] if _allowed(part, protocol, table, chain)]
    for part in rng.sample(fitting, rng.choice((0, 1, 1, 2, 2))):
        if part.name not in names:
            names.add(part.name)
            rule.parts.append(part.text(rng, family))
    if table == "raw":
        # nothing is known of the connection there
        rule.parts = [part for part in rule.parts if "-m conn" not in part or rng.random() < 0.2]
    fitting = [part for part in grammar.targets[family] if _allowed(part, protocol, table, chain)]
    rule.parts.append(rng.choice(fitting).text(rng, family))
    return rule


def _allowed(part, protocol, table, chain):
    if part.protocols is not None and protocol not in part.protocols:
        return False
    if part.name == "REJECT" and chain == "OUTPUT":
        return False       # its answer would stay in the box, which Pollux's does not
    return not part.tables or table in part.tables or chain in part.tables
