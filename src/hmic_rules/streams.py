"""The standard streams as a command finds them: closed, full, of few signs, or read by nobody; and signals that end it."""

from __future__ import annotations

import io
import os
import select
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, Final

__all__ = ["is_read", "standing", "write_document"]

INTERRUPTED: Final = 130
FAILED: Final = 2
_ENDING: Final = ("SIGTERM", "SIGHUP")
_ended: Final[list[int]] = []


class _Raw(io.FileIO):
    """A standard stream below its buffer. What nobody reads any more goes nowhere, and the work goes on: the exit code is that of the answer."""

    problem: str | None = None

    def __init__(self, number: int, *, must_arrive: bool) -> None:
        super().__init__(number, "w", closefd=False)
        self.must_arrive = must_arrive
        self.is_read = True

    def write(self, data: Any) -> int:
        size = memoryview(data).nbytes
        try:
            while (written := super().write(data)) is None:
                select.select([], [self.fileno()], [])
        except BrokenPipeError:
            self.is_read = False
        except OSError as error:
            self.is_read = False
            if self.must_arrive:
                self.problem = error.strerror or str(error)
        else:
            return written
        _lead_nowhere(self.fileno())
        return size


def _lead_nowhere(number: int) -> None:
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, number)
    if nowhere != number:
        os.close(nowhere)


@contextmanager
def standing() -> Iterator[None]:
    """Standard streams that a command can use, whatever it was started with; and an end without a traceback.

    An interrupt ends with exit code 130, SIGTERM with 143 and SIGHUP with 129, after everything unfinished is taken away. Where standard output
    cannot be written, that is said on standard error, and the exit code is 2. Where nobody reads it any more, what is written goes nowhere.
    """
    try:
        for number in (0, 1, 2):
            _fill(number)
        output = _fitted("stdout", 1, must_arrive=True)
        _fitted("stderr", 2, must_arrive=False)
        if sys.stdin is None:
            sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - for as long as the program runs
        for name in _ENDING:
            ending = getattr(signal, name, None)
            if ending is not None and signal.getsignal(ending) is signal.SIG_DFL:
                signal.signal(ending, _end)
        try:
            yield
        finally:
            _flush(output)
    except KeyboardInterrupt:
        raise SystemExit(INTERRUPTED) from None
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # what is left is to go
        if _ended:  # whatever a library made of it on the way
            raise SystemExit(128 + _ended[0])


def is_read() -> bool:
    """Whether somebody may still read standard output."""
    raw = getattr(getattr(sys.stdout, "buffer", None), "raw", None)
    return raw.is_read if isinstance(raw, _Raw) else True


def write_document(text: str | bytes) -> None:
    """Print what programs read, such as SQL or a page: in UTF-8, whatever the terminal takes."""
    data = text.encode("utf-8", "backslashreplace") if isinstance(text, str) else text
    buffer = getattr(sys.stdout, "buffer", None)
    if buffer is None:  # a stream of text that somebody put in the place of standard output
        sys.stdout.write(data.decode("utf-8", "replace"))
        return
    sys.stdout.flush()
    buffer.write(data)


def _fill(number: int) -> None:
    """A standard stream that is closed leads nowhere, so that no file of ours takes its number."""
    try:
        os.fstat(number)
    except OSError:
        nowhere = os.open(os.devnull, os.O_RDWR)
        if nowhere != number:
            os.dup2(nowhere, number)
            os.close(nowhere)


def _fitted(name: str, number: int, *, must_arrive: bool) -> _Raw | None:
    """Put a stream of ours in the place of a standard one, unless somebody has put another there."""
    found = getattr(sys, name)
    buffer = getattr(found, "buffer", None)
    if found is not None and type(getattr(buffer, "raw", buffer)) is not io.FileIO:
        return None
    raw = _Raw(number, must_arrive=must_arrive)
    errors = "backslashreplace" if found is None or found.errors in ("strict", "surrogateescape") else found.errors
    stream = io.TextIOWrapper(
        io.BufferedWriter(raw),
        encoding="utf-8" if found is None else found.encoding,
        errors=errors,
        line_buffering=found is not None and (found.line_buffering or found.write_through),
    )
    setattr(sys, name, stream)
    return raw


def _flush(output: _Raw | None) -> None:
    """Hand over what is left; say so where it, or anything before it, could not be written."""
    sys.stdout.flush()
    if output is not None and output.problem is not None:
        sys.stderr.write(f"standard output: cannot be written: {output.problem}\n")
        raise SystemExit(FAILED)


def _end(number: int, _: FrameType | None) -> None:
    _ended.append(number)
    raise SystemExit(128 + number)
