"""Conditions that surely never hold together, seen from single names: a cheap look before the search for situations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator

from attrs import frozen

from hmic_rules.conditions import All, Condition, Test, Truth
from hmic_rules.linting.situations import Space
from hmic_rules.linting.variables import name_key, refers
from hmic_rules.rulesets import Ruleset

__all__ = ["Demands", "demands_of"]


@frozen
class Demands:
    """What each of several conditions leaves of the names that it cannot do without.

    Attributes:
        left: for each condition, by the key of a name, the cells that are left of it, as the bits of a number.

    """

    left: tuple[dict[Hashable, int], ...]

    def apart(self, one: int, other: int) -> bool:
        """Whether two conditions, by their places, want a name to be what it cannot be at once; false where that is not seen."""
        first, second = self.left[one], self.left[other]
        return any(not cells & second[key] for key, cells in first.items() if key in second)


def demands_of(ruleset: Ruleset, stack: tuple[str, ...], conditions: tuple[Condition, ...]) -> Demands:
    """What conditions demand of single names; all tests of one name are held against the same cells.

    Args:
        ruleset: the rules.
        stack: the scopes in which the conditions stand, from the case down.
        conditions: what is asked.

    """
    asked: dict[Hashable, list[tuple[int, Test]]] = defaultdict(list)
    for place, condition in enumerate(conditions):
        for test in _demanded(condition):
            asked[name_key(test.subject)].append((place, test))
    left: tuple[dict[Hashable, int], ...] = tuple({} for _ in conditions)
    for key, tests in asked.items():
        if len({place for place, _ in tests}) == 1:
            continue
        space = Space(ruleset, stack, tuple(test for _, test in tests), deep=False)
        cells = [0] * len(tests)
        for bit, cell in enumerate(space.by_key[key].cells):
            for number, truth in enumerate(space.truths({key: cell}) or ()):
                cells[number] |= (truth is not Truth.NO) << bit
        for (place, _), found in zip(tests, cells, strict=True):
            left[place][key] = left[place].get(key, found) & found
    return Demands(left)


def _demanded(node: Condition) -> Iterator[Test]:
    if isinstance(node, All):
        for part in node.parts:
            yield from _demanded(part)
    elif isinstance(node, Test) and not any(map(refers, node.checks)):
        yield node
