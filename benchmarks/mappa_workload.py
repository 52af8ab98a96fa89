"""Invented persons with every fact known, and what the rule set mappa-2007 says of the case itself, written by hand.

The seven outcomes of a case are compared and timed: category, conflicting record, level, meeting, chair, review, ramp. What the rule set says beside them of each
agency and of the record of the decision is left out of the peers, and not of ``hmic_rules``, which always answers the whole.
"""

from __future__ import annotations

import random
from typing import Any

SEED = 20071015
RULESET = "mappa-2007"
PROFILE = "assumed-critical-few"
AGENCIES = (
    "police",
    "probation service",
    "prison service",
    "health",
    "housing",
    "education",
    "social services",
    "youth offending team",
    "Jobcentre Plus",
    "electronic monitoring",
    "another agency",
)
CONSIDERATIONS = (
    "reasons for the decision",
    "rigorous risk assessment",
    "plan that meets the need",
    "evaluation of performance",
)
RISKS = ("low", "medium", "high", "very high")
OUTCOMES = ("category", "conflicting_record", "level", "meeting", "chair", "review", "ramp")
NONE = "none"
PDP = "potentially dangerous person"
PANEL, MEETING = "multi-agency public protection panel", "level 2 meeting"
SENIOR, CHAIR = (
    "borough commander or deputy, or assistant chief officer of probation",
    "crime manager or senior probation officer",
)
MONTHS, WEEKS = "every four months", "every eight to twelve weeks"
PILOT = "called for where no pilot runs"

Case = dict[str, Any]


def cases(number: int, seed: int = SEED) -> list[Case]:
    """Cases from a fixed seed, in which every label of every outcome is common."""
    chance = random.Random(seed)  # noqa: S311 - for measuring, not for secrets
    return [_case(chance) for _ in range(number)]


def _case(chance: random.Random) -> Case:
    def often(share: float) -> bool:
        return chance.random() < share

    return {
        "convicted_or_cautioned": chance.choice(("convicted", "convicted", "cautioned", "neither")),
        "registered_sex_offender": often(0.25),
        "violent_or_other_sex_offender": often(0.25),
        "capable_of_serious_harm": often(0.5),
        "poses_risk_of_serious_harm": often(0.5),
        "likely_to_cause_serious_harm": often(0.5),
        "risk_of_serious_harm": chance.choice(RISKS),
        "among_the_critical_few": often(0.1),
        "agencies": {name: {"needed": often(0.15)} for name in AGENCIES},
        "significant_intelligence": often(0.5),
        "borough_pilots_ramp": often(0.5),
        "considerations": {name: {"recorded": often(0.8)} for name in CONSIDERATIONS},
    }


def flat(case: Case) -> dict[str, Any]:
    """The facts as most engines want them: no nesting, the agencies counted, the risk as its rank."""
    own = {name: fact for name, fact in case.items() if not isinstance(fact, dict)}
    needed = sum(fields["needed"] for fields in case["agencies"].values())
    return {**own, "agencies_needed": needed, "risk": RISKS.index(case["risk_of_serious_harm"])}


def by_hand(case: Case) -> tuple[str, ...]:
    """The seven outcomes, and nothing else."""
    record = case["convicted_or_cautioned"] != "neither"
    registered, violent = case["registered_sex_offender"], case["violent_or_other_sex_offender"]
    capable = case["capable_of_serious_harm"]
    conflicting = str(not record and (registered or violent or capable)).lower()
    if record and registered:
        category = "1"
    elif record and violent:
        category = "2"
    elif record and capable and case["poses_risk_of_serious_harm"]:
        category = "3"
    else:
        category = PDP if not record and case["likely_to_cause_serious_harm"] else "outside"
        ramp = (
            "not called for"
            if not case["significant_intelligence"]
            else "refer"
            if case["borough_pilots_ramp"]
            else PILOT
        )
        return category, conflicting, NONE, NONE, NONE, NONE, ramp
    needed = sum(fields["needed"] for fields in case["agencies"].values())
    if case["among_the_critical_few"] or (case["risk_of_serious_harm"] == "very high" and needed >= 3):
        return category, conflicting, "3", PANEL, SENIOR, NONE, NONE
    if needed >= 2:
        return category, conflicting, "2", MEETING, CHAIR, WEEKS, NONE
    return category, conflicting, "1", "no meeting", NONE, MONTHS, NONE
