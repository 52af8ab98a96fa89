"""Reading trees field by field: each helper reports what is wrong where it stands and goes on, so that all problems come at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final, NoReturn, cast

from attrs import field, frozen

from hmic_rules.datatypes import BOOLEAN, ListType, ScalarType, WrongValue, read_number
from hmic_rules.errors import MAX_PROBLEMS, Diagnostic, InputError, Span, capped, did_you_mean, quoted
from hmic_rules.loading.bounds import bound_meant, test_meant
from hmic_rules.loading.hints import cut_off, key_help, key_meant, labels_meant, null_help
from hmic_rules.loading.trees import Lost, Mapping, Scalar, Sequence, Tree, by_place, one_or_many, read_tree
from hmic_rules.possible import NOT_APPLICABLE, Known

__all__ = ["BASES", "CITE", "ID", "NAME", "RESERVED", "Reader", "opened"]

BASES: Final = ("stated", "derived", "assumed")
RESERVED: Final = frozenset(
    {
        "all",
        "any",
        "not",
        "every",
        "some",
        "none",
        "count",
        "share",
        "case",
        "facts",
        "value",
        "term",
        "applicable",
        "where",
        "among",
        "of",
        "is",
        "in",
    }
)
NAME: Final = re.compile(r"[a-z][a-z0-9_]*")
ID: Final = re.compile(r"[a-z0-9][a-z0-9]*(?:[-.][a-z0-9]+)*")
CITE: Final = re.compile(r"(?:[a-z0-9][a-z0-9-]*:)?[a-z0-9][a-z0-9-]*(?:/[a-z0-9][a-z0-9-]*)+")
_ENDS = re.compile(r"(\S+) ?(?:to|and|-|–|\.\.) ?(\S+)")
CONDITIONS: Final = ("`when`", "`applies`", "`is`", "`not`", "`where`", "`among`", "`never`", "`always`")
OPERANDS: Final = ("a value", "a bound", "a label")
CURLY: Final = "\u201c\u201d\u2018\u2019"


@frozen
class Reader:
    """Collects the problems of one file, or of the files of one rule set.

    ``refused`` holds the places that were reported before any slot was read, so that no slot reports them again.
    """

    problems: list[Diagnostic] = field(factory=list)
    refused: set[Span] = field(factory=set)

    def error(self, at: Span | str, problem: str, help: str | None = None, code: str = "invalid") -> None:
        """Note a problem and go on.

        Raises:
            InputError: there are so many that nobody reads on; those found so far.

        """
        self.problems.append(Diagnostic(at, problem, help, code))
        if len(self.problems) >= MAX_PROBLEMS:
            self.finish()

    def finish(self) -> None:
        """Raise every problem found, in the order of the places.

        Raises:
            InputError: there was a problem.

        """
        if self.problems:
            raise InputError(capped(sorted(set(self.problems), key=by_place)))

    def stop(self) -> NoReturn:
        """Raise every problem found, where without what is wrong nothing else can be read.

        Raises:
            InputError: always.

        """
        self.finish()
        raise AssertionError("nothing was reported")

    def mapping(
        self, tree: Tree | None, what: str, allowed: Iterable[str] | None = None, required: Iterable[str] = ()
    ) -> Mapping | None:
        """The tree as a mapping with only the allowed keys and all the required ones.

        A key that is a slip for a known one is reported and read on as that one, so that nothing else is reported because of it.
        """
        if tree is None or isinstance(tree, Lost) or tree.span in self.refused:
            return None
        if not isinstance(tree, Mapping):
            help = "write `key: value` lines, or {key: value}"
            if isinstance(tree, Scalar) and (what in CONDITIONS or what.startswith("an entry of")):
                help = test_meant(tree.text) or "write {name: what it must be}"
            elif isinstance(tree, Sequence) and what in CONDITIONS:
                help = "write {key: value, …}, or {all: [ … ]} for several conditions"
            self.error(tree.span, f"{what} must be a mapping of names to values", help, "shape")
            return None
        if allowed is not None:
            tree = self.known_keys(tree, list(allowed), lambda key: f"{key} is not a key of {what}")
        for key in required:
            if key not in tree.entries:
                self.error(tree.span, f"{what} has no {quoted(key)}", f"add `{key}: …`", "missing-key")
        return tree

    def known_keys(
        self,
        mapping: Mapping,
        known: list[str],
        problem: Callable[[str], str],
        help: Callable[[str], str | None] | None = None,
    ) -> Mapping:
        """The mapping with slips corrected; keys that are not known are reported, save those already reported as empty."""
        slips: dict[str, str] = {}
        for key, scalar in mapping.keys.items():
            if key in known or mapping.entries[key].span in self.refused:
                continue
            self.error(scalar.span, problem(quoted(key)), help(key) if help else key_help(key, known), "unknown-key")
            meant = key_meant(key, known)
            if meant is not None and meant not in mapping.entries and meant not in slips.values():
                slips[key] = meant
        return mapping.renamed(slips) if slips else mapping

    def sequence(self, tree: Tree | None, what: str) -> tuple[Tree, ...]:
        """The entries of a list; none where it is no list, which is reported."""
        if tree is None or isinstance(tree, Lost) or tree.span in self.refused:
            return ()
        if isinstance(tree, Sequence):
            return tree.items
        help = "write it in [brackets], or as lines that start with `- `"
        if isinstance(tree, Scalar) and (ends := _ENDS.fullmatch(tree.text)):
            help = f"write [{ends[1]}, {ends[2]}]"
        self.error(tree.span, f"{what} must be a list", help, "shape")
        return ()

    def text(self, tree: Tree | None, what: str) -> str | None:
        """The tree as a text that is not empty."""
        if tree is None or isinstance(tree, Lost) or tree.span in self.refused:
            return None
        if not isinstance(tree, Scalar):
            help = "write one text, without brackets; in quotes where it has signs of its own"
            self.error(tree.span, f"{what} must be a text", help, "shape")
            return None
        if tree.null:
            self.error(
                tree.span,
                f"{what} is empty",
                "a `#` starts a comment and a lone `~` or `null` is no text: quote it",
                "null",
            )
            return None
        return tree.text

    def texts(self, tree: Tree | None, what: str) -> tuple[str, ...]:
        """One text, or a list of them."""
        return tuple(text for item in one_or_many(tree) if (text := self.text(item, what)) is not None)

    def name(self, scalar: Scalar, what: str) -> str | None:
        """A name that rules can use."""
        if scalar.text in RESERVED:
            help = f"choose another name; a table's column of this name is mapped with `column: {scalar.text}`"
            self.error(
                scalar.span, f"{quoted(scalar.text)} is a word of the language and cannot name {what}", help, "reserved"
            )
            return None
        if not NAME.fullmatch(scalar.text):
            help = "write small letters, digits and underscores, with a letter first"
            self.error(scalar.span, f"{quoted(scalar.text)} cannot name {what}", help, "name")
            return None
        return scalar.text

    def identifier(self, tree: Tree | None, what: str) -> str | None:
        """The tree as an id: small letters, digits and hyphens."""
        text = self.text(tree, what)
        if text is not None and tree is not None and not ID.fullmatch(text):
            self.error(tree.span, f"{quoted(text)} cannot be {what}", "write small letters, digits and hyphens", "name")
            return None
        return text

    def own_id(self, mapping: Mapping, seen: dict[str, int], what: str) -> str | None:
        """An identifier that no other rule, limit or claim of the same list has; ``seen`` holds their lines."""
        id = self.identifier(mapping.entries.get("id"), f"the id of a {what}")
        if id is not None and id in seen:
            span = mapping.entries["id"].span
            self.error(
                span,
                f"the {what} {quoted(id)} stands twice; it was first given in line {seen[id]}",
                "give each its own id",
                "duplicate-key",
            )
            return None
        if id is not None:
            seen[id] = mapping.entries["id"].span.line
        return id

    @staticmethod
    def called(tree: Tree, what: str) -> str:
        """How a rule or a limit is called in messages: by its id, where it has one."""
        id = tree.entries.get("id") if isinstance(tree, Mapping) else None
        named = isinstance(id, Scalar) and not id.null
        return (
            f"the {what} {quoted(cast('Scalar', id).text)}"
            if named
            else f"{'an' if what[0] in 'aeiou' else 'a'} {what}"
        )

    def one_of(self, tree: Tree | None, what: str, known: Iterable[str]) -> str | None:
        """The tree as one of these words."""
        text = self.text(tree, what)
        names = list(known)
        if text is None or text in names:
            return text
        assert tree is not None  # noqa: S101 - text() gave a text
        self.error(tree.span, f"{quoted(text)} is not {what}", did_you_mean(text, names), "unknown-word")
        return None

    def boolean(self, tree: Tree | None, what: str, default: bool = False) -> bool:
        """The tree as yes or no; the default where nothing stands, or something else."""
        if tree is None:
            return default
        found = self.value(tree, BOOLEAN, what)
        return found if isinstance(found, bool) else default

    def number(self, tree: Tree | None, what: str) -> int | None:
        """A whole number that is not negative."""
        if tree is None:
            return None
        text = self.text(tree, what)
        if text is None:
            return None
        try:
            number = read_number(text)
        except WrongValue as wrong:
            self.error(tree.span, wrong.problem, wrong.help, "value")
            return None
        if number.denominator != 1 or number < 0:
            self.error(tree.span, f"{quoted(text)} is not a whole number of at least 0", None, "value")
            return None
        return int(number)

    def value(self, tree: Tree | None, type: ScalarType, what: str, not_applicable: bool = False) -> Known | None:
        """The tree as a value of the type; text that was written decides, not what YAML would make of it."""
        text = self.text(tree, what)
        if text is None or tree is None:
            return None
        if not_applicable and text == NOT_APPLICABLE.value:
            return NOT_APPLICABLE
        try:
            return type.parse(text)
        except WrongValue as wrong:
            help = labels_meant(text, type) or (bound_meant(text) if what in OPERANDS else None) or wrong.help
            self.error(tree.span, wrong.problem, help, "value")
            return None

    def values(self, tree: Tree | None, type: ListType, what: str) -> tuple[Known, ...]:
        """The tree as a list of values of the type; those that are none are reported and left out."""
        found = (self.value(item, type.item, what) for item in self.sequence(tree, what))
        return tuple(value for value in found if value is not None)

    def basis(self, rule: Mapping, what: str, required: bool = True) -> str:
        """Where it comes from; what is not assumed must cite a passage."""
        tree = rule.entries.get("basis")
        if tree is None:
            if required:
                help = "add `basis: stated` (the source says so), `derived` (it follows) or `assumed` (ours)"
                self.error(rule.span, f"{what} has no `basis`", help, "missing-basis")
            return "assumed"
        basis = self.one_of(tree, "a basis", BASES) or "assumed"
        if basis != "assumed" and "cite" not in rule.entries and required:
            self.error(
                rule.span,
                f"{what} is {basis} and cites nothing",
                "add `cite: section/kind/ordinal`, or make it `basis: assumed`",
                "missing-cite",
            )
        return basis

    def cite(self, tree: Tree | None) -> tuple[str, ...]:
        """Addresses of passages: ``section/kind/ordinal``, with ``document:`` before it where there are several documents."""
        addresses: list[str] = []
        for item in one_or_many(tree):
            text = self.text(item, "a citation")
            if text is None:
                continue
            if not CITE.fullmatch(text):
                self.error(
                    item.span,
                    f"{quoted(text)} is not the address of a passage",
                    "write it as section/kind/ordinal, such as grading/fair/1",
                    "cite",
                )
            addresses.append(text)
        return tuple(addresses)

    def refuse_nulls(self, tree: Tree, exempt: frozenset[str]) -> None:
        """Nothing in a rule set is null, and no text stands in curly quotes; ``exempt`` keys hold facts, where null is unknown."""
        pending: list[Tree] = [tree]
        while pending:
            node = pending.pop()
            if isinstance(node, Mapping):
                for key, child in node.entries.items():
                    if key in exempt:
                        continue
                    if isinstance(child, Lost):
                        self.refused.add(child.span)
                    elif isinstance(child, Scalar) and child.null:
                        self.error(node.keys[key].span, f"{quoted(key)} has no value", null_help(node, key), "null")
                        self.refused.add(child.span)
                        if (cut := cut_off(node, key)) is not None:
                            self.refused.add(cut.span)
                    else:
                        pending.append(child)
            elif isinstance(node, Sequence):
                for child in node.items:
                    if isinstance(child, Lost):
                        self.refused.add(child.span)
                    elif isinstance(child, Scalar) and child.null:
                        self.error(
                            child.span, "an entry of a list is empty", "a `#` starts a comment: quote the text", "null"
                        )
                        self.refused.add(child.span)
                    else:
                        pending.append(child)
            elif node.plain and node.text[0] in CURLY and node.text[-1] in CURLY:
                help = f"write {quoted(node.text.strip(CURLY))}, or use straight quotes"
                self.error(
                    node.span, f"the curly quotes of {quoted(node.text)} would be part of the text", help, "quotes"
                )
                self.refused.add(node.span)


def opened(
    data: bytes, file: str, what: str, allowed: Iterable[str], required: Iterable[str] = ()
) -> tuple[Reader, Mapping]:
    """A file in which nothing may be null, as a mapping of these keys; and who goes on reading it.

    Args:
        data: its bytes.
        file: how it is called in messages.
        what: what it is, in words.
        allowed: the keys that it may have.
        required: those that it must have.

    Raises:
        InputError: it is not readable, or no mapping.

    """
    tree, problems = read_tree(data, file)
    reader = Reader(list(problems))
    reader.refuse_nulls(tree, frozenset())
    root = reader.mapping(tree, what, allowed, required)
    if root is None:
        reader.stop()
    return reader, root
