"""The house: imports go one way, heavy libraries stand in one room each, modules stay small, and no module knows a framework."""

from __future__ import annotations

import ast
import graphlib
import re
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "hmic_rules"
MODULES = {
    ".".join(path.relative_to(SOURCE.parent).with_suffix("").parts): path for path in sorted(SOURCE.rglob("*.py"))
}
FACES = {
    "hmic_rules.__init__",
    "hmic_rules.rulesets",
    "hmic_rules.inspections",
    "hmic_rules.decisions",
    "hmic_rules.catalogue",
}
HOMES = {
    "networkx": {"hmic_rules.graph.vocabulary", "hmic_rules.graph.exports"},
    "ruamel": {"hmic_rules.formatting.nodes", "hmic_rules.loading.trees", "hmic_rules.loading.complaints"},
    "watchfiles": {"hmic_rules.watching"},
    "typer": {
        "hmic_rules.cli",
        "hmic_rules.audit_commands",
        "hmic_rules.batch_commands",
        "hmic_rules.concordance_commands",
        "hmic_rules.documentation_commands",
        "hmic_rules.figure_commands",
        "hmic_rules.formatting_commands",
        "hmic_rules.glossary_commands",
        "hmic_rules.inspection_commands",
        "hmic_rules.judgement_commands",
        "hmic_rules.leverage_commands",
        "hmic_rules.list_commands",
        "hmic_rules.options",
        "hmic_rules.proof_commands",
        "hmic_rules.report_commands",
        "hmic_rules.schema_commands",
        "hmic_rules.source_commands",
        "hmic_rules.starting_commands",
    },
    "rich": {
        "hmic_rules.terminal",
        "hmic_rules.notebooks",
        "hmic_rules.screens.batches",
        "hmic_rules.screens.concordance",
        "hmic_rules.screens.decisions",
        "hmic_rules.screens.differences",
        "hmic_rules.screens.explanations",
        "hmic_rules.screens.figures",
        "hmic_rules.screens.glossaries",
        "hmic_rules.screens.gradings",
        "hmic_rules.screens.judgements",
        "hmic_rules.screens.leverage",
        "hmic_rules.screens.lineage",
        "hmic_rules.screens.outcomes",
        "hmic_rules.screens.parts",
        "hmic_rules.screens.proofs",
        "hmic_rules.screens.questions",
        "hmic_rules.screens.sources",
        "hmic_rules.screens.records",
        "hmic_rules.screens.vocabularies",
    },
    "jinja2": {"hmic_rules.documentation.html", "hmic_rules.report.rendering"},
    "markdown_it": {"hmic_rules.documentation.html"},
    "markupsafe": {
        "hmic_rules.documentation.html",
        "hmic_rules.report.abbreviating",
        "hmic_rules.report.rendering",
    },
    "duckdb": {"hmic_rules.batch.engine", "hmic_rules.backends.sql.duck"},
    "pyarrow": {"hmic_rules.backends.sql.duck"},
    "sqlglot": {
        "hmic_rules.backends.sql.bases",
        "hmic_rules.backends.sql.expressions",
        "hmic_rules.backends.sql.names",
        "hmic_rules.backends.sql.on_spark",
        "hmic_rules.backends.sql.writing",
        "hmic_rules.batch.quoting",
        "hmic_rules.spark.sessions",
    },
    "pyspark": {
        "hmic_rules.spark.columns",
        "hmic_rules.spark.fitting",
        "hmic_rules.spark.reading",
        "hmic_rules.spark.running",
        "hmic_rules.spark.sessions",
    },
    "rfc8785": {"hmic_rules.audit.canonical"},
    "filelock": {"hmic_rules.audit.journals"},
    "durable_rules_engine": {"hmic_rules.backends.engine"},
    "hypothesis": {
        "hmic_rules.testing.boundaries",
        "hmic_rules.testing.drawn_cases",
        "hmic_rules.testing.drawn_conditions",
        "hmic_rules.testing.drawn_inspections",
        "hmic_rules.testing.drawn_rulesets",
        "hmic_rules.testing.properties",
        "hmic_rules.testing.searching",
    },
    "pytest": {"hmic_rules.testing.collecting", "hmic_rules.testing.plugin"},
}


def imported(node: ast.AST) -> set[str]:
    if isinstance(node, ast.Import):
        return {alias.name for alias in node.names}
    if isinstance(node, ast.ImportFrom) and node.module:
        names = {f"{node.module}.{alias.name}" for alias in node.names}
        return {name for name in names if name in MODULES} or {node.module}
    return set()


