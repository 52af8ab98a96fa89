"""YAML text to a tree of scalars, lists and mappings, each with its place.

Scalars keep the text that was written, so that ``1/2``, ``2007-06`` and ``"1"`` are read later by the type of their slot. What YAML offers beyond
such a tree (tags, anchors and aliases, merging, several documents) is refused where it is met, and sizes, lines and depths are bounded.
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
from hmic_rules.loading.complaints import explained

__all__ = ["Mapping", "Scalar", "Sequence", "Tree", "read_tree"]

MAX_BYTES: Final = 4 * 1024 * 1024
MAX_DEPTH: Final = 40
MAX_LINE: Final = 100_000  # some of the parser's work on a line grows with the square of its length
MAX_NODES: Final = 100_000
YAML_TAG: Final = "tag:yaml.org,2002:"
NULLS: Final = frozenset({"", "~", "null", "Null", "NULL"})
_HALVES = re.compile(r"[\ud800-\udfff]")
_DIRECTIVE = re.compile(r"%(?:YAML|TAG)\b")
_BREAKS = re.compile(r"\r\n|[\n\r]")


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


@frozen(eq=False)
class Record(Mapping):
    """A row of a table; a row without a key is known by its line."""


Tree: TypeAlias = Scalar | Sequence | Mapping


@frozen
class _Reader:
    file: str
    text: str
    problems: list[Diagnostic] = field(factory=list)

    def at(self, mark: Any) -> Span:
        return Span(self.file, mark.line + 1, mark.column + 1)

    def stop(self, span: Span, problem: str, help: str | None = None, code: str = "yaml") -> InputError:
        found = [*self.problems, Diagnostic(span, problem, help, code)]
        return InputError(sorted(found, key=lambda one: (one.place.line, one.place.column)))  # type: ignore[union-attr]

    def events(self) -> Iterator[Any]:
        yaml = YAML(typ="safe", pure=True)
        try:
            yield from yaml.parse(self.text)
        except MarkedYAMLError as error:
            (line, column), problem, help = explained(error, _BREAKS.split(self.text))
            raise self.stop(Span(self.file, line + 1, column + 1), problem, help) from None
        except ReaderError as error:
            before = _BREAKS.split(self.text[: error.position])
            span = Span(self.file, len(before), len(before[-1]) + 1)
            problem = f"the character {quoted(self.text[error.position])} is not allowed in YAML"
            raise self.stop(span, problem, "delete it", "encoding") from None
        except YAMLStreamError as error:  # pragma: no cover - the reader is only given decoded text
            raise self.stop(Span(self.file, 1, 1), f"not readable as YAML: {error}") from None

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
                tree = Scalar(self.text_of(event), event.style is None, self.at(event.start_mark))
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
                f"the tag {quoted(str(tag).replace(YAML_TAG, '!!'))} is not part of the language",
                "leave it out: the type of the slot decides how a value is read, and no tag builds anything",
                "tag",
            )

    def text_of(self, event: ScalarEvent) -> str:
        """The text of a scalar; escapes such as those of JSON may give a character in two halves."""
        text: str = event.value
        if not _HALVES.search(text):
            return text
        try:
            return text.encode("utf-16", "surrogatepass").decode("utf-16")
        except UnicodeDecodeError:
            problem = f"{quoted(text)} holds half of a surrogate pair, which is no character"
            raise self.stop(self.at(event.start_mark), problem, "write the character itself", "encoding") from None

    def mapping(self, span: Span, found: list[Tree]) -> Mapping:
        entries: dict[str, Tree] = {}
        keys: dict[str, Scalar] = {}
        for key, value in zip(found[::2], found[1::2], strict=True):
            if not isinstance(key, Scalar):
                self.problems.append(
                    Diagnostic(
                        key.span, "a key must be a name, not a list or a mapping", "quote it if it is a text", "key"
                    )
                )
            elif key.null:
                self.problems.append(Diagnostic(key.span, "a key is empty", "name it, or quote the text", "key"))
            elif key.plain and key.text == "<<":
                help = "write the keys out, or use `patterns` to say something once"
                raise self.stop(
                    key.span, "`<<` merges mappings, and merging is not part of the language", help, "alias"
                )
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
        before = _BREAKS.split(data[: error.start].decode("utf-8-sig"))
        span = Span(file, len(before), len(before[-1]) + 1)
        raise InputError([Diagnostic(span, "not UTF-8", "save the file as UTF-8", "encoding")]) from None
    for number, line in enumerate(_BREAKS.split(text), start=1):
        if len(line) > MAX_LINE:
            problem = f"a line of {len(line):,} characters, and a line may have {MAX_LINE:,} at most"
            span = Span(file, number, 1)
            raise InputError([Diagnostic(span, problem, "break it into several lines", "too-large")])
        if _DIRECTIVE.match(line):
            problem, help = (
                f"the directive {quoted(line)} is not part of the language",
                "leave it out: a file is YAML 1.2",
            )
            raise InputError([Diagnostic(Span(file, number, 1), problem, help, "tag")])
    reader = _Reader(file, text)
    tree = reader.build()
    if tree is None or (isinstance(tree, Scalar) and tree.null):
        raise InputError(
            [Diagnostic(start, "the file is empty", "a file of comments or blank lines says nothing", "empty")]
        )
    return tree, reader.problems
