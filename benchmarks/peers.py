"""Other engines, each with the same rules in the way its own documentation teaches, giving the grade and nothing else.

Each gets the case in the shape that suits it, and that shape is made before the clock starts. Each peer is a function that imports its
engine, compiles the rules once, and returns two functions: from a case to the engine's shape, and from that shape to the grade.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import repeat
from typing import Any

from workload import CRITICAL, FAIR, GOOD, SIGNIFICANT, Case

Peer = Callable[[], tuple[Callable[[Case], Any], Callable[[Any], str]]]


def by_standard(case: Case) -> dict[str, list[str]]:
    """The statuses as lists: all an engine needs that has no names for single criteria."""
    criteria = case["criteria"]
    return {
        "critical": [criteria[name]["status"] for name in FAIR if name in CRITICAL],
        "significant": [criteria[name]["status"] for name in FAIR if name in SIGNIFICANT],
        "fair": [criteria[name]["status"] for name in FAIR],
        "good": [criteria[name]["status"] for name in GOOD],
    }


def zen_engine() -> tuple[Callable[[Case], Any], Callable[[Any], str]]:
    import zen

    expression = zen.compile_expression(
        "some(critical, # == 'not met') or not all(significant, # == 'met') ? 'poor'"
        " : not all(fair, # == 'met') ? 'fair'"
        " : count(good, # == 'met') * 10 >= len(good) * 9 ? 'excellent'"
        " : count(good, # == 'met') * 2 > len(good) ? 'good' : 'fair'"
    )
    return by_standard, expression.evaluate


def rule_engine() -> tuple[Callable[[Case], Any], Callable[[Any], str]]:
    import rule_engine

    rule = rule_engine.Rule(
        "$any([s == 'not met' for s in critical]) or not $all([s == 'met' for s in significant]) ? 'poor'"
        " : (not $all([s == 'met' for s in fair]) ? 'fair'"
        " : ([s for s in good if s == 'met'].length * 10 >= good.length * 9 ? 'excellent'"
        " : ([s for s in good if s == 'met'].length * 2 > good.length ? 'good' : 'fair')))"
    )
    return by_standard, rule.evaluate


CLIPS = (
    "(deftemplate case (multislot critical) (multislot significant) (multislot fair) (multislot good))",
    "(deftemplate grade (slot is))",
    "(deffunction met (?statuses) (bind ?n 0) (foreach ?s ?statuses (if (eq ?s met) then (bind ?n (+ ?n 1)))) ?n)",
    "(deffunction by-good (?met) (if (>= ?met 27) then excellent else (if (> ?met 15) then good else fair)))",
    "(defrule critical (not (grade)) (case (critical $? not-met $?)) => (assert (grade (is poor))))",
    "(defrule significant (not (grade)) (case (significant $? ~met $?)) => (assert (grade (is poor))))",
    "(defrule fair (declare (salience -1)) (not (grade)) (case (fair $? ~met $?)) => (assert (grade (is fair))))",
    "(defrule good (declare (salience -2)) (not (grade)) (case (good $?g)) => (assert (grade (is (by-good (met ?g))))))",
)


def clipspy() -> tuple[Callable[[Case], Any], Callable[[Any], str]]:
    """A new environment after every 500 cases: facts with multislots leak, and the more of them leaked the slower it is."""
    import clips

    symbols = {status: clips.Symbol(status.replace(" ", "-")) for status in ("met", "in part", "not met")}

    def environments() -> Iterator[Any]:
        while True:
            environment = clips.Environment()
            for construct in CLIPS:
                environment.build(construct)
            yield from repeat(environment, 500)

    upcoming = environments()

    def shape(case: Case) -> dict[str, list[Any]]:
        return {name: [symbols[status] for status in found] for name, found in by_standard(case).items()}

    def grade(case: dict[str, list[Any]]) -> str:
        environment = next(upcoming)
        environment.reset()
        environment.find_template("case").assert_fact(**case)
        environment.run()
        (given,) = environment.find_template("grade").facts()
        return str(given["is"])

    return shape, grade


def business_rules() -> tuple[Callable[[Case], Any], Callable[[Any], str]]:
    from business_rules import actions, engine, fields, variables

    class Statuses(variables.BaseVariables):  # type: ignore[misc]
        def __init__(self, case: dict[str, list[str]]) -> None:
            self.case = case

        @variables.boolean_rule_variable
        def critical_not_met(self) -> bool:
            return "not met" in self.case["critical"]

        @variables.boolean_rule_variable
        def every_significant_met(self) -> bool:
            return all(status == "met" for status in self.case["significant"])

        @variables.boolean_rule_variable
        def every_fair_met(self) -> bool:
            return all(status == "met" for status in self.case["fair"])

        @variables.numeric_rule_variable
        def good_met(self) -> int:
            return self.case["good"].count("met")

    class Grade(actions.BaseActions):  # type: ignore[misc]
        grade = ""

        @actions.rule_action(params={"grade": fields.FIELD_TEXT})
        def give(self, grade: str) -> None:
            self.grade = grade

    def holds(name: str, wanted: str = "is_true") -> dict[str, Any]:
        return {"name": name, "operator": wanted, "value": True}

    def good_met(least: int) -> dict[str, Any]:
        return {"name": "good_met", "operator": "greater_than_or_equal_to", "value": least}

    rules = [
        {"conditions": conditions, "actions": [{"name": "give", "params": {"grade": grade}}]}
        for grade, conditions in (
            ("poor", {"any": [holds("critical_not_met"), holds("every_significant_met", "is_false")]}),
            ("fair", {"all": [holds("every_fair_met", "is_false")]}),
            ("excellent", {"all": [good_met(27)]}),
            ("good", {"all": [good_met(16)]}),
            ("fair", {"all": [good_met(0)]}),
        )
    ]

    def grade(case: dict[str, list[str]]) -> str:
        given = Grade()
        engine.run_all(rules, Statuses(case), given, stop_on_first_trigger=True)
        return given.grade

    return by_standard, grade


def json_logic() -> tuple[Callable[[Case], Any], Callable[[Any], str]]:
    from json_logic import jsonLogic as apply  # noqa: N813

    met = {"==": [{"var": ""}, "met"]}
    good_met = {"reduce": [{"var": "good"}, {"+": [{"var": "accumulator"}, {"==": [{"var": "current"}, "met"]}]}, 0]}
    rule = {
        "if": [
            {"some": [{"var": "critical"}, {"==": [{"var": ""}, "not met"]}]},
            "poor",
            {"!": [{"all": [{"var": "significant"}, met]}]},
            "poor",
            {"!": [{"all": [{"var": "fair"}, met]}]},
            "fair",
            {">=": [good_met, 27]},
            "excellent",
            {">": [good_met, 15]},
            "good",
            "fair",
        ]
    }
    return by_standard, lambda case: apply(rule, case)


PEERS: dict[str, Peer] = {
    "zen-engine (compiled expression)": zen_engine,
    "clipspy": clipspy,
    "rule-engine": rule_engine,
    "business-rules": business_rules,
    "json-logic-qubit": json_logic,
}
