"""The picture of a value's rules: a small decision diagram over what they ask, every box asking one thing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any, Final

from attrs import frozen

from hmic_rules.backends.prose.conditions import condition_said
from hmic_rules.backends.prose.grammar import told, words_of
from hmic_rules.backends.prose.statements import one_line
from hmic_rules.conditions import CASE, CountTest, Quantified, ShareTest, Truth
from hmic_rules.datatypes import BooleanType, DataType, LabelType, shown
from hmic_rules.decisions import decide
from hmic_rules.diagrams.building import universe_of
from hmic_rules.diagrams.nodes import Diagram, TooManyStates
from hmic_rules.diagrams.universes import Universe
from hmic_rules.diagrams.uses import Uses, uses_of
from hmic_rules.diagrams.values import Conflict
from hmic_rules.diagrams.variables import Variable, called
from hmic_rules.documentation.boxes import Answer, Box, to_svg
from hmic_rules.documentation.pages import Block, Paragraph, Picture, line
from hmic_rules.documentation.speaking import Speaker
from hmic_rules.documentation.taking import value_told
from hmic_rules.errors import ConflictError
from hmic_rules.possible import Marker, is_known
from hmic_rules.programs import Program
from hmic_rules.rules import RuleList, Truthful, ValueRule
from hmic_rules.structure import conditions_of, nodes
from hmic_rules.wording import condition_in_words

__all__ = ["MOST_BOXES", "picture_of"]

MOST_BOXES: Final = 20
MOST_LABELS: Final = 3


def picture_of(speaker: Speaker, value: ValueRule) -> Iterator[Block]:
    """The picture of a value of the case that rules or a condition give; where it has too many boxes, that it has."""
    if value.scope != CASE or not isinstance(value.body, RuleList | Truthful) or not value.outcome:
        return
    ruleset = speaker.ruleset
    read = {name.partition(".")[2] for name in value.reads if name.startswith(f"{CASE}.")}
    pins = [name for name in ruleset.values if name in read and ruleset.values[name].scope == CASE]
    try:
        nothing_known = decide(ruleset, {}, engine="reference")
        program = nothing_known.program
        universe = universe_of(program, nothing_known.case, pins=pins, wanted=[value.name])
        root = universe.diagram(value.name)
    except ConflictError:
        text = "No picture of these rules is drawn: some of them contradict each other in every case."
        yield Paragraph(line(text), is_note=True)
        return
    except TooManyStates as many:
        yield Paragraph(
            line(f"No picture of these rules is drawn: their decision diagram would have {many}."), is_note=True
        )
        return
    store = universe.store
    if store.is_leaf(root):
        return
    reached = store.reached(root)
    if len(reached) > MOST_BOXES:
        text = f"Their decision diagram has {len(reached)} boxes, which is too many to draw (at most {MOST_BOXES})."
        yield Paragraph(line(f"No picture of these rules is drawn. {text}"), is_note=True)
        return
    asking = _Asking(speaker, value, universe, program, uses_of(program))
    reading = "" if program.profile is None else f", under the reading {program.profile}"
    title = f"How the rules give {words_of(value.name)}{reading}: read from left to right"
    yield Picture(value.name.replace("_", "-"), title, to_svg([asking.box(one) for one in reversed(reached)], title))


@frozen(eq=False)
class _Asking:
    """Puts the nodes of a diagram into words."""

    speaker: Speaker
    value: ValueRule
    universe: Universe
    program: Program
    uses: Uses

    def box(self, node: Diagram) -> Box:
        store = self.universe.store
        if store.is_leaf(node):
            return Box(str(node), self.result(store.results[node]))
        variable = self.universe.variables[store.levels[node]]
        grouped: dict[Diagram, list[int]] = {}
        for cell, child in enumerate(store.below[node]):
            grouped.setdefault(child, []).append(cell)
        rest = max(grouped.values(), key=len) if len(variable.cells) > MOST_LABELS + 1 else []
        answers = [
            Answer(self.answer(variable, cells, is_rest=cells is rest), str(child)) for child, cells in grouped.items()
        ]
        return Box(str(node), self.asked(variable), tuple(answers))

    def result(self, found: Any) -> str:
        if isinstance(found, Conflict | Marker):
            return str(found.value)
        return f"{words_of(self.value.name)}: {value_told(found, self.value.type) if is_known(found) else shown(found)}"

    def asked(self, variable: Variable) -> str:
        if variable.kind == "asked":
            return self.words().get(variable.name, variable.name) + "?"
        return called(words_of(variable.name), variable.item) + "?"

    def words(self) -> Mapping[str, str]:
        """What is asked of items, in the words of the page, by the words of the diagram."""
        voice = self.speaker.at(self.value)
        return {
            condition_in_words(node): one_line(condition_said(node, voice))
            for condition in conditions_of(self.value)
            for node in nodes(condition)
            if isinstance(node, Quantified | CountTest | ShareTest)
        }

    def answer(self, variable: Variable, cells: list[int], *, is_rest: bool) -> str:
        type = self.type_of(variable)
        if variable.kind == "asked":
            return " or ".join("yes" if variable.cells[cell] is Truth.YES else "no" for cell in cells)
        if isinstance(type, BooleanType | LabelType) or type is None:
            if is_rest and len(cells) > MOST_LABELS:
                return "any other"
            return " or ".join(_cell(variable.cells[cell], type) for cell in cells)
        return self.stretches(variable, cells, type)

    def type_of(self, variable: Variable) -> DataType | None:
        ruleset = self.speaker.ruleset
        if variable.name in ruleset.values:
            return ruleset.values[variable.name].type
        if variable.name in ruleset.parameters:
            return ruleset.parameters[variable.name].type
        fields = (
            ruleset.inputs if variable.scope == CASE else getattr(ruleset.collections.get(variable.scope), "fields", {})
        )
        found = fields.get(variable.name)
        return None if found is None else found.type

    def stretches(self, variable: Variable, cells: list[int], type: DataType) -> str:
        """The stretches of a line that cells stand for."""
        constants = self.uses.constants.get((variable.scope, variable.name), set())
        found = []
        for _, run in groupby(enumerate(cells), key=lambda pair: pair[1] - pair[0]):
            own = [cell for _, cell in run]
            plain = [cell for cell in own if not isinstance(variable.cells[cell], Marker)]
            found += [_cell(variable.cells[cell], type) for cell in own if cell not in plain]
            if plain:
                found.insert(0, _stretch(variable, plain[0], plain[-1], constants, type))
        return " or ".join(found)


def _cell(found: Any, type: DataType | None) -> str:
    if isinstance(found, Marker):
        return found.value
    return told(found) if type is None else value_told(found, type)


def _stretch(variable: Variable, first: int, last: int, constants: set[Any], type: DataType) -> str:
    """From one cell to another, said by the constants that bound them."""
    own = [cell for cell in variable.cells if not isinstance(cell, Marker)]
    low, high = own[first], own[last]
    if first == last and low in constants:
        return value_told(low, type)
    low_said = (
        ""
        if first == 0
        else f"at least {value_told(low, type)}"
        if low in constants
        else f"above {value_told(own[first - 1], type)}"
    )
    top = last == len(own) - 1
    high_said = (
        ""
        if top
        else f"at most {value_told(high, type)}"
        if high in constants
        else f"below {value_told(own[last + 1], type)}"
    )
    return " and ".join(part for part in (low_said, high_said) if part) or "any"
