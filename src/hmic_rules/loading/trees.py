"""YAML text to a tree of scalars, lists and mappings, each with its place.

Scalars keep the text that was written, so that ``1/2``, ``2007-06`` and ``"1"`` are read later by the type of their slot. What YAML offers beyond
such a tree (tags, anchors and aliases, several documents) is refused, and sizes and depths are bounded before anything is built.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final, TypeAlias

from attrs import field, frozen
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLStreamError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.reader import ReaderError

from hmic_rules.errors import Diagnostic, InputError, Span, quoted

__all__ = ["Mapping", "Scalar", "Sequence", "Tree", "read_tree"]

MAX_BYTES: Final = 4 * 1024 * 1024
MAX_DEPTH: Final = 40
MAX_NODES: Final = 400_000
NULLS: Final = frozenset({"", "~", "null", "Null", "NULL"})
_OPENERS = re.compile(r"[\[{]")


@frozen(eq=False)
class Scalar:
    """A piece of text. ``plain`` is false where it was quoted or written as a block."""

    text: str
    plain: bool
    span: Span

    @property
    def null(self) -> bool:
        return self.plain and self.text in NULLS


@frozen(eq=False)
class Sequence:
    """A list of trees."""

    items: tuple[Tree, ...]
    span: Span


@frozen(eq=False)
class Mapping:
    """Keys and their trees, in the order of the file; a key stands once."""

    entries: dict[str, Tree]
    keys: dict[str, Scalar]
    span: Span


Tree: TypeAlias = Scalar | Sequence | Mapping


@frozen
class _Reader:
    file: str
    text: str
    problems: list[Diagnostic] = field(factory=list)

    def at(self, mark: Any) -> Span:
        return Span(self.file, mark.line + 1, mark.column + 1)

    def stop(self, span: Span, problem: str, help: str | None = None, code: str = "yaml") -> InputError:
        return InputError([*self.problems, Diagnostic(span, problem, help, code)])

    def events(self) -> Iterator[Any]:
        yaml = YAML(typ="safe", pure=True)
        try:
            yield from yaml.parse(self.text)
        except MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            span = self.at(mark) if mark else Span(self.file, 1, 1)
            raise self.stop(span, *explained(error, self.line(span))) from None
        except ReaderError as error:
            before = self.text[: error.position]
            span = Span(self.file, before.count("\n") + 1, error.position - (before.rfind("\n") + 1) + 1)
            raise self.stop(
                span, f"the character {quoted(chr(ord(self.text[error.position])))} is not allowed in YAML"
            ) from None
        except YAMLStreamError as error:  # pragma: no cover - the reader is only given decoded text
            raise self.stop(Span(self.file, 1, 1), f"not readable as YAML: {error}") from None

    def line(self, span: Span) -> str:
        lines = self.text.split("\n")
        return lines[span.line - 1] if span.line <= len(lines) else ""

    def build(self) -> Tree | None:
        """The tree, from events and with a stack of its own: depth costs no recursion."""
        stack: list[tuple[str, Span, list[Any]]] = []
        root: Tree | None = None
        nodes = documents = 0
        for event in self.events():
            if isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise self.stop(
                        self.at(event.start_mark), "a second YAML document starts here", "one file holds one document"
                    )
                continue
            tree: Tree
            if isinstance(event, SequenceStartEvent | MappingStartEvent | ScalarEvent | AliasEvent):
                self.plain_only(event)
                nodes += 1
                if nodes > MAX_NODES:
                    raise self.stop(
                        self.at(event.start_mark), f"more than {MAX_NODES:,} entries", "split the file", "too-large"
                    )
            if isinstance(event, SequenceStartEvent | MappingStartEvent):
                if len(stack) >= MAX_DEPTH:
                    raise self.stop(
                        self.at(event.start_mark),
                        f"nested deeper than {MAX_DEPTH} levels",
                        "write it flatter",
                        "too-deep",
                    )
                kind = "list" if isinstance(event, SequenceStartEvent) else "mapping"
                stack.append((kind, self.at(event.start_mark), []))
                continue
            if isinstance(event, SequenceEndEvent | MappingEndEvent):
                kind, span, found = stack.pop()
                tree = Sequence(tuple(found), span) if kind == "list" else self.mapping(span, found)
            elif isinstance(event, ScalarEvent):
                tree = Scalar(event.value, event.style is None, self.at(event.start_mark))
            else:
                continue
            if stack:
                stack[-1][2].append(tree)
            else:
                root = tree
        return root

    def plain_only(self, event: Any) -> None:
        """Refuse what a plain tree cannot say."""
        if isinstance(event, AliasEvent):
            raise self.stop(
                self.at(event.start_mark),
                f"{quoted('*' + event.anchor)} refers to an anchor, and anchors are not part of the language",
                "quote the text if a star is meant; write the block out, or use `patterns`, to say something once",
                "alias",
            )
        if event.anchor is not None:
            raise self.stop(
                self.at(event.start_mark),
                f"the anchor {quoted('&' + event.anchor)} is not part of the language",
                "quote the text if an ampersand is meant; use `patterns` to say something once",
                "alias",
            )
        tag = getattr(event, "tag", None)
        if tag is not None:
            raise self.stop(
                self.at(event.start_mark),
                f"the tag {quoted(str(tag))} is not part of the language",
                "leave it out: the type of the slot decides how a value is read, and no tag builds anything",
                "tag",
            )

    def mapping(self, span: Span, found: list[Tree]) -> Mapping:
        entries: dict[str, Tree] = {}
        keys: dict[str, Scalar] = {}
        for key, value in zip(found[::2], found[1::2], strict=True):
            if not isinstance(key, Scalar):
                self.problems.append(Diagnostic(key.span, "a key must be a name, not a list or a mapping", None, "key"))
            elif key.null:
                self.problems.append(Diagnostic(key.span, "a key is empty", "name it, or quote the text", "key"))
            elif key.text in entries:
                first = keys[key.text].span
                conditions = {"count", "share", "every", "some", "none", "all", "any", "not"}
                help = (
                    f"write `all: [ … ]` to ask {quoted(key.text)} twice"
                    if key.text in conditions
                    else "keep one of the two"
                )
                problem = f"the key {quoted(key.text)} stands twice; it was first given in line {first.line}"
                self.problems.append(Diagnostic(key.span, problem, help, "duplicate-key"))
            else:
                entries[key.text] = value
                keys[key.text] = key
        return Mapping(entries, keys, span)


def explained(error: MarkedYAMLError, line: str) -> tuple[str, str]:
    """A parser's complaint in the words of an author: the problem and what to do."""
    problem = str(error.problem or error.context or "not readable")
    if re.search(r":\s+[>|]\S*[0-9<>=]", line) and "chomping" in problem:
        return "`>` starts a block of text here", "a bound is written as a mapping, such as {above: 1/2}"
    if "mapping values are not allowed" in problem:
        return "a second `: ` in one line", "put the text in quotes, or the inner mapping in {braces}"
    if "cannot start any token" in problem:
        if line.lstrip(" ").startswith("\t") or "\t" in problem or "'\\t'" in problem:
            return "a tab is used for indentation", "indent with spaces"
        return "this character cannot start a value", "put the text in quotes"
    if "expected <block end>" in problem or "expected alphabetic or numeric" in problem:
        return (
            "the indentation does not match the lines before",
            "give the entries of one list or mapping the same indentation",
        )
    if "end of stream" in problem or "<stream end>" in problem:
        return "the file ends inside a quoted text, a list or a mapping", "close the quote or the bracket"
    if "expected ',' or" in problem:
        return (
            "a list or mapping in brackets is not closed, or a comma is missing",
            "separate entries by commas and close the bracket",
        )
    return f"not readable as YAML: {problem}", "put texts with special characters in quotes"


