"""The kinds of nodes and edges of an inspection's graph, and how they are put into it.

Nodes (``kind``; the id is ``KIND:NAME``, and a criterion's name there is ``FRAMEWORK/CRITERION``):
``body``, ``framework``, ``criterion``, ``finding``, ``recommendation``, ``practice``, ``passage``; ``rule``, named ``VALUE/RULE``, or
``VALUE/limit/LIMIT`` for a limit; ``outcome``, named ``FRAMEWORK/published``, or ``FRAMEWORK/computed/READING`` for what the rules give; and
``judgement``.
Every node has ``kind``, ``name`` (its own id, as it was written) and ``label``; most have ``says``.

Edges (``kind``): a body was ``inspected under`` a framework, a criterion ``belongs to`` a framework, a finding
``bears on`` a criterion, a recommendation ``answers`` a finding and ``would improve`` a criterion, a practice
``illustrates`` a framework, and anything ``cites`` a passage. A rule ``feeds`` the rules that ask for the value that it is a rule of, a criterion
is ``read by`` the rules of the outcome, a rule ``decides`` or ``may decide`` an outcome, a limit ``limits`` one, and an outcome is the ``outcome
of`` a framework. A judgement ``judges`` a criterion or a framework, and ``rests on`` findings.

Every attribute is a text, a whole number or a truth value, so that every export keeps it. What is not known is not there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, TypeAlias

import networkx as nx  # type: ignore[import-untyped]

__all__ = [
    "ANSWERS",
    "BEARS_ON",
    "BELONGS_TO",
    "BODY",
    "CITES",
    "CRITERION",
    "DECIDES",
    "FEEDS",
    "FINDING",
    "FRAMEWORK",
    "ILLUSTRATES",
    "INSPECTED_UNDER",
    "JUDGEMENT",
    "JUDGES",
    "LIMITS",
    "MAY_DECIDE",
    "OUTCOME",
    "OUTCOME_OF",
    "PASSAGE",
    "PRACTICE",
    "READ_BY",
    "RECOMMENDATION",
    "RESERVED",
    "RESTS_ON",
    "RULE",
    "WOULD_IMPROVE",
    "Attributes",
    "Graph",
    "add_citations",
    "add_edge",
    "add_node",
    "after",
    "new_graph",
    "node_id",
    "of_kind",
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
RULE: Final = "rule"
OUTCOME: Final = "outcome"
JUDGEMENT: Final = "judgement"

INSPECTED_UNDER: Final = "inspected under"
BELONGS_TO: Final = "belongs to"
BEARS_ON: Final = "bears on"
ANSWERS: Final = "answers"
WOULD_IMPROVE: Final = "would improve"
ILLUSTRATES: Final = "illustrates"
CITES: Final = "cites"
FEEDS: Final = "feeds"
READ_BY: Final = "read by"
DECIDES: Final = "decides"
MAY_DECIDE: Final = "may decide"
LIMITS: Final = "limits"
OUTCOME_OF: Final = "outcome of"
JUDGES: Final = "judges"
RESTS_ON: Final = "rests on"

RESERVED: Final = frozenset({"id", "source", "target", "key"})
"""What node-link data itself calls the parts of nodes and edges."""


def new_graph() -> Graph:
    """A graph without nodes."""
    return nx.MultiDiGraph()


def node_id(kind: str, name: str) -> str:
    """The id of a node: of a criterion, the name is ``FRAMEWORK/CRITERION``."""
    return f"{kind}:{name}"


def add_node(graph: Graph, kind: str, name: str, label: str, **attributes: str | bool | None) -> str:
    """Put a node in, without the attributes that are ``None``, and give its id."""
    id = node_id(kind, name)
    known = {key: value for key, value in attributes.items() if value is not None}
    graph.add_node(id, **{"kind": kind, "name": name, "label": label, **known})
    return id


def add_edge(
    graph: Graph, source: str, kind: str, target: str, own: Attributes | None = None, origin: str | None = None
) -> None:
    """Put an edge in. Its key is unique in the whole graph, because GraphML makes it the id of the edge.

    Args:
        graph: where to.
        source: the node that it leads from.
        kind: its kind.
        target: the node that it leads to.
        own: its other attributes.
        origin: what the key names in place of the source, where several edges of a kind lead from it to one node.

    """
    key = f"{origin or source} {kind} {target}"
    graph.add_edges_from([(source, target, key, {"kind": kind, **(own or {})})])


def add_citations(graph: Graph, source: str, addresses: Iterable[str | None]) -> None:
    """Put the passages in that a node cites."""
    for address in addresses:
        if address is not None:
            document, _, place = address.rpartition(":")
            section = place.partition("/")[0]
            target = add_node(graph, PASSAGE, address, address, section=section, document=document or None)
            add_edge(graph, source, CITES, target)


def of_kind(graph: Graph, kind: str) -> list[str]:
    """The nodes of one kind, in the order of the graph."""
    return [node for node, own in graph.nodes(data="kind") if own == kind]


def after(graph: Graph, nodes: Iterable[str], kind: str) -> list[str]:
    """Where the edges of one kind lead from any of the nodes, each once, in the order of the edges."""
    found = (end for _, end, own in graph.out_edges(list(nodes), data="kind") if own == kind)
    return list(dict.fromkeys(found))
