"""Every property of a rule set checked, with one call."""

from __future__ import annotations

from hmic_rules.rulesets import Ruleset
from hmic_rules.testing.promises import Checked
from hmic_rules.testing.properties import properties_of, worked_cases

__all__ = ["check_ruleset"]


def check_ruleset(
    ruleset: Ruleset, *, framework: str | None = None, profile: str | None = None, max_examples: int = 100
) -> tuple[Checked, ...]:
    """Check every property of a rule set: its worked cases, then over drawn cases its claims and what every rule set promises.

    Args:
        ruleset: any rule set.
        framework: the framework to draw cases of; without one, cases bring the items themselves.
        profile: the reading to draw cases under; the rule set's default where none is named.
        max_examples: how many cases are drawn for each property.

    Returns:
        What was checked, each with how many comparisons it rests on. One that rests on none says nothing.

    Raises:
        BrokenPromise: a property does not hold; an :class:`AssertionError` that shows the smallest case that was found, in the rule set's own words.
        NotFoundError: there is no such framework or profile.
        InputError: a worked case expects something that its value cannot be.

    """
    checked = [case.check() for case in worked_cases(ruleset)]
    found = properties_of(ruleset, framework=framework, profile=profile)
    return (*checked, *(one.check(max_examples) for one in found))
