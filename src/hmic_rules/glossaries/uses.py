"""Where our own texts use abbreviations: each place, those that nothing defines, and entries that nothing uses."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from collections.abc import Mapping as MappingType
from collections.abc import Sequence as Sequences
from typing import TYPE_CHECKING, Any, Final

from attrs import frozen

from hmic_rules.errors import Diagnostic, NotFoundError, Span, did_you_mean, quoted
from hmic_rules.glossaries.abbreviations import GLOSSARY, Abbreviation, Found, Glossary, abbreviation_data
from hmic_rules.glossaries.beside import glossary_beside
from hmic_rules.loading.trees import Mapping, Scalar, Sequence, Tree
from hmic_rules.sources.citations import keys_of_cases
from hmic_rules.sources.citing import FileRead, files_of

if TYPE_CHECKING:
    from hmic_rules.catalogue import Place
    from hmic_rules.inspections import Inspection

__all__ = ["glossary_data", "lint_abbreviations", "uses_of"]

# What stands under these keys is no text of ours: addresses, and the words that are listed as no abbreviations.
NO_TEXT: Final = frozenset({"cite", "not_abbreviations"})
_BREAKS: Final = re.compile(r"\r\n|[\n\r]")


def uses_of(inspection: Inspection, glossary: Glossary) -> dict[str, tuple[Span, ...]]:
    """The first place of each abbreviation in each of our texts, by its singular, defined or not, in the order of the files.

    Our texts are whatever stands in the files of the inspection, its figures, its glossary and its rule set with the frameworks, names of
    keys, addresses and the facts of cases left out. An inspection that was not read from a folder has none.

    Raises:
        InputError: a file cannot be read.

    """
    found: dict[str, dict[Span, None]] = {}
    for file in _files(inspection):
        words = _Words.of(file)
        for scalar in _texts(file.tree):
            terms: dict[str, Found] = {}
            for one in glossary.abbreviations_in(scalar.text):
                terms.setdefault(one.term, one)
            for term, one in terms.items():
                found.setdefault(term, {})[words.place(scalar, scalar.text[one.start : one.end])] = None
    return {term: tuple(places) for term, places in found.items()}


def glossary_data(entries: Iterable[Abbreviation], uses: MappingType[str, Sequences[Span]]) -> dict[str, Any]:
    """Entries as plain data, for JSON: under ``abbreviations`` each with ``line``, ``column``, and under ``used`` the places of :func:`uses_of`."""
    return {
        "abbreviations": [
            {
                **abbreviation_data(entry),
                "line": entry.span.line,
                "column": entry.span.column,
                "used": [
                    {"file": place.file, "line": place.line, "column": place.column}
                    for place in uses.get(entry.term, ())
                ],
            }
            for entry in entries
        ]
    }


def lint_abbreviations(inspection: Inspection) -> Iterator[Diagnostic]:
    """Abbreviations that the glossary does not define, and entries that nothing uses.

    An entry that cites a passage is there for whoever reads the passages, and needs no other use.

    Codes: ``undefined-abbreviation``, ``unused-abbreviation``, ``no-glossary``.

    Raises:
        InputError: the glossary, or a file, cannot be read.

    """
    glossary = glossary_beside(inspection)
    if glossary is None:
        uses = uses_of(inspection, Glossary(GLOSSARY, None, {}, {}))
        if uses:
            named = ", ".join(map(quoted, uses))
            problem = f"there is no `{GLOSSARY}` beside it, and its texts use {named}"
            yield Diagnostic(
                inspection.file, problem, "write one, so that explanations can say what they mean", "no-glossary"
            )
        return
    uses = uses_of(inspection, glossary)
    for term, places in uses.items():
        if term not in glossary.entries:
            more = len(places) - 1
            also = f"; it stands in {more} more text{'s' * (more > 1)}" if more else ""
            problem = f"the glossary does not define {quoted(term)}{also}"
            near = did_you_mean(term, glossary.entries)
            help = "define it, or list it under `not_abbreviations`"
            yield Diagnostic(places[0], problem, f"{near} Or {help}" if near else help, "undefined-abbreviation")
    for term, entry in glossary.entries.items():
        if term not in uses and not entry.cite:
            problem = f"no text uses {quoted(term)}, and its entry cites no passage"
            yield Diagnostic(entry.span, problem, "take it out", "unused-abbreviation")
    without = Glossary(glossary.file, None, glossary.entries, {})
    words = uses_of(inspection, without) if glossary.others else {}
    for word, span in glossary.others.items():
        if word not in words:
            problem = f"no text has {quoted(word)}, which is listed under `not_abbreviations`"
            yield Diagnostic(span, problem, "take it out", "unused-abbreviation")


def _files(inspection: Inspection) -> Iterator[FileRead]:
    if inspection.place is None:
        return
    main, *others = files_of(inspection.place)
    yield main
    yield from others
    ruleset = main.tree.entries.get("ruleset") if isinstance(main.tree, Mapping) else None
    place = _ruleset(inspection.place, ruleset.text) if isinstance(ruleset, Scalar) else None
    if place is not None:
        yield from files_of(place)


def _ruleset(inspection: Place, name: str) -> Place | None:
    try:
        return inspection.base(name)
    except NotFoundError:
        return None


def _texts(tree: Tree) -> Iterator[Scalar]:
    """The texts in a file, in its order."""
    left_out = NO_TEXT | keys_of_cases(tree)
    pending = [tree]
    while pending:
        node = pending.pop()
        if isinstance(node, Scalar):
            yield node
        elif isinstance(node, Sequence):
            pending.extend(reversed(node.items))
        else:
            pending.extend(reversed([child for key, child in node.entries.items() if key not in left_out]))


@frozen
class _Words:
    """Finds the place of a word in a text that may go over several lines."""

    file: str
    lines: tuple[str, ...]
    starts: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, file: FileRead) -> _Words:
        lines = _BREAKS.split(file.data.decode("utf-8-sig", errors="replace"))
        starts = sorted((one.span.line, one.span.column) for one in _scalars(file.tree))
        return cls(file.name, tuple(lines), tuple(starts))

    def place(self, scalar: Scalar, word: str) -> Span:
        """Where the word first stands between the start of its text and the next text; the start, where it is not written out there."""
        start = scalar.span.line, scalar.span.column
        after = bisect_right(self.starts, start)
        end = self.starts[after] if after < len(self.starts) else (len(self.lines) + 1, 1)
        pattern = re.compile(rf"(?<![^\W_]){re.escape(word)}(?![^\W_])")
        for number in range(start[0], min(end[0], len(self.lines)) + 1):
            line = self.lines[number - 1]
            first = start[1] - 1 if number == start[0] else 0
            last = end[1] - 1 if number == end[0] else len(line)
            match = pattern.search(line, first, last)
            if match is not None:
                return Span(scalar.span.file, number, match.start() + 1)
        return scalar.span


def _scalars(tree: Tree) -> Iterator[Scalar]:
    """Every scalar of a file, keys too."""
    pending = [tree]
    while pending:
        node = pending.pop()
        if isinstance(node, Scalar):
            yield node
        elif isinstance(node, Sequence):
            pending.extend(node.items)
        else:
            yield from node.keys.values()
            pending.extend(node.entries.values())
