"""How a page begins: what the rule set is, what it answers, how to read it, its documents, and what it has from other rule sets."""

from __future__ import annotations

from collections.abc import Iterator

from hmic_rules.backends.prose.grammar import told, words_of
from hmic_rules.backends.prose.types import type_said
from hmic_rules.documentation.pages import (
    Block,
    Heading,
    Item,
    Line,
    Listing,
    Paragraph,
    anchor,
    code,
    faint,
    line,
    link,
    strong,
)
from hmic_rules.documentation.speaking import Speaker, remark
from hmic_rules.rules import ValueRule

__all__ = ["inherited", "opening", "outcomes"]

READING = (
    "What is in quotation marks is a name or a label of the rule set. “X” holds means that the answer to X is yes.",
    (
        "What nobody has said is unknown: it is never taken for no, and never for nought. "
        "An answer is given only where it is the same whatever the unknown facts turn out to be."
    ),
    "“Not applicable” is an answer of its own. What is not applicable passes no test but the one for that, and is left out where items are counted.",
    "Of none at all, “every one” holds. Where that matters, a rule asks besides that there is one.",
    "A share of none at all is unknown, unless the rule says otherwise. Shares and numbers are compared exactly, and nothing is rounded.",
    "Stated means that the source says so, derived that it follows from it, assumed that it is neither: it was put there by whoever wrote the rule set.",
)


def opening(speaker: Speaker) -> Iterator[Block]:
    """What the rule set is, and how to read the page."""
    ruleset = speaker.ruleset
    if ruleset.says is not None:
        yield Paragraph(line(*remark(ruleset.says)))
    yield Paragraph(line("Rule set ", code(ruleset.name), f", edition {ruleset.edition}", *_in_force(speaker), "."))
    yield from outcomes(speaker)
    yield Heading(2, line("How to read this page"), "how-to-read")
    yield Listing(tuple(Item(line(text)) for text in READING))
    yield from _documents(speaker)


def _in_force(speaker: Speaker) -> Line:
    start, end = speaker.ruleset.effective_from, speaker.ruleset.effective_to
    found = f", in force from {told(start)}" if start is not None else ""
    if end is not None:
        found += f"{'' if start is not None else ', in force'} until {told(end)}"
    return line(found)


def outcomes(speaker: Speaker) -> Iterator[Block]:
    """What people ask it for."""
    found = [speaker.ruleset.values[name] for name in speaker.ruleset.outcomes]
    yield Heading(2, line("What it answers"), "answers")
    yield Listing(tuple(Item(_answer(speaker, value)) for value in found))


def _answer(speaker: Speaker, value: ValueRule) -> Line:
    each = speaker.each(value.scope)
    name = link(words_of(value.name), anchor("value", value.name))
    return line(name, f", for {each}" if each else "", f": {type_said(value.type)}.", *remark(value.says))


def _documents(speaker: Speaker) -> Iterator[Block]:
    documents = list(speaker.ruleset.documents.values())
    if not documents:
        return
    yield Heading(2, line("Where the rules come from"), "documents")
    rows = [
        Item(
            line(code(one.id), f": {one.title}", f", {one.publisher}" if one.publisher else "", ".", *remark(one.says))
        )
        for one in documents
    ]
    yield Listing(tuple(rows))
    first = documents[0].id
    several = line(" Where another document is meant, its name stands before the address.") if documents[1:] else ()
    text = line("A citation names a passage by its address (section, kind, number); it is in ", code(first), ".")
    yield Paragraph((*text, *several))


def inherited(speaker: Speaker) -> Iterator[Block]:
    """What the rule set has from others, and what it changes in them."""
    ruleset = speaker.ruleset
    if not ruleset.ancestors:
        return
    yield Heading(2, line("What it has from other rule sets"), "inherited")
    chain = [
        Item(line(code(one.name), f", edition {one.edition}: {one.title}", "" if one.title.endswith(".") else "."))
        for one in ruleset.ancestors
    ]
    yield Paragraph(
        line(
            "It extends another rule set. What is not listed here as changed stands there word for word. The nearest comes first."
        )
    )
    yield Listing(tuple(chain))
    if not ruleset.changes:
        yield Paragraph(line("It changes nothing in it."))
        return
    entries = []
    for change in ruleset.changes:
        what = line(
            strong(change.verb.capitalize()), f": {change.kind} ", code(change.name), faint(f" (by {change.by})")
        )
        why = remark(change.says)
        same = ". What replaces it says the same" if change.same else ""
        entries.append(Item(line(*what, f"{same}.", *why)))
    yield Paragraph(line("What is otherwise than there:"))
    yield Listing(tuple(entries))
