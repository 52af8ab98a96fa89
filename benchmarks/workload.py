"""The workload: sixty criteria, each met, in part or not met, and the grade that follows; with the same rules written by hand.

The cases are plain Python data, as an application has them at hand: ``{"criteria": {"f01": {"status": "met"}, …}}``. Which criteria
there are, and which of them are significant or critical, is fixed: in the rule set's framework, and in the constants below.
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

SEED = 20071015
CASES = 3000
STATUSES = ("not met", "in part", "met")
FAIR = tuple(f"f{number:02}" for number in range(1, 31))
GOOD = tuple(f"g{number:02}" for number in range(1, 31))
SIGNIFICANT = frozenset(FAIR[:15])
CRITICAL = frozenset(FAIR[:3])
CRITERIA = tuple(
    criterion
    for number in range(30)
    for criterion in (
        (FAIR[number], False, FAIR[number] in SIGNIFICANT, FAIR[number] in CRITICAL),
        (GOOD[number], True, False, False),
    )
)
RULESET = Path(__file__).parent / "criteria"
FRAMEWORK = "sixty"

Case = dict[str, Any]


def cases(number: int = CASES, seed: int = SEED) -> list[Case]:
    """Cases from a fixed seed, in which every grade is common."""
    chance = random.Random(seed)  # noqa: S311 - for measuring, not for secrets
    return [_case(chance) for _ in range(number)]


def _case(chance: random.Random) -> Case:
    statuses = dict.fromkeys(FAIR, "met")
    kind = chance.choice(("poor", "fair", "good", "excellent"))
    if kind == "poor":
        lapses = chance.sample(FAIR, chance.randint(2, 10))
    elif kind == "fair":
        lapses = chance.sample([name for name in FAIR if name not in SIGNIFICANT], chance.randint(1, 6))
    else:
        lapses = []
    for name in lapses:
        statuses[name] = chance.choice(STATUSES[:2])
    met = 0.97 if kind == "excellent" else 0.7
    for name in GOOD:
        statuses[name] = "met" if chance.random() < met else chance.choice(STATUSES[:2])
    return {"criteria": {name: {"status": status} for name, status in statuses.items()}}


def by_hand(case: Case) -> str:
    """The grade, and nothing else, in one pass over the criteria."""
    criteria = case["criteria"]
    fair_met = significant_met = good_met = 0
    for name, good, significant, critical in CRITERIA:
        status = criteria[name]["status"]
        if status == "met":
            if good:
                good_met += 1
            else:
                fair_met += 1
                significant_met += significant
        elif critical and status == "not met":
            return "poor"
    if significant_met < len(SIGNIFICANT):
        return "poor"
    if fair_met == len(FAIR):
        if good_met * 10 >= len(GOOD) * 9:
            return "excellent"
        if good_met * 2 > len(GOOD):
            return "good"
    return "fair"


def by_hand_stopping_early(case: Case) -> str:
    """The same, sorted by hand so that it reads no further than the grade is settled."""
    criteria = case["criteria"]
    every_fair_met = True
    for name in FAIR:
        status = criteria[name]["status"]
        if status != "met":
            if name in SIGNIFICANT or (name in CRITICAL and status == "not met"):
                return "poor"
            every_fair_met = False
    if not every_fair_met:
        return "fair"
    good_met = 0
    for name in GOOD:
        if criteria[name]["status"] == "met":
            good_met += 1
    if good_met * 10 >= len(GOOD) * 9:
        return "excellent"
    return "good" if good_met * 2 > len(GOOD) else "fair"
