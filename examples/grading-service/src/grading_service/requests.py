"""Requests: what a case may say beside its facts, and the schema of both, which is the rule set's own."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

import hmic_rules as hr
from grading_service.served import Scheme

__all__ = ["RECORD", "Request", "facts_name", "facts_of", "request_of"]

CALLED = 200
DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
RECORD: dict[str, Any] = {
    "title": "Record",
    "description": "The `text` of a record, byte for byte as this service or `hmic-rules decide --record` made it.",
    "type": "object",
    "properties": {"format": {"const": "hmic-rules-record/1"}, "ruleset": {"type": "object"}},
    "required": ["format", "ruleset", "inputs", "outcomes", "trace", "sha256"],
}


def facts_name(scheme: Scheme) -> str:
    return f"Facts.{scheme.called}"


def facts_of(scheme: Scheme) -> dict[str, Any]:
    """The schema of the facts, as the rule set has it."""
    return {name: one for name, one in scheme.ruleset.facts_schema(scheme.framework).items() if name != "$schema"}


def request_of(scheme: Scheme) -> dict[str, Any]:
    """The schema of a request."""
    said: dict[str, Any] = {
        "facts": {"$ref": f"#/components/schemas/{facts_name(scheme)}"},
        "case": {
            "type": ["string", "null"],
            "maxLength": CALLED,
            "description": "what the record calls the case; it should name nobody",
        },
        "date": {
            "type": ["string", "null"],
            "pattern": DATE,
            "format": "date",
            "description": "the date that the record bears",
        },
    }
    if scheme.ruleset.profiles:
        said["reading"] = {
            "enum": [*scheme.ruleset.profiles, None],
            "description": "the default one where none is named",
        }
    return {"type": "object", "properties": said, "required": ["facts"], "additionalProperties": False}


@dataclass(frozen=True)
class Request:
    """A case that somebody posts."""

    facts: Any
    reading: str | None
    case: str | None
    date: datetime.date | None

    @classmethod
    def of(cls, body: Any, scheme: Scheme) -> tuple[Request, list[hr.Diagnostic]]:
        """What a body says, and what is wrong with it beside its facts, which the rule set reads."""
        if not isinstance(body, dict):
            raise hr.InputError([hr.Diagnostic("$", "the body is no object", 'send {"facts": {…}}')])
        known = request_of(scheme)["properties"]
        wrong = [
            hr.Diagnostic(
                f"$.{name.encode('ascii', 'backslashreplace').decode()}",
                "there is no such member",
                f"known here: {', '.join(known)}",
            )
            for name in body
            if name not in known
        ]
        if "facts" not in body:
            wrong.append(hr.Diagnostic("$.facts", "is missing", "send {} where nothing is known"))
        reading, case, date = body.get("reading"), body.get("case"), body.get("date")
        if (
            reading is not None
            and (not isinstance(reading, str) or reading not in scheme.ruleset.profiles)
            and "reading" in known
        ):
            wrong.append(
                hr.Diagnostic(
                    "$.reading",
                    "is not a reading of this rule set",
                    f"known here: {', '.join(scheme.ruleset.profiles)}",
                )
            )
        if case is not None and not (isinstance(case, str) and len(case) <= CALLED and _writable(case)):
            wrong.append(hr.Diagnostic("$.case", f"is not a text of at most {CALLED} characters"))
        day = None
        if date is not None:
            try:
                day = datetime.datetime.strptime(date, "%Y-%m-%d").date()  # noqa: DTZ007 - a day, wherever it is
            except (TypeError, ValueError):
                wrong.append(hr.Diagnostic("$.date", "is no date", "write it as in 2007-06-01"))
        return cls(body.get("facts", {}), reading, case, day), wrong


def _writable(text: str) -> bool:
    """Whether UTF-8 can say it: JSON may bring halves of pairs of surrogates."""
    return text == text.encode("utf-8", "replace").decode()
