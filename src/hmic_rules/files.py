"""Files that somebody names: read within a bound, and written whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import glob
import itertools
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from hmic_rules.errors import Diagnostic, InputError

__all__ = [
    "MAX_FILE",
    "hand_over",
    "is_special",
    "part_beside",
    "process_runs",
    "read_found",
    "read_named",
    "remove_left_behind",
    "sync_folder",
    "take_name",
    "target_of",
    "write_whole",
]

MAX_FILE: Final = 64 * 1024 * 1024
_PART: Final = re.compile(r"\.(?P<name>.+)\.(?P<process>[0-9]+)(-[0-9]+)?\.part", re.DOTALL)
_NUMBERS: Final = itertools.count()
_OURS: Final[set[Path]] = set()


def read_named(path: str | Path) -> bytes:
    """The bytes of a file, of at most 64 MB; a pipe is read to its end.

    Raises:
        InputError: it cannot be read, or is larger.

    """
    try:
        with Path(path).open("rb") as stream:
            data = stream.read(MAX_FILE + 1)
    except (OSError, ValueError) as error:  # such as a name with a byte of zero
        problem = f"cannot be read: {getattr(error, 'strerror', None) or error}"
        raise InputError([Diagnostic(str(path), problem, None, "io")]) from None
    if len(data) > MAX_FILE:
        problem = f"is larger than {MAX_FILE >> 20} MB, and was not read to its end"
        raise InputError([Diagnostic(str(path), problem, "split it", "too-large")])
    return data


def read_found(path: Path) -> bytes:
    """The bytes of a file that was found in a folder; a pipe there is not waited for.

    Raises:
        InputError: it is a pipe or a device, cannot be read, or is larger than 64 MB.

    """
    if is_special(path):
        raise InputError([Diagnostic(str(path), "is a pipe or a device, and no file", "take it out", "io")])
    return read_named(path)


def write_whole(path: Path, data: bytes) -> None:
    """Write a file whole or not at all. What a symbolic link leads to is written, and the link stays; a pipe or a device is written into.

    Raises:
        InputError: it cannot be written.

    """
    try:
        target = target_of(path)
        if is_special(target):
            target.write_bytes(data)
            return
        remove_left_behind(target)
        with part_beside(target) as part:
            with part.open("xb") as stream:
                stream.write(data)
            hand_over(part, target)
            take_name(part, target)
    except (OSError, ValueError) as error:
        problem = f"cannot be written: {getattr(error, 'strerror', None) or error}"
        help = "make the folder first, or name another" if isinstance(error, FileNotFoundError) else None
        raise InputError([Diagnostic(str(path), problem, help, "io")]) from None


def target_of(path: Path) -> Path:
    """The file that is meant by a path: what stands at the end of its symbolic links, whether or not it is there yet.

    Raises:
        OSError: it is a folder, may not be written, or the links lead nowhere.

    """
    try:
        found = path.stat()
    except FileNotFoundError:
        return Path(os.path.realpath(path))
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not os.access(path, os.W_OK, effective_ids=os.access in os.supports_effective_ids):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    return path if is_special(path) else Path(os.path.realpath(path))


def is_special(path: Path) -> bool:
    """Whether it is there, and is neither a file nor a folder: a pipe, a device."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return False
    return not (stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode))


@contextmanager
def part_beside(target: Path) -> Iterator[Path]:
    """A name beside a file under which it is written until it is whole: ``.NAME.PROCESS-NUMBER.part``. Nothing stays under it."""
    part = target.with_name(f".{target.name}.{os.getpid()}-{next(_NUMBERS)}.part")
    _OURS.add(part)
    try:
        yield part
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        _OURS.discard(part)


def hand_over(part: Path, target: Path) -> None:
    """Hand what was written to the disk, with the permissions of the file whose name it will take.

    Raises:
        OSError: it cannot.

    """
    with contextlib.suppress(FileNotFoundError):
        part.chmod(stat.S_IMODE(target.stat().st_mode))
    number = os.open(part, os.O_RDWR)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def take_name(part: Path, target: Path) -> None:
    """Let what was handed to the disk take the name of the file.

    Raises:
        OSError: it cannot.

    """
    part.replace(target)
    sync_folder(target.parent)


def remove_left_behind(target: Path) -> None:
    """Take away what runs that were killed left beside a file."""
    for left in target.parent.glob(f".{glob.escape(target.name)}.*.part"):
        found = _PART.fullmatch(left.name)
        if found is None or found["name"] != target.name or left in _OURS:
            continue
        process = int(found["process"])
        if process == os.getpid() or not process_runs(process):  # in a container each run may have the same number
            left.unlink(missing_ok=True)


def process_runs(number: int) -> bool:
    """Whether a process of this number runs on this machine."""
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True


def sync_folder(folder: Path) -> None:
    """Have the disk know of a new name, where the system lets a folder be opened and synced."""
    try:
        number = os.open(folder, os.O_RDONLY)
    except OSError:  # pragma: no cover - Windows
        return
    try:
        with contextlib.suppress(OSError):
            os.fsync(number)
    finally:
        os.close(number)
