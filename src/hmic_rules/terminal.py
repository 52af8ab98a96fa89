"""What every command does at the terminal: print for a person or as JSON, read what is named, and turn errors into messages."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from attrs import frozen
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.segment import Segment

import hmic_rules
from hmic_rules.errors import Diagnostic, HmicRulesError, InputError, placed, tamed
from hmic_rules.files import MAX_FILE, read_named, write_whole
from hmic_rules.streams import write_document

__all__ = ["plain_errors", "read_file", "show", "show_json", "write_document", "write_file", "write_files"]

FAULT: Final = 70  # as `sysexits.h` numbers a fault inside a program
TRACEBACK: Final = "HMIC_RULES_TRACEBACK"
LONGEST: Final = 300  # characters of what an error that nobody foresaw says of itself
WIDTH: Final = 100
LEAST_WIDTH: Final = 20
HEIGHT: Final = 25
NOT_IN_JSON: Final = re.compile(
    r"[\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)  # allowed there, and no good for a terminal


def show(found: RenderableType) -> None:
    """Print for a person, 20 to 100 columns wide; without colour and trailing blanks where nobody looks."""
    size = shutil.get_terminal_size((WIDTH, HEIGHT))
    width = max(LEAST_WIDTH, min(size.columns, WIDTH))
    console = Console(highlight=False, width=width, height=max(1, min(size.lines, WIDTH)))
    if console.is_terminal:
        console.print(_Tamed(found))
        return
    with console.capture() as captured:
        console.print(_Tamed(found))
    sys.stdout.write("".join(f"{line.rstrip()}\n" for line in captured.get().splitlines()))


@frozen
class _Tamed:
    """What is shown, in which no text that somebody wrote steers the terminal."""

    found: RenderableType

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for segment in console.render(self.found, options):
            yield segment if segment.control else Segment(tamed(segment.text), segment.style)


def show_json(found: Any) -> None:
    """Print one JSON document; where standard output takes no UTF-8, in the signs that every encoding has."""
    takes_all = (getattr(sys.stdout, "encoding", None) or "utf-8").lower().replace("_", "-") in ("utf-8", "utf8")
    text = json.dumps(found, ensure_ascii=not takes_all, indent=2)
    sys.stdout.write(NOT_IN_JSON.sub(lambda one: f"\\u{ord(one[0]):04x}", text) + "\n")


def read_file(path: Path) -> tuple[bytes, str]:
    """The bytes of a file, or of standard input, and what it is called; at most 64 MB.

    Raises:
        InputError: it cannot be read, or is larger.

    """
    if str(path) != "-":
        return read_named(path), str(path)
    name = "standard input"
    try:
        data = sys.stdin.buffer.read(MAX_FILE + 1)
    except OSError as error:
        raise InputError([Diagnostic(name, f"cannot be read: {error.strerror or error}", None, "io")]) from None
    if len(data) > MAX_FILE:
        problem = f"is larger than {MAX_FILE >> 20} MB, and was not read to its end"
        raise InputError([Diagnostic(name, problem, "split it", "too-large")])
    return data, name


def write_file(path: Path, data: bytes) -> None:
    """Write a file whole or not at all, and say on standard error that it is there.

    Raises:
        InputError: it cannot be written.

    """
    write_files([(path, data)])


def write_files(files: Iterable[tuple[Path, bytes]], into: Path | None = None) -> None:
    """Write files, each whole or not at all, and say on standard error which are there: also where a later one fails.

    Args:
        files: each one's path and what goes into it; the one that people look for comes last, when what it needs is there.
        into: the folder that was asked for, where the names of the files were not.

    Raises:
        InputError: one cannot be written.

    """
    written: list[Path] = []
    try:
        for path, data in files:
            write_whole(path, data)
            written.append(path)
    except Exception:
        _say_written(written, into)
        raise
    _say_written(written, into)


def _say_written(paths: list[Path], into: Path | None) -> None:
    if into is not None and len(paths) > 1:
        sys.stderr.write(f"wrote {len(paths)} files into `{placed(str(into))}`\n")
    elif paths:
        beside = len(paths) - 1
        more = f" and {beside} file{'s' if beside > 1 else ''} beside it" if beside else ""
        sys.stderr.write(f"wrote `{placed(str(paths[-1]))}`{more}\n")


@contextmanager
def plain_errors() -> Iterator[None]:
    """Errors as messages on standard error and exit code 2, a fault of this program with exit code 70; a closed pipe ends quietly."""
    try:
        yield
    except HmicRulesError as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(2) from None
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(0) from None
    except OSError as error:
        where = "the system" if error.filename is None else placed(str(error.filename))
        sys.stderr.write(f"{where}: cannot be read or written: {error.strerror or error}\n")
        raise SystemExit(2) from None
    except MemoryError:
        sys.stderr.write("the memory of this machine, or what a limit leaves of it, does not suffice\n")
        raise SystemExit(2) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    except Exception as error:
        if os.environ.get(TRACEBACK):
            raise
        sys.stderr.write(_fault(error))
        raise SystemExit(FAULT) from None


def _fault(error: Exception) -> str:
    """What is said of an error that no input should lead to."""
    frames = traceback.extract_tb(error.__traceback__)
    folder = str(Path(hmic_rules.__file__).parent)
    own = [one for one in frames if one.filename.startswith(folder)] or frames
    place = f"{Path(own[-1].filename).name}:{own[-1].lineno}" if own else "an unknown place"
    said = tamed(" ".join(f"{type(error).__name__}: {error}".split()))
    shown = said if len(said) <= LONGEST else f"{said[:LONGEST]}…"
    return (
        f"this is a fault of hmic-rules {hmic_rules.__version__}, whatever the input: {shown} ({place})\n"
        f"    help: report it with the command and its input; `{TRACEBACK}=1` shows the way to it\n"
    )
