"""Decisions to make records of: every case of the shipped rule sets and of the six shapes, and each framework of the inspection under each reading.

By hand, to write the records with one Python and replay them with another (`python tests/recorded_cases.py write DIR`, then `replay DIR`).
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Iterator
from pathlib import Path

import hmic_rules as hr
from hmic_rules.catalogue import shipped
from hmic_rules.decisions import decide
from hmic_rules.errors import HmicRulesError
from hmic_rules.loading.case_files import parameters_of

SHAPES = Path(__file__).parent / "shapes"


def rulesets() -> Iterator[tuple[str, hr.Ruleset]]:
    for name in shipped("ruleset"):
        yield name, hr.load(name)
    for path in sorted(SHAPES.glob("*.yaml")):
        yield path.stem, hr.load(path)


@functools.cache
def decisions() -> tuple[tuple[str, hr.Decision], ...]:
    """Every decision, by a name; cases that are there to be refused have none."""
    return tuple(_decisions())


def _decisions() -> Iterator[tuple[str, hr.Decision]]:
    for name, ruleset in rulesets():
        for number, case in enumerate(ruleset.cases):
            try:
                yield (
                    f"{name}-{number}",
                    decide(
                        ruleset,
                        {"facts": case.facts},
                        framework=case.framework,
                        profile=case.profile,
                        parameters=parameters_of(case),
                    ),
                )
            except HmicRulesError:
                continue
    for name, grade in hr.load_inspection("mps-2007").grade().frameworks.items():
        for reading, decision in grade.decisions.items():
            yield f"mps-2007-{name}-{reading}", decision


def main(what: str, folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    differ = number = 0
    for name, decision in decisions():
        path = folder / f"{name}.json"
        number += 1
        if what == "write":
            path.write_bytes(decision.record().text)
        else:
            found = hr.replay(path.read_bytes(), ruleset=decision.ruleset)
            differ += not found.identical
            if not found.identical:
                sys.stdout.write(f"{path}: {found.verdict}: {[one.path for one in found.differences[:3]]}\n")
    sys.stdout.write(f"{number} records, {differ} differ\n")
    sys.exit(bool(differ))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
