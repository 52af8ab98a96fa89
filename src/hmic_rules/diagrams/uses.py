"""What each fact is compared with: where that is all that rules do with it, a few of its values stand for all of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Final, TypeAlias, cast

from attrs import field, frozen

from hmic_rules.cells import cells_of
from hmic_rules.comparing import Settings
from hmic_rules.conditions import (
    Aggregate,
    Check,
    Compare,
    Condition,
    Elapsed,
    Expression,
    InList,
    LabelIn,
    LongestRun,
    PointsOf,
    Read,
    Symbol,
    SymbolKind,
    Term,
    Test,
    checks_of,
)
from hmic_rules.datatypes import BooleanType, LabelType, NumberType, ScalarType
from hmic_rules.possible import Known, is_known
from hmic_rules.programs import Program
from hmic_rules.rulesets import MonthRange, Ruleset
from hmic_rules.structure import nodes, roots_of

__all__ = ["Uses", "cells_for", "uses_of"]

Place: TypeAlias = tuple[str, str]
MOST_LISTED: Final = 64


@frozen(eq=False)
class Uses:
    """What rules do with names.

    Attributes:
        constants: by scope and name, what the name is compared with.
        computed: the names whose very value counts: it is calculated with, compared with another name, or rows are grouped by it.
        only: the names of which not all values are looked at, and the values that are.

    """

    constants: dict[Place, set[Known]] = field(factory=lambda: defaultdict(set))
    computed: set[Place] = field(factory=set)
    only: dict[Place, tuple[Known, ...]] = field(factory=dict)

    def __or__(self, other: Uses) -> Uses:
        """What either does with each name."""
        found = Uses(computed=self.computed | other.computed)
        for part in (self, other):
            for place, constants in part.constants.items():
                found.constants[place] |= constants
        return found


def uses_of(program: Program) -> Uses:
    """What the rules, limits, calculations and claims of a program do with each name, by the settings of the program."""
    uses, ruleset = Uses(), program.ruleset
    settings = program.compiler.settings
    for node in _all_nodes(ruleset):
        if isinstance(node, Read):
            uses.computed.add(_place(node.symbol))
        elif isinstance(node, Aggregate):
            uses.computed.add(_place(node.field))
        elif isinstance(node, LongestRun):
            uses.computed.add(_place(node.along))
        elif isinstance(node, PointsOf) and node.different is not None:
            uses.computed.add(_place(node.different))
        elif isinstance(node, Elapsed):
            uses.computed.update(_place(end) for end in (node.start, node.end) if isinstance(end, Symbol))
        subject = node.subject if isinstance(node, Test) else None
        for check in checks_of(node):
            _checked(uses, subject, check, settings)
    for value in ruleset.values.values():
        uses.computed.update(_place(limit.bound) for limit in value.limits if isinstance(limit.bound, Symbol))
    for group in ruleset.groups.values():
        uses.computed.update((group.source, name) for name in group.by)
        for name, keys in group.expected.keys.items() if group.expected is not None else ():
            if isinstance(keys, MonthRange):
                uses.computed.update(_place(end) for end in (keys.start, keys.end) if isinstance(end, Symbol))
                continue
            collection = ruleset.collections[keys]
            for taken in collection.fields:
                if taken != collection.key:
                    _shared(uses, (group.name, taken), (keys, taken))
            assert name in group.by  # noqa: S101 - the loader sees to it
    return uses


def _all_nodes(ruleset: Ruleset) -> Iterator[Condition | Expression]:
    for value in ruleset.values.values():
        for root in roots_of(value):
            yield from nodes(root)
    for claim in ruleset.claims:
        yield from nodes(claim.condition)


def _place(symbol: Symbol) -> Place:
    return symbol.scope, symbol.name


def _shared(uses: Uses, one: Place, other: Place) -> None:
    """A group's row takes a field over from the item that expects it: what is done with one is done with the other."""
    constants = uses.constants[one] | uses.constants[other]
    uses.constants[one], uses.constants[other] = set(constants), set(constants)
    if not uses.computed.isdisjoint((one, other)):
        uses.computed.update((one, other))


def _checked(uses: Uses, subject: Symbol | None, check: Check, settings: Settings) -> None:
    found: set[Known] | None = set()
    if isinstance(check, LabelIn):
        found = set(check.labels)
    elif isinstance(check, InList):
        listed = settings.lists[check.symbol.name]
        found = None if listed is None else set(listed)
    elif isinstance(check, Compare):
        operand = check.operand
        if isinstance(operand, Term):
            found = {settings.words.get(operand.name, operand.value)}
        elif isinstance(operand, Symbol):
            setting = settings.constants.get(operand.name) if operand.kind is SymbolKind.PARAMETER else None
            if setting is not None and is_known(setting):
                found = {cast("Known", setting)}
            else:
                found = None
                uses.computed.add(_place(operand))
        else:
            found = {operand}
    if subject is None:
        return
    if found is None:
        uses.computed.add(_place(subject))
    else:
        uses.constants[_place(subject)] |= found


def cells_for(uses: Uses, scope: str, name: str, type: ScalarType) -> tuple[Known, ...] | None:
    """Values that stand for all values of a name, or ``None`` where no few values do."""
    if (scope, name) in uses.only:
        return uses.only[scope, name]
    if isinstance(type, BooleanType | LabelType):
        return cells_of(type, ())
    if (scope, name) not in uses.computed:
        return cells_of(type, uses.constants.get((scope, name), ()))
    if isinstance(type, NumberType) and type.kind == "integer" and type.low is not None and type.high is not None:
        low, high = int(type.low), int(type.high)
        return tuple(range(low, high + 1)) if high - low < MOST_LISTED else None
    return None
