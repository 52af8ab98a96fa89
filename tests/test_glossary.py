"""Abbreviations: what counts as one, the glossary beside an inspection, what uses it, and the lint for those that nothing defines."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import hmic_rules as hr
from hmic_rules.errors import Diagnostic, Span
from hmic_rules.glossaries.abbreviations import Abbreviation, Glossary
from hmic_rules.glossaries.uses import uses_of
from hmic_rules.inspection_checking import check_inspection
from hmic_rules.loading.glossaries import read_glossary
from hmic_rules.sources.finding import find_source
from hmic_rules.sources.passages import cut

ROOT = Path(__file__).parents[1]
SMALL = Path(__file__).parent / "inspections" / "small"
DOCUMENT = ROOT.parent / "shared" / "sources" / "hmic-mps-2007.txt"
DOCUMENTED = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "hmic_rules", *arguments],
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
        env={**os.environ, "COLUMNS": "100", "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8", **environment},
    )


def glossary(*terms: str, others: tuple[str, ...] = ()) -> Glossary:
    place = Span("invented", 1, 1)
    entries = {term: Abbreviation(term, f"the meaning of {term}", "assumed", (), None, place) for term in terms}
    return Glossary("invented", None, entries, dict.fromkeys(others, place))


def terms_in(text: str, *terms: str, others: tuple[str, ...] = ()) -> list[str]:
    return [found.term for found in glossary(*terms, others=others).abbreviations_in(text)]


def problems_of(text: str) -> list[Diagnostic]:
    with pytest.raises(hr.InputError) as caught:
        read_glossary(text.encode(), "glossary.yaml", {}, lambda _: None)
    return list(caught.value.diagnostics)


# What counts as an abbreviation


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("the ABC is here", ["ABC"]),
        ("two ABCs, and the ABC's own", ["ABC", "ABC"]),
        ("ViSOR, TfL, PhD and CO2", ["ViSOR", "TfL", "PhD", "CO2"]),
        ("RM2000s and SM&PD and R&D", ["RM2000", "SM&PD", "R&D"]),
        ("ABC-led, ABC/DEF, (GHI)", ["ABC", "ABC", "DEF", "GHI"]),
        ("ÉTÉ and ΑΒΓ", ["ÉTÉ", "ΑΒΓ"]),
        ("An Ordinary Sentence with I, A and M25", []),
        ("Anglo-Saxon and O'Brien at St John's", []),
        ("np/strength/3 and rule-2 and 2007", []),
        ("e.g. U.K. or a.m.", []),
        ("McPherson's report, part II", ["McPherson", "II"]),
    ],
)
def test_a_word_with_two_capitals_is_an_abbreviation_in_the_singular(text, found):
    assert terms_in(text) == found


def test_what_is_listed_as_no_abbreviation_is_none():
    assert terms_in("McPherson's report, part II of the ABC", others=("McPherson", "II")) == ["ABC"]


def test_a_defined_term_is_found_as_it_is_written_also_with_spaces_or_without_capitals():
    assert terms_in("the AC (TP) and the AC", "AC", "AC (TP)") == ["AC (TP)", "AC"]
    assert terms_in("two Met CDs", "Met CD", "CD") == ["Met CD"]
    assert terms_in("the Met office and a Metre", "Met") == ["Met"]
    assert terms_in("e-crime and e-crimes", "e-crime") == ["e-crime"]


def test_a_defined_term_inside_a_longer_word_is_not_found():
    assert terms_in("SM&PD, XSM, SMX and PDs", "SM", "PD") == ["SM&PD", "XSM", "SMX", "PD"]
    found = list(glossary("SM", "PD").abbreviations_in("SM&PD, PDs"))
    assert [one.entry is None for one in found] == [True, False]


def test_another_letter_case_is_another_word():
    (found,) = glossary("ViSOR").abbreviations_in("VISOR")
    assert (found.term, found.entry) == ("VISOR", None)


def test_the_place_in_the_text_covers_the_plural():
    text = "all CSUs meet"
    (found,) = glossary("CSU").abbreviations_in(text)
    assert text[found.start : found.end] == "CSUs"
    assert found.entry is not None
    assert found.entry.term == "CSU"


def test_a_term_whose_plural_is_defined_by_itself_is_the_plural():
    assert terms_in("two ABCs and one ABC", "ABC", "ABCs") == ["ABCs", "ABC"]


def test_the_used_entries_come_in_the_order_of_the_glossary_each_once():
    found = glossary("ZZ", "AA", "MM").used_in(["AA and ZZs", "ZZ and XX"])
    assert [entry.term for entry in found] == ["ZZ", "AA"]


def test_an_entry_is_looked_up_in_the_plural_and_in_another_letter_case_where_that_is_clear():
    known = glossary("ViSOR", "CO", "Co", "CSU")
    assert [known[written].term for written in ("visor", "CSUs", "csus", "Co")] == ["ViSOR", "CSU", "CSU", "Co"]
    with pytest.raises(hr.NotFoundError, match="did you mean `CO`"):
        known["co"]
    with pytest.raises(hr.NotFoundError, match="did you mean `CSU`"):
        known["CUS"]


# The file


def test_every_problem_of_a_glossary_is_said_at_once_each_with_its_place():
    found = problems_of(
        """\
