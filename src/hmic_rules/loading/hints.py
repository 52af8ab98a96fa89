"""What an author meant who wrote another key, nothing, or labels in one piece."""

from __future__ import annotations

import re
from typing import Final

from hmic_rules.datatypes import LabelType, ScalarType
from hmic_rules.errors import did_you_mean, nearest, quoted, shortened
from hmic_rules.loading.bounds import test_meant
from hmic_rules.loading.trees import Mapping, Scalar, Tree

__all__ = ["cut_off", "key_help", "key_meant", "labels_meant", "null_help", "under"]

SYNONYMS: Final = {
    "if": ("when", "applies"),
    "when": ("applies",),
    "condition": ("when", "applies"),
    "result": ("then",),
    "points": ("worth",),
    "score": ("worth",),
    "name": ("id",),
    "else": ("otherwise",),
    "default": ("otherwise", "absent"),
    "source": ("cite",),
    "description": ("says",),
    "comment": ("says",),
    "kind": ("type",),
    "labels": ("choice",),
    "options": ("choice",),
    "fields": ("collection",),
}


def _synonym(key: str, known: list[str]) -> str | None:
    return next((one for one in SYNONYMS.get(key.casefold(), ()) if one in known), None)


def key_meant(key: str, known: list[str]) -> str | None:
    """The known key as which another is read on: a word for the same, or one that is spelt nearly so."""
    synonym = _synonym(key, known)
    return nearest(key, known) if synonym is None else None if synonym == "absent" else synonym


def under(mapping: Mapping, key: str, known: list[str]) -> Tree | None:
    """What stands under a key, or under what is a slip for it and is told elsewhere."""
    for one, child in mapping.entries.items():
        if one == key or (one not in known and key not in mapping.entries and key_meant(one, known) == key):
            return child
    return None


def key_help(key: str, known: list[str]) -> str | None:
    """What to write for a key that is not known."""
    synonym = _synonym(key, known)
    if synonym == "absent":
        return "what it means where nobody gives it is written as absent: {means: …, basis: assumed}"
    return did_you_mean(key, known) if synonym is None else f"did you mean {quoted(synonym)}?"


def cut_off(node: Mapping, key: str) -> Scalar | None:
    """The text that a comma ended before a key without a colon, as in ``{then: good, fair}``."""
    keys = list(node.entries)
    scalar, child = node.keys[key], node.entries[key]
    place = keys.index(key)
    before = node.entries[keys[place - 1]] if place else None
    has_colon = child.span.line != scalar.span.line or child.span.column > scalar.span.column + len(key)
    if has_colon or not isinstance(before, Scalar) or before.span.line != scalar.span.line:
        return None
    return before


def null_help(node: Mapping, key: str) -> str:
    before = cut_off(node, key)
    test = test_meant(key)
    if test is not None:
        return test
    if before is None:
        return "give it a value; a `#` starts a comment, so quote a text that has one"
    if re.fullmatch(r"-?[0-9]+", before.text) and re.fullmatch(r"[0-9]+", key):
        point = f"a comma starts a new entry: write {quoted(before.text + '.' + key)} with a point"
        return f"{point}, or {quoted(before.text + key)} where thousands are meant" if len(key) == 3 else point
    first, second = shortened(before.text), shortened(key)
    return f'a comma starts a new entry: quote "{first}, {second}" if it is one text, or write [{first}, {second}] for a list'


def labels_meant(text: str, type: ScalarType) -> str | None:
    """Help for labels that were run together without commas."""
    if isinstance(type, LabelType) and " " in text:
        words = text.split(" ")
        found: list[str] = []
        while words:
            for size in range(len(words), 0, -1):
                if " ".join(words[:size]) in type.ranks:
                    found.append(" ".join(words[:size]))
                    words = words[size:]
                    break
            else:
                return None
        return f"separate the labels by commas: [{', '.join(found)}]"
    return None
