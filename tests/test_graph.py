"""The graph of an inspection: what it joins, what stands alone, and what its exports keep."""

import hashlib
import json
import os
import subprocess
import sys

import attrs
import networkx as nx
import pytest

import hmic_rules as hr
from hmic_rules.graph import answers, graph_of, orphans, to_graphml, to_json
from hmic_rules.svg import xml_text

HOSTILE = "<script>alert(\"x\")</script> & 'quoted' ]]> \x00\x07\x1b\r\n\ud800\uffff end"


@pytest.fixture(scope="module")
def inspection():
    return hr.load_inspection("mps-2007")


@pytest.fixture(scope="module")
def graph(inspection):
    return inspection.graph()


def with_finding(inspection, id, **changes):
    finding = attrs.evolve(inspection.findings[id], **changes)
    return attrs.evolve(inspection, findings={**inspection.findings, id: finding})


def with_recommendation(inspection, id, **changes):
    recommendation = attrs.evolve(inspection.recommendations[id], **changes)
    return attrs.evolve(inspection, recommendations={**inspection.recommendations, id: recommendation})


def contents(graph):
    return dict(graph.nodes(data=True)), sorted(graph.edges(keys=True, data=True), key=lambda edge: edge[2])


def run(code, **environment):
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **environment},
    )
    return done.stdout


def test_every_record_of_the_inspection_is_a_node_of_its_kind(inspection, graph):
    for kind, names in {
        "finding": set(inspection.findings),
        "recommendation": set(inspection.recommendations),
        "practice": set(inspection.practices),
        "framework": set(inspection.ruleset.frameworks),
        "criterion": {id for framework in inspection.ruleset.frameworks.values() for id in framework.notes},
        "body": {"mps-2007"},
    }.items():
        assert {own["name"] for _, own in graph.nodes(data=True) if own["kind"] == kind} == names


def test_every_recommendation_answers_a_finding_that_exists(inspection, graph):
    for recommendation in inspection.recommendations:
        found = answers(graph, recommendation)
        assert found.findings
        assert set(found.findings) <= set(inspection.findings)
        assert found.frameworks


def test_recommendation_10_answers_the_area_for_improvement_on_testing_quality(graph):
    found = answers(graph, "recommendation-10")
    assert "dv-improvement-2" in found.findings
    assert "dv-quality-testing" in found.criteria
    assert "dv-quality-testing" in found.names
    assert {"domestic-violence", "missing-persons"} <= set(found.frameworks)


def test_an_unknown_recommendation_is_named_with_a_suggestion(graph):
    with pytest.raises(hr.NotFoundError, match="`recomendation-10`: did you mean `recommendation-10`"):
        answers(graph, "recomendation-10")


def test_a_bearing_keeps_its_coded_facts_and_its_doubt(inspection, graph):
    [bearing] = inspection.findings["dv-strength-3"].bears
    target = "criterion:domestic-violence/dv-prosecutors"
    [edge] = graph.get_edge_data("finding:dv-strength-3", target).values()
    assert edge == {"kind": "bears on", "bearing": "dv-strength-3.1", "doubt": bearing.doubt, **bearing.facts}


def test_a_criterion_carries_its_fields_as_texts_and_truth_values(graph):
    criterion = graph.nodes["criterion:domestic-violence/dv-risk-first-attendance"]
    assert (criterion["standard"], criterion["significant"], criterion["critical"]) == ("fair", True, True)


def test_attributes_are_only_texts_whole_numbers_and_truth_values(graph):
    owners = [own for _, own in graph.nodes(data=True)] + [own for *_, own in graph.edges(data=True)]
    assert {type(value) for own in owners for value in own.values()} <= {str, int, bool}


def test_a_finding_cites_its_passage_and_a_published_grade_stands_at_the_framework(graph):
    assert graph.has_edge("finding:dv-strength-3", "passage:dv/strength/3")
    [edge] = graph.get_edge_data("body:mps-2007", "framework:domestic-violence").values()
    assert edge == {"kind": "inspected under", "published": "fair"}


