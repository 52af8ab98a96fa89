"""Worked cases, each with what must follow from it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath
from typing import Any, Final

from hmic_rules.backends.prose.grammar import in_quotes, listed, sentence, words_of
from hmic_rules.conditions import CASE
from hmic_rules.documentation.pages import Block, Heading, Item, Listing, Paragraph, code, faint, line, strong
from hmic_rules.documentation.speaking import Speaker, remark
from hmic_rules.documentation.taking import given_told
from hmic_rules.errors import Span
from hmic_rules.loading.trees import Mapping, Scalar, Sequence
from hmic_rules.rules import ValueRule
from hmic_rules.rulesets import Case

__all__ = ["examples"]

MOST_LETTERS: Final = 500
TRUTHS: Final = {"true": "yes", "false": "no"}
STATES: Final = {
    "undetermined": "stays open",
    "no rule covers this": "has no result, for no rule covers this",
    "not applicable": "is not applicable",
}


def examples(speaker: Speaker) -> Iterator[Block]:
    """The cases that stand with the rule set."""
    cases = speaker.ruleset.cases
    yield Heading(2, line("Worked cases"), "cases")
    if not cases:
        yield Paragraph(line("No worked case stands with this rule set."))
        return
    yield Paragraph(
        line(
            f"The rule set is held to {len(cases)} worked {'case' if len(cases) == 1 else 'cases'}; what is not named in one is unknown."
        )
    )
    yield Listing(tuple(_case(speaker, case) for case in cases))


def _case(speaker: Speaker, case: Case) -> Item:
    settings = [f"{words_of(name)}: {_written(tree)}" for name, tree in _entries(case.parameters).items()]
    under = [
        *([] if case.framework is None else [f"framework {case.framework}"]),
        *([] if case.profile is None else [f"reading {case.profile}"]),
        *settings,
    ]
    given = "; ".join(f"{words_of(name)}: {_written(tree)}" for name, tree in _entries(case.facts).items())
    if len(given) > MOST_LETTERS:
        facts = line("The facts stand at ", code(_place(case.place)), ".")
    else:
        facts = line(f"Given: {given}." if given else "Given: nothing.")
    follows = [_expected(speaker, name, tree) for name, tree in _entries(case.expect).items()]
    then = line(f"Then {listed(follows)}." if follows else "Nothing is expected of it.")
    head = line(strong(sentence(case.title)), faint(f" ({'; '.join(under)})") if under else "")
    said = [Item(line(*remark(case.says)))] if case.says is not None else []
    return Item(head, (*said, Item(facts), Item(then)))


def _place(place: Span | str) -> str:
    """Where a case stands, without the folder: the same wherever the rule set is."""
    if isinstance(place, str):
        return place
    return f"{PurePath(place.file).name}:{place.line}:{place.column}"


def _entries(tree: Any) -> dict[str, Any]:
    return dict(tree.entries) if isinstance(tree, Mapping) else {}


def _expected(speaker: Speaker, name: str, tree: Any) -> str:
    value = speaker.ruleset.values.get(name)
    words = in_quotes(words_of(name))
    if value is None or value.scope == CASE or not isinstance(tree, Mapping):
        return f"{words} {_result(value, tree)}"
    results: dict[str, list[str]] = {}
    for key, one in tree.entries.items():
        results.setdefault(_result(value, one), []).append(key)
    return listed([f"{words} of {listed(keys)} {result}" for result, keys in results.items()])


def _result(value: ValueRule | None, tree: Any) -> str:
    if isinstance(tree, Mapping):
        possible = tree.entries.get("possible")
        listed_ = [_told(value, one) for one in possible.items] if isinstance(possible, Sequence) else []
        return f"can still be {listed(listed_, 'or')}"
    text = getattr(tree, "text", "")
    return STATES.get(text, f"is {_told(value, tree)}")


def _told(value: ValueRule | None, tree: Any) -> str:
    return _written(tree) if value is None else given_told(tree, value.type)


def _written(tree: Any) -> str:
    """A tree on one line, nearly as it is written."""
    if isinstance(tree, Scalar):
        if tree.plain and tree.text in TRUTHS:
            return TRUTHS[tree.text]
        return "unknown" if tree.null else tree.text
    if isinstance(tree, Mapping):
        return "{" + ", ".join(f"{words_of(key)}: {_written(child)}" for key, child in tree.entries.items()) + "}"
    if isinstance(tree, Sequence):
        return ", ".join(map(_written, tree.items)) if tree.items else "none"
    return "unknown"
