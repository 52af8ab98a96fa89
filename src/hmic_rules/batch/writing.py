"""Tables as files, whole or not at all: written beside, handed to the disk, and only then called by their name."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from attrs import field, frozen

from hmic_rules.batch.engine import Engine, process_runs
from hmic_rules.batch.quoting import literal
from hmic_rules.batch.sources import SUFFIXES
from hmic_rules.errors import Diagnostic, InputError

__all__ = ["Written", "knows_lists", "refuse_outputs", "writing"]

FORMATS: Final = {
    "csv": "FORMAT csv, HEADER true",
    "lines": "FORMAT json",
    "parquet": "FORMAT parquet, COMPRESSION zstd",
}
_PART: Final = re.compile(r"\.(?P<name>.+)\.(?P<process>[0-9]+)\.part")


def knows_lists(path: Path) -> bool:
    """Whether a file of this kind can hold lists."""
    return SUFFIXES.get(path.suffix.lower()) != "csv"


def refuse_outputs(paths: Iterable[Path], sources: Iterable[Path]) -> None:
    """Refuse what cannot be written.

    Raises:
        InputError: a name does not say what kind of file it is, its folder is not there, or it is a table that is read, or named twice.

    """
    problems: list[Diagnostic] = []
    read = {path.resolve() for path in sources}
    seen: set[Path] = set()
    for path in paths:
        if path.suffix.lower() not in SUFFIXES:
            help = "end its name in .parquet, .csv or .jsonl"
            problems.append(Diagnostic(str(path), "the name does not say what kind of file to write", help))
        elif not path.parent.is_dir():
            problems.append(Diagnostic(str(path), "its folder does not exist", "create it first"))
        elif path.is_dir():
            problems.append(Diagnostic(str(path), "it is a folder", "name a file"))
        elif path.resolve() in read:
            problems.append(Diagnostic(str(path), "it is read too", "write to another file"))
        elif path.resolve() in seen:
            problems.append(Diagnostic(str(path), "it is to be written twice", "name another file"))
        seen.add(path.resolve())
    if problems:
        raise InputError(problems)


@frozen(eq=False)
class Written:
    """Files that are written beside their names, and take them all at the end."""

    engine: Engine
    parts: list[tuple[Path, Path]] = field(factory=list)

    def table(self, sql: str, path: Path) -> None:
        """Write what a query gives, in its order, beside the name of the file.

        Raises:
            EngineError: it cannot be written.

        """
        part = path.with_name(f".{path.name}.{os.getpid()}.part")
        self.parts.append((part, path))
        form = FORMATS[SUFFIXES[path.suffix.lower()]]
        self.engine.run(f"COPY ({sql}) TO {literal(str(part))} ({form})", f"writing {path.name}")

    def take_names(self) -> None:
        """Hand every file to the disk, then let each take its name.

        Raises:
            InputError: a file cannot be written.

        """
        for part, path in self.parts:
            try:
                _synced(part)
            except OSError as error:
                raise InputError([Diagnostic(str(path), f"cannot be written: {error.strerror or error}")]) from None
        for part, path in self.parts:
            try:
                part.replace(path)
                _synced(path.parent)
            except OSError as error:
                raise InputError([Diagnostic(str(path), f"cannot be written: {error.strerror or error}")]) from None


@contextmanager
def writing(engine: Engine, paths: Iterable[Path]) -> Iterator[Written]:
    """Files to be written; whatever happens, nothing is left beside them, and what killed runs left is taken away."""
    for path in paths:
        for left in path.parent.glob(".*.part"):
            found = _PART.fullmatch(left.name)
            if found is not None and found["name"] == path.name and not process_runs(int(found["process"])):
                left.unlink(missing_ok=True)
    written = Written(engine)
    try:
        yield written
    finally:
        for part, _ in written.parts:
            part.unlink(missing_ok=True)


def _synced(path: Path) -> None:
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
