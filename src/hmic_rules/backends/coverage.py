"""Which rules of a rule set durable_rules computes, and what is computed before posting. It need not be installed to say so."""

from __future__ import annotations

from attrs import frozen

from hmic_rules.arguments import instance_given
from hmic_rules.backends.compiling import Plan
from hmic_rules.backends.durable import planned
from hmic_rules.rules import Points, RuleList, Truthful, ValueRule
from hmic_rules.rulesets import Ruleset

__all__ = ["Coverage", "Covered", "coverage"]


@frozen
class Covered:
    """One value.

    Attributes:
        name: the value.
        rules: how many rules it has; the condition of an ``is`` counts as one, and each limit as one.
        computed: what durable_rules computes of it, ``None`` where nothing.
        compared: how many comparisons with constants durable_rules makes itself.
        posted: how many conditions are computed before posting.
        before: of what kinds they are, and what else is computed before.
        refused: why durable_rules does not compute it, ``None`` where it does.

    """

    name: str
    rules: int
    computed: str | None
    compared: int
    posted: int
    before: tuple[str, ...]
    refused: str | None


@frozen
class Coverage:
    """A rule set, value by value."""

    ruleset: str
    values: tuple[Covered, ...]

    @property
    def rules(self) -> int:
        """How many rules the rule set has."""
        return sum(value.rules for value in self.values)

    @property
    def taking_part(self) -> int:
        """How many of them durable_rules computes."""
        return sum(value.rules for value in self.values if value.computed)

    @property
    def compared(self) -> int:
        """How many comparisons durable_rules makes itself."""
        return sum(value.compared for value in self.values)

    @property
    def posted(self) -> int:
        """How many conditions are computed before posting."""
        return sum(value.posted for value in self.values)

    def __str__(self) -> str:
        """A Markdown table; values of which durable_rules computes nothing for the same reason share a row."""
        lines = [
            "| value | rules | durable_rules | comparisons it makes | computed before posting |",
            "|---|---:|---|---:|---|",
        ]
        for value in self.values:
            if value.computed:
                before = f"{value.posted}: {', '.join(value.before)}" if value.before else "0"
                lines.append(f"| `{value.name}` | {value.rules} | {value.computed} | {value.compared} | {before} |")
        reasons: dict[tuple[str | None, int], list[str]] = {}
        for value in self.values:
            if not value.computed:
                reasons.setdefault((value.refused, value.rules), []).append(f"`{value.name}`")
        lines += [f"| {', '.join(names)} | {rules} | no: {why} | | all |" for (why, rules), names in reasons.items()]
        total = f"{self.taking_part} of {self.rules} rules take part"
        lines.append(f"| all | {self.rules} | {total} | {self.compared} | {self.posted} |")
        return "\n".join(lines)


def coverage(ruleset: Ruleset) -> Coverage:
    """What durable_rules computes of a rule set."""
    ruleset = instance_given(ruleset, Ruleset, "ruleset", "load it first: hmic_rules.load(…)")
    found = planned(ruleset)
    return Coverage(
        ruleset.name,
        tuple(
            Covered(
                name,
                rules_of(value),
                _computed(found.plans[name]) if name in found.plans else None,
                *_shared_out(found.plans.get(name)),
                found.refused.get(name),
            )
            for name, value in ruleset.values.items()
        ),
    )


def _shared_out(plan: Plan | None) -> tuple[int, int, tuple[str, ...]]:
    """How many conditions durable_rules compares, how many are computed before posting, and of what kinds."""
    if plan is None:
        return 0, 0, ()
    return len(plan.atoms) - len(plan.marks), len(plan.marks), plan.before


def _computed(plan: Plan) -> str:
    if not plan.given:
        return "computes it" if plan.names else "combines what was computed before"
    return "computes its limits" if plan.value.limits else "computes when it applies"


def rules_of(value: ValueRule) -> int:
    """How many rules a value has, its limits among them."""
    own = len(value.body.rules) if isinstance(value.body, RuleList | Points) else int(isinstance(value.body, Truthful))
    return own + len(value.limits)
