"""One decision over sixty criteria: what it costs, as a multiple of a function written by hand. Prints a Markdown table."""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import sys
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from typing import Any

import hmic_rules as hr
from peers import PEERS
from timing import interleaved, median_ratio
from workload import FRAMEWORK, RULESET, Case, by_hand, by_hand_stopping_early, cases

BY_HAND = "a function written by hand, one pass: outcome"
STOPPING_EARLY = "a function written by hand, stopping as soon as the grade is settled: outcome"


def hmic_rules_ways() -> dict[str, Callable[[Case], Any]]:
    """The library, asked for less and for more."""
    ruleset = hr.load(RULESET)

    def outcome(case: Case) -> Any:
        return ruleset.decide(case, framework=FRAMEWORK).results["grade"]

    def reasons(case: Case) -> Any:
        decision = ruleset.decide(case, framework=FRAMEWORK)
        return decision["grade"], decision.unmet("grade")

    ways: dict[str, Callable[[Case], Any]] = {
        "hmic_rules: outcome": outcome,
        "hmic_rules: outcome, rule and unmet criteria": reasons,
    }
    if find_spec("hmic_rules.traces") is not None:
        from hmic_rules.traces import trace

        def whole_trace(case: Case) -> Any:
            return trace(ruleset.decide(case, framework=FRAMEWORK), "grade")

        ways["hmic_rules: the whole trace"] = whole_trace
    return ways


def check_ours(number: int) -> None:
    """Outcome, rule and unmet criteria against what the workload says, before anything is timed."""
    ruleset = hr.load(RULESET)
    for case in cases(number):
        decision = ruleset.decide(case, framework=FRAMEWORK)
        wanted = by_hand(case)
        assert wanted == by_hand_stopping_early(case) == decision["grade"].value
        assert decision.results["grade"] == wanted
        lacking = {name for name, fields in case["criteria"].items() if fields["status"] != "met"}
        assert all(lacking.issuperset(keys) for keys in decision.unmet("grade").values())


def measure(number: int, rounds: int) -> str:
    """The table."""
    given = cases(number)
    wanted = list(map(by_hand, given))
    check_ours(number)
    ways: dict[str, tuple[Callable[[Any], Any], Sequence[Any]]] = {
        BY_HAND: (by_hand, given),
        STOPPING_EARLY: (by_hand_stopping_early, given),
    }
    ways |= {name: (way, given) for name, way in hmic_rules_ways().items()}
    missing: list[str] = []
    for name, peer in PEERS.items():
        try:
            shape, grade = peer()
        except ImportError:
            missing.append(name)
            continue
        shaped = list(map(shape, given))
        found = list(map(grade, shaped))
        if found != wanted:
            raise SystemExit(f"{name} gives other grades than the function written by hand")
        ways[f"{name}: outcome"] = (grade, shaped)
    times = interleaved(ways, rounds)
    lines = ["| what | ratio | ratio to stopping early | µs for one decision |", "|---|---:|---:|---:|"]
    lines += [
        f"| {name} | {median_ratio(found, times[BY_HAND]):.1f}× | {median_ratio(found, times[STOPPING_EARLY]):.1f}× | {statistics.median(found):.1f} |"
        for name, found in times.items()
    ]
    lines += [f"| {name} | not installed | | |" for name in missing]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=3000, help="how many cases (3000)")
    parser.add_argument("--rounds", type=int, default=7, help="how many rounds; medians are shown (7)")
    given = parser.parse_args()
    with os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8") as table:
        os.dup2(
            sys.stderr.fileno(), sys.stdout.fileno()
        )  # what an engine writes of its own accord is kept out of the table
        heading = (
            f"{given.cases} cases, medians of {given.rounds} interleaved rounds, Python {platform.python_version()}"
        )
        print(heading, measure(given.cases, given.rounds), sep="\n\n", file=table)


if __name__ == "__main__":
    main()
