"""The picture of an inspection's graph: what it shows, that it holds any text, and how it is laid out."""

import random
from collections import Counter
from itertools import pairwise
from xml.etree import ElementTree as ET

import attrs
import pytest

import hmic_rules as hr
from hmic_rules.arranging import Slot, least_crossings, near_neighbours
from hmic_rules.drawing import to_svg
from hmic_rules.graph import graph_of
from hmic_rules.svg import xml_text

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "</title><script>alert(\"x\")</script> & 'q' ]]>\x00\x07\r\ud800 end"


@pytest.fixture(scope="module")
def inspection():
    return hr.load_inspection("mps-2007")


@pytest.fixture(scope="module")
def graph(inspection):
    return inspection.graph()


def parsed(svg):
    return ET.fromstring(svg)  # noqa: S314 - our own text


def classes(svg):
    return Counter(word for element in svg.iter() for word in element.get("class", "").split())


def names(svg, kind):
    groups = [group for group in svg.iter(f"{SVG}g") if group.get("class") == f"node {kind}"]
    return [group.find(f"{SVG}title").text.splitlines()[0] for group in groups]


def test_every_recommendation_finding_criterion_and_framework_is_drawn_once(graph):
    svg = parsed(to_svg(graph))
    for kind in ("recommendation", "finding", "criterion", "framework"):
        labels = [own["label"] for _, own in graph.nodes(data=True) if own["kind"] == kind]
        assert sorted(names(svg, kind)) == sorted(labels)


def test_every_edge_between_drawn_nodes_is_drawn_and_passages_are_left_out(graph):
    shown = classes(parsed(to_svg(graph)))
    kinds = Counter(kind for *_, kind in graph.edges(data="kind"))
    for kind in ("answers", "would improve", "bears on", "belongs to"):
        assert shown[kind.replace(" ", "-")] == kinds[kind] + 1, "one of them stands in the legend"
    assert not shown["cites"]
    assert not shown["passage"]


def test_one_framework_shows_its_criteria_and_only_what_touches_them(inspection, graph):
    svg = parsed(to_svg(graph, "domestic-violence"))
    criteria = set(inspection.ruleset.frameworks["domestic-violence"].notes)
    assert names(svg, "framework") == ["Domestic Violence"]
    assert set(names(svg, "criterion")) == criteria
    bearing = {bearing.finding for bearing in inspection.bearings("domestic-violence")}
    assert set(names(svg, "finding")) == bearing
    assert "Recommendation 10" in names(svg, "recommendation")
    assert "Recommendation 1" not in names(svg, "recommendation")


def test_an_unknown_framework_is_named_with_a_suggestion(graph):
    with pytest.raises(hr.NotFoundError, match="`domestic-violense`: did you mean `domestic-violence`"):
        to_svg(graph, "domestic-violense")


def test_significant_and_critical_criteria_are_marked_and_the_legend_names_the_marks(inspection, graph):
    svg = parsed(to_svg(graph))
    criteria = [own for _, own in graph.nodes(data=True) if own["kind"] == "criterion"]
    flagged = sum(own["significant"] for own in criteria) + sum(own["critical"] for own in criteria)
    assert classes(svg)["mark"] == flagged + 2
    keys = [text.text for text in svg.iter(f"{SVG}text") if text.get("class") == "key"]
    kinds = list(dict.fromkeys(finding.kind for finding in inspection.findings.values()))
    assert keys == [*kinds, "answers", "would improve", "bears on", "belongs to", "significant", "critical"]


def test_hostile_text_stays_text_in_the_picture(inspection):
    finding = attrs.evolve(inspection.findings["dv-strength-3"], says=HOSTILE, kind="<kind>")
    changed = attrs.evolve(
        inspection,
        title=HOSTILE,
        findings={**inspection.findings, finding.id: finding},
        sections={**inspection.sections, "dv": '"><script>'},
    )
    svg = parsed(to_svg(graph_of(changed)).encode())
    assert not list(svg.iter(f"{SVG}script"))
    assert svg.find(f"{SVG}title").text == xml_text(HOSTILE)
    assert any(xml_text(HOSTILE) in (title.text or "") for title in svg.find(f"{SVG}g/..").iter(f"{SVG}title"))


