"""Small inspections to draw, under any rule set whose frameworks list what findings bear on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from attrs import frozen
from hypothesis import strategies as st

from hmic_rules.binding import program_for
from hmic_rules.conditions import CASE
from hmic_rules.datatypes import LabelType, shown
from hmic_rules.errors import NotFoundError, quoted
from hmic_rules.inspections import Inspection
from hmic_rules.loading.inspections import read_inspection
from hmic_rules.rulesets import Input, Ruleset
from hmic_rules.testing.boundaries import Boundaries
from hmic_rules.testing.drawn_conditions import Draw, one_of, sometimes

__all__ = ["inspections"]

FILE: Final = "inspection.yaml"
FINDINGS: Final = "findings.yaml"
SECTION: Final = "drawn"
KINDS: Final = ("strength", "improvement", "progress")
MOST_FINDINGS: Final = 6
MOST_BEARINGS: Final = 3
MOST_RECOMMENDATIONS: Final = 4


def inspections(ruleset: Ruleset, framework: str | None = None) -> st.SearchStrategy[Inspection]:
    """Small inspections of an invented body: findings that bear on criteria of the frameworks, recommendations, practices, and what was published.

    Each is read from files in memory by the reader that reads a real one, so that whatever takes an inspection takes it.

    Args:
        ruleset: a rule set with frameworks.
        framework: the only framework that is inspected; two of them at most where none is named.

    Returns:
        A strategy for inspections.

    Raises:
        NotFoundError: the rule set has no such framework, no outcome of the case, or nothing that findings could bear on: a group that the
            items of frameworks expect, with a value on its rows and one on the groups.

    """
    if framework is not None and framework not in ruleset.frameworks:
        program_for(ruleset, framework, None, None)  # says which there are
    bears = _bears(ruleset)
    outcome = next((name for name in ruleset.outcomes if ruleset.values[name].scope == CASE), None)
    if outcome is None:
        raise NotFoundError(
            f"the rule set {quoted(ruleset.name)} has no outcome of a whole case, so there is nothing to grade"
        )
    name = outcome

    @st.composite
    def drawn(draw: Draw) -> Inspection:
        chosen = [framework] if framework is not None else _few(draw, list(ruleset.frameworks))
        files = _Drawer(draw, ruleset, bears, name, chosen).files()
        data = {file: json.dumps(held, indent=0, ensure_ascii=False).encode() for file, held in files.items()}

        def source(file: str) -> bytes:
            if file not in data:
                raise FileNotFoundError(file)
            return data[file]

        return read_inspection(source, FILE, lambda file: f"drawn/{file}", lambda _: ruleset)

    return drawn()


@frozen
class _Bears:
    """What the findings of an inspection fill, and the values that its explanations show."""

    fill: str
    criterion: str
    status: str
    shows: str

    def data(self) -> dict[str, str]:
        return {"fill": self.fill, "criterion": self.criterion, "status": self.status, "shows": self.shows}


def _bears(ruleset: Ruleset) -> _Bears:
    """The rows that a group sorts by the items of frameworks.

    Raises:
        NotFoundError: there are none.

    """
    values = list(ruleset.values.values())
    for group in ruleset.groups.values():
        criterion = next(
            (name for name, keys in (group.expected.keys if group.expected else {}).items() if keys == ruleset.fills),
            None,
        )
        source = ruleset.collections.get(group.source)
        if criterion is None or source is None or source.parent is not None:
            continue
        status = next((one.name for one in values if one.scope == group.name and isinstance(one.type, LabelType)), None)
        shows = next((one.name for one in values if one.scope == source.name and isinstance(one.type, LabelType)), None)
        if status is not None and shows is not None:
            return _Bears(source.name, criterion, status, shows)
    raise NotFoundError(
        f"the rule set {quoted(ruleset.name)} has nothing that findings bear on: it needs frameworks, a group that expects their items, and "
        "a value with labels on the rows and on the groups"
    )


def _few(draw: Draw, names: list[str]) -> list[str]:
    found: list[str] = draw(st.lists(st.sampled_from(names), min_size=1, max_size=2, unique=True))
    return found


class _Drawer:
    """One inspection while it is drawn."""

    def __init__(self, draw: Draw, ruleset: Ruleset, bears: _Bears, outcome: str, frameworks: list[str]) -> None:
        self.draw = draw
        self.ruleset = ruleset
        self.bears = bears
        self.outcome = outcome
        self.frameworks = frameworks
        self.boundaries = Boundaries(program_for(ruleset, frameworks[0], None, None))
        self.criteria = [id for name in frameworks for id in ruleset.frameworks[name].notes]

    def files(self) -> dict[str, Any]:
        """The inspection's own file, and one with its findings, recommendations and practices."""
        findings = [self.finding(place) for place in range(1, self.draw(st.integers(0, MOST_FINDINGS)) + 1)]
        number = self.draw(st.integers(0, MOST_RECOMMENDATIONS)) if findings else 0
        recommendations = [self.recommendation(place, findings) for place in range(1, number + 1)]
        practices = [self.practice()] if sometimes(self.draw) else []
        own = {
            "inspection": "drawn",
            "title": "a drawn inspection",
            "body": "an invented body",
            "ruleset": self.ruleset.name,
            "outcome": self.outcome,
            "bearings": self.bears.data(),
            "sections": {SECTION: "the only section"},
            "files": [FINDINGS],
            "frameworks": {name: self.framework() for name in self.frameworks},
            **self.remedy(),
        }
        found = {"section": SECTION, "findings": findings, "recommendations": recommendations, "practices": practices}
        return {FILE: own, FINDINGS: found}

    def finding(self, place: int) -> dict[str, Any]:
        bears = [self.bearing() for _ in range(self.draw(st.integers(0, MOST_BEARINGS)))]
        return {
            "id": f"finding-{place}",
            "kind": one_of(self.draw, KINDS),
            "cite": f"{SECTION}/finding/{place}",
            "says": f"an invented finding, the {place}. of its kind",
            "bears": bears,
            **({} if bears else {"bears_on_nothing": "it was invented so"}),
        }

    def bearing(self) -> dict[str, Any]:
        collection = self.ruleset.collections[self.bears.fill]
        left = {collection.key, "id", self.bears.criterion}
        open_ = {name: given for name, given in collection.fields.items() if name not in left}
        coded = {
            name: self.written(collection.name, given) for name, given in open_.items() if not sometimes(self.draw, 6)
        }
        return {"criterion": one_of(self.draw, self.criteria), **coded}

    def written(self, scope: str, given: Input) -> str:
        """A fact as a coder writes it."""
        if given.may_be_not_applicable and sometimes(self.draw):
            return "not applicable"
        return shown(self.draw(self.boundaries.values(scope, given.name, given.type)))

    def remedy(self) -> dict[str, Any]:
        """What putting a finding right means: for some fields with labels, what one of them becomes, and which others fall short."""
        collection = self.ruleset.collections[self.bears.fill]
        left = {collection.key, "id", self.bears.criterion}
        choices = {
            name: list(given.type.labels)
            for name, given in collection.fields.items()
            if name not in left and isinstance(given.type, LabelType) and len(given.type.labels) > 1
        }
        if not choices or not self.draw(st.integers(0, 5)):
            return {}
        names: list[str] = self.draw(st.lists(st.sampled_from(list(choices)), min_size=1, unique=True))
        becomes = {name: one_of(self.draw, choices[name]) for name in names}
        short = []
        for name, label in becomes.items():
            others = [other for other in choices[name] if other != label]
            short.append({name: self.draw(st.lists(st.sampled_from(others), min_size=1, unique=True))})
        return {"put_right": {"says": "invented", "basis": "assumed", "falls_short": short, "becomes": becomes}}

    def recommendation(self, place: int, findings: list[dict[str, Any]]) -> dict[str, Any]:
        ids = [finding["id"] for finding in findings]
        return {
            "id": f"recommendation-{place}",
            "cite": f"{SECTION}/recommendation/{place}",
            "says": "an invented recommendation",
            "answers": self.draw(st.lists(st.sampled_from(ids), min_size=1, max_size=3, unique=True)),
            "bears": [one_of(self.draw, self.criteria)],
        }

    def practice(self) -> dict[str, Any]:
        texts = {key: f"an invented text about the {key}" for key in ("title", "problem", "solution", "outcomes")}
        cite = f"{SECTION}/practice/1"
        return {"id": "practice-1", "area": one_of(self.draw, self.frameworks), "cite": cite, **texts}

    def framework(self) -> dict[str, Any]:
        """What was published of a framework, and what is known of it as a whole."""
        type = self.ruleset.values[self.outcome].type
        found: dict[str, Any] = {}
        if isinstance(type, LabelType) and sometimes(self.draw, 2):
            found["published"] = {"is": one_of(self.draw, type.labels)}
        facts = self.facts(self.ruleset.inputs)
        return {**found, **({"facts": facts} if facts else {})}

    def facts(self, inputs: Mapping[str, Input]) -> dict[str, Any]:
        kept = {name: given for name, given in inputs.items() if sometimes(self.draw, 2)}
        return {name: {"is": self.written(CASE, given), "says": "invented"} for name, given in kept.items()}
