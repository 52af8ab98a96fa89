"""Lines that start too far right or left: which one has to be moved, and where to."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from hmic_rules.loading.mending import Complaint, Edit, Place

__all__ = ["misplaced", "moved_right", "tab_width"]

KEY: Final = re.compile(r"(\s*(?:- +)*)[A-Za-z_][\w.-]*")
SAME: Final = "give the entries of one list or mapping the same indentation"


def moved_right(at: Place, lines: Sequence[str]) -> Complaint | None:
    """A key of its own line that starts further right than the key before it, which has a text; ``at`` is its colon."""
    key = KEY.fullmatch(lines[at[0]][: at[1]])
    before = next(_significant(lines, range(at[0] - 1, -1, -1)), None)
    if key is None or before is None or len(key[1]) <= _start(lines[before]):
        return None
    return _belonging((at[0], len(key[1])), before, _start(lines[before]), lines)


def misplaced(at: Place, lines: Sequence[str]) -> Complaint:
    """The line to move where ``at`` starts neither as far right as the lines before it nor as any of those around them."""
    earlier = list(_significant(lines, range(at[0] - 1, -1, -1)))
    line = lines[at[0]]
    if not earlier or _indentation(line) != at[1]:
        return Complaint(at, "the indentation does not match the lines before", SAME)
    around = next((number for number in earlier if _indentation(lines[number]) < at[1]), None)
    if around == earlier[0]:
        is_entry = line.lstrip().startswith("- ")
        return _belonging(at, around, _indentation(lines[around]) if is_entry else _start(lines[around]), lines)
    first = earlier[-1] if around is None else earlier[earlier.index(around) - 1]
    outer = 0 if around is None else _indentation(lines[around])
    unit, there = _unit(lines), _indentation(lines[first])
    if there > at[1] and (at[1] - outer) % unit == 0 and (there - outer) % unit:
        problem = f"this line starts further right than line {at[0] + 1}, which belongs to the same list or mapping"
        return Complaint((first, there), problem, f"start it {_after(at[1])}", _moved(first, at[1], lines))
    problem = "the indentation does not match the lines before"
    if there != at[1]:
        problem += f": {_spaces(at[1])} here, and {there} in line {first + 1}"
    return Complaint(at, problem, SAME, _moved(at[0], there, lines), sure=abs(there - at[1]) < unit)


def _moved(number: int, start: int, lines: Sequence[str]) -> tuple[Edit, ...]:
    """The edits that let a line start elsewhere, and with it the lines that belong to it."""
    own = _indentation(lines[number])
    block = [number]
    for after in range(number + 1, len(lines)):
        if lines[after].strip() and _indentation(lines[after]) <= max(own, start):
            break
        block.append(after)
    wanted = {line: max(0, _indentation(lines[line]) + start - own) for line in block if lines[line].strip()}
    return tuple(Edit(line, 0, _indentation(lines[line]), " " * spaces) for line, spaces in wanted.items())


def _belonging(at: Place, before: int, start: int, lines: Sequence[str]) -> Complaint:
    problem = f"this line starts further right than line {before + 1}, which is complete"
    help = f"start it {_after(start)}, if it belongs beside line {before + 1}"
    return Complaint(at, problem, help, _moved(at[0], start, lines))


def _significant(lines: Sequence[str], numbers: range) -> Iterator[int]:
    """The numbers of the lines that are neither blank nor comments."""
    return (number for number in numbers if lines[number].strip() and not lines[number].lstrip().startswith("#"))


def _indentation(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _start(line: str) -> int:
    """Where the first key of a line starts: behind the dash of an entry of a list."""
    key = KEY.match(line)
    return _indentation(line) if key is None else len(key[1])


def _unit(lines: Sequence[str]) -> int:
    """By how much lines of this file mostly start further right than those before them."""
    starts = [_indentation(lines[number]) for number in _significant(lines, range(len(lines)))]
    steps = Counter(after - before for before, after in pairwise(starts) if after > before)
    return min(steps, key=lambda step: (-steps[step], step), default=1)


def tab_width(numbers: Sequence[int], lines: Sequence[str]) -> int:
    """How many spaces each tab stands for in the lines that are indented with tabs: so that most of them fit what stands around them."""
    fits = {
        width: sum(_fits(number, " " * width, lines) for number in numbers) for width in (_unit(lines), 2, 4, 8, 3, 6)
    }
    return max(fits, key=lambda width: fits[width])


def _fits(number: int, tab: str, lines: Sequence[str]) -> bool:
    def start(line: str) -> int:
        return len(line[: len(line) - len(line.lstrip())].replace("\t", tab))

    own, before = start(lines[number]), next(_significant(lines, range(number - 1, -1, -1)), None)
    after = next(_significant(lines, range(number + 1, len(lines))), None)
    opens = before is not None and lines[before].rstrip().endswith(":")
    fits_before = before is None or (own > start(lines[before]) if opens else own <= start(lines[before]))
    known = {start(lines[one]) for one in (before, after) if one is not None}
    return fits_before and (own in known or after is None or lines[number].rstrip().endswith(":"))


def _spaces(number: int) -> str:
    return "1 space" if number == 1 else f"{number} spaces"


def _after(number: int) -> str:
    return f"after {_spaces(number)}" if number else "at the beginning of the line"