abbreviation:
  AA: the words alone
  BB: {means: b b}
  CC: {means: c c, basis: stated}
  DD: {basis: assumed}
  EE: {means: e e, cites: x/y/1, basis: assumed}
  " FF": {means: f f, basis: assumed}
  GG: {means: g g, cite: nowhere}
  HH: {means: h h, basis: guessed}
not_abbreviations: [II, AA, II, "(x)"]
"""
    )
    said = {(str(one.place), one.problem, one.help) for one in found}
    assert said >= {
        ("glossary.yaml:1:1", "`abbreviation` is not a key of a glossary", "did you mean `abbreviations`?"),
        (
            "glossary.yaml:2:7",
            "the abbreviation `AA` must be a mapping, and not the words alone",
            "write {means: WORDS, cite: section/kind/ordinal}",
        ),
        ("glossary.yaml:2:3", "`AA` is an abbreviation here, and none in line 10", "take one of the two out"),
        (
            "glossary.yaml:3:7",
            "the abbreviation `BB` cites nothing, and does not say that it is assumed",
            "cite the passage that writes it out, or add `basis: assumed`",
        ),
        ("glossary.yaml:5:7", "the abbreviation `DD` has no `means`", "add `means: …`"),
        ("glossary.yaml:6:20", "`cites` is not a key of the abbreviation `EE`", "did you mean `cite`?"),
        ("glossary.yaml:10:29", "`II` stands twice; it was first given in line 10", "take one of the two out"),
    }
    places = [str(one.place).removeprefix("glossary.yaml:").split(":")[0] for one in found]
    assert places == sorted(places, key=int)
    assert set(places) == {"1", "2", "3", "4", "5", "6", "7", "8", "9", "10"}


@pytest.mark.parametrize(
    "text", ["", "[]", "abbreviations: []", "abbreviations: {A: }", "abbreviations: {'': {means: x, basis: assumed}}"]
)
def test_what_is_no_glossary_is_refused_with_a_place(text):
    assert all(str(one.place).startswith("glossary.yaml:") for one in problems_of(text))


def test_an_entry_that_cites_is_stated_where_it_does_not_say_otherwise():
    text = (
        "abbreviations: {AA: {means: a, cite: x/y/1}, BB: {means: b, basis: derived, cite: x/y/1, says: ours},"
        " CC: {means: c, basis: assumed}}"
    )
    found = read_glossary(text.encode(), "g.yaml", {}, lambda _: None)
    assert [(one.basis, one.cite, one.says) for one in found.entries.values()] == [
        ("stated", ("x/y/1",), None),
        ("derived", ("x/y/1",), "ours"),
        ("assumed", (), None),
    ]


# Beside an inspection


@pytest.fixture
def small(tmp_path):
    """A folder with the small inspection, whose rule set is beside it and not found by name."""
    folder = tmp_path / "small"
    shutil.copytree(SMALL, folder)
    inspection = folder / "inspection.yaml"
    inspection.write_text(inspection.read_text().replace("ruleset: small", f"ruleset: {folder}"), encoding="utf-8")
    return folder


def change(folder: Path, file: str, before: str, after: str) -> None:
    text = (folder / file).read_text(encoding="utf-8")
    assert before in text
    (folder / file).write_text(text.replace(before, after), encoding="utf-8")


def lints(folder: Path) -> list[tuple[str, str, str | None, str]]:
    report = check_inspection(folder)
    assert report.passed, report
    codes = ("undefined-abbreviation", "unused-abbreviation", "no-glossary")
    return [
        (str(one.place).removeprefix(f"{folder}/"), one.problem, one.help, one.code)
        for one in report.lints
        if one.code in codes
    ]


def test_an_undefined_abbreviation_is_named_where_it_first_stands_with_the_nearest_that_is_defined(small):
    (small / "glossary.yaml").write_text("abbreviations: {LED: {means: a lamp, cite: roads/strength/1}}\n")
    change(small, "findings.yaml", "Lamps are missing", "LDEs are missing")
    change(small, "frameworks/roads.yaml", "roads are lit", "roads have LDE lamps")
    assert lints(small) == [
        (
            "findings.yaml:13:11",
            "the glossary does not define `LDE`; it stands in 1 more text",
            "did you mean `LED`? Or define it, or list it under `not_abbreviations`",
            "undefined-abbreviation",
        )
    ]


@pytest.mark.parametrize(
    ("file", "before"),
    [
        ("findings.yaml", "A song about"),
        ("findings.yaml", "songs are no subject"),
        ("findings.yaml", "Put up lamps"),
        ("findings.yaml", "dark corners"),
        ("frameworks/parks.yaml", "parks are open"),
        ("ruleset.yaml", "half is enough, basis"),
        ("inspection.yaml", "what was begun"),
        ("inspection.yaml", "the engineer is praised"),
    ],
)
def test_each_kind_of_text_is_read_and_the_place_is_that_of_the_word(small, file, before):
    (small / "glossary.yaml").write_text("abbreviations: {}\n")
    change(small, file, before, f"QQX {before}")
    text = (small / file).read_text(encoding="utf-8")
    line = text[: text.index("QQX")].count("\n") + 1
    column = text.index("QQX") - text.rfind("\n", 0, text.index("QQX"))
    assert [one[:2] for one in lints(small)] == [(f"{file}:{line}:{column}", "the glossary does not define `QQX`")]


SONG = "says: A song about the roads is well known."


def test_the_place_in_a_text_of_several_lines_is_the_line_of_the_word(small):
    (small / "glossary.yaml").write_text("abbreviations: {}\n")
    change(small, "findings.yaml", SONG, "says: >-\n      A song about the roads\n      by the QQX is known.")
    assert [one[0] for one in lints(small)] == ["findings.yaml:29:14"]


def test_a_word_that_is_written_with_an_escape_has_the_place_of_its_text(small):
    (small / "glossary.yaml").write_text("abbreviations: {}\n")
    change(small, "findings.yaml", SONG, 'says: "A \\x51QX is known."')
    assert [one[0] for one in lints(small)] == ["findings.yaml:27:11"]


def test_addresses_and_facts_are_no_texts(small):
    (small / "glossary.yaml").write_text("abbreviations: {}\n")
    assert lints(small) == []


def test_an_entry_that_nothing_uses_is_named_where_it_cites_no_passage(small):
    (small / "glossary.yaml").write_text(
        "abbreviations:\n"
        "  AA: {means: a, basis: assumed}\n"
        "  BB: {means: b, cite: roads/strength/1}\n"
        "  CC: {means: c, basis: assumed}\n"
        "not_abbreviations: [II, III]\n"
    )
    change(small, "findings.yaml", "Put up lamps", "Put up CC lamps of part II")
    assert lints(small) == [
        (
            "glossary.yaml:2:3",
            "no text uses `AA`, and its entry cites no passage",
            "take it out",
            "unused-abbreviation",
        ),
        (
            "glossary.yaml:5:25",
            "no text has `III`, which is listed under `not_abbreviations`",
            "take it out",
            "unused-abbreviation",
        ),
    ]


def test_without_a_glossary_the_abbreviations_are_named_once(small):
    assert lints(small) == []
    change(small, "findings.yaml", "Put up lamps", "Put up LEDs for the QQX")
    ((place, problem, _, code),) = lints(small)
    assert (place, code) == ("inspection.yaml", "no-glossary")
    assert problem == "there is no `glossary.yaml` beside it, and its texts use `LED`, `QQX`"
    with pytest.raises(hr.NotFoundError, match=r"there is no `glossary\.yaml` beside it"):
        hr.load_inspection(small).glossary()
    assert json.loads(run("explain", str(small), "--framework", "roads", "--json").stdout)["abbreviations"] == []


def test_a_glossary_with_problems_is_bad_input_with_every_place(small):
    (small / "glossary.yaml").write_text("abbreviations: {AA: x, BB: y}\n")
    for command in (["check"], ["glossary"], ["explain", "--framework", "roads"]):
        done = run(command[0], str(small), *command[1:])
        assert done.returncode == 2
        said = done.stdout if command == ["check"] else done.stderr
        assert "glossary.yaml:1:21: the abbreviation `AA`" in said
        assert "glossary.yaml:1:28: the abbreviation `BB`" in said
        assert "Traceback" not in done.stderr


def test_what_it_cites_is_held_to_the_index_of_the_document(tmp_path):
    folder = tmp_path / "mps-2007"
    shutil.copytree(ROOT / "rulesets" / "mps-2007", folder)
    change(folder, "glossary.yaml", "cite: glossary/term/98", "cite: glossary/term/99")
    (found,) = check_inspection(folder).errors
    assert "has no passage `glossary/term/99`" in found.problem
    assert found.help == "it has `glossary/term/1` to `glossary/term/98`"
    assert str(found.place).startswith(f"{folder}/glossary.yaml:")


# What is shipped


@pytest.fixture(scope="module")
def inspection():
    return hr.load_inspection("mps-2007")


def test_the_shipped_texts_use_no_abbreviation_that_the_glossary_does_not_define(inspection):
    uses = uses_of(inspection, inspection.glossary())
    assert len(uses) > 10
    assert [term for term in uses if term not in inspection.glossary().entries] == []
    assert [
        one for one in check_inspection("mps-2007").lints if "abbreviation" in one.code or "glossary" in one.code
    ] == []


def test_what_is_taken_out_of_the_shipped_glossary_is_undefined(tmp_path):
    folder = tmp_path / "mps-2007"
    shutil.copytree(ROOT / "rulesets" / "mps-2007", folder)
    loaded = hr.load_inspection(folder)
    terms = uses_of(loaded, loaded.glossary())
    (folder / "glossary.yaml").write_text("abbreviations: {ViSORS: {means: invented, basis: assumed}}\n")
    found = [one for one in check_inspection(folder).lints if one.code == "undefined-abbreviation"]
    assert sorted(one.problem.split("`")[1] for one in found) == sorted(terms)
    (near,) = (one.help for one in found if "`ViSOR`" in one.problem)
    assert near is not None
    assert near.startswith("did you mean `ViSORS`?")


def test_the_list_at_the_end_of_the_report_is_whole(inspection):
    index = find_source("mps-2007").index_needed()
    cited = [cite for entry in inspection.glossary().entries.values() for cite in entry.cite]
    listed = [address for address in index.passages if address.startswith("glossary/")]
    assert len(listed) == 98
    assert sorted(set(cited) & set(listed)) == sorted(listed)


def test_what_cites_no_passage_is_assumed_and_what_is_assumed_cites_none(inspection):
    entries = inspection.glossary().entries
    assumed = [term for term, entry in entries.items() if entry.basis == "assumed"]
    assert assumed == [term for term, entry in entries.items() if not entry.cite]
    assert ", ".join(f"`{term}`" for term in assumed) in DOCUMENTED
    assert f"{len(entries)} abbreviations" in DOCUMENTED


@pytest.mark.skipif(not DOCUMENT.is_file(), reason="the source document is not part of the project")
def test_each_cited_passage_has_the_abbreviation_and_writes_it_out(inspection):
    copy = cut(DOCUMENT.read_bytes(), "copy", find_source("mps-2007").layout)

    def plain(text: str) -> str:
        return " ".join(re.findall(r"[a-z0-9]+", text.casefold().replace("\u2019", "'")))

    for term, entry in inspection.glossary().entries.items():
        for cite in entry.cite:
            text = " ".join(copy.passages[cite].paragraphs)
            assert re.search(rf"(?<!\w){re.escape(term)}s?(?!\w)", text), term
            words = plain(text)
            if cite.startswith("glossary/"):
                assert words == f"{plain(term)} {plain(entry.means)}"
            elif entry.basis == "stated":
                written = plain(entry.means).removeprefix("safer neighbourhoods ")
                assert written in words, term


# On the command line


def test_an_explanation_ends_with_the_abbreviations_that_stand_in_it_and_no_other():
    done = run("explain", "mps-2007", "--framework", "neighbourhood-policing")
    assert done.returncode == 0
    shown, after = done.stdout.split("\nAbbreviations\n")
    listed = re.findall(r"^[├└]── (\S+): .*$", after, re.MULTILINE)
    assert listed == sorted(listed)
    assert set(listed) == set(re.findall(r"\b(?=\w*[A-Z]\w*[A-Z])\w*[A-Z0-9](?=s?\b)", shown))
    assert "PCSO: police community support officer  [stated, glossary/term/68]" in after


def test_an_answer_ends_with_its_abbreviations_too_and_a_screen_without_any_has_no_list():
    done = run("explain", "mps-2007", "--framework", "public-protection", "--why-not", "good")
    assert ("ViSOR" in done.stdout) == ("ViSOR: Violent and Sex Offenders Register" in done.stdout)
    sensitive = run("explain", "mps-2007", "--framework", "child-abuse", "--sensitivity")
    assert sensitive.returncode == 0
    assert not re.search(r"[A-Z]{2}", sensitive.stdout)
    assert "Abbreviations" not in sensitive.stdout


def test_a_narrow_screen_lists_the_same_abbreviations():
    wide, narrow = (
        run("explain", "mps-2007", "--framework", "public-protection", COLUMNS=columns).stdout
        for columns in ("100", "40")
    )
    listed = [
        re.findall(r"^[├└]── (\S+): ", text.split("\nAbbreviations\n")[1], re.MULTILINE) for text in (wide, narrow)
    ]
    assert listed[0] == listed[1] != []


@pytest.mark.skipif(not DOCUMENT.is_file(), reason="the source document is not part of the project")
def test_passages_that_are_printed_bring_their_abbreviations():
    arguments = ["explain", "mps-2007", "--framework", "domestic-violence"]
    without, beside = run(*arguments).stdout, run(*arguments, "--source", str(DOCUMENT)).stdout
    meaning = "BOCU: basic operational command unit"
    assert meaning not in without
    assert meaning in beside


def test_an_explanation_in_json_has_the_abbreviations_that_its_texts_use():
    explained = json.loads(run("explain", "mps-2007", "--framework", "public-protection", "--json").stdout)
    used = explained.pop("abbreviations")
    texts = json.dumps(explained, ensure_ascii=False)
    assert {"ViSOR", "MAPPA", "RM2000"} <= {one["term"] for one in used}
    assert [one["term"] for one in used if one["term"] not in texts] == []
    assert set(used[0]) == {"term", "means", "basis", "cite", "says"}
    asked = json.loads(run("explain", "mps-2007", "--framework", "child-abuse", "--reconcile", "--json").stdout)
    assert "abbreviations" in asked
    whole = json.loads(run("explain", "mps-2007", "--json").stdout)
    assert all("abbreviations" in one for one in whole)


def test_the_glossary_is_shown_whole_or_one_entry_with_what_uses_it():
    whole = run("glossary", "mps-2007")
    assert whole.returncode == 0
    assert re.search(
        r"^PCSO +police community support officer +stated, glossary/term/68 +\d+$", whole.stdout, re.MULTILINE
    )
    assert max(map(len, whole.stdout.splitlines())) <= 100
    one = run("glossary", "mps-2007", "visor")
    first, *places = one.stdout.splitlines()
    assert first == "ViSOR: Violent and Sex Offenders Register  [stated, glossary/term/98]"
    for place in places:
        file, line, column = place.split(" ")[1].split(":")
        text = (ROOT / "rulesets" / file).read_text(encoding="utf-8").split("\n")[int(line) - 1]
        assert text[int(column) - 1 :].startswith("ViSOR")
    assert "no text of ours uses it" in run("glossary", "mps-2007", "QoSC").stdout
    wrong = run("glossary", "mps-2007", "VISRO")
    assert wrong.returncode == 2
    assert wrong.stderr.endswith("does not define `VISRO`: did you mean `ViSOR`?\n")


def test_the_glossary_in_json_has_the_documented_keys():
    found = json.loads(run("glossary", "mps-2007", "PCSO", "--json").stdout)
    assert set(found) == {"inspection", "file", "abbreviations"}
    (entry,) = found["abbreviations"]
    assert set(entry) == {"term", "means", "basis", "cite", "says", "line", "column", "used"}
    assert set(entry["used"][0]) == {"file", "line", "column"}
    assert [key for key in (*found, *entry, *entry["used"][0]) if f"`{key}`" not in DOCUMENTED] == []
    whole = json.loads(run("glossary", "mps-2007", "--json").stdout)
    assert entry in whole["abbreviations"]


@pytest.mark.parametrize("code", ["undefined-abbreviation", "unused-abbreviation", "no-glossary"])
def test_every_lint_is_documented(code):
    assert f"| `{code}` |" in DOCUMENTED
