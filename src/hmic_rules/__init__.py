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
    from hmic_rules.verification.differences import Difference as Difference
    from hmic_rules.verification.differences import diff as diff
    from hmic_rules.verification.proving import Proof as Proof
    from hmic_rules.verification.proving import prove as prove

__version__ = "0.1.0"

_HOMES = {
    "ConflictError": "errors",
    "Decision": "decisions",
    "Diagnostic": "errors",
    "Difference": "verification.differences",
    "DisagreementError": "errors",
    "EngineError": "errors",
    "HmicRulesError": "errors",
    "InputError": "errors",
    "Inspection": "inspections",
    "NotAnalysedError": "errors",
    "NotFoundError": "errors",
    "Outcome": "outcomes",
    "Proof": "verification.proving",
    "Ruleset": "rulesets",
    "Session": "sessions",
    "Span": "errors",
    "coverage": "backends.coverage",
    "decide": "decisions",
    "diff": "verification.differences",
    "load": "catalogue",
    "load_inspection": "catalogue",
    "prove": "verification.proving",
}

__all__ = [
    "ConflictError",
    "Decision",
    "Diagnostic",
    "Difference",
    "DisagreementError",
    "EngineError",
    "HmicRulesError",
    "InputError",
    "Inspection",
    "NotAnalysedError",
    "NotFoundError",
    "Outcome",
    "Proof",
    "Ruleset",
    "Session",
    "Span",
    "coverage",
    "decide",
    "diff",
    "load",
    "load_inspection",
    "prove",
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
