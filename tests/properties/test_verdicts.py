"""The verdicts of the prover on generated rule sets, compared with every complete case, one after the other.

By hand with more examples: ``VERDICT_EXAMPLES=500 pytest tests/properties/test_verdicts.py``.
"""

from __future__ import annotations

import copy
import os
import re
from collections.abc import Callable, Iterator
from typing import Any

from attrs import evolve, frozen
from enumerated import (
    Facts,
    Table,
    all_cases,
    cells,
    decided,
    facts_in,
    numbers_of,
    outcomes_of,
    table_of,
    texts_of,
)
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

import hmic_rules as hr
from hmic_rules.conditions import CASE, Truth
from hmic_rules.datatypes import LabelType
from hmic_rules.testing.drawn_conditions import Draw, Name, Place, condition, one_of, sometimes
from hmic_rules.testing.drawn_rulesets import Items, Written, written_rulesets
from hmic_rules.testing.results import results_of
from hmic_rules.testing.writing import as_yaml, loaded
from hmic_rules.verification.differences import diff
from hmic_rules.verification.obligations import Obligation
from hmic_rules.verification.pairing import merged
from hmic_rules.verification.proving import prove

EXAMPLES = int(os.environ.get("VERDICT_EXAMPLES", "0"))
MOST_CASES = 1_000
MOST_COMPARED = 80
# The shapes of which few rule sets are small enough are drawn more often.
WEIGHTED = ("record", *["collection"] * 2, *["fixed"] * 3, *["nested"] * 5, *["groups"] * 5)
FIXED = ("record", "fixed", "fixed")
SAYS = {"total": "no rule covers this", "determined": "undetermined"}
UNLIKE = (HealthCheck.filter_too_much, HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example)


def thorough(examples: int) -> Any:
    """So many examples, or as many as are asked for by hand. Rule sets with too many cases are passed over."""
    return settings(max_examples=EXAMPLES or examples, suppress_health_check=UNLIKE)


@frozen
class Drawn:
    """A rule set that is small enough, with every case of it."""

    shape: str
    written: Written
    table: Table

    @property
    def ruleset(self) -> hr.Ruleset:
        return self.table.ruleset

    def __repr__(self) -> str:
        return f"the rule set\n{as_yaml(self.written.data)}"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """How Hypothesis shows a failing example: as the text that a person would load."""
        printer.text(repr(self))


def within_bound(facts: Facts) -> bool:
    """Whether all items have as many items inside them, as the shapes of the prover have them."""
    items = facts.get("items", ())
    rows = items.values() if isinstance(items, dict) else items
    return len({len(row["inner_items"]) for row in rows if "inner_items" in row}) < 2


def all_fields(collections: tuple[Items, ...]) -> bool:
    """Whether every collection has a field at all, without which it is none."""
    return all(
        (one.fields or not one.fixed) and all_fields(() if one.inner is None else (one.inner,)) for one in collections
    )


def without_facts(facts: Any) -> Any:
    """The case with its rows, of which nothing is known."""
    if isinstance(facts, list):
        return [without_facts(one) for one in facts]
    return {
        name: without_facts(held) if isinstance(held, dict | list) else held
        for name, held in facts.items()
        if isinstance(held, dict | list) or name in ("id", "team")
    }


def pruned(written: Written) -> Written:
    """The rule set without the facts that no rule reads: nothing hangs on them, and there are far fewer cases."""
    read = set(re.findall(r"\w+", as_yaml({"values": written.data["values"]})))
    data = copy.deepcopy(written.data)

    def declared(entries: dict[str, Any]) -> dict[str, Any]:
        found = {}
        for name, one in entries.items():
            inner = {part: declared(one[part]) for part in ("collection", "fields") if part in one}
            if inner or name in read or name in ("id", "team"):
                found[name] = {**one, **inner}
        return found

    def items(one: Items) -> Items:
        inner = None if one.inner is None else items(one.inner)
        return evolve(one, fields=fields(one.fields), inner=inner, at_least=0 if one.refers_to else one.at_least)

    def fields(names: tuple[Name, ...]) -> tuple[Name, ...]:
        return tuple(one for one in names if one.name in read)

    data["inputs"] = declared(data["inputs"])
    if "rows" in data["inputs"]:
        data["inputs"]["rows"].pop("size", None)  # where there must be a row, the prover looks at no case
    return evolve(
        written,
        data=data,
        inputs=fields(written.inputs),
        collections=tuple(items(one) for one in written.collections),
    )


