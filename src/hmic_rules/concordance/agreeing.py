"""How far recorded and computed outcomes agree: shares that say over which rows they are taken, and kappas in exact numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Final, Literal

from hmic_rules.concordance.results import Kappa, Share

__all__ = ["kappas", "shares"]

Weights = Literal["linear", "quadratic", "none"]
APART: Final[Mapping[Weights, Callable[[int, int], int]]] = {
    "linear": lambda one, other: abs(one - other),
    "quadratic": lambda one, other: (one - other) ** 2,
    "none": lambda one, other: int(one != other),
}


def shares(kinds: Mapping[str, int], rows: int) -> tuple[Share, ...]:
    """The rows in agreement, as a share of those decided, of those compared, and of all."""
    equal = kinds["equal"]
    return (
        Share("decided", equal, equal + kinds["different"]),
        Share("compared", equal, sum(kinds.values())),
        Share("all", equal, rows),
    )


def kappas(table: Mapping[str, Mapping[str, int]], labels: Sequence[str], *, ordered: bool) -> tuple[Kappa, ...]:
    """Kappa over the rows where recorded and computed are both labels: weighted where the labels have an order.

    Args:
        table: by what was recorded, how often each label was computed.
        labels: the labels, in order.
        ordered: whether the order means something.

    """
    counts = [[table.get(one, {}).get(other, 0) for other in labels] for one in labels]
    weights: tuple[Weights, ...] = ("linear", "quadratic") if ordered else ("none",)
    return tuple(_kappa(counts, one) for one in weights)


def _kappa(counts: Sequence[Sequence[int]], weights: Weights) -> Kappa:
    """One less the disagreement that there is over the one that chance would give with the same totals."""
    places, apart = range(len(counts)), APART[weights]
    recorded = [sum(row) for row in counts]
    computed = [sum(row[place] for row in counts) for place in places]
    rows = sum(recorded)
    if not rows:
        return Kappa(weights, 0, None, "no row is decided with a label on both sides")
    seen = sum(apart(one, other) * counts[one][other] for one in places for other in places)
    chance = sum(apart(one, other) * recorded[one] * computed[other] for one in places for other in places)
    if not chance:
        return Kappa(weights, rows, None, "every row has one and the same label on both sides")
    return Kappa(weights, rows, 1 - Fraction(seen * rows, chance))
