"""A search for the smallest drawn example that shows something: repeatable, and bounded by a number of examples."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Final, TypeVar

from hypothesis import HealthCheck, Phase, Verbosity, find, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample, Unsatisfiable

__all__ = ["smallest"]

SEED: Final = 2007
Drawn = TypeVar("Drawn")


def smallest(drawn: st.SearchStrategy[Drawn], shows: Callable[[Drawn], bool], max_examples: int) -> Drawn | None:
    """The smallest example that was found of those that show something, or ``None`` where none of them does.

    Args:
        drawn: what the examples are drawn from.
        shows: whether one shows it.
        max_examples: how many are drawn; the search for a smaller one comes on top.

    """
    try:
        return find(
            drawn,
            shows,
            settings=settings(
                max_examples=max_examples,
                database=None,
                deadline=None,
                derandomize=False,
                phases=(Phase.generate, Phase.shrink),
                suppress_health_check=list(HealthCheck),
                verbosity=Verbosity.quiet,
            ),
            random=random.Random(SEED),  # noqa: S311 - so that a second search finds the same
        )
    except (NoSuchExample, Unsatisfiable):  # none shows it, or none could be drawn at all
        return None
