"""The schema of a rule set file, and of the files that a rule set names: cases and frameworks."""

from __future__ import annotations

from typing import Any, Final

from hmic_rules.loading.cases import CASE_KEYS
from hmic_rules.loading.frameworks import FRAMEWORK_KEYS
from hmic_rules.loading.rulesets import KEYS, REQUIRED
from hmic_rules.loading.settings import PARAMETER_KEYS, PROFILE_KEYS, TERM_KEYS, TERM_OPS
from hmic_rules.loading.types import TYPE_KEYS
from hmic_rules.schemas.conditions import CONDITIONS
from hmic_rules.schemas.extensions import extension, extension_definitions
from hmic_rules.schemas.inputs import INPUTS, LABELS, ONE_TYPE, TYPE, UNBOUNDED, as_it_is
from hmic_rules.schemas.parts import (
    BASIS,
    CITATION,
    CITED_BASIS,
    DATE,
    LABEL,
    NEW_ID,
    NEW_NAME,
    NUMBER,
    SAYS,
    TEXT,
    TRUTH,
    Schema,
    document,
    exactly_one,
    list_of,
    record,
    ref,
    said,
    table,
)
from hmic_rules.schemas.values import VALUES

__all__ = ["cases_schema", "framework_schema", "ruleset_schema"]

CASE: Final[dict[str, Schema]] = {
    "case": said(TEXT, "The case, as a sentence."),
    "says": SAYS,
    "facts": said({"type": "object"}, "The facts. What is left out is unknown."),
    "expect": said(
        {"type": "object"},
        "What must follow: for each value a result, `{possible: [ … ]}`, `undetermined` or `no rule covers this`.",
    ),
    "framework": said(TEXT, "The framework that gives the criteria."),
    "profile": said(TEXT, "The reading."),
    "parameters": said({"type": "object"}, "Parameters that this case sets."),
}
CASES: Final[dict[str, Schema]] = {"case": record(CASE_KEYS, CASE, ["case", "facts"])}
SETTINGS: Final[dict[str, Schema]] = {
    "term": record(
        TERM_KEYS,
        {
            "at_least": said(NUMBER, "It means this or more."),
            "above": said(NUMBER, "It means more than this."),
            "at_most": said(NUMBER, "It means this or less."),
            "below": said(NUMBER, "It means less than this."),
            "range": said(
                list_of(NUMBER, minItems=2, maxItems=2), "From where to where the number could plausibly lie."
            ),
            "basis": BASIS,
            "cite": CITATION,
            "says": SAYS,
        },
        ["basis"],
        CITED_BASIS,
        exactly_one(*TERM_OPS),
    ),
    "parameter": record(
        PARAMETER_KEYS,
        {
            **TYPE,
            "list_of": said(
                {"anyOf": [TYPE["type"], record(TYPE_KEYS, TYPE, [], ONE_TYPE, UNBOUNDED)]},
                "That it is a list, and of what.",
            ),
            "default": said(
                {"anyOf": [LABEL, list_of(LABEL)]}, "What it is where nothing sets it; unknown, where this is left out."
            ),
            "basis": BASIS,
            "cite": CITATION,
            "says": SAYS,
        },
        [],
        {"if": {"required": ["list_of"]}, "else": ONE_TYPE},
        {"if": {"required": ["default"]}, "then": {"required": ["basis"], **CITED_BASIS}},
        UNBOUNDED,
    ),
    "profile": record(
        PROFILE_KEYS,
        {
            "says": SAYS,
            "default": said(TRUTH, "That it is the reading where none is named."),
            "basis": BASIS,
            "cite": CITATION,
            "parameters": said(table({"anyOf": [LABEL, list_of(LABEL)]}), "The parameters that it sets."),
            "terms": said(table(NUMBER), "The numbers of the terms under this reading."),
        },
        ["says", "basis"],
    ),
    "claim": record(
        ["id", "never", "always", "says", "cite"],
        {
            "id": said(NEW_ID, "The claim's own name."),
            "never": said(ref("condition"), "What no case may show."),
            "always": said(ref("condition"), "What every case must show."),
            "says": SAYS,
            "cite": CITATION,
        },
        ["id"],
        exactly_one("never", "always"),
    ),
}
ROOT: Final[dict[str, Schema]] = {
    "ruleset": said(NEW_ID, "The rule set's name: small letters, digits and hyphens."),
    "edition": said(TEXT, "Which edition it is; quote a year."),
    "title": said(TEXT, "What it is, in words."),
    "says": SAYS,
    "documents": said(
        table(
            record(
                ["title", "publisher", "says"],
                {"title": said(TEXT, "Its title."), "publisher": said(TEXT, "Who published it."), "says": SAYS},
                ["title"],
            )
        ),
        "The sources that citations are about, by a short name.",
    ),
    "effective": said(
        record(["from", "to"], {"from": said(DATE, "The first day."), "to": said(DATE, "The last day.")}),
        "When it is in force.",
    ),
    "series": said(NEW_ID, "The name that all editions of one rule set share; `effective` says when each is in force."),
    "scales": said(table(LABELS), "Lists of labels with an order, the lowest first."),
    "terms": said(
        table(ref("term")), "Vague words, such as *most*, each with a number, a plausible range and a basis."
    ),
    "parameters": said(table(ref("parameter"), NEW_NAME), "What a source leaves open and no case brings."),
    "profiles": said(table(ref("profile")), "Named readings: parameters and terms set together."),
    "inputs": said(table(as_it_is("input"), NEW_NAME), "The facts that come with a case."),
    "values": said(
        {
            **table(
                {"type": "object", "if": {"required": ["group"]}, "then": ref("group"), "else": ref("value")}, NEW_NAME
            ),
            "minProperties": 1,
        },
        "What follows from them: each value has a type and a body that says how its rules combine.",
    ),
    "patterns": said(
        table(ref("pattern")), "Bodies that several values use, with `$name` where each fills in its own."
    ),
    "claims": said(list_of(ref("claim")), "What holds of every case; `prove` proves it or shows a case against it."),
    "frameworks": said(
        record(
            ["fill", "files"],
            {
                "fill": said(TEXT, "The collection that each framework fills."),
                "files": said(list_of(NEW_ID), "Their names; each is a file `frameworks/NAME.yaml`."),
            },
            ["fill", "files"],
        ),
        "Lists of criteria in files of their own.",
    ),
    "cases": said(
        list_of({"if": {"type": "object"}, "then": ref("case"), "else": TEXT}),
        "Worked cases that `check` runs: written out, or the name of a file of them.",
    ),
}


