"""Every small change of a condition or a calculation: one part dropped, turned round, moved or exchanged, and the rest left as it is."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any, TypeAlias

from attrs import evolve, frozen

from hmic_rules.conditions import (
    Aggregate,
    All,
    Applicable,
    Bands,
    Check,
    Combine,
    Compare,
    Condition,
    Count,
    CountTest,
    Elapsed,
    Expression,
    LabelIn,
    Not,
    Number,
    Op,
    PointsOf,
    Quantified,
    Query,
    Ratio,
    ShareTest,
    Symbol,
    Term,
    Test,
    Truth,
)
from hmic_rules.conditions import (
    Any as AnyOf,
)
from hmic_rules.datatypes import INTEGER, NUMBER, SHARE, BooleanType, LabelType, NumberType, shown
from hmic_rules.loading.conditions import _guarded
from hmic_rules.possible import Known, Month
from hmic_rules.wording import calculation_in_words, condition_in_words

__all__ = ["Changed", "changes", "in_words", "neighbours", "shifted", "with_term"]

Node: TypeAlias = Condition | Expression
SMALL = Fraction(1, 10)
OPENED = {
    Op.AT_LEAST: (Op.ABOVE,),
    Op.ABOVE: (Op.AT_LEAST,),
    Op.AT_MOST: (Op.BELOW,),
    Op.BELOW: (Op.AT_MOST,),
    Op.IS: (Op.AT_LEAST, Op.AT_MOST),
}


@frozen
class Changed:
    """A node with one change in it: the kind of change, what was changed in words, and the node as it is now."""

    kind: str
    what: str
    node: Any


def in_words(node: Node) -> str:
    """The node as a quotation."""
    is_condition = isinstance(node, Test | All | AnyOf | Not | Quantified | CountTest | ShareTest)
    return f"‘{condition_in_words(node) if is_condition else calculation_in_words(node)}’"


def neighbours(type: Any, value: Known) -> tuple[Known, ...]:
    """The values next to this one that its type allows: labels by their order, counts by one, shares by a tenth."""
    if isinstance(type, BooleanType):
        return (not value,)
    if isinstance(type, LabelType):
        place = type.ranks[value]
        return tuple(type.labels[next_] for next_ in (place - 1, place + 1) if 0 <= next_ < len(type.labels))
    found = shifted(value, SMALL if isinstance(type, NumberType) and type.kind == "share" else 1)
    return tuple(one for one in found if not isinstance(type, NumberType) or type.within(one))


def shifted(value: Known, step: Fraction | int) -> tuple[Any, ...]:
    """A number, a month or a date a step lower and a step higher; nothing for a text."""
    if isinstance(value, Month):
        return Month(value.ordinal - 1), Month(value.ordinal + 1)
    if isinstance(value, datetime.date):
        return value - datetime.timedelta(1), value + datetime.timedelta(1)
    if isinstance(value, bool) or not isinstance(value, int | Fraction):
        return ()
    found = (Fraction(value) - step, Fraction(value) + step)
    return tuple(int(one) if one.denominator == 1 else one for one in found)


def changes(node: Node) -> Iterator[Changed]:
    """Every change of the node itself, then every change further down."""
    yield from _own(node)
    inner = isinstance(node, AnyOf) or hasattr(node, "query")
    for child, rebuilt in _holes(node):
        context = in_words(child if isinstance(node, AnyOf) else node)
        for change in changes(child):
            what = f"{change.what}, in {context}" if inner and context not in change.what else change.what
            yield Changed(change.kind, what, rebuilt(change.node))


def _own(node: Node) -> Iterator[Changed]:
    if isinstance(node, Test | All | AnyOf | Quantified | CountTest | ShareTest):
        yield Changed("condition negated", f"{in_words(node)} negated", Not(node, node.span))
    if isinstance(node, Test):
        yield from _checks(node, node.checks, node.subject.type)
    elif isinstance(node, Not):
        yield Changed("condition negated", f"{in_words(node)} no longer negated", node.part)
    elif isinstance(node, All | AnyOf):
        yield from _connective(node)
    elif isinstance(node, Quantified):
        other = {"every": "some", "some": "every", "none": "every"}[node.kind]
        what = f"`{node.kind}` became `{other}` in {in_words(node)}"
        yield Changed("every and some exchanged", what, evolve(node, kind=other))
    elif isinstance(node, CountTest):
        yield from _checks(node, node.checks, INTEGER)
    elif isinstance(node, ShareTest):
        yield from _checks(node, node.checks, SHARE)
        for truth in Truth:
            if truth is not node.if_none:
                what = f"{in_words(node)} is {truth} where there is none, and no longer {node.if_none}"
                yield Changed("share of nothing changed", what, evolve(node, if_none=truth))
    else:
        yield from _calculation(node)
    query = getattr(node, "query", None)
    if query is not None:
        yield from _queries(node, query)


def _connective(node: All | AnyOf) -> Iterator[Changed]:
    both = isinstance(node, All)
    if len(node.parts) < 2:
        return
    other = (AnyOf if both else All)(node.parts, node.span)
    what = f"{'`all` became `any`' if both else '`any` became `all`'} in {in_words(node)}"
    yield Changed("all and any exchanged", what, other)
    for place, part in enumerate(node.parts):
        rest = (*node.parts[:place], *node.parts[place + 1 :])
        kind = "conjunct dropped" if both else "alternative dropped"
        yield Changed(kind, f"{in_words(part)} dropped", rest[0] if len(rest) == 1 else evolve(node, parts=rest))


def _checks(node: Any, checks: tuple[Check, ...], type: Any) -> Iterator[Changed]:
    for place, check in enumerate(checks):
        before, after = checks[:place], checks[place + 1 :]

        def put(kind: str, what: str, *new: Check, before: Any = before, after: Any = after) -> Changed:
            return Changed(kind, f"{what} in {in_words(node)}", evolve(node, checks=(*before, *new, *after)))

        if before or after:
            yield put("conjunct dropped", f"test {place + 1} dropped")
            if not isinstance(check, Applicable):
                yield put("condition negated", f"test {place + 1} negated", evolve(check, negated=not check.negated))
        if isinstance(check, LabelIn):
            yield from _labels(put, check, type)
        elif isinstance(check, Compare):
            yield from _bounds(put, check, type)


def _labels(put: Callable[..., Changed], check: LabelIn, type: Any) -> Iterator[Changed]:
    if isinstance(type, BooleanType):
        return
    for label in sorted(check.labels, key=shown) if len(check.labels) > 1 else ():
        yield put("label dropped", f"“{shown(label)}” dropped", evolve(check, labels=check.labels - {label}))
    for label in type.labels if isinstance(type, LabelType) else ():
        if label not in check.labels:
            yield put("label added", f"“{label}” added", evolve(check, labels=check.labels | {label}))


def _bounds(put: Callable[..., Changed], check: Compare, type: Any) -> Iterator[Changed]:
    unordered = isinstance(type, BooleanType) or (isinstance(type, LabelType) and type.scale is None)
    if not unordered and not (check.op is Op.IS and isinstance(check.operand, Symbol)):
        for op in OPENED[check.op]:
            yield put("bound opened or closed", f"{_named(check.op)} became {_named(op)}", evolve(check, op=op))
    if not isinstance(check.operand, Symbol | Term):
        loose = NUMBER if isinstance(type, NumberType) and type.kind != "share" else type
        for bound in neighbours(loose, check.operand):
            what = f"the bound {shown(check.operand)} became {shown(bound)}"
            yield put("bound moved", what, evolve(check, operand=bound))


def _named(op: Op) -> str:
    return op.value.replace("_", " ")


def _queries(node: Any, query: Query) -> Iterator[Changed]:
    if query.among is not None:
        what = f"the membership {in_words(query.among)} dropped from {in_words(node)}"
        yield Changed("conjunct dropped", what, evolve(node, query=evolve(query, among=None)))
    if query.where is not None and isinstance(node, CountTest | Count | Aggregate | PointsOf):
        what = f"what is asked, {in_words(query.where)}, dropped from {in_words(node)}"
        yield Changed("conjunct dropped", what, evolve(node, query=_asking(query, None)))
    strict = isinstance(node, ShareTest) or (isinstance(node, Quantified) and node.kind == "every")
    if strict and query.among is not None and query.where is not None:
        what = f"who belongs, {in_words(query.among)}, asked of everybody in {in_words(node)}"
        both = All((query.among, query.where), query.span)
        yield Changed("membership asked", what, evolve(node, query=evolve(_asking(query, both), among=None)))


def _asking(query: Query, where: Condition | None) -> Query:
    """The query with something else asked, and guarded as it would be if it had been read so."""
    read = () if query.where is None else _guarded(query.where, query.collection)
    kept = [symbol for symbol in query.guarded if symbol not in read]
    found = [] if where is None else _guarded(where, query.collection)
    return evolve(query, where=where, guarded=tuple(dict.fromkeys([*found, *kept])))


def _calculation(node: Expression) -> Iterator[Changed]:
    kind = "calculation changed"
    if isinstance(node, Number):
        for number in shifted(node.value, 1):
            yield Changed(kind, f"{node.value} became {number}", evolve(node, value=number))
    elif isinstance(node, Combine | Aggregate):
        for op in ("add", "max", "min"):
            if op != node.op:
                yield Changed(kind, f"`{node.op}` became `{op}` in {in_words(node)}", evolve(node, op=op))
        for place, part in enumerate(node.parts if isinstance(node, Combine) and len(node.parts) > 1 else ()):
            rest = (*node.parts[:place], *node.parts[place + 1 :])
            yield Changed(kind, f"{in_words(part)} dropped from {in_words(node)}", evolve(node, parts=rest))
    elif isinstance(node, Ratio):
        what = f"part and whole exchanged in {in_words(node)}"
        yield Changed(kind, what, evolve(node, part=node.whole, whole=node.part))
    elif isinstance(node, Bands):
        for place, (bound, result) in enumerate(node.steps):
            for new in [(bound, one) for one in shifted(result, 1)] + [(one, result) for one in shifted(bound, SMALL)]:
                steps = (*node.steps[:place], new, *node.steps[place + 1 :])
                what = f"{result} from {bound} became {new[1]} from {new[0]} in {in_words(node)}"
                yield Changed(kind, what, evolve(node, steps=steps))
    elif isinstance(node, PointsOf):
        for worth in shifted(node.worth, 1):
            yield Changed(kind, f"{node.worth} became {worth} in {in_words(node)}", evolve(node, worth=worth))
    elif isinstance(node, Elapsed):
        yield Changed(kind, f"the ends exchanged in {in_words(node)}", evolve(node, start=node.end, end=node.start))


def _holes(node: Node) -> Iterator[tuple[Node, Callable[[Any], Node]]]:
    """Each node right under this one, and what this one becomes when another stands there."""
    if isinstance(node, All | AnyOf | Combine):
        for place, part in enumerate(node.parts):
            yield (
                part,
                lambda new, place=place: evolve(node, parts=(*node.parts[:place], new, *node.parts[place + 1 :])),
            )
    elif isinstance(node, Not):
        yield node.part, lambda new: evolve(node, part=new)
    elif isinstance(node, Ratio):
        yield node.part, lambda new: evolve(node, part=new)
        yield node.whole, lambda new: evolve(node, whole=new)
    elif isinstance(node, Bands):
        yield node.of, lambda new: evolve(node, of=new)
    query: Query | None = getattr(node, "query", None)
    if query is not None and query.among is not None:
        yield query.among, lambda new: evolve(node, query=evolve(query, among=new))
    if query is not None and query.where is not None:
        yield query.where, lambda new: evolve(node, query=_asking(query, new))


def with_term(node: Node, term: Term) -> Node:
    """The node with a term put in the place of the one of its name."""

    def put(check: Check) -> Check:
        old = check.operand if isinstance(check, Compare) else None
        if not isinstance(old, Term) or old.name != term.name:
            return check
        return evolve(check, operand=term, op=term.op if check.op is old.op else check.op)

    checks = getattr(node, "checks", None)
    if checks is not None and any(put(check) != check for check in checks):
        node = evolve(node, checks=tuple(map(put, checks)))
    for place in range(len(list(_holes(node)))):
        child, rebuilt = list(_holes(node))[place]
        changed = with_term(child, term)
        node = rebuilt(changed) if changed is not child else node
    return node
