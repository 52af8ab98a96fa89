"""Decision tables: facts as columns, rules as rows, where every rule asks for a few facts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from attrs import frozen

from hmic_rules.backends.prose.conditions import condition_said
from hmic_rules.backends.prose.grammar import in_quotes, number, words_of
from hmic_rules.backends.prose.nouns import Voice
from hmic_rules.backends.prose.phrases import checked, reading
from hmic_rules.backends.prose.rules import DMN
from hmic_rules.conditions import Applicable, Condition, LabelIn, Symbol, Test
from hmic_rules.datatypes import BooleanType
from hmic_rules.documentation.pages import Block, Line, Table, code, line
from hmic_rules.documentation.speaking import Speaker
from hmic_rules.documentation.taking import value_told
from hmic_rules.rules import PointRule, Points, Rule, RuleList, ValueRule
from hmic_rules.structure import conjuncts, structure_of

__all__ = ["decision_table"]

MOST_COLUMNS: Final = 6
MOST_LONG: Final = 90
ANYTHING: Final = "–"


@frozen
class _Column:
    """What a column asks: a name, or a whole condition."""

    head: str
    cells: dict[str, str]


def decision_table(speaker: Speaker, value: ValueRule) -> Iterator[Block]:
    """The table of a value's rules, where they are over few enough facts."""
    body = value.body
    if not isinstance(body, RuleList | Points) or len(body.rules) < 2:
        return
    rules: tuple[Rule | PointRule, ...] = body.rules
    columns = _columns(rules, speaker.at(value))
    if columns is None:
        return
    policy = DMN[body.policy] if isinstance(body, RuleList) else "Collect, the sum"
    head = [
        line("Rule"),
        *(line(one.head[0].upper() + one.head[1:]) for one in columns),
        line(words_of(value.name).capitalize()),
    ]
    rows: list[tuple[Line, ...]] = []
    for rule in rules:
        cells = [line(one.cells.get(rule.id, ANYTHING)) for one in columns]
        then = value_told(rule.then, value.type) if isinstance(rule, Rule) else number(rule.worth)
        rows.append((line(code(rule.id)), *cells, line(then)))
    if isinstance(body, RuleList) and body.otherwise is not None:
        rest = [line(ANYTHING) for _ in columns]
        rows.append((line("where none holds"), *rest, line(value_told(body.otherwise.then, value.type))))
    yield Table(
        tuple(head), tuple(rows), f"{words_of(value.name).capitalize()} as a decision table. Hit policy: {policy}."
    )


def _columns(rules: tuple[Rule | PointRule, ...], voice: Voice) -> list[_Column] | None:
    """The columns, in the order in which the rules ask; ``None`` where they are too many or too long."""
    found: dict[object, _Column] = {}
    for rule in rules:
        for part in conjuncts(rule.when):
            key = (part.subject.scope, part.subject.name) if isinstance(part, Test) else structure_of(part)
            cell, head = _cell(part, voice)
            if head is None or len(head) > MOST_LONG:
                return None
            column = found.setdefault(key, _Column(head, {}))
            column.cells[rule.id] = f"{column.cells[rule.id]}, and {cell}" if rule.id in column.cells else cell
    return list(found.values()) if len(found) <= MOST_COLUMNS else None


def _cell(part: Condition, voice: Voice) -> tuple[str, str | None]:
    """What a rule asks in a column, and the head of the column."""
    if not isinstance(part, Test):
        said = condition_said(part, voice)
        return "yes", None if said.parts else said.text
    symbol = part.subject
    return _asked(part, voice), _head(symbol, voice)


def _head(symbol: Symbol, voice: Voice) -> str:
    if isinstance(symbol.type, BooleanType):
        return in_quotes(words_of(symbol.name))
    return reading(symbol, voice).removeprefix("its ").removeprefix("the ")


def _asked(test: Test, voice: Voice) -> str:
    if isinstance(test.subject.type, BooleanType) and len(test.checks) == 1:
        check = test.checks[0]
        if isinstance(check, LabelIn) and not check.negated and len(check.labels) == 1:
            return "yes" if True in check.labels else "no"
        if isinstance(check, Applicable):
            return "applicable" if check.wanted else "not applicable"
    return checked(test.checks, test.subject.type, voice)
