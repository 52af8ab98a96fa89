"""The graph on the page: recommendations, the findings that they answer, the criteria that these bear on, the frameworks; and what leads where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from attrs import frozen

from hmic_rules.graph import graph_of
from hmic_rules.graph.vocabulary import (
    ANSWERS,
    BEARS_ON,
    BELONGS_TO,
    BODY,
    CRITERION,
    FINDING,
    FRAMEWORK,
    INSPECTED_UNDER,
    RECOMMENDATION,
    WOULD_IMPROVE,
    Graph,
    after,
    of_kind,
)
from hmic_rules.inspections import FrameworkGrade, Inspection
from hmic_rules.phrases import said
from hmic_rules.report.anchors import anchor

__all__ = ["Column", "Network", "Node", "network_of"]

STEPS: Final = ((RECOMMENDATION, ANSWERS), (FINDING, BEARS_ON), (CRITERION, BELONGS_TO))


@frozen
class Node:
    """One node.

    Attributes:
        key: what links on the page call it: a letter and a number.
        id: the id of the element that tells of it.
        label: its name.
        says: what it says.
        tag: how a criterion stands, or what a framework was given.
        to: the keys of the nodes that it leads to.
        names: the keys of the criteria that a recommendation itself names, where none of its findings bears on them.

    """

    key: str
    id: str
    label: str
    says: str
    tag: str
    to: tuple[str, ...]
    names: tuple[str, ...] = ()


@frozen
class Column:
    """The nodes of one kind."""

    title: str
    nodes: tuple[Node, ...]


@frozen
class Network:
    """The columns, from the recommendations to the frameworks.

    Attributes:
        columns: the columns.
        links: how many links there are.
        left_out: how many findings no recommendation answers, which are not in it.

    """

    columns: tuple[Column, ...]
    links: int
    left_out: int


def network_of(inspection: Inspection, grades: Mapping[str, FrameworkGrade]) -> Network | None:
    """What recommendations lead to, out of the inspection's graph; nothing where there are none."""
    graph = graph_of(inspection, outcomes=False)
    recommendations = of_kind(graph, RECOMMENDATION)
    if not recommendations:
        return None
    inspected = set(after(graph, of_kind(graph, BODY), INSPECTED_UNDER))
    findings = _in_order(graph, FINDING, after(graph, recommendations, ANSWERS))
    reached = [*after(graph, findings, BEARS_ON), *after(graph, recommendations, WOULD_IMPROVE)]
    criteria = [
        one for one in _in_order(graph, CRITERION, reached) if set(after(graph, [one], BELONGS_TO)) <= inspected
    ]
    frameworks = _in_order(graph, FRAMEWORK, after(graph, criteria, BELONGS_TO))
    groups = (recommendations, findings, criteria, frameworks)
    keys = {
        node: f"{letter}{number}"
        for letter, nodes in zip("rfcg", groups, strict=True)
        for number, node in enumerate(nodes, start=1)
    }
    steps = dict(STEPS)
    told = _Told(inspection, grades)

    def node(name: str) -> Node:
        own = graph.nodes[name]
        kind = own["kind"]
        ends = after(graph, [name], steps[kind]) if kind in steps else []
        to = tuple(keys[end] for end in ends if end in keys)
        through = set(after(graph, ends, BEARS_ON)) if kind == RECOMMENDATION else set()
        named = after(graph, [name], WOULD_IMPROVE) if kind == RECOMMENDATION else []
        names = tuple(keys[end] for end in named if end in keys and end not in through)
        label, says, id = told.of(kind, own)
        return Node(keys[name], id, label, says, told.tag(kind, own), to, names)

    titles = ("Recommendations", "Findings", "Criteria", "Frameworks")
    columns = tuple(Column(title, tuple(map(node, nodes))) for title, nodes in zip(titles, groups, strict=True))
    links = sum(len(one.to) + len(one.names) for column in columns for one in column.nodes)
    return Network(columns, links, len(of_kind(graph, FINDING)) - len(findings))


@frozen
class _Told:
    """What is told of a node of the graph."""

    inspection: Inspection
    grades: Mapping[str, FrameworkGrade]

    def of(self, kind: str, own: Mapping[str, str]) -> tuple[str, str, str]:
        """What a node is called, what it says, and the id of the element that tells of it."""
        name = own["name"]
        if kind == FINDING:
            return self.inspection.findings[name].cite, own.get("says", ""), anchor("finding", name)
        if kind == RECOMMENDATION:
            return own["label"], own.get("says", ""), anchor("recommendation", name)
        if kind == CRITERION:
            return name, own.get("says", ""), anchor("criterion", own["framework"], name)
        return own["label"], "", anchor("framework", name)

    def tag(self, kind: str, own: Mapping[str, str]) -> str:
        """How a criterion stands, or what a framework was given and what the rules give; nothing of any other node."""
        if kind == CRITERION:
            decision = self.grades[own["framework"]].decision
            return str(decision.items(self.inspection.status_value)[own["name"]])
        if kind == FRAMEWORK:
            grade = self.grades[own["name"]]
            computed = f"{grade.default or 'the rules'}: {said(grade.decision[self.inspection.outcome])}"
            return computed if grade.record.published is None else f"published: {grade.record.published}; {computed}"
        return ""


def _in_order(graph: Graph, kind: str, wanted: Iterable[str]) -> list[str]:
    """The nodes of a kind that are wanted, in the order of the graph."""
    among = set(wanted)
    return [node for node in of_kind(graph, kind) if node in among]
