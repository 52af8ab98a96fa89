"""The graph of an inspection as JSON and GraphML: the same bytes on every Python and with every networkx."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

import networkx as nx  # type: ignore[import-untyped]

from hmic_rules.graph.vocabulary import Attributes, Graph, new_graph
from hmic_rules.svg import xml_text

__all__ = ["to_graphml", "to_json"]


def to_json(graph: Graph) -> str:
    """The graph as node-link data.

    The keys are ``directed`` and ``multigraph`` (both true), ``graph`` (``inspection``, ``title``, ``ruleset``),
    ``nodes`` (each with its ``id`` and attributes) and ``edges`` (each with ``source``, ``target``, ``key`` and
    attributes). It is written here, since networkx has changed its own form of them between versions. Keys are sorted; nodes and edges keep their order. The text is ASCII, so that any channel carries it.
    """
    data = {
        "directed": True,
        "multigraph": True,
        "graph": graph.graph,
        "nodes": [{**own, "id": node} for node, own in graph.nodes(data=True)],
        "edges": [
            {**own, "source": start, "target": end, "key": key}
            for start, end, key, own in graph.edges(keys=True, data=True)
        ],
    }
    return json.dumps(data, indent=1, sort_keys=True) + "\n"


def to_graphml(graph: Graph) -> bytes:
    """The graph as GraphML in UTF-8; what XML cannot hold is written as :func:`hmic_rules.svg.xml_text` says."""
    clean = new_graph()
    clean.graph.update(_xml_attributes(graph.graph))
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
