"""The journal: records one to a line, each chained to the one before, appended by any number of processes."""

from __future__ import annotations

import hashlib
import itertools
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from attrs import evolve, field, frozen
from filelock import FileLock, Timeout

from hmic_rules.arguments import file_given, instance_given, name_given
from hmic_rules.audit.chains import FIRST, Fault, Link, entry_text, faults_of, link_of
from hmic_rules.audit.records import Record
from hmic_rules.errors import Diagnostic, HmicRulesError, InputError, NotFoundError, quoted
from hmic_rules.files import is_special, sync_folder, target_of

__all__ = ["Checked", "Entry", "Journal", "Repaired", "checked_data"]

WAIT: Final = 60.0
BLOCK: Final = 65536
END: Final = b"\n"


@frozen
class Entry:
    """One entry: its number, counted from 1, its hash, and its record."""

    number: int
    sha256: str
    record: Record = field(repr=False)


@frozen
class Checked:
    """What a journal was found to be.

    Attributes:
        entries: how many lines it has.
        head: the hash of its last entry, to be kept elsewhere; 64 zeros where it has none.
        faults: everything that is wrong, by line.
        after_head: where a head was given and is in it, how many entries came after.

    """

    entries: int
    head: str
    faults: tuple[Fault, ...]
    after_head: int | None = None


@frozen
class Repaired:
    """What was done to a torn tail.

    Attributes:
        done: ``nothing`` where there was none, ``completed`` where only the end of the line was missing, ``cut`` where the line was taken out.
        line: the line.
        kept: the file that holds what was taken out.

    """

    done: str
    line: int | None = None
    kept: Path | None = None


