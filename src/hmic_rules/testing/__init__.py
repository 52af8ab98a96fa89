"""Testing a rule set: cases, rule sets and inspections to draw, what a rule set promises, and a plugin for pytest.

Hypothesis is needed for all but the names of what is here: ``pip install 'hmic-rules[testing]'``.

>>> from hmic_rules.testing import cases, check_ruleset
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hmic_rules.testing.checking import check_ruleset as check_ruleset
    from hmic_rules.testing.drawn_cases import cases as cases
    from hmic_rules.testing.drawn_inspections import inspections as inspections
    from hmic_rules.testing.drawn_rulesets import rulesets as rulesets
    from hmic_rules.testing.promises import BrokenPromise as BrokenPromise
    from hmic_rules.testing.promises import Checked as Checked
    from hmic_rules.testing.promises import Property as Property
    from hmic_rules.testing.properties import properties_of as properties_of

_HOMES = {
    "BrokenPromise": "promises",
    "Checked": "promises",
    "Property": "promises",
    "cases": "drawn_cases",
    "check_ruleset": "checking",
    "inspections": "drawn_inspections",
    "properties_of": "properties",
    "rulesets": "drawn_rulesets",
}

__all__ = [
    "BrokenPromise",
    "Checked",
    "Property",
    "cases",
    "check_ruleset",
    "inspections",
    "properties_of",
    "rulesets",
]


def __getattr__(name: str) -> Any:
    """Names are imported when they are first used: pytest loads the plugin beside this file everywhere, and must not wait for Hypothesis."""
    from hmic_rules.lazy import first_use

    return first_use(__name__, _HOMES, name)


def __dir__() -> list[str]:
    return sorted(__all__)
