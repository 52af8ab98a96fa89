"""A YAML parser's complaints in the words of an author: the place that has to be mended, the problem, and what to do."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from ruamel.yaml.error import MarkedYAMLError

from hmic_rules.errors import quoted
from hmic_rules.loading.bounds import test_meant
from hmic_rules.loading.indentation import misplaced, moved_right

__all__ = ["explained"]

BOUND: Final = "a bound is written as a mapping, such as {above: 1/2}"
COMMENT: Final = "quote the text that has the `#`"
NO_SPACE: Final = re.compile(r"\s*(?:- )?([A-Za-z_]\w*):(\S.*)")
OPENED: Final = re.compile(r"""(?:^|[:\[{,-])\s*(["'])""")
Place = tuple[int, int]


def explained(error: MarkedYAMLError, lines: Sequence[str]) -> tuple[Place, str, str]:
    """The place of a complaint (line and column, from 0), the problem, and what to do."""
    problem, context = str(error.problem or error.context or ""), str(error.context or "")
    at = _place(error.problem_mark) or _place(error.context_mark) or (0, 0)
    start = _place(error.context_mark) or at
    line = lines[at[0]] if at[0] < len(lines) else ""
    if "quoted scalar" in context and "end of stream" in problem:
        return start, "a quote is opened here and never closed", "close it where the text ends"
    if "unknown escape" in problem:
        return at, "a backslash in double quotes starts a special character", "use single quotes, or two backslashes"
    if "block scalar" in context:
        sign = lines[start[0]][start[1]]
        return start, f"`{sign}` starts a block of text here", BOUND if sign == ">" else "put the text in quotes"
    if "mapping values are not allowed" in problem or "could not find expected ':'" in problem:
        return _colon(at, start if "simple key" in context else (at[0] - 1, 0), lines)
    if "cannot start any token" in problem:
        return _character(at, line)
    if "alphabetic or numeric" in problem:
        return start, f"`{lines[start[0]][start[1]]}` cannot start a value", "put the text in quotes"
    if "sequence entries are not allowed" in problem:
        return at, "a list cannot start in the line of its key", "start it in the next line, or write [one, two]"
    if "flow" in context and "expected ','" in problem:
        return _bracket(at, start, "list" if "sequence" in context else "mapping", "stream end" in problem, lines)
    if "node content" in problem and (cut := _comment(at[0] - 1, lines)) is not None:
        return cut, "a `#` starts a comment here, inside a bracket that is not closed", COMMENT
    if "node content" in problem and (found := re.search(r"found '([^\]}]+)'", problem)):
        shown = "the file ends" if "stream end" in found[1] else f"`{found[1]}` stands"
        return at, f"{shown} where a value is wanted", "write the value, or put the text in quotes"
    if re.search(r"found '[\]}]'", problem):
        return at, "a bracket is closed here that was not opened", "take it away, or open it"
    if "expected '<document start>'" in problem:
        return at, "the file goes on after its outermost bracket is closed", "take the outermost brackets away"
    if "expected <block end>" in problem:
        return _block(at, line, lines)
    return at, f"not readable as YAML: {problem}", "put texts with special characters in quotes"


def _place(mark: Any) -> Place | None:
    return None if mark is None else (mark.line, mark.column)


def _colon(at: Place, earlier: Place, lines: Sequence[str]) -> tuple[Place, str, str]:
    if 0 <= earlier[0] < at[0] and (found := NO_SPACE.fullmatch(lines[earlier[0]])):
        place = earlier[0], found.start(2)
        return place, "a space is missing after the colon", f"write {quoted(f'{found[1]}: {found[2]}')}"
    if earlier[0] < at[0] and ":" not in lines[earlier[0]] and lines[earlier[0]].strip():
        column = len(lines[earlier[0]]) - len(lines[earlier[0]].lstrip())
        help = test_meant(lines[earlier[0]].strip()) or "write `key: value`"
        return (earlier[0], column), "this line is neither `key: value` nor an entry of a list", help
    if (moved := moved_right(at, lines)) is not None:
        return moved
    return at, "a second `: ` in one line", "put the text in quotes, or the inner mapping in {braces}"


def _character(at: Place, line: str) -> tuple[Place, str, str]:
    char = line[at[1] : at[1] + 1]
    if char == "\t":
        return at, "a tab is used for indentation", "indent with spaces"
    help = BOUND if char in ("<", ">", "=") else "put the text in quotes"
    return at, f"{quoted(char)} cannot start a value", help


def _bracket(at: Place, start: Place, what: str, at_end: bool, lines: Sequence[str]) -> tuple[Place, str, str]:
    close = "]" if what == "list" else "}"
    if start[0] == at[0] and not at_end:
        return at, f"a comma or the closing `{close}` of a {what} is missing", "separate entries by commas"
    help = f"close it with `{close}`"
    if " #" in lines[start[0]][start[1] :]:
        help = f"a `#` starts a comment, to the end of its line: {COMMENT}"
    elif not at_end:
        help += ", or add the comma that is missing in it"
    return start, f"the {what} that starts here is not closed", help


def _comment(number: int, lines: Sequence[str]) -> Place | None:
    """Where a comment starts in a line that leaves a bracket open."""
    line = lines[number] if number >= 0 else ""
    before, sign, _ = line.partition(" #")
    is_open = sum(before.count(char) for char in "[{") > sum(before.count(char) for char in "]}")
    return (number, len(before) + 1) if sign and is_open else None


def _block(at: Place, line: str, lines: Sequence[str]) -> tuple[Place, str, str]:
    if line[: at[1]].strip(" -"):
        for number, earlier in enumerate(lines[: at[0]]):
            found = OPENED.search(earlier)
            if found and earlier.count(found[1]) % 2:
                problem = f"a quote is opened here and closed only in line {at[0] + 1}"
                return (number, found.start(1)), problem, "close it where the text ends"
        return at, "the text goes on after a quote or a bracket was closed", "put the whole text in one pair of quotes"
    return misplaced(at, lines)
