"""The pages of the documentation: what they print is what runs, they are found, and what is made from the code is current."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from markdown_it import MarkdownIt
from ruamel.yaml import YAML

import hmic_rules as hr
from hmic_rules.diagrams.nodes import CAP
from hmic_rules.loading.records import MAX_BYTES as TABLE_BYTES
from hmic_rules.loading.records import MAX_COLUMNS, MAX_ROWS
from hmic_rules.loading.trees import MAX_BYTES, MAX_DEPTH, MAX_LINE, MAX_NODES
from printed import ROOT, RUN, differs, run_page, steps

DOCS = ROOT / "docs"
PAGES = sorted(path for path in DOCS.rglob("*.md") if path.parent.name != "rulesets")
NAMES = [path.relative_to(DOCS).as_posix() for path in PAGES]
STEPS = {name: list(steps(path.read_text(encoding="utf-8"))) for name, path in zip(NAMES, PAGES, strict=True)}
RUNNABLE = [name for name, found in STEPS.items() if any(one.kind in RUN and not one.not_run for one in found)]


@pytest.mark.parametrize("name", RUNNABLE)
def test_what_a_page_prints_is_what_runs(name: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "tests" / "printed.py", DOCS / name, tmp_path],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )
    assert done.returncode == 0, done.stderr
    told = {one.line: one for one in STEPS[name]}
    found = json.loads(done.stdout)
    for one in found:
        step, where = told[one["line"]], f"docs/{name}:{one['line']}"
        assert one["exits"] == step.exits, f"{where} ends with {one['exits']}: {one['errors']}{one['printed']}"
        if step.prints is not None:
            assert not differs(step.prints, one["printed"]), f"{where} prints\n{one['printed']}"
    assert len(found) == sum(one.kind in RUN and not one.not_run for one in STEPS[name])


def test_a_block_that_is_not_run_for_the_sake_of_another_test_names_one_that_is_there() -> None:
    reasons = [one.not_run for found in STEPS.values() for one in found if one.not_run]
    assert reasons
    assert {
        path for one in reasons for path in re.findall(r"tests/\w+\.py", one) if not (ROOT / path).is_file()
    } == set()


def test_commands_and_python_stand_in_blocks_that_are_run() -> None:
    kinds = {
        (name, token.info)
        for name, path in zip(NAMES, PAGES, strict=True)
        for token in MarkdownIt().parse(path.read_text(encoding="utf-8"))
        if token.type == "fence" and name != "commands.md"  # typer writes that one
    }
    assert {one for one in kinds if one[1] in {"bash", "shell", "console", "py", "python3", "pycon"}} == set()


def test_every_page_stands_in_a_table_of_contents_of_the_home_page_and_none_is_missing() -> None:
    found: set[Path] = set()
    for block in re.findall(
        r"^```\{toctree\}\n(.*?)^```$", (DOCS / "index.md").read_text("utf-8"), re.DOTALL | re.MULTILINE
    ):
        for entry in re.findall(r"^(?!:)(?:.* <)?([^<>\s]+)>?$", block, re.MULTILINE):
            pages = {path.resolve() for path in DOCS.glob(f"{entry}.md")}
            assert pages, f"docs/index.md lists `{entry}`, and there is no such page"
            found |= pages
    forgotten = {path for path in DOCS.rglob("*.md") if path.name != "index.md"} - found
    assert not forgotten, f"add to a toctree of docs/index.md: {sorted(path.name for path in forgotten)}"


@pytest.mark.parametrize("path", [*PAGES, *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md"))])
def test_a_link_to_a_file_leads_to_one(path: Path) -> None:
    inline = [token for token in MarkdownIt().parse(path.read_text(encoding="utf-8")) if token.type == "inline"]
    links = [
        str(child.attrs.get("href") or child.attrs["src"])
        for token in inline
        for child in token.children or ()
        if child.type in {"link_open", "image"}
    ]
    targets = {one.partition("#")[0] for one in links if not re.match(r"[a-z]+:", one)} - {""}
    assert {one for one in targets if not (path.parent / one).is_file()} == set()


def made() -> ModuleType:
    spec = importlib.util.spec_from_file_location("made", DOCS / "made.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["commands.md", "assumptions.md", "architecture.svg"])
def test_what_is_made_from_the_code_and_the_rule_sets_is_current(name: str) -> None:
    module = made()
    assert set(module.MADE) == {"commands.md", "assumptions.md", "architecture.svg"}
    assert (DOCS / name).read_text(encoding="utf-8") == module.MADE[name](), "run `python docs/made.py`"


def test_the_picture_of_the_modules_has_every_folder_and_nothing_else() -> None:
    source = ROOT / "src" / "hmic_rules"
    folders = {f"{path.parent.relative_to(source).as_posix()}/" for path in source.rglob("*.py")} - {"./"}
    modules = {path.stem for path in source.glob("*.py")} - {"__init__"}
    shown = {name for names in made().bands().values() for name in names}
    inner = {one for one in folders if one.count("/") > 1}  # may stand for themselves or within their folder
    assert folders - inner <= shown
    assert shown <= folders | modules
    assert modules <= shown
    assert all(f">{name}</text>" in (DOCS / "architecture.svg").read_text(encoding="utf-8") for name in shown)


def test_the_python_reference_has_every_public_name_once() -> None:
    page = (DOCS / "api.md").read_text(encoding="utf-8")
    named = re.findall(r"^\.\. auto(?:function|class|exception):: hmic_rules\.(\w+)$", page, re.MULTILINE)
    assert sorted(named) == sorted(hr.__all__)


def test_each_paragraph_of_the_semantics_names_conformance_cases_that_exist_and_no_file_of_them_is_left_out() -> None:
    page = (DOCS / "semantics.md").read_text(encoding="utf-8")
    folder = ROOT / "tests" / "conformance"
    titles = {
        path.stem: {case["case"] for case in YAML(typ="safe", pure=True).load(path.read_text("utf-8"))["cases"]}
        for path in folder.glob("*.yaml")
    }
    linked: set[str] = set()
    defined, _, _ = page.partition("## Elsewhere")
    paragraphs = [one.strip() for one in defined.split("\n\n")[2:] if one.strip() and not one.startswith("#")]
    assert len(paragraphs) > 30
    for text, pinned in zip(paragraphs[::2], paragraphs[1::2], strict=True):
        assert not text.startswith(">"), text
        assert pinned.startswith("> Pinned by "), text
        for line in re.findall(r"^> (.+)$", pinned, re.MULTILINE):
            one = re.fullmatch(r"Pinned by \[([\w-]+)\]\(\.\./tests/conformance/([\w-]+)\.yaml\): (.+)\.", line)
            assert one is not None, line
            assert one[1] == one[2]
            linked.add(one[1])
            assert {case.strip("*") for case in one[3].split("; ")} <= titles[one[1]], line
    assert linked == set(titles)


def test_the_limits_that_are_printed_are_those_of_the_code() -> None:
    page = (DOCS / "limits.md").read_text(encoding="utf-8")
    assert f"has at most {MAX_BYTES >> 20} MB, {MAX_NODES:,} entries, {MAX_DEPTH} levels" in page
    assert f"{MAX_LINE:,} characters in a line" in page
    assert f"{TABLE_BYTES >> 20} MB, {MAX_ROWS:,} rows and {MAX_COLUMNS} columns" in page
    assert f"a diagram would pass {CAP:,} states" in page


PROOF = r"`([\w-]+)`: ([\w-]+), (?:`([\w-]+)`|every one): (\w+)(?: \([^()|;]*\))?"


def test_the_proofs_beside_the_properties_are_those_of_the_certificates() -> None:
    page = (DOCS / "properties.md").read_text(encoding="utf-8")
    cells = re.findall(r"^\| [^|]+ \| `test_[^|]+ \| ([^|]+) \|$", page, re.MULTILINE)
    wrong = [one for one in cells if one != "none" and not re.fullmatch(rf"{PROOF}(?:; {PROOF})*", one)]
    assert wrong == []
    proofs = [found for one in cells for found in re.findall(PROOF, one)]
    assert len(proofs) > 20
    for ruleset, kind, about, verdict in proofs:
        data = json.loads((ROOT / "rulesets" / ruleset / "certificate.json").read_text(encoding="utf-8"))
        own = [one for one in data["obligations"] if one["kind"] == kind and about in ("", one["about"])]
        assert {one["verdict"] for one in own} == {verdict}, (ruleset, kind, about)


PAGE = """
```sh
echo "one
two
three"
```

