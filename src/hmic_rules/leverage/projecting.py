"""What one framework would come to after any findings were put right, read off its decision diagram instead of grading it again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from attrs import field, frozen

from hmic_rules.diagrams.universes import Universe
from hmic_rules.diagrams.values import Conflict
from hmic_rules.diagrams.variables import Variable
from hmic_rules.diagrams.walks import possible
from hmic_rules.errors import NotAnalysedError
from hmic_rules.leverage.changed import remedy_of
from hmic_rules.leverage.regrading import Regrading
from hmic_rules.outcomes import listed
from hmic_rules.possible import Value, members, union
from hmic_rules.programs import as_read
from hmic_rules.questions.space import Space, space_of
from hmic_rules.remedies import read_fact

__all__ = ["Projection", "projection_of"]

Cells = tuple[int, ...]


@frozen(eq=False)
class Projection:
    """The outcome of a framework as a function of the bearings that were put right.

    Attributes:
        space: the outcome's diagram, exact.
        repaired: the cells that facts are in once their bearing was put right, by the bearing and the level of the fact.

    """

    space: Space
    repaired: Mapping[str, Mapping[int, int]]
    _below: dict[tuple[Variable, frozenset[str]], Cells] = field(factory=dict)
    _results: dict[tuple[Cells, ...], tuple[str, ...] | None] = field(factory=dict)
    _touching: dict[Variable, frozenset[str]] = field(factory=dict)

    def possible(self, short: frozenset[str]) -> tuple[str, ...] | None:
        """What the outcome can be, as it would be written, once these bearings were put right.

        Returns:
            The results, the lowest first; ``None`` where the rules conflict, so that there is no decision.

        """
        space = self.space
        variables = space.variables()
        cells = tuple(self.cells(one, short) for one in variables)
        if cells not in self._results:
            allowed = {one.level: found for one, found in zip(variables, cells, strict=True)}
            found = [one for one in possible(space.store, space.root, allowed) if not isinstance(one, Conflict)]
            self._results[cells] = listed(union(found), space.step) if found else None
        return self._results[cells]

    def cells(self, variable: Variable, short: frozenset[str]) -> Cells:
        """The cells that something the outcome asks can be in."""
        if self.space.lower is None or variable.kind != "value":
            return _cells(variable, self.facts(short))
        if variable not in self._touching:
            lower = self.space.lower
            asked = set(lower.store.support(self.space.below(variable)))
            self._touching[variable] = frozenset(id for id, facts in self.repaired.items() if asked & facts.keys())
        key = variable, short & self._touching[variable]
        if key not in self._below:
            self._below[key] = self.value_cells(variable, key[1])
        return self._below[key]

    def facts(self, short: frozenset[str]) -> dict[int, int]:
        return {level: cell for id in sorted(short) for level, cell in self.repaired.get(id, {}).items()}

    def value_cells(self, variable: Variable, short: frozenset[str]) -> Cells:
        """The cells of a value of a group, from the facts of its rows."""
        lower = cast("Universe", self.space.lower)
        root, facts = self.space.below(variable), self.facts(short)
        allowed = {level: _cells(lower.variables[level], facts) for level in lower.store.support(root)}
        value = self.space.decision.step(variable.name).value
        found: set[Any] = set()
        for result in possible(lower.store, root, allowed):
            found |= members(as_read(cast("Value", result), value)) or frozenset()
        return tuple(place for place, cell in enumerate(variable.cells) if cell in found)


def _cells(variable: Variable, repaired: Mapping[int, int]) -> Cells:
    """The cells of a fact: the one that it was put right to, else the one that it is in, else all."""
    if variable.level in repaired:
        return (repaired[variable.level],)
    return tuple(range(len(variable.cells))) if variable.given is None else (variable.given,)


def projection_of(regrading: Regrading, short: frozenset[str]) -> Projection | None:
    """The outcome of a framework as a function of which of these bearings were put right.

    Returns:
        The function; ``None`` where its diagram would have too many states, or does not tell everything apart.

    Raises:
        ConflictError: the rules conflict on the facts as they were coded.

    """
    inspection = regrading.inspection
    collection = inspection.ruleset.collections[inspection.fills]
    if collection.key != "id":  # the rows could not be told from one another by their bearings
        return None
    try:
        space = space_of(regrading.decision(), inspection.outcome)
    except NotAnalysedError:
        return None
    if not space.exact:
        return None
    facts = space.upper if space.lower is None else space.lower
    becomes = {name: read_fact(text, collection.fields[name]) for name, text in remedy_of(inspection).becomes.items()}
    repaired: dict[str, dict[int, int]] = {}
    for one in facts.order.own:
        if one.kind == "fact" and one.scope == inspection.fills and one.item in short and one.name in becomes:
            if becomes[one.name] not in one.cells:
                return None
            repaired.setdefault(one.item, {})[one.level] = one.cells.index(becomes[one.name])
    return Projection(space, repaired)
