"""Judgements that persons recorded, from the files of an inspection."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from hmic_rules.conditions import CASE
from hmic_rules.datatypes import DateType
from hmic_rules.errors import Diagnostic, InputError, Span, capped, choices, quoted
from hmic_rules.inspections import Inspection
from hmic_rules.judgements import Judgement, ground_problem, reason_problem, role_problem, value_problem
from hmic_rules.loading.fields import Reader
from hmic_rules.loading.trees import Mapping as TreeMapping
from hmic_rules.loading.trees import Tree, one_or_many
from hmic_rules.possible import Known
from hmic_rules.rules import ValueRule
from hmic_rules.rulesets import Ruleset

__all__ = ["JUDGEMENTS", "KEYS", "REQUIRED", "RESTS_ON", "hold_to_rules", "read_judgements"]

JUDGEMENTS: Final = "judgements"
KEYS: Final = (
    "id",
    "framework",
    "value",
    "criterion",
    "readings",
    "is",
    "by",
    "reason",
    "date",
    "rules_gave",
    "rests_on",
)
REQUIRED: Final = ("id", "framework", "value", "is", "by", "reason", "date", "rests_on")
RESTS_ON: Final = ("findings", "cite")


def read_judgements(
    reader: Reader,
    trees: Sequence[Tree],
    ruleset: Ruleset,
    frameworks: Iterable[str],
    findings: Iterable[str],
    status: str,
) -> dict[str, Judgement]:
    """The judgements in the files of an inspection, by their ids. What the rule set says to them is asked later.

    Args:
        reader: takes the problems.
        trees: the files.
        ruleset: the inspection's.
        frameworks: those that were inspected.
        findings: the ids of the findings.
        status: the value that says how a criterion stands.

    """
    build = _Build(reader, ruleset, tuple(frameworks), frozenset(findings), status)
    found: dict[str, Judgement] = {}
    for tree in trees:
        listed = tree.entries.get(JUDGEMENTS) if isinstance(tree, TreeMapping) else None
        for item in reader.sequence(listed, f"`{JUDGEMENTS}`"):
            judgement = build.judgement(item)
            if judgement is None:
                continue
            if judgement.id in found:
                problem = f"the judgement {quoted(judgement.id)} stands twice"
                reader.error(judgement.at("id"), problem, "give each its own id", "duplicate-key")
                continue
            found[judgement.id] = judgement
    return found


def hold_to_rules(inspection: Inspection) -> None:
    """Ask the rule set whether every judgement may stand, under every reading. Without judgements nothing is decided.

    Raises:
        InputError: with every judgement that may not.

    """
    problems: list[Diagnostic] = []
    readings: list[str | None] = [*inspection.ruleset.profiles] or [None]
    for framework in dict.fromkeys(one.framework for one in inspection.judgements.values()):
        for reading in readings:
            try:
                inspection.judged(framework or "", reading)
            except InputError as error:
                problems.extend(error.diagnostics)
    if problems:
        raise InputError(capped(list(dict.fromkeys(problems))))


class _Build:
    """Reads one judgement after the other, each against what the inspection and its rule set know."""

    def __init__(
        self, reader: Reader, ruleset: Ruleset, frameworks: tuple[str, ...], findings: frozenset[str], status: str
    ) -> None:
        self.reader, self.ruleset, self.findings = reader, ruleset, findings
        self.frameworks = frameworks
        self.on_criteria = {ruleset.values[status].scope, ruleset.fills}

    def judgement(self, tree: Tree) -> Judgement | None:
        reader = self.reader
        mapping = reader.mapping(tree, reader.called(tree, "judgement"), KEYS, REQUIRED)
        if mapping is None:
            return None
        entries = mapping.entries
        id = reader.identifier(entries.get("id"), "the id of a judgement")
        framework = reader.one_of(entries.get("framework"), "a framework of this inspection", self.frameworks)
        value = self.value(entries.get("value"))
        item = self.item(mapping, framework, value)
        readings = self.readings(entries.get("readings"))
        judged = None if value is None else reader.value(entries.get("is"), value.type, "`is`")
        texts = {key: reader.text(entries.get(key), f"`{key}`") for key in ("by", "reason")}
        by, reason = texts.values()
        if by is not None and (fault := role_problem(by, value.name if value else "", self.ruleset)) is not None:
            reader.error(entries["by"].span, *fault, "judgement")
        if reason is not None and (fault := reason_problem(reason)) is not None:
            reader.error(entries["reason"].span, *fault, "judgement")
        date = reader.value(entries.get("date"), DateType(), "`date`")
        findings, passages = self.rests_on(entries.get("rests_on"))
        gave = self.gave(entries.get("rules_gave"))
        parts: list[Any] = [id, framework, value, judged, date, *texts.values()]
        if any(part is None for part in parts) or value is None or not isinstance(date, datetime.date):
            return None
        places = {key: child.span for key, child in entries.items()} | {"item": _at(entries, "criterion", mapping)}
        return Judgement(
            str(id),
            framework,
            value.name,
            item,
            _known(judged),
            str(texts["by"]),
            str(texts["reason"]),
            date,
            findings,
            passages,
            readings,
            gave,
            mapping.span,
            places,
        )

    def value(self, tree: Tree | None) -> ValueRule | None:
        name = self.reader.text(tree, "`value`")
        if name is None or tree is None:
            return None
        if (fault := value_problem(name, self.ruleset)) is not None:
            self.reader.error(tree.span, *fault, "judgement")
        return self.ruleset.values.get(name)

    def item(self, mapping: TreeMapping, framework: str | None, value: ValueRule | None) -> str | None:
        """The criterion, where the value stands on criteria."""
        tree = mapping.entries.get("criterion")
        name = self.reader.text(tree, "`criterion`")
        if value is None:
            return name
        if value.scope == CASE:
            if tree is not None:
                problem = f"{quoted(value.name)} stands on the whole framework, and on no criterion"
                self.reader.error(mapping.keys["criterion"].span, problem, "leave `criterion` out", "unknown-key")
            return None
        if value.scope not in self.on_criteria:
            problem = f"{quoted(value.name)} stands on each of {quoted(value.scope)}"
            help = "judge a criterion, or the whole framework"
            self.reader.error(_at(mapping.entries, "value", mapping), problem, help, "value")
            return None
        if tree is None:
            problem = f"{quoted(value.name)} stands on a criterion, and none is named"
            self.reader.error(mapping.span, problem, "add `criterion: ID`", "missing-key")
        elif name is not None and framework is not None and name not in self.ruleset.frameworks[framework].notes:
            problem = f"the framework {quoted(framework)} has no criterion {quoted(name)}"
            help = choices(name, self.ruleset.frameworks[framework].notes)
            self.reader.error(tree.span, problem, help, "unknown-name")
        return name

    def readings(self, tree: Tree | None) -> tuple[str, ...]:
        found: list[str] = []
        for item in one_or_many(tree):
            name = self.reader.text(item, "a reading")
            if name is not None and name not in self.ruleset.profiles:
                problem = f"{quoted(name)} is no reading of {quoted(self.ruleset.name)}"
                self.reader.error(item.span, problem, choices(name, self.ruleset.profiles), "unknown-name")
            elif name is not None:
                found.append(name)
        if tree is not None and not one_or_many(tree):
            help = "leave `readings` out where it stands under all of them"
            self.reader.error(tree.span, "it stands under no reading", help, "empty")
        return tuple(found)

    def gave(self, tree: Tree | None) -> dict[str | None, str]:
        """What the rules gave when it was judged, by reading; a text alone where the rule set has no readings."""
        if tree is None:
            return {}
        if not self.ruleset.profiles:
            text = self.reader.text(tree, "`rules_gave`")
            return {} if text is None else {None: text}
        mapping = self.reader.mapping(tree, "`rules_gave`", self.ruleset.profiles)
        entries = {} if mapping is None else mapping.entries
        texts = {name: self.reader.text(child, f"`{name}`") for name, child in entries.items()}
        return {name: text for name, text in texts.items() if text is not None}

    def rests_on(self, tree: Tree | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Findings by their ids, and passages by their addresses, which the index beside the inspection is asked for like any citation."""
        mapping = self.reader.mapping(tree, "`rests_on`", RESTS_ON)
        if mapping is None:
            return (), ()
        ids: list[str] = []
        for item in one_or_many(mapping.entries.get("findings")):
            id = self.reader.text(item, "a finding")
            if id is not None and id not in self.findings:
                problem = f"no finding is called {quoted(id)}"
                self.reader.error(item.span, problem, choices(id, self.findings), "unknown-name")
            if id is not None:
                ids.append(id)
        addresses = self.reader.cite(mapping.entries.get("cite"))
        if tree is not None and (fault := ground_problem(ids, addresses)) is not None:
            self.reader.error(tree.span, *fault, "judgement")
        return tuple(ids), addresses


def _at(entries: Mapping[str, Tree], key: str, mapping: TreeMapping) -> Span:
    return entries[key].span if key in entries else mapping.span


def _known(value: Known | None) -> Known:
    assert value is not None  # noqa: S101 - it is built only where every part is there
    return value
