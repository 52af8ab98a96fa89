"""Texts as HTML: escaped, and with what their abbreviations stand for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from hmic_rules.errors import HmicRulesError

if TYPE_CHECKING:
    from hmic_rules.glossaries.abbreviations import Glossary

try:
    from markupsafe import Markup
except ModuleNotFoundError as error:  # pragma: no cover - the tests run with every extra
    raise HmicRulesError('the report page is an extra: pip install "hmic-rules[report]"') from error

__all__ = ["Abbreviating"]

_ABBREVIATION = Markup('<abbr title="{means}">{written}</abbr>')


@frozen
class Abbreviating:
    """Escapes texts and marks the abbreviations that a glossary defines. Without a glossary none is marked."""

    glossary: Glossary | None

    def __call__(self, text: str | None) -> Markup:
        """A text as HTML."""
        if not text:
            return Markup()
        parts: list[str] = []
        end = 0
        for found in self.glossary.abbreviations_in(text) if self.glossary is not None else ():
            if found.entry is None:
                continue
            parts.append(text[end : found.start])
            parts.append(_ABBREVIATION.format(means=found.entry.means, written=text[found.start : found.end]))
            end = found.end
        return Markup().join([*parts, text[end:]])