def is_type_checking(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def top_level(path: Path) -> set[str]:
    """What a module imports when it is imported itself."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {name for node in tree.body if not is_type_checking(node) for name in imported(node)}


def anywhere(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    skipped = {id(inner) for node in ast.walk(tree) if is_type_checking(node) for inner in ast.walk(node)}
    return {name for node in ast.walk(tree) if id(node) not in skipped for name in imported(node)}


def test_modules_import_one_way():
    graph = {
        name: {used for used in top_level(path) if used in MODULES and used != name} for name, path in MODULES.items()
    }
    order = list(graphlib.TopologicalSorter(graph).static_order())
    assert len(order) == len(MODULES)


def rows_of_the_table() -> list[set[str]]:
    """The modules of each row of the table in the documentation."""
    text = (Path(__file__).parents[1] / "docs" / "architecture.md").read_text(encoding="utf-8")
    rows: list[set[str]] = []
    named: set[str] = set()
    for line in re.findall(r"^\| (`[\w.*`, ]+`) \|", text, re.MULTILINE):
        found = {f"hmic_rules.{name}" for name in re.findall(r"`([\w.*]+)`", line)}
        named |= found
        rows.append(found)
    packages = {name.removesuffix("*"): row for row in rows for name in row if name.endswith(".*")}
    for prefix, row in packages.items():
        row |= {name for name in MODULES if name.startswith(prefix) and name not in named}
    return rows


def test_a_module_imports_only_from_its_own_row_of_the_table_and_those_above_it():
    place = {name: number for number, row in enumerate(rows_of_the_table()) for name in row}
    wrong = [
        (name, used)
        for name, path in MODULES.items()
        for used in top_level(path)
        if used in place and name in place and place[used] > place[name]
    ]
    assert wrong == []
    assert len(place) > 80


def below(graph: dict[str, set[str]], name: str) -> set[str]:
    """Every module that is loaded when this one is."""
    found: set[str] = set()
    pending = [name]
    while pending:
        new = graph[pending.pop()] - found
        found |= new
        pending.extend(new)
    return found


def test_only_faces_reach_upward_and_only_when_called():
    graph = {name: {used for used in top_level(path) if used in MODULES} for name, path in MODULES.items()}
    upward = {
        name
        for name, path in MODULES.items()
        for used in anywhere(path)
        if used in MODULES and name in below(graph, used)
    }
    assert upward <= FACES


@pytest.mark.parametrize("library", HOMES)
def test_a_heavy_library_is_imported_in_its_own_module_only(library):
    users = {name for name, path in MODULES.items() if any(used.split(".")[0] == library for used in anywhere(path))}
    assert users
    assert users <= HOMES[library]


@pytest.mark.parametrize("name", MODULES)
def test_a_module_has_a_docstring_and_at_most_400_lines(name):
    text = MODULES[name].read_text(encoding="utf-8")
    if text:
        assert ast.get_docstring(ast.parse(text))
    assert len(text.splitlines()) <= 400


@pytest.mark.parametrize("name", MODULES)
def test_no_module_knows_a_framework(name):
    words = re.compile(
        r"\b(excellent|mappa|hmic 2007|safer neighbourhood|metropolitan|cqc|ofsted|ward)\b", re.IGNORECASE
    )
    assert not words.findall(MODULES[name].read_text(encoding="utf-8"))


def test_nothing_evaluates_unpickles_or_builds_from_tags():
    forbidden = {"eval", "exec", "compile", "pickle", "marshal", "shelve"}
    for path in MODULES.values():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        calls = {
            node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        assert not (calls | anywhere(path)) & forbidden


def test_the_table_of_modules_in_the_documentation_names_every_module():
    text = (Path(__file__).parents[1] / "docs" / "architecture.md").read_text(encoding="utf-8")
    for name in MODULES:
        short = name.removeprefix("hmic_rules.")
        package = short.split(".")[0]
        if short != "__init__":
            assert f"`{short}`" in text or f"`{package}.*`" in text


def test_the_table_of_properties_names_every_property_and_no_other():
    root = Path(__file__).parents[1]
    named = set(re.findall(r"`(test_\w+)`", (root / "docs" / "properties.md").read_text(encoding="utf-8")))
    files = sorted((root / "tests" / "properties").glob("test_*.py"))
    defined = {
        name
        for path in files
        for name in re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert named == defined
