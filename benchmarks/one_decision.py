"""One decision over sixty criteria: what it costs, as a multiple of a function written by hand. Prints a Markdown table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import hmic_rules as hr
from hmic_rules.traces import trace
from peers import PEERS
from tables import Ways, checked_peers, run, table
from timing import interleaved
from workload import FRAMEWORK, RULESET, Case, by_hand, by_hand_stopping_early, cases

BY_HAND = "a function written by hand, one pass: outcome"
STOPPING_EARLY = "a function written by hand, stopping as soon as the grade is settled: outcome"


def hmic_rules_ways() -> dict[str, Callable[[Case], Any]]:
    """The library, asked for less and for more."""
    ruleset = hr.load(RULESET)

    def alone(case: Case) -> hr.Decision:
        return ruleset.decide(case, framework=FRAMEWORK, engine="reference")

    def reasons(case: Case) -> Any:
        decision = alone(case)
        return decision["grade"], decision.unmet("grade")

    return {
        "hmic_rules: outcome": lambda case: alone(case).results["grade"],
        "hmic_rules: outcome, rule and unmet criteria": reasons,
        "hmic_rules: the whole trace": lambda case: trace(alone(case), "grade"),
        "hmic_rules: outcome, by both engines": lambda case: ruleset.decide(case, framework=FRAMEWORK).results["grade"],
    }


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
    ways: Ways = {BY_HAND: (by_hand, given), STOPPING_EARLY: (by_hand_stopping_early, given)}
    ways |= {name: (way, given) for name, way in hmic_rules_ways().items()}
    peers, missing = checked_peers(PEERS, given, wanted)
    ways |= {f"{name}: outcome": way for name, way in peers.items()}
    times = interleaved(ways, rounds)
    return table(times, {"ratio": BY_HAND, "ratio to stopping early": STOPPING_EARLY}, missing)


if __name__ == "__main__":
    run(__doc__, measure, 3000)