@st.composite
def small_ones(draw: Draw, shapes: tuple[str, ...], *, directed: bool = False) -> Drawn:
    """A rule set, with every case; perhaps with inputs of which one end is better, and claims."""
    shape = one_of(draw, shapes)
    written = draw(written_rulesets((shape,)))
    written = pruned(written)
    assume(all_fields(written.collections))
    if directed:
        direct(draw, written.data)
        found = claims_of(draw, written)
        if found:
            written.data["claims"] = found
    ruleset = loaded(written.data)
    table = table_of(ruleset, written, MOST_CASES)
    assume(table is not None)
    assert table is not None
    pairs = [(case, decision) for case, decision in table if within_bound(case)]
    event(shape)
    return Drawn(shape, written, Table(ruleset, tuple(case for case, _ in pairs), tuple(one for _, one in pairs)))


def direct(draw: Draw, data: dict[str, Any]) -> None:
    """Give inputs a better end, and values a safe side."""

    def inputs(declared: dict[str, Any]) -> Iterator[dict[str, Any]]:
        for name, one in declared.items():
            if isinstance(one, dict) and ("collection" in one or "fields" in one):
                yield from inputs(one.get("collection") or one["fields"])
            elif name not in ("id", "team") and "choice" not in one:
                yield one

    for one in inputs(data["inputs"]):
        if sometimes(draw, 2):
            one[one_of(draw, ["better", "worse"])] = "upward"
    for value in data["values"].values():
        if "group" not in value and "choice" not in value and sometimes(draw, 2):
            value["safe_side"] = one_of(draw, ["lowest", "highest"])


def claims_of(draw: Draw, written: Written) -> list[dict[str, Any]]:
    """Two claims about facts, rows and truth values."""
    names = list(written.inputs)
    for name, value in written.data["values"].items():
        if "group" not in value and "each" not in value and value.get("type") == "boolean":
            names.append(Name(name, "boolean", (False, True), "applies" in value, whole=True))
    asked = {one.name: one.fields for one in written.collections if one.refers_to is None}
    place = Place(tuple(names), asked)
    return [
        {"id": f"c{number}", one_of(draw, ["never", "always"]): condition(draw, place, 1)}
        for number in range(2 if names else 0)
    ]


def shown_by(drawn: Drawn, obligation: Obligation) -> hr.Decision | None:
    """The witness decided from its facts; ``None`` where rules conflict."""
    assert obligation.witness is not None
    return decided(drawn.ruleset, dict(obligation.witness.facts))


def counted(obligation: Obligation) -> None:
    """Count the verdict; one that is open says why."""
    event(f"{obligation.kind}: {obligation.verdict}")
    if obligation.verdict == "open":
        assert obligation.says
        event(f"open: {obligation.kind}: {obligation.says.partition('`')[0][:60]}")


@thorough(30)
@given(st.data())
def test_what_is_proven_of_every_case_is_contradicted_by_none_and_what_is_refuted_is_by_its_witness(
    data,
) -> None:
    drawn = data.draw(small_ones(WEIGHTED, directed=True))
    for obligation in prove(drawn.ruleset).obligations:
        if obligation.kind in PROMISES:
            counted(obligation)
            if obligation.verdict != "open":
                PROMISES[obligation.kind](drawn, obligation)


def stays_given(drawn: Drawn, obligation: Obligation) -> None:
    status = SAYS[obligation.kind]
    if obligation.verdict == "gap":
        decision = shown_by(drawn, obligation)
        assert decision is not None
        assert status in {one.status for one in outcomes_of(decision, obligation.about).values()}
    else:
        assert status not in drawn.table.statuses(obligation.about)


