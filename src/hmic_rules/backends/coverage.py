"""Which rules of a rule set durable_rules computes, and what is computed before posting. It need not be installed to say so."""

from __future__ import annotations

from attrs import frozen

from hmic_rules.backends.compiling import Plan
from hmic_rules.backends.durable import planned
from hmic_rules.rulesets import Points, RuleList, Ruleset, Truthful, ValueRule

__all__ = ["Coverage", "Covered", "coverage"]


@frozen
class Covered:
    """One value.

    Attributes:
        name: the value.
        rules: how many rules it has; the condition of an ``is`` counts as one, and each limit as one.
        computed: what durable_rules computes of it, ``None`` where nothing.
        before: the kinds of conditions that are computed before posting.
        refused: why durable_rules does not compute it, ``None`` where it does.

    """

    name: str
    rules: int
    computed: str | None
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

    def __str__(self) -> str:
        """A Markdown table."""
        lines = ["| value | rules | durable_rules | computed before posting |", "|---|---:|---|---|"]
        alike: dict[tuple[int, str, str, str], list[str]] = {}
        for value in self.values:
            said = value.computed or f"no: {value.refused}"
            alone = value.name if value.computed else ""
            alike.setdefault((value.rules, said, ", ".join(value.before) or "–", alone), []).append(f"`{value.name}`")
        lines += [
            f"| {', '.join(names)} | {rules} | {said} | {before} |" for (rules, said, before, _), names in alike.items()
        ]
        lines.append(f"| all | {self.rules} | {self.taking_part} of {self.rules} | |")
        return "\n".join(lines)


def coverage(ruleset: Ruleset) -> Coverage:
    """What durable_rules computes of a rule set."""
    found = planned(ruleset)
    return Coverage(
        ruleset.name,
        tuple(
            Covered(
                name,
                rules_of(value),
                _computed(found.plans[name]) if name in found.plans else None,
                found.plans[name].before if name in found.plans else (),
                found.refused.get(name),
            )
            for name, value in ruleset.values.items()
        ),
    )


def _computed(plan: Plan) -> str:
    if not plan.given:
        return "computes it"
    return "computes its limits" if plan.value.limits else "computes when it applies"


def rules_of(value: ValueRule) -> int:
    """How many rules a value has, its limits among them."""
    own = len(value.body.rules) if isinstance(value.body, RuleList | Points) else int(isinstance(value.body, Truthful))
    return own + len(value.limits)
