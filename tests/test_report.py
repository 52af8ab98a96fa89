"""The report page: what stands on it, that it stands by itself, and that nothing in an inspection's texts becomes HTML."""

from __future__ import annotations

import base64
import datetime
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from attrs import evolve
from markupsafe import Markup

import hmic_rules as hr
from hmic_rules.assumptions import assumptions
from hmic_rules.errors import Span
from hmic_rules.glossaries.abbreviations import Abbreviation, Glossary
from hmic_rules.gradings import grading_data
from hmic_rules.inspections import Distribution
from hmic_rules.phrases import plainly
from hmic_rules.report.abbreviating import Abbreviating
from hmic_rules.report.anchors import anchor
from hmic_rules.report.asking import asked_of, next_label
from hmic_rules.report.links import Links
from hmic_rules.report.network import network_of
from hmic_rules.report.overview import overview_of
from hmic_rules.report.pages import page_of
from hmic_rules.report.rendering import _capitalised
from hmic_rules.report.scales import bars_of, chips_of, columns_of, place_in_words, placed
from hmic_rules.verification.certificates import certificate_text
from hmic_rules.verification.proving import proof_data
from judged_inspection import judged_inspection
from page_reader import HOSTILE, Reader, problems_of, shared_folder, shipped_page
from small_inspection import FOLDER, small_inspection, text_of

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "hmic_rules" / "report"


def run(*arguments: str, cwd: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "hmic_rules", *arguments],
        capture_output=True,
        check=False,
        cwd=cwd,
        env={**os.environ, **environment},
    )


@pytest.fixture(scope="module")
def small() -> hr.Inspection:
    return small_inspection()


