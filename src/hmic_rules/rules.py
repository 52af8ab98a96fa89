"""What a derived value is made of: its rules, points, condition or calculation, its limits, and who may depart from it."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal, TypeAlias

from attrs import frozen

from hmic_rules.conditions import Condition, Expression, Symbol
from hmic_rules.datatypes import ScalarType
from hmic_rules.errors import Span
from hmic_rules.possible import Known

__all__ = [
    "Basis",
    "Body",
    "Calculation",
    "HitPolicy",
    "Judged",
    "Limit",
    "MayDepart",
    "Otherwise",
    "PointRule",
    "Points",
    "Rule",
    "RuleList",
    "Truthful",
    "ValueRule",
]

Basis: TypeAlias = Literal["stated", "derived", "assumed"]
HitPolicy: TypeAlias = Literal["first", "unique", "highest", "lowest"]


@frozen(eq=False)
class Rule:
    """If ``when`` holds, then ``then``."""

    id: str
    then: Known
    when: Condition
    basis: Basis
    cite: tuple[str, ...]
    says: str | None
    span: Span


@frozen
class Otherwise:
    """What follows where no rule holds."""

    then: Known
    basis: Basis
    cite: tuple[str, ...]
    span: Span
    says: str | None = None


@frozen(eq=False)
class RuleList:
    """Rules and how they combine."""

    policy: HitPolicy
    rules: tuple[Rule, ...]
    otherwise: Otherwise | None


@frozen(eq=False)
class PointRule:
    """If ``when`` holds, ``worth`` is added."""

    id: str
    worth: Fraction | int
    when: Condition
    basis: Basis
    cite: tuple[str, ...]
    says: str | None
    span: Span


@frozen(eq=False)
class Points:
    """The sum of what the rules that hold are worth."""

    rules: tuple[PointRule, ...]


@frozen(eq=False)
class Truthful:
    """Whether a condition holds."""

    condition: Condition


@frozen(eq=False)
class Calculation:
    """A number."""

    expression: Expression


@frozen(eq=False)
class Judged:
    """A person gives the result; the rules only limit it."""


Body: TypeAlias = RuleList | Points | Truthful | Calculation | Judged


@frozen(eq=False)
class Limit:
    """A cap (``at_most``) or a floor (``at_least``) on a result, in force while ``when`` holds."""

    id: str
    kind: Literal["at_most", "at_least"]
    bound: Known | Symbol
    when: Condition | None
    basis: Basis
    cite: tuple[str, ...]
    says: str | None
    span: Span


@frozen(eq=False)
class MayDepart:
    """That persons of these roles may judge a value otherwise than it is computed: ``steps`` places at most, and only ``when`` this holds."""

    by: tuple[str, ...]
    steps: int | None
    when: Condition | None
    basis: Basis
    cite: tuple[str, ...]
    says: str | None
    span: Span


@frozen(eq=False)
class ValueRule:
    """A derived value: where it stands, its type, its body and its limits. ``basis`` is that of a condition or calculation of its own.

    ``better`` lists its labels from the worst to the best, where it says so; labels left out have no place among them.
    """

    name: str
    scope: str
    type: ScalarType
    body: Body
    applies: Condition | None
    limits: tuple[Limit, ...]
    if_limits_cross: Literal["lowest", "highest"] | None
    outcome: bool
    safe_side: Literal["lowest", "highest"] | None
    says: str | None
    span: Span
    reads: frozenset[str] = frozenset()
    basis: Basis | None = None
    cite: tuple[str, ...] = ()
    better: tuple[str, ...] = ()
    may_depart: MayDepart | None = None

    @property
    def conditional(self) -> bool:
        """Whether conditions decide it, and not a calculation or a person alone."""
        limited = any(limit.when is not None for limit in self.limits)
        return limited or self.applies is not None or isinstance(self.body, RuleList | Points | Truthful)
