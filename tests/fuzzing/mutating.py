"""Changes that keep most of a text readable: lines moved, blocks taken from other files, words put in place of words, and values nobody expects."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from typing import Final

from fuzzing.seeds import seeds_of, words

__all__ = ["Mutator"]

WORD: Final = re.compile(rb"[A-Za-z0-9_.%/-]+")
HOSTILE: Final = (
    b"null",
    b"~",
    b"''",
    b'""',
    b"[]",
    b"{}",
    b"true",
    b"yes",
    b"0",
    b"-1",
    b"1/0",
    b"0/1",
    b"1/3",
    b".5",
    b"50%",
    b"1e999999999",
    b"9" * 60,
    b"9" * 401,
    b"9" * 5000,
    b"-0",
    b".nan",
    b".inf",
    b"2007-02-30",
    b"9999-12-31",
    b"0001-01-01",
    b"0000-00",
    b"9999-12",
    b"2007-13",
    b"case.name",
    b"{value: level}",
    b"&a",
    b"*a",
    b"!!python/object/apply:os.system [x]",
    b"!t",
    b"<<: *a",
    b"%YAML 1.1",
    b"---",
    b"...",
    b"\x00",
    b"\x1b[31m",
    b'"\\x1b[2J"',
    b'"\\ud800"',
    b'"\\0"',
    b"\xff\xfe",
    b"\xed\xa0\x80",
    "\u2028".encode(),
    "\u202e".encode(),
    b"[" * 60,
    b"{a: " * 60,
    b"- " * 60,
    b"not: {" * 20,
    b"x" * 3000,
    b"? ",
    b"| ",
    b">-\n",
    b"\t",
    b"\r",
    b"#",
    b"../../etc/passwd",
    b"/dev/stdin",
    b"\xef\xbb\xbf",
)


class Mutator:
    """Changes a text, each time by one to four of its ways."""

    def __init__(self, target: str, raw: Callable[[bytes, int], bytes]) -> None:
        self.others = [one.split(b"\n") for one in seeds_of(target, 40_000)]
        self.words = [word.encode() for word in words()]
        self.raw = raw
        self.ways = (
            self.drop,
            self.double,
            self.move,
            self.shift,
            self.borrow,
            self.borrow,
            self.word,
            self.word,
            self.word,
            self.hostile,
            self.hostile,
            self.cut,
        )

    def __call__(self, data: bytes, most: int, seed: int) -> bytes:
        self.random = random.Random(seed)  # noqa: S311 - the seed is the fuzzer's
        if self.random.randrange(5) == 0:
            return bytes(self.raw(data, most))
        found = data
        for _ in range(self.random.choice((1, 1, 1, 2, 2, 3, 4))):
            found = self.random.choice(self.ways)(found)
        return found[:most]

    def lines(self, data: bytes) -> tuple[list[bytes], int, int]:
        """The lines, and where a short block of them starts and ends."""
        lines = data.split(b"\n")
        start = self.random.randrange(len(lines))
        return lines, start, min(len(lines), start + self.random.choice((1, 1, 1, 2, 4, 8)))

    def drop(self, data: bytes) -> bytes:
        lines, start, end = self.lines(data)
        return b"\n".join(lines[:start] + lines[end:])

    def double(self, data: bytes) -> bytes:
        lines, start, end = self.lines(data)
        return b"\n".join(lines[:end] + lines[start:])

    def move(self, data: bytes) -> bytes:
        lines, start, end = self.lines(data)
        rest = lines[:start] + lines[end:]
        place = self.random.randrange(len(rest) + 1)
        return b"\n".join(rest[:place] + lines[start:end] + rest[place:])

    def shift(self, data: bytes) -> bytes:
        lines, start, end = self.lines(data)
        by = self.random.choice((-4, -2, -1, 1, 2, 4))
        moved = [b" " * by + one if by > 0 else one.removeprefix(b" " * -by) for one in lines[start:end]]
        return b"\n".join(lines[:start] + moved + lines[end:])

    def borrow(self, data: bytes) -> bytes:
        lines, start, end = self.lines(data)
        other = self.random.choice(self.others) if self.others else [b""]
        first = self.random.randrange(len(other))
        taken = other[first : first + self.random.choice((1, 1, 2, 4, 8))]
        keep = end if self.random.randrange(2) else start
        return b"\n".join(lines[:start] + taken + lines[keep:])

    def word(self, data: bytes) -> bytes:
        found = list(WORD.finditer(data))
        if not found:
            return self.hostile(data)
        one = self.random.choice(found)
        new = self.random.choice(self.words) if self.random.randrange(2) else self.random.choice(found).group()
        return data[: one.start()] + new + data[one.end() :]

    def hostile(self, data: bytes) -> bytes:
        new = self.random.choice(HOSTILE)
        found = list(WORD.finditer(data))
        if found and self.random.randrange(4):
            one = self.random.choice(found)
            return data[: one.start()] + new + data[one.end() :]
        place = self.random.randrange(len(data) + 1)
        return data[:place] + new + data[place:]

    def cut(self, data: bytes) -> bytes:
        return data[: self.random.randrange(len(data) + 1)]