@pytest.fixture(scope="module")
def page(small: hr.Inspection) -> Reader:
    return Reader(small.report())


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> str:
    return shipped_page(shared_folder(tmp_path_factory)).read_text(encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the small inspection with its rule set, to be changed and loaded from disk."""
    copy = tmp_path / "town"
    shutil.copytree(FOLDER, copy)
    text = (copy / "inspection.yaml").read_text(encoding="utf-8")
    (copy / "inspection.yaml").write_text(text.replace("ruleset: small", f"ruleset: {copy}"), encoding="utf-8")
    return copy


def edited(path: Path, *changes: tuple[str, str]) -> None:
    text = path.read_text(encoding="utf-8")
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    path.write_text(text, encoding="utf-8")


# What the page is as HTML


@pytest.mark.parametrize("inspection", [small_inspection, judged_inspection])
def test_the_page_stands_by_itself(inspection):
    assert problems_of(inspection().report()) == []


def test_the_page_of_the_shipped_inspection_stands_by_itself(shipped):
    assert problems_of(shipped) == []
    assert len(shipped.encode()) < 2_000_000


def test_the_check_of_a_page_sees_what_is_wrong_with_one():
    wrong = '<p id="a"><b id="a" style="color:red" onclick="x()"><a href="#b">b</a><img src="http://a/b.png"></p>'
    found = "\n".join(problems_of(wrong))
    for words in (
        "never closed",
        "stands 2 times",
        "#b leads to nothing",
        "has style",
        "has onclick",
        "has src",
        "there is <img>",
    ):
        assert words in found


def test_a_browser_may_run_this_script_and_this_style_sheet_and_nothing_else(small):
    page = Reader(small.report())
    policy = next(one["content"] for one in page.of("meta") if one.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    rules = dict(part.strip().split(" ", 1) for part in policy.split(";"))

    def hashed(parts: list[str]) -> str:
        return f"'sha256-{base64.b64encode(hashlib.sha256(''.join(parts).encode()).digest()).decode()}'"

    assert rules == {
        "default-src": "'none'",
        "style-src": hashed(page.raw["style"]),
        "script-src": hashed(page.raw["script"]),
        "base-uri": "'none'",
        "form-action": "'none'",
    }


def test_the_page_is_the_same_bytes_whatever_the_hash_seed(folder):
    pages = [run("report", str(folder), PYTHONHASHSEED=seed).stdout for seed in ("1", "2")]
    assert pages[0] == pages[1]
    assert pages[0].startswith(b"<!DOCTYPE html>")


def test_templates_mark_nothing_as_safe_and_the_script_makes_no_html_from_text():
    for path in sorted((PACKAGE / "templates").iterdir()):
        assert not re.search(r"\|\s*safe\b|autoescape|Markup", path.read_text(encoding="utf-8"))
    script = (PACKAGE / "report.js").read_text(encoding="utf-8")
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|Function\(|fetch\(", script)


def test_no_template_knows_a_framework():
    words = re.compile(r"\b(excellent|mappa|police|metropolitan|fair)\b", re.IGNORECASE)
    for path in (*sorted((PACKAGE / "templates").iterdir()), PACKAGE / "report.js", PACKAGE / "report.css"):
        assert not words.findall(path.read_text(encoding="utf-8"))


# Texts


def hostile_copy(folder: Path) -> hr.Inspection:
    """The inspection with the same text put wherever a text of somebody's can stand."""
    quoted = json.dumps(HOSTILE)
    edited(
        folder / "inspection.yaml",
        ("title: an invented inspection of a town", f"title: {quoted}"),
        ("body: the invented town", f"body: {quoted}"),
        ("says: what was begun or missing is done, and everywhere", f"says: {quoted}"),
        ("says: the engineer is praised", f"says: {quoted}"),
        ("{roads: Roads, parks: Parks}", f"{{roads: {quoted}, parks: Parks}}"),
    )
    edited(
        folder / "findings.yaml",
        ("says: Lamps are missing by the river, and brooms are scarce.", f"says: {quoted}"),
        ("bears_on_nothing: songs are no subject of the criteria", f"bears_on_nothing: {quoted}"),
        ("title: Mend,", f"title: {quoted},"),
        ("says: Put up lamps.", f"says: {quoted}"),
        ("problem: dark corners", f"problem: {quoted}"),
    )
    edited(
        folder / "ruleset.yaml",
        ("title: an invented scheme of four criteria", f"title: {quoted}"),
        ("says: half of a criterion is enough", f"says: {quoted}"),
        ("says: half is enough", f"says: {quoted}"),
    )
    for path in (folder / "frameworks").iterdir():
        text = path.read_text(encoding="utf-8")
        path.write_text(
            re.sub(r"^title: .*$", lambda _: f"title: {quoted}", text, flags=re.MULTILINE), encoding="utf-8"
        )
    (folder / "glossary.yaml").write_text(
        f"abbreviations:\n  PKS: {{means: {quoted}, basis: assumed, says: {quoted}}}\n", encoding="utf-8"
    )
    edited(folder / "findings.yaml", ("A song about the roads is well known.", "A song of the PKS is known."))
    return hr.load_inspection(folder)


def test_no_text_of_an_inspection_becomes_html(folder):
    text = hostile_copy(folder).report()
    page = Reader(text)
    assert problems_of(text) == []
    assert len(page.of("script")) == len(page.of("style")) == 1
    assert page.words.count(HOSTILE) > 15
    assert [one["title"] for one in page.of("abbr")] == [HOSTILE] * len(page.of("abbr"))
    assert page.of("abbr")
    # The title of the page, too.
    assert any(around[-1:] == ("title",) and HOSTILE in words for around, words in page.texts)


def test_abbreviations_are_marked_with_what_they_stand_for_and_the_rest_is_escaped():
    place = Span("invented", 1, 1)
    entries = {term: Abbreviation(term, f'a <{term}> & "so"', "assumed", (), None, place) for term in ("CSU", "R&D")}
    t = Abbreviating(Glossary("invented", None, entries, {}))
    assert t("<b>Two CSUs</b> & R&D, and QQX") == (
        '&lt;b&gt;Two <abbr title="a &lt;CSU&gt; &amp; &#34;so&#34;">CSUs</abbr>&lt;/b&gt; &amp; '
        '<abbr title="a &lt;R&amp;D&gt; &amp; &#34;so&#34;">R&amp;D</abbr>, and QQX'
    )
    assert Abbreviating(None)("<CSU>") == "&lt;CSU&gt;"
    assert t(None) == ""


def test_the_abbreviations_of_the_shipped_report_are_expanded_and_listed(shipped):
    page = Reader(shipped)
    assert {"title": "police community support officer"} in page.of("abbr")
    assert "abbreviations" in page.ids


def test_an_outcome_that_stands_as_a_text_is_told_in_words():
    assert plainly("fair") == "fair"
    assert plainly("undetermined: fair, good, excellent") == "fair, good or excellent"
    assert plainly("undetermined: no rule covers this, fair") == "no grade follows or fair"
    assert plainly("no rule covers this") == "no grade follows"


def test_a_text_begins_a_sentence_with_a_capital_whatever_it_begins_with():
    assert _capitalised("every one") == "Every one"
    assert _capitalised("") == ""
    assert _capitalised(Markup("&lt;b&gt; one")) == "&lt;b&gt; one"
    assert _capitalised(Markup("<abbr>CSU</abbr>")) == "<abbr>CSU</abbr>"


# Links


def test_ids_are_the_names_where_they_can_be_and_never_shared():
    names = ["a", "a-b", "A", "a_b", "a.b", "a b", "", "é", "x" * 79, "x" * 81, "x" * 81 + "y", "a-", "-a", "ａ"]
    found = [anchor("finding", name) for name in names]
    assert len(set(found)) == len(names)
    assert all(re.fullmatch(r"[a-z0-9._-]+", one) for one in found)
    assert anchor("criterion", "roads", "roads-lit") == "criterion.roads.roads-lit"
    assert anchor("criterion", "a-b", "c") != anchor("criterion", "a", "b-c")


def test_every_framework_criterion_finding_recommendation_and_practice_has_an_id(shipped):
    ids = set(Reader(shipped).ids)
    inspection = hr.load_inspection("mps-2007")
    for framework in inspection.frameworks:
        assert f"framework.{framework}" in ids
        for criterion in inspection.ruleset.frameworks[framework].notes:
            assert f"criterion.{framework}.{criterion}" in ids
    for kind, names in (
        ("finding", inspection.findings),
        ("recommendation", inspection.recommendations),
        ("practice", inspection.practices),
    ):
        assert {anchor(kind, name) for name in names} <= ids


# The first screen


def test_the_first_screen_says_what_grading_says(shipped):
    page = Reader(shipped)
    labels = [one["aria-label"] or "" for _, one in page.elements if one.get("role") == "img"]
    found = grading_data(hr.load_inspection("mps-2007").grade())["frameworks"]
    assert len(labels) == 2 * len(found)
    for one, label in zip(found, labels, strict=False):
        assert label.startswith(f"published: {one['published']}; ")
        assert f"plain: {one['computed']['value']}" in label
        assert "strict: no grade follows" in label
        counted = ", ".join(f"{count} {label}" for label, count in one["distribution"].items())
        assert label.endswith(f"of 43 bodies {counted}")
        assert one["between"] in page.words
    assert (
        "Under the reading plain the rules give the same as was published in 3 and less in 3 of 6 frameworks."
        in page.words
    )
    assert "The 3 readings differ in every framework." in page.words


def test_marks_share_lines_where_they_fit_and_a_gap_is_never_part_of_a_range():
    inspection = hr.load_inspection("mps-2007")
    grades = tuple(inspection.grade().frameworks.values())
    columns = columns_of(inspection, grades)
    assert columns == ("no rule covers this", "poor", "fair", "good", "excellent")
    found = placed(inspection, grades[0], columns)
    assert [[(chip.words, chip.first, chip.last) for chip in line] for line in found.lines] == [
        [("strict", 1, 1), ("plain", 3, 3), ("published", 5, 5)],
        [("lenient", 3, 5)],
    ]
    assert found.columns[0] == "no grade follows"
    assert {chip.kind for line in found.lines for chip in line} == {"published", "default", "computed"}


def test_a_range_that_is_no_run_of_columns_is_a_mark_for_each_run(small):
    outcome = small.grade()["roads"].decision["grade"]
    columns = ("no rule covers this", "low", "middle", "high")

    def marks(*possible: str) -> list[tuple[int, int]]:
        open_outcome = evolve(outcome, status="undetermined", possible=possible, value=None)
        return [(chip.first, chip.last) for chip in chips_of("x", "computed", open_outcome, columns)]

    assert marks("low", "middle", "high") == [(2, 4)]
    assert marks("low", "high") == [(2, 2), (4, 4)]
    assert marks("no rule covers this", "low", "middle") == [(1, 1), (2, 3)]
    assert marks("no rule covers this") == [(1, 1)]


def test_bars_are_heights_beside_the_tallest_and_say_where_the_body_stands():
    distribution = Distribution({"low": 1, "middle": 3, "high": 0}, None)
    bars = bars_of(distribution, "middle", ("no rule covers this", "low", "middle", "high"))
    assert [(bar.column, bar.count, bar.height, bar.here) for bar in bars] == [
        (2, 1, 33, False),
        (3, 3, 100, True),
        (4, 0, 0, False),
    ]
    assert place_in_words(distribution, "middle") == "Of 4 bodies 3 were given middle, 0 more and 1 less."
    assert place_in_words(distribution, None) is None
    assert place_in_words(None, "low") is None


@pytest.mark.parametrize(
    ("published", "beside", "summary"),
    [
        ("low", "same", "the rules give the same as was published in 2 of 2 frameworks."),
        ("middle", "less", "the rules give the same as was published in 1 and less in 1 of 2 frameworks."),
    ],
)
def test_the_summary_counts_how_what_the_rules_give_stands_to_what_was_published(published, beside, summary):
    changed = text_of("inspection").replace(
        "{is: middle, cite: summary/town/1}", f"{{is: {published}, cite: summary/town/1}}"
    )
    inspection = small_inspection(inspection=changed)
    found = overview_of(inspection, tuple(inspection.grade().frameworks.values()))
    assert found.glances[0].beside == beside
    assert found.summary == f"Under the reading exacting {summary}"


# The frameworks


def test_the_next_grade_is_the_one_above_the_least_that_is_possible(small):
    inspection = hr.load_inspection("mps-2007")
    assert next_label(inspection.decide("child-abuse", "plain"), "grade") == "good"
    assert next_label(inspection.decide("child-abuse", "lenient"), "grade") is None  # the highest follows
    assert next_label(inspection.decide("child-abuse", "strict"), "grade") == "fair"  # no grade follows
    assert next_label(inspection.decide("missing-persons", "lenient"), "grade") == "excellent"
    assert next_label(small.decide("parks"), "grade") == "middle"


def test_a_framework_is_asked_everything_once(small):
    asked = asked_of(small, "roads", "exacting")
    assert asked.next == "middle"
    assert asked.by_criteria is not None
    assert len(asked.by_criteria.changes) == 3
    assert asked.reconciliation is not None
    assert asked.not_analysed == ()


def test_the_page_tells_of_each_framework_what_explain_answers(shipped):
    words = Reader(shipped).words
    for told in (
        "What stands in the way of good 2 things would have to be otherwise, and no part of them is enough; 3 other sets are as small.",
        "status of ca-crime-recording: met (now in part)",
        "enough shown met, now 1: share of a criterion's counting evidence that must show it met 0: good or excellent above 0 to 1/3: good above 1/3 to 1: fair",
        "What good implies, were it what the rules give",
        "The fewest that would change the outcome, were they otherwise: 1 criterion, or 1 finding.",
        "full compliance is true ca/strength/7",
    ):
        assert told in words


def test_a_criterion_stands_with_its_findings_and_their_passages(page):
    assert "short roads are mended in the way of middle, high" in page.words
    assert (
        "shows short: Mending has not begun in the north, and lamps are being put up. roads/improvement/1 "
        "state missing, reach some, weight central; answered by Mend" in page.words
    )


def test_another_reading_can_be_the_one_that_the_page_is_told_under(small):
    page = Reader(small.report("generous"))
    assert "Under the reading generous the rules give" in page.words
    with pytest.raises(hr.NotFoundError):
        small.report("nobody's")


# Recommendations and the graph


def test_the_recommendations_say_what_leverage_says(small, page):
    leverage = small.leverage()
    found = page_of(small).advice
    assert [one.recommendation.id for one in found.entries] == [one.recommendation for one in leverage.recommendations]
    for entry, one in zip(found.entries, leverage.recommendations, strict=True):
        assert entry.put_right == len(one.put_right)
        moved = [
            sum(len(effect.criteria) for effect in one.alone if effect.reading == reading)
            for reading in leverage.readings
        ]
        assert [alone for alone, _ in entry.counts] == moved
        assert entry.lifts == any(effect.lifts for effect in one.alone)
    assert leverage.remedy.says.capitalize() in page.words
    lifted = [(one.framework, one.reading) for one in leverage.sets for _ in one.reached]
    assert len(found.lifts) == len(lifted) > 0
    assert found.lifts[0].words is not None
    assert found.lifts[0].words in page.words


def test_the_graph_leads_from_a_recommendation_to_its_findings_criteria_and_frameworks(small):
    network = network_of(small, small.grade().frameworks)
    assert network is not None
    nodes = {node.key: node for column in network.columns for node in column.nodes}
    light = next(node for node in nodes.values() if node.label == "Light")
    (finding,) = (nodes[key] for key in light.to)
    assert finding.label == "roads/improvement/2"
    assert [nodes[key].label for key in finding.to] == ["roads-lit", "roads-swept"]
    assert {nodes[end].label for key in finding.to for end in nodes[key].to} == {"Roads"}
    assert [node.label for node in network.columns[0].nodes] == ["Mend", "Light", "Sweep"]
    assert network.left_out == 2
    assert network.links == sum(len(node.to) + len(node.names) for node in nodes.values())


def test_a_recommendation_leads_to_a_criterion_that_it_names_where_no_finding_of_its_own_bears_on_it():
    changed = text_of("findings").replace("bears: [roads-lit]}", "bears: [parks-open]}")
    inspection = small_inspection(findings=changed)
    network = network_of(inspection, inspection.grade().frameworks)
    assert network is not None
    light = next(node for node in network.columns[0].nodes if node.label == "Light")
    labels = {node.key: node.label for column in network.columns for node in column.nodes}
    assert [labels[key] for key in light.names] == ["parks-open"]
    assert problems_of(inspection.report()) == []


# What else is told


def test_judgements_stand_beside_what_is_computed_and_come_before_the_reasons():
    inspection = judged_inspection()
    text = inspection.report()
    words = Reader(text).words
    assert "Judged by persons, beside what the rules give" in words
    for judgement in inspection.judgements.values():
        assert judgement.reason in words
        assert f"{judgement.by}, {judgement.date}" in words
        assert f"judgement.{judgement.id}" in Reader(text).ids
    assert words.index("Judged by persons") < words.index(" Why ")


def test_an_inspection_without_judgements_says_so(page):
    assert "None is recorded for this inspection" in page.words


def test_the_figures_that_do_not_fit_are_told_with_their_passages(shipped):
    words = Reader(shipped).words
    figures = hr.load_inspection("mps-2007").figures()
    fails = figures.by_verdict("fails")
    assert f"of {len(figures.relations)} relations" in words
    assert f"{len(fails)} fail" in words
    for one in fails:
        assert f"relation.{one.relation.id}" in Reader(shipped).ids


def test_assumptions_are_told_once_with_the_frameworks_that_rest_on_them(shipped, small):
    told = {
        (kind, entry.words): [link.words for link in entry.frameworks]
        for kind, entries in page_of(small).assumptions
        for entry in entries
    }
    rests = {
        name: {(one.kind, one.words) for one in assumptions(small.decide(name), "grade")} for name in small.frameworks
    }
    assert set(told) == rests["roads"] | rests["parks"]
    titles = {"roads": "Roads", "parks": "Parks"}
    for assumption, frameworks in told.items():
        found = [titles[name] for name, held in rests.items() if assumption in held]
        assert frameworks == ([] if len(found) == 2 else found)
    assert Reader(shipped).words.count("“the vast majority” is at least 9/10, and could be from 3/4 to 1") == 1


def test_the_certificate_is_current_stale_or_not_there(folder):
    assert "No certificate stands beside the rule set" in Reader(hr.load_inspection(folder).report()).words
    ruleset = hr.load(folder)
    certificate = certificate_text(proof_data(ruleset.prove()))
    (folder / "certificate.json").write_text(certificate, encoding="utf-8")
    words = Reader(hr.load_inspection(folder).report()).words
    assert "was proven by version" in words
    assert f"{len(ruleset.prove().by_verdict('proven'))} proven" in words
    (folder / "certificate.json").write_text(certificate.replace(ruleset.fingerprint, "0" * 64), encoding="utf-8")
    assert "Not current: the certificate is about other files" in Reader(hr.load_inspection(folder).report()).words


def test_the_hashes_are_those_of_the_records_that_grade_writes(folder, tmp_path):
    assert run("grade", str(folder), "--record", str(tmp_path / "records")).returncode == 0
    written = {json.loads(path.read_text(encoding="utf-8"))["sha256"] for path in (tmp_path / "records").iterdir()}
    inspection = hr.load_inspection(folder)
    assert {one.sha256 for one in page_of(inspection).making.records} == written
    words = Reader(inspection.report()).words
    assert all(one in words for one in written)
    assert inspection.ruleset.fingerprint in words


def test_a_date_stands_on_the_page_only_where_it_is_given(small):
    assert "dated 2007-10-31" in Reader(small.report(date=datetime.date(2007, 10, 31))).words
    assert "dated" not in Reader(small.report()).words


# Parts that are not there


@pytest.mark.parametrize(
    ("what", "gone", "changes"),
    [
        ("no recommendations", "recommendations", {"findings": text_of("findings").split("recommendations:")[0]}),
        (
            "no findings",
            "findings",
            {"findings": "section: roads\nfindings: []\n"},
        ),
        (
            "nothing published and no distribution",
            None,
            {
                "inspection": text_of("inspection")
                .replace("    published: {is: middle, cite: summary/town/1}\n", "")
                .replace("    distribution: {low: 1, middle: 2, high: 0, cite: roads/distribution/1}\n", "")
                .replace("  parks:\n    published: {is: low, cite: summary/town/1}", "  parks: {}"),
            },
        ),
        (
            "no words of what putting right means",
            None,
            {
                "inspection": re.sub(r"put_right:\n(?:  .*\n)+", "", text_of("inspection")),
            },
        ),
    ],
)
def test_a_part_that_is_not_there_leaves_the_page_whole(what, gone, changes):
    text = small_inspection(**changes).report()
    assert problems_of(text) == []
    page = Reader(text)
    if gone is not None:
        assert gone not in page.ids
    if what == "no words of what putting right means":
        assert "nothing is told of what would change" in page.words
    if what.startswith("nothing published"):
        assert "nothing was published that it could be held to" in page.words
    for id in ("figures", "abbreviations"):
        assert id not in page.ids


def test_without_readings_the_page_tells_of_the_rules_alone(folder):
    text = (folder / "ruleset.yaml").read_text(encoding="utf-8")
    text = re.sub(r"profiles:\n(?:  .*\n)+", "", text).replace(
        "halves_count: {type: boolean, basis: assumed", "halves_count: {type: boolean, default: false, basis: assumed"
    )
    (folder / "ruleset.yaml").write_text(text, encoding="utf-8")
    found = hr.load_inspection(folder).report()
    page = Reader(found)
    assert problems_of(found) == []
    assert "The rules give the same as was published in 1 and less in 1 of 2 frameworks." in page.words
    assert re.findall(r"None(?! is recorded| of its findings)", page.words) == []


# The command


def test_the_command_writes_the_page_whole(folder, tmp_path):
    done = run("report", str(folder), "-o", str(tmp_path / "report.html"))
    said = f"wrote `{tmp_path / 'report.html'}`\n".encode()
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", said)
    assert (tmp_path / "report.html").read_text(encoding="utf-8") == hr.load_inspection(folder).report()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["report.html", "town"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("small-town",), "no inspection is called `small-town`"),
        (("small", "--reading", "exactin"), "there is no reading `exactin`: did you mean `exacting`?"),
        (("small", "--date", "31.10.2007"), "--date: `31.10.2007` is no date"),
        (("small", "--date", "20071031"), "--date: `20071031` is no date"),
        (("small", "-o", "nowhere/report.html"), "nowhere/report.html: cannot be written"),
    ],
)
def test_a_wrong_command_says_what_is_wrong(arguments, said):
    done = run("report", *arguments, cwd=FOLDER.parent)
    assert done.returncode == 2
    assert said in done.stderr.decode()
    assert b"Traceback" not in done.stderr


def test_links_of_what_was_not_inspected_lead_nowhere(small):
    links = Links(small)
    assert links.criteria("nothing of the kind")[0].id is None
    assert links.finding("nothing").id is None
    assert links.recommendation("nothing").id is None
    assert links.item("roads", "roads-improvement-1.1").id == "finding.roads-improvement-1"
    assert links.item("roads", "elsewhere").id is None
