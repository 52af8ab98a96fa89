"""What a row of each scope takes: its fields, where they go, and what stands there when nothing is given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from attrs import frozen

from hmic_rules.datatypes import LabelType, ScalarType
from hmic_rules.possible import NOT_APPLICABLE, Value, union
from hmic_rules.programs import Program, judgement_of
from hmic_rules.rows import FIRST_SLOT
from hmic_rules.rules import Judged
from hmic_rules.rulesets import Input, collections_on, inputs_on

__all__ = ["Shape", "Slot", "shape_of"]


@frozen(eq=False)
class Slot:
    """One field of a row: where it goes, what it may hold, and what stands there when nothing is given."""

    name: str
    slot: int
    type: ScalarType
    absent: Value
    may_be_not_applicable: bool
    labels: Mapping[str, str] | None


def slot_of(input: Input, slot: int) -> Slot:
    """The field that an input is, at its place in the row."""
    absent = cast("Value", input.means) if input.closed else input.type.whole
    if input.may_be_not_applicable and not input.closed:
        absent = union([absent, NOT_APPLICABLE])
    return Slot(
        input.name,
        slot,
        input.type,
        absent,
        input.may_be_not_applicable,
        input.type.spellings if isinstance(input.type, LabelType) else None,
    )


@frozen(eq=False)
class Shape:
    """What a row of one scope takes."""

    slots: tuple[Slot, ...]
    judged: tuple[Slot, ...]
    size: int
    names: frozenset[str]


def shape_of(program: Program, scope: str) -> Shape:
    """What a row of the scope takes in this program; worked out once."""
    found = program.shapes.get(scope)
    if found is None:
        found = program.shapes[scope] = _shape(program, scope)
    return cast("Shape", found)


def _shape(program: Program, scope: str) -> Shape:
    ruleset, slots = program.ruleset, program.layout.slots[scope]
    inputs = inputs_on(ruleset, scope)
    judged = tuple(
        Slot(value.name, slots[judgement_of(value.name)], value.type, cast("Value", None), False, None)
        for value in ruleset.values.values()
        if value.scope == scope and isinstance(value.body, Judged)
    )
    found = tuple(slot_of(given, slots[name]) for name, given in inputs.items())
    names = frozenset([*inputs, *collections_on(ruleset, scope), *(slot.name for slot in judged)])
    return Shape(found, judged, FIRST_SLOT + len(slots), names)