def _too_deep(text: str, file: str) -> InputError | None:
    """Brackets are counted before parsing: the parser's own work on them grows with the square of their number."""
    depth = deepest = 0
    quote = ""
    for line_number, line in enumerate(text.split("\n"), start=1):
        if not _OPENERS.search(line) and depth == 0:
            continue
        for column, char in enumerate(line, start=1):
            if quote:
                quote = "" if char == quote else quote
            elif char in "\"'" and depth:
                quote = char
            elif char == "#" and depth == 0:
                break
            elif char in "[{":
                depth += 1
                deepest = max(deepest, depth)
                if depth > MAX_DEPTH:
                    span = Span(file, line_number, column)
                    return InputError(
                        [Diagnostic(span, f"nested deeper than {MAX_DEPTH} levels", "write it flatter", "too-deep")]
                    )
            elif char in "]}":
                depth = max(0, depth - 1)
        quote = ""
    return None


def read_tree(data: bytes, file: str) -> tuple[Tree, list[Diagnostic]]:
    """Read one YAML document.

    Returns:
        The tree, and the problems that leave it readable (keys that stand twice).

    Raises:
        InputError: the file is too large, too deep, empty, no UTF-8, or not readable; one error, the first.

    """
    start = Span(file, 1, 1)
    if len(data) > MAX_BYTES:
        problem = f"{len(data):,} bytes, and a file may have {MAX_BYTES:,} at most"
        raise InputError([Diagnostic(start, problem, "split it", "too-large")])
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        span = Span(file, before.count(b"\n") + 1, error.start - (before.rfind(b"\n") + 1) + 1)
        raise InputError([Diagnostic(span, "not UTF-8", "save the file as UTF-8", "encoding")]) from None
    if (deep := _too_deep(text, file)) is not None:
        raise deep
    reader = _Reader(file, text)
    tree = reader.build()
    if tree is None or (isinstance(tree, Scalar) and tree.null):
        raise InputError([Diagnostic(start, "the file is empty", None, "empty")])
    return tree, reader.problems