def ruleset_schema() -> dict[str, Any]:
    """The schema of a rule set file."""
    definitions = {
        **CONDITIONS,
        **INPUTS,
        "field_or_collection": as_it_is("field"),
        **VALUES,
        **SETTINGS,
        **CASES,
        **extension_definitions(VALUES),
        "whole": record(KEYS, ROOT, REQUIRED),
        "extension": extension(ROOT),
    }
    root = {"type": "object", "if": {"required": ["extends"]}, "then": ref("extension"), "else": ref("whole")}
    return document("A rule set", "The rules of one framework, as hmic-rules reads them.", root, definitions)


def cases_schema() -> dict[str, Any]:
    """The schema of a file of cases that a rule set names."""
    return document("Worked cases", "Cases of a rule set, with what must follow.", list_of(ref("case")), CASES)


def framework_schema() -> dict[str, Any]:
    """The schema of a framework's file."""
    item = {
        "type": "object",
        "properties": {
            "says": said(TEXT, "The criterion, in words."),
            "basis": BASIS,
            "cite": CITATION,
            "theme": said(TEXT, "What it belongs to, for whoever reads the list."),
        },
        "required": ["says", "basis"],
        "allOf": [CITED_BASIS],
    }
    entries = {
        "framework": said(NEW_ID, "The framework's name, which is its file's too."),
        "title": said(TEXT, "What it is, in words."),
        "cite": CITATION,
        "placement": said(TEXT, "Why criteria stand where they do."),
        "says": SAYS,
    }
    root = record(FRAMEWORK_KEYS, entries, ["framework", "title"])
    filled = {
        "additionalProperties": said(list_of(item), "The items of the collection that it fills."),
        "minProperties": 3,
    }
    return document("A framework", "The criteria that fill one collection of a rule set.", {**root, **filled})
