# SPDX-License-Identifier: BSD-3-Clause
"""Makes a round that shows a difference small: takes away what it can do without."""
from dataclasses import dataclass, replace
from itertools import groupby

from . import rules
from .rounds import Round


@dataclass(frozen=True)
class _Atom:
    """One thing that may be left out."""
    kind: str        # setting, policy, rule, frame
    value: object
    place: tuple = ()


def shrink(a_round, differs):
    """The smallest round found for which ``differs(round)`` still holds."""
    atoms = _minimal(_atoms(a_round), lambda some: differs(_assemble(a_round, some)))
    for index, atom in enumerate(atoms):
        if atom.kind == "rule":
            atoms = _simpler_rule(a_round, atoms, index, differs)
    loose = [replace(atom, place=(atom.place[0], atom.place[1], False)) if atom.kind == "frame" else atom
             for atom in atoms]
    if loose != atoms and differs(_assemble(a_round, loose)):
        atoms = loose
    return _assemble(a_round, atoms)


def _atoms(a_round):
    atoms = [_Atom("setting", setting) for setting in a_round.settings]
    for made in a_round.sets:
        atoms += [_Atom("policy", (place, policy), (made.family,)) for place, policy in made.policies.items()]
        atoms += [_Atom("rule", rule, (made.family,)) for rule in made.rules]
    for number, (side, held, frames) in enumerate(a_round.groups):
        atoms += [_Atom("frame", frame, (number, side, held)) for frame in frames]
    return atoms


def _assemble(a_round, atoms):
    made = Round(a_round.name, shows=a_round.shows, cleanup=a_round.cleanup)
    made.settings = [atom.value for atom in atoms if atom.kind == "setting"]
    for whole in a_round.sets:
        own = [atom for atom in atoms if atom.place[:1] == (whole.family,)]
        chosen = [atom.value for atom in own if atom.kind == "rule"]
        policies = dict(atom.value for atom in own if atom.kind == "policy")
        made.sets.append(rules.RuleSet(whole.family, whole.tables, _chains(chosen), policies, chosen))
    frames = [atom for atom in atoms if atom.kind == "frame"]
    for (_, side, held), some in groupby(frames, lambda atom: atom.place):
        made.groups.append((side, held, [atom.value for atom in some]))
    return made


def _chains(chosen):
    """The user chains that the rules still name."""
    chains = {}
    for rule in chosen:
        target = rule.parts[-1].split() if rule.parts else []
        for name in (rule.chain, *target[1:2]):
            if name.startswith("u") and name not in chains.setdefault(rule.table, []):
                chains[rule.table].append(name)
    return chains


def _simpler_rule(a_round, atoms, index, differs):
    rule = atoms[index].value
    for at in range(len(rule.parts) - 1, -1, -1):
        simpler = replace(rule, parts=rule.parts[:at] + rule.parts[at + 1:])
        if at == len(rule.parts) - 1:
            simpler.parts.append("")       # the last is the target
        tried = [*atoms[:index], replace(atoms[index], value=simpler), *atoms[index + 1:]]
        if simpler.parts != rule.parts and differs(_assemble(a_round, tried)):
            rule, atoms = simpler, tried
    return atoms


def _minimal(items, fails):
    """Delta debugging: leave out ever smaller parts as long as it still fails."""
    size = max(len(items) // 2, 1)
    while items:
        start, shorter = 0, False
        while start < len(items):
            tried = items[:start] + items[start + size:]
            if fails(tried):
                items, shorter = tried, True
            else:
                start += size
        if size == 1 and not shorter:
            break
        size = max(size // 2, 1)
    return items
