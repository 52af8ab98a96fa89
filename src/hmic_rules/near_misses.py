"""Texts that are nearly, and not quite, what the rules ask for: `Training` where they ask for `training`. Texts are compared letter by letter, so they count as others."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import Final

from attrs import frozen

from hmic_rules.conditions import Compare, InList, LabelIn, SymbolKind, Test
from hmic_rules.datatypes import TextType
from hmic_rules.decisions import Decision
from hmic_rules.errors import Span, quoted
from hmic_rules.rows import place_of
from hmic_rules.structure import conditions_of, nodes

__all__ = ["NearMiss", "near_misses"]

ALIKE: Final = 0.85
LONGEST: Final = 80


@frozen
class NearMiss:
    """One text of a case.

    Attributes:
        place: the row it stands in.
        name: the input or field.
        written: the text.
        asked_for: the text that rules ask for and that it nearly is.

    """

    place: Span | str
    name: str
    written: str
    asked_for: str

    def __str__(self) -> str:
        return f"{self.place}: {quoted(self.name)} is {quoted(self.written)}, and counts as another text than {quoted(self.asked_for)}"


def near_misses(decision: Decision) -> tuple[NearMiss, ...]:
    """Every text of the case, or of its rows, that no rule asks for and that is nearly one that rules ask for."""
    asked: dict[tuple[str, str], set[str]] = {}
    for scope, name, texts in _asked_for(decision):
        asked.setdefault((scope, name), set()).update(texts)
    found: list[NearMiss] = []
    layout = decision.program.layout
    for (scope, name), texts in asked.items():
        folded = {" ".join(text.casefold().split()): text for text in sorted(texts)}
        met: dict[str, str | None] = {}
        for frames in decision.program.frames(decision.case, scope):
            written = frames[-1][layout.slots[scope][name]]
            if not isinstance(written, str) or written in texts:
                continue
            if written not in met:
                met[written] = _nearly(written, folded)
            if (meant := met[written]) is not None:
                found.append(NearMiss(place_of(frames[-1]), name, written, meant))
    return tuple(found)


def _asked_for(decision: Decision) -> Iterator[tuple[str, str, set[str]]]:
    """The texts that conditions ask for, of inputs that are free text."""
    for value in decision.ruleset.values.values():
        for test in (node for condition in conditions_of(value) for node in nodes(condition)):
            if not isinstance(test, Test) or not isinstance(test.subject.type, TextType):
                continue
            if test.subject.kind not in (SymbolKind.INPUT, SymbolKind.KEY):
                continue
            for check in test.checks:
                texts: set[object] = set()
                if isinstance(check, LabelIn):
                    texts = set(check.labels)
                elif isinstance(check, InList):
                    texts = set(decision.program.compiler.settings.lists[check.symbol.name] or ())
                elif isinstance(check, Compare):
                    texts = {check.operand}
                yield test.subject.scope, test.subject.name, {text for text in texts if isinstance(text, str)}


def _nearly(written: str, folded: dict[str, str]) -> str | None:
    plain = " ".join(written.casefold().split())
    if plain in folded:
        return folded[plain]
    close = difflib.get_close_matches(plain[:LONGEST], list(folded), n=1, cutoff=ALIKE) if len(plain) <= LONGEST else []
    return folded[close[0]] if close else None
