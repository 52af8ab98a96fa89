"""A page about a rule set, from the rule set and what stands beside it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from attrs import frozen

from hmic_rules.catalogue import find, load
from hmic_rules.documentation.assumed import assumed
from hmic_rules.documentation.examples import examples
from hmic_rules.documentation.opening import inherited, opening, outcomes
from hmic_rules.documentation.pages import Block, Heading, Page, Paragraph, Written, code, line, without_dead_links
from hmic_rules.documentation.promises import promises, second_opinion
from hmic_rules.documentation.rules import departures, rules
from hmic_rules.documentation.speaking import Speaker, speaker_of
from hmic_rules.documentation.taking import frameworks, takes
from hmic_rules.errors import Diagnostic, InputError
from hmic_rules.rulesets import Ruleset
from hmic_rules.verification.certificates import CERTIFICATE

__all__ = ["CHANGELOG", "Beside", "page_about", "page_of", "short_page_of"]

CHANGELOG: Final = "CHANGELOG.md"


@frozen
class Beside:
    """What stands beside a rule set: its certificate and the changes of its editions, where they do."""

    certificate: bytes | None = None
    changes: str | None = None


def page_about(name_or_path: str | Path) -> Page:
    """The page about a rule set, with what stands beside it.

    Raises:
        NotFoundError: there is no such rule set.
        InputError: the rule set has problems, or the changes beside it are no text.

    """
    place = find("ruleset", name_or_path)
    ruleset = load(name_or_path)

    def beside(file: str) -> bytes | None:
        try:
            return place.read(file)
        except FileNotFoundError:
            return None

    changes = beside(CHANGELOG)
    try:
        text = None if changes is None else changes.decode()
    except UnicodeDecodeError as error:
        problem = f"is not UTF-8: byte {error.start + 1}"
        raise InputError([Diagnostic(place.shown_as(CHANGELOG), problem, "save it as UTF-8", "io")]) from None
    return page_of(ruleset, Beside(beside(CERTIFICATE), text))


def page_of(ruleset: Ruleset, beside: Beside) -> Page:
    """The page about a rule set."""
    speaker = speaker_of(ruleset)
    return Page(ruleset.name, ruleset.title, tuple(_blocks(speaker, beside)))


def short_page_of(ruleset: Ruleset) -> Page:
    """What a rule set answers and takes, for a notebook."""
    speaker = speaker_of(ruleset)
    about = Paragraph(line("Rule set ", code(ruleset.name), f", edition {ruleset.edition}."))
    return Page(ruleset.name, ruleset.title, without_dead_links((about, *outcomes(speaker), *takes(speaker))))


def _blocks(speaker: Speaker, beside: Beside) -> Iterator[Block]:
    yield from opening(speaker)
    yield from inherited(speaker)
    yield from takes(speaker)
    yield from rules(speaker)
    yield from frameworks(speaker)
    yield from departures(speaker)
    yield from assumed(speaker)
    yield from examples(speaker)
    yield from promises(speaker, beside.certificate)
    yield from second_opinion(speaker)
    if beside.changes is not None:
        yield Heading(2, line("Changes"), "changes")
        yield Written(beside.changes)
