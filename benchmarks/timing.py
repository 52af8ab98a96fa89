"""Timing several ways of doing the same thing so that their ratios can be trusted on a busy machine."""

from __future__ import annotations

import gc
import statistics
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any

PORTION = 100


def interleaved(ways: Mapping[str, tuple[Callable[[Any], Any], Sequence[Any]]], rounds: int) -> dict[str, list[float]]:
    """Microseconds of processor time for one case, of every way in every round.

    In a round the ways take turns, a portion of the cases at a time, so that whatever else the machine does meets all of them alike.

    Args:
        ways: for each name, the function and the cases to call it with, as many for each. No result is kept.
        rounds: how often.

    """
    found: dict[str, list[float]] = {name: [] for name in ways}
    number = len(next(iter(ways.values()))[1])
    for _ in range(rounds):
        spent = dict.fromkeys(ways, 0.0)
        gc.collect()
        gc.disable()
        turns = deque(ways.items())
        for first in range(0, number, PORTION):
            turns.rotate()  # nobody is always the first to meet cases that no cache holds yet
            for name, (function, cases) in turns:
                portion = cases[first : first + PORTION]
                start = time.process_time()
                for case in portion:
                    function(case)
                spent[name] += time.process_time() - start
        gc.enable()
        for name, seconds in spent.items():
            found[name].append(seconds / number * 1e6)
    return found


def median_ratio(times: Sequence[float], base: Sequence[float]) -> float:
    """The median, over the rounds, of how many times longer one way took than another."""
    return statistics.median(one / other for one, other in zip(times, base, strict=True))
