"""The variables of a diagram: facts, settings, judgements and values, each with the few values that stand for all of its values."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

from attrs import field, frozen

from hmic_rules.diagrams.nodes import Store

__all__ = ["Address", "Kind", "Order", "Variable", "called"]

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
