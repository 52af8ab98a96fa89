"""An inspection as a graph of typed nodes and edges, with the questions asked of it and its exports (networkx)."""

from __future__ import annotations

from hmic_rules.graph.building import graph_of
from hmic_rules.graph.exports import to_graphml, to_json
from hmic_rules.graph.questions import Answers, Orphans, answers, orphans
from hmic_rules.graph.vocabulary import (
    ANSWERS,
    BEARS_ON,
    BELONGS_TO,
    CRITERION,
    FINDING,
    FRAMEWORK,
    RECOMMENDATION,
    WOULD_IMPROVE,
    Graph,
    node_id,
)

__all__ = [
    "ANSWERS",
    "BEARS_ON",
    "BELONGS_TO",
    "CRITERION",
    "FINDING",
    "FRAMEWORK",
    "RECOMMENDATION",
    "WOULD_IMPROVE",
    "Answers",
    "Graph",
    "Orphans",
    "answers",
    "graph_of",
    "node_id",
    "orphans",
    "to_graphml",
    "to_json",
]
