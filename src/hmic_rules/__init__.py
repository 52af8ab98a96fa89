"""Rules of inspection frameworks as data with citations: they decide, explain, and say what is missing.

>>> import hmic_rules as hr
>>> ruleset = hr.load("hmic-2007")
>>> ruleset.name
'hmic-2007'
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hmic_rules.backends.coverage import coverage as coverage
    from hmic_rules.catalogue import load as load
    from hmic_rules.catalogue import load_inspection as load_inspection
    from hmic_rules.decisions import Decision as Decision
    from hmic_rules.decisions import decide as decide
    from hmic_rules.errors import ConflictError as ConflictError
    from hmic_rules.errors import Diagnostic as Diagnostic
    from hmic_rules.errors import DisagreementError as DisagreementError
    from hmic_rules.errors import EngineError as EngineError
    from hmic_rules.errors import HmicRulesError as HmicRulesError
    from hmic_rules.errors import InputError as InputError
    from hmic_rules.errors import NotAnalysedError as NotAnalysedError
    from hmic_rules.errors import NotFoundError as NotFoundError
    from hmic_rules.errors import Span as Span
    from hmic_rules.inspections import Inspection as Inspection
    from hmic_rules.outcomes import Outcome as Outcome
    from hmic_rules.rulesets import Ruleset as Ruleset
    from hmic_rules.sessions import Session as Session

__version__ = "0.1.0"

_HOMES = {
    "ConflictError": "errors",
    "Decision": "decisions",
    "Diagnostic": "errors",
    "DisagreementError": "errors",
    "EngineError": "errors",
    "HmicRulesError": "errors",
    "InputError": "errors",
    "Inspection": "inspections",
    "NotAnalysedError": "errors",
    "NotFoundError": "errors",
    "Outcome": "outcomes",
    "Ruleset": "rulesets",
    "Session": "sessions",
    "Span": "errors",
    "coverage": "backends.coverage",
    "decide": "decisions",
    "load": "catalogue",
    "load_inspection": "catalogue",
}

__all__ = [
    "ConflictError",
    "Decision",
    "Diagnostic",
    "DisagreementError",
    "EngineError",
    "HmicRulesError",
    "InputError",
    "Inspection",
    "NotAnalysedError",
    "NotFoundError",
    "Outcome",
    "Ruleset",
    "Session",
    "Span",
    "coverage",
    "decide",
    "load",
    "load_inspection",
]


def __getattr__(name: str) -> Any:
    """Public names are imported when they are first used, so that importing the package costs next to nothing."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
