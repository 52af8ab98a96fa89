"""On what an outcome hangs that no source settles: over which part of the range of each vague word it holds, and of each assumed setting."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor
from typing import Any, Final, Literal, TypeAlias, cast

from attrs import frozen

from hmic_rules.comparing import Frames
from hmic_rules.conditions import (
    Check,
    Compare,
    Condition,
    CountTest,
    Expression,
    InList,
    LabelIn,
    Read,
    ShareTest,
    Symbol,
    SymbolKind,
    Term,
    Test,
    checks_of,
    parts_of,
    query_of,
)
from hmic_rules.datatypes import DataType, LabelType, NumberType, shown
from hmic_rules.decisions import Decision
from hmic_rules.diagrams.frontier import closure_of
from hmic_rules.errors import NotAnalysedError, quoted
from hmic_rules.evaluation import counted, shared
from hmic_rules.possible import Known, Value, ends, is_known, members, without_markers
from hmic_rules.questions.bounds import exact_outcome
from hmic_rules.rereading import with_settings
from hmic_rules.rules import Calculation
from hmic_rules.structure import nodes, roots_of, symbols_in, terms_in

__all__ = ["Sensitivity", "Stretch", "sensitivity"]

Number: TypeAlias = int | Fraction
MOST_POINTS: Final = 200


@frozen
class Stretch:
    """A part of a range, or one setting, and what the outcome is there.

    Attributes:
        low: where it begins, as it would be written.
        high: where it ends; the same as ``low`` for a single value.
        low_included: whether it holds at ``low`` itself.
        high_included: whether it holds at ``high`` itself.
        outcome: the outcome there.

    """

    low: str
    high: str
    low_included: bool
    high_included: bool
    outcome: str

    def __str__(self) -> str:
        if self.low == self.high:
            return f"{self.low}: {self.outcome}"
        after = "from" if self.low_included else "above"
        to = "to" if self.high_included else "to below"
        return f"{after} {self.low} {to} {self.high}: {self.outcome}"


@frozen
class Sensitivity:
    """What an outcome is over the plausible range of something that is assumed.

    Attributes:
        kind: a ``term`` of the rules or a ``setting``.
        name: what it is called.
        says: what the rule set says of it.
        at: its value.
        stretches: the parts of its range, upward, or its other settings, each with the outcome there.
        holds: whether the outcome is the same everywhere.

    """

    kind: Literal["term", "setting"]
    name: str
    says: str | None
    at: str
    stretches: tuple[Stretch, ...]
    holds: bool


def sensitivity(decision: Decision, name: str | None = None, item: str | None = None) -> tuple[Sensitivity, ...]:
    """For each vague word and each assumed setting that an outcome rests on: what the outcome is over its range.

    A word is moved over the range that the rule set gives it, a share or a decimal that is set over its type; a choice is set to each of its
    labels. A setting that is a whole number, a date or a text has no such range and is left out.
    Between two points where some comparison changes, nothing does: so a decision on each point and between each two covers the whole range.

    Raises:
        NotFoundError: there is no such value, or it does not stand on this item.
        NotAnalysedError: a word or a setting is compared with more than 200 numbers within its range; or a number that is set is calculated
            with, or limits another, so that it counts between these points too.

    """
    name = decision.outcome.name if name is None else name
    decision.at(name, item)  # refuses an item that is not there
    ruleset, needed = decision.ruleset, closure_of(decision.ruleset, [name])
    values = [ruleset.values[one] for one in ruleset.order if one in needed]
    roots = [root for value in values for root in roots_of(value)]
    bounds = [limit.bound for value in values for limit in value.limits if isinstance(limit.bound, Symbol)]
    words = dict.fromkeys(one for root in roots for one in terms_in(root))
    read = [*(one for root in roots for one in symbols_in(root)), *bounds]
    settings = dict.fromkeys(one.name for one in read if one.kind is SymbolKind.PARAMETER)
    found = [_of_term(decision, name, item, ruleset.terms[word]) for word in words]
    profile = ruleset.profiles.get(decision.profile or "")
    for setting in settings:
        parameter = ruleset.parameters[setting]
        assumed = parameter.basis == "assumed" or (
            profile is not None and profile.basis == "assumed" and setting in profile.parameters
        )
        value = decision.program.settings[setting]
        if assumed and value is not None and not isinstance(value, tuple):
            one = _of_setting(decision, name, item, setting, value)
            found += [] if one is None else [one]
    return tuple(found)


def _counts_itself(decision: Decision, name: str, setting: str) -> bool:
    """Whether a number that is set is more than compared: it is calculated with, or is the bound of a number."""
    for value in (decision.ruleset.values[one] for one in closure_of(decision.ruleset, [name])):
        bounds = [limit.bound for limit in value.limits] if isinstance(value.type, NumberType) else []
        calculated = nodes(value.body.expression) if isinstance(value.body, Calculation) else ()
        read = [*bounds, *(node.symbol for node in calculated if isinstance(node, Read))]
        if any(isinstance(one, Symbol) and _is_setting(one, setting) for one in read):
            return True
    return False


def _is_setting(symbol: Symbol, called: str) -> bool:
    return symbol.kind is SymbolKind.PARAMETER and symbol.name == called


def _of_term(decision: Decision, name: str, item: str | None, term: Term) -> Sensitivity:
    at = decision.program.compiler.settings.words.get(term.name, term.value)

    def decided(number: Number) -> Decision:
        return with_settings(decision, {}, {term.name: number})

    stretches = _stretches(decision, name, item, term.name, (term.low, term.high), at, decided)
    return Sensitivity("term", term.name, term.says, shown(at), stretches, len(stretches) == 1)


def _of_setting(decision: Decision, name: str, item: str | None, setting: str, at: Known) -> Sensitivity | None:
    parameter = decision.ruleset.parameters[setting]
    type = parameter.type
    others = members(type.whole)
    if others is not None:
        order: Iterable[Known] = type.labels if isinstance(type, LabelType) else sorted(others, key=shown)
        found = {
            shown(one): str(
                exact_outcome(with_settings(decision, {setting: one}, {}) if one != at else decision, name, item)
            )
            for one in order
        }
        stretches = tuple(Stretch(one, one, True, True, outcome) for one, outcome in found.items())
        return Sensitivity("setting", setting, parameter.says, shown(at), stretches, len(set(found.values())) == 1)
    if not isinstance(type, NumberType) or type.kind == "integer" or type.low is None or type.high is None:
        return None
    if _counts_itself(decision, name, setting):
        problem = f"{quoted(setting)} is calculated with or limits a number, and is not only compared"
        raise NotAnalysedError(f"over which part of its range {quoted(name)} holds is not analysed: {problem}")

    def decided(number: Number) -> Decision:
        return with_settings(decision, {setting: number}, {})

    parts = _stretches(decision, name, item, setting, (type.low, type.high), cast("Number", at), decided)
    return Sensitivity("setting", setting, parameter.says, shown(at), parts, len(parts) == 1)


def _stretches(
    decision: Decision,
    name: str,
    item: str | None,
    called: str,
    range_: tuple[Number, Number],
    at: Number,
    decided: Callable[[Number], Decision],
) -> tuple[Stretch, ...]:
    """The outcome on every point where a comparison with the word or setting can change, and between each two."""
    low, high = min(range_[0], at), max(range_[1], at)
    outcomes: dict[Number, str] = {}
    points = {low, high, at}
    while True:
        ordered_points = sorted(points)
        between = [Fraction(one + other) / 2 for one, other in pairwise(ordered_points)]
        fresh = [number for number in (*ordered_points, *between) if number not in outcomes]
        for number in fresh:
            there = decided(number)
            outcomes[number] = str(exact_outcome(there, name, item))
            points |= {one for one in _observed(there, name, called) if low < one < high}
        if not fresh:
            break
        if len(points) > MOST_POINTS:
            problem = f"{quoted(called)} is compared with more than {MOST_POINTS} numbers within its range"
            raise NotAnalysedError(f"over which part of it {quoted(name)} holds is not analysed: {problem}")
    line = sorted(points)
    parts: list[tuple[Number, Number, bool, bool, str]] = []
    for place, point in enumerate(line):
        parts.append((point, point, True, True, outcomes[point]))
        if place + 1 < len(line):
            middle = Fraction(point + line[place + 1]) / 2
            parts.append((point, line[place + 1], False, False, outcomes[middle]))
    merged: list[tuple[Number, Number, bool, bool, str]] = []
    for part in parts:
        if merged and merged[-1][4] == part[4]:
            before = merged[-1]
            merged[-1] = (before[0], part[1], before[2], part[3], part[4])
        else:
            merged.append(part)
    return tuple(Stretch(shown(a), shown(b), c, d, outcome) for a, b, c, d, outcome in merged)


def _observed(decision: Decision, name: str, called: str) -> Iterator[Number]:
    """The numbers on which the answer of a comparison turns in a decided case, as a word or a setting moves."""
    program = decision.program
    for one in closure_of(decision.ruleset, [name]):
        step = program.steps[one]
        roots = [node for node in roots_of(step.value) if _may_turn(node, called)]
        for frames in program.frames(decision.case, step.value.scope) if roots else ():
            for node in roots:
                yield from filter(_is_number, _compared(decision, node, frames, step.stack, called))


def _may_turn(node: Condition | Expression, called: str) -> bool:
    """Whether numbers stand anywhere in it that an answer could turn on as the word or setting moves."""
    checks = checks_of(node)
    numbers = isinstance(node, Test) and any(isinstance(check, Compare | InList) for check in checks)
    named = any(_names(check, called) for check in checks)
    return numbers or named or any(_may_turn(part, called) for part in parts_of(node))


def _is_number(found: Any) -> bool:
    return isinstance(found, int | Fraction) and not isinstance(found, bool)


def _compared(
    decision: Decision, node: Condition | Expression, frames: Frames, stack: tuple[str, ...], called: str
) -> Iterator[Any]:
    """What is compared with the word or setting; and what else with a setting that is tested, or with a number that is not known."""
    compiler = decision.program.compiler
    checks = checks_of(node)
    if any(_names(check, called) for check in checks):
        yield from _ends(decision, node, frames, stack)
    if isinstance(node, Test) and (
        _is_setting(node.subject, called) or not is_known(compiler.getter(node.subject, stack)(frames))
    ):
        for check in checks:
            if not _names(check, called):
                yield from _with_neighbours(node.subject.type, _operands(decision, check, frames, stack))
    query = query_of(node)
    if query is None:
        for part in parts_of(node):
            yield from _compared(decision, part, frames, stack, called)
        return
    rows = compiler.rows[query](frames) if query in compiler.rows else None
    for row in rows or ():
        for part in parts_of(node):
            yield from _compared(decision, part, [*frames, row], (*stack, query.collection), called)


def _with_neighbours(type: DataType, operands: Iterable[Any]) -> Iterator[Any]:
    """The operands; of whole numbers also those beside them, which are the last to pass a test, or the first."""
    whole = isinstance(type, NumberType) and type.kind == "integer"
    for operand in operands:
        yield operand
        if whole and _is_number(operand):
            yield from (ceil(operand) - 1, floor(operand) + 1)


def _names(check: Check, called: str) -> bool:
    """Whether a check compares with the word or setting."""
    operand = check.operand if isinstance(check, Compare) else None
    if isinstance(operand, Symbol):
        return _is_setting(operand, called)
    return isinstance(operand, Term) and operand.name == called


def _operands(decision: Decision, check: Check, frames: Frames, stack: tuple[str, ...]) -> Iterable[Any]:
    """What a check compares with; of what is not known the least and the greatest."""
    compiler = decision.program.compiler
    if isinstance(check, LabelIn):
        return check.labels
    if isinstance(check, InList):
        return compiler.settings.lists[check.symbol.name] or ()
    if not isinstance(check, Compare):
        return ()
    if isinstance(check.operand, Term):
        return (compiler.settings.words.get(check.operand.name, check.operand.value),)
    return (
        _reach(compiler.getter(check.operand, stack)(frames)) if isinstance(check.operand, Symbol) else (check.operand,)
    )


def _reach(value: Value) -> tuple[Any, ...]:
    """The least and the greatest that a value can be."""
    rest = without_markers(value)
    return () if rest is None else ends(rest)


def _ends(decision: Decision, node: Condition | Expression, frames: Frames, stack: tuple[str, ...]) -> tuple[Any, ...]:
    """The least and the greatest that is compared."""
    compiler = decision.program.compiler
    if isinstance(node, Test):
        return _reach(compiler.getter(node.subject, stack)(frames))
    if not isinstance(node, CountTest | ShareTest):
        return ()
    counts = compiler.tally(node.query, stack)(frames)
    value = counted(counts) if isinstance(node, CountTest) else None if counts is None else shared(counts)[0]
    return () if value is None else _reach(value)
