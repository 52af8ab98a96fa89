"""What is different in a passage: piece by piece against an index, which has no text, and word by word against another copy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Final, Literal

from attrs import frozen

from hmic_rules.sources.normalising import pieces
from hmic_rules.sources.passages import Passage

__all__ = ["MAX_WORDS", "Change", "by_pieces", "by_words"]

MAX_WORDS: Final = 5_000  # the comparison of words grows with the square of their number
Kind = Literal["same", "now", "before", "gone"]


@frozen
class Change:
    """A stretch of a passage.

    ``same`` is as it was, ``now`` is not, ``before`` is what another copy has in its place; ``gone`` are ``count`` pieces that the index has and
    that are not here, whose text nobody has kept.
    """

    kind: Kind
    text: str | None
    count: int


def by_pieces(known: Sequence[str], passage: Passage) -> tuple[Change, ...]:
    """What of a passage is as the index has it, from the fingerprints of its pieces.

    Args:
        known: the pieces of the indexed passage.
        passage: what a copy has in its place.

    """
    found = pieces(passage.text)
    return tuple(_runs(known, [digits for _, digits in found], [text for text, _ in found], None))


def by_words(before: Passage, now: Passage) -> tuple[Change, ...] | None:
    """What of a passage another copy has otherwise, word by word; nothing where one is too long to be compared so."""
    old, new = (" ".join(one.paragraphs).split() for one in (before, now))
    if max(len(old), len(new)) > MAX_WORDS:
        return None
    return tuple(_runs(old, new, new, old))


def _runs(old: Sequence[str], new: Sequence[str], shown: Sequence[str], gone: Sequence[str] | None) -> Iterator[Change]:
    for tag, start, end, new_start, new_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if end > start and tag != "equal":
            text = " ".join(gone[start:end]) if gone is not None else None
            yield Change("gone" if gone is None else "before", text, end - start)
        if new_end > new_start:
            text = " ".join(shown[new_start:new_end])
            yield Change("same" if tag == "equal" else "now", text, new_end - new_start)
