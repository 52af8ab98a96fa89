"""A file or a name of one kind given where another is wanted: one message, which says what it is and which command takes it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import hmic_rules as hr
from hmic_rules.checking import check
from hmic_rules.loading.case_files import read_case_file

FILES = {
    "rule set": 'ruleset: invented\nedition: "1"\ntitle: x\nvalues: {}\n',
    "inspection": "inspection: invented\nruleset: invented\nbearings: marks\n",
    "framework": "framework: invented\ntitle: x\ncriteria: []\n",
    "file of findings": "section: x\nfindings: []\n",
    "file of figures": "figures: []\nrelations: []\n",
    "glossary": "abbreviations: {}\n",
    "case": "case: invented\nfacts: {a: 1}\n",
    "list of cases": "- {case: invented, facts: {a: 1}}\n- {case: another, facts: {a: 2}}\n",
    "list of cases under its key": "cases:\n  - {case: invented, facts: {a: 1}}\n",
}
COMMANDS = {
    "rule set": "`hmic-rules check RULESET`",
    "inspection": "`hmic-rules grade`",
    "framework": "`frameworks:`",
    "file of findings": "`files:`",
    "file of figures": "`hmic-rules figures INSPECTION`",
    "glossary": "`hmic-rules glossary INSPECTION`",
    "case": "`hmic-rules decide RULESET CASE`",
    "list of cases": "`cases:`",
}
RULES = 'ruleset: r\nedition: "1"\ntitle: x\ninputs: {a: {type: integer}, inspection: {type: boolean}}\nvalues: {b: {outcome: true, is: {a: 1}}}\n'


def load_case(path: Path) -> Any:
    rules = path.with_name("ruleset.yaml")
    rules.write_text(RULES, encoding="utf-8")
    return read_case_file(path.read_bytes(), str(path), hr.load(rules))


READERS: dict[str, Callable[[Path], Any]] = {
    "a rule set": hr.load,
    "an inspection": hr.load_inspection,
    "a case": load_case,
}


@pytest.mark.parametrize("wanted", READERS)
@pytest.mark.parametrize("given", FILES)
def test_a_file_of_another_kind_is_one_problem_that_says_what_takes_it(given, wanted, tmp_path):
    kind = given.removesuffix(" under its key")
    if wanted.endswith(kind):
        return
    path = tmp_path / "given.yaml"
    path.write_text(FILES[given], encoding="utf-8")
    with pytest.raises(hr.InputError) as caught:
        READERS[wanted](path)
    (found,) = caught.value.diagnostics
    assert found.problem == f"this looks like {'an' if kind[0] == 'i' else 'a'} {kind}, and {wanted} is wanted"
    assert str(found.place) == f"{path}:1:1"
    assert COMMANDS[kind] in (found.help or "")


def test_facts_that_are_named_like_the_keys_of_another_file_are_facts(tmp_path):
    path = tmp_path / "case.yaml"
    path.write_text("facts: {a: 1, inspection: true}\n", encoding="utf-8")
    assert load_case(path).title == str(path)
    path.write_text("a: 1\ninspection: true\n", encoding="utf-8")
    assert load_case(path).title == str(path)


def test_a_file_that_is_wrong_in_its_own_kind_keeps_its_own_problems(tmp_path):
    path = tmp_path / "inspection.yaml"
    path.write_text("inspection: invented\n", encoding="utf-8")
    with pytest.raises(hr.InputError, match="an inspection has no `title`"):
        hr.load_inspection(path)


def test_a_shipped_name_of_the_other_kind_is_said_to_be_one():
    with pytest.raises(
        hr.NotFoundError, match=r"`mps-2007` is an inspection, and a rule set is wanted: `hmic-rules grade`"
    ):
        hr.load("mps-2007")
    with pytest.raises(
        hr.NotFoundError, match=r"`hmic-2007` is a rule set, and an inspection is wanted: `hmic-rules check"
    ):
        hr.load_inspection("hmic-2007")
    (found,) = check("mps-2007").errors
    assert found.problem.startswith("`mps-2007` is an inspection")


def test_a_folder_without_the_main_file_is_said_to_hold_none(tmp_path):
    with pytest.raises(hr.NotFoundError, match=r"holds no `ruleset\.yaml`: name the file itself"):
        hr.load(tmp_path)
    (tmp_path / "inspection.yaml").write_text(FILES["inspection"], encoding="utf-8")
    with pytest.raises(hr.NotFoundError, match=r"holds no `ruleset\.yaml`; it holds an inspection"):
        hr.load(tmp_path)
    (tmp_path / "inspection.yaml").rename(tmp_path / "ruleset.yaml")
    with pytest.raises(hr.NotFoundError, match=r"holds no `inspection\.yaml`; it holds a rule set"):
        hr.load_inspection(tmp_path)


def test_a_file_that_cannot_be_read_has_no_line(tmp_path, monkeypatch):
    path = tmp_path / "ruleset.yaml"
    path.write_text(RULES, encoding="utf-8")

    def refuse(*arguments: object, **options: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(hr.InputError) as caught:
        hr.load(path)
    assert str(caught.value) == f"{path}: cannot be read: Permission denied"
