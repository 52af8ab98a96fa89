"""Generated cases of shipped rule sets, and every shipped case, on the reference, DuckDB and Spark, by hand: any difference is printed and fails."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import hmic_rules as hr
from hmic_rules.binding import program_for
from seeded import Seeded
from sparked import QUICK, differences, session_on, together

ROOT = Path(__file__).parents[2]
PORTION = 5000


def shipped(session: Any) -> int:
    compared = 0
    for path in sorted((ROOT / "rulesets").glob("*/ruleset.yaml")):
        ruleset = hr.load(path.parent.name)
        for cases in together(ruleset.cases):
            parameters = getattr(cases[0].parameters, "entries", None)
            program = program_for(ruleset, cases[0].framework, cases[0].profile, parameters)
            number, wrong = differences(session, program, [case.facts for case in cases], ruleset.outcomes)
            if wrong:
                raise SystemExit(f"{ruleset.name}: {wrong[:5]}")
            compared += number
    return compared


def generated(session: Any, name: str, rows: int, seed: int) -> int:
    ruleset, compared = hr.load(name), 0
    program = program_for(ruleset, None, ruleset.default_profile, None)
    for first in range(0, rows, PORTION):
        facts = [one["facts"] for one in Seeded.of(ruleset, seed + first).cases(min(PORTION, rows - first))]
        number, wrong = differences(session, program, facts, ruleset.outcomes, duckdb=True)
        if wrong:
            raise SystemExit(f"{name}: {wrong[:5]}")
        compared += number
    return compared


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rulesets", nargs="*", default=["mappa-2007"], help="which rule sets (mappa-2007)")
    parser.add_argument("--rows", type=int, default=100_000, help="how many cases of each (100000)")
    parser.add_argument("--seed", type=int, default=1, help="where they come from (1)")
    parser.add_argument("--shipped", action="store_true", help="every shipped case, and nothing generated")
    given = parser.parse_args()
    with session_on("local[2]", QUICK if given.shipped else {"spark.driver.memory": "3g"}) as one:
        if given.shipped:
            print(f"{shipped(one):,} outcomes of the shipped cases, no difference")
        else:
            for which in given.rulesets:
                print(
                    f"{which}: {given.rows:,} cases, {generated(one, which, given.rows, given.seed):,} outcomes, no difference"
                )