def test_the_picture_needs_nothing_else_and_knows_light_and_dark(graph):
    svg = to_svg(graph, "missing-persons")
    assert "prefers-color-scheme:dark" in svg
    assert svg.count("http") == 1, "the namespace alone"
    assert "url(" not in svg


def test_a_long_text_is_cut_where_its_box_ends(inspection):
    finding = attrs.evolve(inspection.findings["dv-strength-3"], says="w" * 50_000)
    findings = {**inspection.findings, finding.id: finding}
    svg = parsed(to_svg(graph_of(attrs.evolve(inspection, findings=findings))))
    [hint] = [text.text for text in svg.iter(f"{SVG}text") if (text.text or "").startswith("www")]
    assert hint.endswith("w…")
    assert len(hint) < 40


def test_an_inspection_without_findings_is_drawn_too(inspection):
    bare = attrs.evolve(inspection, findings={}, recommendations={}, practices={})
    svg = parsed(to_svg(graph_of(bare)))
    assert names(svg, "finding") == []
    assert len(names(svg, "framework")) == len(inspection.frameworks)


def test_boxes_of_one_column_never_overlap(graph):
    svg = parsed(to_svg(graph))
    boxes = [box for box in svg.iter(f"{SVG}rect") if box.get("class") == "box"]
    columns = {}
    for box in boxes:
        columns.setdefault(box.get("x"), []).append((float(box.get("y")), float(box.get("height"))))
    assert len(columns) == 4
    for found in columns.values():
        ordered = sorted(found)
        assert all(top + height <= below for (top, height), (below, _) in pairwise(ordered))


def test_crossings_that_can_be_undone_are_undone():
    columns = [[["a", "b", "c"]], [["x", "y", "z"]]]
    left, right = least_crossings(columns, [("a", "z"), ("b", "y"), ("c", "x")])
    order = {node: place for column in (left, right) for place, node in enumerate(column[0])}
    assert [order[start] for start in "abc"] == [order[end] for end in "zyx"]


def test_nodes_stay_in_their_groups_and_groups_in_their_order():
    columns = [[["a", "b"], ["c"]], [["x"], ["y", "z"]]]
    found = least_crossings(columns, [("a", "z"), ("b", "x"), ("c", "x"), ("c", "y")])
    assert [[sorted(group) for group in groups] for groups in found] == columns


def test_a_box_joined_to_one_other_stands_level_with_it():
    columns = [[Slot("left", 0, 10)], [Slot(name, 0, 10) for name in "abcd"], [Slot("right", 0, 10)]]
    tops = near_neighbours(columns, [("left", "c"), ("b", "right")], anchor=1)
    assert (tops["left"], tops["right"]) == (tops["c"], tops["b"])


def test_columns_keep_their_order_and_the_height_of_the_tallest():
    chance = random.Random(2007)  # noqa: S311 - a fixed seed for made-up columns
    for _ in range(50):
        columns = [
            [
                Slot(f"{column}{place}", chance.choice([0, 0, 12]), chance.choice([8, 15]))
                for place in range(chance.randint(1, 12))
            ]
            for column in "abc"
        ]
        names = [[slot.node for slot in slots] for slots in columns]
        edges = [(chance.choice(names[left]), chance.choice(names[left + 1])) for left in (0, 1) for _ in range(9)]
        tops = near_neighbours(columns, edges, anchor=1)
        height = max(sum(slot.above + slot.height for slot in slots) for slots in columns)
        for slots in columns:
            edge = 0.0
            for slot in slots:
                assert tops[slot.node] >= edge + slot.above - 1e-9
                edge = tops[slot.node] + slot.height
            assert edge <= height + 1e-9
