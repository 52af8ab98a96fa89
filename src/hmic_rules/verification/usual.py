"""The facts of a witness: the usual value of each, what it costs to leave it, and the facts of a row as data that anybody can decide again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias, cast

from hmic_rules.cells import cells_of
from hmic_rules.conditions import CASE
from hmic_rules.datatypes import NumberType, TextType, shown
from hmic_rules.diagrams.variables import Variable
from hmic_rules.diagrams.walks import Cost
from hmic_rules.possible import NOT_APPLICABLE, Marker, Value, is_known
from hmic_rules.programs import Program
from hmic_rules.rows import KEY, Row
from hmic_rules.rulesets import collections_on, inputs_on
from hmic_rules.shapes import shape_of

__all__ = ["Filling", "case_facts", "cost_of", "facts_of", "filled", "leaving", "plain", "upward", "usual_cell"]


Filling: TypeAlias = tuple[int, bool]


def usual_cell(program: Program, variable: Variable) -> int:
    """The cell that a witness leaves a variable in where it can: what is taken if nothing is said, what is best, or the first."""
    ruleset, cells = program.ruleset, variable.cells
    if variable.kind == "value":
        better = ruleset.values[variable.name].better
        return cells.index(better[-1]) if better else 0
    input = inputs_on(ruleset, variable.scope).get(variable.name) if variable.kind == "fact" else None
    if input is not None and input.closed and input.means in cells:
        return cells.index(input.means)
    if variable.better is not None:
        return upward(program, variable)[-1]
    if input is not None and isinstance(input.type, TextType):
        return len(cells) - 1 - (cells[-1] is NOT_APPLICABLE)  # a text that no rule names
    return cells.index(False) if isinstance(cells[0], bool) else 0


def upward(program: Program, variable: Variable) -> list[int]:
    """The cells of a variable that has a better end, from the worst to the best; those that have no place on that line are left out."""
    cells = variable.cells
    if variable.kind == "value":
        better = program.ruleset.values[variable.name].better
        return [cells.index(label) for label in better if label in cells]
    if variable.better is None:
        return []
    places = [place for place, cell in enumerate(cells) if not isinstance(cell, Marker)]
    if cells and isinstance(cells[places[0]], bool):
        places.sort(key=lambda place: bool(cells[place]))
    return places if variable.better == "upward" else places[::-1]


def cost_of(program: Program, variables: list[Variable]) -> Callable[[int, int], Cost]:
    """What it costs a witness that a variable is in a cell; see :func:`leaving`."""
    return leaving({one.level: usual_cell(program, one) for one in variables})


def leaving(usual: Mapping[int, int]) -> Callable[[int, int], Cost]:
    """What it costs to leave these cells, by variable: nothing for the usual one, else one, and less for a nearer cell."""

    def cost(level: int, cell: int) -> Cost:
        distance = abs(cell - usual[level])
        return (1, distance) if distance else (0, 0)

    return cost


def plain(value: Value) -> Any:
    """A known value as it is written in a case."""
    return value if isinstance(value, bool | int | str) else shown(value)


def case_facts(program: Program, case: Row) -> dict[str, Any]:
    """The facts of a case, from which the same case is read again."""
    return facts_of(program, CASE, case)


def filled(program: Program, scope: str, row: Row, filling: Filling) -> None:
    """Give every fact of a row, and of the rows inside it, that is still unknown a value of its type."""
    inputs, slots = inputs_on(program.ruleset, scope), program.layout.slots[scope]
    number, best = filling
    for one in shape_of(program, scope).slots:
        if row[one.slot] is not None and not is_known(row[one.slot]):
            cells = cells_of(one.type, [number] if isinstance(one.type, NumberType) else ())
            usual = number if isinstance(one.type, NumberType) and number in cells else cells[0]
            row[one.slot] = cells[0] if best and inputs[one.name].better == "downward" else usual
    for name in collections_on(program.ruleset, scope):
        for below in cast("list[Row] | None", row[slots[name]]) or ():
            filled(program, name, below, filling)


def facts_of(program: Program, scope: str, row: Row) -> dict[str, Any]:
    """The known facts of one row and of the rows inside it."""
    slots, fixed = program.layout.slots[scope], program.compiler.fixed
    settled = fixed.fields if fixed is not None and fixed.collection == scope else frozenset[str]()
    shape = shape_of(program, scope)
    found = {
        one.name: plain(row[one.slot])
        for one in (*shape.slots, *shape.judged)
        if one.name not in settled and row[one.slot] is not None and is_known(row[one.slot])
    }
    for name, collection in collections_on(program.ruleset, scope).items():
        rows = cast("list[Row] | None", row[slots[name]])
        if rows is None:
            continue
        listed = [facts_of(program, name, one) for one in rows]
        if collection.items is not None or (fixed is not None and fixed.collection == name):
            keyed = {plain(one[KEY]): facts for one, facts in zip(rows, listed, strict=True) if facts}
            if keyed:
                found[name] = keyed
        else:
            found[name] = listed
    return found
