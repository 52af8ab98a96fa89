"""Bounds and tests as they are first tried, in signs or in words, and how the language writes them."""

from __future__ import annotations

import re
from typing import Final

from hmic_rules.slips import LONGEST

__all__ = ["bound_meant", "bound_written", "test_meant", "test_written"]

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


_NUMBER: Final = r"(-?\d+(?:\.\d+)?%?)"
_RANGE: Final = re.compile(rf"(?:(?:between|from)\s+)?{_NUMBER}\s+(?:and|to|–)\s+{_NUMBER}", re.IGNORECASE)
_AND: Final = re.compile(r"\s+(?:and|&&)\s+", re.IGNORECASE)
_OR: Final = re.compile(r"\s+(?:or|\|\|)\s+", re.IGNORECASE)
_JOINTS: Final = (_OR, _AND)


def _word(sign: str) -> str:
    return SIGNS[sign.strip().rstrip(":").replace("_", " ")]


def bound_written(text: str) -> str | None:
    """A text such as ``at_least 25`` or ``> 25`` as a bound of the language; ``None`` where it is none."""
    found = _BOUND.fullmatch(text)
    return None if found is None else f"{{{_word(found[1])}: {found[2]}}}"


def bound_meant(text: str) -> str | None:
    """The same as a sentence, or how a range is written that was tried as one text; ``None`` for one that is too long to be written anew."""
    if len(text) > LONGEST:
        return None
    between = _RANGE.fullmatch(text)
    if between is not None:
        return f"a range is written as a mapping: {{at_least: {between[1]}, at_most: {between[2]}}}"
    written, found = bound_written(text), _BOUND.fullmatch(text)
    return None if found is None else f"{_what(_word(found[1]))} is written as a mapping: {written}"


def test_written(text: str) -> str | None:
    """A text such as ``total >= 40`` as an entry of a condition; ``None`` where it is none. Parts that `and` or `or` joins are each a test."""
    for joint in _JOINTS:
        parts = joint.split(text)
        if len(parts) > 1:
            tests = [_single_test(part.strip()) for part in parts]
            if None in tests:
                return None
            return ", ".join(map(str, tests)) if joint is _AND else f"any: [{', '.join(f'{{{one}}}' for one in tests)}]"
    return _single_test(text)


def _single_test(text: str) -> str | None:
    found = _TEST.fullmatch(text)
    if found is None:
        return None
    name, word, than = found[1], _word(found[2]), found[3]
    return f"{name}: {than}" if word == "is" else f"{name}: {{{word}: {than}}}"


def test_meant(text: str) -> str | None:
    """The same as a sentence; ``None`` for one that is too long to be written anew."""
    if len(text) > LONGEST:
        return None
    written, found = test_written(text), _TEST.fullmatch(text)
    if written is None or found is None:
        return None
    is_joined = any(joint.search(text) for joint in _JOINTS)
    what = "a condition" if is_joined else _what(_word(found[2]))
    return f"{what} is written as a mapping: {{{written}}}"


def _what(word: str) -> str:
    return "a test" if word in ("is", "not") else "a bound"
