"""What each question to a decision costs: with its diagram to be made, and with the diagram that a decision keeps.

    python benchmarks/questions.py

Over the findings and criteria of one framework of the shipped inspection, in milliseconds and beside the decision itself. No peer stands beside
it yet.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from functools import partial

import hmic_rules as hr
from hmic_rules.decisions import Decision
from hmic_rules.questions.space import space_of

FRAMEWORK = "neighbourhood-policing"
ROUNDS = 7
QUESTIONS: dict[str, Callable[[Decision], object]] = {
    "the diagram alone": lambda decision: space_of(decision, "grade"),
    "a minimal reason": lambda decision: decision.reason(),
    "why not excellent, by criteria": lambda decision: decision.why_not("excellent"),
    "to reach good, by findings": lambda decision: decision.to_reach("good", level="facts"),
    "robustness": lambda decision: decision.robustness(),
    "sensitivity": lambda decision: decision.sensitivity(),
    "reconcile, three readings": lambda decision: decision.reconcile("excellent"),
}


def milliseconds(function: Callable[[], object]) -> float:
    start = time.process_time()
    function()
    return (time.process_time() - start) * 1000


def main() -> None:
    inspection = hr.load_inspection("mps-2007")
    facts = inspection.facts(FRAMEWORK)

    def decided() -> Decision:
        return inspection.ruleset.decide(facts, framework=FRAMEWORK, profile="plain", engine="reference")

    decide = statistics.median(milliseconds(decided) for _ in range(ROUNDS))
    space = space_of(decided(), "grade")
    print(
        f"{FRAMEWORK}: {len(space.store.reached(space.root)):,} nodes over {len(space.variables())} variables; decided in {decide:.1f} ms"
    )
    print(f"{'':34}{'afresh':>10}{'kept':>10}  ms")
    for name, ask in QUESTIONS.items():
        afresh = statistics.median(milliseconds(lambda ask=ask: ask(decided())) for _ in range(ROUNDS)) - decide
        decision = decided()
        ask(decision)
        kept = statistics.median(milliseconds(partial(ask, decision)) for _ in range(ROUNDS))
        print(f"{name:34}{afresh:10.1f}{kept:10.1f}")


if __name__ == "__main__":
    main()
