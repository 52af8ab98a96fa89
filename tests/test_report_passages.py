"""The report of 2007: its index, what cites it, and what nothing cites; and, where the document is at hand, the document itself."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import hmic_rules as hr
from hmic_rules.catalogue import shipped
from hmic_rules.sources.citing import Citing, citing_at, held_to_indexes, uncited
from hmic_rules.sources.finding import find_source
from hmic_rules.sources.indexes import Index, index_of
from hmic_rules.sources.passages import Copy, cut
from hmic_rules.sources.verifying import check_source

ROOT = Path(__file__).parents[1]
DOCUMENT = ROOT.parent / "shared" / "sources" / "hmic-mps-2007.txt"
JUDGED = {"strength": 117, "progress": 27, "improvement": 47, "recommendation": 16, "practice": 10, "list": 16}

needs_the_document = pytest.mark.skipif(not DOCUMENT.is_file(), reason="the source document is not part of the project")


@pytest.fixture(scope="module")
def index() -> Index:
    return find_source("mps-2007").index_needed()


@pytest.fixture(scope="module")
def citing() -> list[Citing]:
    return [citing_at(place) for kind in ("inspection", "ruleset") for place in shipped(kind).values()]


@pytest.fixture(scope="module")
def copy() -> Copy:
    return hr.load_document(DOCUMENT, "mps-2007")


def kind(address: str) -> str:
    return address.split("/")[1]


WITHOUT_INDEX = {
    "cqc-adult-social-care-2022",
    "cqc-well-led-limiters",
    "dash",
    "mappa-2019",
}  # of documents that are not at hand


def test_the_index_was_made_with_the_layout_beside_it():
    source = find_source("mps-2007")
    assert source.index_needed().layout_fingerprint == source.layout.fingerprint


@pytest.mark.parametrize("name", [*shipped("ruleset"), *shipped("inspection")])
def test_every_citation_is_of_a_passage_that_the_index_has(name):
    place = {**shipped("ruleset"), **shipped("inspection")}[name]
    held = held_to_indexes(place)
    assert held.wrong == ()
    assert (held.checked == 0) == (name in WITHOUT_INDEX)


def test_every_finding_recommendation_and_piece_of_practice_of_the_report_is_cited_by_the_inspection(index):
    cited = {one.address for one in citing_at(shipped("inspection")["mps-2007"]).of(index) if not one.in_words}
    judged = [address for address in index.passages if kind(address) in JUDGED and address != "grading/practice/1"]
    assert {one: sum(kind(address) == one for address in judged) for one in JUDGED} == JUDGED
    assert [address for address in judged if address not in cited] == []


def test_each_bulleted_passage_is_one_finding_and_each_finding_of_its_kind(index):
    inspection = hr.load_inspection("mps-2007")
    bulleted = [address for address in index.passages if kind(address) in ("strength", "progress", "improvement")]
    cited = [one.cite for one in inspection.findings.values() if one.kind != "context"]
    assert sorted(cited) == sorted(bulleted)
    assert {one.kind == kind(one.cite) for one in inspection.findings.values() if one.kind != "context"} == {True}
    assert {kind(one.cite) for one in inspection.findings.values() if one.kind == "context"} == {"context", "footnote"}


def test_the_facts_of_a_whole_framework_are_held_to_the_index(tmp_path):
    folder = tmp_path / "mps-2007"
    shutil.copytree(ROOT / "rulesets" / "mps-2007", folder)
    text = (folder / "inspection.yaml").read_text(encoding="utf-8")
    assert text.count("cite: np/strength/6\n") == 1
    (folder / "inspection.yaml").write_text(text.replace("cite: np/strength/6\n", "cite: np/strength/66\n"), "utf-8")
    with pytest.raises(hr.InputError, match="has no passage `np/strength/66`"):
        hr.load_inspection(folder)


def test_what_nothing_cites_is_explained_in_the_documentation(index, citing):
    text = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8").split("## What nothing cites")[1]
    explained = []
    for first in re.findall(r"^\| (`[^|]*`) \|", text, re.MULTILINE):
        for head, start, end in re.findall(r"`([a-z/-]+)/([0-9]+)(?:-([0-9]+))?`", first):
            explained += [f"{head}/{number}" for number in range(int(start), int(end or start) + 1)]
    assert len(explained) == len(set(explained))
    assert sorted(explained) == sorted(uncited(index, citing))


@needs_the_document
def test_the_index_is_that_of_the_document(copy, index):
    assert copy.problems == ()
    assert index_of(copy) == index


@needs_the_document
def test_every_citation_holds_in_the_document(copy, citing):
    found = check_source(copy, find_source("mps-2007"), citing)
    assert found.passed
    assert found.same_document
    assert len(found.verdicts) > 700
    assert found.changed == found.new == found.problems == ()


@needs_the_document
def test_each_line_of_the_document_is_in_one_passage_or_is_furniture_or_a_heading(copy):
    text = DOCUMENT.read_text(encoding="utf-8")
    lines = [line for one in copy.passages.values() for line in one.lines] + [one.line for one in copy.leftovers]
    assert sorted(lines) == [number for number, line in enumerate(text.split("\n"), start=1) if line.strip()]
    assert {one.reason for one in copy.leftovers} == {"furniture", "heading"}


@needs_the_document
def test_a_copy_with_form_feeds_and_a_running_title_on_each_page_holds_every_citation(citing):
    title = "\nMetropolitan Police - HMIC Inspection Report\nOctober 2007\nPage 7\n\f"
    text = re.sub(r"\n (?=\S)", title, DOCUMENT.read_text(encoding="utf-8"))
    text = text.replace("\u2019", "'").replace("\u2022", "\uf0b7").replace("\n", "\r\n")
    source = find_source("mps-2007")
    found = check_source(cut(text.encode("utf-16"), "copy", source.layout), source, citing)
    assert text.count("\f") > 50
    assert found.changed == found.new == found.failed == found.problems == ()
    assert not found.same_document


@needs_the_document
def test_one_altered_word_names_its_passage_and_who_cites_it_and_no_other(copy, citing):
    source = find_source("mps-2007")
    lines = DOCUMENT.read_text(encoding="utf-8").split("\n")
    cited = {citation.address for one in citing for citation in one.of(source.index_needed())}
    for passage in list(copy.passages.values())[::23]:
        line = passage.lines[-1] - 1
        words = lines[line].split(" ")
        place = max(number for number, word in enumerate(words) if word.strip())
        altered = [
            *lines[:line],
            " ".join([*words[:place], f"not{words[place]}", *words[place + 1 :]]),
            *lines[line + 1 :],
        ]
        found = check_source(cut("\n".join(altered).encode(), "altered", source.layout), source, citing)
        assert [one.address for one in found.changed] == [passage.address]
        assert bool(found.changed[0].cited_by) == (passage.address in cited)
        assert {one.citation.address for one in found.failed} == {passage.address} & cited
        assert not found.same_document


@needs_the_document
def test_a_recommendation_of_the_body_is_the_one_of_that_number_in_the_list(copy):
    body = {one.ordinal: one for one in copy.passages.values() if one.kind == "recommendation"}
    listed = {one.ordinal: one for one in copy.passages.values() if one.kind == "list"}
    assert list(body) == list(listed) == list(range(1, 17))
    for number, one in body.items():
        words, others = (set(" ".join(passage.paragraphs[0:9]).lower().split()) for passage in (one, listed[number]))
        assert len(words & others) > 0.9 * len(words)


INVENTED = """ Protecting Vulnerable People – Domestic Violence
Strengths
• An invented word stands here; and another one.
 Protecting Vulnerable People – Public Protection