class Journal:
    """An append-only file of records in JSON Lines.

    One process writes at a time, by a lock on the file ``NAME.lock`` beside it; the system lets go of it when a process dies. When
    :meth:`append` returns, the line was handed to the disk (``fsync``). A process that is killed while it writes leaves a torn last line: it is
    named by :meth:`check`, nothing is appended behind it, and :meth:`repair` takes it out and keeps it in a file of its own.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = file_given(path, "path")

    def __repr__(self) -> str:
        return f"<Journal {self.path}>"

    def append(self, record: Record) -> Entry:
        """Add a record at the end.

        Raises:
            InputError: the record is not as it was made; or the journal ends in a torn line, or in one that is no entry.
            HmicRulesError: another process kept the lock for a minute, or the file cannot be written.

        """
        if not instance_given(record, Record, "record", "make it by decision.record()").is_sealed:
            raise InputError(
                [Diagnostic("record", "it is not as it was made, and is not added", "replay it to see where")]
            )
        self._must_be_one()
        with self._locked(), _plainly(self.path):
            new = not self.path.exists()
            with self.path.open("ab+", buffering=0) as stream:
                last = self._last(stream)
                number, previous = (1, FIRST) if last is None else (int(last.number or 0) + 1, last.sha256)
                text, sha256 = entry_text(number, previous, record.text)
                _write(stream, text + END)
            if new:
                sync_folder(self.path.parent)
        return Entry(number, sha256, record)

    def entries(self) -> Iterator[Entry]:
        """Every entry, in the order of the file.

        Raises:
            InputError: something is wrong with the journal.

        """
        _, faults = self._read()
        if faults:
            raise InputError([Diagnostic(f"{self.path}:{one.line}", one.says, None, one.kind) for one in faults])
        yield from filter(None, map(_entry, self._links()))

    def entry(self, number: int) -> Entry:
        """One entry by its number, whatever is wrong with others.

        Raises:
            NotFoundError: there is no such entry, or it was changed.

        """
        wanted = instance_given(number, int, "number", "give the number of an entry, counted from 1")
        for link in self._links():
            if link.number == int(wanted) and (entry := _entry(link)) is not None:
                return entry
        raise NotFoundError(f"{self.path} has no sound entry {quoted(number)}")

    def check(self, head: str | None = None) -> Checked:
        """Look at every entry and at the chain.

        That entries were taken away at the end does not show in the file: for that a hash of the last entry is needed that was kept elsewhere.

        Args:
            head: such a hash.

        Raises:
            NotFoundError: there is no such file.

        """
        head = None if head is None else name_given(head, "head")
        links, faults = self._read()
        after: int | None = None
        if head is not None:
            places = [place for place, link in enumerate(links) if link.sha256 == head and link.fault is None]
            if places:
                after = len(links) - 1 - places[-1]
            elif head == FIRST:
                after = len(links)
            else:
                says = f"no entry has the hash {quoted(head)}: the end was taken away, or entries were made anew"
                faults = (*faults, Fault("another head", len(links), says))
        return Checked(len(links), links[-1].sha256 if links else FIRST, faults, after)

    def repair(self) -> Repaired:
        """Mend a torn last line, and nothing else. What is taken out is first kept beside the journal, in ``NAME.OFFSET-HASH.torn``.

        Raises:
            NotFoundError: there is no such file.
            HmicRulesError: it cannot be written.

        """
        with self._locked(), _plainly(self.path):
            self._must_exist()
            data = self.path.read_bytes()
            start = data.rfind(END) + 1
            tail = data[start:]
            if not tail:
                return Repaired("nothing")
            line = data.count(END) + 1
            last = link_of(tail, line)
            before = link_of(data[data.rfind(END, 0, start - 1) + 1 : start - 1], line - 1).sha256 if start else FIRST
            with self.path.open("ab+", buffering=0) as stream:
                if last.fault is None and last.previous == before:  # only the end of the line is missing
                    _write(stream, END)
                    return Repaired("completed", line)
                kept = self.path.with_name(f"{self.path.name}.{start}-{hashlib.sha256(tail).hexdigest()[:12]}.torn")
                with kept.open("wb", buffering=0) as aside:
                    _write(aside, tail)
                sync_folder(self.path.parent)
                stream.truncate(start)
                os.fsync(stream.fileno())
            return Repaired("cut", line, kept)

    def _read(self) -> tuple[list[Link], tuple[Fault, ...]]:
        """Every line but a torn one, without its record, and what is wrong."""
        links = [evolve(link, record=None) for link in self._links()]
        torn = [links.pop().fault] if links and links[-1].fault is not None and links[-1].fault.kind == "torn" else []
        return links, (*faults_of(links), *filter(None, torn))

    def _links(self) -> Iterator[Link]:
        """Every line, as far as the file reached when this began; a torn one last."""
        self._must_exist()
        with self._locked(reading=True), _plainly(self.path):
            rest = self.path.stat().st_size
        with _plainly(self.path), self.path.open("rb") as stream:
            for line in itertools.count(1):
                text = stream.readline(rest) if rest else b""
                rest -= len(text)
                if not text:
                    return
                if not text.endswith(END):
                    yield Link(line, None, "", "", Fault("torn", line, _torn(len(text))))
                    return
                yield link_of(text[:-1], line)

    def _must_exist(self) -> None:
        with _plainly(self.path):
            is_file = self.path.is_file()
        if not is_file:
            raise NotFoundError(f"there is no journal {quoted(str(self.path))}")

    def _last(self, stream: BinaryIO) -> Link | None:
        """The last entry, ``None`` where there is none yet.

        Raises:
            InputError: the last line is torn, or no entry.

        """
        size = stream.seek(0, os.SEEK_END)
        if size == 0:
            return None
        tail, start = b"", size
        while start > 0 and END not in tail[:-1]:
            start = max(0, start - BLOCK)
            stream.seek(start)
            tail = _read(stream, size - start)
        if not tail.endswith(END):
            help = f"hmic-rules journal repair {self.path}"
            raise InputError([Diagnostic(str(self.path), _torn(size - start - tail.rfind(END) - 1), help, "torn")])
        link = link_of(tail[:-1].rpartition(END)[2], 0)
        if link.fault is not None:
            help = f"nothing is added behind it: hmic-rules journal check {self.path}"
            raise InputError([Diagnostic(f"{self.path}, the last line", link.fault.says, help, link.fault.kind)])
        return link

    def _must_be_one(self) -> None:
        """Refuse what is no place for a journal, before anything is made beside it."""
        problem, help = None, "name a file"
        if self.path.is_dir() or is_special(self.path):
            problem = f"is {'a folder' if self.path.is_dir() else 'a pipe or a device'}, and a journal is a file"
        else:
            with _plainly(self.path):
                if not target_of(self.path).parent.is_dir():
                    problem, help = "its folder does not exist", "create it first"
        if problem is not None:
            raise InputError([Diagnostic(str(self.path), problem, help, "io")])

    @contextmanager
    def _locked(self, *, reading: bool = False) -> Iterator[None]:
        journal = Path(os.path.realpath(self.path))  # one lock, by whatever link it is reached
        beside = journal.with_name(f"{journal.name}.lock")
        lock = FileLock(beside, timeout=WAIT)
        try:
            os.close(os.open(beside, os.O_RDWR | os.O_CREAT, 0o644))  # what the system says against it is said at once
            lock.acquire(poll_interval=0.01)
        except Timeout:
            problem = f"{self.path}: another process has kept it locked for {WAIT:.0f} seconds"
            raise HmicRulesError(problem) from None
        except OSError as error:
            if not reading:
                raise InputError([Diagnostic(str(self.path), f"cannot be locked: {error.strerror or error}")]) from None
            yield  # who may not write here can still look
            return
        try:
            yield
        finally:
            lock.release()


def _entry(link: Link) -> Entry | None:
    sound = link.fault is None and link.record is not None and link.number is not None
    return Entry(link.number, link.sha256, link.record) if sound else None  # type: ignore[arg-type]


def _torn(size: int) -> str:
    return f"the last line was not written to its end: {size} bytes without an end of line"


def _write(stream: BinaryIO, data: bytes) -> None:
    """Write at the end and wait for the disk; what was written in part is taken back where the rest cannot be."""
    before = stream.seek(0, os.SEEK_END)
    try:
        rest = memoryview(data)
        while rest:
            rest = rest[stream.write(rest) :]
        os.fsync(stream.fileno())
    except BaseException:
        stream.truncate(before)
        raise


def _read(stream: BinaryIO, size: int) -> bytes:
    """Exactly so many bytes, since a file without a buffer may give fewer at once."""
    found = bytearray()
    while len(found) < size:
        part = stream.read(size - len(found))
        if not part:
            break
        found += part
    return bytes(found)


@contextmanager
def _plainly(path: Path) -> Iterator[None]:
    """What the system refuses, as a message."""
    try:
        yield
    except OSError as error:
        raise InputError([Diagnostic(str(path), f"cannot be read or written: {error.strerror or error}")]) from None


def checked_data(found: Checked, shown_as: str) -> dict[str, object]:
    """A checked journal as plain data, for JSON. Keys: docs/records.md."""
    return {
        "journal": shown_as,
        "entries": found.entries,
        "head": found.head,
        "after_head": found.after_head,
        "faults": [
            {
                "kind": one.kind,
                "line": one.line,
                "says": one.says,
                "entries": None if one.entries is None else list(one.entries),
            }
            for one in found.faults
        ],
    }
