"""A grading as plain data, and a part of it."""

from __future__ import annotations

from collections import Counter
from typing import Any

from attrs import evolve

from hmic_rules.explanations import explanation_data
from hmic_rules.inspection_reasons import between
from hmic_rules.inspections import FrameworkGrade, Grading
from hmic_rules.judgement_reasons import judgement_reasons
from hmic_rules.outcomes import outcome_data

__all__ = ["grading_data", "only"]


def only(grading: Grading, framework: str) -> Grading:
    """The same grading with one framework.

    Raises:
        NotFoundError: it has no such framework.

    """
    return evolve(grading, frameworks={framework: grading[framework]})


def grading_data(grading: Grading) -> dict[str, Any]:
    """A grading as plain data, for JSON."""
    inspection = grading.inspection
    return {
        "inspection": inspection.name,
        "ruleset": inspection.ruleset.name,
        "edition": inspection.ruleset.edition,
        "reading": grading.profile,
        "frameworks": [_framework_data(grading, grade) for grade in grading.frameworks.values()],
    }


def _framework_data(grading: Grading, grade: FrameworkGrade) -> dict[str, Any]:
    inspection = grading.inspection
    statuses = Counter(str(one) for one in grade.decision.items(inspection.status_value).values())
    distribution = grade.record.distribution
    return {
        "framework": grade.framework,
        "title": grade.title,
        "computed": outcome_data(grade.decision[inspection.outcome]),
        "readings": {
            str(reading): outcome_data(decision[inspection.outcome]) for reading, decision in grade.decisions.items()
        },
        "published": grade.record.published,
        "distribution": None if distribution is None else dict(distribution.counts),
        "criteria": dict(sorted(statuses.items())),
        "between": between(inspection, grade),
        "judged": {
            str(reading): outcome_data(decision[inspection.outcome]) for reading, decision in grade.judged.items()
        },
        "judgements": [
            {"reading": reading, **explanation_data(one)}
            for reading, decision in grade.judged.items()
            for one in judgement_reasons(decision, inspection)
        ],
    }