def conflicts(drawn: Drawn, obligation: Obligation) -> None:
    if obligation.verdict == "refuted":
        assert shown_by(drawn, obligation) is None
    else:
        assert not drawn.table.conflicts


def claims(drawn: Drawn, obligation: Obligation) -> None:
    (claimed,) = (one for one in drawn.ruleset.claims if one.id == obligation.about)
    broken = Truth.YES if claimed.kind == "never" else Truth.NO

    def breaks(decision: hr.Decision | None) -> bool:
        if decision is None:
            return False
        return decision.program.compiler.truth(claimed.condition, (CASE,))([decision.case]) is broken

    if obligation.verdict == "refuted":
        assert breaks(shown_by(drawn, obligation))
    else:
        assert not any(breaks(decision) for decision in drawn.table.decisions)


def turns(drawn: Drawn, facts: Facts, *, upward: bool) -> Iterator[Facts]:
    """The case with one fact turned to the next better value, or, not ``upward``, to any worse one."""
    ruleset = drawn.ruleset
    inputs = dict(ruleset.inputs)
    for collection in ruleset.collections.values():
        inputs.update(collection.fields)
    for path, held in facts_in(facts):
        input = inputs.get(path[-1])
        if input is None or input.better is None or held == "not applicable":
            continue
        line: list[Any] = [False, True] if isinstance(held, bool) else list(range(4))
        if isinstance(input.type, LabelType):
            line = list(input.type.labels)
        line = line if input.better == "upward" else line[::-1]
        place = line.index(held)
        for other in line[place + 1 : place + 2] if upward else line[:place]:
            changed = copy.deepcopy(facts)
            here: Any = changed
            for step in path[:-1]:
                here = here[step]
            here[path[-1]] = other
            yield changed


def ways(drawn: Drawn, before: hr.Decision | None, after: hr.Decision | None, name: str) -> set[str]:
    """Whether a value falls or rises from one decision to the other, on any item."""
    if before is None or after is None:
        return set()
    type = drawn.ruleset.values[name].type
    line: Callable[[Any], Any] = type.ranks.__getitem__ if isinstance(type, LabelType) else lambda number: number
    found = set()
    olds, news = outcomes_of(before, name), outcomes_of(after, name)
    for item in olds.keys() & news.keys():
        one, other = olds[item], news[item]
        if one.status == other.status == "decided" and line(one.value) != line(other.value):
            found.add("falls" if line(other.value) < line(one.value) else "rises")
    return found


def monotone(drawn: Drawn, obligation: Obligation) -> None:
    name = obligation.about
    safe = drawn.ruleset.values[name].safe_side
    wrong = {"lowest": {"falls"}, "highest": {"rises"}, None: {"falls", "rises"}}[safe]
    if obligation.verdict == "refuted":
        assert obligation.witness is not None
        after = shown_by(drawn, obligation)
        befores = [decided(drawn.ruleset, one) for one in turns(drawn, obligation.witness.facts, upward=False)]
        assert any(ways(drawn, before, after, name) & wrong for before in befores)
        return
    seen: set[str] = set()
    for facts, before in some_of(drawn.table):
        for changed in turns(drawn, facts, upward=True):
            seen |= ways(drawn, before, decided(drawn.ruleset, changed), name) & wrong
    assert not seen or (safe is None and len(seen) == 1), (obligation.says, seen)


