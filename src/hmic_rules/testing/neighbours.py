"""The cases near a drawn one, a fact at a time towards what is looked for: deciding one costs much less than drawing another."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Final

from attrs import field, frozen

from hmic_rules.possible import Known
from hmic_rules.programs import Program
from hmic_rules.testing.boundaries import Boundaries
from hmic_rules.testing.leaves import Facts, Path, at, leaves, put

__all__ = ["FOUND", "Neighbours"]

FOUND: Final = 1_000_000
STEPS: Final = 24


@frozen(eq=False)
class Neighbours:
    """The neighbours of the cases of one program."""

    program: Program
    _boundaries: Boundaries = field(init=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "_boundaries", Boundaries(self.program))

    def near(self, facts: Facts, score: Callable[[Facts], int | None]) -> Facts | None:
        """The case, or one near it, that is what is looked for; the same for the same case. ``None`` where none of them is.

        Args:
            facts: a case.
            score: how near a case comes to it, :data:`FOUND` where it is it, ``None`` where it is refused. A step that comes no nearer and
                goes no farther is taken too, since most of what is looked for hangs on several facts at once.

        """
        best = score(facts)
        if best is None or best >= FOUND:
            return None if best is None else facts
        chance = random.Random(repr(facts))  # noqa: S311 - the same neighbours for the same case
        places: dict[tuple[str, str], list[Path]] = {}
        cells: dict[tuple[str, str], tuple[Known, ...]] = {}
        for leaf in leaves(self.program, facts):
            name = (leaf.scope, leaf.given.name)
            places.setdefault(name, []).append(leaf.path)
            cells[name] = self._boundaries.cells(*name, leaf.given.type)
        names = [name for name in places if len(cells[name]) > 1]
        for _ in range(STEPS if names else 0):
            name = chance.choice(names)  # and not a fact: of a long list one is as good as another
            path = chance.choice(places[name])
            here = at(facts, path)
            other = put(facts, path, chance.choice([cell for cell in cells[name] if cell != here]))
            found = score(other)
            if found is not None and found >= best:
                facts, best = other, found
            if best >= FOUND:
                return facts
        return None
