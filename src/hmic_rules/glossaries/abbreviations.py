"""Abbreviations with what they stand for, and the abbreviations in a text, defined or not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from attrs import frozen

from hmic_rules.errors import NotFoundError, Span, did_you_mean, quoted

if TYPE_CHECKING:
    from hmic_rules.rules import Basis

__all__ = ["GLOSSARY", "Abbreviation", "Found", "Glossary", "abbreviation_data", "texts_in"]

GLOSSARY: Final = "glossary.yaml"
CAPITALS: Final = 2
# Letters and digits, with `&` between some: what one word is. An apostrophe, a hyphen or a slash ends it.
_WORD: Final = r"[^\W_]+(?:&[^\W_]+)*"
_ENDS: Final = r"(?![^\W_]|&[^\W_])"


@frozen
class Abbreviation:
    """An abbreviation and what it stands for.

    Attributes:
        term: as texts write it, in the singular.
        means: the words that it stands for.
        basis: ``stated`` or ``derived`` where a passage is cited, ``assumed`` where the meaning is ours.
        cite: the addresses of the passages that write it out.
        says: what else is to be known of it, if anything.

    """

    term: str
    means: str
    basis: Basis
    cite: tuple[str, ...]
    says: str | None
    span: Span


@frozen
class Found:
    """An abbreviation in a text: ``text[start:end]``, its singular, and its entry where the glossary defines it."""

    start: int
    end: int
    term: str
    entry: Abbreviation | None


@frozen(eq=False, slots=False)
class Glossary:
    """The abbreviations of a report.

    Attributes:
        file: the file that it was read from.
        says: what it is, if it says so.
        entries: the abbreviations, in the order of the file.
        others: words with two capitals or more that abbreviate nothing, such as names, with their places.

    """

    file: str
    says: str | None
    entries: Mapping[str, Abbreviation]
    others: Mapping[str, Span]

    def __getitem__(self, term: str) -> Abbreviation:
        """An entry, in the singular or the plural; in another letter case, where one entry alone is written so.

        Raises:
            NotFoundError: the glossary does not define it.

        """
        for written in (term, _singular(term)):
            if written in self.entries:
                return self.entries[written]
        alike = [one for one in self.entries if one.casefold() in (term.casefold(), term.casefold().removesuffix("s"))]
        if len(alike) == 1:
            return self.entries[alike[0]]
        help = did_you_mean(term, self.entries)
        problem = f"the glossary {quoted(self.file)} does not define {quoted(term)}"
        raise NotFoundError(f"{problem}: {help}" if help else problem)

    def abbreviations_in(self, text: str) -> Iterator[Found]:
        """Every abbreviation in a text, in its order.

        What the glossary defines is found wherever it is a word of its own, in the plural too. Beside that, a word is an abbreviation where it has two
        capitals or more and is not among ``others``.
        """
        for match in self._pattern.finditer(text):
            written = match[0]
            term = written if written in self.entries or written in self.others else _singular(written)
            if term in self.others:
                continue
            if term in self.entries or sum(map(str.isupper, written)) >= CAPITALS:
                yield Found(match.start(), match.end(), term, self.entries.get(term))

    def used_in(self, texts: Iterable[str]) -> tuple[Abbreviation, ...]:
        """The entries that any of the texts uses, each once, in the order of the glossary."""
        used = {found.term for text in texts for found in self.abbreviations_in(text)}
        return tuple(entry for term, entry in self.entries.items() if term in used)

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        known = sorted({*self.entries, *self.others}, key=lambda term: (-len(term), term))
        written = [re.escape(term) + ("s?" if _takes_s(term) else "") for term in known]
        ways = [f"(?:{'|'.join(written)}){_ENDS}"] if written else []
        return re.compile("|".join([*ways, _WORD]))


def _takes_s(term: str) -> bool:
    """Whether a small ``s`` after it is the plural's."""
    return term[-1].isupper() or term[-1].isdigit()


def _singular(written: str) -> str:
    return written[:-1] if written[-1:] == "s" and written[:-1] and _takes_s(written[:-1]) else written


def abbreviation_data(entry: Abbreviation) -> dict[str, Any]:
    """An entry as plain data, for JSON: ``term``, ``means``, ``basis``, ``cite`` and ``says``."""
    return {
        "term": entry.term,
        "means": entry.means,
        "basis": entry.basis,
        "cite": list(entry.cite),
        "says": entry.says,
    }


def texts_in(data: Any) -> Iterator[str]:
    """Every text in plain data, keys left out."""
    pending = [data]
    while pending:
        found = pending.pop()
        if isinstance(found, str):
            yield found
        elif isinstance(found, Mapping):
            pending.extend(found.values())
        elif isinstance(found, list | tuple):
            pending.extend(found)
