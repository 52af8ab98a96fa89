"""Judgements stand as what is computed would: for the shipped scheme and for drawn rule sets and judgements."""

from __future__ import annotations

import datetime
from typing import Any

from attrs import evolve
from hypothesis import event, given, settings
from hypothesis import strategies as st

import hmic_rules as hr
from hmic_rules.conditions import CASE
from hmic_rules.datatypes import LabelType
from hmic_rules.decisions import decide
from hmic_rules.judgement_files import judgement_data, judgements_as_yaml
from hmic_rules.judgements import Judgement
from hmic_rules.loading.trees import read_tree
from hmic_rules.outcomes import key_of
from hmic_rules.programs import path_of
from hmic_rules.rules import Judged, MayDepart
from hmic_rules.rulesets import Ruleset
from hmic_rules.testing import cases, rulesets
from judged_inspection import FOLDER, judged_inspection, text_of

SHIPPED = hr.load_inspection("mps-2007")
DAY = datetime.date(2007, 9, 1)
LABELS = ("met", "in part", "not met", "not assessed")
SHOWING = {
    "met": {"extent": "everywhere", "stage": "in place", "quality": "as required", "materiality": "central"},
    "in part": {"extent": "everywhere", "stage": "developing", "quality": "as required", "materiality": "central"},
    "not met": {"extent": "everywhere", "stage": "absent", "quality": "as required", "materiality": "central"},
}
ROOM = hr.load(FOLDER)
OPEN = judged_inspection(
    ruleset=text_of("ruleset").replace(", absent: {means: false, basis: assumed}}", "}"), judgements="judgements: []"
).ruleset
STATES = ("done", "begun", "missing")


def judgement(
    id: str, framework: str | None, value: str, item: str | None, judged: Any, by: str = "inspector"
) -> Judgement:
    said = {"by": by, "reason": "Invented for a test.", "date": DAY, "findings": ("one",)}
    return Judgement(id, framework, value, item, judged, **said)


def rows_of_facts(framework: str) -> list[dict[str, Any]]:
    return [{"id": one.id, "criterion": one.criterion, **one.facts} for one in SHIPPED.bearings(framework)]


def opened_up(ruleset: Ruleset) -> Ruleset:
    """The same rule set, in which an inspector may depart from every value that is computed."""
    values = {
        name: value
        if isinstance(value.body, Judged)
        else evolve(value, may_depart=MayDepart(("inspector",), None, None, "assumed", (), None, value.span))
        for name, value in ruleset.values.items()
    }
    return evolve(ruleset, values=values, programs={})


