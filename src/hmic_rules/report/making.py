"""How a page was made: the rule set and its certificate, the engines, and the record of every decision on it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from attrs import frozen

import hmic_rules
from hmic_rules.catalogue import Place, shipped
from hmic_rules.inspections import FrameworkGrade, Inspection
from hmic_rules.report.links import Link, Links
from hmic_rules.rulesets import Ruleset
from hmic_rules.verification.certificates import CERTIFICATE, stale
from hmic_rules.verification.obligations import KINDS

__all__ = ["Certificate", "Making", "RecordLine", "making_of"]


@frozen
class Certificate:
    """The certificate that stands beside the rule set.

    Attributes:
        problem: why it says nothing of this rule set; ``None`` where it is about exactly these files.
        version: the version of the library that proved it.
        verdicts: how many obligations have which verdict.
        telling: the obligations that are not proven outright, each as its verdict, what it is about, what sort it is, and what was found.

    """

    problem: str | None
    version: str
    verdicts: tuple[tuple[str, int], ...]
    telling: tuple[tuple[str, str, str, str], ...]


@frozen
class RecordLine:
    """A decision on the page: of which framework, under which reading, by which engines, and the hash of its record."""

    framework: Link
    reading: str | None
    engines: tuple[str, ...]
    sha256: str


@frozen
class Making:
    """How the page was made.

    Attributes:
        version: the version of this library.
        ruleset: the rule set.
        certificate: its certificate; ``None`` where there is none beside it.
        engines: what computed the decisions.
        records: every decision on the page.
        documents: the documents whose passages are cited.

    """

    version: str
    ruleset: Ruleset
    certificate: Certificate | None
    engines: tuple[str, ...]
    records: tuple[RecordLine, ...]
    documents: tuple[str, ...]


def making_of(inspection: Inspection, grades: Iterable[FrameworkGrade], links: Links) -> Making:
    """How the page of an inspection is made."""
    records = []
    for grade in grades:
        for reading, decision in grade.decisions.items():
            record = grade.judged.get(reading, decision).record(case=f"{inspection.name}: {grade.framework}")
            records.append(
                RecordLine(links.framework(grade.framework), reading, tuple(decision.engines), record.sha256)
            )
    engines = tuple(dict.fromkeys(engine for one in records for engine in one.engines))
    documents = dict.fromkeys(
        [*inspection.documents.values(), *(one.title for one in inspection.ruleset.documents.values())]
    )
    certificate = _certificate(inspection.ruleset)
    return Making(hmic_rules.__version__, inspection.ruleset, certificate, engines, tuple(records), tuple(documents))


def _certificate(ruleset: Ruleset) -> Certificate | None:
    place = _place(ruleset)
    try:
        text = place.read(CERTIFICATE)
    except FileNotFoundError:
        return None
    problem = stale(text, place.shown_as(CERTIFICATE), ruleset.fingerprint)
    if problem is not None:
        return Certificate(problem.problem, "", (), ())
    found: dict[str, Any] = json.loads(text)
    obligations = found["obligations"]
    verdicts = Counter(str(one["verdict"]) for one in obligations)
    telling = tuple(
        (str(one["verdict"]), str(one["about"]), KINDS.get(one["kind"], one["kind"]), _says(one))
        for one in obligations
        if one["verdict"] != "proven"
    )
    return Certificate(None, str(found["version"]), tuple(verdicts.most_common()), telling)


def _says(obligation: Any) -> str:
    within = ", ".join(obligation["within"])
    return (str(obligation["says"]) + (f" ({within})" if within else "")).replace("`", "")


def _place(ruleset: Ruleset) -> Place:
    """The folder of a rule set: of one that is shipped, or of the file that it was read from."""
    for place in shipped("ruleset").values():
        if place.shown_as(place.file) == ruleset.file:
            return place
    path = Path(ruleset.file)
    return Place(path.parent, path.name, path.stem, "ruleset", False)
