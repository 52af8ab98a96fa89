"""Rules of inspection frameworks as data with citations: they decide, explain, and say what is missing.

>>> import hmic_rules as hr
>>> ruleset = hr.load("hmic-2007")
>>> ruleset.name
'hmic-2007'
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hmic_rules.audit.journals import Journal as Journal
    from hmic_rules.audit.records import Record as Record
    from hmic_rules.audit.records import read_record as read_record
    from hmic_rules.audit.replaying import Replay as Replay
    from hmic_rules.audit.replaying import replay as replay
    from hmic_rules.backends.coverage import coverage as coverage
    from hmic_rules.catalogue import installed as installed
    from hmic_rules.catalogue import load as load
    from hmic_rules.catalogue import load_inspection as load_inspection
    from hmic_rules.catalogue import load_series as load_series
    from hmic_rules.decisions import Decision as Decision
    from hmic_rules.decisions import decide as decide
    from hmic_rules.departing import depart as depart
    from hmic_rules.editions import Series as Series
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
    from hmic_rules.judgements import Judgement as Judgement
    from hmic_rules.outcomes import Outcome as Outcome
    from hmic_rules.rulesets import Ruleset as Ruleset
    from hmic_rules.sessions import Session as Session
    from hmic_rules.sources.finding import load_document as load_document
    from hmic_rules.sources.verifying import check_document as check_document
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
    "Journal": "audit.journals",
    "Judgement": "judgements",
    "NotAnalysedError": "errors",
    "NotFoundError": "errors",
    "Outcome": "outcomes",
    "Proof": "verification.proving",
    "Record": "audit.records",
    "Replay": "audit.replaying",
    "Ruleset": "rulesets",
    "Series": "editions",
    "Session": "sessions",
    "Span": "errors",
    "check_document": "sources.verifying",
    "coverage": "backends.coverage",
    "decide": "decisions",
    "depart": "departing",
    "diff": "verification.differences",
    "installed": "catalogue",
    "load": "catalogue",
    "load_document": "sources.finding",
    "load_inspection": "catalogue",
    "load_series": "catalogue",
    "prove": "verification.proving",
    "read_record": "audit.records",
    "replay": "audit.replaying",
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
    "Journal",
    "Judgement",
    "NotAnalysedError",
    "NotFoundError",
    "Outcome",
    "Proof",
    "Record",
    "Replay",
    "Ruleset",
    "Series",
    "Session",
    "Span",
    "check_document",
    "coverage",
    "decide",
    "depart",
    "diff",
    "installed",
    "load",
    "load_document",
    "load_inspection",
    "load_series",
    "prove",
    "read_record",
    "replay",
]


def __getattr__(name: str) -> Any:
    """Public names are imported when they are first used, so that importing the package costs next to nothing."""
    from hmic_rules.lazy import first_use

    return first_use(__name__, _HOMES, name)


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