def test_two_bearings_of_one_finding_on_one_criterion_stay_two_edges(inspection, graph):
    for finding in inspection.findings.values():
        ends = [own["bearing"] for *_, own in graph.out_edges(f"finding:{finding.id}", data=True) if "bearing" in own]
        assert ends == [bearing.id for bearing in finding.bears]


def test_keys_of_edges_are_unique_in_the_whole_graph(graph):
    keys = [key for *_, key in graph.edges(keys=True)]
    assert len(set(keys)) == len(keys)


def test_a_field_with_a_name_of_the_graph_itself_is_kept_beside_it(inspection):
    finding = inspection.findings["dv-strength-3"]
    bearing = attrs.evolve(finding.bears[0], facts={"kind": "own", "key": "k", "extent": "some"})
    changed = graph_of(with_finding(inspection, finding.id, bears=(bearing,)))
    [edge] = changed.get_edge_data("finding:dv-strength-3", "criterion:domestic-violence/dv-prosecutors").values()
    assert edge["kind"] == "bears on"
    assert (edge["field:kind"], edge["field:key"], edge["extent"]) == ("own", "k", "some")
    node_link = json.loads(to_json(changed))
    assert all(" bears on " in edge["key"] for edge in node_link["edges"] if edge["kind"] == "bears on")


def test_a_criterion_id_that_two_frameworks_share_is_two_nodes(inspection):
    ruleset = inspection.ruleset
    twin = attrs.evolve(ruleset.frameworks["domestic-violence"], id="twin", title="Twin")
    shared = attrs.evolve(inspection, ruleset=attrs.evolve(ruleset, frameworks={**ruleset.frameworks, "twin": twin}))
    graph = graph_of(shared)
    for framework in ("domestic-violence", "twin"):
        assert graph.has_edge("finding:dv-strength-3", f"criterion:{framework}/dv-prosecutors")
    assert "twin" in answers(graph, "recommendation-10").frameworks
    assert orphans(graph) == orphans(graph_of(inspection))


def test_an_area_for_improvement_that_no_recommendation_answers_is_an_orphan(inspection):
    assert "dv-improvement-2" not in orphans(graph_of(inspection)).unanswered
    left = tuple(id for id in inspection.recommendations["recommendation-10"].answers if id != "dv-improvement-2")
    changed = graph_of(with_recommendation(inspection, "recommendation-10", answers=left))
    assert "dv-improvement-2" in orphans(changed).unanswered


def test_the_kind_of_finding_that_asks_for_a_recommendation_can_be_named(inspection, graph):
    found = orphans(graph, improvement="progress").unanswered
    assert found
    assert {inspection.findings[id].kind for id in found} == {"progress"}


def test_a_recommendation_that_answers_nothing_is_an_orphan_and_shares_no_answers(inspection):
    changed = with_recommendation(inspection, "recommendation-1", answers=())
    changed = graph_of(with_recommendation(changed, "recommendation-2", answers=()))
    assert orphans(changed).answering_nothing == ("recommendation-1", "recommendation-2")
    assert orphans(changed).same_answers == ()


def test_recommendations_that_answer_the_same_findings_in_any_order_are_grouped(inspection):
    same = inspection.recommendations["recommendation-5"].answers
    changed = graph_of(with_recommendation(inspection, "recommendation-7", answers=tuple(reversed(same))))
    assert len(same) == 2
    assert orphans(changed).same_answers == (("recommendation-5", "recommendation-7"),)


def test_a_finding_that_bears_on_nothing_is_an_orphan_with_its_reason(inspection, graph):
    found = orphans(graph).bearing_on_nothing
    assert set(found) == {finding.id for finding in inspection.findings.values() if not finding.bears}
    assert all(graph.nodes[f"finding:{id}"]["bears_on_nothing"] for id in found)


