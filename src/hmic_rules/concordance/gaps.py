"""Whether rules can leave a case without a result at all: decided once for a whole archive, where row by row it would be open."""

from __future__ import annotations

from typing import Any

from hmic_rules.diagrams.nodes import TooManyStates
from hmic_rules.possible import NO_RULE, markers
from hmic_rules.programs import Program
from hmic_rules.verification.views import Part, is_real

__all__ = ["leaves_no_gap"]


def leaves_no_gap(program: Program, name: str) -> bool:
    """Whether it is proven that rules cover every complete case of any size, so that no gap is behind what is not known of one.

    Args:
        program: the bound rule set.
        name: a value of the case.

    """
    try:
        found = [(view, view.results(name).values()) for view in Part(program).views(name)]
    except TooManyStates:
        return False
    leaves = [leaf for view, diagrams in found for diagram in diagrams for leaf in view.store.leaves(diagram)]
    return bool(leaves) and not any(view.limits for view, _ in found) and not any(map(_is_gap, leaves))


def _is_gap(result: Any) -> bool:
    return is_real(result) and NO_RULE in markers(result)
