"""Into how many parts a whole is divided in each column of decimals and shares, so that every number in it is a whole number of parts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import lcm
from typing import Final

from attrs import evolve

from hmic_rules.batch.cells import FINEST, Cell
from hmic_rules.batch.engine import Engine
from hmic_rules.datatypes import NumberType
from hmic_rules.errors import Diagnostic, InputError, quoted

__all__ = ["denominators", "is_divided"]

FINEST_PARTS: Final = 10**FINEST


def is_divided(cell: Cell) -> bool:
    """Whether the numbers of a cell may need parts of a whole."""
    return isinstance(cell.type, NumberType) and cell.type.kind != "integer"


def denominators(
    engine: Engine, cells: Iterable[tuple[tuple[str, str], str, str, Cell]]
) -> Mapping[tuple[str, str], int]:
    """The least number of parts that fits every number, by scope and field.

    Args:
        engine: the database.
        cells: for each column of such numbers its scope and field, the source's label, its relation and its cell.

    Raises:
        InputError: the numbers of a field cannot be brought to parts that 64 bits hold.

    """
    by_relation: dict[str, list[tuple[tuple[str, str], str, Cell]]] = {}
    found: dict[tuple[str, str], int] = {}
    labels: dict[tuple[str, str], str] = {}
    for field, label, relation, cell in cells:
        found.setdefault(field, 1)
        labels[field] = label
        if not cell.is_whole and cell.kind != "nothing":
            by_relation.setdefault(relation, []).append((field, label, cell))
    for relation, listed in by_relation.items():
        asked = []
        for _, _, cell in listed:
            plain = evolve(cell, per=1)
            counted = f"FILTER ({plain.given} AND {plain.is_number} AND {plain.holdable})"
            ratios = f"list(DISTINCT {plain.ratio_of}) {counted}" if cell.kind == "text" else "NULL"
            asked.append(f"max({plain.places}) {counted}, {ratios}")
        (row,) = engine.run(f"SELECT {', '.join(asked)} FROM {relation} AS r", "looking at numbers")
        for place, (field, _, _) in enumerate(listed):
            most, ratios = row[2 * place], row[2 * place + 1]
            found[field] = lcm(found[field], 10 ** (most or 0), *(one for one in ratios or () if one is not None))
    problems = [
        Diagnostic(
            labels[field],
            f"the numbers of {quoted(field[1])} are too unlike to be held exactly side by side in 64 bits",
            "round them, or decide these cases by `decide`",
            "table",
        )
        for field, parts in found.items()
        if parts > FINEST_PARTS
    ]
    if problems:
        raise InputError(problems)
    return found
