"""What the second opinion adds to a decision, as a ratio. Prints a Markdown table."""

from __future__ import annotations

import argparse
import platform
from pathlib import Path
from typing import Any

import hmic_rules as hr
from hmic_rules.backends.durable import backend_for
from tables import table
from timing import interleaved
from workload import FRAMEWORK, RULESET, cases

ALONE = "the reference alone"


def ways(ruleset: Path | str, given: list[Any], framework: str | None) -> dict[str, Any]:
    """The engines on the same cases; each way has a rule set of its own, so that none meets what another remembers."""

    def by(engine: Any, *, afresh: bool = False) -> Any:
        own = hr.load(ruleset)
        backend = backend_for(own)

        def decide(case: Any) -> None:
            if afresh:
                for one in backend.compiled.values():
                    one.forget()
            own.decide(case[0], framework=case[1] or framework, profile=case[2], engine=engine)

        return decide

    return {
        ALONE: (by("reference"), given),
        "both engines": (by("both"), given),
        "durable_rules, from what is computed before posting": (by("durable"), given),
        "both engines, and nothing remembered": (by("both", afresh=True), given),
    }


def show(title: str, ruleset: Path | str, given: list[Any], framework: str | None, rounds: int) -> None:
    print(title, table(interleaved(ways(ruleset, given, framework), rounds), {"ratio": ALONE}), sep="\n\n", end="\n\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=300, help="how many cases (300)")
    parser.add_argument("--rounds", type=int, default=5, help="how many rounds; medians are shown (5)")
    asked = parser.parse_args()
    sixty = [(case, FRAMEWORK, None) for case in cases(asked.cases)]
    inspection = hr.load_inspection("mps-2007")
    readings = [
        (inspection.facts(name), name, profile)
        for name in inspection.frameworks
        for profile in inspection.ruleset.profiles
    ]
    print(f"medians of {asked.rounds} interleaved rounds, Python {platform.python_version()}\n")
    show("sixty criteria", RULESET, sixty, FRAMEWORK, asked.rounds)
    show("the real inspection", inspection.ruleset.name, readings, None, asked.rounds)


if __name__ == "__main__":
    main()
