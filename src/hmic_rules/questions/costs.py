"""What a change costs, and which changes can be made at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Final, TypeAlias

from hmic_rules.arguments import mapping_given
from hmic_rules.datatypes import BooleanType, LabelType
from hmic_rules.errors import Diagnostic, InputError, quoted
from hmic_rules.questions.space import Change
from hmic_rules.rulesets import Ruleset, inputs_on

__all__ = ["ONE", "Costs", "is_judged", "pricing"]

Price: TypeAlias = int | Fraction | Decimal | float | None
Costs: TypeAlias = Mapping[str, Price] | Callable[[Change], Price]
ONE: Final = Fraction(1)


def is_judged(ruleset: Ruleset, change: Change) -> bool:
    """Whether it is a label, or a yes or no, that somebody coded or judged; a date, a number or a text is not."""
    if change.kind != "fact":
        return True
    return isinstance(inputs_on(ruleset, change.scope)[change.name].type, BooleanType | LabelType)


def pricing(costs: Costs | None) -> Callable[[Change], Fraction | None]:
    """What a change costs, as an exact number.

    Raises:
        InputError: when asked, a cost is no positive number.

    """
    if costs is None:
        return lambda change: ONE
    if not callable(costs):
        costs = mapping_given(costs, "costs", "changes to what they cost")

    def price(change: Change) -> Fraction | None:
        found = costs(change) if callable(costs) else costs.get(change.called, costs.get(change.name, 1))
        if found is None:
            return None
        try:
            exact = Fraction(str(found)) if isinstance(found, float) else Fraction(found)
        except (TypeError, ValueError, OverflowError):
            exact = Fraction(0)
        if exact <= 0:
            problem = f"{quoted(found)} is no cost of a change"
            raise InputError([Diagnostic(f"$.costs.{change.called}", problem, "give a number above 0, or null")])
        return exact

    return price
