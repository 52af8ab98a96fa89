"""A parser's complaints in the words of an author: the place that has to be mended, the problem, what to do, and the mended text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from attrs import evolve
from ruamel.yaml.error import MarkedYAMLError

from hmic_rules.errors import quoted
from hmic_rules.loading.bounds import bound_written, test_meant, test_written
from hmic_rules.loading.indentation import misplaced, moved_right, tab_width
from hmic_rules.loading.mending import CLOSING, LOST, Complaint, Edit, Place, lost, lost_value, opened, value_from

__all__ = ["explained"]

BOUND: Final = "a bound is written as a mapping, such as {above: 1/2}"
COMMENT: Final = "quote the text that has the `#`"
NO_SPACE: Final = re.compile(r"\s*(?:- )?([A-Za-z_]\w*):(\S.*)")
OPENED: Final = re.compile(r"""(?:^|[:\[{,-])\s*(["'])""")
SECOND: Final = re.compile(r"""(\s*(?:- )?[^\s:#"'\[{]+:\s+)[^"'\[{].*""")
WORD: Final = re.compile(r"(\s*)([a-z][a-z0-9_]*)(?:\s+(\S.*))?")
ENTRY: Final = re.compile(r"\s*(?:- |[A-Za-z_][\w-]*:(?:\s|$)|$)")
BEFORE_BRACKET: Final = re.compile(r"(\s*(?:- )?[A-Za-z_]\w*)\s+([{\[])")
DASH: Final = re.compile(r"(\s*)([\u2010-\u2015\u2022\u00b7\u2023\u2212])\s")
RUN_ON: Final = re.compile(r"\s([A-Za-z_]\w*)\s*$")


def explained(error: MarkedYAMLError, lines: Sequence[str]) -> Complaint:
    """A complaint about these lines. Where nothing better is known, its edits blank the line and what belongs to it, and they are not sure."""
    found = _explained(error, lines)
    if found.edits:
        return found
    first = min(found.at[0], len(lines) - 1)
    edits = [Edit(first, 0, len(lines[first]), "")]
    for number in range(first + 1, len(lines)):
        if lines[number].strip() and _start(lines[number]) <= _start(lines[first]):
            break
        edits.append(Edit(number, 0, len(lines[number]), ""))
    return evolve(found, edits=tuple(edits), sure=False)


def _start(line: str) -> int:
    """The column in which a line starts; a tab counts as one."""
    return len(line) - len(line.lstrip())


def _explained(error: MarkedYAMLError, lines: Sequence[str]) -> Complaint:
    problem, context = str(error.problem or error.context or ""), str(error.context or "")
    at = _place(error.problem_mark) or _place(error.context_mark) or (0, 0)
    start = _place(error.context_mark) or at
    line = lines[at[0]] if at[0] < len(lines) else ""
    if "quoted scalar" in context and "end of stream" in problem:
        help = "close it where the text ends"
        return Complaint(start, "a quote is opened here and never closed", help, _closed(start, lines))
    if "scanning a tag" in context:
        help = "write `{not: {…}}` to say that something does not hold, or put the text in quotes"
        tag = lost_value(start[0], lines, start[1])
        return Complaint(start, "`!` starts a tag, and tags are not part of the language", help, tag)
    if "unknown escape" in problem:
        help = "use single quotes, or two backslashes"
        doubled = (Edit(at[0], at[1], at[1], "\\"),)
        return Complaint(at, "a backslash in double quotes starts a special character", help, doubled)
    if "block scalar" in context:
        return _block_of_text(start, lines)
    if "mapping values are not allowed" in problem or "could not find expected ':'" in problem:
        return _colon(at, start if "simple key" in context else (at[0] - 1, 0), lines)
    if "cannot start any token" in problem:
        return _character(at, lines)
    if "alphabetic or numeric" in problem:
        sign = lines[start[0]][start[1]]
        return Complaint(
            start, f"`{sign}` cannot start a value", "put the text in quotes", lost_value(start[0], lines, start[1])
        )
    if "sequence entries are not allowed" in problem:
        help = "start it in the next line, or write [one, two]"
        return Complaint(at, "a list cannot start in the line of its key", help, _in_brackets(at, lines))
    if "flow" in context and "expected ','" in problem:
        return _bracket(at, start, "list" if "sequence" in context else "mapping", "stream end" in problem, lines)
    if "node content" in problem and (cut := _comment(at[0] - 1, lines)) is not None:
        edits = lost_value(cut[0], lines, cut[1])
        return Complaint(cut, "a `#` starts a comment here, inside a bracket that is not closed", COMMENT, edits)
    if "node content" in problem and (found := re.search(r"found '([^\]}]+)'", problem)):
        shown = "the file ends" if "stream end" in found[1] else f"`{found[1]}` stands"
        return Complaint(at, f"{shown} where a value is wanted", "write the value, or put the text in quotes")
    if re.search(r"found '[\]}]'", problem):
        without = (Edit(at[0], at[1], at[1] + 1, ""),)
        return Complaint(at, "a bracket is closed here that was not opened", "take it away, or open it", without)
    if "expected '<document start>'" in problem:
        help = "take the outermost brackets away"
        return Complaint(at, "the file goes on after its outermost bracket is closed", help)
    if "expected <block end>" in problem:
        return _block(at, line, lines)
    return Complaint(at, f"not readable as YAML: {problem}", "put texts with special characters in quotes")


def _in_brackets(at: Place, lines: Sequence[str]) -> tuple[Edit, ...]:
    """The edits that put the only entry of a list into brackets."""
    line = lines[at[0]]
    if _goes_deeper(at[0], lines) or line[at[1] : at[1] + 2] != "- ":
        return ()
    end = value_from(line, at[1])
    return (Edit(at[0], at[1], at[1] + 2, "["), Edit(at[0], end, end, "]"))


def _place(mark: Any) -> Place | None:
    return None if mark is None else (mark.line, mark.column)


def _closed(start: Place, lines: Sequence[str]) -> tuple[Edit, ...]:
    """The edit that closes a quote where its value ends."""
    end = value_from(lines[start[0]], start[1])
    return (Edit(start[0], end, end, lines[start[0]][start[1]]),)


def _block_of_text(start: Place, lines: Sequence[str]) -> Complaint:
    """A `>` or a `|` that was not meant to start a block of text."""
    line = lines[start[0]]
    end = value_from(line, start[1])
    bound = bound_written(line[start[1] : end])
    help = BOUND if line[start[1]] == ">" else "put the text in quotes"
    edits = lost(start[0], start[1], end) if bound is None else (Edit(start[0], start[1], end, bound),)
    return Complaint(start, f"`{line[start[1]]}` starts a block of text here", help, edits)


def _colon(at: Place, earlier: Place, lines: Sequence[str]) -> Complaint:
    before = lines[earlier[0]] if 0 <= earlier[0] < at[0] else ""
    if found := NO_SPACE.fullmatch(before):
        space = (Edit(earlier[0], found.start(2), found.start(2), " "),)
        help = f"write {quoted(f'{found[1]}: {found[2]}')}"
        return Complaint((earlier[0], found.start(2)), "a space is missing after the colon", help, space)
    if before.strip() and ":" not in before and not DASH.match(before):
        return _no_colon(earlier[0], lines)
    for number in (at[0], earlier[0]):
        if (dash := DASH.match(lines[number])) is not None:
            return _dashes(number, dash, lines)
    if (key := BEFORE_BRACKET.match(lines[at[0]])) is not None and key.end(2) <= at[1]:
        colon = (Edit(at[0], key.end(1), key.end(1), ":"),)
        help = f"write {quoted(key[1].strip(' -') + ': ' + key[2] + '…')}"
        return Complaint((at[0], key.end(1)), "a colon is missing here", help, colon)
    if (moved := moved_right(at, lines)) is not None:
        return moved
    line = lines[at[0]]
    help = "put the text in quotes, or the inner mapping in {braces}"
    whole = SECOND.fullmatch(line)
    edits = lost_value(at[0], lines, whole.end(1)) if whole is not None and whole.end(1) <= at[1] else ()
    return Complaint(at, "a second `: ` in one line", help, edits)


def _dashes(number: int, dash: re.Match[str], lines: Sequence[str]) -> Complaint:
    """Every dash of another kind, or bullet, that starts a line of the same list; they are told once."""
    same = [line for line, text in enumerate(lines) if (found := DASH.match(text)) and found[1] == dash[1]]
    more = len(same) - 1
    further = f", here and in {more} more line{'s' if more > 1 else ''}" if more else ""
    problem = f"{quoted(dash[2])} is not the dash that starts an entry of a list{further}"
    edits = tuple(Edit(line, dash.start(2), dash.end(2), "-") for line in same)
    return Complaint((number, dash.start(2)), problem, "write `- `", edits)


def _no_colon(number: int, lines: Sequence[str]) -> Complaint:
    """A line without a colon: a test in signs, or a key whose colon was left out."""
    line = lines[number]
    column = _start(line)
    problem = "this line is neither `key: value` nor an entry of a list"
    test, found = test_written(line.strip()), WORD.fullmatch(line)
    edits: tuple[Edit, ...] = ()
    if test is not None:
        edits = (Edit(number, column, len(line), test),)
    elif found is not None and (found[3] is not None or _goes_deeper(number, lines)):
        edits = (Edit(number, found.end(2), found.end(2), ":"),)
    elif found is not None:
        edits = (Edit(number, found.end(2), len(line), f": *{LOST}"),)
    return Complaint((number, column), problem, test_meant(line.strip()) or "write `key: value`", edits)


def _goes_deeper(number: int, lines: Sequence[str]) -> bool:
    after = next((line for line in lines[number + 1 :] if line.strip()), "")
    return _start(after) > _start(lines[number])


def _character(at: Place, lines: Sequence[str]) -> Complaint:
    line = lines[at[0]]
    char = line[at[1] : at[1] + 1]
    if char == "\t":
        return _tabs(at, lines) if not line[: at[1]].strip() else _cells(at, line)
    end = value_from(line, at[1])
    bound = bound_written(line[at[1] : end])
    help = BOUND if char in ("<", ">", "=") else "put the text in quotes"
    edits = lost(at[0], at[1], end) if bound is None else (Edit(at[0], at[1], end, bound),)
    return Complaint(at, f"{quoted(char)} cannot start a value", help, edits)


def _cells(at: Place, line: str) -> Complaint:
    """A tab between two texts, as in rows that are copied from a table."""
    end = len(line) - len(line[at[1] :].lstrip())
    key, value = line[: at[1]].strip(), line[end:].strip()
    problem = f"a tab stands between {quoted(key)} and {quoted(value)}"
    return Complaint(at, problem, f"write {quoted(f'{key}: {value}')}", (Edit(at[0], at[1], end, ": "),))


def _tabs(at: Place, lines: Sequence[str]) -> Complaint:
    """Every tab that indents a line of the file; they are told once."""
    numbers = [number for number, line in enumerate(lines) if "\t" in line[: _start(line)] and line.strip()]
    width = tab_width(numbers, lines)
    edits = [
        Edit(one, 0, _start(lines[one]), lines[one][: _start(lines[one])].replace("\t", " " * width)) for one in numbers
    ]
    more = len({edit.line for edit in edits} - {at[0]})
    further = f" here, and in {more} more line{'s' if more > 1 else ''}" if more else ""
    if at[0] not in numbers:
        edits.append(Edit(at[0], at[1], at[1] + 1, " "))
    return Complaint(at, f"a tab is used for indentation{further}", "indent with spaces", tuple(edits))


def _bracket(at: Place, start: Place, what: str, at_end: bool, lines: Sequence[str]) -> Complaint:
    close = "]" if what == "list" else "}"
    if start[0] == at[0] and not at_end:
        problem = f"a comma or the closing `{close}` of a {what} is missing"
        return Complaint(at, problem, "separate entries by commas", _separated(at, close, lines[at[0]]))
    help = f"close it with `{close}`"
    if " #" in lines[start[0]][start[1] :]:
        help = f"a `#` starts a comment, to the end of its line: {COMMENT}"
    elif not at_end:
        help += ", or add the comma that is missing in it"
    after = lines[start[0] + 1] if start[0] + 1 < len(lines) else ""
    line = lines[start[0]]
    edits: tuple[Edit, ...] = ()
    if ENTRY.match(after) and " #" not in line[start[1] :]:
        rest = line.rstrip()
        brackets, in_quote = opened(rest, len(rest))
        missing = "".join(CLOSING[one] for one in reversed(brackets))
        edits = () if in_quote else (Edit(start[0], len(rest), len(rest), missing),)
    return Complaint(start, f"the {what} that starts here is not closed", help, edits)


def _separated(at: Place, close: str, line: str) -> tuple[Edit, ...]:
    """The edit that adds the comma or the bracket that is missing."""
    char = line[at[1] : at[1] + 1]
    if char in "]}":
        return (Edit(at[0], at[1], at[1], close),)
    if char == ":" and (found := RUN_ON.search(line[: at[1]])) is not None:
        return (Edit(at[0], found.start(), found.start(), ","),)
    return (Edit(at[0], at[1], at[1], ", "),) if char not in (":", "") else ()


def _comment(number: int, lines: Sequence[str]) -> Place | None:
    """Where a comment starts in a line that leaves a bracket open."""
    line = lines[number] if number >= 0 else ""
    before, sign, _ = line.partition(" #")
    is_open = sum(before.count(char) for char in "[{") > sum(before.count(char) for char in "]}")
    return (number, len(before) + 1) if sign and is_open else None


def _block(at: Place, line: str, lines: Sequence[str]) -> Complaint:
    if line[: at[1]].strip(" -"):
        for number, earlier in enumerate(lines[: at[0]]):
            found = OPENED.search(earlier)
            if found and earlier.count(found[1]) % 2:
                problem = f"a quote is opened here and closed only in line {at[0] + 1}"
                start = (number, found.start(1))
                return Complaint(start, problem, "close it where the text ends", _closed(start, lines))
        problem = "the text goes on after a quote or a bracket was closed"
        return Complaint(at, problem, "put the whole text in one pair of quotes", _whole_value(at, line))
    return misplaced(at, lines)


def _whole_value(at: Place, line: str) -> tuple[Edit, ...]:
    """The edit that takes out the whole value of a line."""
    found = re.match(r"\s*(?:- )?[^\s:#\"'\[{]+:\s+", line)
    if found is None or found.end() >= at[1]:
        return ()
    return lost(at[0], found.end(), value_from(line, at[1]))
