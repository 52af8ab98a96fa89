"""Rules and outcomes in the graph of an inspection, and exports that are the same bytes everywhere."""

from __future__ import annotations

from pathlib import Path

import pytest

import hmic_rules as hr
from hmic_rules.drawing import to_svg
from hmic_rules.graph import graph_of, to_graphml, to_json
from hmic_rules.graph.vocabulary import Graph
from small_inspection import FOLDER, small_inspection

DOCUMENTED = (Path(__file__).parents[1] / "docs" / "leverage.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def graph() -> Graph:
    return small_inspection().graph()


@pytest.fixture(scope="module")
def shipped() -> Graph:
    return hr.load_inspection("mps-2007").graph()


def ends(graph, node, kind):
    return [end for _, end, own in graph.out_edges(node, data="kind") if own == kind]


def starts(graph, node, kind):
    return [start for start, _, own in graph.in_edges(node, data="kind") if own == kind]


def of_kind(graph, kind):
    return {node.removeprefix(f"{kind}:") for node, own in graph.nodes(data="kind") if own == kind}


def test_every_rule_and_limit_that_the_outcome_rests_on_is_a_node_that_cites_its_passage(graph):
    assert of_kind(graph, "rule") == {
        *("shows/done", "shows/in-places", "shows/begun", "shows/missing"),
        *("standing/open", "standing/short", "standing/half", "standing/or/otherwise"),
        *("grade/too-smooth", "grade/high", "grade/middle", "grade/low", "grade/limit/nothing-open"),
    }
    own = graph.nodes["rule:grade/high"]
    assert (own["value"], own["role"], own["then"], own["basis"]) == ("grade", "rule", "high", "stated")
    assert graph.nodes["rule:grade/limit/nothing-open"]["at_most"] == "middle"
    assert ends(graph, "rule:grade/high", "cites") == ["passage:scheme/rule/3"]


def test_a_rule_feeds_those_that_ask_for_its_value_also_through_values_without_rules(graph):
    assert set(ends(graph, "rule:standing/half", "feeds")) == {
        *("rule:grade/too-smooth", "rule:grade/high", "rule:grade/middle", "rule:grade/low"),
        "rule:grade/limit/nothing-open",
    }
    assert set(ends(graph, "rule:shows/missing", "feeds")) == {
        *("rule:standing/open", "rule:standing/short", "rule:standing/half"),
    }
    assert ends(graph, "rule:grade/low", "feeds") == []


def test_a_criterion_is_read_by_the_rules_that_it_belongs_to(graph):
    swept = "criterion:roads/roads-swept"
    assert set(ends(graph, swept, "read by")) == {
        *("rule:grade/too-smooth", "rule:grade/low", "rule:grade/limit/nothing-open"),
    }, "the rules for high and middle ask for the main criteria alone"
    assert "rule:grade/high" in ends(graph, "criterion:roads/roads-lit", "read by")


def test_every_framework_has_what_was_published_and_what_each_reading_gives(graph):
    assert of_kind(graph, "outcome") == {
        f"{framework}/{how}"
        for framework in ("roads", "parks")
        for how in ("published", "computed/exacting", "computed/generous")
    }
    assert len(starts(graph, "framework:roads", "outcome of")) == 3
    own = graph.nodes["outcome:roads/computed/exacting"]
    assert (own["label"], own["reading"], own["how"], own["status"]) == ("low", "exacting", "computed", "decided")
    assert graph.nodes["outcome:roads/published"]["label"] == "middle"
    assert ends(graph, "outcome:roads/published", "cites") == ["passage:summary/town/1"]


SWEPT_ASIDE = """
section: roads
findings:
  - id: a
    kind: strength
    cite: roads/strength/1
    says: invented
    bears:
      - {criterion: roads-mended, state: done, reach: all, weight: central}
      - {criterion: roads-lit, state: done, reach: all, weight: central}
      - {criterion: roads-swept, state: begun, reach: all, weight: aside}
  - {id: b, kind: improvement, cite: roads/improvement/1, says: invented, bears: [], bears_on_nothing: invented}
"""


def test_a_rule_decides_what_it_gave_may_decide_what_is_open_and_a_limit_limits_what_it_changed(graph, shipped):
    assert starts(graph, "outcome:roads/computed/exacting", "decides") == ["rule:grade/low"]
    open_ = "outcome:neighbourhood-policing/computed/lenient"
    assert shipped.nodes[open_]["status"] == "undetermined"
    assert starts(shipped, open_, "decides") == []
    assert "rule:grade/excellent" in starts(shipped, open_, "may decide")
    limited = small_inspection(findings=SWEPT_ASIDE).graph()
    outcome = "outcome:roads/computed/exacting"
    assert limited.nodes[outcome]["label"] == "middle", "high, and held at middle because sweeping was not assessed"
    assert starts(limited, outcome, "decides") == ["rule:grade/high"]
    assert starts(limited, outcome, "limits") == ["rule:grade/limit/nothing-open"]


def test_without_outcomes_nothing_is_decided(monkeypatch):
    inspection = small_inspection()
    monkeypatch.setattr(type(inspection), "decide", lambda *_: pytest.fail("it decided"))
    graph = graph_of(inspection, outcomes=False)
    assert of_kind(graph, "outcome") == set()
    assert of_kind(graph, "rule")


def test_every_kind_of_node_and_edge_is_documented(shipped):
    kinds = {kind for _, kind in shipped.nodes(data="kind")} | {kind for *_, kind in shipped.edges(data="kind")}
    assert [kind for kind in sorted(kinds) if f"`{kind}`" not in DOCUMENTED] == []
    assert {"rule", "outcome", "body", "practice"} <= kinds


@pytest.mark.parametrize("name", ["graph.json", "graph.graphml", "graph.svg"])
def test_an_export_is_byte_for_byte_what_is_kept_here_on_every_python_and_with_every_networkx(graph, name):
    """Write them anew with ``python tests/small_inspection.py`` after a change that is meant."""
    written = {
        "graph.json": to_json(graph).encode(),
        "graph.graphml": to_graphml(graph),
        "graph.svg": to_svg(graph).encode(),
    }
    assert written[name] == (FOLDER / name).read_bytes()


def test_rules_and_outcomes_are_left_out_of_the_picture(graph):
    svg = to_svg(graph)
    assert "Mend" in svg
    assert "too-smooth" not in svg
    assert "node outcome" not in svg
