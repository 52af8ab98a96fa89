"""A rule set run over rows of diagrams: groups, values in their order, conflicts set apart."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, cast

from attrs import field, frozen

from hmic_rules.cells import cells_of
from hmic_rules.conditions import CASE, Truth
from hmic_rules.datatypes import shown
from hmic_rules.diagrams.conditions import Lifted, LiftedRow
from hmic_rules.diagrams.facts import Facts, with_own
from hmic_rules.diagrams.frontier import closure_of
from hmic_rules.diagrams.nodes import Diagram, Store
from hmic_rules.diagrams.universes import Item, Universe, item_of, lifted_frames
from hmic_rules.diagrams.uses import Uses, uses_of
from hmic_rules.diagrams.values import Conflict, value_of
from hmic_rules.diagrams.variables import Order
from hmic_rules.errors import NotAnalysedError
from hmic_rules.possible import (
    NOT_APPLICABLE,
    AnyText,
    Between,
    Known,
    Value,
    is_known,
    union,
)
from hmic_rules.programs import Program, Step, as_read
from hmic_rules.rows import KEY, Row
from hmic_rules.rulesets import Group

__all__ = ["universe_of"]

YES, NO = Truth.YES, Truth.NO


@frozen(eq=False)
class Run:
    """Runs the rules over the rows of a universe."""

    facts: Facts
    lifted: Lifted
    pins: Mapping[Item, Diagram]
    results: dict[Item, Diagram] = field(factory=dict)
    clashes: list[Diagram] = field(factory=list)

    @property
    def store(self) -> Store:
        return self.lifted.store

    @property
    def program(self) -> Program:
        return self.facts.program

    def group(self, group: Group, case: LiftedRow) -> None:
        """The rows of a group, as they stand in the decided case."""
        slots = self.program.layout.slots
        rows = cast("list[Row] | None", self.facts.case[slots[CASE][group.name]])
        if rows is None:
            return
        lifted_rows: list[LiftedRow] = []
        for row in rows:
            found: LiftedRow = [None] * len(row)
            found[KEY] = row[KEY]
            parts = row[KEY] if isinstance(row[KEY], tuple) else (row[KEY],)
            for name, part in zip(group.by, cast("tuple[Value, ...]", parts), strict=True):
                self.taken(group, name, part, found, case)
            for name, part in zip(group.by, cast("tuple[Value, ...]", parts), strict=True):
                found[slots[group.name][name]] = self.store.leaf(part)
            sorted_here = cast("list[Row] | None", row[slots[group.name][group.source]])
            found[slots[group.name][group.source]] = (
                None if sorted_here is None else [self.facts.lifted[id(one)] for one in sorted_here]
            )
            self.facts.lifted[id(row)] = found
            lifted_rows.append(found)
        case[slots[CASE][group.name]] = lifted_rows

    def taken(self, group: Group, name: str, part: Value, found: LiftedRow, case: LiftedRow) -> None:
        """What a group's row takes over from the item that expects it."""
        keys = None if group.expected is None else group.expected.keys[name]
        if not isinstance(keys, str):
            return
        slots = self.program.layout.slots
        source = next(row for row in case[slots[CASE][keys]] if row[KEY] == part)
        for field_name, slot in slots[keys].items():
            if field_name in slots[group.name] and field_name not in group.by:
                found[slots[group.name][field_name]] = source[slot]

    def value(self, step: Step, frames: Sequence[LiftedRow], item: str | None) -> None:
        name = step.value.name
        pinned = self.pins.get((name, item))
        found = self.without_conflicts(step, value_of(self.lifted, step, frames)) if pinned is None else pinned
        self.results[name, item] = found
        frames[-1][step.slot] = self.store.map(lambda result: as_read(result, step.value), self.cut(step, found, item))

    def without_conflicts(self, step: Step, found: Diagram) -> Diagram:
        """The diagram without its conflicts, which are kept apart: they spoil the whole case."""
        store = self.store
        if not any(isinstance(result, Conflict) for result in store.leaves(found)):
            return found
        self.clashes.append(store.map(lambda result: isinstance(result, Conflict), found))
        whole = step.value.type.whole
        return store.map(lambda result: whole if isinstance(result, Conflict) else result, found)

    def cut(self, step: Step, found: Diagram, item: str | None) -> Diagram:
        """A number that is not known although all facts are: its cells take its place, so that what reads it agrees on it."""
        value, store = step.value, self.store
        loose = [result for result in store.leaves(found) if isinstance(result, Between | AnyText)]
        if not loose or (value.scope, value.name) in self.facts.uses.computed:
            return found
        constants = self.facts.uses.constants.get((value.scope, value.name), ())
        cells = cells_of(value.type, constants)
        if len(cells) < 2:
            return found
        why = f"`{value.name}` is computed from more than is told apart, and its own values stand for it"
        level = self.facts.order.add("value", value.name, value.scope, item, cells, why=why).level
        graft: dict[Diagram, Diagram] = {}
        for leaf in store.ends(found):
            result = store.results[leaf]
            if not isinstance(result, Between | AnyText):
                graft[leaf] = leaf
                continue
            fitting = [cell for cell in cells if _fits(cell, result, constants)]
            graft[leaf] = store.choice(
                level,
                [_marked(cell if cell in fitting else fitting[0], result) for cell in cells],
            )
        return store.grafted(found, graft)


