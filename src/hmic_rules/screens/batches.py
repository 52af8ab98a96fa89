"""What a person reads of tables of cases: where the rows went, a chart of the outcomes, why rows were set aside; and how far it is."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from rich.console import Console, Group, RenderableType
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.text import Text

from hmic_rules.batch.engine import Progress as Told
from hmic_rules.batch.summaries import Counts, Summary
from hmic_rules.screens.parts import line, number_of

__all__ = ["batch_screen", "shown_progress"]

BAR: Final = 30
NAMES: Final = 40
MOST_PROBLEMS: Final = 20


def batch_screen(summary: Summary) -> RenderableType:
    """What came of a run."""
    under = ", ".join(one for one in (summary.framework, summary.profile) if one is not None)
    lines: list[RenderableType] = [
        Text(f"{summary.ruleset}, edition {summary.edition}{f' ({under})' if under else ''}"),
        Text(f"{number_of(summary.cases, 'case')}: {summary.decided:,} put to the rules, {summary.aside:,} set aside"),
    ]
    lines += [
        line(f"{one.source}, {one.table}: {number_of(one.rows, 'row')} = {one.used:,} used + {one.aside:,} set aside")
        for one in summary.tables
    ]
    for counts in summary.outcomes:
        lines += [Text(), *_chart(counts)]
    if summary.problems:
        lines += [Text(), Text(f"Set aside, with the cases that they belong to: {summary.rejects}")]
        for problem in summary.problems[:MOST_PROBLEMS]:
            column = f", column {problem.column}" if problem.column is not None else ""
            more = "" if problem.rows == 1 else f" ({problem.rows:,} rows)"
            lines.append(line(f"{problem.source}: {problem.unit} {problem.row}{column}: {problem.problem}{more}"))
        if len(summary.problems) > MOST_PROBLEMS:
            lines.append(line(f"and {len(summary.problems) - MOST_PROBLEMS} more kinds of problem"))
    lines.append(Text())
    if summary.confirmed:
        lines.append(
            Text(f"{number_of(summary.confirmed, 'case')} decided again by the reference, with the same outcomes")
        )
    else:
        lines.append(Text("no case was decided again by the reference"))
    for on, path in summary.outputs.items():
        lines.append(Text(f"written: {path} ({on})"))
    return Group(*lines)


def _chart(counts: Counts) -> Iterator[RenderableType]:
    """One outcome: how many have which result, each with its share of all."""
    yield Text(
        f"{counts.outcome}, of {number_of(counts.rows, 'case' if counts.on == 'case' else 'row')}{'' if counts.on == 'case' else f' of {counts.on}'}"
    )
    bars = dict(counts.results) or {"decided": counts.statuses["decided"]}
    bars |= {status: count for status, count in counts.statuses.items() if status != "decided"}
    width = min(NAMES, max(map(len, bars)))
    digits = len(f"{counts.rows:,}")
    for label, count in bars.items():
        share = count / counts.rows if counts.rows else 0
        bar = "█" * round(share * BAR) or ("▏" if count else "")
        name = label if len(label) <= width else f"{label[: width - 1]}…"
        yield line(f"{name:<{width}}  {count:>{digits},}  {share:>6.1%}  {bar}")
    if counts.results:
        yield line(f"decided {_share(counts.statuses['decided'], counts.rows)} of all")


def _share(count: int, of: int) -> str:
    return f"{count / of:.1%}" if of else "0"


@contextmanager
def shown_progress() -> Iterator[Told | None]:
    """Who is told how far it is: a bar on a terminal, and nobody where standard error is no terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task("reading", total=1.0)

        def told(what: str, share: float) -> None:
            bars.update(task, description=what, completed=share)

        yield told
