"""What is asked of a decision, ready to be walked: the diagram of one outcome over the facts, or over what groups of facts come to and then the facts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from attrs import frozen

from hmic_rules.arguments import name_given
from hmic_rules.conditions import CASE
from hmic_rules.datatypes import LabelType, shown
from hmic_rules.decisions import Decision
from hmic_rules.diagrams.building import universe_of
from hmic_rules.diagrams.frontier import closure_of, frontier_of
from hmic_rules.diagrams.nodes import Diagram, Store, TooManyStates
from hmic_rules.diagrams.universes import Universe
from hmic_rules.diagrams.uses import cells_for, uses_of
from hmic_rules.diagrams.values import Conflict
from hmic_rules.diagrams.variables import Variable, called
from hmic_rules.errors import NotAnalysedError, NotFoundError, choices, quoted
from hmic_rules.outcomes import key_of, listed
from hmic_rules.possible import Known, Marker, Value, is_known, members, union
from hmic_rules.programs import Step
from hmic_rules.rereading import program_with
from hmic_rules.rows import KEY
from hmic_rules.rulesets import inputs_on
from hmic_rules.structure import exclusive_values

__all__ = ["Change", "Space", "is_result", "results_shown", "space_of", "wanted_result"]


@frozen
class Change:
    """A fact, a judgement, a setting or a derived value that is something else.

    Attributes:
        kind: ``fact``, ``judgement``, ``setting`` or ``value``.
        name: what it is called in the rule set.
        item: the item that it stands on, ``None`` for the case.
        scope: the collection or group of that item.
        before: what it is, as it would be written; ``None`` where it is not known.
        after: what it would be.

    """

    kind: str
    name: str
    item: str | None
    scope: str
    before: str | None
    after: str

    @property
    def called(self) -> str:
        """The name, with the item that it stands on."""
        return called(self.name, self.item)

    def __str__(self) -> str:
        return f"{self.called}: {self.before or 'not known'} → {self.after}"


@frozen(eq=False)
class Space:
    """The diagram of one outcome of one decision.

    Attributes:
        decision: the decision.
        name: the outcome, or another value.
        item: the item that it stands on, ``None`` for the case.
        upper: the diagram's universe. Where values are taken as given, they are its variables.
        lower: the universe of these values over the facts, ``None`` where none are.
        root: the diagram.

    """

    decision: Decision
    name: str
    item: str | None
    upper: Universe
    lower: Universe | None
    root: Diagram

    @property
    def store(self) -> Store:
        return self.upper.store

    @property
    def step(self) -> Step:
        return self.decision.step(self.name)

    @property
    def exact(self) -> bool:
        """Whether nothing in the diagram stands for more than it tells apart."""
        roots = [] if self.lower is None else list(map(self.below, self.pinned))
        return not self.upper.inexact(self.root) and (self.lower is None or not self.lower.inexact(*roots))

    @property
    def unmoved(self) -> tuple[str, ...]:
        """Known numbers, dates and months that the outcome is calculated from: they are not told apart, so that no change of them is looked for."""
        program = self.decision.program
        ruleset, uses = program.ruleset, uses_of(program)
        needed = closure_of(ruleset, [self.name])
        reads = frozenset[str]().union(*(ruleset.values[one].reads for one in needed))
        stay = {f"{one.source}.{name}" for one in ruleset.groups.values() for name in one.by}
        stay |= {f"{one.name}.{one.key}" for one in ruleset.collections.values()}
        return tuple(
            dict.fromkeys(
                name
                for scope in (CASE, *ruleset.collections)
                for name, one in inputs_on(ruleset, scope).items()
                if f"{scope}.{name}" in reads - stay
                and cells_for(uses, scope, name, one.type) is None
                and self._is_given(scope, name)
            )
        )

    def _is_given(self, scope: str, name: str) -> bool:
        program = self.decision.program
        slot = program.layout.slots[scope][name]
        return any(is_known(frames[-1][slot]) for frames in program.frames(self.decision.case, scope))

    @property
    def pinned(self) -> list[Variable]:
        """The variables that are values taken as given."""
        return [
            self.upper.variables[level]
            for level in self.store.support(self.root)
            if self.upper.variables[level].kind == "value" and self.upper.variables[level].why is None
        ]

    def below(self, variable: Variable) -> Diagram:
        """The diagram, in the lower universe, of a value that is taken as given."""
        assert self.lower is not None  # noqa: S101 - only values of the upper universe are asked for
        return self.lower.diagram(variable.name, variable.item)

    def variables(self) -> list[Variable]:
        """What the outcome can depend on, in order."""
        return [self.upper.variables[level] for level in self.store.support(self.root)]

    def change(self, variable: Variable, cell: int) -> Change:
        """That a variable is in a cell."""
        before = None if variable.given is None else shown(variable.cells[variable.given])
        scope = variable.scope
        return Change(variable.kind, variable.name, variable.item, scope, before, shown(variable.cells[cell]))

    def with_cells(self, chosen: Mapping[Variable, int]) -> Decision:
        """The decision with variables in other cells: facts are replaced, values are taken as given."""
        program = self.decision.program
        facts = {one: cell for one, cell in chosen.items() if one.kind in ("fact", "judgement")}
        case = self.upper.case_with_facts(facts)
        taken = {
            (one.name, key): one.cells[cell]
            for one, cell in chosen.items()
            if one.kind == "value"
            for key in _keys(self.decision, one)
        }
        settings = {one.name: one.cells[cell] for one, cell in chosen.items() if one.kind == "setting"}
        if settings:
            program = program_with(program, settings)
        return Decision(program, case, program.run(case, cast("Any", taken) or None))


def _keys(decision: Decision, variable: Variable) -> list[Value]:
    return [
        frames[-1][KEY]
        for frames in decision.program.frames(decision.case, variable.scope)
        if variable.scope == CASE or key_of(frames) == variable.item
    ]


def space_of(decision: Decision, name: str, item: str | None = None) -> Space:
    """The diagram of an outcome of a decision; made once, and kept with the decision.

    Where the rule set falls in two at values that groups of rows come to, these are its variables, with their own diagrams below.

    Args:
        decision: the decision.
        name: the outcome, or another value.
        item: the item that it stands on, for a value that does not stand on the case.

    Raises:
        NotFoundError: there is no such value, or it does not stand on this item.
        NotAnalysedError: the diagram would have too many states.

    """
    name, item = name_given(name, "name"), None if item is None else name_given(item, "item")
    found = decision.spaces.get((name, item))
    if found is None:
        decision.at(name, item)  # refuses an item that is not there
        try:
            found = _space(decision, name, item, frontier_of(decision.ruleset, name))
        except TooManyStates as many:
            raise NotAnalysedError(f"{quoted(name)} is not analysed: its diagram would have {many}") from None
        decision.spaces[name, item] = found
    return cast("Space", found)


def _space(decision: Decision, name: str, item: str | None, pins: tuple[str, ...]) -> Space:
    ruleset = decision.ruleset
    exclusive = exclusive_values(ruleset)
    below = closure_of(ruleset, pins)
    if pins and any(one in below or closure_of(ruleset, [one]) & {*pins} for one in exclusive):
        return _space(decision, name, item, ())
    upper = universe_of(decision.program, decision.case, pins=pins, wanted=[name, *exclusive])
    lower = universe_of(decision.program, decision.case, wanted=pins) if pins else None
    found = Space(decision, name, item, upper, lower, upper.diagram(name, item))
    return found if lower is None or _apart(found) else _space(decision, name, item, ())


def _apart(space: Space) -> bool:
    """Whether no fact is below two of the values that are taken as given, or below one of them and in the outcome besides."""
    lower = cast("Universe", space.lower)
    seen = {(one.name, one.item, one.scope) for one in space.variables() if one.kind != "value"}
    for variable in space.pinned:
        own = {
            (one.name, one.item, one.scope)
            for one in (lower.variables[level] for level in lower.store.support(space.below(variable)))
        }
        if seen & own:
            return False
        seen |= own
    return True


def results_shown(space: Space, results: list[Any]) -> tuple[str, ...]:
    """Results of diagrams as they would be written, the lowest first; conflicts are none."""
    real = [result for result in results if not isinstance(result, Conflict)]
    return listed(union(real), space.step) if real else ()


def is_result(result: Any, target: Any) -> bool:
    """Whether they are the same result: 1 and true are two."""
    return type(result) is type(target) and bool(result == target)


def wanted_result(decision: Decision, name: str, written: str) -> Known:
    """An outcome as it is written.

    Raises:
        NotFoundError: the value cannot come out so.

    """
    type = decision.step(name).value.type
    for marker in Marker:
        if written == marker.value and not (isinstance(type, LabelType) and written in type.ranks):
            return marker
    found = members(type.whole)
    for one in found or ():
        if shown(one) == written:
            return one
    if found is None:
        raise NotFoundError(f"{quoted(name)} is a number: ask for what reads it")
    order = type.labels if isinstance(type, LabelType) else [shown(one) for one in found]
    raise NotFoundError(f"{quoted(name)} is never {quoted(written)}: {choices(written, order)}")
