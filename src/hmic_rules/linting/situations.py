"""The situations that conditions tell apart, and a bounded search through them.

What conditions ask becomes variables: a name cut into cells, a query into tallies, the order of two names. A derived value is computed by its own rules
from the variables under it. The search sets one variable after the other, by the semantics that decides cases, and leaves a branch as soon as it is settled.

Every case falls into some situation, so what no situation shows never happens. The reverse holds only where the variables of a situation
have nothing in common: see :meth:`Space.is_real`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from itertools import combinations
from typing import Final, TypeAlias, cast

from attrs import evolve, field, frozen

from hmic_rules.cells import Tally
from hmic_rules.comparing import OPPOSITE, Frames, Getter, Settings, value_test
from hmic_rules.conditions import (
    Check,
    Compare,
    Condition,
    CountTest,
    InList,
    Op,
    Quantified,
    ShareTest,
    Symbol,
    SymbolKind,
    Test,
    Truth,
)
from hmic_rules.datatypes import INTEGER, SHARE, ListType
from hmic_rules.errors import ConflictError
from hmic_rules.evaluation import Compiler, shared
from hmic_rules.linting.origins import Origins
from hmic_rules.linting.variables import Cell, Gathering, name_key, query_key, refers, relation_key
from hmic_rules.possible import Value, without_markers
from hmic_rules.programs import Step, as_read, layout_of, step_for
from hmic_rules.rows import FIRST_SLOT, Row
from hmic_rules.rulesets import Ruleset
from hmic_rules.structure import structure_of

__all__ = ["LIMIT", "Abstract", "Exhausted", "Situation", "Space"]

LIMIT: Final = 20_000
NO, UNKNOWN, YES = Truth.NO, Truth.UNKNOWN, Truth.YES
Situation: TypeAlias = dict[Hashable, Cell]
AGREES: Final[Mapping[Op, frozenset[int]]] = {
    Op.AT_LEAST: frozenset({0, 1}),
    Op.AT_MOST: frozenset({-1, 0}),
    Op.ABOVE: frozenset({1}),
    Op.BELOW: frozenset({-1}),
    Op.IS: frozenset({0}),
}


class Exhausted(Exception):  # noqa: N818 - not an error: the search says that it did not come to an end
    """More situations than are looked at."""


@frozen
class Abstract(Compiler):
    """Compiles conditions over a situation: queries, parameters and what compares two names are read from it."""

    situation: Situation = field(factory=dict)

    def getter(self, symbol: Symbol, stack: tuple[str, ...]) -> Getter:
        if symbol.kind is not SymbolKind.PARAMETER:
            return super().getter(symbol, stack)
        key, whole = name_key(symbol), symbol.type.whole
        return lambda frames: cast("Value", self.situation.get(key, whole))

    def _truth(self, node: Condition, stack: tuple[str, ...]) -> Callable[[Frames], Truth]:
        if not isinstance(node, Quantified | CountTest | ShareTest):
            return super()._truth(node, stack)
        opaque, tallied = structure_of(node), query_key(node.query)
        answer = _tally_test(node, self.settings)

        def test(frames: Frames) -> Truth:
            if opaque in self.situation:
                return YES if self.situation[opaque] else NO
            found = self.situation.get(tallied)
            return UNKNOWN if found is None else answer(cast("Tally", found))

        return test

    def _test(self, node: Test, stack: tuple[str, ...]) -> Callable[[Frames], Truth]:
        plain = tuple(check for check in node.checks if not refers(check))
        parts = [super()._test(evolve(node, checks=plain), stack)] if plain else []
        parts += [self._relation(node.subject, check, stack) for check in node.checks if refers(check)]
        return parts[0] if len(parts) == 1 else lambda frames: min(part(frames) for part in parts)

    def _relation(self, symbol: Symbol, check: Check, stack: tuple[str, ...]) -> Callable[[Frames], Truth]:
        key = relation_key(symbol, check)
        names = [symbol]
        if isinstance(check, Compare):
            names.append(cast("Symbol", check.operand))
        readers = [self.getter(one, stack) for one in names if one.may_be_not_applicable]
        right: frozenset[Cell] = frozenset({True}) if isinstance(check, InList) else AGREES[cast("Compare", check).op]
        negated = cast("InList | Compare", check).negated

        def test(frames: Frames) -> Truth:
            found = [read(frames) for read in readers]
            if any(without_markers(value) is None for value in found):
                return NO
            if key not in self.situation or any(without_markers(value) is not value for value in found):
                return UNKNOWN
            truth = YES if self.situation[key] in right else NO
            return OPPOSITE[truth] if negated else truth

        return test


def _tally_test(node: Quantified | CountTest | ShareTest, settings: Settings) -> Callable[[Tally], Truth]:
    if isinstance(node, Quantified):
        if node.kind == "every":
            return lambda tally: NO if tally.no else YES
        right, wrong = (YES, NO) if node.kind == "some" else (NO, YES)
        return lambda tally: right if tally.yes else wrong
    if any(map(refers, node.checks)):
        return lambda tally: UNKNOWN
    test = value_test(INTEGER if isinstance(node, CountTest) else SHARE, node.checks, _nothing, settings)
    if isinstance(node, CountTest):
        return lambda tally: test(tally.yes, [])
    if_none = node.if_none

    def share(tally: Tally) -> Truth:
        found, _ = shared((tally.yes, tally.no, 0, 0, 0, 0))
        return if_none if found is None else test(found, [])

    return share


def _nothing(symbol: Symbol) -> Getter:
    raise AssertionError(symbol)


class Space:
    """The situations that several conditions tell apart.

    Args:
        ruleset: the rules.
        stack: the scopes in which the conditions stand, from the case down.
        conditions: what is asked.
        deep: whether derived values are computed by their rules; otherwise each can be anything of its type.

    """

    def __init__(
        self, ruleset: Ruleset, stack: tuple[str, ...], conditions: tuple[Condition, ...], *, deep: bool
    ) -> None:
        layout, chains = layout_of(ruleset)
        gathering = Gathering(ruleset, stack, deep, Origins(ruleset, chains))
        for condition in conditions:
            gathering.condition(condition)
        self.variables = tuple(gathering.variables())
        self.by_key = {variable.key: variable for variable in self.variables}
        lists = {name: None for name, parameter in ruleset.parameters.items() if isinstance(parameter.type, ListType)}
        compiler = Abstract(layout, Settings({}, lists, {}))
        self._situation = compiler.situation
        self._frames: Frames = [cast("Row", [None] * (FIRST_SLOT + len(layout.slots[scope]))) for scope in stack]
        self._slots = {
            variable.key: (self._frames[layout.depth(symbol.scope, stack)], layout.slots[symbol.scope][symbol.name])
            for variable in self.variables
            if (symbol := variable.symbol) is not None and symbol.kind is not SymbolKind.PARAMETER
        }
        self._steps: list[tuple[Step, Frames]] = []
        for name in ruleset.order:
            if name in gathering.inlined:
                value = gathering.inlined[name]
                frames = [self._frames[layout.depth(scope, stack)] for scope in chains[value.scope]]
                self._steps.append((step_for(compiler, layout, chains, value), frames))
        self._truths = tuple(compiler.truth(condition, stack) for condition in conditions)

    def truths(self, situation: Situation) -> tuple[Truth, ...] | None:
        """Whether each condition holds, with what is not set unknown; ``None`` where rules contradict each other there."""
        self._situation.clear()
        self._situation.update(situation)
        for key, (row, slot) in self._slots.items():
            row[slot] = cast("Value", situation.get(key, self.by_key[key].whole))
        try:
            for step, frames in self._steps:
                frames[-1][step.slot] = as_read(step.result(frames), step.value)
            return tuple(truth(self._frames) for truth in self._truths)
        except ConflictError:
            return None

    def search(self, judge: Callable[[tuple[Truth, ...]], Truth], *, doubtful: bool = False) -> Iterator[Situation]:
        """The situations that are as asked, each as far as it must be set.

        Args:
            judge: whether a situation is as asked, by the truths of the conditions.
            doubtful: whether one counts of which that is unknown although everything is set.

        Raises:
            Exhausted: after :data:`LIMIT` situations.

        """
        budget = LIMIT
        pending: list[tuple[Situation, int]] = [({}, 0)]
        while pending:
            if not budget:
                raise Exhausted
            budget -= 1
            situation, place = pending.pop()
            truths = self.truths(situation)
            found = NO if truths is None else judge(truths)
            if found is YES or (found is UNKNOWN and doubtful and place == len(self.variables)):
                yield self._smallest(situation, judge) if found is YES else situation
            elif found is UNKNOWN and place < len(self.variables):
                variable = self.variables[place]
                pending.extend(({**situation, variable.key: cell}, place + 1) for cell in reversed(variable.cells))

    def _smallest(self, situation: Situation, judge: Callable[[tuple[Truth, ...]], Truth]) -> Situation:
        """The situation without what it can do without."""
        for key in list(situation):
            fewer = {other: cell for other, cell in situation.items() if other != key}
            truths = self.truths(fewer)
            if truths is not None and judge(truths) is YES:
                situation = fewer
        return situation

    def is_real(self, situation: Situation) -> bool:
        """Whether some case surely is like this: each variable can be so, and no two come from the same facts."""
        said = [(self.by_key[key], cell) for key, cell in situation.items()]
        if any(variable.real is not None and cell not in variable.real for variable, cell in said):
            return False
        footprints = [variable.sources for variable, cell in said if not variable.leaves_open(cell)]
        return not any(
            _meet(one, other) for left, right in combinations(footprints, 2) for one in left for other in right
        )

    def words(self, situation: Situation) -> str:
        """The situation as a part of a sentence."""
        return " and ".join(self.by_key[key].words(cell) for key, cell in situation.items()) or "anything is so"


def _meet(one: str, other: str) -> bool:
    """Whether two sources are the same facts, or one holds the other."""
    return one == other or one.startswith(f"{other}.") or other.startswith(f"{one}.")
