"""Passages out of somebody's own copy, for the reader of a reason: what a citation leads to there, and whether that is what was cited."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

from hmic_rules.sources.citations import Titles
from hmic_rules.sources.passages import Copy
from hmic_rules.sources.verifying import Status

__all__ = ["Quotation", "Quotations"]


@frozen
class Quotation:
    """A passage of a copy.

    ``status`` says how it stands to the passage that was cited: ``same``, ``changed``, ``moved`` or ``missing``; then there is no text.
    """

    address: str
    status: Status
    now: str | None
    paragraphs: tuple[str, ...]


@frozen
class Quotations:
    """The passages of a copy, for the citations of somebody who lists these documents.

    ``states`` is what became of each passage of the index in the copy (:func:`hmic_rules.sources.verifying.states_of`).
    """

    copy: Copy
    titles: Titles
    states: Mapping[str, tuple[Status, str | None]]

    def __getitem__(self, cite: str) -> Quotation | None:
        """What a citation leads to; nothing where it is of another document, or of no passage that the index has."""
        document, _, address = cite.rpartition(":")
        title = self.titles.get(document) if document else next(iter(self.titles.values()), None)
        state = self.states.get(address)
        if title != self.copy.layout.title or state is None:
            return None
        status, now = state
        return Quotation(address, status, now, self.copy.passages[now].paragraphs if now is not None else ())
