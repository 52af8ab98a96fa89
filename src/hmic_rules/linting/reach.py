"""Bounds that a computed number can never reach: its interval over all cases is that of a case of which nothing is known."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import cast

from hmic_rules.comparing import Frames, Settings
from hmic_rules.conditions import CASE, Compare, Condition, Expression, Op, Symbol, SymbolKind, Term, Test, parts_of
from hmic_rules.datatypes import LabelType, ListType, NumberType, shown
from hmic_rules.errors import ConflictError, Diagnostic, Span, quoted
from hmic_rules.linting.situations import Abstract
from hmic_rules.possible import NOT_APPLICABLE, Between, Value, with_markers, without_markers
from hmic_rules.programs import Step, as_read, layout_of, step_for
from hmic_rules.rows import FIRST_SLOT, Row
from hmic_rules.rules import Judged, Limit, PointRule, Points, Rule, RuleList, ValueRule
from hmic_rules.rulesets import Ruleset
from hmic_rules.structure import conditions_of, roots_of, terms_in

__all__ = ["out_of_reach"]


def out_of_reach(ruleset: Ruleset) -> Iterator[tuple[frozenset[Span], Diagnostic]]:
    """Every bound that no case reaches, with the places of all that it stands in, up to the rule, limit or value."""
    intervals = _intervals(ruleset)
    for value in ruleset.values.values():
        for owner, node in _asked(value):
            for places, test in _tests(node, frozenset([owner])):
                if test.subject.kind is SymbolKind.VALUE and test.subject.name in intervals:
                    found = _unreached(test, intervals[test.subject.name])
                    yield from () if found is None else ((places, found),)


def _tests(node: Condition | Expression, around: frozenset[Span]) -> Iterator[tuple[frozenset[Span], Test]]:
    """Every test in a condition or a calculation, with the places of what it stands in."""
    places = around | {node.span}
    if isinstance(node, Test):
        yield places, node
    for part in parts_of(node):
        yield from _tests(part, places)


def _asked(value: ValueRule) -> Iterator[tuple[Span, Condition | Expression]]:
    parts: list[Rule | PointRule | Limit] = [*value.limits]
    if isinstance(value.body, RuleList | Points):
        parts += value.body.rules
    by_condition = {id(part.when): part.span for part in parts}
    for root in roots_of(value):
        yield by_condition.get(id(root), value.span), root


def _unreached(test: Test, interval: Between) -> Diagnostic | None:
    low, high = cast("tuple[Fraction | None, Fraction | None]", (interval.low, interval.high))
    for check in test.checks:
        if not isinstance(check, Compare) or check.negated or isinstance(check.operand, Symbol | Term):
            continue
        bound = cast("Fraction", check.operand)
        too_high = high is not None and (bound > high or (check.op is Op.ABOVE and bound == high))
        too_low = low is not None and (bound < low or (check.op is Op.BELOW and bound == low))
        if (too_high and check.op in (Op.AT_LEAST, Op.ABOVE, Op.IS)) or (
            too_low and check.op in (Op.AT_MOST, Op.BELOW, Op.IS)
        ):
            called = quoted(test.subject.name)
            end = f"at most {shown(cast('Value', high))}" if too_high else f"at least {shown(cast('Value', low))}"
            written = quoted(f"{check.op.value}: {shown(bound)}")
            problem = f"{called} is {end} in every case, and never {written}"
            help = f"change the bound, or what {called} is made of"
            return Diagnostic(test.span, problem, help, "out-of-reach")
    return None


def _intervals(ruleset: Ruleset) -> dict[str, Between]:
    """Where each computed number lies in every case, as far as that is known."""
    layout, chains = layout_of(ruleset)
    lists = {name: None for name, parameter in ruleset.parameters.items() if isinstance(parameter.type, ListType)}
    compiler = Abstract(layout, Settings({}, lists, {}))
    rows = {scope: cast("Row", [None] * (FIRST_SLOT + len(slots))) for scope, slots in layout.slots.items()}
    for scope, name, whole in _facts(ruleset):
        rows[scope][layout.slots[scope][name]] = whole
    words = {name for profile in ruleset.profiles.values() for name in profile.terms}
    found: dict[str, Between] = {}
    for name in ruleset.order:
        value = ruleset.values.get(name)
        if value is None:
            continue
        step = step_for(compiler, layout, chains, value)
        frames: Frames = [rows[scope] for scope in chains[value.scope]]
        result = _anything(value) if _is_open(ruleset, value, words) else _result(step, frames)
        rows[value.scope][step.slot] = as_read(result, value)
        numbers = without_markers(result)
        if isinstance(value.type, NumberType) and numbers is not None:
            found[name] = _interval(numbers)
    return found


def _interval(numbers: Value) -> Between:
    if isinstance(numbers, Between):
        return numbers
    number = cast("int", numbers)
    return Between(number, number)


def _facts(ruleset: Ruleset) -> Iterator[tuple[str, str, Value]]:
    """Every fact with its scope, and everything that it can be."""
    scopes = {CASE: ruleset.inputs, **{name: collection.fields for name, collection in ruleset.collections.items()}}
    for scope, fields in scopes.items():
        for given in fields.values():
            mark = [NOT_APPLICABLE] if given.may_be_not_applicable or given.means is NOT_APPLICABLE else []
            yield scope, given.name, with_markers(given.type.whole, frozenset(mark))
    for name, collection in ruleset.collections.items():
        if collection.items is not None:
            yield name, "name", LabelType(collection.items).whole


def _is_open(ruleset: Ruleset, value: ValueRule, words: set[str]) -> bool:
    """Whether a value hangs on more than the facts: a judgement, the rows of a group, a word that profiles set."""
    is_set = any(not words.isdisjoint(terms_in(condition)) for condition in conditions_of(value))
    return is_set or isinstance(value.body, Judged) or value.scope in ruleset.groups


def _anything(value: ValueRule) -> Value:
    return with_markers(value.type.whole, frozenset([NOT_APPLICABLE]))


def _result(step: Step, frames: Frames) -> Value:
    try:
        return step.result(frames)
    except ConflictError:
        return _anything(step.value)
