"""The schemas of an inspection, of its files of findings, and of its glossary."""

from __future__ import annotations

from typing import Any, Final

from hmic_rules.loading.glossaries import ENTRY_KEYS
from hmic_rules.loading.glossaries import KEYS as GLOSSARY_KEYS
from hmic_rules.loading.inspections import (
    FILE_KEYS,
    FINDING_KEYS,
    FRAMEWORK_KEYS,
    KEYS,
    PRACTICE_KEYS,
    RECOMMENDATION_KEYS,
    REQUIRED,
)
from hmic_rules.loading.judgements import KEYS as JUDGEMENT_KEYS
from hmic_rules.loading.judgements import REQUIRED as JUDGEMENT_REQUIRED
from hmic_rules.loading.judgements import RESTS_ON
from hmic_rules.loading.remedies import KEYS as REMEDY_KEYS
from hmic_rules.schemas.parts import (
    BASIS,
    CITATION,
    DATE,
    LABEL,
    NEW_ID,
    SAYS,
    TEXT,
    TRUTH,
    Schema,
    document,
    list_of,
    one_or_more,
    record,
    ref,
    said,
    table,
    whole,
)

__all__ = ["findings_schema", "glossary_schema", "inspection_schema"]

IDS: Final[Schema] = one_or_more(NEW_ID)
JUDGEMENTS: Final[dict[str, Schema]] = {
    "judgement": record(
        JUDGEMENT_KEYS,
        {
            "id": said(NEW_ID, "The judgement's own name."),
            "framework": said(TEXT, "The framework that it is about."),
            "value": said(TEXT, "The value that is judged otherwise."),
            "criterion": said(TEXT, "The criterion, where the value stands on criteria."),
            "readings": said(one_or_more(TEXT), "The readings under which it stands; all, where this is left out."),
            "is": said(LABEL, "What was judged."),
            "by": said(TEXT, "The role of whoever judged, such as `inspector`; never a name."),
            "reason": said(TEXT, "Why."),
            "date": said(DATE, "When."),
            "rules_gave": said({"anyOf": [LABEL, table(LABEL)]}, "What the rules gave at the time, by reading."),
            "rests_on": said(
                record(
                    RESTS_ON,
                    {"findings": said(IDS, "Findings, by their ids."), "cite": CITATION},
                ),
                "What it rests on: findings, passages, or both.",
            ),
        },
        JUDGEMENT_REQUIRED,
    )
}
LISTED: Final = said(list_of(ref("judgement")), "Judgements that persons recorded beside what is computed.")
FRAMEWORK: Final[Schema] = record(
    FRAMEWORK_KEYS,
    {
        "published": said(
            record(["is", "cite"], {"is": said(LABEL, "The published outcome."), "cite": CITATION}, ["is"]),
            "What was published.",
        ),
        "distribution": said(
            {
                "type": "object",
                "properties": {"cite": CITATION},
                "additionalProperties": said(whole(), "How many bodies were given this outcome."),
            },
            "How often each outcome was given.",
        ),
        "facts": said(
            table(
                record(
                    ["is", "cite", "says"],
                    {"is": said(LABEL, "The fact."), "cite": CITATION, "says": SAYS},
                    ["is", "says"],
                )
            ),
            "Facts of the whole framework, by the names of the rule set's inputs.",
        ),
    },
)
BEARINGS: Final[Schema] = record(
    ["fill", "criterion", "status", "shows", "counts"],
    {
        "fill": said(TEXT, "The collection of the rule set that bearings fill."),
        "criterion": said(TEXT, "The field of it that names the criterion."),
        "status": said(TEXT, "The value that says how a criterion stands."),
        "shows": said(TEXT, "The value that says what one bearing shows."),
        "counts": said(TEXT, "The value that says whether a bearing counts."),
    },
    ["fill", "criterion", "status", "shows"],
)
REMEDY: Final[Schema] = record(
    REMEDY_KEYS,
    {
        "says": SAYS,
        "basis": BASIS,
        "falls_short": said(
            list_of({"type": "object", "minProperties": 1, "additionalProperties": one_or_more(LABEL)}),
            "Which bearings fall short: descriptions by fields and labels.",
        ),
        "becomes": said(table(LABEL), "What each field is, once put right."),
    },
    REMEDY_KEYS,
)
ROOT: Final[dict[str, Schema]] = {
    "inspection": said(TEXT, "The inspection's name."),
    "title": said(TEXT, "What was inspected, in words."),
    "body": said(TEXT, "The body that was inspected."),
    "says": SAYS,
    "ruleset": said(TEXT, "The rule set by which it is graded: a name or a path."),
    "outcome": said(TEXT, "The value of the rule set that is the grade."),
    "bearings": said(BEARINGS, "How coded findings become facts of the rule set."),
    "documents": said(table(TEXT), "The titles of the documents that citations are about."),
    "sections": said(table(TEXT), "The sections of the report, with their titles."),
    "files": said(list_of(TEXT), "The files that hold findings, recommendations, practices and judgements."),
    "frameworks": said(table(FRAMEWORK), "Each framework that was inspected."),
    "put_right": said(REMEDY, "What putting a finding right is taken to mean."),
    "should_be_answered": said(one_or_more(TEXT), "The kinds of finding that ask for a recommendation."),
    "judgements": LISTED,
}
FINDING: Final[dict[str, Schema]] = {
    "finding": record(
        FINDING_KEYS,
        {
            "id": said(NEW_ID, "The finding's own name."),
            "kind": said(TEXT, "What kind it is, such as `strength`."),
            "cite": CITATION,
            "says": said(TEXT, "The finding, in words of your own."),
            "bears": said(list_of(ref("bearing")), "What it shows of which criteria."),
            "bears_on_nothing": said(TEXT, "Why it bears on no criterion."),
        },
        ["id", "kind", "cite", "says", "bears"],
    ),
    "bearing": {
        "type": "object",
        "properties": {
            "criterion": said(TEXT, "The criterion."),
            "doubt": said(TEXT, "What was doubtful in coding it."),
        },
        "required": ["criterion"],
        "additionalProperties": LABEL,
    },
    "recommendation": record(
        RECOMMENDATION_KEYS,
        {
            "id": said(NEW_ID, "The recommendation's own name."),
            "title": said(TEXT, "Its title."),
            "cite": CITATION,
            "says": said(TEXT, "The recommendation, in words of your own."),
            "answers": said(IDS, "The findings that it answers."),
            "wider": said(TRUTH, "That it reaches further than they do."),
            "bears": said(IDS, "The criteria that it is about."),
        },
        ["id", "cite", "says", "answers"],
    ),
    "practice": record(
        PRACTICE_KEYS,
        {
            "id": said(NEW_ID, "Its own name."),
            "title": said(TEXT, "Its title."),
            "area": said(TEXT, "The framework to which it belongs."),
            "cite": CITATION,
            "problem": said(TEXT, "What was to be solved."),
            "solution": said(TEXT, "What was done."),
            "outcomes": said(TEXT, "What came of it."),
        },
        PRACTICE_KEYS,
    ),
    **JUDGEMENTS,
}
FILE: Final[dict[str, Schema]] = {
    "section": said(TEXT, "The section of the report; citations of findings start with it."),
    "findings": said(list_of(ref("finding")), "What was found."),
    "recommendations": said(list_of(ref("recommendation")), "What was recommended."),
    "practices": said(list_of(ref("practice")), "Practices worth telling others."),
    "judgements": LISTED,
    "says": SAYS,
}
ABBREVIATION: Final[Schema] = record(
    ENTRY_KEYS,
    {"means": said(TEXT, "What it stands for."), "basis": BASIS, "cite": CITATION, "says": SAYS},
    ["means"],
    {"anyOf": [{"required": ["cite"]}, {"properties": {"basis": {"const": "assumed"}}, "required": ["basis"]}]},
)


def inspection_schema() -> dict[str, Any]:
    """The schema of an inspection's main file."""
    return document("An inspection", "One inspection of one body.", record(KEYS, ROOT, REQUIRED), JUDGEMENTS)


def findings_schema() -> dict[str, Any]:
    """The schema of a file that an inspection names."""
    return document("Findings", "What an inspection found.", record(FILE_KEYS, FILE), FINDING)


def glossary_schema() -> dict[str, Any]:
    """The schema of the glossary beside an inspection."""
    entries = {
        "says": SAYS,
        "abbreviations": said(table(ABBREVIATION), "The abbreviations, with what they stand for."),
        "not_abbreviations": said(list_of(TEXT), "Words in capitals that abbreviate nothing."),
    }
    return document("A glossary", "What abbreviations stand for.", record(GLOSSARY_KEYS, entries, ["abbreviations"]))