def _fits(cell: Known, result: Between | AnyText, constants: Iterable[Known]) -> bool:
    """Whether a result can be one of the values that a cell stands for: all those between the same two constants."""
    if isinstance(result, AnyText):
        return True
    line: list[Any] = sorted(constants)

    def place(value: Any) -> tuple[int, int]:
        return bisect_left(line, value), bisect_right(line, value)

    return (result.low is None or place(cell) >= place(result.low)) and (
        result.high is None or place(cell) <= place(result.high)
    )


def _marked(cell: Known, result: Between | AnyText) -> Value:
    return union([cell, *result.markers]) if result.markers else cell


def _alike(program: Program, step: Step, rows: list[Row]) -> tuple[str, ...]:
    """The same for items of which a framework, or the rules' groups, say the same: asked together they need fewer states."""
    fixed, slots = program.compiler.fixed, program.layout.slots[step.value.scope]
    if fixed is None:
        return ()
    return tuple(
        shown(rows[-1][slots[name]]) for name in sorted(fixed.fields) if name in slots and name != _key(program)
    )


def _key(program: Program) -> str | None:
    fills = program.ruleset.fills
    return None if fills is None else program.ruleset.collections[fills].key


def _pin(facts: Facts, step: Step, frames: list[Row]) -> tuple[Item, Diagram]:
    """A variable for a derived value on one row."""
    value, constants = step.value, facts.uses.constants.get((step.value.scope, step.value.name), ())
    cells: tuple[Known, ...] = cells_of(value.type, constants)
    if value.applies is not None:
        cells = (*cells, NOT_APPLICABLE)
    result, place = frames[-1][step.slot], None
    if is_known(result) and facts.known_fixed:
        return (value.name, item_of(cast("Any", frames))), facts.store.leaf(result)
    if is_known(result):
        cells, place = with_own(cells, cast("Known", result), constants)
    item = item_of(cast("Any", frames))
    variable = facts.order.add("value", value.name, value.scope, item, cells, given=place)
    return (value.name, item), facts.store.choice(variable.level, cells)


def _asking(order: Order) -> Callable[[Sequence[LiftedRow], str, str], Diagram]:
    def ask(frames: Sequence[LiftedRow], words: str, why: str) -> Diagram:
        variable = order.add("asked", words, CASE, item_of(frames), (YES, NO), why=why)
        return order.store.choice(variable.level, variable.cells)

    return ask


def universe_of(
    program: Program,
    case: Row,
    *,
    pins: Collection[str] = (),
    wanted: Iterable[str] | None = None,
    known_fixed: bool = False,
    cap: int | None = None,
    uses: Uses | None = None,
    order: Order | None = None,
    judgements_given: bool = False,
) -> Universe:
    """Every value of a program as a diagram over the facts of a case.

    Args:
        program: the rule set, bound.
        case: the row of a decided case.
        pins: derived values that are taken as given: what they rest on is left out of account, and they are variables themselves.
        wanted: the values to compute, with all that they rest on; every value where it is left out.
        known_fixed: whether what is known stays as it is, so that only what is unknown is a variable.
        cap: the most nodes that are built.
        uses: what facts are compared with; more than the program does itself, where its diagrams are put beside those of another.
        order: the variables and the store to take, where diagrams of several programs are to be compared.
        judgements_given: whether every judgement that is a variable was given: then it stands, within the limits or not.

    Raises:
        TooManyStates: it would take more nodes.
        NotAnalysedError: judgements stand in place of what is computed.

    """
    if program.departures:
        listed = ", ".join(str(one) for one in program.departures)
        raise NotAnalysedError(
            f"judgements stand in this decision ({listed}): ask the one that was computed without them"
        )
    if order is None:
        order = Order(Store() if cap is None else Store(cap))
    facts = Facts(program, case, uses_of(program) if uses is None else uses, order, known_fixed, judgements_given)
    pinned: dict[Item, Diagram] = {}
    for name in pins:
        step = program.steps[name]
        for rows in sorted(program.frames(case, step.value.scope), key=lambda rows: _alike(program, step, rows)):
            item, diagram = _pin(facts, step, rows)
            pinned[item] = diagram
    row = facts.rows()
    lifted = Lifted(program, order.store, facts.settings(), _asking(order), judged=facts.judged)
    run = Run(facts, lifted, pinned)
    needed = None if wanted is None else closure_of(program.ruleset, wanted, pins)
    for name in program.ruleset.order:
        if name in program.ruleset.groups:
            run.group(program.ruleset.groups[name], row)
        elif needed is None or name in needed:
            step = program.steps[name]
            for frames in lifted_frames(program, row, step.value.scope):
                run.value(step, frames, item_of(frames))
    clash = order.store.leaf(value=False)
    for one in run.clashes:
        clash = order.store.apply(lambda left, right: left or right, clash, one)
    return Universe(program, case, order, lifted, row, run.results, clash)
