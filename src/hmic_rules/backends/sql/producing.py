"""What the body of a value gives before any limit: rules that are chosen from, points, a condition, a calculation, a judgement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from attrs import frozen

from hmic_rules.backends.sql import nodes
from hmic_rules.backends.sql.calculating import calculate
from hmic_rules.backends.sql.choices import Asked, Masked, bits_of
from hmic_rules.backends.sql.comparing import member_test
from hmic_rules.backends.sql.conditions import truth
from hmic_rules.backends.sql.facts import Readable, judged_of, members_of
from hmic_rules.backends.sql.lines import OPEN, End, Line, chosen, end_of, furthest, less, plus
from hmic_rules.backends.sql.nodes import FALSE, TRUE, Node, all_of, any_of, bits_or, case, literal, opposite
from hmic_rules.backends.sql.reading import Build, Place
from hmic_rules.backends.sql.truths import Two
from hmic_rules.conditions import Symbol, SymbolKind, Test
from hmic_rules.datatypes import DateType, MonthType, NumberType, ScalarType
from hmic_rules.possible import NO_RULE, Known
from hmic_rules.rules import Calculation, PointRule, Points, RuleList, Truthful, ValueRule

__all__ = ["Produced", "produce"]


@frozen
class Produced:
    """What a body gives.

    Attributes:
        result: every result still possible, the gap among them.
        conflict: where there is none, because rules hold together that may not, or a number lies outside its type.
        rules: whether each rule holds.
        mask: of rules that are chosen from, the mask of their results, whatever their type.
        given: of a judged value, whether somebody judged.

    """

    result: Readable
    conflict: Node = FALSE
    rules: tuple[Two, ...] = ()
    mask: Masked | None = None
    given: Node = FALSE


def produce(build: Build, value: ValueRule, place: Place) -> Produced:
    body = value.body
    if isinstance(body, RuleList):
        return _choose(build, value, body, place)
    if isinstance(body, Points):
        rules = tuple(truth(build, rule.when, place) for rule in body.rules)
        line, conflict = _held(cast("NumberType", value.type), _scored(build, body, rules, place))
        return Produced(line, conflict, rules)
    if isinstance(body, Truthful):
        held = truth(build, body.condition, place)
        return Produced(Asked(held), FALSE, (held,))
    if isinstance(body, Calculation):
        line, conflict = _held(cast("NumberType", value.type), calculate(build, body.expression, place))
        return Produced(line, conflict)
    column, per = build.rooms.judgement(value.scope, value.name, place.frames[-1].item)
    judged, given = judged_of(value.type, column, per)
    return Produced(judged, given=given)


def _choose(build: Build, value: ValueRule, body: RuleList, place: Place) -> Produced:
    rules = tuple(truth(build, rule.when, place) for rule in body.rules)
    pairs = list(zip(rules, (rule.then for rule in body.rules), strict=True))
    otherwise: Known = NO_RULE if body.otherwise is None else body.otherwise.then
    members = members_of(value.type) or _results(value.type, body)
    if body.policy in ("highest", "lowest"):
        pairs.sort(key=lambda pair: members.index(pair[1]), reverse=body.policy == "highest")
    conflict: Node = FALSE
    if body.policy == "unique":
        sure = nodes.tally(rule.surely for rule in rules)
        conflict = nodes.compare("<", literal(1), sure)
        mask = _one_or_open(pairs, otherwise, members)
    else:
        mask = _first(pairs, otherwise, members)
    settled = all(rule.settled for rule in rules)
    could = frozenset(then for rule, then in pairs if rule.possibly is not FALSE)
    surely_one = any(rule.surely is TRUE for rule in rules)
    masked = Masked(mask, members, could if surely_one else could | {otherwise}, settled)
    result: Readable = masked
    if isinstance(value.type, NumberType | DateType | MonthType):
        result = _as_line(masked)
    return Produced(result, conflict, rules, masked)


def _results(type: ScalarType, body: RuleList) -> tuple[Known, ...]:
    """The numbers, dates, months or texts that rules give, from the lowest."""
    found = {rule.then for rule in body.rules} | ({body.otherwise.then} if body.otherwise is not None else set())
    return tuple(sorted(found, key=_place))


def _place(result: Known) -> Any:
    return result


def _bit(members: tuple[Known, ...], result: Known) -> Node:
    return literal(bits_of(members, [result]))


Pairs = Sequence[tuple[Two, Known]]


def _first(pairs: Pairs, otherwise: Known, members: tuple[Known, ...]) -> Node:
    """The results of the rules that may hold, up to and including the first that surely does."""
    if all(rule.settled for rule, _ in pairs):
        return case([(rule.surely, _bit(members, then)) for rule, then in pairs], _bit(members, otherwise))
    stop = case(
        [(rule.surely, literal(place)) for place, (rule, _) in enumerate(pairs)], literal(len(pairs))
    )  # the first rule that surely holds; what stands before it is open
    found: list[Node] = []
    for place, (rule, then) in enumerate([*pairs, (Two(TRUE, TRUE), otherwise)]):
        reached = nodes.compare("<=", literal(place), stop)
        found.append(case([(all_of(reached, rule.possibly), _bit(members, then))], literal(0)))
    return bits_or(*found)


def _one_or_open(pairs: Pairs, otherwise: Known, members: tuple[Known, ...]) -> Node:
    """The result of the rule that surely holds; where none does, of all that may, and of none."""
    open_ = [case([(rule.possibly, _bit(members, then))], literal(0)) for rule, then in pairs if not rule.settled]
    left = bits_or(*open_, _bit(members, otherwise)) if open_ else _bit(members, otherwise)
    return case([(rule.surely, _bit(members, then)) for rule, then in pairs], left)


def _as_line(masked: Masked) -> Line:
    """The interval between the results still possible."""
    values = [result for result in masked.members if result in masked.could]
    gap = masked.possible(frozenset({NO_RULE})) if NO_RULE in masked.could else FALSE
    some = opposite(masked.only(frozenset({NO_RULE}))) if NO_RULE in masked.could else TRUE
    if not values:
        return Line(OPEN, OPEN, FALSE, FALSE, TRUE)
    upward = [(masked.possible(frozenset({one})), end_of(one)) for one in values]
    low = chosen(upward[:-1], upward[-1][1])
    downward = upward[::-1]
    high = low if masked.single else chosen(downward[:-1], downward[-1][1])
    return Line(low, high, some, FALSE, gap)


def _scored(build: Build, body: Points, rules: tuple[Two, ...], place: Place) -> Line:
    """The sum of what the rules that hold are worth. Rules that test one and the same name are taken together: it has one value."""
    together: dict[Symbol | int, list[tuple[Two, PointRule]]] = {}
    for number, (rule, given) in enumerate(zip(rules, body.rules, strict=True)):
        node = given.when
        own = isinstance(node, Test) and node.subject.kind is not SymbolKind.PARAMETER
        key: Symbol | int = node.subject if own and isinstance(node, Test) else number
        together.setdefault(key, []).append((rule, given))
    low = high = end_of(0)
    for key, found in together.items():
        least, most = _apart(found) if isinstance(key, int) or len(found) == 1 else _by_value(build, key, found, place)
        low, high = plus(low, least), plus(high, most)
    return Line(low, low if all(rule.settled for rule in rules) else high)


def _apart(rules: Sequence[tuple[Two, PointRule]]) -> tuple[End, End]:
    low = high = end_of(0)
    for rule, given in rules:
        worth, nothing = end_of(given.worth), end_of(0)
        least = chosen([(rule.surely, worth), (rule.possibly, end_of(min(given.worth, 0)))], nothing)
        most = chosen([(rule.surely, worth), (rule.possibly, end_of(max(given.worth, 0)))], nothing)
        if rule.settled:
            least = most = chosen([(rule.surely, worth)], nothing)
        low, high = plus(low, least), plus(high, most)
    return low, high


def _by_value(build: Build, symbol: Symbol, rules: Sequence[tuple[Two, PointRule]], place: Place) -> tuple[End, End]:
    """The least and the greatest sum over the results that the one name can have."""
    value = build.read(symbol, place)
    apart = _apart(rules)
    if isinstance(value, Line) or not value.members or all(rule.settled for rule, _ in rules):
        return apart
    low: list[tuple[Node, End]] = []
    high: list[tuple[Node, End]] = []
    for result in sorted(value.could, key=repr):
        alone = [(_alone(build, symbol, given, result, place), given) for _, given in rules]
        least, most = _apart(alone)
        possible = value.possible(frozenset({result}))
        low.append((possible, least))
        high.append((possible, most))
    found = _furthest_of(low, "least"), _furthest_of(high, "greatest")
    if value.anything is FALSE:
        return found
    return chosen([(value.anything, apart[0])], found[0]), chosen([(value.anything, apart[1])], found[1])


def _alone(build: Build, symbol: Symbol, given: PointRule, result: Known, place: Place) -> Two:
    """Whether a rule that tests one name holds where that has this result."""
    test = cast("Test", given.when)
    settings = build.program.compiler.settings
    return member_test(
        cast("ScalarType", symbol.type), test.checks, result, lambda name: build.read(name, place), settings
    )


def _furthest_of(pairs: list[tuple[Node, End]], pick: str) -> End:
    found, any_yet = end_of(0), FALSE
    for condition, end in pairs:
        better = furthest([found, end], "least" if pick == "least" else "greatest", open_wins=True)
        found = chosen([(condition, chosen([(any_yet, better)], end))], found)
        any_yet = any_of(any_yet, condition)
    return found


def _held(type: NumberType, line: Line) -> tuple[Line, Node]:
    """The computed number, held to its type: a number outside it is none, and an interval is cut at its ends."""
    bottom, top = end_of(type.low), end_of(type.high)
    known = line.known
    outside: list[Node] = []
    floored = line.low.least is not None and type.low is not None and line.low.least >= type.low
    cut = type.low is not None and not (floored and not line.low.number.nullable)
    if cut:
        outside += [less(line.high, bottom)]
    if type.high is not None:
        outside += [less(top, line.low)]
    if type.kind == "integer" and line.low.of != 1:
        of = literal(line.low.of) if isinstance(line.low.of, int) else line.low.of
        whole = nodes.operation("divides", of, line.low.number)
        outside.append(all_of(known, opposite(nodes.total(whole, True))))
    wrong = all_of(line.value, any_of(*outside))
    low, high = line.low, line.high
    if not line.single:
        low = furthest([low, bottom], "greatest", open_wins=False) if cut else low
        high = furthest([high, top], "least", open_wins=False) if type.high is not None else high
    low = _whole(type, low, line.single)
    high = low if line.single else high
    markers = any_of(line.refused, line.gap)
    held = Line(low, high, all_of(line.value, opposite(wrong)), line.refused, line.gap)
    return held, all_of(wrong, opposite(markers))


def _whole(type: NumberType, end: End, single: bool) -> End:
    """A whole number without its denominator."""
    if type.kind != "integer" or not single or end.of == 1:
        return end
    of = literal(end.of) if isinstance(end.of, int) else end.of
    return End(nodes.operation("//", end.number, of), 1, end.least)