def some_of(table: Table) -> list[tuple[Facts, hr.Decision | None]]:
    """Cases spread over all of them."""
    step = -(-len(table.cases) // MOST_COMPARED)
    return list(table)[:: max(step, 1)]


PROMISES: dict[str, Callable[[Drawn, Obligation], None]] = {
    "total": stays_given,
    "determined": stays_given,
    "single-valued": conflicts,
    "claim": claims,
    "monotone": monotone,
}


@thorough(30)
@given(st.data())
def test_what_some_case_must_show_is_proven_by_a_case_that_does_and_refuted_only_where_none_does(data) -> None:
    drawn = data.draw(small_ones(WEIGHTED))
    for obligation in prove(drawn.ruleset).obligations:
        if obligation.kind in EFFECTS:
            counted(obligation)
            if obligation.verdict != "open" or obligation.within:
                EFFECTS[obligation.kind](drawn, obligation)


def reachable(drawn: Drawn, obligation: Obligation) -> None:
    name, _, label = obligation.about.partition(": ")
    if obligation.verdict == "proven":
        decision = shown_by(drawn, obligation)
        assert decision is not None
        assert label in {str(one) for one in outcomes_of(decision, name).values()}
    else:
        assert label not in drawn.table.texts(name)


def decides(drawn: Drawn, obligation: Obligation) -> None:
    name, _, id = obligation.about.partition("/")
    less = loaded_without(drawn, obligation.kind, name, id)

    def outcome(ruleset: hr.Ruleset, facts: Facts) -> Any:
        decision = decided(ruleset, facts)
        return None if decision is None else results_of(decision, name)

    if obligation.verdict == "proven":
        assert obligation.witness is not None
        one, other = (outcome(ruleset, dict(obligation.witness.facts)) for ruleset in (drawn.ruleset, less))
        # Where other rules conflict in the witness, with the rule and without it: tests/test_proving.py has that fault.
        assert one != other or one is None
        return
    for facts, decision in some_of(drawn.table):
        if decision is not None:
            assert results_of(decision, name) == outcome(less, facts), facts


def loaded_without(drawn: Drawn, kind: str, name: str, id: str) -> hr.Ruleset:
    """The rule set written without a rule or limit, and loaded again; a list of which nothing is left is made without loading."""
    data = copy.deepcopy(drawn.written.data)
    value = data["values"][name]
    (word,) = (word for word in (("limits",) if kind == "limit binds" else ("rules", "points")) if word in value)
    value[word] = [one for one in value[word] if one["id"] != id]
    if value[word]:
        return loaded(data)
    rule = drawn.ruleset.values[name]
    rule = evolve(rule, limits=()) if word == "limits" else evolve(rule, body=evolve(rule.body, rules=()))
    return evolve(drawn.ruleset, values={**drawn.ruleset.values, name: rule}, programs={})


def matters(drawn: Drawn, obligation: Obligation) -> None:
    """A fact on which nothing is said to hang changes no outcome of any case."""
    if obligation.verdict == "proven":
        return
    name = obligation.about.partition(" of ")[0]
    tables: dict[Any, Any] = {}
    for facts, decision in drawn.table:
        if decision is None or len(drawn.table.cases) > MOST_CASES:
            continue
        rest = repr(
            [*sorted((str(path), str(held)) for path, held in facts_in(facts) if path[-1] != name), keys_of(facts)]
        )
        outcome = [texts_of(decision, one) for one in drawn.ruleset.outcomes]
        assert tables.setdefault(rest, outcome) == outcome, (name, facts)


def keys_of(facts: Facts) -> Any:
    return "", repr(without_facts(facts))


EFFECTS: dict[str, Callable[[Drawn, Obligation], None]] = {
    "reachable": reachable,
    "rule decides": decides,
    "limit binds": decides,
    "input matters": matters,
}


@thorough(30)
@given(st.data())
def test_counts_are_those_of_all_assessments(data) -> None:
    drawn = data.draw(small_ones(FIXED))
    ruleset = drawn.ruleset
    cases = all_cases(drawn.written, cells(ruleset), MOST_CASES)
    assume(cases is not None and not drawn.table.conflicts)
    assert cases is not None
    decisions = [decided(ruleset, one) for one in cases]
    for found in prove(ruleset).counts:
        results = [texts_of(one, found.outcome)[None] for one in decisions if one is not None]
        of, numbers = numbers_of(cases, results)
        event(f"facts that are counted: {found.of}")
        assert (found.of, found.numbers) == (of, dict(numbers)), found.outcome


@frozen
class Edited:
    """A rule set, and the same with one small change."""

    drawn: Drawn
    data: dict[str, Any]
    what: str

    def __repr__(self) -> str:
        return f"{self.drawn!r}\n{self.what}:\n{as_yaml(self.data)}"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """How Hypothesis shows a failing example: as the text that a person would load."""
        printer.text(repr(self))


@st.composite
def edited(draw: Draw) -> Edited:
    drawn = draw(small_ones(WEIGHTED))
    data = copy.deepcopy(drawn.written.data)
    changes: list[tuple[str, Callable[[], None]]] = []
    for name, value in data["values"].items():
        rules = value.get("rules", [])
        if len(rules) > 1:
            changes.append((f"{name}: a rule dropped", rules.pop))
            changes.append((f"{name}: two results exchanged", lambda rules=rules: exchange(rules)))
        changes += [(f"{name}: a threshold shifted", shift) for shift in thresholds(value.get("rules", value))]
    assume(changes)
    what, change = one_of(draw, changes)
    change()
    return Edited(drawn, data, what)


def exchange(rules: list[dict[str, Any]]) -> None:
    rules[0]["then"], rules[1]["then"] = rules[1]["then"], rules[0]["then"]


def thresholds(node: Any) -> Iterator[Callable[[], None]]:
    """Each number that something is compared with, made another one."""
    for key, held in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        compared = key in ("at_least", "at_most", "above", "below") and type(held) is int
        if compared:

            def shift(node: Any = node, key: Any = key, held: int = held) -> None:
                node[key] = held + 1 if held < 3 else held - 1

            yield shift
        else:
            yield from thresholds(held)


@thorough(30)
@given(st.data())
def test_two_editions_differ_in_the_classes_of_case_in_which_enumeration_finds_them_to_and_in_no_others(
    data,
) -> None:
    pair = data.draw(edited())
    fixed = pair.drawn.shape in FIXED
    event(pair.what.partition(": ")[2])
    old, new = pair.drawn.ruleset, loaded(pair.data)
    found = diff(old, new)
    news = [decided(new, facts) for facts in pair.drawn.table.cases]
    both = [(one, other) for one, other in zip(pair.drawn.table.decisions, news, strict=True) if one and other]
    event(f"equivalent: {found.equivalent}, open: {bool(found.open)}")
    for one in found.changed:
        assert one.witness is not None
        texts = [texts_of(ruleset.decide(one.witness.facts), one.outcome)[one.item] for ruleset in (old, new)]
        assert texts == [one.before, one.after]
    for name in old.outcomes:
        classes = {(one.item, one.before, one.after) for one in found.changed if one.outcome == name}
        seen = {
            (item, texts_of(one, name)[item], text)
            for one, other in both
            for item, text in texts_of(other, name).items()
            if text != texts_of(one, name)[item]
        }
        results = {(before, after) for _, before, after in classes}
        if not any(f"`{name}" in text for text in found.open):
            # On rows that nothing tells apart, one of them stands for all.
            assert {(before, after) for _, before, after in seen} <= results, name
        if fixed:
            assert not results - {(before, after) for _, before, after in seen} or pair.drawn.table.conflicts, name
    if found.equivalent:
        assert all(texts_of(one, name) == texts_of(other, name) for one, other in both for name in old.outcomes)
    if fixed and len(both) == len(news):
        exact(pair, found, old, new)


def exact(pair: Edited, found: Any, old: hr.Ruleset, new: hr.Ruleset) -> None:
    """The numbers of every class, over the facts on which any difference hangs."""
    program, other_program = (one.decide({}).program for one in (old, new))
    cases = all_cases(pair.drawn.written, cells(old, merged(program, other_program)), MOST_CASES)
    if cases is None:
        return
    decisions = [(decided(old, one), decided(new, one)) for one in cases]
    if any(one is None or other is None for one, other in decisions):
        return
    for changed in found.changed:
        if changed.number is None:
            continue
        texts = [
            tuple(texts_of(one, changed.outcome)[changed.item] for one in both if one is not None) for both in decisions
        ]
        _, numbers = numbers_of(cases, [two if two[0] != two[1] else None for two in texts])
        event("a number of a class compared")
        assert changed.number == numbers[changed.before, changed.after]
        assert changed.of == sum(numbers.values())
