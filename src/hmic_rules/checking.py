"""A rule set checked: whether it loads, what is odd in it, and whether each of its cases comes out as it expects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, TypeAlias, cast

from attrs import field, frozen

from hmic_rules.catalogue import Place, find
from hmic_rules.conditions import CASE
from hmic_rules.datatypes import BooleanType, LabelType, shown
from hmic_rules.decisions import Decision, decide
from hmic_rules.errors import Diagnostic, HmicRulesError, InputError, NotFoundError, Span, did_you_mean, quoted
from hmic_rules.example_cases import example_case
from hmic_rules.lineage import ancestors_data, change_in_words, changes_data, extends_in_words, origins_data
from hmic_rules.linting.extensions import (
    INHERITED_CASE,
    is_inherited,
    of_its_own,
    own_patterns,
    replaced_by_the_same,
    told_as_inherited,
)
from hmic_rules.linting.lints import lint
from hmic_rules.linting.unread import unused_patterns
from hmic_rules.loading import trees
from hmic_rules.loading.fields import Reader
from hmic_rules.loading.rulesets import read_ruleset
from hmic_rules.outcomes import Outcome, Status, in_a_row
from hmic_rules.rules import Points, RuleList, ValueRule
from hmic_rules.rulesets import Case, Ruleset
from hmic_rules.sources.citing import held_to_indexes
from hmic_rules.verification.certificates import CERTIFICATE, stale

__all__ = ["CaseResult", "Report", "check", "check_cases", "check_data", "unexpected"]

STATUSES: Final[dict[str, Status]] = {
    "no rule covers this": "no rule covers this",
    "not applicable": "not applicable",
    "undetermined": "undetermined",
}


@frozen
class CaseResult:
    """How one case of a rule set came out.

    Attributes:
        title: the case's sentence.
        place: where it stands.
        passed: whether everything that it expects follows from its facts.
        differences: what does not, one sentence each; or why its facts are refused.

    """

    title: str
    place: Span | str
    passed: bool = field(init=False)
    differences: tuple[str, ...]

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "passed", not self.differences)


@frozen
class _Expected:
    """What must follow for one value: a status, the results still possible, or both."""

    written: str
    status: Status | None
    possible: frozenset[str] | None = None

    def fits(self, outcome: Outcome) -> bool:
        return (self.status is None or self.status == outcome.status) and (
            self.possible is None or self.possible == frozenset(outcome.possible)
        )


_Expectation: TypeAlias = _Expected | Mapping[str, _Expected]


def check_cases(ruleset: Ruleset) -> tuple[CaseResult, ...]:
    """Decide every case of a rule set and compare what follows with what the case expects.

    Under ``expect``, each name of a value has one of: a literal (the value is decided, and this); ``{possible: [ … ]}`` (exactly these
    results are left); ``no rule covers this``, ``not applicable`` or ``undetermined``; or, for a value on items or groups, a mapping
    from their keys to one of these.

    Raises:
        InputError: a case expects something of a value that does not exist, or something that its type does not have; with every
            such problem. Facts that are refused are a difference, not an error.

    """
    reader = Reader()
    expected = [_expectations(reader, ruleset, case) for case in ruleset.cases]
    reader.finish()
    return tuple(
        CaseResult(case.title, case.place, tuple(_differences(ruleset, case, found)))
        for case, found in zip(ruleset.cases, expected, strict=True)
    )


def unexpected(decision: Decision, case: Case) -> tuple[str, ...]:
    """What a case expects and its decision does not give, one sentence each.

    Raises:
        InputError: the case expects something of a value that does not exist, or something that its type does not have.

    """
    reader = Reader()
    expected = _expectations(reader, decision.ruleset, case)
    reader.finish()
    return tuple(line for name, one in expected.items() for line in _compared(decision, name, one))


def _expectations(reader: Reader, ruleset: Ruleset, case: Case) -> dict[str, _Expectation]:
    found: dict[str, _Expectation] = {}
    reader.mapping(case.parameters, "`parameters`")
    mapping = reader.mapping(case.expect, "`expect`")
    for name, tree in mapping.entries.items() if mapping is not None else ():
        value = ruleset.values.get(name)
        if value is None:
            span = mapping.keys[name].span if mapping is not None else tree.span
            help = did_you_mean(name, ruleset.values)
            reader.error(span, f"no value is called {quoted(name)}", help, "unknown-name")
        elif value.scope == CASE:
            expected = _expected(reader, value, tree)
            if expected is not None:
                found[name] = expected
        else:
            what = f"what is expected of {quoted(name)}, which stands on each of {quoted(value.scope)},"
            items = reader.mapping(tree, what)
            each = {key: _expected(reader, value, one) for key, one in items.entries.items()} if items else {}
            found[name] = {key: one for key, one in each.items() if one is not None}
    return found


def _expected(reader: Reader, value: ValueRule, tree: trees.Tree) -> _Expected | None:
    type = value.type
    if isinstance(tree, trees.Mapping):
        mapping = reader.mapping(tree, f"what is expected of {quoted(value.name)}", ("possible",), ("possible",))
        if mapping is None or "possible" not in mapping.entries:
            return None
        listed = [_written(reader, value, one) for one in reader.sequence(mapping.entries["possible"], "`possible`")]
        return _Expected(in_a_row(listed, " or "), None, frozenset(listed))
    if (
        isinstance(tree, trees.Scalar)
        and tree.text in STATUSES
        and not (isinstance(type, LabelType) and tree.text in type.ranks)
    ):
        return _Expected(tree.text, STATUSES[tree.text])
    literal = reader.value(tree, type, f"what is expected of {quoted(value.name)}")
    return None if literal is None else _Expected(shown(literal), "decided", frozenset([shown(literal)]))


def _written(reader: Reader, value: ValueRule, tree: trees.Tree) -> str:
    """One result still possible, as a decision writes it; an interval is compared as it is written."""
    text = reader.text(tree, "a result") or ""
    if text in STATUSES or not isinstance(value.type, BooleanType | LabelType):
        return text
    literal = reader.value(tree, value.type, "a result")
    return text if literal is None else shown(literal)


def _differences(ruleset: Ruleset, case: Case, expected: Mapping[str, _Expectation]) -> Iterator[str]:
    parameters = case.parameters.entries if isinstance(case.parameters, trees.Mapping) else None
    try:
        decision = decide(ruleset, case.facts, framework=case.framework, profile=case.profile, parameters=parameters)
    except InputError as error:
        yield from map(str, error.diagnostics)
    except HmicRulesError as error:
        yield str(error)
    else:
        for name, one in expected.items():
            yield from _compared(decision, name, one)


def _compared(decision: Decision, name: str, expected: _Expectation) -> Iterator[str]:
    if isinstance(expected, _Expected):
        if not expected.fits(decision[name]):
            yield _sentence(quoted(name), expected, decision[name])
        return
    items = decision.items(name)
    for key, one in expected.items():
        if key not in items:
            help = did_you_mean(key, items)
            yield f"{quoted(name)} stands on no item {quoted(key)}" + (f": {help}" if help else "")
        elif not one.fits(items[key]):
            yield _sentence(f"{quoted(name)} of {quoted(key)}", one, items[key])


def _sentence(what: str, expected: _Expected, outcome: Outcome) -> str:
    found = quoted(outcome) if outcome.status == "decided" else str(outcome)
    return f"{what} should be {quoted(expected.written)}, and is {found}"


@frozen
class Report:
    """What checking a rule set found.

    Attributes:
        name: the name of the rule set, or what was asked for where it does not load.
        errors: why it, or its cases, cannot be read; without any, the rest was looked at.
        lints: what is odd and allowed.
        cases: its cases, run.
        values: how many derived values it has.
        rules: how many rules and limits they have.
        citations: how many of its citations were held to the index of their document; one that no index knows is an error.
        unchecked: how many were not, because their document has no index, by its title.
        ruleset: the rule set itself, where it loads.

    """

    name: str
    errors: tuple[Diagnostic, ...] = ()
    lints: tuple[Diagnostic, ...] = ()
    cases: tuple[CaseResult, ...] = ()
    values: int = 0
    rules: int = 0
    citations: int = 0
    unchecked: Mapping[str, int] = field(factory=dict)
    ruleset: Ruleset | None = field(default=None, eq=False, repr=False)

    @property
    def failed(self) -> tuple[CaseResult, ...]:
        """The cases that come out otherwise than they say."""
        return tuple(case for case in self.cases if not case.passed)

    @property
    def passed(self) -> bool:
        """Whether it loads and every case comes out as it says; lints do not count."""
        return not self.errors and not self.failed

    def __str__(self) -> str:
        """What a person reads at the terminal."""
        if self.errors:
            problems = _counted(len(self.errors), "problem")
            return "\n".join([f"{self.name}: {problems}", *map(str, self.errors), *self._further()])
        failed = self.failed
        verdict = f"{_counted(len(failed), 'case')} of {len(self.cases)} failed" if failed else "ok"
        counts = (
            _counted(self.values, "value"),
            _counted(self.rules, "rule"),
            _counted(len(self.cases), "case"),
            _counted(len(self.lints), "lint"),
        )
        lines = [f"{self.name}: {verdict}", f"  {', '.join(counts)}"]
        if self.ruleset is not None and self.ruleset.ancestors:
            lines.append(f"  extends {extends_in_words(self.ruleset)}")
            lines += [f"  {change_in_words(one)}" for one in self.ruleset.changes]
        if self.citations:
            lines.append(
                f"  {_counted(self.citations, 'citation')}, each of a passage that the index of its document has"
            )
        lines += [
            f"  {_counted(count, 'citation')} not checked, for want of an index: {title}"
            for title, count in self.unchecked.items()
        ]
        return "\n".join([*lines, *self._further()])

    def _further(self) -> list[str]:
        """The lints, and the cases that fail."""
        lines = [f"{found} [{found.code}]" if found.help is None else _with_code(found) for found in self.lints]
        for case in self.failed:
            lines.append(f"{case.place}: the case “{case.title}” fails")
            lines += [f"    {difference}" for difference in case.differences]
            if self.ruleset is not None and is_inherited(self.ruleset, case.place):
                lines.append(f"    help: it is inherited: {INHERITED_CASE}")
        return lines


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _with_code(found: Diagnostic) -> str:
    return f"{found.place}: {found.problem} [{found.code}]\n    help: {found.help}"


def check(name_or_path: str | Path) -> Report:
    """Load a rule set, look for what is odd in it, and run its cases.

    Args:
        name_or_path: the name under which it is shipped, a folder, or its main file.

    Returns:
        The report. What keeps the rule set from loading, or a case from being read, is among its ``errors``.

    """
    ruleset: Ruleset | None = None
    try:
        place = find("ruleset", name_or_path)
        ruleset = read_ruleset(place.read, place.file, place.shown_as, place.base)
        tree, _ = trees.read_tree(place.read(place.file), place.shown_as(place.file))
        example, refused = example_case(place, ruleset)
        wrong, cases = _run(ruleset, example)
        held = held_to_indexes(place)
    except InputError as error:
        found = error.diagnostics if ruleset is None else told_as_inherited(ruleset, error.diagnostics)
        return Report(str(name_or_path), found)
    except NotFoundError as error:
        return Report(str(name_or_path), (Diagnostic(str(name_or_path), str(error), None, "not-found"),))
    name = str(name_or_path) if wrong else ruleset.name
    wrong = (*wrong, *refused, *held.wrong)
    values = ruleset.values.values()
    rules = sum(
        len(value.limits) + (len(value.body.rules) if isinstance(value.body, RuleList | Points) else 0)
        for value in values
    )
    lints = (*_lints(place, ruleset, tree), *_certified(place, ruleset))
    return Report(name, wrong, lints, cases, len(values), rules, held.checked, held.unchecked, ruleset)


def _run(ruleset: Ruleset, example: Case | None) -> tuple[tuple[Diagnostic, ...], tuple[CaseResult, ...]]:
    """Every case run with what can be read of its expectations, and what cannot be; the one to try too, where it expects something."""
    reader = Reader()
    results = []
    for case in (*ruleset.cases, *([] if example is None or example.expect is None else [example])):
        expected = _expectations(reader, ruleset, case)
        results.append(CaseResult(case.title, case.place, tuple(_differences(ruleset, case, expected))))
    return told_as_inherited(ruleset, tuple(reader.problems)), tuple(results)


def _lints(place: Place, ruleset: Ruleset, tree: trees.Tree) -> Iterator[Diagnostic]:
    """What is odd in a rule set; of one that extends another, what is not odd in that already."""
    if not ruleset.ancestors:
        yield from (*lint(ruleset), *unused_patterns(tree))
        return
    extended = place.base(cast("Any", tree).entries["extends"].entries["ruleset"].text)
    base = read_ruleset(extended.read, extended.file, extended.shown_as, extended.base)
    yield from (
        *of_its_own(lint(ruleset), lint(base)),
        *replaced_by_the_same(ruleset),
        *unused_patterns(own_patterns(tree)),
    )


def _certified(place: Place, ruleset: Ruleset) -> Iterator[Diagnostic]:
    """That the certificate beside a rule set is about other files than these."""
    try:
        text = place.read(CERTIFICATE)
    except FileNotFoundError:
        return
    problem = stale(text, place.shown_as(CERTIFICATE), ruleset.fingerprint)
    if problem is not None:
        yield problem


def check_data(report: Report) -> dict[str, Any]:
    """The report as plain data, for JSON.

    Keys: ``name``; ``passed``; ``values``, ``rules``: how many there are; ``citations``: how many an index answers to; ``unchecked``: how many
    are in a document that has no index, by its title; ``errors`` and ``lints``, each with ``code``, ``file``, ``line``,
    ``column``, ``problem`` and ``help``; ``cases``, each with ``case``, ``file``, ``line``, ``column``, ``passed`` and ``differences``;
    ``extends``, ``changes`` and ``origins`` (:mod:`hmic_rules.lineage`): what it extends, what it changes there, and where each part comes from.
    Places that are no file have ``line`` and ``column`` null.
    """
    return {
        "name": report.name,
        "passed": report.passed,
        "values": report.values,
        "rules": report.rules,
        "citations": report.citations,
        "unchecked": dict(report.unchecked),
        "errors": [_diagnostic_data(found) for found in report.errors],
        "lints": [_diagnostic_data(found) for found in report.lints],
        "cases": [
            {
                "case": case.title,
                **_place_data(case.place),
                "passed": case.passed,
                "differences": [str(difference) for difference in case.differences],
            }
            for case in report.cases
        ],
        "extends": [] if report.ruleset is None else ancestors_data(report.ruleset),
        "changes": [] if report.ruleset is None else changes_data(report.ruleset),
        "origins": [] if report.ruleset is None else origins_data(report.ruleset),
    }


def _diagnostic_data(found: Diagnostic) -> dict[str, Any]:
    return {"code": found.code, **_place_data(found.place), "problem": found.problem, "help": found.help}


def _place_data(place: Span | str) -> dict[str, Any]:
    if isinstance(place, Span):
        return {"file": place.file, "line": place.line, "column": place.column}
    return {"file": place, "line": None, "column": None}
