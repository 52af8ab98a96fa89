"""The reference and the SQL in DuckDB on very many cases from a seed, of the shipped and of generated rule sets. Not collected by pytest.

    python tests/soak/tables.py --rows 1000000 --processes 2

A row is a case. Half of the rows are of the shipped rule sets, in equal parts, over every framework and reading; half of generated rule sets,
``--each`` rows of one. Every value of every row is compared: result, status, rule, limits, judgement, and what is unmet. It ends with exit code 1 at
the first rule set on which the two differ, and shows the differences.
"""

from __future__ import annotations

import argparse
import itertools
import multiprocessing
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS)]

from hypothesis import HealthCheck, Phase, given, seed, settings  # noqa: E402

import hmic_rules as hr  # noqa: E402
from by_sql import both  # noqa: E402
from hmic_rules.backends.sql import duck  # noqa: E402
from hmic_rules.binding import program_for  # noqa: E402
from hmic_rules.catalogue import shipped  # noqa: E402
from hmic_rules.testing.drawn_rulesets import written_rulesets  # noqa: E402
from hmic_rules.testing.writing import loaded  # noqa: E402
from seeded import Seeded  # noqa: E402

AT_ONCE = 5_000
Work = tuple[str, str | None, str | None, int, int]


def of_shipped(rows: int, first: int) -> Iterator[Work]:
    """Work on the shipped rule sets: name, framework, reading, how many rows, and their seed."""
    names = shipped("ruleset")
    for name in names:
        ruleset = hr.load(name)
        programs = list(itertools.product(ruleset.frameworks or [None], ruleset.profiles or [None]))
        for place, (framework, profile) in enumerate(programs):
            left = rows // len(names) // len(programs)
            for start in range(0, left, AT_ONCE):
                yield name, framework, profile, min(AT_ONCE, left - start), first + place * rows + start


def of_generated(rows: int, each: int, first: int) -> Iterator[Work]:
    """Work on generated rule sets, each made again from its seed by whoever takes it."""
    for place in range(rows // each):
        yield "", None, None, each, first + place


def generated(first: int) -> hr.Ruleset:
    """The rule set that a seed gives."""
    found: list[Any] = []

    @seed(first)
    @settings(
        max_examples=3, database=None, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
    )
    @given(written_rulesets())
    def collect(written: Any) -> None:
        found.append(written)

    collect()
    return loaded(found[-1].data)


def compared(work: Work) -> tuple[Work, Counter[str], list[Any]]:
    """One piece of work done: what was counted, and the first differences."""
    name, framework, profile, rows, start = work
    ruleset = hr.load(name) if name else generated(start)
    program = program_for(ruleset, framework, profile, None)
    drawn = Seeded.of(ruleset, start)
    found = both(program, (drawn.facts(framework) for _ in range(rows)), engine=duck.connection())
    counted = Counter(rows=rows, values=found.decided, refused=found.refused)
    return work, counted, found.differences[:3]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--each", type=int, default=500, help="rows of one generated rule set")
    parser.add_argument("--seed", type=int, default=2007)
    parser.add_argument("--processes", type=int, default=2)
    asked = parser.parse_args()
    start, total = time.monotonic(), Counter[str]()
    work = [*of_shipped(asked.rows // 2, asked.seed), *of_generated(asked.rows // 2, asked.each, asked.seed)]
    with multiprocessing.get_context("spawn").Pool(asked.processes) as pool:
        for done, counted, differences in pool.imap_unordered(compared, work):
            total.update(counted)
            if differences:
                print(f"{done}: {differences}", file=sys.stderr)
                raise SystemExit(1)
            if sys.stderr.isatty():
                print(f"\r{dict(total)}", end="", file=sys.stderr)
    print(f"{dict(total)}, no difference, in {time.monotonic() - start:.0f} s")


if __name__ == "__main__":
    main()
