"""One person under mappa-2007: durable_rules through the gate, the reference, both, and other engines on the same cases. Prints a Markdown table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import hmic_rules as hr
from hmic_rules.backends.durable import backend_for
from mappa_peers import PEERS
from mappa_workload import NONE, OUTCOMES, PROFILE, RULESET, by_hand, cases
from tables import Ways, checked_peers, run, table
from timing import interleaved

BY_HAND = "a function written by hand"
REFERENCE = "hmic_rules: the reference alone"


def hmic_rules_ways() -> dict[str, Callable[[Any], hr.Decision]]:
    """The library by each engine; each way has a rule set of its own, so that none meets what another remembers."""

    def by(engine: Any, *, afresh: bool = False) -> Callable[[Any], hr.Decision]:
        ruleset = hr.load(RULESET)
        backend = backend_for(ruleset)

        def decide(case: Any) -> hr.Decision:
            if afresh:
                for one in backend.compiled.values():
                    one.forget()
            return ruleset.decide(case, profile=PROFILE, engine=engine)

        return decide

    return {
        REFERENCE: by("reference"),
        "hmic_rules: both engines": by("both"),
        "hmic_rules: both engines, and nothing remembered": by("both", afresh=True),
        "hmic_rules: durable_rules through the gate": by("durable"),
        "hmic_rules: durable_rules through the gate, and nothing remembered": by("durable", afresh=True),
    }


def seven(decision: hr.Decision) -> tuple[str, ...]:
    return tuple(str(decision[name]) if decision[name].status == "decided" else NONE for name in OUTCOMES)


def measure(number: int, rounds: int) -> str:
    given = cases(number)
    wanted = list(map(by_hand, given))
    ways: Ways = {BY_HAND: (by_hand, given)}
    for name, way in hmic_rules_ways().items():
        if [seven(way(case)) for case in given] != wanted:
            raise SystemExit(f"{name} gives other outcomes than the function written by hand")
        ways[name] = (way, given)
    peers, missing = checked_peers(PEERS, given, wanted)
    times = interleaved({**ways, **peers}, rounds)
    return table(times, {"ratio to by hand": BY_HAND, "ratio to the reference": REFERENCE}, missing)


if __name__ == "__main__":
    run(__doc__, measure, 1000)
