"""Tables read and held to a rule set, up to what the SQL of the rule set takes; helpers of the tests of tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from attrs import frozen

import hmic_rules as hr
from hmic_rules.batch.aside import rows_aside, write_aside
from hmic_rules.batch.checking import Checked, checked
from hmic_rules.batch.engine import Engine, opened
from hmic_rules.batch.filling import Filled, filled
from hmic_rules.batch.fitting import Fitting, fitted
from hmic_rules.batch.shapes import shapes_of
from hmic_rules.batch.sources import Source, as_source
from hmic_rules.batch.staging import Staged, staged, write_typed
from hmic_rules.binding import program_for


@frozen
class Ready:
    """Tables that were read and checked."""

    engine: Engine
    fitting: Fitting
    staged: Staged
    checked: Checked
    filled: Filled

    @property
    def said(self) -> list[str]:
        return [f"{one.column or 'row'} {one.row} x{one.rows}: {one.problem}" for one in self.checked.problems]

    def rows(self, table: str) -> list[dict[str, Any]]:
        done = self.engine.connection.execute(f'SELECT * FROM "{table}" ORDER BY ALL')  # noqa: S608
        names = [one[0] for one in done.description]
        return [dict(zip(names, row, strict=True)) for row in done.fetchall()]

    def aside(self) -> list[tuple[Any, ...]]:
        write_aside(self.staged, self.checked)
        query, counts = rows_aside(self.staged)
        found = self.engine.run(query)
        assert sum(counts.values()) == len(found)
        return [row[:4] for row in found]


@contextmanager
def database() -> Iterator[Engine]:
    engine = opened(memory="1GB", threads=2)
    engine.run("CREATE SCHEMA raw")
    try:
        yield engine
    finally:
        engine.close()


def written(folder: Path, files: Mapping[str, str | bytes]) -> list[str]:
    for name, text in files.items():
        (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return [str(folder / name) for name in files]


@contextmanager
def ready(
    ruleset: hr.Ruleset, tables: Sequence[tuple[str | None, Any]], *, id: str = "case", framework: str | None = None
) -> Iterator[Ready]:
    """Tables, each with the name that it is given, read and checked."""
    with database() as engine:
        shapes = shapes_of(program := program_for(ruleset, framework, None, None))
        sources: list[tuple[str | None, Source]] = []
        for number, (name, given) in enumerate(tables):
            label = Path(given).name if isinstance(given, str | Path) else f"table {number + 1}"
            sources.append((name, as_source(engine, given, label, number)))
        fitting = fitted(sources, shapes, id)
        found = staged(engine, program, shapes, fitting)
        write_typed(found)
        checks = checked(found)
        yield Ready(engine, fitting, found, checks, filled(found))
