"""Conditions as truth in two columns."""

from __future__ import annotations

from typing import cast

from attrs import frozen

from hmic_rules.backends.sql import nodes
from hmic_rules.backends.sql.asking import Asked, asked
from hmic_rules.backends.sql.comparing import line_test, put_to
from hmic_rules.backends.sql.lines import End, Line, chosen, end_of
from hmic_rules.backends.sql.nodes import FALSE, NULL, Node, all_of, case, literal, opposite
from hmic_rules.backends.sql.reading import Build, Place
from hmic_rules.backends.sql.truths import UNKNOWN, Two, agreed, both, constant, either, if_
from hmic_rules.conditions import All, Any, Check, Condition, CountTest, Not, Quantified, Query, ShareTest, Test
from hmic_rules.datatypes import INTEGER, SHARE, ScalarType

__all__ = ["Shares", "counted", "shares", "truth"]


def truth(build: Build, node: Condition, place: Place) -> Two:
    """Whether a condition holds in the rows of this place."""
    if isinstance(node, Test):
        type = cast("ScalarType", node.subject.type)
        value = build.read(node.subject, place)
        return put_to(type, node.checks, value, lambda name: build.read(name, place), build.program.compiler.settings)
    if isinstance(node, Not):
        return ~truth(build, node.part, place)
    if isinstance(node, All | Any):
        parts = [truth(build, part, place) for part in node.parts]
        return both(parts) if isinstance(node, All) else either(parts)
    if isinstance(node, Quantified):
        return _quantified(build, node, place)
    if isinstance(node, CountTest):
        return _checked(build, INTEGER, node.checks, counted(asked(build, node.query, place, truth)), place)
    return _share_test(build, node, place)


def _checked(build: Build, type: ScalarType, checks: tuple[Check, ...], value: Line, place: Place) -> Two:
    settings = build.program.compiler.settings
    return both(line_test(type, check, value, lambda name: build.read(name, place), settings) for check in checks)


def _quantified(build: Build, node: Quantified, place: Place) -> Two:
    rows = asked(build, node.query, place, truth)
    if node.kind == "every":
        surely = rows.none(lambda row: all_of(row.belongs.possibly, opposite(row.holds.surely)))
        possibly = rows.none(lambda row: all_of(row.belongs.surely, opposite(row.holds.possibly)))
        return if_(rows.there, Two(surely, possibly), UNKNOWN)
    none = Two(rows.none(lambda row: row.possibly), rows.none(lambda row: row.surely))
    found = if_(rows.there, none, UNKNOWN)
    return found if node.kind == "none" else ~found


def counted(rows: Asked) -> Line:
    """From what surely counts to what possibly does; rows that are not there can be any number."""
    low = End(rows.count(lambda row: row.surely), 1, 0)
    high = End(rows.count(lambda row: row.possibly), 1, 0)
    low = chosen([(rows.there, low)], end_of(0))
    return Line(low, low if low == high else chosen([(rows.there, high)], End(NULL)))


@frozen
class Shares:
    """The share of the rows that belong which are as asked; whether any possibly belongs, and whether possibly none does."""

    share: Line
    maybe_some: Node
    maybe_none: Node
    there: Node


def shares(build: Build, query: Query, place: Place) -> Shares:
    """The share that a query asks for, exact: its ends are ratios of counts."""
    rows = asked(build, query, place, truth)
    members = rows.count(lambda row: row.belongs.surely)
    none = nodes.equal(members, literal(0))
    settled = all(row.belongs.settled for row in rows.rows)
    fewest = most = members
    if not settled:
        open_not = rows.count(lambda row: all_of(_open(row.belongs), opposite(row.holds.surely)))
        open_yes = rows.count(lambda row: all_of(_open(row.belongs), row.holds.possibly))
        fewest, most = nodes.add(members, open_not), nodes.add(members, open_yes)
    low = _ratio(rows.count(lambda row: row.surely), fewest, 1)
    high = _ratio(rows.count(lambda row: row.possibly), most, 0)
    some = opposite(none) if settled else opposite(rows.none(lambda row: row.belongs.possibly))
    return Shares(Line(low, low if low == high else high), some, none, rows.there)


def _open(truth_: Two) -> Node:
    return FALSE if truth_.settled else all_of(truth_.possibly, opposite(truth_.surely))


def _ratio(part: Node, whole: Node, of_nothing: int) -> End:
    nothing = nodes.equal(whole, literal(0))
    return End(case([(nothing, literal(of_nothing))], part), case([(nothing, literal(1))], whole), 0)


def _share_test(build: Build, node: ShareTest, place: Place) -> Two:
    found = shares(build, node.query, place)
    if found.there is FALSE:
        return UNKNOWN
    value = found.share
    if found.maybe_some is opposite(found.maybe_none):
        # who belongs is settled: where nobody does, the ends stand for nothing and are not asked
        tested = _checked(build, SHARE, node.checks, _plain(value), place)
        answer = if_(found.maybe_none, constant(node.if_none), tested)
    else:
        tested = _checked(build, SHARE, node.checks, value, place)
        answer = agreed([(found.maybe_some, tested), (found.maybe_none, constant(node.if_none))])
    return if_(found.there, answer, UNKNOWN)


def _plain(value: Line) -> Line:
    """Counts without the guard against a whole of nothing: products of counts need none."""

    def bare(node: Node | int) -> Node | int:
        return node.args[-1] if isinstance(node, Node) and node.op == "case" else node

    low = End(cast("Node", bare(value.low.number)), bare(value.low.of), 0)
    high = low if value.single else End(cast("Node", bare(value.high.number)), bare(value.high.of), 0)
    return Line(low, high)
