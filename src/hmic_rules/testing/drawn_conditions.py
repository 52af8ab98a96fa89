"""Strategies for conditions and calculations over the names that a generated rule set has."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from attrs import field, frozen
from hypothesis import strategies as st

__all__ = ["SCALES", "Draw", "Name", "Place", "calculation", "condition", "one_of", "sometimes"]

Draw = Callable[[st.SearchStrategy[Any]], Any]
SCALES = {"risk": ["low", "medium", "high"], "level": ["1", "2", "3"]}
SHARES = ["0", "1/3", "1/2", "2/3", "1"]
ORDER = ["at_least", "at_most", "above", "below"]


@frozen
class Name:
    """A name that conditions can test. ``kind`` is boolean, choice, number or the name of a scale."""

    name: str
    kind: str
    domain: tuple[Any, ...] = ()
    may_be_not_applicable: bool = False
    gap: bool = False
    whole: bool = True

    @property
    def type(self) -> dict[str, Any]:
        if self.kind == "boolean":
            return {"type": "boolean"}
        if self.kind == "choice":
            return {"choice": list(self.domain)}
        if self.kind in SCALES:
            return {"scale": self.kind}
        return {"type": "integer", "min": 0, "max": max(self.domain)}


@frozen
class Place:
    """Where a condition stands: the names that it sees, and for each collection that it can ask the names of its items.

    With ``closed``, nothing is written that stays open when every fact is known: a share or a greatest of nothing, a gap that is read or limited.
    """

    names: tuple[Name, ...]
    collections: dict[str, tuple[Name, ...]] = field(factory=dict)
    closed: bool = False

    @property
    def readable(self) -> tuple[Name, ...]:
        return tuple(name for name in self.names if not (self.closed and name.gap))

    def inside(self, collection: str) -> Place:
        """The place of an item that a query meets."""
        return Place((*self.collections[collection], *self.names), {}, self.closed)


def one_of(draw: Draw, options: list[Any] | tuple[Any, ...]) -> Any:
    return draw(st.sampled_from(options))


def some_of(draw: Draw, options: list[Any] | tuple[Any, ...]) -> list[Any]:
    found: list[Any] = draw(st.lists(st.sampled_from(options), min_size=1, max_size=2, unique=True))
    return found


def sometimes(draw: Draw, one_in: int = 3) -> bool:
    return bool(draw(st.integers(0, one_in - 1)) == one_in - 1)


def test_of(draw: Draw, place: Place) -> dict[str, Any]:
    """One name put to a check."""
    name = one_of(draw, place.readable)
    if name.may_be_not_applicable and sometimes(draw, 4):
        return {name.name: one_of(draw, ["applicable", "not applicable"])}
    others = [other.name for other in place.readable if other.kind == name.kind and other != name]
    if name.kind == "number":
        return {name.name: number_check(draw, list(name.domain) or [0, 1, 2], others)}
    literals = [True, False] if name.kind == "boolean" else list(name.domain)
    options: list[Any] = [one_of(draw, literals), {"not": one_of(draw, literals)}]
    if name.kind != "boolean":
        options += [some_of(draw, literals), {"in": some_of(draw, literals)}, {"not": some_of(draw, literals)}]
    if others:
        options.append({one_of(draw, ["is", "not"]): {"value": one_of(draw, others)}})
    if name.kind in SCALES:
        options.append({one_of(draw, ORDER): one_of(draw, literals)})
        if others:
            options.append({one_of(draw, ORDER): {"value": one_of(draw, others)}})
    return {name.name: one_of(draw, options)}


def number_check(draw: Draw, literals: list[Any], others: list[str]) -> Any:
    options: list[Any] = [
        one_of(draw, literals),
        {one_of(draw, ORDER): one_of(draw, literals)},
        {"at_least": one_of(draw, literals), "below": one_of(draw, literals)},
        {"not": one_of(draw, literals)},
        {one_of(draw, ["at_least", "above"]): "some number"},
    ]
    if others:
        options.append({one_of(draw, [*ORDER, "is", "not"]): {"value": one_of(draw, others)}})
    return one_of(draw, options)


def query(draw: Draw, place: Place, *, where: bool) -> dict[str, Any]:
    """Which items are asked, and what of them."""
    of = one_of(draw, sorted(place.collections))
    inside = place.inside(of)
    found: dict[str, Any] = {"of": of}
    if sometimes(draw):
        found["among"] = condition(draw, inside, 0)
    if where or sometimes(draw, 2):
        found["where"] = condition(draw, inside, 0)
    return found


def condition(draw: Draw, place: Place, depth: int = 2) -> dict[str, Any]:
    """A condition of one or two entries."""
    found = entry(draw, place, depth)
    if sometimes(draw, 4):
        found = {**entry(draw, place, 0), **found}
    return found


def entry(draw: Draw, place: Place, depth: int) -> dict[str, Any]:
    kinds = ["test", "test"]
    if depth:
        kinds += ["all", "any", "not"]
        if place.collections:
            kinds += ["every", "some", "none", "count", "share", "share"]
    kind = one_of(draw, kinds)
    if kind == "test":
        return test_of(draw, place)
    if kind in ("all", "any"):
        size = draw(st.integers(1, 2))
        return {kind: [condition(draw, place, depth - 1) for _ in range(size)]}
    if kind == "not":
        return {kind: condition(draw, place, depth - 1)}
    asked = query(draw, place, where=kind != "count")
    if kind == "count":
        return {kind: {**asked, one_of(draw, ORDER): draw(st.integers(0, 3))}}
    if kind == "share":
        check = (
            {one_of(draw, ORDER): one_of(draw, SHARES)}
            if sometimes(draw, 2)
            else {"is": one_of(draw, ["most", "nearly all"])}
        )
        asked = {**asked, **check}
        none = one_of(draw, ["holds", "fails"] if place.closed else [None, "unknown", "holds", "fails"])
        return {kind: asked if none is None else {**asked, "if_none": none}}
    return {kind: asked}


def calculation(draw: Draw, place: Place, depth: int = 2) -> Any:
    """A calculation of a number."""
    numbers = [name.name for name in place.readable if name.kind == "number"]
    kinds = ["number", *(["name", "name"] if numbers else [])]
    if depth:
        kinds += ["add", "max", "min", "ratio", "bands"]
        kinds += ["count", "total", "worth"] * bool(place.collections)
        if place.collections and not place.closed:
            kinds += ["share", "extreme", "different", "run"]
    kind = one_of(draw, kinds)
    if kind == "number":
        return one_of(draw, [0, 1, 2, "1/2", -1])
    if kind == "name":
        return one_of(draw, numbers)
    if kind in ("add", "max", "min"):
        return {kind: [calculation(draw, place, depth - 1) for _ in range(draw(st.integers(1, 3)))]}
    if kind == "ratio":
        whole = calculation(draw, place, 0)
        if place.closed:
            whole = one_of(draw, [1, 2, "1/2"])
        return {kind: {"part": calculation(draw, place, depth - 1), "whole": whole}}
    if kind == "bands":
        steps = draw(st.lists(st.integers(0, 4), min_size=1, max_size=2, unique=True))
        results = {step: one_of(draw, [0, 1, 2, 3]) for step in sorted(steps)}
        return {kind: {"of": calculation(draw, place, depth - 1), "below": one_of(draw, [0, 1, -1]), "from": results}}
    return over_items(draw, place, kind)


def over_items(draw: Draw, place: Place, kind: str) -> Any:
    asked = query(draw, place, where=kind == "share")
    own = place.collections[asked["of"]]
    fields = [name.name for name in own if name.kind == "number" and not (place.closed and name.gap)]
    whole = [name.name for name in own if name.kind == "number" and name.whole]
    if kind == "worth":
        return {"points": {**asked, "worth": one_of(draw, [1, 2, "1/2", -1])}}
    if kind == "share":
        return {"share": asked}
    if kind == "total" and fields:
        return {"add": {**asked, "field": one_of(draw, fields)}}
    if kind == "extreme" and fields:
        return {one_of(draw, ["max", "min"]): {**asked, "field": one_of(draw, fields)}}
    if kind == "different":
        return {"points": {**asked, "worth": one_of(draw, [1, 2]), "different": one_of(draw, own).name}}
    if kind == "run" and whole:
        return {"longest_run": {**asked, "along": one_of(draw, whole)}}
    return {"count": asked}
