"""Bounds and tests as they are first tried, in signs or in words, and how the language writes them."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["bound_meant", "test_meant"]

SIGNS: Final = {
    ">=": "at_least",
    "=>": "at_least",
    "≥": "at_least",
    "at least": "at_least",
    "<=": "at_most",
    "=<": "at_most",
    "≤": "at_most",
    "at most": "at_most",
    "up to": "at_most",
    ">": "above",
    "above": "above",
    "more than": "above",
    "over": "above",
    "after": "above",
    "<": "below",
    "below": "below",
    "less than": "below",
    "fewer than": "below",
    "under": "below",
    "before": "below",
    "!=": "not",
    "is not": "not",
    "not": "not",
    "==": "is",
    "=": "is",
    "is": "is",
}
_SIGN: Final = "|".join(
    re.escape(sign).replace(r"\ ", "[ _]") + (r"(?:\s|:(?=\s))" if sign[-1].isalpha() else "") for sign in SIGNS
)
_BOUND: Final = re.compile(rf"({_SIGN})\s*([^\s=<>].*)")
_TEST: Final = re.compile(rf"((?:case\.)?[a-z][a-z0-9_]*)\s*(?:(?<=\s)|(?=[^a-z]))({_SIGN})\s*([^\s=<>].*)")


def _word(sign: str) -> str:
    return SIGNS[sign.strip().rstrip(":").replace("_", " ")]


def bound_meant(text: str) -> str | None:
    """How a text such as ``at_least 25`` or ``> 25`` is written as a bound; ``None`` where it is none."""
    found = _BOUND.fullmatch(text)
    return (
        None
        if found is None
        else f"{_what(_word(found[1]))} is written as a mapping: {{{_word(found[1])}: {found[2]}}}"
    )


def test_meant(text: str) -> str | None:
    """How a text such as ``total >= 40`` is written as a test; ``None`` where it is none."""
    found = _TEST.fullmatch(text)
    if found is None:
        return None
    name, word, than = found[1], _word(found[2]), found[3]
    test = than if word == "is" else f"{{{word}: {than}}}"
    return f"{_what(word)} is written as a mapping: {{{name}: {test}}}"


def _what(word: str) -> str:
    return "a test" if word in ("is", "not") else "a bound"