def test_a_criterion_without_evidence_is_an_orphan(inspection, graph):
    touched = {bearing.criterion for finding in inspection.findings.values() for bearing in finding.bears}
    every = [id for framework in inspection.ruleset.frameworks.values() for id in framework.notes]
    assert orphans(graph).without_evidence == tuple(id for id in every if id not in touched)


@pytest.mark.parametrize("area", ["child-abuse", "nowhere"])
def test_a_practice_of_an_area_that_was_not_inspected_is_an_orphan(inspection, area):
    assert orphans(graph_of(inspection)).without_framework == ()
    id, practice = next(iter(inspection.practices.items()))
    practices = {**inspection.practices, id: attrs.evolve(practice, area=area)}
    frameworks = {name: record for name, record in inspection.frameworks.items() if name != "child-abuse"}
    changed = graph_of(attrs.evolve(inspection, practices=practices, frameworks=frameworks))
    assert id in orphans(changed).without_framework


def test_a_changed_copy_of_an_inspection_is_decided_for_itself(inspection, graph):
    outcome = "outcome:child-abuse/computed/plain"
    bare = graph_of(attrs.evolve(inspection, findings={}, recommendations={}))
    assert graph.nodes[outcome]["label"] == "fair"
    assert bare.nodes[outcome]["status"] == "undetermined"
    assert graph_of(inspection).nodes[outcome] == graph.nodes[outcome]


def test_exports_agree_on_nodes_and_edges(graph):
    node_link = json.loads(to_json(graph))
    assert set(node_link) == {"directed", "multigraph", "graph", "nodes", "edges"}
    assert (len(node_link["nodes"]), len(node_link["edges"])) == (len(graph), graph.size())
    assert contents(nx.node_link_graph(node_link, edges="edges")) == contents(graph)
    assert contents(nx.parse_graphml(to_graphml(graph).decode(), force_multigraph=True)) == contents(graph)


def test_exporting_leaves_the_graph_as_it_was(inspection, graph):
    to_graphml(graph)
    assert graph.graph == {"inspection": "mps-2007", "title": inspection.title, "ruleset": "hmic-2007"}
    assert contents(graph) == contents(graph_of(inspection))


def test_hostile_text_goes_through_every_export_as_text(inspection):
    changed = graph_of(with_finding(inspection, "dv-strength-3", says=HOSTILE, section="dv"))
    node_link = json.loads(to_json(changed).encode("ascii"))
    assert HOSTILE in [node.get("says") for node in node_link["nodes"]]
    back = nx.parse_graphml(to_graphml(changed).decode(), force_multigraph=True)
    says = back.nodes["finding:dv-strength-3"]["says"]
    assert says == xml_text(HOSTILE)
    assert says.startswith("<script>alert(\"x\")</script> & 'quoted' ]]> \\x00\\x07\\x1b\\r\n\\ud800\\uffff")


def test_text_that_xml_can_hold_is_left_as_it_is():
    plain = "a\tb\nc \u2013 “d” £ \U0001d6fc é < & >"
    assert xml_text(plain) == plain


def test_every_export_has_the_same_bytes_under_any_hash_seed(graph):
    code = (
        "import hashlib, hmic_rules as hr\n"
        "from hmic_rules.drawing import to_svg\n"
        "from hmic_rules.graph import to_graphml, to_json\n"
        "graph = hr.load_inspection('mps-2007').graph()\n"
        "for data in (to_json(graph).encode(), to_graphml(graph), to_svg(graph).encode()):\n"
        "    print(hashlib.sha256(data).hexdigest())\n"
    )
    first, second = (run(code, PYTHONHASHSEED=seed) for seed in ("1", "2"))
    assert first == second
    assert first.split()[0] == hashlib.sha256(to_json(graph).encode()).hexdigest()


def test_importing_the_package_and_loading_an_inspection_import_no_networkx():
    code = "import sys, hmic_rules as hr; hr.load_inspection('mps-2007'); print('networkx' in sys.modules)"
    assert run(code) == "False\n"
