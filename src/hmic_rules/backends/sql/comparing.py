"""Putting a value to the checks of a condition: in two columns, surely and possibly."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from hmic_rules.backends.sql import nodes
from hmic_rules.backends.sql.choices import Choice, Listed
from hmic_rules.backends.sql.facts import Readable
from hmic_rules.backends.sql.lines import End, Line, agreed_with_markers, compared, end_of, exactly, less, same
from hmic_rules.backends.sql.nodes import FALSE, TRUE, Node, all_of, any_of, case, literal, opposite
from hmic_rules.backends.sql.refusals import refuse
from hmic_rules.backends.sql.truths import NO, UNKNOWN, YES, Two, agreed, both, if_
from hmic_rules.comparing import Settings
from hmic_rules.conditions import Applicable, Check, Compare, InList, LabelIn, Op, Symbol, Term
from hmic_rules.datatypes import LabelType, NumberType, ScalarType, TextType
from hmic_rules.errors import quoted
from hmic_rules.possible import NOT_APPLICABLE, Known, Month

__all__ = ["line_test", "member_test", "put_to"]

Reader = Callable[[Symbol], Readable]
MOST_COMPARED = 32


def put_to(type: ScalarType, checks: tuple[Check, ...], value: Readable, read: Reader, settings: Settings) -> Two:
    """Whether a value passes all checks; ``read`` gives other names."""
    if isinstance(value, Line):
        return both(line_test(type, check, value, read, settings) for check in checks)
    if isinstance(type, TextType):
        return _text_test(checks, value, read, settings)
    results = sorted(value.could, key=repr)
    found = {result: member_test(type, checks, result, read, settings) for result in results}
    passing = frozenset(result for result, truth in found.items() if truth == YES)
    if all(truth in (YES, NO) for truth in found.values()):
        surely = value.only(passing)
        possibly = value.possible(passing)
        return Two(surely, surely) if getattr(value, "single", False) else Two(surely, possibly)
    return agreed((value.possible(frozenset({result})), truth) for result, truth in found.items())


def member_test(type: ScalarType, checks: tuple[Check, ...], result: Known, read: Reader, settings: Settings) -> Two:
    """Whether one label, truth value or text passes all checks."""
    return both(_member(type, check, result, read, settings) for check in checks)


def _member(type: ScalarType, check: Check, result: Known, read: Reader, settings: Settings) -> Two:
    if isinstance(check, Applicable):
        return YES if check.wanted is (result is not NOT_APPLICABLE) else NO
    if result is NOT_APPLICABLE:
        return NO
    if isinstance(check, LabelIn):
        return YES if (result in check.labels) is not check.negated else NO
    if isinstance(check, InList):
        setting = settings.lists[check.symbol.name]
        return UNKNOWN if setting is None else YES if (result in setting) is not check.negated else NO
    ranks = type.ranks if isinstance(type, LabelType) and check.op is not Op.IS else None
    if not isinstance(check.operand, Symbol):
        held = _holds(check.op, result, cast("Known", check.operand), ranks)
        return YES if held is not check.negated else NO
    other = read(check.operand)
    assert not isinstance(other, Line)  # noqa: S101 - the loader compares like with like
    if isinstance(type, TextType) or _is_text(other):
        return _text_against(result, other, check.negated)
    if isinstance(type, LabelType) and len(type.labels) > MOST_COMPARED:
        refuse(f"{quoted(check.operand.name)} is compared with another of more than {MOST_COMPARED} labels")
    passing = frozenset(
        one
        for one in other.members
        if (ranks is None or one in ranks) and _holds(check.op, result, one, ranks) is not check.negated
    )
    return Two(other.only(passing), other.possible(passing))


def _holds(op: Op, one: Known, other: Known, ranks: dict[Known, int] | None) -> bool:
    if op is Op.IS:
        return one == other
    left, right = (ranks[one], ranks[other]) if ranks is not None else (one, other)
    return {
        Op.AT_LEAST: left >= right,  # type: ignore[operator]
        Op.AT_MOST: left <= right,  # type: ignore[operator]
        Op.ABOVE: left > right,  # type: ignore[operator]
        Op.BELOW: left < right,  # type: ignore[operator]
    }[op]


def _is_text(value: Choice) -> bool:
    return isinstance(value, Listed) and not value.members


def _text_against(result: Known, other: Choice, negated: bool) -> Two:
    """A known text against another one."""
    alone = frozenset({result})
    equal = Two(other.only(alone), other.possible(alone))
    if not negated:
        return equal
    refused = frozenset({NOT_APPLICABLE})
    surely = all_of(opposite(equal.possibly), opposite(other.possible(refused)))
    return Two(surely, all_of(opposite(equal.surely), opposite(other.only(refused))))


def _text_test(checks: tuple[Check, ...], value: Choice, read: Reader, settings: Settings) -> Two:
    if isinstance(value, Listed):
        return both(_text_check(check, value, read, settings) for check in checks)
    found = agreed(
        (value.possible(frozenset({result})), member_test(TextType(), checks, result, read, settings))
        for result in sorted(value.could, key=repr)
    )
    refused = frozenset({NOT_APPLICABLE})
    anything = both(
        _applicable(value, check.wanted)
        if isinstance(check, Applicable)
        else Two(FALSE, TRUE)
        if not (isinstance(check, Compare) and isinstance(check.operand, Symbol))
        else Two(FALSE, opposite(cast("Choice", read(check.operand)).only(refused)))
        for check in checks
    )
    return if_(value.anything, anything, found)


def _applicable(value: Choice, wanted: bool) -> Two:
    refused = frozenset({NOT_APPLICABLE})
    found = Two(opposite(value.possible(refused)), opposite(value.only(refused)))
    return found if wanted else ~found


def _text_check(check: Check, value: Listed, read: Reader, settings: Settings) -> Two:
    """A column of text put to one check."""
    if isinstance(check, Applicable):
        return _applicable(value, check.wanted)
    negated = getattr(check, "negated", False)
    if isinstance(check, Compare) and isinstance(check.operand, Symbol):
        other = cast("Choice", read(check.operand))
        found = _texts(value, other)
        refused = frozenset({NOT_APPLICABLE})
        lacking = [(value.possible(refused), NO), (other.possible(refused), NO)]
        applies = [opposite(value.only(refused)), opposite(other.only(refused))]
        return agreed([(all_of(*applies), ~found if negated else found), *lacking])
    if isinstance(check, InList):
        setting = settings.lists[check.symbol.name]
        if setting is None:
            return agreed([(opposite(value.only(frozenset({NOT_APPLICABLE}))), UNKNOWN), (value.refused, NO)])
        wanted = setting
    else:
        wanted = check.labels if isinstance(check, LabelIn) else frozenset({cast("Known", check.operand)})
    texts = [cast("str", one) for one in sorted(wanted, key=repr)]
    inside, unknown = nodes.is_in(value.column, texts), value.anything
    known = all_of(opposite(unknown), opposite(value.refused))
    held = all_of(known, opposite(inside)) if negated else all_of(inside, opposite(value.refused))
    return Two(held, any_of(held, unknown))


def _texts(one: Listed, other: Choice) -> Two:
    """Whether two texts are the same, where both are values."""
    if isinstance(other, Listed) and not other.members:
        alike = all_of(opposite(one.anything), opposite(other.anything), nodes.equal(one.column, other.column))
        return Two(alike, any_of(one.anything, other.anything, alike))
    results = sorted((result for result in other.could if isinstance(result, str)), key=repr)
    pairs = [(other.possible(frozenset({text})), nodes.equal(one.column, literal(text))) for text in results]
    within = any_of(*(all_of(possible, same_) for possible, same_ in pairs))
    alone = any_of(
        *(
            all_of(same_, other.only(frozenset({text, NOT_APPLICABLE})))
            for text, (_, same_) in zip(results, pairs, strict=True)
        )
    )
    return Two(alone, any_of(one.anything, other.anything, within))


def line_test(type: ScalarType, check: Check, value: Line, read: Reader, settings: Settings) -> Two:
    """A number, date or month put to one check."""
    if isinstance(check, Applicable):
        found = Two(opposite(any_of(value.refused, value.gap)), value.value)
        return found if check.wanted else ~found
    if isinstance(check, Compare) and isinstance(check.operand, Symbol):
        other = cast("Line", read(check.operand))
        found = compared(check.op, value, other)
        found = agreed_with_markers(~found if check.negated else found, other)
        return agreed_with_markers(found, value)
    if isinstance(check, Compare):
        operand = check.operand
        constant = settings.words.get(operand.name, operand.value) if isinstance(operand, Term) else operand
        found = compared(check.op, value, exactly(cast("Known", constant)))
    elif isinstance(check, InList) and settings.lists[check.symbol.name] is None:
        found = UNKNOWN
    else:
        listed = check.labels if isinstance(check, LabelIn) else settings.lists[check.symbol.name]
        whole = isinstance(type, NumberType) and type.kind == "integer"
        found = _among(value, cast("frozenset[Known]", listed), whole=whole)
    return agreed_with_markers(~found if check.negated else found, value)


def _among(value: Line, listed: frozenset[Known], *, whole: bool) -> Two:
    """Whether it stands in a list; an interval of whole numbers does where the list has all of them."""
    ends = [end_of(one) for one in sorted(listed, key=_place)]
    if value.single:
        found = any_of(*(same(value.low, end) for end in ends))
        return Two(found, found)
    inside = [all_of(opposite(less(end, value.low)), opposite(less(value.high, end))) for end in ends]
    possibly = any_of(*inside)
    complete = value.known
    if whole:
        number = nodes.tally(inside)
        low, high = _ceiling(value.low), _floor(value.high)
        span = nodes.add(nodes.add(high, nodes.negate(low)), literal(1))
        complete = any_of(complete, nodes.equal(number, span))
    return Two(all_of(possibly, complete), possibly)


def _place(one: Known) -> Any:
    return one.ordinal if isinstance(one, Month) else one


def _floor(end: End) -> Node:
    return end.number if end.of == 1 else floored(end.number, end.of)


def _ceiling(end: End) -> Node:
    return end.number if end.of == 1 else nodes.negate(floored(nodes.negate(end.number), end.of))


def floored(number: Node, by: Node | int) -> Node:
    """A whole number divided and rounded down; engines differ on negative ones, so only others are divided."""
    divisor = literal(by) if isinstance(by, int) else by
    rounded = nodes.add(nodes.add(divisor, nodes.negate(number)), literal(-1))
    below = nodes.negate(nodes.operation("//", rounded, divisor))
    return case([(nodes.compare("<", number, literal(0)), below)], nodes.operation("//", number, divisor))
