"""The variables of a diagram: facts, settings, judgements and values, each with the few values that stand for all of its values."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, Literal, TypeAlias

from attrs import field, frozen

from hmic_rules.diagrams.nodes import Store

__all__ = ["Address", "Kind", "Order", "SharedOrder", "Variable", "called"]

Kind: TypeAlias = Literal["fact", "setting", "judgement", "value", "group", "asked"]
Address: TypeAlias = tuple[tuple[str, int], ...]


@frozen(eq=False)
class Variable:
    """One thing that a diagram asks.

    Attributes:
        level: its place in the order.
        kind: a ``fact`` of the case or of an item, a ``setting`` of the rule set that is not set, a ``judgement`` of a person, a derived
            ``value`` that is taken as given, what a ``group`` of rows that are not there comes to, or what is ``asked`` of such rows.
        name: what it is called in the rule set.
        scope: the collection or group on whose items it stands, or the case.
        item: the item, ``None`` for the case.
        cells: values that stand for all of its values; not applicable is one of them where it may be that.
        given: the place among the cells of what is known of it, ``None`` where it is unknown.
        address: the row in the case that holds it: a collection and the row's place in it, from the outermost inward.
        slot: where it stands in that row.
        better: which way it is better, where its input says so.
        why: for what stands in for something that is not told apart: why that is so. A diagram that asks no such variable is exact.

    """

    level: int
    kind: Kind
    name: str
    scope: str
    item: str | None
    cells: tuple[Any, ...]
    given: int | None = None
    address: Address = ()
    slot: int = 0
    better: Literal["upward", "downward"] | None = None
    why: str | None = None

    @property
    def known(self) -> bool:
        """Whether it is known."""
        return self.given is not None


def called(name: str, item: str | None) -> str:
    """A name, with the item that it stands on."""
    return name if item is None else f"{name} of {item}"


@frozen(eq=False)
class Order:
    """The variables of a store, in the order in which they are asked."""

    store: Store
    variables: list[Variable] = field(factory=list)

    def add(self, kind: Kind, name: str, scope: str, item: str | None, cells: tuple[Any, ...], **more: Any) -> Variable:
        """A new variable, asked after all others; ``more`` are the other attributes of :class:`Variable`."""
        found = Variable(self.store.variable(len(cells)), kind, name, scope, item, cells, **more)
        self.variables.append(found)
        return found

    @property
    def own(self) -> list[Variable]:
        """The variables of the universe that has this order: all of them, unless it shares its store."""
        return self.variables


@frozen(eq=False)
class SharedOrder(Order):
    """The variables of one of several universes in one store: what is called alike in two of them, and has the same cells, has one level.

    Attributes:
        known: the level of each variable of any of them, by what it is called and its cells; shared between them.
        everywhere: a variable of any of them for each level; shared between them.
        mine: the levels of this universe's own variables.

    """

    known: dict[Hashable, int] = field(factory=dict)
    everywhere: list[Variable] = field(factory=list)
    mine: set[int] = field(factory=set)

    def add(self, kind: Kind, name: str, scope: str, item: str | None, cells: tuple[Any, ...], **more: Any) -> Variable:
        """A variable at the level that what is called so has in the other universes, or at a new one."""
        key = kind, name, scope, item, tuple((type(cell), cell) for cell in cells)
        if key not in self.known:
            self.known[key] = self.store.variable(len(cells))
            self.everywhere.append(Variable(self.known[key], kind, name, scope, item, cells, **more))
        level = self.known[key]
        found = Variable(level, kind, name, scope, item, cells, **more)
        self.variables.extend(self.everywhere[len(self.variables) :])
        self.variables[level] = found
        self.mine.add(level)
        return found

    @property
    def own(self) -> list[Variable]:
        return [self.variables[level] for level in sorted(self.mine)]

    def another(self) -> SharedOrder:
        """The order of another universe in the same store."""
        return SharedOrder(self.store, [], self.known, self.everywhere)
