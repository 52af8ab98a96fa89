"""The glossary of an inspection's report from a YAML file, with every problem of it at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, cast

from attrs import field, frozen

from hmic_rules.errors import Span, quoted
from hmic_rules.glossaries.abbreviations import Abbreviation, Glossary
from hmic_rules.loading.fields import Reader, opened
from hmic_rules.loading.trees import Mapping, Scalar, Tree
from hmic_rules.rules import Basis
from hmic_rules.sources.citations import Titles, citations_of, unknown_addresses
from hmic_rules.sources.indexes import Index

__all__ = ["ENTRY_KEYS", "KEYS", "read_glossary"]

KEYS: Final = ("says", "abbreviations", "not_abbreviations")
ENTRY_KEYS: Final = ("means", "basis", "cite", "says")


def read_glossary(data: bytes, file: str, titles: Titles, index_for: Callable[[str], Index | None]) -> Glossary:
    """Read a glossary.

    Args:
        data: its bytes.
        file: how it is called in messages.
        titles: the documents of the inspection, by id, the first of them being the one that addresses without a document are in.
        index_for: gives the index of the document of a title, if there is one; what is cited is held to it.

    Raises:
        InputError: with every problem found.

    """
    reader, root = opened(data, file, "a glossary", KEYS, ("abbreviations",))
    entries = root.entries
    build = _Build(reader)
    says = reader.text(entries.get("says"), "`says`")
    for item in reader.sequence(entries.get("not_abbreviations"), "`not_abbreviations`"):
        build.other(item)
    mapping = reader.mapping(entries.get("abbreviations"), "`abbreviations`")
    if mapping is not None:
        for term, child in mapping.entries.items():
            build.entry(mapping.keys[term], child)
    reader.problems.extend(unknown_addresses(citations_of(root), titles, index_for))
    reader.finish()
    return Glossary(file, says, build.entries, build.others)


@frozen
class _Build:
    reader: Reader
    entries: dict[str, Abbreviation] = field(factory=dict)
    others: dict[str, Span] = field(factory=dict)

    def other(self, tree: Tree) -> None:
        word = self.reader.text(tree, "a word that abbreviates nothing")
        if word is None or not self.can_be_found(word, tree.span):
            return
        if word in self.others:
            problem = f"{quoted(word)} stands twice; it was first given in line {self.others[word].line}"
            self.reader.error(tree.span, problem, "take one of the two out", "duplicate-key")
            return
        self.others[word] = tree.span

    def entry(self, key: Scalar, tree: Tree) -> None:
        reader, term = self.reader, key.text
        what = f"the abbreviation {quoted(term)}"
        is_word = self.can_be_found(term, key.span)
        if term in self.others:
            problem = f"{quoted(term)} is an abbreviation here, and none in line {self.others[term].line}"
            reader.error(key.span, problem, "take one of the two out", "contradiction")
        if isinstance(tree, Scalar) and tree.span not in reader.refused:
            help = "write {means: WORDS, cite: section/kind/ordinal}"
            reader.error(tree.span, f"{what} must be a mapping, and not the words alone", help, "shape")
            return
        mapping = reader.mapping(tree, what, ENTRY_KEYS, ("means",))
        if mapping is None:
            return
        means = reader.text(mapping.entries.get("means"), "`means`")
        says = reader.text(mapping.entries.get("says"), "`says`")
        basis = self.basis(mapping, what)
        cite = reader.cite(mapping.entries.get("cite"))
        if is_word and means is not None:
            self.entries[term] = Abbreviation(term, means, basis, cite, says, key.span)

    def basis(self, mapping: Mapping, what: str) -> Basis:
        """What cites a passage is stated by it, where it says nothing else; what cites none says that it is assumed."""
        if "basis" in mapping.entries:
            return cast("Basis", self.reader.basis(mapping, what))
        if "cite" not in mapping.entries:
            help = "cite the passage that writes it out, or add `basis: assumed`"
            self.reader.error(mapping.span, f"{what} cites nothing, and does not say that it is assumed", help, "basis")
        return "stated"

    def can_be_found(self, term: str, at: Span) -> bool:
        """Whether a text can have it as a word of its own."""
        if term[:1].isalnum() and term.isprintable() and term == term.rstrip():
            return True
        help = "write it as it stands in texts, with a letter or a digit first"
        self.reader.error(at, f"{quoted(term)} cannot be found in a text", help, "name")
        return False
