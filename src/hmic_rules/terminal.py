"""What every command does at the terminal: print for a person or as JSON, write a file whole, and turn errors into messages."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from rich.console import Console, RenderableType

from hmic_rules.errors import Diagnostic, HmicRulesError, InputError

__all__ = ["plain_errors", "read_file", "show", "show_json", "write_whole"]

WIDTH: Final = 100


def show(found: RenderableType) -> None:
    """Print for a person, at most 100 columns wide; without colour and trailing blanks where nobody looks."""
    console = Console(highlight=False)
    asked_for = os.environ.get("COLUMNS", "")
    console.width = min(
        int(asked_for) if asked_for.isdigit() else console.width if console.is_terminal else WIDTH, WIDTH
    )
    if console.is_terminal:
        console.print(found)
        return
    with console.capture() as captured:
        console.print(found)
    sys.stdout.write("".join(f"{line.rstrip()}\n" for line in captured.get().splitlines()))


def show_json(found: Any) -> None:
    """Print one JSON document."""
    sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=2) + "\n")


def read_file(path: Path) -> tuple[bytes, str]:
    """The bytes of a file, or of standard input, and what it is called.

    Raises:
        InputError: it cannot be read.

    """
    if str(path) == "-":
        return sys.stdin.buffer.read(), "standard input"
    try:
        return path.read_bytes(), str(path)
    except OSError as error:
        raise InputError([Diagnostic(str(path), f"cannot be read: {error.strerror or error}")]) from None


def write_whole(path: Path, data: bytes) -> None:
    """Write a file whole or not at all."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(data)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise InputError([Diagnostic(str(path), f"cannot be written: {error.strerror or error}")]) from None


@contextmanager
def plain_errors() -> Iterator[None]:
    """Errors as messages on standard error and exit code 2; a closed pipe ends quietly."""
    try:
        yield
    except HmicRulesError as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(2) from None
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(0) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None
