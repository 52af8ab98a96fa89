"""YAML text to a tree of scalars, lists and mappings, each with its place.

Scalars keep the text that was written, so that ``1/2``, ``2007-06`` and ``"1"`` are read later by the type of their slot. What YAML offers beyond
such a tree (tags, anchors and aliases, merging, several documents) is refused where it is met, and sizes, lines and depths are bounded.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Iterator
from collections.abc import Mapping as Names
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

from hmic_rules.errors import MAX_PROBLEMS, Diagnostic, InputError, Span, capped, quoted
from hmic_rules.loading.complaints import explained
from hmic_rules.loading.mending import LOST, Complaint, Edit, Mended

__all__ = [
    "MAX_DEPTH",
    "Lost",
    "Mapping",
    "Record",
    "Scalar",
    "Sequence",
    "Tree",
    "by_place",
    "one_or_many",
    "read_tree",
]

MAX_BYTES: Final = 4 * 1024 * 1024
MAX_DEPTH: Final = 40
MAX_LINE: Final = 100_000  # some of the parser's work on a line grows with the square of its length
MAX_NODES: Final = 100_000
MOST_MENDS: Final = 100
MOST_EDITS: Final = 10_000  # places at which one character is taken out
MOST_READ_AGAIN: Final = 8 * 1024 * 1024  # characters, over all readings of one file
YAML_TAG: Final = "tag:yaml.org,2002:"
NULLS: Final = frozenset({"", "~", "null", "Null", "NULL"})
_HALVES = re.compile(r"[\ud800-\udfff]")
_DIRECTIVE = re.compile(r"%(?:YAML|TAG)\b")
_NO_SPACE = re.compile(r"([a-z][a-z0-9_]*):([^\s:/].*)")
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
class Lost(Scalar):
    """What could not be read and was reported; it stands empty, and no slot asks anything of it."""


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

    def renamed(self, names: Names[str, str]) -> Mapping:
        """The same with some keys called otherwise, each where it stood."""
        entries = {names.get(key, key): child for key, child in self.entries.items()}
        return Mapping(entries, {names.get(key, key): scalar for key, scalar in self.keys.items()}, self.span)

    def without(self, names: Collection[str]) -> Mapping:
        """The same without some keys."""
        entries = {key: child for key, child in self.entries.items() if key not in names}
        return Mapping(entries, {key: scalar for key, scalar in self.keys.items() if key not in names}, self.span)


@frozen(eq=False)
class Record(Mapping):
    """A row of a table; a row without a key is known by its line."""


Tree: TypeAlias = Scalar | Sequence | Mapping


def by_place(diagnostic: Diagnostic) -> tuple[str, int, int, str]:
    """What problems are put in order by: their places, and at one place what they say."""
    place = diagnostic.place
    file, line, column = (place.file, place.line, place.column) if isinstance(place, Span) else (place, 0, 0)
    return file, line, column, diagnostic.problem


def one_or_many(tree: Tree | None) -> tuple[Tree, ...]:
    """The entries of a list, or what stands there alone; nothing where nothing does."""
    return tree.items if isinstance(tree, Sequence) else () if tree is None else (tree,)


class _Unreadable(Exception):  # noqa: N818 - it is caught where the text is mended
    """The parser cannot go on."""

    def __init__(self, complaint: Complaint) -> None:
        super().__init__(complaint)
        self.complaint = complaint


@frozen
class _Reader:
    """Reads a text once; ``told`` are problems of it that were mended before, and ``elsewhere`` is what is meant to stand in another place."""

    file: str
    mended: Mended
    told: tuple[Diagnostic, ...] = ()
    problems: list[Diagnostic] = field(factory=list)
    aliases: set[str] = field(factory=set)
    anchors: set[str] = field(factory=set)
    elsewhere: list[Span] = field(factory=list)

    def at(self, mark: Any) -> Span:
        return self.span(mark.line, mark.column)

    def span(self, line: int, column: int) -> Span:
        line, column = self.mended.place(line, column)
        return Span(self.file, line + 1, column + 1)

    def stop(self, span: Span, problem: str, help: str | None = None, code: str = "yaml") -> InputError:
        return _all_of([*self.told, *self.problems, Diagnostic(span, problem, help, code)])

    def note(self, span: Span, problem: str, help: str | None = None, code: str = "yaml") -> None:
        """A problem that leaves the rest readable."""
        self.problems.append(Diagnostic(span, problem, help, code))
        if len(self.problems) >= MAX_PROBLEMS:
            raise _all_of([*self.told, *self.problems])

    def events(self) -> Iterator[Any]:
        yaml, lines, text = YAML(typ="safe", pure=True), self.mended.lines, str(self.mended)
        try:
            yield from yaml.parse(text)
        except MarkedYAMLError as error:
            raise _Unreadable(explained(error, lines)) from None
        except ReaderError as error:
            before = text[: error.position].split("\n")
            line, column = len(before) - 1, len(before[-1])
            problem = f"the character {quoted(text[error.position])} is not allowed in YAML"
            runs = re.compile(re.escape(text[error.position]) + "+")
            found = (Edit(number, *run.span(), "") for number, row in enumerate(lines) for run in runs.finditer(row))
            edits = tuple(itertools.islice(found, MOST_EDITS + 1))
            edits = edits if len(edits) <= MOST_EDITS else ()  # no text that a person wrote
            raise _Unreadable(Complaint((line, column), problem, "delete it", edits, code="encoding")) from None
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
                self.report_more_than_plain(event)
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
                if event.tag is not None:
                    kind = f"tagged {kind}"
                stack.append((kind, self.at(event.start_mark), []))
                continue
            if isinstance(event, SequenceEndEvent | MappingEndEvent):
                kind, span, found = stack.pop()
                tree = Sequence(tuple(found), span) if kind.endswith("list") else self.mapping(span, found)
                if kind.startswith("tagged"):
                    tree = Lost("", plain=True, span=span)
            elif isinstance(event, ScalarEvent):
                tree = self.scalar(event)
            elif isinstance(event, AliasEvent):
                tree = Lost("", plain=True, span=self.at(event.start_mark))
            else:
                continue
            if stack:
                stack[-1][2].append(tree)
            else:
                root = tree
        return root

    def report_more_than_plain(self, event: Any) -> None:
        """Report what a plain tree cannot say; without it, the rest can be read."""
        at = self.at(event.start_mark)
        if isinstance(event, AliasEvent):
            if event.anchor in self.anchors:
                self.elsewhere.append(at)
            if event.anchor in self.anchors | self.aliases or event.anchor == LOST:
                return
            self.aliases.add(event.anchor)
            self.note(
                at,
                f"{quoted('*' + event.anchor)} refers to an anchor, and anchors are not part of the language",
                "quote the text if a star is meant; write the block out, or use `patterns`, to say something once",
                "alias",
            )
            return
        if event.anchor is not None:
            self.anchors.add(event.anchor)
            self.note(
                at,
                f"the anchor {quoted('&' + event.anchor)} is not part of the language",
                "quote the text if an ampersand is meant; use `patterns` to say something once",
                "alias",
            )
        tag = getattr(event, "tag", None)
        if tag is not None:
            self.note(
                at,
                f"the tag {quoted(str(tag).replace(YAML_TAG, '!!'))} is not part of the language",
                "leave it out: the type of the slot decides how a value is read, and no tag builds anything",
                "tag",
            )

    def scalar(self, event: ScalarEvent) -> Scalar:
        """A scalar; escapes such as those of JSON may give a character in two halves."""
        text, at = event.value, self.at(event.start_mark)
        if _HALVES.search(text):
            try:
                text = text.encode("utf-16", "surrogatepass").decode("utf-16")
            except UnicodeDecodeError:
                problem = f"{quoted(text)} holds half of a surrogate pair, which is no character"
                self.note(at, problem, "write the character itself", "encoding")
                return Lost("", plain=True, span=at)
        return Scalar(text, event.style is None, at)

    def with_space(self, key: Tree, value: Tree) -> tuple[Tree, Tree]:
        """The key and the value; in braces, a key that has the value in it because there is no space behind its colon is reported."""
        both = _NO_SPACE.fullmatch(key.text) if isinstance(key, Scalar) and key.plain else None
        if both is None or not (isinstance(value, Scalar) and value.null):
            return key, value
        at = Span(key.span.file, key.span.line, key.span.column + both.start(2))
        self.note(at, "a space is missing after the colon", f"write {quoted(f'{both[1]}: {both[2]}')}")
        return Scalar(both[1], plain=True, span=key.span), Scalar(both[2], plain=True, span=at)

    def mapping(self, span: Span, found: list[Tree]) -> Mapping:
        entries: dict[str, Tree] = {}
        keys: dict[str, Scalar] = {}
        for key, value in map(self.with_space, found[::2], found[1::2]):
            if isinstance(key, Lost):
                continue
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
                if not isinstance(value, Lost):
                    self.note(key.span, "`<<` merges mappings, and merging is not part of the language", help, "alias")
                if isinstance(value, Mapping):
                    entries = {**value.entries, **entries}
                    keys = {**value.keys, **keys}
                else:
                    self.elsewhere.append(key.span)
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


def _all_of(problems: list[Diagnostic]) -> InputError:
    """The problems in the order of their places."""
    return InputError(capped(sorted(set(problems), key=by_place)))


def _decoded(data: bytes, file: str) -> str:
    """The text of a file of an acceptable size."""
    if len(data) > MAX_BYTES:
        problem = f"{len(data):,} bytes, and a file may have {MAX_BYTES:,} at most"
        raise InputError([Diagnostic(Span(file, 1, 1), problem, "split it", "too-large")])
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = _BREAKS.split(error.object[: error.start].decode())
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
    return text


def read_tree(data: bytes, file: str) -> tuple[Tree, list[Diagnostic]]:
    """Read one YAML document.

    Where the parser cannot go on, the problem is noted, the text is mended in memory, and the rest is read too, so that all problems come at once.

    Returns:
        The tree, and the problems that leave it readable.

    Raises:
        InputError: the file is too large, too deep, empty, no UTF-8, or not readable, or what is mended may not be what was meant; every problem of its form.

    """
    mended = Mended(_BREAKS.split(_decoded(data, file)))
    told: list[Diagnostic] = []
    sure = True
    while True:
        reader = _Reader(file, mended, tuple(told))
        try:
            tree = reader.build()
        except _Unreadable as found:
            one = found.complaint
            told.append(Diagnostic(reader.span(*one.at), one.problem, one.help, one.code))
            sure = sure and one.sure
            read_again = len(told) * len(data)
            if len(told) > MOST_MENDS or read_again > MOST_READ_AGAIN or not mended.edit(one.edits):
                raise _all_of([*told, *reader.problems]) from None
        else:
            break
    if not sure or reader.elsewhere:
        raise _all_of([*told, *reader.problems])
    if isinstance(tree, Lost):
        raise _all_of([*told, *reader.problems])
    if tree is None or (isinstance(tree, Scalar) and tree.null):
        raise InputError(
            [
                *told,
                Diagnostic(
                    Span(file, 1, 1), "the file is empty", "a file of comments or blank lines says nothing", "empty"
                ),
            ]
        )
    return tree, [*told, *reader.problems]
