"""A fact that turns for the better never moves an outcome the wrong way."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any, Literal, TypeAlias

from attrs import field, frozen

from hmic_rules.datatypes import LabelType, NumberType, ScalarType, shown
from hmic_rules.errors import quoted
from hmic_rules.possible import NOT_APPLICABLE, Marker, Value, is_known
from hmic_rules.programs import Program
from hmic_rules.rules import ValueRule
from hmic_rules.rulesets import Ruleset
from hmic_rules.testing.boundaries import Boundaries
from hmic_rules.testing.deciding import attempt
from hmic_rules.testing.drawn_cases import cases_of
from hmic_rules.testing.leaves import Facts, Leaf, leaves, put
from hmic_rules.testing.promises import Change, Checked, broken
from hmic_rules.testing.reducing import reduced
from hmic_rules.testing.results import results_of
from hmic_rules.testing.searching import smallest

__all__ = ["Held", "NeverTheWrongWay", "held_values"]

Places: TypeAlias = dict[tuple[str, str | None], tuple[Value, Any]]


@frozen(eq=False)
class Held:
    """A value that better facts must not move the wrong way: to its safe side, or down the list of its better labels."""

    value: ValueRule
    by: Literal["safe side", "better"]

    def place(self, result: Any) -> Any:
        """Where a result stands, the higher the better; ``None`` where it has no place."""
        if self.by == "better":
            return self.value.better.index(result) if result in self.value.better else None
        if not is_known(result) or isinstance(result, Marker):
            return None
        rank = self.value.type.ranks[result] if isinstance(self.value.type, LabelType) else result
        return -rank if self.value.safe_side == "highest" else rank


def held_values(ruleset: Ruleset) -> Iterator[Held]:
    """The values that say which way is safe or better, where the facts of the rule set say which way is better too."""
    fields = [*ruleset.inputs.values(), *(one for held in ruleset.collections.values() for one in held.fields.values())]
    if not any(given.better is not None for given in fields):
        return
    for value in ruleset.values.values():
        if value.outcome and value.safe_side is not None and _has_order(value.type):
            yield Held(value, "safe side")
        if value.better:
            yield Held(value, "better")


def _has_order(type: ScalarType) -> bool:
    return isinstance(type, NumberType) or not isinstance(type, LabelType) or type.scale is not None


@frozen
class Turn:
    """A fact of a case that turns for the better, and the value that goes the wrong way by it."""

    facts: Facts
    fact: Change
    outcome: Change


@frozen(eq=False)
class NeverTheWrongWay:
    """A fact that turns for the better never moves one value to its safe side, or down its list of better labels."""

    program: Program = field(repr=False)
    held: Held
    _boundaries: Boundaries = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "_boundaries", Boundaries(self.program))

    @property
    def name(self) -> str:
        value = self.held.value
        if self.held.by == "better":
            return f"{quoted(value.name)} never gets worse when a fact gets better"
        return (
            f"{quoted(value.name)} never {'rises' if value.safe_side == 'highest' else 'falls'} when a fact gets better"
        )

    def check(self, max_examples: int = 100) -> Checked:
        cases = 0
        compared = [0]

        def shows(facts: Facts) -> bool:
            nonlocal cases
            cases += 1
            return next(self.turns(facts, compared), None) is not None

        drawn = smallest(cases_of(self.program, complete=True), shows, max_examples)
        found = None if drawn is None else next(self.turns(drawn, compared), None)
        if found is None:
            return Checked(self.name, cases, compared[0])
        facts = reduced(found.facts, lambda facts: next(self.single(facts, [0]), None) is not None)
        found = next(self.single(facts, [0]), found)
        fact, outcome = found.fact, found.outcome
        problem = (
            f"{outcome.called} goes from {quoted(outcome.before)} to {quoted(outcome.after)} when {fact.called} "
            f"turns from {quoted(shown(fact.before))} to {quoted(shown(fact.after))}, which is better"
        )
        raise broken(self.program, self.name, problem, facts, fact=fact, outcome=outcome)

    def turns(self, facts: Facts, compared: list[int]) -> Iterator[Turn]:
        """The facts that move the value the wrong way when they turn for the better; it counts what it compares.

        First each fact of the case alone, then on a way on which one after the other turns, all for the better and all for the worse:
        a decision costs much less than another case, and on the way stand cases that are seldom drawn.
        """
        yield from self.single(facts, compared)
        yield from self.way(facts, compared, "better")
        yield from self.way(facts, compared, "worse")

    def single(self, facts: Facts, compared: list[int]) -> Iterator[Turn]:
        before = self.places(facts)
        if not any(place is not None for _, place in before.values()):
            return
        for leaf in leaves(self.program, facts):
            for value in self.beyond(leaf, "better"):
                after = self.places(put(facts, leaf.path, value))
                yield from self.wrong(facts, before, after, Change(leaf.called, leaf.value, value), compared)

    def way(self, facts: Facts, compared: list[int], towards: Literal["better", "worse"]) -> Iterator[Turn]:
        order = list(leaves(self.program, facts))
        random.Random(repr(facts)).shuffle(order)  # noqa: S311 - the same way for the same case
        here, before = facts, self.places(facts)
        for leaf in order:
            for value in self.beyond(leaf, towards)[:1]:
                there = put(here, leaf.path, value)
                after = self.places(there)
                if towards == "better":
                    yield from self.wrong(here, before, after, Change(leaf.called, leaf.value, value), compared)
                else:
                    yield from self.wrong(there, after, before, Change(leaf.called, value, leaf.value), compared)
                here, before = there, after

    def wrong(self, facts: Facts, before: Places, after: Places, fact: Change, compared: list[int]) -> Iterator[Turn]:
        """Where the value goes the wrong way. Only results that are decided are compared, so that a case with unknown facts shows it of every completion."""
        for key, (result, place) in after.items():
            was, stood = before.get(key, (None, None))
            if was is None or stood is None or place is None:
                continue
            compared[0] += 1
            if place < stood:
                item = f" of {quoted(key[1])}" if key[1] is not None else ""
                yield Turn(facts, fact, Change(f"{quoted(key[0])}{item}", shown(was), shown(result)))

    def places(self, facts: Facts) -> Places:
        """The value's results on the case or on each item, and where each stands; none where the case is refused."""
        decision = attempt(self.program, facts)
        found = {} if decision is None else results_of(decision, self.held.value.name)
        return {key: (result, self.held.place(result)) for key, result in found.items()}

    def beyond(self, leaf: Leaf, towards: Literal["better", "worse"]) -> list[Any]:
        """The next better (or worse) value of a fact that is told apart, and the last; none where it is the last, or nothing says which is."""
        given = leaf.given
        if given.better is None or leaf.value == NOT_APPLICABLE.value:
            return []
        cells: tuple[Any, ...] = self._boundaries.cells(leaf.scope, given.name, given.type)
        ranks: Any = given.type.ranks if isinstance(given.type, LabelType) else None
        here = leaf.value if ranks is None else ranks[leaf.value]
        places = [(cell if ranks is None else ranks[cell], cell) for cell in cells]
        if (given.better == "upward") == (towards == "better"):
            found = [cell for place, cell in places if place > here]
        else:
            found = [cell for place, cell in places if place < here][::-1]
        return list(dict.fromkeys((*found[:1], *found[-1:])))
