"""An inspection as a graph of typed nodes and edges, with the questions asked of it and its exports.

Nodes (``kind``; the id is ``KIND:NAME``, and a criterion's name there is ``FRAMEWORK/CRITERION``):
``body``, ``framework``, ``criterion``, ``finding``, ``recommendation``, ``practice`` and ``passage``.
Every node has ``kind``, ``name`` (its own id, as it was written) and ``label``; most have ``says``.

Edges (``kind``): a body was ``inspected under`` a framework, a criterion ``belongs to`` a framework, a finding
``bears on`` a criterion, a recommendation ``answers`` a finding and ``would improve`` a criterion, a practice
``illustrates`` a framework, and anything ``cites`` a passage.

Every attribute is a text, a whole number or a truth value, so that every export keeps it. What is not known is not there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from io import BytesIO
from typing import Any, Final, TypeAlias

import networkx as nx  # type: ignore[import-untyped]
from attrs import field, frozen

from hmic_rules.datatypes import NO_WORDS, YES_WORDS, BooleanType
from hmic_rules.errors import NotFoundError, did_you_mean, quoted
from hmic_rules.inspections import Bearing, Finding, FrameworkRecord, Inspection, Practice, Recommendation
from hmic_rules.loading.trees import Scalar
from hmic_rules.rulesets import Framework

__all__ = [
    "Answers",
    "Graph",
    "Orphans",
    "answers",
    "graph_of",
    "node_id",
    "orphans",
    "to_graphml",
    "to_json",
    "xml_text",
]

Graph: TypeAlias = nx.MultiDiGraph
Attributes: TypeAlias = Mapping[str, str | int | bool]

BODY: Final = "body"
FRAMEWORK: Final = "framework"
CRITERION: Final = "criterion"
FINDING: Final = "finding"
RECOMMENDATION: Final = "recommendation"
PRACTICE: Final = "practice"
PASSAGE: Final = "passage"

INSPECTED_UNDER: Final = "inspected under"
BELONGS_TO: Final = "belongs to"
BEARS_ON: Final = "bears on"
ANSWERS: Final = "answers"
WOULD_IMPROVE: Final = "would improve"
ILLUSTRATES: Final = "illustrates"
CITES: Final = "cites"

_RESERVED: Final = frozenset({"id", "source", "target", "key"})
"""What node-link data itself calls the parts of nodes and edges."""
_NOT_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@frozen
class Answers:
    """What one recommendation answers and touches, by the ids of the inspection.

    Attributes:
        findings: those that it answers.
        criteria: those that these findings bear on.
        names: the criteria that it names itself as what it would improve.
        frameworks: those that any of the criteria belong to.

    """

    recommendation: str
    findings: tuple[str, ...]
    criteria: tuple[str, ...]
    names: tuple[str, ...]
    frameworks: tuple[str, ...]


@frozen
class Orphans:
    """What stands alone where something should be joined to it, by the ids of the inspection.

    Attributes:
        answering_nothing: recommendations that answer no finding.
        unanswered: findings of an area for improvement that no recommendation answers.
        bearing_on_nothing: findings that bear on no criterion.
        without_evidence: criteria, of the frameworks inspected, that no finding bears on.
        same_answers: groups of recommendations that answer exactly the same findings.
        without_framework: practices of an area that was not inspected.

    """

    answering_nothing: tuple[str, ...]
    unanswered: tuple[str, ...]
    bearing_on_nothing: tuple[str, ...]
    without_evidence: tuple[str, ...]
    same_answers: tuple[tuple[str, ...], ...]
    without_framework: tuple[str, ...]


def node_id(kind: str, name: str) -> str:
    """The id of a node: of a criterion, the name is ``FRAMEWORK/CRITERION``."""
    return f"{kind}:{name}"


def graph_of(inspection: Inspection) -> Graph:
    """The inspection as a graph, with nodes and edges in the order of the report."""
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
    return build.graph


@frozen
class _Build:
    inspection: Inspection
    graph: Graph = field(factory=nx.MultiDiGraph)
    criteria: dict[str, list[str]] = field(factory=dict)
    """The nodes of a criterion's id: several where frameworks share the id."""

    def node(self, kind: str, name: str, label: str, **attributes: str | bool | None) -> str:
        id = node_id(kind, name)
        known = {key: value for key, value in attributes.items() if value is not None}
        self.graph.add_node(id, **{"kind": kind, "name": name, "label": label, **known})
        return id

    def edge(
        self, source: str, kind: str, target: str, own: Attributes | None = None, origin: str | None = None
    ) -> None:
        """One edge. Its key is unique in the whole graph, because GraphML makes it the id of the edge."""
        key = f"{origin or source} {kind} {target}"
        self.graph.add_edges_from([(source, target, key, {"kind": kind, **(own or {})})])

    def cites(self, source: str, addresses: Iterable[str | None]) -> None:
        for address in addresses:
            if address is not None:
                document, _, place = address.rpartition(":")
                section = place.partition("/")[0]
                target = self.node(PASSAGE, address, address, section=section, document=document or None)
                self.edge(source, CITES, target)

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
    taken = own | _RESERVED
    return {f"field:{name}" if name in taken else name: value for name, value in fields.items()}


