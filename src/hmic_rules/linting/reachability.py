"""Rules that never hold or always do, rules that others leave no room, rules that only their order keeps apart, and gaps."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from attrs import frozen

from hmic_rules.conditions import Condition, Expression, Truth, parts_of, query_of
from hmic_rules.datatypes import LabelType
from hmic_rules.errors import Diagnostic, Span, quoted
from hmic_rules.linting.disjoint import Demands, demands_of
from hmic_rules.linting.situations import Exhausted, Situation, Space
from hmic_rules.programs import layout_of
from hmic_rules.rules import Calculation, Points, Rule, RuleList, Truthful, ValueRule
from hmic_rules.rulesets import Ruleset

__all__ = ["Overlap", "gap", "overlaps", "reachability"]

NO, UNKNOWN, YES = Truth.NO, Truth.UNKNOWN, Truth.YES


@frozen(eq=False)
class Overlap:
    """Two rules that hold in one situation."""

    earlier: Rule
    later: Rule
    space: Space
    situation: Situation

    @property
    def words(self) -> str:
        return self.space.words(self.situation)


@frozen(eq=False)
class Asked:
    """A condition of a value, with how to speak of it."""

    condition: Condition
    span: Span
    never: str
    always: str
    help: str


def reachability(ruleset: Ruleset) -> Iterator[Diagnostic]:
    """What is odd about when conditions hold, value by value."""
    for value in ruleset.values.values():
        yield from _of_value(ruleset, value)


def _of_value(ruleset: Ruleset, value: ValueRule) -> Iterator[Diagnostic]:
    _, chains = layout_of(ruleset)
    stack = chains[value.scope]
    called = quoted(value.name)
    if value.applies is not None:
        asked = Asked(
            value.applies,
            value.span,
            f"{called} never applies",
            f"{called} always applies",
            "take `applies` out",
        )
        found = _constant(ruleset, stack, (), asked)
        yield from _in_queries(ruleset, stack, value.applies)
        if found is not None:
            yield found
            if found.code == "dead":
                return
    around = () if value.applies is None else (value.applies,)
    dead: set[str] = set()
    for id, asked in _asked(value):
        found = _constant(ruleset, stack, around, asked)
        yield from _in_queries(ruleset, stack, asked.condition)
        if found is not None:
            yield found
        if found is not None and found.code == "dead":
            dead.add(id)
    if isinstance(value.body, Calculation):
        yield from _in_queries(ruleset, stack, value.body.expression)
    if isinstance(value.body, RuleList):
        yield from _of_list(ruleset, value, value.body, stack, dead)


def _asked(value: ValueRule) -> Iterator[tuple[str, Asked]]:
    called = quoted(value.name)
    if isinstance(value.body, RuleList | Points):
        for rule in value.body.rules:
            what = f"the rule {quoted(rule.id)} of {called}"
            help = (
                "write what it gives as `otherwise`"
                if isinstance(rule, Rule)
                else "add its worth where the sum is read"
            )
            yield rule.id, Asked(rule.when, rule.span, f"{what} can never hold", f"{what} always holds", help)
    if isinstance(value.body, Truthful):
        never, always = f"{called} can never be true", f"{called} is always true"
        yield "", Asked(value.body.condition, value.span, never, always, "take it out where it is read")
    for limit in value.limits:
        if limit.when is not None:
            what = f"the limit {quoted(limit.id)} of {called}"
            never, always = f"{what} can never be in force", f"{what} is always in force"
            yield f"limit {limit.id}", Asked(limit.when, limit.span, never, always, "leave its `when` out")


def _impossible(
    ruleset: Ruleset,
    stack: tuple[str, ...],
    conditions: tuple[Condition, ...],
    judge: Callable[[tuple[Truth, ...]], Truth],
    *,
    doubtful: bool = False,
) -> bool:
    """Whether surely no situation is as asked; false also where there are too many to look at."""
    for deep in (True, False):
        try:
            space = Space(ruleset, stack, conditions, deep=deep)
            return next(space.search(judge, doubtful=doubtful), None) is None
        except Exhausted:
            continue
    return False


def _constant(
    ruleset: Ruleset, stack: tuple[str, ...], around: tuple[Condition, ...], asked: Asked
) -> Diagnostic | None:
    """A condition that never or always holds."""
    conditions = (*around, asked.condition)
    if _impossible(ruleset, stack, conditions, min):
        help = "no case is as it asks: mend what contradicts itself, or take it out"
        return Diagnostic(asked.span, asked.never, help, "dead")

    def fails(truths: tuple[Truth, ...]) -> Truth:
        return min((*truths[:-1], Truth(YES - truths[-1])))

    if _impossible(ruleset, stack, conditions, fails, doubtful=True):
        return Diagnostic(asked.span, asked.always, asked.help, "always")
    return None


def _in_queries(ruleset: Ruleset, stack: tuple[str, ...], node: Condition | Expression) -> Iterator[Diagnostic]:
    """What queries ask of items and never or always holds."""
    query = query_of(node)
    if query is None:
        for child in parts_of(node):
            yield from _in_queries(ruleset, stack, child)
        return
    inner = (*stack, query.collection)
    for word, part in (("among", query.among), ("where", query.where)):
        if part is not None:
            what = f"`{word}` over {quoted(query.collection)}"
            asked = Asked(part, part.span, f"{what} can never hold", f"{what} always holds", f"leave `{word}` out")
            found = _constant(ruleset, inner, (), asked)
            yield from () if found is None else (found,)
            yield from _in_queries(ruleset, inner, part)


def _of_list(
    ruleset: Ruleset, value: ValueRule, body: RuleList, stack: tuple[str, ...], dead: set[str]
) -> Iterator[Diagnostic]:
    called = quoted(value.name)
    demands = demands_of(ruleset, stack, tuple(rule.when for rule in body.rules))
    shadowed = set(_shadowed(ruleset, value, body, demands)) - dead if body.policy == "first" else set()
    for rule in body.rules:
        if rule.id in shadowed:
            problem = (
                f"the rule {quoted(rule.id)} of {called} can never decide: wherever it holds, an earlier rule does"
            )
            yield Diagnostic(rule.span, problem, "move it up, or take it out", "shadowed")
    for overlap in overlaps(ruleset, value, demands):
        one, other = quoted(overlap.earlier.id), quoted(overlap.later.id)
        if overlap.later.id in shadowed:
            continue
        if body.policy == "unique":
            problem = f"the rules {one} and {other} of {called} can hold together, and at most one may: both hold where {overlap.words}"
            help = "make one of them ask that the other does not hold, or choose `first`"
        else:
            problem = (
                f"only the order of the rules {one} and {other} of {called} decides: both hold where {overlap.words}"
            )
            ordered = isinstance(value.type, LabelType) and value.type.scale is not None
            help = "make the later one ask for what sets it apart" + (
                ", or choose by `highest` with limits" if ordered else ""
            )
        yield Diagnostic(overlap.later.span, problem, help, "overlap")
    words = gap(ruleset, value)
    if words is not None:
        problem = f"no rule of {called} covers a case where {words}"
        yield Diagnostic(value.span, problem, "add a rule or `otherwise`, or let the gap stand", "no-otherwise")


def _shadowed(ruleset: Ruleset, value: ValueRule, body: RuleList, demands: Demands) -> Iterator[str]:
    _, chains = layout_of(ruleset)
    stack = chains[value.scope]
    around = () if value.applies is None else (value.applies,)
    for place, rule in enumerate(body.rules):
        # A rule that never holds where this one does keeps nothing from it.
        earlier = tuple(body.rules[before].when for before in range(place) if not demands.apart(before, place))
        if not earlier:
            continue

        def alone(truths: tuple[Truth, ...]) -> Truth:
            before = max(truths[len(around) : -1])
            return min((*truths[: len(around)], Truth(YES - before), truths[-1]))

        if _impossible(ruleset, stack, (*around, *earlier, rule.when), alone, doubtful=True):
            yield rule.id


def overlaps(ruleset: Ruleset, value: ValueRule, demands: Demands) -> Iterator[Overlap]:
    """Each rule of a ``first`` or ``unique`` list that surely can hold together with an earlier one, with the first such one.

    Under ``first`` the two give different results. ``demands`` are those of the rules, in their order.
    """
    body = value.body
    if not isinstance(body, RuleList) or body.policy not in ("first", "unique"):
        return
    _, chains = layout_of(ruleset)
    around = () if value.applies is None else (value.applies,)
    for place, later in enumerate(body.rules):
        for before, earlier in enumerate(body.rules[:place]):
            if demands.apart(before, place) or (body.policy == "first" and earlier.then == later.then):
                continue
            found = _real(ruleset, chains[value.scope], (*around, earlier.when, later.when), min)
            if found is not None:
                yield Overlap(earlier, later, *found)
                break


def _real(
    ruleset: Ruleset,
    stack: tuple[str, ...],
    conditions: tuple[Condition, ...],
    judge: Callable[[tuple[Truth, ...]], Truth],
) -> tuple[Space, Situation] | None:
    """A situation that is as asked and surely possible, if one is found.

    Where what is found hangs together through the facts under derived values, those values are asked instead.
    """
    for deep in (True, False):
        space = Space(ruleset, stack, conditions, deep=deep)
        found = None
        try:
            for found in space.search(judge):
                if space.is_real(found):
                    return space, found
        except Exhausted:
            return None
        if found is None:
            return None
    return None


def gap(ruleset: Ruleset, value: ValueRule) -> str | None:
    """A situation that no rule of an outcome's ``first`` or ``unique`` list covers, in words, if one surely is possible."""
    body = value.body
    if (
        not value.outcome
        or not isinstance(body, RuleList)
        or body.policy not in ("first", "unique")
        or body.otherwise is not None
    ):
        return None
    _, chains = layout_of(ruleset)
    around = () if value.applies is None else (value.applies,)

    def uncovered(truths: tuple[Truth, ...]) -> Truth:
        return min((*truths[: len(around)], Truth(YES - max(truths[len(around) :]))))

    found = _real(ruleset, chains[value.scope], (*around, *(rule.when for rule in body.rules)), uncovered)
    return None if found is None else found[0].words(found[1])