"""


def explain(source: Path, *options: str) -> subprocess.CompletedProcess[str]:
    arguments = ["explain", "mps-2007", "--framework", "domestic-violence", "--source", str(source), *options]
    return subprocess.run(
        [sys.executable, "-m", "hmic_rules", *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        env={**os.environ, "COLUMNS": "100", "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8"},
    )


def test_a_passage_that_is_not_what_was_cited_is_printed_with_a_warning_and_a_missing_one_is_said_to_be(tmp_path):
    path = tmp_path / "invented.txt"
    path.write_text(INVENTED, encoding="utf-8")
    done = explain(path, "--full")
    assert done.returncode == 0
    lines = [line.lstrip("│├└─ ") for line in done.stdout.splitlines()]
    place = lines.index("dv/strength/1 as it reads in this copy: not the passage that was cited")
    assert lines[place + 1] == "An invented word stands here; and another one."
    assert "grading/fair/1 is not in this copy" in lines


def test_passages_beside_reasons_do_not_go_with_json_or_questions_and_not_with_another_document(tmp_path):
    path = tmp_path / "invented.txt"
    path.write_text(INVENTED, encoding="utf-8")
    done = explain(path, "--json", "--reconcile")
    assert (done.returncode, done.stdout) == (2, "")
    assert [line.split(":")[0] for line in done.stderr.splitlines()[::2]] == ["--reconcile", "--json"]
    path.write_text("Another document.\n", encoding="utf-8")
    done = explain(path)
    assert done.returncode == 2
    assert "no line `The grading process`, so that the section `grading` is not found" in done.stderr


@needs_the_document
def test_the_cited_passages_stand_beside_the_reasons_each_once(copy):
    done = explain(DOCUMENT)
    assert done.returncode == 0
    assert max(map(len, done.stdout.splitlines())) <= 100
    lines = [line.lstrip("│├└─ ") for line in done.stdout.splitlines()]
    printed = [line for line in lines if line in copy.passages]
    assert len(printed) == len(set(printed)) > 8
    assert {"dv/improvement/7", "grading/fair/1"} <= set(printed)
    text = " ".join(lines)
    for address in printed:
        assert all(one in text for one in copy.passages[address].paragraphs)
    assert "not the passage" not in done.stdout
