"""Other engines with the rules of mappa-2007, each in the way its own documentation teaches: rules feed rules, seven outcomes, no reasons.

Each gets flat facts with the agencies counted, made before the clock starts. As in :mod:`peers`, each function imports its engine, compiles the rules once, and
returns how to shape a case and how to answer it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mappa_workload import CHAIR, MEETING, MONTHS, NONE, OUTCOMES, PANEL, PDP, PILOT, SENIOR, WEEKS, Case, flat

Peer = Callable[[], tuple[Callable[[Case], Any], Callable[[Any], tuple[str, ...]]]]
IN_A_CATEGORY = ("1", "2", "3")


def zen_engine() -> tuple[Callable[[Case], Any], Callable[[Any], tuple[str, ...]]]:
    import zen

    record = "convicted_or_cautioned != 'neither'"
    managed = "category in ['1', '2', '3']"
    texts = {
        "category": f"{record} and registered_sex_offender ? '1' : {record} and violent_or_other_sex_offender ? '2'"
        f" : {record} and capable_of_serious_harm and poses_risk_of_serious_harm ? '3'"
        f" : not ({record}) and likely_to_cause_serious_harm ? '{PDP}' : 'outside'",
        "conflicting_record": f"not ({record}) and (registered_sex_offender or violent_or_other_sex_offender or capable_of_serious_harm)"
        " ? 'true' : 'false'",
        "level": f"not ({managed}) ? 'none' : among_the_critical_few or (risk >= 3 and agencies_needed >= 3) ? '3'"
        " : agencies_needed >= 2 ? '2' : '1'",
        "meeting": f"level == '3' ? '{PANEL}' : level == '2' ? '{MEETING}' : level == '1' ? 'no meeting' : 'none'",
        "chair": f"meeting == '{PANEL}' ? '{SENIOR}' : meeting == '{MEETING}' ? '{CHAIR}' : 'none'",
        "review": f"level == '1' ? '{MONTHS}' : level == '2' ? '{WEEKS}' : 'none'",
        "ramp": f"{managed} ? 'none' : not significant_intelligence ? 'not called for'"
        f" : borough_pilots_ramp ? 'refer' : '{PILOT}'",
    }
    return flat, chained({name: zen.compile_expression(text).evaluate for name, text in texts.items()})


def rule_engine() -> tuple[Callable[[Case], Any], Callable[[Any], tuple[str, ...]]]:
    import rule_engine

    record = "convicted_or_cautioned != 'neither'"
    managed = "category in ['1', '2', '3']"
    texts = {
        "category": f"{record} and registered_sex_offender ? '1' : ({record} and violent_or_other_sex_offender ? '2'"
        f" : ({record} and capable_of_serious_harm and poses_risk_of_serious_harm ? '3'"
        f" : (not ({record}) and likely_to_cause_serious_harm ? '{PDP}' : 'outside')))",
        "conflicting_record": f"not ({record}) and (registered_sex_offender or violent_or_other_sex_offender or capable_of_serious_harm)"
        " ? 'true' : 'false'",
        "level": f"not ({managed}) ? 'none' : (among_the_critical_few or (risk >= 3 and agencies_needed >= 3) ? '3'"
        " : (agencies_needed >= 2 ? '2' : '1'))",
        "meeting": f"level == '3' ? '{PANEL}' : (level == '2' ? '{MEETING}' : (level == '1' ? 'no meeting' : 'none'))",
        "chair": f"meeting == '{PANEL}' ? '{SENIOR}' : (meeting == '{MEETING}' ? '{CHAIR}' : 'none')",
        "review": f"level == '1' ? '{MONTHS}' : (level == '2' ? '{WEEKS}' : 'none')",
        "ramp": f"{managed} ? 'none' : (not significant_intelligence ? 'not called for'"
        f" : (borough_pilots_ramp ? 'refer' : '{PILOT}'))",
    }
    return flat, chained({name: rule_engine.Rule(text).evaluate for name, text in texts.items()})


def json_logic() -> tuple[Callable[[Case], Any], Callable[[Any], tuple[str, ...]]]:
    from json_logic import jsonLogic as apply  # noqa: N813

    def var(name: str) -> dict[str, str]:
        return {"var": name}

    def equal(name: str, label: str) -> dict[str, Any]:
        return {"==": [var(name), label]}

    record = {"!=": [var("convicted_or_cautioned"), "neither"]}
    managed = {"in": [var("category"), list(IN_A_CATEGORY)]}
    harm = {"and": [record, var("capable_of_serious_harm"), var("poses_risk_of_serious_harm")]}
    signs = {"or": [var(name) for name in ("registered_sex_offender", "violent_or_other_sex_offender", "capable_of_serious_harm")]}  # fmt: skip
    profile = {"and": [{">=": [var("risk"), 3]}, {">=": [var("agencies_needed"), 3]}]}
    rules: dict[str, list[Any]] = {
        "category": [
            {"and": [record, var("registered_sex_offender")]},
            "1",
            {"and": [record, var("violent_or_other_sex_offender")]},
            "2",
            harm,
            "3",
            {"and": [{"!": [record]}, var("likely_to_cause_serious_harm")]},
            PDP,
            "outside",
        ],
        "conflicting_record": [{"and": [{"!": [record]}, signs]}, "true", "false"],
        "level": [
            {"!": [managed]},
            NONE,
            {"or": [var("among_the_critical_few"), profile]},
            "3",
            {">=": [var("agencies_needed"), 2]},
            "2",
            "1",
        ],
        "meeting": [equal("level", "3"), PANEL, equal("level", "2"), MEETING, equal("level", "1"), "no meeting", NONE],
        "chair": [equal("meeting", PANEL), SENIOR, equal("meeting", MEETING), CHAIR, NONE],
        "review": [equal("level", "1"), MONTHS, equal("level", "2"), WEEKS, NONE],
        "ramp": [
            managed,
            NONE,
            {"!": [var("significant_intelligence")]},
            "not called for",
            var("borough_pilots_ramp"),
            "refer",
            PILOT,
        ],
    }

    def by(rule: dict[str, Any]) -> Callable[[dict[str, Any]], str]:
        return lambda facts: str(apply(rule, facts))

    return flat, chained({name: by({"if": branches}) for name, branches in rules.items()})


def chained(rules: dict[str, Callable[[dict[str, Any]], Any]]) -> Callable[[dict[str, Any]], tuple[str, ...]]:
    """Each outcome in turn, with those before it among the facts."""

    def answer(case: dict[str, Any]) -> tuple[str, ...]:
        facts = dict(case)
        for name, rule in rules.items():
            facts[name] = rule(facts)
        return tuple(facts[name] for name in OUTCOMES)

    return answer


SLOTS = (
    "record",
    "registered",
    "violent",
    "capable",
    "poses",
    "likely",
    "risk",
    "few",
    "agencies",
    "intelligence",
    "pilots",
)
CLIPS = (
    f"(deftemplate case {' '.join(f'(slot {slot})' for slot in SLOTS)})",
    "(deftemplate is (slot name) (slot value))",
    *(
        f"(defrule {name} (declare (salience {salience})) {conditions} (not (is (name {outcome})))"
        f' => (assert (is (name {outcome}) (value "{value}"))))'
        for name, salience, outcome, value, conditions in (
            ("category-1", 9, "category", "1", "(case (record ~neither) (registered yes))"),
            ("category-2", 8, "category", "2", "(case (record ~neither) (violent yes))"),
            ("category-3", 7, "category", "3", "(case (record ~neither) (capable yes) (poses yes))"),
            ("pdp", 7, "category", PDP, "(case (record neither) (likely yes))"),
            ("outside", 6, "category", "outside", "(case)"),
            (
                "conflicting",
                9,
                "conflicting_record",
                "true",
                "(or (case (record neither) (registered yes)) (case (record neither) (violent yes)) (case (record neither) (capable yes)))",
            ),
            ("sound", 6, "conflicting_record", "false", "(case)"),
            ("critical", 5, "level", "3", '(is (name category) (value "1"|"2"|"3")) (case (few yes))'),
            (
                "profile",
                5,
                "level",
                "3",
                '(is (name category) (value "1"|"2"|"3")) (case (risk 3) (agencies ?n&:(>= ?n 3)))',
            ),
            ("several", 4, "level", "2", '(is (name category) (value "1"|"2"|"3")) (case (agencies ?n&:(>= ?n 2)))'),
            ("one", 3, "level", "1", '(is (name category) (value "1"|"2"|"3"))'),
            ("panel", 2, "meeting", PANEL, '(is (name level) (value "3"))'),
            ("meet", 2, "meeting", MEETING, '(is (name level) (value "2"))'),
            ("no-meeting", 2, "meeting", "no meeting", '(is (name level) (value "1"))'),
            ("senior", 1, "chair", SENIOR, '(is (name level) (value "3"))'),
            ("manager", 1, "chair", CHAIR, '(is (name level) (value "2"))'),
            ("months", 1, "review", MONTHS, '(is (name level) (value "1"))'),
            ("weeks", 1, "review", WEEKS, '(is (name level) (value "2"))'),
            (
                "refer",
                2,
                "ramp",
                "refer",
                f'(is (name category) (value "outside"|"{PDP}")) (case (intelligence yes) (pilots yes))',
            ),
            ("pilot", 1, "ramp", PILOT, f'(is (name category) (value "outside"|"{PDP}")) (case (intelligence yes))'),
            ("not-called", 0, "ramp", "not called for", f'(is (name category) (value "outside"|"{PDP}"))'),
        )
    ),
)


def clipspy() -> tuple[Callable[[Case], Any], Callable[[Any], tuple[str, ...]]]:
    import clips

    environment = clips.Environment()
    for construct in CLIPS:
        environment.build(construct)
    template, results = environment.find_template("case"), environment.find_template("is")

    def symbol(fact: Any) -> Any:
        return clips.Symbol("yes" if fact is True else "no" if fact is False else fact)

    def shape(case: Case) -> dict[str, Any]:
        facts = flat(case)
        names = {
            "record": "convicted_or_cautioned",
            "registered": "registered_sex_offender",
            "violent": "violent_or_other_sex_offender",
            "capable": "capable_of_serious_harm",
            "poses": "poses_risk_of_serious_harm",
            "likely": "likely_to_cause_serious_harm",
            "few": "among_the_critical_few",
            "intelligence": "significant_intelligence",
            "pilots": "borough_pilots_ramp",
        }
        symbols = {slot: symbol(facts[name]) for slot, name in names.items()}
        return {**symbols, "risk": facts["risk"], "agencies": facts["agencies_needed"]}

    def answer(case: dict[str, Any]) -> tuple[str, ...]:
        environment.reset()
        template.assert_fact(**case)
        environment.run()
        found = {str(fact["name"]): str(fact["value"]) for fact in results.facts()}
        return tuple(found.get(name, NONE) for name in OUTCOMES)

    return shape, answer


def business_rules() -> tuple[Callable[[Case], Any], Callable[[Any], tuple[str, ...]]]:
    from business_rules import actions, engine, fields, variables

    class Facts(variables.BaseVariables):  # type: ignore[misc]
        def __init__(self, case: dict[str, Any]) -> None:
            self.case = case

    def reading(name: str, decorate: Any) -> Any:
        def read(self: Any) -> Any:
            return self.case.get(name, NONE)

        read.__name__ = name
        return decorate(read)

    texts = ("convicted_or_cautioned", "category", "level", "meeting")
    numbers = ("risk", "agencies_needed")
    booleans = (
        "registered_sex_offender",
        "violent_or_other_sex_offender",
        "capable_of_serious_harm",
        "poses_risk_of_serious_harm",
        "likely_to_cause_serious_harm",
        "among_the_critical_few",
        "significant_intelligence",
        "borough_pilots_ramp",
    )
    for names, decorate in (
        (texts, variables.string_rule_variable),
        (numbers, variables.numeric_rule_variable),
        (booleans, variables.boolean_rule_variable),
    ):
        for name in names:
            setattr(Facts, name, reading(name, decorate))

    class Give(actions.BaseActions):  # type: ignore[misc]
        given = NONE

        @actions.rule_action(params={"label": fields.FIELD_TEXT})
        def give(self, label: str) -> None:
            self.given = label

    def yes(name: str) -> dict[str, Any]:
        return {"name": name, "operator": "is_true", "value": True}

    def text(name: str, label: str) -> dict[str, Any]:
        return {"name": name, "operator": "equal_to", "value": label}

    def least(name: str, number: int) -> dict[str, Any]:
        return {"name": name, "operator": "greater_than_or_equal_to", "value": number}

    record = {"any": [text("convicted_or_cautioned", "convicted"), text("convicted_or_cautioned", "cautioned")]}
    no_record = text("convicted_or_cautioned", "neither")
    managed = {"any": [text("category", label) for label in IN_A_CATEGORY]}
    below = {"any": [text("category", label) for label in ("outside", PDP)]}
    signs = {"any": [yes("registered_sex_offender"), yes("violent_or_other_sex_offender"), yes("capable_of_serious_harm")]}  # fmt: skip
    critical = {"any": [yes("among_the_critical_few"), {"all": [least("risk", 3), least("agencies_needed", 3)]}]}
    given: dict[str, list[tuple[list[Any], str]]] = {
        "category": [
            ([record, yes("registered_sex_offender")], "1"),
            ([record, yes("violent_or_other_sex_offender")], "2"),
            ([record, yes("capable_of_serious_harm"), yes("poses_risk_of_serious_harm")], "3"),
            ([no_record, yes("likely_to_cause_serious_harm")], PDP),
            ([least("risk", 0)], "outside"),
        ],
        "conflicting_record": [([no_record, signs], "true"), ([least("risk", 0)], "false")],
        "level": [([managed, critical], "3"), ([managed, least("agencies_needed", 2)], "2"), ([managed], "1")],
        "meeting": [
            ([text("level", "3")], PANEL),
            ([text("level", "2")], MEETING),
            ([text("level", "1")], "no meeting"),
        ],
        "chair": [([text("meeting", PANEL)], SENIOR), ([text("meeting", MEETING)], CHAIR)],
        "review": [([text("level", "1")], MONTHS), ([text("level", "2")], WEEKS)],
        "ramp": [
            ([below, yes("significant_intelligence"), yes("borough_pilots_ramp")], "refer"),
            ([below, yes("significant_intelligence")], PILOT),
            ([below], "not called for"),
        ],
    }

    def by(branches: list[tuple[list[Any], str]]) -> Callable[[dict[str, Any]], str]:
        rules = [
            {"conditions": {"all": conditions}, "actions": [{"name": "give", "params": {"label": label}}]}
            for conditions, label in branches
        ]

        def answer(facts: dict[str, Any]) -> str:
            found = Give()
            engine.run_all(rules, Facts(facts), found, stop_on_first_trigger=True)
            return found.given

        return answer

    return flat, chained({name: by(branches) for name, branches in given.items()})


PEERS: dict[str, Peer] = {
    "zen-engine (compiled expressions)": zen_engine,
    "clipspy": clipspy,
    "rule-engine": rule_engine,
    "business-rules": business_rules,
    "json-logic-qubit": json_logic,
}
