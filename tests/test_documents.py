"""A document cut into addressed passages, and citations held to copies of it: on an invented report with a layout of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import hmic_rules as hr
from hmic_rules.catalogue import Place
from hmic_rules.checking import check
from hmic_rules.sources.citing import citing_at, held_to_indexes
from hmic_rules.sources.finding import find_source, load_document
from hmic_rules.sources.indexes import index_of, index_text, read_index
from hmic_rules.sources.layouts import Layout, read_layout
from hmic_rules.sources.normalising import fingerprint, normalised
from hmic_rules.sources.passages import Copy, cut
from hmic_rules.sources.reading import MAX_BYTES, read_text
from hmic_rules.sources.verifying import SourceCheck, check_data, check_document

HARBOUR = Path(__file__).parent / "documents" / "harbour"
REPORT = HARBOUR / "report.txt"
TEXT = REPORT.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def layout() -> Layout:
    return read_layout((HARBOUR / "layout.yaml").read_bytes(), "layout.yaml")


@pytest.fixture
def harbour(tmp_path: Path) -> Path:
    """A folder with the layout, the rule set and the index of the report."""
    folder = tmp_path / "harbour"
    shutil.copytree(HARBOUR, folder)
    copy = load_document(REPORT, folder)
    (folder / "passages.json").write_text(index_text(index_of(copy)), encoding="utf-8")
    return folder


def altered(layout: Layout, old: str, new: str) -> Copy:
    assert old in TEXT
    return cut(TEXT.replace(old, new).encode(), "altered.txt", layout)


def checked(harbour: Path, old: str, new: str, **options: object) -> SourceCheck:
    assert old in TEXT
    path = harbour / "altered.txt"
    path.write_text(TEXT.replace(old, new, 1), encoding="utf-8")
    return check_document(path, layout=harbour, names=[str(harbour)], **options)  # type: ignore[arg-type]


def test_a_report_is_cut_into_the_passages_that_its_layout_describes():
    copy = load_document(REPORT, HARBOUR)
    assert copy.problems == ()
    assert {address: " | ".join(one.paragraphs) for address, one in copy.passages.items()} == {
        "front/paragraph/1": 'The harbour of Selwick was reviewed in the spring – by two persons of experience – and their report is "short".',
        "front/paragraph/2": "Nobody had reviewed it before, so that the trustees waited for it.",
        "front/remark/1": "The trustees asked for three things: (a) the state of the walls; (b) the state of the lamps; and | • of every lamp-house; (c) the boats.",
        "body/paragraph/1": "1. The walls hold. They were built of the grey stone of the moor, and no tide has moved them since. Two stones are loose. Nobody has counted the small ones.",
        "body/note/1": "[1] Both are on the seaward side.",
        "body/seal/1": "SEAL OF SELWICK",
        "body/paragraph/2": "2. The lamps burn, except the third.",
        "body/order/7": "ORDER 7 That the third lamp be mended before the winter.",
        "body/boat/1": "Heron, two masts",
        "body/boat/2": "Plover, one mast",
        "body/boat/3": "Cormorant",
        "body/tides/1": "High 6 18 Low 0 12",
        "back/paragraph/1": "The trustees thanked both persons.",
    }


def test_each_line_is_in_one_passage_or_is_left_over_for_a_reason():
    copy = load_document(REPORT, HARBOUR)
    lines = [line for one in copy.passages.values() for line in one.lines] + [one.line for one in copy.leftovers]
    assert sorted(lines) == [number for number, line in enumerate(TEXT.splitlines(), start=1) if line.strip()]
    assert {one.reason for one in copy.leftovers} == {"before the first section", "furniture", "heading"}


def test_a_second_passage_with_the_same_address_is_named_and_left_over(layout):
    copy = altered(layout, "BOATS\n", "ORDER 7\nThat nothing be done.\nBOATS\n")
    assert str(copy.problems[0]).startswith("altered.txt:36:1: a second passage claims the address `body/order/7`")
    assert "nothing" not in copy.passages["body/order/7"].text
    assert [one.text for one in copy.leftovers if one.reason.startswith("a second")] == [
        "ORDER 7",
        "That nothing be done.",
    ]


def test_a_section_that_is_not_found_is_said(layout):
    copy = altered(layout, "AFTERWORD", "AFTER WORDS")
    assert [one.problem for one in copy.problems] == ["no line `AFTERWORD`, so that the section `back` is not found"]


def test_a_number_that_does_not_run_on_starts_no_note(layout):
    copy = altered(layout, "[1] Both", "[2] Both")
    assert "body/note/2" not in copy.passages
    assert "[2] Both" in copy.passages["body/paragraph/1"].text


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("the force’s “plan”", 'the  force\'s\n"plan"'),
        ("April – June", "April—June"),
        ("co-\nordination", "co-ordination"),
        ("• first", "\ufffd first"),
        ("e\u0301t\u00e9", "\u00e9te\u0301"),
        ("of\ufb01ce …", "office ..."),
        ("infor\u00admation\u200b", "information"),
        ("a\u00a0b\tc\x0c", "a b c"),
    ],
)
def test_what_is_only_set_otherwise_has_the_same_fingerprint(one, other):
    assert fingerprint(one) == fingerprint(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Grade", "grade"),
        ("10²", "102"),
        ("informa-\ntion", "information"),
        ("2,000", "2.000"),
        ("no", "not"),
        ("a b", "ab"),
    ],
)
def test_what_is_worded_otherwise_has_another_fingerprint(one, other):
    assert fingerprint(one) != fingerprint(other)


def test_the_fingerprint_is_the_sha_256_of_the_normalised_text():
    assert normalised(" • The  “plan” –\nof the force’s  lamp-\nhouse ") == 'The "plan"-of the force\'s lamp-house'
    assert fingerprint("a – b") == "d44362d67d921091c7b9674d752e9e23c1f9ec8a4f0b82741bf01364eb97c830" or fingerprint(
        "a – b"
    ) == fingerprint("a-b")


def test_an_index_holds_no_text_and_reads_back_as_it_was(layout):
    index = index_of(load_document(REPORT, HARBOUR))
    text = index_text(index)
    assert read_index(text.encode(), "passages.json") == index
    assert not {"stones", "lamps", "Heron", "trustees"} & set(text.split('"passages"')[1].replace('"', " ").split())


def test_what_is_wrong_with_an_index_is_said_with_its_place():
    text = index_text(index_of(load_document(REPORT, HARBOUR)))
    broken = text.replace('"front/paragraph/1": {"fingerprint": "', '"front/paragraf": {"fingerprint": "x', 1)
    with pytest.raises(hr.InputError) as caught:
        read_index(broken.replace('"title"', '"titel"').encode(), "passages.json")
    assert [str(one.place) for one in caught.value.diagnostics] == [
        "passages.json:3:2",
        "passages.json:7:3",
        "passages.json:7:37",
    ]
    assert "did you mean `title`?" in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "place", "problem"),
    [
        ("cut: lines", "cut: line", 12, "`line` is not a way to cut\n    help: did you mean `lines`?"),
        ("kind: boat,", "kid: boat,", 12, "`kid` is not a key of the part `boats`\n    help: did you mean `kind`?"),
        (
            "[opening, remarks]",
            "[opening, remark]",
            15,
            "no part is called `remark`\n    help: did you mean `remarks`?",
        ),
        ('"- {number} -"', '"{number} of {number}"', 4, "`{number} of {number}` is not a pattern of a line"),
        ('"SEAL OF …"', '"SEAL … OF"', 7, "`SEAL … OF` is not a pattern of a line"),
        (
            "cut: whole, kind",
            "cut: whole, joins: x, kind",
            13,
            "`joins` says nothing of a part that is cut into `whole`",
        ),
        (
            "numbered: {cut: items, items",
            "numbered: {cut: items, kind: x, item",
            11,
            "`item` is not a key of the part `numbered`",
        ),
        ("kind: tides", "kind: ti.des", 13, "`ti.des` cannot be a kind"),
        ("[opening]}", "[opening, numbered]}", 17, "nothing tells where the part `numbered` starts"),
    ],
)
def test_what_is_wrong_with_a_layout_is_said_with_its_place_and_what_to_do(old, new, place, problem):
    text = (HARBOUR / "layout.yaml").read_text(encoding="utf-8")
    assert old in text
    with pytest.raises(hr.InputError) as caught:
        read_layout(text.replace(old, new).encode(), "layout.yaml")
    assert any(str(one).startswith(f"layout.yaml:{place}:") and problem in str(one) for one in caught.value.diagnostics)


def test_comments_and_spacing_of_a_layout_do_not_count_and_what_it_says_does(layout):
    data = (HARBOUR / "layout.yaml").read_bytes()
    assert read_layout(data + b"\n# a word\n", "x").fingerprint == layout.fingerprint
    assert read_layout(data.replace(b"kind: boat", b"kind: ship"), "x").fingerprint != layout.fingerprint


def test_every_citation_of_the_report_holds_in_an_unchanged_copy(harbour):
    found = check_document(REPORT, layout=harbour, names=[str(harbour)])
    assert found.passed
    assert found.same_document
    assert [(one.citation.address, one.citation.by, one.citation.in_words) for one in found.verdicts] == [
        ("body/paragraph/2", "inputs.third_lamp_burns", False),
        ("body/paragraph/1", "inputs.loose_stones", False),
        ("body/note/1", "inputs.loose_stones", False),
        ("body/order/7", "values.fit", False),
        ("body/order/7", "values.fit.says", True),
    ]
    assert found.unchecked == {("harbour", "Letters to the trustees"): 1}
    assert set(found.uncited) == set(load_document(REPORT, HARBOUR).passages) - {
        one.citation.address for one in found.verdicts
    }


def test_a_changed_passage_is_named_with_who_cites_it_and_with_the_piece_that_changed(harbour):
    found = checked(harbour, "Two stones are loose", "Nine stones are loose")
    (changed,) = found.changed
    assert (changed.address, changed.status, changed.now) == ("body/paragraph/1", "changed", "body/paragraph/1")
    assert changed.cited_by == ("harbour: inputs.loose_stones",)
    assert [(one.kind, one.text, one.count) for one in changed.difference] == [
        (
            "same",
            "1. The walls hold. They were built of the grey stone of the moor, and no tide has moved them since.",
            3,
        ),
        ("gone", None, 1),
        ("now", "Nine stones are loose.", 1),
        ("same", "Nobody has counted the small ones.", 1),
    ]
    assert [(one.citation.address, one.status) for one in found.failed] == [("body/paragraph/1", "changed")]
    assert not found.passed


def test_against_another_copy_the_change_is_shown_word_by_word(harbour):
    found = checked(harbour, "Two stones are loose", "Nine stones are loose", against=REPORT)
    kinds = [(one.kind, one.text) for one in found.changed[0].difference]
    assert [one for one in kinds if one[0] != "same"] == [("before", "Two"), ("now", "Nine")]


def test_passages_that_moved_are_known_by_their_fingerprints_and_what_is_new_is_said(harbour):
    found = checked(harbour, "Heron, two masts", "Gannet, no mast\nHeron, two masts")
    assert {one.address: one.now for one in found.changed} == {
        f"body/boat/{n}": f"body/boat/{n + 1}" for n in (1, 2, 3)
    }
    assert {one.status for one in found.changed} == {"moved"}
    assert found.new == ("body/boat/1",)
    assert found.passed


def test_a_passage_that_moved_and_changed_is_known_by_its_pieces(harbour):
    text = "Nobody had reviewed it before"
    found = checked(harbour, text, "A new paragraph. It is short.\n\nIt was late. " + text)
    (changed,) = found.changed
    assert (changed.address, changed.status, changed.now) == ("front/paragraph/2", "changed", "front/paragraph/3")
    assert (changed.difference[0].kind, changed.difference[0].text) == ("now", "It was late.")
    assert found.new == ("front/paragraph/2",)


def test_a_citation_of_a_passage_that_is_gone_fails_as_missing(harbour):
    found = checked(harbour, "ORDER 7\nThat the third lamp be mended before the winter.\n", "")
    assert [(one.citation.address, one.status, one.now) for one in found.failed] == [
        ("body/order/7", "missing", None)
    ] * 2


def test_an_index_that_was_made_with_another_layout_is_said_to_be(harbour):
    path = harbour / "layout.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("kind: boat,", "kind: ship,"), encoding="utf-8")
    found = check_document(REPORT, layout=harbour, names=[str(harbour)])
    assert [one.code for one in found.problems] == ["stale"]


def test_the_check_of_a_rule_set_names_the_citations_that_no_passage_answers_to(harbour):
    path = harbour / "ruleset.yaml"
    path.write_text(
        path.read_text(encoding="utf-8")
        .replace("body/paragraph/2}", "body/paragraf/2}")
        .replace("body/note/1]", "body/note/3]")
        .replace("(body/order/7)", "(body/order/8)")
        .replace('"letters:', '"leters:'),
        encoding="utf-8",
    )
    report = check(path)
    assert not report.passed
    told = [f"{one.place.line}: {one.problem} ({one.help})" for one in report.errors]  # type: ignore[union-attr]
    assert told == [
        "8: `A review of the harbour of Selwick` has no passage `body/paragraf/2` (did you mean `body/paragraph/2`?)",
        "9: `A review of the harbour of Selwick` has no passage `body/note/3` (it has `body/note/1` alone)",
        "15: `A review of the harbour of Selwick` has no passage `body/order/8` (it has `body/order/7` alone)",
        "16: no document is called `leters` (did you mean `letters`?)",
    ]


def test_what_has_no_index_is_counted_as_not_checked(harbour):
    held = held_to_indexes(Place(harbour, "ruleset.yaml", "harbour", "ruleset", False))
    assert (held.wrong, held.checked, held.unchecked) == ((), 5, {"Letters to the trustees": 1})
    assert "1 citation not checked, for want of an index: Letters to the trustees" in str(check(harbour))


def test_an_inspection_that_cites_a_passage_which_is_not_there_does_not_load(tmp_path):
    folder = tmp_path / "mps"
    shutil.copytree(Path(__file__).parents[1] / "rulesets" / "mps-2007", folder)
    path = folder / "findings" / "dv.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("cite: dv/strength/1\n", "cite: dv/strenght/1\n"), encoding="utf-8"
    )
    with pytest.raises(hr.InputError) as caught:
        hr.load_inspection(folder)
    (error,) = caught.value.diagnostics
    assert str(error.place).endswith("dv.yaml:6:11")
    assert error.problem.endswith("has no passage `dv/strenght/1`")
    assert error.help == "did you mean `dv/strength/1`?"


def test_an_inspection_that_lists_the_document_of_its_index_by_another_title_does_not_load(tmp_path):
    folder = tmp_path / "mps"
    shutil.copytree(Path(__file__).parents[1] / "rulesets" / "mps-2007", folder)
    path = folder / "inspection.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("October 2007", "autumn 2007"), encoding="utf-8")
    with pytest.raises(hr.InputError, match="`documents` lists nothing of the title"):
        hr.load_inspection(folder)


def test_citations_under_facts_of_cases_are_nobodys(tmp_path):
    path = tmp_path / "ruleset.yaml"
    text = (HARBOUR / "ruleset.yaml").read_text(encoding="utf-8")
    path.write_text(
        text + "cases:\n  - {case: x, facts: {cite: body/order/9}, expect: {fit: true}}\n", encoding="utf-8"
    )
    assert "body/order/9" not in {
        one.address for one in citing_at(Place(tmp_path, path.name, "x", "ruleset", False)).citations
    }


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \r\n\t", "empty"),
        (b"%PDF-1.4\n", "this is a PDF"),
        (b"%PDF-1.4\n" + b"x" * MAX_BYTES, "this is a PDF"),
        (b"PK\x03\x04rest", "packed file"),
        (b"{\\rtf1 a}", "rich text"),
        (b"text\nwith\0zero", "2:5: a byte of zero"),
        (b"a\n\x81\x8d", "2:1: neither UTF-8 nor Windows-1252"),
        (b"\xff\xfea", "starts as utf-16 and is not"),
        (b"x" * (MAX_BYTES + 1), "more than"),
    ],
)
def test_what_is_no_plain_text_is_refused_with_what_to_do(data, problem):
    with pytest.raises(hr.InputError) as caught:
        read_text(data, "given.txt")
    assert str(caught.value).startswith("given.txt:")
    assert problem in str(caught.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_a_copy_in_another_encoding_or_with_other_line_ends_is_cut_alike(layout, encoding, ending):
    copy = cut(TEXT.replace("\n", ending).encode(encoding), "copy.txt", layout)
    assert copy.encoding == encoding.removesuffix("-sig")
    assert index_of(copy) == index_of(load_document(REPORT, HARBOUR))


def test_a_very_long_line_and_very_many_lines_are_cut_in_no_time(layout):
    copy = cut((TEXT + "word " * 400_000 + "\nx" * 100_000).encode(), "long.txt", layout)
    assert len(copy.passages["back/paragraph/1"].lines) == 100_002


def test_a_layout_that_does_not_exist_or_does_not_fit_is_said(tmp_path):
    with pytest.raises(hr.NotFoundError, match="did you mean `mps-2007`"):
        find_source("mps-2006")
    path = tmp_path / "other.txt"
    path.write_text("Another document.\n", encoding="utf-8")
    with pytest.raises(hr.InputError, match="none of its lines is the heading of a section"):
        load_document(path)
    with pytest.raises(hr.InputError, match="cannot be read"):
        load_document(tmp_path / "nothing.txt")


def run(*arguments: str | Path, given: str | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "hmic_rules", *map(str, arguments)],
        input=given,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        env={**os.environ, "COLUMNS": "100", "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8"},
    )


def test_the_screen_of_a_check(harbour, snapshot):
    text = TEXT.replace("Two stones", "Nine stones").replace("Heron, two", "Gannet, no mast\nHeron, two")
    done = run("sources", "check", "-", "--layout", harbour, "--ruleset", harbour, given=text)
    assert done.returncode == 1
    assert done.stdout == snapshot


def test_a_check_whose_citations_hold_ends_with_0_and_bad_input_with_2(harbour, tmp_path):
    assert run("sources", "check", REPORT, "--layout", harbour, "--ruleset", harbour).returncode == 0
    done = run("sources", "check", REPORT, "--layout", harbour, "--ruleset", "mappa-2019")
    assert (done.returncode, "Nothing here cites any of its 13 passages." in done.stdout) == (0, True)
    done = run("sources", "check", tmp_path / "no.txt")
    assert (done.returncode, done.stdout) == (2, "")
    assert "cannot be read" in done.stderr
    (harbour / "passages.json").unlink()
    done = run("sources", "check", REPORT, "--layout", harbour)
    assert done.returncode == 2
    help = f"write it with `hmic-rules sources index DOCUMENT --layout {harbour}`"
    assert f"there is no index of passages\n    help: {help}" in done.stderr


def test_with_a_layout_of_ones_own_only_who_lists_the_document_is_checked(harbour):
    found = check_document(REPORT, layout=harbour)
    assert found.unchecked == {("harbour", "Letters to the trustees"): 1}
    assert {one.citing for one in found.verdicts} == {"harbour"}


def test_a_document_that_no_shipped_layout_fits_is_told_of_the_layout_beside_it(harbour, tmp_path):
    done = run("sources", "list", harbour / "report.txt")
    assert done.returncode == 2
    assert f"help: name the layout that stands beside it: `--layout {harbour}`" in done.stderr
    alone = tmp_path / "alone.txt"
    alone.write_text(TEXT, encoding="utf-8")
    assert "help: a document of your own needs a `layout.yaml`" in run("sources", "list", alone).stderr


def test_a_rule_set_that_lists_its_document_by_another_title_than_the_index_beside_it_is_told(harbour):
    path = harbour / "ruleset.yaml"
    path.write_text(path.read_text("utf-8").replace("A review of the harbour", "A report on the harbour"), "utf-8")
    (problem,) = check(harbour).errors
    assert str(problem).startswith(
        f"{path}:5:3: `documents` lists nothing of the title `A review of the harbour of Selwick`"
    )


def test_the_check_as_json_has_the_documented_keys_and_no_text_but_that_of_changed_passages(harbour):
    path = harbour / "altered.txt"
    path.write_text(TEXT.replace("Two stones", "Nine stones"), encoding="utf-8")
    done = run("sources", "check", path, "--layout", harbour, "--ruleset", harbour, "--json")
    found = json.loads(done.stdout)
    assert found == json.loads(json.dumps(check_data(check_document(path, layout=harbour, names=[str(harbour)]))))
    docs = (Path(__file__).parents[1] / "docs" / "sources.md").read_text(encoding="utf-8")
    keys = set(found) | {key for name in ("failed", "changed", "unchecked") for one in found[name] for key in one}
    keys |= {key for one in found["changed"] for change in one["difference"] for key in change}
    assert {key for key in keys if f"`{key}`" not in docs} == set()
    assert "Heron" not in done.stdout


def test_addresses_are_listed_with_how_each_passage_starts_or_whole(snapshot):
    assert run("sources", "list", REPORT, "--layout", HARBOUR).stdout == snapshot
    whole = run("sources", "list", REPORT, "front/remark", "body/order/7", "--text", "--layout", HARBOUR)
    assert whole.stdout == snapshot
    wrong = run("sources", "list", REPORT, "front/remarks", "--layout", HARBOUR)
    assert wrong.returncode == 2
    assert "no passage has the address `front/remarks`\n    help: did you mean `front/remark`?" in wrong.stderr
    found = json.loads(run("sources", "list", REPORT, "body/order", "--text", "--layout", HARBOUR, "--json").stdout)
    assert set(found) == {"layout", "encoding", "passages"}
    assert set(found["passages"][0]) == {"address", "fingerprint", "first_line", "last_line", "text"}


def test_an_index_is_written_beside_the_layout_and_not_of_a_copy_with_problems(harbour, tmp_path):
    before = (harbour / "passages.json").read_bytes()
    (harbour / "passages.json").unlink()
    done = run("sources", "index", REPORT, "--layout", harbour)
    assert (done.returncode, done.stdout) == (0, "13 passages\n")
    assert done.stderr == f"wrote `{harbour / 'passages.json'}`\n"
    assert (harbour / "passages.json").read_bytes() == before
    (harbour / "altered.txt").write_text(TEXT.replace("Two stones", "Nine stones"), encoding="utf-8")
    done = run("sources", "index", harbour / "altered.txt", "--layout", harbour)
    assert (
        done.stdout == "13 passages, 1 of them otherwise than in the index beside the layout before: body/paragraph/1\n"
    )
    path = tmp_path / "part.txt"
    path.write_text(TEXT.replace("AFTERWORD\n", ""), encoding="utf-8")
    done = run("sources", "index", path, "--layout", harbour, "-o", tmp_path / "index.json")
    assert done.returncode == 2
    assert not (tmp_path / "index.json").exists()
