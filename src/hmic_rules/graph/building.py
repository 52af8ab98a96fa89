"""An inspection as a graph: its records as nodes, what links them as edges."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from attrs import field, frozen

from hmic_rules.datatypes import NO_WORDS, YES_WORDS, BooleanType, shown
from hmic_rules.graph.deciding import add_outcomes, add_rules
from hmic_rules.graph.vocabulary import (
    ANSWERS,
    BEARS_ON,
    BELONGS_TO,
    BODY,
    CRITERION,
    FINDING,
    FRAMEWORK,
    ILLUSTRATES,
    INSPECTED_UNDER,
    JUDGEMENT,
    JUDGES,
    PRACTICE,
    RECOMMENDATION,
    RESERVED,
    RESTS_ON,
    WOULD_IMPROVE,
    Attributes,
    Graph,
    add_citations,
    add_edge,
    add_node,
    new_graph,
    node_id,
)
from hmic_rules.inspections import Bearing, Finding, FrameworkRecord, Inspection, Practice, Recommendation
from hmic_rules.judgements import Judgement
from hmic_rules.loading.trees import Scalar
from hmic_rules.rulesets import Framework

__all__ = ["graph_of"]


def graph_of(inspection: Inspection, *, outcomes: bool = True) -> Graph:
    """The inspection as a graph, with nodes and edges in the order of the report.

    Args:
        inspection: the inspection.
        outcomes: whether every framework is graded under every reading, for the nodes and edges that only a decision can give.

    Raises:
        ConflictError: two rules of a ``unique`` list hold together, where outcomes are asked for.

    """
    build = _Build(inspection)
    build.graph.graph.update(inspection=inspection.name, title=inspection.title, ruleset=inspection.ruleset.name)
    build.node(BODY, inspection.name, inspection.body)
    for framework in inspection.ruleset.frameworks.values():
        build.framework(framework, inspection.frameworks.get(framework.id))
    for finding in inspection.findings.values():
        build.finding(finding)
    for recommendation in inspection.recommendations.values():
        build.recommendation(recommendation)
    for practice in inspection.practices.values():
        build.practice(practice)
    for judgement in inspection.judgements.values():
        build.judgement(judgement)
    add_rules(build.graph, inspection)
    if outcomes:
        add_outcomes(build.graph, inspection)
    return build.graph


@frozen
class _Build:
    inspection: Inspection
    graph: Graph = field(factory=new_graph)
    criteria: dict[str, list[str]] = field(factory=dict)
    """The nodes of a criterion's id: several where frameworks share the id."""

    def node(self, kind: str, name: str, label: str, **attributes: str | bool | None) -> str:
        return add_node(self.graph, kind, name, label, **attributes)

    def edge(
        self, source: str, kind: str, target: str, own: Attributes | None = None, origin: str | None = None
    ) -> None:
        add_edge(self.graph, source, kind, target, own, origin)

    def cites(self, source: str, addresses: Iterable[str | None]) -> None:
        add_citations(self.graph, source, addresses)

    def framework(self, framework: Framework, record: FrameworkRecord | None) -> None:
        id = self.node(FRAMEWORK, framework.id, framework.title, placement=framework.placement)
        self.cites(id, framework.cite)
        if record is not None:
            body = node_id(BODY, self.inspection.name)
            published = {} if record.published is None else {"published": record.published}
            self.edge(body, INSPECTED_UNDER, id, published)
            self.cites(id, [record.published_cite, record.distribution.cite if record.distribution else None])
            self.cites(id, (address for fact in record.facts for address in fact.cite))
        ruleset = self.inspection.ruleset
        collection = ruleset.collections[ruleset.fills] if ruleset.fills is not None else None
        for row in framework.rows:
            key = row.get(collection.key or "") if collection is not None else None
            if collection is not None and isinstance(key, Scalar):
                flags = {name for name, input in collection.fields.items() if isinstance(input.type, BooleanType)}
                fields = dict(_fields({name: tree for name, tree in row.items() if name != collection.key}, flags))
                self.criterion(framework, id, key.text, fields)

    def criterion(self, framework: Framework, framework_node: str, name: str, fields: Attributes) -> None:
        notes = framework.notes.get(name, {})
        own = {key: text for key, text in notes.items() if isinstance(text, str)}
        id = self.node(CRITERION, f"{framework.id}/{name}", name)
        written = {**own, "name": name, "framework": framework.id}
        self.graph.nodes[id].update(written)
        self.graph.nodes[id].update(_beside({*self.graph.nodes[id]}, fields))
        self.criteria.setdefault(name, []).append(id)
        self.edge(id, BELONGS_TO, framework_node)
        self.cites(id, notes.get("cite", ()))

    def finding(self, finding: Finding) -> None:
        id = self.node(
            FINDING,
            finding.id,
            finding.id,
            says=finding.says,
            section=finding.section,
            section_title=self.inspection.sections.get(finding.section, finding.section),
            finding_kind=finding.kind,
            bears_on_nothing=finding.bears_on_nothing,
            should_be_answered=finding.kind in self.inspection.should_be_answered or None,
        )
        for bearing in finding.bears:
            for criterion in self.criteria[bearing.criterion]:
                self.edge(id, BEARS_ON, criterion, _coded(bearing), node_id(FINDING, bearing.id))
        self.cites(id, [finding.cite])

    def recommendation(self, recommendation: Recommendation) -> None:
        id = self.node(
            RECOMMENDATION,
            recommendation.id,
            recommendation.title,
            says=recommendation.says,
            wider=recommendation.wider,
        )
        for finding in recommendation.answers:
            self.edge(id, ANSWERS, node_id(FINDING, finding))
        for name in recommendation.bears:
            for criterion in self.criteria[name]:
                self.edge(id, WOULD_IMPROVE, criterion)
        self.cites(id, recommendation.cite)

    def judgement(self, judgement: Judgement) -> None:
        id = self.node(
            JUDGEMENT,
            judgement.id,
            judgement.id,
            says=judgement.reason,
            value=judgement.value,
            judged=shown(judgement.judged),
            by=judgement.by,
            date=judgement.date.isoformat(),
            readings=", ".join(judgement.readings) or None,
        )
        framework = judgement.framework or ""
        on = (FRAMEWORK, framework) if judgement.item is None else (CRITERION, f"{framework}/{judgement.item}")
        self.edge(id, JUDGES, node_id(*on))
        for finding in judgement.findings:
            self.edge(id, RESTS_ON, node_id(FINDING, finding))
        self.cites(id, judgement.passages)

    def practice(self, practice: Practice) -> None:
        id = self.node(
            PRACTICE,
            practice.id,
            practice.title,
            area=practice.area,
            problem=practice.problem,
            solution=practice.solution,
            outcomes=practice.outcomes,
        )
        if practice.area in self.inspection.ruleset.frameworks:
            self.edge(id, ILLUSTRATES, node_id(FRAMEWORK, practice.area))
        self.cites(id, [practice.cite])


def _fields(row: Mapping[str, Any], flags: set[str]) -> Iterator[tuple[str, str | bool]]:
    for name, tree in row.items():
        if isinstance(tree, Scalar) and not tree.null:
            truth = name in flags and tree.text in YES_WORDS | NO_WORDS
            yield name, tree.text in YES_WORDS if truth else tree.text


def _coded(bearing: Bearing) -> Attributes:
    own = {"bearing": bearing.id} | ({} if bearing.doubt is None else {"doubt": bearing.doubt})
    return {**own, **_beside({"kind", "bearing", "doubt"}, bearing.facts)}


def _beside(own: set[str], fields: Attributes) -> Attributes:
    """The rule set's fields; one whose name the graph itself uses is kept as ``field:NAME``."""
    taken = own | RESERVED
    return {f"field:{name}" if name in taken else name: value for name, value in fields.items()}
