"""DuckDB, embedded: a database in a folder of its own, with bounds on its memory. Nothing else imports it."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final, TypeAlias

from attrs import field, frozen

from hmic_rules.errors import Diagnostic, EngineError, HmicRulesError, InputError, quoted
from hmic_rules.files import process_runs

try:
    import duckdb
except ModuleNotFoundError as error:  # pragma: no cover - the tests run with every extra
    raise HmicRulesError('tables of cases are an extra: pip install "hmic-rules[batch]"') from error

__all__ = ["Engine", "Progress", "UnreadableError", "opened"]

Progress: TypeAlias = Callable[[str, float], None]
PREFIX: Final = "hmic-rules-batch-"
POLL: Final = 0.1
_MEMORY: Final = re.compile(r"[0-9]+(\.[0-9]+)? ?([KMGT]i?B)", re.IGNORECASE)


class UnreadableError(Exception):
    """DuckDB cannot read a file or a table; what it says of it, in one line."""


@frozen(eq=False)
class Engine:
    """One connection to a database in a folder that goes when it is closed.

    Attributes:
        connection: the connection of DuckDB.
        folder: where the database lies and what does not fit into memory.
        progress: is told what is being done and how much of it is, from 0 to 1; ``None`` where nobody looks.

    """

    connection: Any
    folder: Path
    progress: Progress | None = None
    _closed: list[bool] = field(factory=list)

    def run(self, sql: str, what: str | None = None) -> list[tuple[Any, ...]]:
        """Run a statement; all its rows, which are to be few.

        Args:
            sql: the statement.
            what: what it does, for who watches.

        Raises:
            EngineError: it fails, out of memory or out of disk for one.

        """
        try:
            return self._plain(sql) if what is None else self._watched(sql, what)
        except duckdb.Error as error:
            raise EngineError(_said(error)) from None

    def read(self, sql: str, what: str | None = None) -> list[tuple[Any, ...]]:
        """Run a statement that reads what somebody brought.

        Raises:
            UnreadableError: DuckDB cannot read it.
            EngineError: it fails otherwise.

        """
        try:
            return self._plain(sql) if what is None else self._watched(sql, what)
        except (duckdb.OutOfMemoryException, duckdb.InterruptException) as error:
            raise EngineError(_said(error)) from None
        except duckdb.Error as error:
            raise UnreadableError(_first_line(error)) from None

    def register(self, name: str, table: Any) -> None:
        """A table of pandas, Arrow or polars under a name.

        Raises:
            UnreadableError: it is nothing that DuckDB reads.

        """
        try:
            self.connection.register(name, table)
        except (duckdb.Error, TypeError, ValueError) as error:
            raise UnreadableError(_first_line(error)) from None

    def unregister(self, name: str) -> None:
        self.connection.unregister(name)

    def relation(self, sql: str) -> Any:
        """A query as a relation of DuckDB, which computes when it is asked."""
        return self.connection.sql(sql)

    def _plain(self, sql: str) -> list[tuple[Any, ...]]:
        try:
            done = self.connection.execute(sql)
            return list(done.fetchall()) if done.description else []
        except RuntimeError as error:  # what DuckDB makes of an interrupt that comes while it works
            if "interrupted" not in str(error):
                raise
            raise KeyboardInterrupt from None

    def _watched(self, sql: str, what: str) -> list[tuple[Any, ...]]:
        """Run a statement in a thread of its own, so that an interrupt is heard at once, however long it takes."""
        told = self.progress or (lambda _what, _share: None)
        found: list[list[tuple[Any, ...]]] = []
        failed: list[BaseException] = []
        ended = threading.Event()  # a join that is interrupted takes the thread for ended: bpo-45274

        def work() -> None:
            try:
                found.append(self._plain(sql))
            except BaseException as error:  # noqa: BLE001 - raised again by who waits
                failed.append(error)
            finally:
                ended.set()

        worker = threading.Thread(target=work, daemon=True)
        told(what, 0.0)
        worker.start()
        try:
            while not ended.wait(POLL):
                told(what, max(0.0, self.connection.query_progress()) / 100)
        except BaseException:  # an interrupt, or a signal to end
            self.connection.interrupt()
            ended.wait()
            raise
        if failed:
            raise failed[0]
        told(what, 1.0)
        return found[0]

    def close(self) -> None:
        """Let go of the database and its folder."""
        if not self._closed:
            self.connection.close()
            shutil.rmtree(self.folder, ignore_errors=True)
            self._closed.append(True)  # last, so that a close that was interrupted is done again


def opened(
    memory: str | None = None, threads: int | None = None, folder: Path | None = None, progress: Progress | None = None
) -> Engine:
    """A database of its own, empty; folders that killed runs left behind are taken away first.

    Args:
        memory: how much memory DuckDB may take, such as ``2GB``; four fifths of the machine's where it is not said.
        threads: how many threads it may use; one for each core where it is not said.
        folder: where what does not fit into memory is written; the system's folder for temporary files where it is not said.
        progress: is told how far each statement is.

    Raises:
        InputError: the memory or the threads are not written as they should be, or the folder cannot be written to.

    """
    problems: list[Diagnostic] = []
    if memory is not None and not _MEMORY.fullmatch(memory):
        problems.append(
            Diagnostic("--memory", f"{quoted(memory)} is no amount of memory", "write it as in 2GB or 500MB")
        )
    if threads is not None and threads < 1:
        problems.append(Diagnostic("--threads", f"{threads} threads compute nothing", "give at least 1"))
    if problems:
        raise InputError(problems)
    above = folder
    try:
        above = Path(tempfile.gettempdir()) if above is None else above
        _tidied(above)
        own = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=above))
    except OSError as error:
        help = "name another folder with `--temp`"
        where = "the folder for temporary files" if above is None else str(above)
        raise InputError([Diagnostic(where, f"cannot be written to: {error.strerror or error}", help)]) from None
    config: dict[str, Any] = {"temp_directory": str(own / "spilled")}
    if memory is not None:
        config["memory_limit"] = memory
    if threads is not None:
        config["threads"] = threads
    try:
        connection = duckdb.connect(str(own / "tables.duckdb"), config=config)
        for setting in (
            "TimeZone = 'UTC'",
            "preserve_insertion_order = true",
            "autoinstall_known_extensions = false",
            "enable_progress_bar = true",
            "enable_progress_bar_print = false",
            "disabled_optimizers = 'partial_aggregate_pushdown'",  # it takes seconds to plan layers of sums
        ):
            connection.execute(f"SET {setting}")
    except duckdb.Error as error:
        shutil.rmtree(own, ignore_errors=True)
        raise InputError([Diagnostic("--memory", _first_line(error), "give it more")]) from None
    except BaseException:
        shutil.rmtree(own, ignore_errors=True)
        raise
    return Engine(connection, own, progress)


def _tidied(above: Path) -> None:
    """Take away the folders of runs that no longer run."""
    for left in _left_behind(above.glob(f"{PREFIX}*")):
        shutil.rmtree(left, ignore_errors=True)


def _left_behind(folders: Iterable[Path]) -> Iterable[Path]:
    for folder in folders:
        number = folder.name.removeprefix(PREFIX).partition("-")[0]
        if number.isdigit() and not process_runs(int(number)):
            yield folder


def _first_line(error: BaseException) -> str:
    return str(error).strip().partition("\n")[0]


def _said(error: BaseException) -> str:
    help = (
        "\n    help: give it more memory with `--memory`, or more disk with `--temp`" if "ut of" in str(error) else ""
    )
    return f"DuckDB: {_first_line(error)}{help}"
