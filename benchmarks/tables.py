"""What the benchmark scripts share: peers that are checked before they are timed, and a Markdown table of ratios."""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TextIO

from timing import median_ratio

Ways = dict[str, tuple[Callable[[Any], Any], Sequence[Any]]]


def checked_peers(
    peers: Mapping[str, Callable[[], Any]], given: Sequence[Any], wanted: Sequence[Any]
) -> tuple[Ways, list[str]]:
    """Every peer that is installed, with the cases in its shape; and the names of those that are not.

    A peer that answers any case otherwise than wanted ends the run.
    """
    ways: Ways = {}
    missing: list[str] = []
    for name, peer in peers.items():
        try:
            shape, answer = peer()
        except ImportError:
            missing.append(name)
            continue
        shaped = list(map(shape, given))
        if list(map(answer, shaped)) != list(wanted):
            raise SystemExit(f"{name} answers otherwise than the function written by hand")
        ways[name] = (answer, shaped)
    return ways, missing


def table(times: Mapping[str, Sequence[float]], bases: Mapping[str, str], missing: Sequence[str] = ()) -> str:
    """A row for each way: its ratio to each base, and microseconds.

    Args:
        times: of every way, the microseconds for one case in each round.
        bases: for each column of ratios its heading, and the way that it is a multiple of.
        missing: the ways that could not be measured.

    """
    lines = [
        f"| what | {' | '.join(bases)} | µs for one decision |",
        f"|---|{'---:|' * len(bases)}---:|",
    ]
    for name, found in times.items():
        ratios = " | ".join(f"{median_ratio(found, times[base]):.2f}×" for base in bases.values())
        lines.append(f"| {name} | {ratios} | {statistics.median(found):.1f} |")
    lines += [f"| {name} | not installed |{' |' * len(bases)}" for name in missing]
    return "\n".join(lines)


@contextmanager
def own_output() -> Iterator[TextIO]:
    """Standard output for the table alone: what an engine writes there of its own accord goes to standard error."""
    with os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8") as output:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        yield output


def run(described: str, measure: Callable[[int, int], str], number: int) -> None:
    """A script's command line: how many cases and rounds, then the table alone on standard output.

    Args:
        described: what the script does.
        measure: makes the table from the number of cases and of rounds.
        number: how many cases where none are asked for.

    """
    parser = argparse.ArgumentParser(description=described)
    parser.add_argument("--cases", type=int, default=number, help=f"how many cases ({number})")
    parser.add_argument("--rounds", type=int, default=7, help="how many rounds; medians are shown (7)")
    given = parser.parse_args()
    with own_output() as output:
        what = f"{given.cases} cases, medians of {given.rounds} interleaved rounds, Python {platform.python_version()}"
        print(what, measure(given.cases, given.rounds), sep="\n\n", file=output)
