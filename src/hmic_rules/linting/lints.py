"""Lints: what is allowed in a rule set and seldom meant."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import cast

from attrs import frozen

from hmic_rules.conditions import (
    All,
    Any,
    Applicable,
    Check,
    Compare,
    Condition,
    CountTest,
    Expression,
    LabelIn,
    Not,
    Op,
    Quantified,
    Query,
    ShareTest,
    Symbol,
    SymbolKind,
    Term,
    Test,
    Truth,
    parts_of,
    query_of,
)
from hmic_rules.errors import Diagnostic, quoted
from hmic_rules.linting.origins import Origins
from hmic_rules.linting.reach import out_of_reach
from hmic_rules.linting.reachability import reachability
from hmic_rules.linting.unread import unread
from hmic_rules.loading.trees import by_place
from hmic_rules.programs import layout_of
from hmic_rules.rules import Calculation, Truthful, ValueRule
from hmic_rules.rulesets import Ruleset
from hmic_rules.structure import conditions_of, conjuncts, structure_of

__all__ = ["lint"]


def lint(ruleset: Ruleset) -> tuple[Diagnostic, ...]:
    """What is odd in a rule set, in the order of the places.

    Codes: ``overlap``, ``shadowed``, ``dead``, ``always``, ``out-of-reach``, ``no-otherwise``, ``vacuous``, ``not-applicable``, ``unread``,
    ``unsettled-parameter``. Nothing is guessed: where more situations would have to be looked at than is sensible, nothing is said.
    """
    bounds = list(out_of_reach(ruleset))
    explained = {place for places, _ in bounds for place in places}
    never = [one for one in reachability(ruleset) if one.code != "dead" or one.place not in explained]
    found = [*never, *(one for _, one in bounds), *_unsettled(ruleset), *unread(ruleset)]
    walk = Walk(ruleset, Origins(ruleset, layout_of(ruleset)[1]))
    for value in ruleset.values.values():
        found += walk.value(value)
    return tuple(sorted(dict.fromkeys(found), key=by_place))


def _unsettled(ruleset: Ruleset) -> Iterator[Diagnostic]:
    for parameter in ruleset.parameters.values():
        without = [name for name, profile in ruleset.profiles.items() if parameter.name not in profile.parameters]
        if not parameter.given and without:
            problem = f"the parameter {quoted(parameter.name)} has no default, and is unknown under {', '.join(map(quoted, without))}"
            yield Diagnostic(
                parameter.span, problem, "set it in each profile, or give it a default", "unsettled-parameter"
            )


@frozen
class Walk:
    """Goes through conditions with what must hold beside each."""

    ruleset: Ruleset
    origins: Origins

    def value(self, value: ValueRule) -> Iterator[Diagnostic]:
        """The lints of one value's conditions, and of the queries in its calculation."""
        stack = self.origins.chains[value.scope]
        for condition in conditions_of(value):
            beside = () if condition is value.applies else conjuncts(value.applies)
            yield from self.condition(condition, stack, beside)
        if isinstance(value.body, Calculation):
            yield from self.calculation(value.body.expression, stack)

    def calculation(self, node: Condition | Expression, stack: tuple[str, ...]) -> Iterator[Diagnostic]:
        """The lints of the queries in a calculation."""
        query = query_of(node)
        if query is not None:
            yield from self.query(query, stack)
        else:
            for part in parts_of(node):
                yield from self.calculation(part, stack)

    def condition(
        self,
        node: Condition,
        stack: tuple[str, ...],
        beside: tuple[Condition, ...],
        guarded: tuple[Symbol, ...] = (),
        *,
        upright: bool = True,
    ) -> Iterator[Diagnostic]:
        """The lints of a condition.

        Args:
            node: the condition.
            stack: the scopes in which it stands.
            beside: what must hold wherever it counts.
            guarded: the names that are applicable wherever it is asked.
            upright: whether it stands under an even number of ``not``.

        """
        if isinstance(node, All | Any):
            parts = conjuncts(node) if isinstance(node, All) else node.parts
            for part in parts:
                others = (
                    tuple(other for other in parts if other is not part) if isinstance(node, All) and upright else ()
                )
                yield from self.condition(part, stack, (*beside, *others), guarded, upright=upright)
        elif isinstance(node, Not):
            if upright:
                yield from self.negated(node, beside, guarded)
            yield from self.condition(node.part, stack, beside, guarded, upright=not upright)
        elif isinstance(node, Quantified | CountTest | ShareTest):
            if upright and isinstance(node, Quantified):
                yield from self.quantified(node, stack, beside)
            yield from self.query(node.query, stack)

    def query(self, query: Query, stack: tuple[str, ...]) -> Iterator[Diagnostic]:
        inner = (*stack, query.collection)
        if query.among is not None:
            yield from self.condition(query.among, inner, ())
        if query.where is not None:
            yield from self.condition(query.where, inner, conjuncts(query.among), query.guarded)

    def quantified(
        self, node: Quantified, stack: tuple[str, ...], beside: tuple[Condition, ...]
    ) -> Iterator[Diagnostic]:
        """``every`` that would hold over nothing, and ``none`` of items that are singled out first."""
        query = node.query
        if node.kind == "some" or (node.kind == "none" and query.among is None):
            return
        least, _ = self.origins.size(query, stack)
        if least or any(map(self.meets(query), self.spelt_out(beside))):
            return
        called = quoted(query.collection)
        if query.among is None and not query.guarded:
            problem = f"`{node.kind}` over {called} holds where there are none"
            help = "declare `size: {at_least: 1}`" if query.collection in self.ruleset.collections else None
        else:
            problem = f"`{node.kind}` over {called} holds where none of them belong"
            help = None
        ask = "ask for one beside it, with `some` over the same items"
        yield Diagnostic(node.span, problem, ask if help is None else f"{help}, or {ask}", "vacuous")

    def spelt_out(self, beside: tuple[Condition, ...]) -> Iterator[Condition]:
        """The conditions, and what those values of the case stand for that must be true."""
        for part in beside:
            yield part
            if isinstance(part, Test) and part.subject.kind is SymbolKind.VALUE:
                value = self.ruleset.values.get(part.subject.name)
                if (
                    value is not None
                    and isinstance(value.body, Truthful)
                    and part.checks == (LabelIn(frozenset({True})),)
                ):
                    yield from self.spelt_out((*conjuncts(value.applies), *conjuncts(value.body.condition)))

    def meets(self, query: Query) -> _Meets:
        return _Meets(query.collection, frozenset(map(structure_of, conjuncts(query.among))))

    def negated(self, node: Not, beside: tuple[Condition, ...], guarded: tuple[Symbol, ...]) -> Iterator[Diagnostic]:
        """``not`` over a name that can be not applicable: it holds where it is."""
        tests = list(_tests(node.part))
        settled = {test.subject for test in tests if any(isinstance(check, Applicable) for check in test.checks)}
        settled |= {part.subject for part in beside if isinstance(part, Test)} | set(guarded)
        for test in tests:
            subject = test.subject
            if subject.may_be_not_applicable and subject not in settled:
                settled.add(subject)
                problem = f"`not` over {quoted(subject.name)} also holds where it is not applicable"
                help = f"write `{subject.name}: {{not: …}}`, or add `{subject.name}: applicable` beside it"
                yield Diagnostic(node.span, problem, help, "not-applicable")


