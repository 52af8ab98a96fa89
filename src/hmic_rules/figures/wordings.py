"""The wording of a passage without its label, as a fingerprint, and whether somebody's copy bears out those that are known."""

from __future__ import annotations

import hashlib

from hmic_rules.figures.facts import Figure
from hmic_rules.figures.relations import Figures
from hmic_rules.sources.normalising import normalised
from hmic_rules.sources.passages import Copy

__all__ = ["unlike", "wording"]


def wording(text: str, after: str | None = None) -> str | None:
    """The SHA-256 of the normalised text that follows the label, in hexadecimal digits.

    Args:
        text: a passage.
        after: the label with which it starts, whatever its letter case; ``None`` where all of it counts.

    Returns:
        The digits; nothing where the passage does not start with the label.

    """
    whole = normalised(text)
    label = normalised(after) if after is not None else ""
    if not whole.casefold().startswith(label.casefold()):
        return None
    return hashlib.sha256(whole[len(label) :].lstrip().encode()).hexdigest()


def unlike(found: Figures, copy: Copy) -> tuple[Figure, ...]:
    """The fingerprints that a copy of the document does not bear out: another wording stands there, or no such passage."""
    return tuple(
        figure
        for figure in found.figures.values()
        if figure.kind == "fingerprint" and not any(_is_worded(figure, copy, cite) for cite in figure.cite)
    )


def _is_worded(figure: Figure, copy: Copy, cite: str) -> bool:
    passage = copy.passages.get(cite.rpartition(":")[2])
    digits = wording(passage.text, figure.after) if passage is not None else None
    return digits is not None and digits.startswith(str(figure.value))
