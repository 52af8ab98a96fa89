"""A case with only those facts that show what it shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from hmic_rules.testing.leaves import Facts, Path, without

__all__ = ["reduced"]

MOST_PASSES: Final = 6


def reduced(facts: Facts, shows: Callable[[dict[str, Any]], bool], *, rows: bool = True) -> dict[str, Any]:
    """The case without each fact, row and collection that can be left out while it still shows the same.

    What is left out is unknown, so that what remains is enough: the case shows it whatever the rest turns out to be.

    Args:
        facts: a case that shows something.
        shows: whether a case still does; a case that is refused does not.
        rows: whether rows of a list may go too; the paths of those after them are then others.

    """
    found = dict(facts)
    for _ in range(MOST_PASSES):
        before = found
        for path in [*_paths(found, (), rows=rows)]:  # inner facts after what holds them, the last row first
            try:
                fewer = without(found, path)
            except (KeyError, IndexError):  # it went with what held it
                continue
            if shows(fewer):
                found = fewer
        if found == before:
            break
    return found


def _paths(held: Any, path: Path, *, rows: bool) -> Iterator[Path]:
    if isinstance(held, Mapping):
        for name, inner in held.items():
            yield (*path, name)
            yield from _paths(inner, (*path, name), rows=rows)
    elif isinstance(held, list):
        for place in reversed(range(len(held))):
            if rows:
                yield (*path, place)
            yield from _paths(held[place], (*path, place), rows=rows)
