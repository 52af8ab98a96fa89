"""Tables as files, whole or not at all: written beside, handed to the disk, and only then called by their name."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from attrs import field, frozen

from hmic_rules.batch.engine import Engine
from hmic_rules.batch.quoting import literal
from hmic_rules.batch.sources import SUFFIXES
from hmic_rules.errors import Diagnostic, InputError
from hmic_rules.files import hand_over, is_special, part_beside, remove_left_behind, take_name, target_of

__all__ = ["Written", "knows_lists", "refuse_outputs", "writing"]

FORMATS: Final = {
    "csv": "FORMAT csv, HEADER true",
    "lines": "FORMAT json",
    "parquet": "FORMAT parquet, COMPRESSION zstd",
}


def knows_lists(path: Path) -> bool:
    """Whether a file of this kind can hold lists."""
    return SUFFIXES.get(path.suffix.lower()) != "csv"


def refuse_outputs(paths: Iterable[Path], sources: Iterable[Path]) -> None:
    """Refuse what cannot be written.

    Raises:
        InputError: a name does not say what kind of file it is, its folder is not there, or it is a table that is read, or named twice.

    """
    problems: list[Diagnostic] = []
    read = {os.path.realpath(path) for path in sources}
    seen: set[str] = set()
    for path in paths:
        if path.suffix.lower() not in SUFFIXES:
            help = "end its name in .parquet, .csv or .jsonl"
            problems.append(Diagnostic(str(path), "the name does not say what kind of file to write", help))
        elif not path.parent.is_dir():
            problems.append(Diagnostic(str(path), "its folder does not exist", "create it first"))
        elif path.is_dir():
            problems.append(Diagnostic(str(path), "it is a folder", "name a file"))
        elif is_special(path):
            problems.append(Diagnostic(str(path), "it is a pipe or a device", "name a file"))
        elif (why := _refused(path)) is not None:
            problems.append(Diagnostic(str(path), f"cannot be written: {why}", None, "io"))
        elif os.path.realpath(path) in read:
            problems.append(Diagnostic(str(path), "it is read too", "write to another file"))
        elif os.path.realpath(path) in seen:
            problems.append(Diagnostic(str(path), "it is to be written twice", "name another file"))
        seen.add(os.path.realpath(path))
    if problems:
        raise InputError(problems)


def _refused(path: Path) -> str | None:
    """What the system says against a file of this name, before anything is computed."""
    try:
        target = target_of(path)
    except OSError as error:
        return error.strerror or str(error)
    return None if target.parent.is_dir() else "its link leads into a folder that does not exist"


@frozen(eq=False)
class Written:
    """Files that are written beside their names, and take them all at the end."""

    engine: Engine
    unfinished: ExitStack
    parts: list[tuple[Path, Path]] = field(factory=list)

    def table(self, sql: str, path: Path) -> None:
        """Write what a query gives, in its order, beside the name of the file.

        Raises:
            EngineError: it cannot be written.

        """
        target = _target(path)
        part = self.unfinished.enter_context(part_beside(target))
        self.parts.append((part, target))
        form = FORMATS[SUFFIXES[path.suffix.lower()]]
        self.engine.run(f"COPY ({sql}) TO {literal(str(part))} ({form})", f"writing {path.name}")

    def take_names(self) -> None:
        """Hand every file to the disk, then let each take its name.

        Raises:
            InputError: a file cannot be written.

        """
        for part, target in self.parts:
            with _plainly(target):
                hand_over(part, target)
        for part, target in self.parts:
            with _plainly(target):
                take_name(part, target)


@contextmanager
def writing(engine: Engine, paths: Iterable[Path]) -> Iterator[Written]:
    """Files to be written; whatever happens, nothing is left beside them, and what killed runs left is taken away."""
    for path in paths:
        with _plainly(path):
            remove_left_behind(target_of(path))
    with ExitStack() as unfinished:
        yield Written(engine, unfinished)


def _target(path: Path) -> Path:
    with _plainly(path):
        return target_of(path)


@contextmanager
def _plainly(path: Path) -> Iterator[None]:
    """What the system refuses, as a message."""
    try:
        yield
    except OSError as error:
        raise InputError([Diagnostic(str(path), f"cannot be written: {error.strerror or error}", None, "io")]) from None