```text
one
…
three
```

<!-- not run: it would not end -->
```sh
sleep infinity
```

```yaml
# given.yaml
a: 1
```

<!-- exits 1 -->
```sh
grep b given.yaml
```

```python
a = 1
```

```python
print(a)
```

```text
2
```
"""


def test_a_page_is_done_in_order_and_what_is_printed_otherwise_is_noticed(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(PAGE, encoding="utf-8")
    (tmp_path / "here").mkdir()
    wanted = list(steps(PAGE))
    assert [(one.kind, one.not_run, one.exits) for one in wanted] == [
        ("sh", None, 0),
        ("sh", "it would not end", 0),
        ("file", None, 0),
        ("sh", None, 1),
        ("python", None, 0),
        ("python", None, 0),
    ]
    found = run_page(page, tmp_path / "here")
    assert [(one["exits"], one["printed"]) for one in found] == [
        (0, "one\ntwo\nthree\n"),
        (1, ""),
        (0, ""),
        (0, "1\n"),
    ]
    assert not differs(str(wanted[0].prints), found[0]["printed"])
    assert differs(str(wanted[-1].prints), found[-1]["printed"])
    page.write_text(PAGE.replace("exits 1", "exits 0"), encoding="utf-8")
    (tmp_path / "there").mkdir()
    assert [one["exits"] for one in run_page(page, tmp_path / "there")] == [0, 1], "nothing after what goes wrong"


@pytest.mark.parametrize(
    ("prints", "printed", "other"),
    [
        ("a\nb", "a \nb\n\n", False),
        ("a\nb", "a\nb\nc", True),
        ("a\n…", "a\nb\nc", False),
        ("…\nc", "a\nb\nc", False),
        ("…\nb", "a\nb\nc", True),
        ("a\n…\nb", "a\nb", False),
        ("a.c", "abc", True),
    ],
)
def test_three_dots_stand_for_any_lines_and_nothing_else_does(prints: str, printed: str, other: bool) -> None:
    assert differs(prints, printed) is other
