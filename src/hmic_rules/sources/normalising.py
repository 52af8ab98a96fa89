"""What two copies of one passage have in common: the text without its typesetting, and its fingerprint.

The definition is in docs/sources.md, and whoever wants to compute a fingerprint by other means needs no more than that.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from typing import Final

__all__ = ["PIECE_DIGITS", "fingerprint", "normalised", "pieces", "plain"]

PIECE_DIGITS: Final = 12
INVISIBLE: Final = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
BULLET: Final = "\u2022"
BULLETS: Final = dict.fromkeys(
    map(ord, "\u2022\u2023\u2043\u25aa\u25ab\u25cf\u25cb\u25a0\u25a1\u25e6\uf0a7\uf0b7\ufffd"), BULLET
)
TYPESET: Final[dict[int, str]] = {
    **BULLETS,
    **dict.fromkeys(map(ord, "\u2018\u2019\u201a\u201b\u2032\u02bc\u0060\u00b4"), "'"),
    **dict.fromkeys(map(ord, "\u201c\u201d\u201e\u201f\u2033"), '"'),
    **dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"), "-"),
    0x2026: "...",
    0xFB00: "ff",
    0xFB01: "fi",
    0xFB02: "fl",
    0xFB03: "ffi",
    0xFB04: "ffl",
    0xFB05: "st",
    0xFB06: "st",
}
_BLANK: Final = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")
_HYPHEN: Final = re.compile(r" ?- ?")
_PIECES: Final = re.compile(r"(?<=[.!?;:]) ")


def plain(line: str) -> str:
    """A line with its white space, quotes, dashes and bullets as one kind each, as layouts match it."""
    text = unicodedata.normalize("NFC", line.translate(INVISIBLE)).translate(TYPESET)
    return unicodedata.normalize("NFC", _BLANK.sub(" ", text).strip())


def normalised(text: str) -> str:
    """The text of a passage as it is fingerprinted: in one line, and the same however it was set. Letter case and punctuation stay."""
    return _HYPHEN.sub("-", plain(plain(text).replace(BULLET, " ")))


def fingerprint(text: str) -> str:
    """The SHA-256 of the normalised text, in hexadecimal digits."""
    return hashlib.sha256(normalised(text).encode()).hexdigest()


def pieces(text: str) -> tuple[tuple[str, str], ...]:
    """The normalised text cut after each mark that ends a sentence or a part of one: each piece with the start of its fingerprint.

    Whoever has only the fingerprints can say which pieces of a changed passage are as they were.
    """
    return tuple(
        (piece, hashlib.sha256(piece.encode()).hexdigest()[:PIECE_DIGITS]) for piece in _PIECES.split(normalised(text))
    )