def graded(decision: hr.Decision) -> tuple[Any, ...]:
    """The outcome, and how every criterion stands."""
    statuses = {key: (one.status, one.possible) for key, one in decision.items("status").items()}
    return decision["grade"].status, decision["grade"].possible, statuses


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_judged_criterion_gives_the_grade_that_findings_which_show_the_same_would_give(data):
    framework = data.draw(st.sampled_from(sorted(SHIPPED.frameworks)))
    reading = data.draw(st.sampled_from(sorted(SHIPPED.ruleset.profiles)))
    criteria = list(SHIPPED.ruleset.frameworks[framework].notes)
    judged = data.draw(st.dictionaries(st.sampled_from(criteria), st.sampled_from(LABELS), min_size=1, max_size=8))
    given_ = [judgement(id, framework, "status", id, label) for id, label in judged.items()]
    decision = SHIPPED.decide(framework, reading)
    stands = hr.depart(decision, given_)
    bearings = [row for row in rows_of_facts(framework) if row["criterion"] not in judged]
    bearings += [
        {"id": f"instead-{id}", "criterion": id, **SHOWING[label]} for id, label in judged.items() if label in SHOWING
    ]
    facts = {one.name: one.value.text for one in SHIPPED.frameworks[framework].facts}
    typed = {name: {"true": True, "false": False}.get(text, text) for name, text in facts.items()}
    again = decide(
        SHIPPED.ruleset, {**typed, "bearings": bearings}, framework=framework, profile=reading, engine="reference"
    )
    assert graded(stands) == graded(again)
    case = decision.program.copied(decision.case, CASE)
    pinned = decision.program.run(case, {("status", id): label for id, label in judged.items()})
    assert stands.results["grade"] == pinned["grade"]
    event(f"moved: {decision['grade'].possible != stands['grade'].possible}")


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_judgement_that_stands_lies_beyond_a_limit_or_further_than_its_steps_whatever_is_unknown(data):
    marks = data.draw(
        st.lists(
            st.tuples(st.sampled_from(["roads-safe", "roads-lit", "roads-swept"]), st.sampled_from(STATES)), max_size=4
        )
    )
    facts: dict[str, Any] = {
        "marks": [{"id": str(place), "criterion": one, "state": state} for place, (one, state) in enumerate(marks)]
    }
    unknown = []
    ruleset = OPEN if data.draw(st.booleans(), "the flood may be unknown") else ROOM
    for name in ("well_led", "flooded"):
        known = data.draw(st.sampled_from([True, False, None]), name)
        if known is None and not ruleset.inputs[name].closed:
            unknown.append(name)
        elif known is not None:
            facts[name] = known
    decision = decide(ruleset, facts, framework="roads", profile="exacting", engine="reference")
    label = data.draw(st.sampled_from(["low", "middle", "high", "top"]))
    given_ = [judgement("grade", "roads", "grade", None, label, "head of the office")]
    for id in data.draw(st.sets(st.sampled_from(["roads-lit", "roads-swept"]))):
        state = data.draw(st.sampled_from(["full", "half", "short", "open"]))
        given_.append(judgement(id, "roads", "standing", id, state, "examiner"))
    try:
        stands = hr.depart(decision, given_)
    except hr.InputError as refused:
        event(", ".join(sorted({one.code for one in refused.diagnostics})))
        return
    event("stands")
    labels = ["low", "middle", "high", "top"]
    others = [one for one in given_ if one.id != "grade"]
    for values in completions(unknown):
        whole = decide(ruleset, {**facts, **values}, framework="roads", profile="exacting", engine="reference")
        computed = hr.depart(whole, others)["grade"]
        assert abs(labels.index(label) - labels.index(str(computed))) <= 1
        if {**facts, **values}.get("flooded"):
            assert label == "low"
        standing = stands.items("standing")["roads-safe"]
        if standing.value == "short":
            assert label in ("low", "middle")


def completions(unknown: list[str]) -> list[dict[str, bool]]:
    found: list[dict[str, bool]] = [{}]
    for name in unknown:
        found = [{**one, name: value} for one in found for value in (True, False)]
    return found


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_what_is_judged_in_any_rule_set_is_what_a_value_taken_as_given_would_be(data):
    ruleset = data.draw(rulesets())
    case = data.draw(cases(ruleset))
    try:
        decision = decide(opened_up(ruleset), case, engine="reference")
    except hr.ConflictError:
        event("rules conflict")
        return
    places = [
        (name, key, frames)
        for name, step in decision.program.steps.items()
        if isinstance(step.value.type, LabelType) and step.value.may_depart is not None
        for frames in decision.program.frames(decision.case, step.value.scope)
        for key in [None if len(frames) == 1 else key_of(frames)]
        if len(frames) <= 2  # what is taken as given is told apart by the innermost key alone
    ]
    if not places:
        event("no labels")
        return
    chosen = data.draw(
        st.lists(st.sampled_from(places), min_size=1, max_size=3, unique_by=lambda one: (one[0], one[1]))
    )
    taken, given_ = {}, []
    for place, (name, key, frames) in enumerate(chosen):
        label = data.draw(st.sampled_from(decision.step(name).value.type.labels))
        taken[name, path_of(frames)[-1] if key is not None else "case"] = label
        given_.append(judgement(str(place), None, name, key, label))
    try:
        stands = hr.depart(decision, given_)
    except (hr.InputError, hr.ConflictError) as error:
        event(type(error).__name__)
        return
    event("stands")
    row = decision.program.copied(decision.case, CASE)
    assert stands.results == decision.program.run(row, taken)


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=60), st.sampled_from(LABELS), st.sets(st.sampled_from(["strict", "plain"])))
def test_a_judgement_that_is_written_is_read_again_as_it_was(reason, label, readings):
    one = judgement("one", "child-abuse", "status", "ca-crime-recording", label)
    text = judgements_as_yaml([judgement_data(evolve(one, reason=reason, readings=tuple(sorted(readings))))])
    try:
        tree, problems = read_tree(text.encode("utf-8", "surrogatepass"), "judgements.yaml")
    except hr.InputError:
        event("no text that a file can hold")
        return
    assert not problems
    entry = tree.entries["judgements"].items[0].entries
    assert entry["reason"].text == reason
    assert entry["is"].text == label
