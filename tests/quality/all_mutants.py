"""Every mutant of the shipped rule sets, or of one that is named: a table of what became of them, and each that is left.

.venv/bin/python tests/quality/all_mutants.py [RULESET …] [--list HOW] [--diagrams]
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter

from killing import Fate, fates
from mutants import KINDS, mutants
from same_in_every_case import compared

import hmic_rules as hr
from hmic_rules.catalogue import shipped

COLUMNS = ("case", "proof", "told apart", "equivalent", "survived")


def table(found: list[Fate]) -> str:
    """One line for each kind of change, and the sum."""
    counted = Counter((fate.mutant.kind, fate.how) for fate in found)
    lines = [f"{'kind':<30}{'made':>6}" + "".join(f"{how:>12}" for how in COLUMNS)]
    for kind in KINDS:
        row = [counted[kind, how] for how in COLUMNS]
        if sum(row):
            lines.append(f"{kind:<30}{sum(row):>6}" + "".join(f"{number or '·':>12}" for number in row))
    sums = Counter(fate.how for fate in found)
    lines.append(f"{'all':<30}{len(found):>6}" + "".join(f"{sums[how] or '·':>12}" for how in COLUMNS))
    return "\n".join(lines)


def beside_the_cases(ruleset: hr.Ruleset, found: list[Fate]) -> str:
    """What the diagrams say of the mutants that a case kills; and each that is the same in all complete cases."""
    said = [(fate, compared(ruleset, fate.mutant)) for fate in found if fate.how == "case"]
    counted = Counter(one.verdict for _, one in said)
    lines = [
        f"of {len(said)} that a case kills, the diagrams say: " + ", ".join(f"{how} {n}" for how, n in counted.items())
    ]
    for fate, one in said:
        if one.verdict == "same":
            within = f" ({', '.join(one.within)})" if one.within else ""
            lines.append(f"the same{within}: {fate.mutant.sentence}\n    killed by: {fate.by}")
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("rulesets", nargs="*", metavar="RULESET", help="a name under which one is shipped, or a path")
    parser.add_argument("--list", choices=COLUMNS, help="also list the mutants that came to this, with the reason")
    parser.add_argument(
        "--diagrams", action="store_true", help="also say what the diagrams make of those that a case kills"
    )
    given = parser.parse_args()
    left = 0
    for name in given.rulesets or shipped("ruleset"):
        ruleset = hr.load(name)
        start = time.perf_counter()
        found = list(fates(ruleset, mutants(ruleset)))
        print(f"\n{name}: {len(ruleset.cases)} cases, {time.perf_counter() - start:.1f} s\n\n{table(found)}")
        lines = [fate for fate in found if fate.how == given.list or not fate.accounted_for]
        print(
            "".join(f"\n{fate.how}: {fate.mutant.sentence}" + (f"\n    {fate.by}" if fate.by else "") for fate in lines)
        )
        if given.diagrams:
            print(beside_the_cases(ruleset, found))
        left += sum(not fate.accounted_for for fate in found)
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
