"""Witnesses: smallest concrete cases, as facts that anybody can decide again, and decided again before they are shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, cast

from attrs import field, frozen

from hmic_rules.conditions import CASE
from hmic_rules.datatypes import shown
from hmic_rules.decisions import Decision, decide
from hmic_rules.diagrams.nodes import Diagram
from hmic_rules.diagrams.variables import Variable, called
from hmic_rules.diagrams.walks import Chosen, ways_to
from hmic_rules.outcomes import key_of
from hmic_rules.possible import Value
from hmic_rules.rows import KEY, Row
from hmic_rules.verification.usual import Filling, case_facts, cost_of, filled, plain, usual_cell
from hmic_rules.verification.views import View

__all__ = ["FILLINGS", "Witness", "decided", "smallest", "witness_of"]


FILLINGS: Final[tuple[Filling, ...]] = ((1, True), (1, False), (0, False), (100, False))


@frozen
class Witness:
    """A concrete case.

    Attributes:
        framework: the framework that it is decided under, if any.
        profile: the reading.
        parameters: what is set that the reading leaves open.
        facts: everything that is known, as a case file has it.
        unusual: what is otherwise than in the usual case, where everything stands well: what the case turns on, in words.

    """

    framework: str | None
    profile: str | None
    parameters: Mapping[str, Any]
    facts: Mapping[str, Any]
    unusual: tuple[str, ...] = field(default=())

    def __str__(self) -> str:
        return "; ".join(self.unusual) or "the usual case: everything stands as well as it can"


def smallest(view: View, diagram: Diagram, wanted: Callable[[Any], bool]) -> Chosen | None:
    """The cells of a case that gives a wanted result and is otherwise than usual in as little as possible; ``None`` where there is none."""
    universe = view.universe
    return ways_to(universe.store, diagram, wanted, cost_of(universe.program, universe.variables)).first()


def witness_of(view: View, chosen: Chosen, filling: Filling = (1, True)) -> Witness:
    """The case in which variables are in these cells, and all others in their usual one.

    Args:
        view: the cases.
        chosen: cells of variables.
        filling: what is taken for numbers that rules calculate with, where it is of their type, since no few values stand for all of
            these; and whether those that have a better end stand there instead.

    """
    universe, program = view.universe, view.universe.program
    cells = {one: chosen.get(one.level, usual_cell(program, one)) for one in universe.order.own if one.why is None}
    facts = {one: cell for one, cell in cells.items() if one.kind in ("fact", "judgement")}
    case = universe.case_with_facts(facts)
    filled(program, CASE, case, filling)
    found = case_facts(program, case)
    found.update(_rows(view, {one: one.cells[cell] for one, cell in cells.items() if one.kind == "value"}))
    settings = {one.name: plain(one.cells[cell]) for one, cell in cells.items() if one.kind == "setting"}
    unusual = tuple(
        f"{called(one.name, one.item)}: {shown(one.cells[cell])}"
        for one, cell in cells.items()
        if one.level in chosen and cell != usual_cell(program, one)
    )
    return Witness(program.framework, program.profile, settings, found, unusual)


def _rows(view: View, values: Mapping[Variable, Value]) -> dict[str, list[dict[str, Any]]]:
    """The rows by which the groups come to these values."""
    ruleset, program = view.part.ruleset, view.universe.program
    found: dict[str, list[dict[str, Any]]] = {}
    for scope in dict.fromkeys(scope for scope, _ in view.attained):
        group = ruleset.groups[scope]
        collection = ruleset.collections[group.source]
        for row in cast("list[Row]", view.shape.case[program.layout.slots[CASE][scope]]):
            item = key_of([[], row])
            chosen = {one.name: value for one, value in values.items() if (one.scope, one.item) == (scope, item)}
            parts = row[KEY] if isinstance(row[KEY], tuple) else (row[KEY],)
            keys = dict(zip(group.by, map(plain, cast("tuple[Value, ...]", parts)), strict=True))
            rows = found.setdefault(group.source, [])
            for facts in view.attained[scope, item].rows(chosen):
                key = {} if collection.key is None else {collection.key: f"{group.source} {len(rows) + 1}"}
                rows.append({**facts, **keys, **key})
    return found


def decided(view: View, witness: Witness) -> Decision:
    """The witness decided by the reference, from its facts alone.

    Raises:
        ConflictError: two rules of a ``unique`` list hold together, or a number lies outside its type.

    """
    return decide(
        view.part.ruleset,
        witness.facts,
        framework=witness.framework,
        profile=witness.profile,
        parameters=witness.parameters or None,
        engine="reference",
    )