def answers(graph: Graph, recommendation: str) -> Answers:
    """What a recommendation answers and touches.

    Args:
        graph: an inspection's graph.
        recommendation: its id in the inspection.

    Raises:
        NotFoundError: there is no such recommendation.

    """
    id = node_id(RECOMMENDATION, recommendation)
    if id not in graph:
        help = did_you_mean(recommendation, _names(graph, _of_kind(graph, RECOMMENDATION)))
        raise NotFoundError(f"there is no recommendation {quoted(recommendation)}" + (f": {help}" if help else ""))
    findings = _after(graph, [id], ANSWERS)
    criteria = _after(graph, findings, BEARS_ON)
    named = _after(graph, [id], WOULD_IMPROVE)
    frameworks = _after(graph, [*criteria, *named], BELONGS_TO)
    found = (_names(graph, nodes) for nodes in (findings, criteria, named, frameworks))
    return Answers(recommendation, *found)


def orphans(graph: Graph, improvement: str = "improvement") -> Orphans:
    """What stands alone in an inspection's graph.

    Args:
        graph: an inspection's graph.
        improvement: the kind of the findings that ask for a recommendation.

    """
    recommendations = _of_kind(graph, RECOMMENDATION)
    findings = _of_kind(graph, FINDING)
    answered = set(_after(graph, recommendations, ANSWERS))
    inspected = set(_after(graph, _of_kind(graph, BODY), INSPECTED_UNDER))
    evidenced = set(_after(graph, findings, BEARS_ON))
    by_answers: dict[frozenset[str], list[str]] = {}
    for node in recommendations:
        by_answers.setdefault(frozenset(_after(graph, [node], ANSWERS)), []).append(node)
    asking = [node for node in findings if graph.nodes[node]["finding_kind"] == improvement]
    bare = [
        node
        for node in _of_kind(graph, CRITERION)
        if node not in evidenced and inspected & set(_after(graph, [node], BELONGS_TO))
    ]
    elsewhere = [node for node in _of_kind(graph, PRACTICE) if not inspected & set(_after(graph, [node], ILLUSTRATES))]
    return Orphans(
        answering_nothing=_names(graph, by_answers.get(frozenset(), ())),
        unanswered=_names(graph, (node for node in asking if node not in answered)),
        bearing_on_nothing=_names(graph, (node for node in findings if not _after(graph, [node], BEARS_ON))),
        without_evidence=_names(graph, bare),
        same_answers=tuple(_names(graph, nodes) for same, nodes in by_answers.items() if same and len(nodes) > 1),
        without_framework=_names(graph, elsewhere),
    )


def _of_kind(graph: Graph, kind: str) -> list[str]:
    return [node for node, own in graph.nodes(data="kind") if own == kind]


def _after(graph: Graph, nodes: Iterable[str], kind: str) -> list[str]:
    """Where the edges of one kind lead from any of the nodes, each once, in the order of the edges."""
    found = (end for _, end, own in graph.out_edges(list(nodes), data="kind") if own == kind)
    return list(dict.fromkeys(found))


def _names(graph: Graph, nodes: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(graph.nodes[node]["name"] for node in nodes))


def to_json(graph: Graph) -> str:
    """The graph as node-link data.

    The keys are ``directed`` and ``multigraph`` (both true), ``graph`` (``inspection``, ``title``, ``ruleset``),
    ``nodes`` (each with its ``id`` and attributes) and ``edges`` (each with ``source``, ``target``, ``key`` and
    attributes). Keys are sorted; nodes and edges keep their order. The text is ASCII, so that any channel carries it.
    """
    data = nx.node_link_data(graph, edges="edges")
    return json.dumps(data, indent=1, sort_keys=True) + "\n"


def to_graphml(graph: Graph) -> bytes:
    """The graph as GraphML in UTF-8; what XML cannot hold is written as :func:`xml_text` says."""
    clean = nx.MultiDiGraph(**_xml_attributes(graph.graph))
    clean.add_nodes_from((xml_text(node), _xml_attributes(own)) for node, own in graph.nodes(data=True))
    clean.add_edges_from(
        (xml_text(start), xml_text(end), xml_text(key), _xml_attributes(own))
        for start, end, key, own in graph.edges(keys=True, data=True)
    )
    stream = BytesIO()
    # The writer on the standard library: the other one is taken where lxml is installed, and its bytes differ.
    nx.write_graphml_xml(clean, stream)
    return stream.getvalue()


def _xml_attributes(attributes: Attributes) -> dict[str, Any]:
    return {xml_text(name): xml_text(value) if isinstance(value, str) else value for name, value in attributes.items()}


def xml_text(text: str) -> str:
    r"""Text that XML can hold and gives back: every other character becomes its escape, such as ``\x07``.

    A carriage return is one of them, since readers of XML turn it into a line feed.
    """
    return _NOT_XML.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)
