"""Where the boxes of a picture in columns stand: few crossings, and everything near what it is joined to.

Sums are exact (``fsum``): ``sum`` adds floats otherwise from Python 3.12 on, and the picture would not be the same on all of them.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Mapping, Sequence
from math import fsum
from typing import Final

from attrs import frozen

__all__ = ["Slot", "least_crossings", "near_neighbours"]

SWEEPS: Final = 12


@frozen
class Slot:
    """A node's place in its column: the room above its box, and the box with the gap below it, in pixels."""

    node: str
    above: float
    height: float


def least_crossings(
    columns: Sequence[Sequence[Sequence[str]]], edges: Sequence[tuple[str, str]]
) -> list[list[list[str]]]:
    """The nodes of each group of each column, in an order with few crossings of edges between neighbouring columns.

    Groups keep their order. The order is found by moving every node to the mean place of its neighbours, over and over;
    the best order seen is kept, and it is the same each time.

    Args:
        columns: the groups of each column, each with its nodes.
        edges: pairs of nodes of different columns.

    """
    neighbours = _neighbours(edges)
    order = [[list(group) for group in groups] for groups in columns]
    best, fewest = order, _crossings(order, edges)
    for sweep in range(SWEEPS):
        order = [[list(group) for group in groups] for groups in order]
        for groups in order if sweep % 2 else reversed(order):
            shares = _shares(order)
            for group in groups:
                group.sort(key=lambda node: _mean([shares[other] for other in neighbours.get(node, ())], shares[node]))
        crossings = _crossings(order, edges)
        if crossings < fewest:
            best, fewest = order, crossings
    return best


def near_neighbours(
    columns: Sequence[Sequence[Slot]], edges: Sequence[tuple[str, str]], anchor: int
) -> dict[str, float]:
    """The top of every box, in pixels from the top of the columns.

    The tallest column sets the height. The anchor's boxes are stacked; then each column, away from the anchor to the
    right and then to the left, puts its boxes as near as their order allows to the mean height of what they are joined to.
    """
    neighbours = _neighbours(edges)
    height = max(fsum(slot.above + slot.height for slot in slots) for slots in columns)
    middles: dict[str, float] = {}
    for place in [anchor, *range(anchor + 1, len(columns)), *range(anchor - 1, -1, -1)]:
        slots = columns[place]
        wished: list[float | None] = []
        offset = 0.0
        for slot in slots:
            known = [middles[other] for other in neighbours.get(slot.node, ()) if other in middles]
            wished.append(_mean(known, 0) - offset - slot.above - slot.height / 2 if known else None)
            offset += slot.above + slot.height
        shifts = _rising(wished)
        offset = 0.0
        for slot, shift in zip(slots, shifts, strict=True):
            start = offset + slot.above + min(max(shift, 0), height - fsum(own.above + own.height for own in slots))
            middles[slot.node] = start + slot.height / 2
            offset += slot.above + slot.height
    sizes = {slot.node: slot.height for slots in columns for slot in slots}
    return {node: middle - sizes[node] / 2 for node, middle in middles.items()}


def _neighbours(edges: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for start, end in edges:
        found.setdefault(start, []).append(end)
        found.setdefault(end, []).append(start)
    return found


def _shares(order: Sequence[Sequence[Sequence[str]]]) -> dict[str, float]:
    """How far down its column each node stands, from 0 to 1."""
    columns = [[node for group in groups for node in group] for groups in order]
    return {node: (place + 0.5) / len(column) for column in columns for place, node in enumerate(column)}


def _crossings(order: Sequence[Sequence[Sequence[str]]], edges: Sequence[tuple[str, str]]) -> int:
    """How many pairs of edges between the same two columns cross."""
    place: Mapping[str, tuple[int, float]] = {
        node: (column, share) for column, groups in enumerate(order) for node, share in _shares([groups]).items()
    }
    between: dict[tuple[int, int], list[tuple[float, float]]] = {}
    for start, end in edges:
        (left, high), (right, low) = place[start], place[end]
        between.setdefault((left, right), []).append((high, low))
    crossings = 0
    for pairs in between.values():
        seen: list[float] = []
        for _, low in sorted(pairs):
            crossings += len(seen) - bisect_right(seen, low)
            insort(seen, low)
    return crossings


def _rising(wished: Sequence[float | None]) -> list[float]:
    """The rising numbers nearest to the wishes, by least squares; one without a wish goes with the one before it."""
    blocks: list[
        tuple[float, int, int]
    ] = []  # the sum of the wishes, how many they are, and how many numbers share them
    for wish in wished:
        block = (0.0, 0, 1) if wish is None else (wish, 1, 1)
        while blocks and (not block[1] or not blocks[-1][1] or blocks[-1][0] / blocks[-1][1] >= block[0] / block[1]):
            last = blocks.pop()
            block = (last[0] + block[0], last[1] + block[1], last[2] + block[2])
        blocks.append(block)
    return [total / max(count, 1) for total, count, members in blocks for _ in range(members)]


def _mean(values: Sequence[float], otherwise: float) -> float:
    return fsum(values) / len(values) if values else otherwise