def _tests(node: Condition) -> Iterator[Test]:
    """The tests in a condition, those of items left out, and those under a second ``not``."""
    if isinstance(node, Test):
        yield node
    elif isinstance(node, All | Any):
        for part in node.parts:
            yield from _tests(part)


@frozen
class _Meets:
    """Whether a condition asks for at least one of certain items."""

    collection: str
    among: frozenset[object]

    def __call__(self, node: Condition) -> bool:
        if not isinstance(node, Quantified | CountTest | ShareTest) or node.query.collection != self.collection:
            return False
        query = node.query
        asked = {*map(structure_of, conjuncts(query.among)), *map(structure_of, conjuncts(query.where))}
        if isinstance(node, Quantified):
            return node.kind == "some" and self.among <= asked
        if isinstance(node, CountTest):
            return self.among <= asked and any(map(_positive, node.checks))
        belonging = frozenset(map(structure_of, conjuncts(query.among)))
        return node.if_none is not Truth.YES and self.among <= belonging


def _positive(check: Check) -> bool:
    """Whether the check fails for zero."""
    if isinstance(check, LabelIn):
        return (0 in check.labels) == check.negated
    if not isinstance(check, Compare) or isinstance(check.operand, Symbol):
        return False
    # a count is compared with numbers alone
    number = cast("Fraction", check.operand.value if isinstance(check.operand, Term) else check.operand)
    if check.op is Op.IS:
        return number != 0
    return number > 0 if check.op is Op.AT_LEAST else check.op is Op.ABOVE and number >= 0
