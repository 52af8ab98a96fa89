"""Values that nobody should hand over, and what a message has to be whatever was handed over."""

from __future__ import annotations

import datetime
import enum
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

__all__ = ["NAMES", "VALUES", "looping"]


class Raises:
    """Nothing can be asked of it."""

    def __eq__(self, other: object) -> bool:
        raise RuntimeError("eq")

    def __hash__(self) -> int:
        raise RuntimeError("hash")

    def __iter__(self) -> Iterator[Any]:
        raise RuntimeError("iter")

    def __str__(self) -> str:
        raise RuntimeError("str")

    __repr__ = __str__

    def __bool__(self) -> bool:
        raise RuntimeError("bool")

    def __len__(self) -> int:
        raise RuntimeError("len")


class Unequal:
    """It has a hash, and cannot be compared."""

    def __eq__(self, other: object) -> bool:
        raise RuntimeError("eq")

    __hash__ = object.__hash__


class Closed(Mapping[str, Any]):
    """A mapping that cannot be read."""

    def __getitem__(self, key: str) -> Any:
        raise RuntimeError("getitem")

    def __iter__(self) -> Iterator[str]:
        raise RuntimeError("iter")

    def __len__(self) -> int:
        raise RuntimeError("len")


class Text(str):
    """A text that cannot be compared or shown."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        raise RuntimeError("eq")

    __hash__ = str.__hash__

    def __str__(self) -> str:
        raise RuntimeError("str")


class Number(int):
    """A number that cannot be ordered or shown."""

    def __str__(self) -> str:
        raise RuntimeError("str")

    __repr__ = __str__

    def __lt__(self, other: object) -> bool:
        raise RuntimeError("lt")

    __gt__ = __le__ = __ge__ = __lt__


class Whole(enum.IntEnum):
    ONE = 1


class Word(enum.StrEnum):
    HIGH = "high"


def _lists(depth: int) -> list[Any]:
    found: list[Any] = []
    for _ in range(depth):
        found = [found]
    return found


def _mappings(depth: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for _ in range(depth):
        found = {"facts": found}
    return found


def _list_of_itself() -> list[Any]:
    found: list[Any] = []
    found.append(found)
    return found


def _mapping_of_itself() -> dict[str, Any]:
    found: dict[str, Any] = {}
    found["facts"] = found
    return found


def _breaks_off() -> Iterator[Any]:
    yield {}
    raise RuntimeError("iter")


def _of_numpy(make: Callable[[Any], Any]) -> Callable[[], Any]:
    def made() -> Any:
        try:
            import numpy as np  # noqa: PLC0415 - some environments have none
        except ModuleNotFoundError:
            return None
        return make(np)

    return made


# What can stand for a name or a path.
NAMES: Final[dict[str, str]] = {
    "empty": "",
    "blank": " ",
    "a half of a character": "\ud800",
    "colours of a terminal": "\x1b[31mred\x1b[0m",
    "bells and a C1 control": "\x07\x9b2J",
    "NUL": "a\0b",
    "NUL in a path": "x/\0/y.yaml",
    "several lines": "a\nb\r\u2028c",
    "right to left": "\u202eabc",
    "200,000 characters": "x" * 200_000,
    "10 MB": "x" * 10_000_000,
    "up": "../",
    "far up": "../../../etc/passwd",
    "absolute": "/etc/passwd",
    "a URL": "file:///etc/passwd",
    "a device of Windows": "CON",
    "another device of Windows": "C:\\NUL.yaml",
    "a device": "/dev/null",
    "below a device": "/dev/null/x.yaml",
    "here": ".",
    "above": "..",
    "home": "~",
    "placeholders": "%s%n{0}{}",
    "a long path": "/" + "x" * 5_000,
    "a deep path": "a/" * 3_000,
}

# Each is made anew, since some can be read only once.
VALUES: Final[dict[str, Callable[[], Any]]] = {
    **{name: (lambda text=text: text) for name, text in NAMES.items()},
    "None": lambda: None,
    "NaN": lambda: float("nan"),
    "infinity": lambda: float("inf"),
    "minus infinity": lambda: float("-inf"),
    "a number of 5,000 digits": lambda: 10**5_000,
    "minus such a number": lambda: -(10**5_000),
    "10 lists deep": lambda: _lists(10),
    "10,000 lists deep": lambda: _lists(10_000),
    "10,000 mappings deep": lambda: _mappings(10_000),
    "a list of itself": _list_of_itself,
    "a mapping of itself": _mapping_of_itself,
    "an object that raises": Raises,
    "an object that cannot be compared": Unequal,
    "a mapping that cannot be read": Closed,
    "a text that raises": lambda: Text("high"),
    "a number that raises": lambda: Number(3),
    "a member of an IntEnum": lambda: Whole.ONE,
    "a member of a StrEnum": lambda: Word.HIGH,
    "True": lambda: True,
    "a Decimal": lambda: Decimal("1.5"),
    "a Decimal NaN": lambda: Decimal("NaN"),
    "a signalling NaN": lambda: Decimal("sNaN"),
    "a huge Decimal": lambda: Decimal("1E+999999"),
    "a long Decimal": lambda: Decimal("0." + "1" * 100_000),
    "a Fraction": lambda: Fraction(1, 3),
    "a long Fraction": lambda: Fraction(1, 10**5_000),
    "a moment with a zone": lambda: datetime.datetime(2007, 6, 1, tzinfo=datetime.UTC),
    "a day": lambda: datetime.date(2007, 6, 1),
    "a time": lambda: datetime.time(1),
    "a number of numpy": _of_numpy(lambda np: np.int64(3)),
    "a float of numpy": _of_numpy(lambda np: np.float64(1.5)),
    "a NaN of numpy": _of_numpy(lambda np: np.float64("nan")),
    "a truth value of numpy": _of_numpy(lambda np: np.bool_(True)),
    "a text of numpy": _of_numpy(lambda np: np.str_("high")),
    "an array": _of_numpy(lambda np: np.array([1, 2])),
    "bytes": lambda: b"high",
    "bytes that change": lambda: bytearray(b"x"),
    "a complex number": lambda: 1j,
    "any object": object,
    "a class": lambda: int,
    "a set": lambda: {1},
    "rows that break off": _breaks_off,
    "an ellipsis": lambda: ...,
    "an empty mapping": dict,
    "an empty list": list,
    "a key of None": lambda: {None: None},
    "a key of 100,000 characters": lambda: {"x" * 100_000: 1},
    "a pair as a key": lambda: {(1, 2): 3},
    "colours in a key": lambda: {"\x1b[2J": 1},
    "a key that cannot be compared": lambda: {Unequal(): 1},
    "a list of what raises": lambda: [Raises()],
}


def looping(folder: Path) -> Path:
    """A symbolic link that leads to itself."""
    found = folder / "loop"
    found.symlink_to(found)
    return found
