"""Archives for the tests of concordance: cases as tables with what was recorded, and what must come of them, worked out row by row with ``decide``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import pyarrow

import hmic_rules as hr
from hmic_rules.datatypes import shown
from hmic_rules.outcomes import Outcome

RECORDED = "was recorded"


def archive_of(
    rules: hr.Ruleset, cases: Sequence[Mapping[str, Any]], recorded: Sequence[str | None]
) -> dict[str, list[dict[str, str | None]]]:
    """The rows of each table, every cell a text: items of a fixed collection as columns of the case, those of another as rows of their own."""
    tables: dict[str, list[dict[str, str | None]]] = {"case": []}
    for place, (facts, word) in enumerate(zip(cases, recorded, strict=True)):
        row: dict[str, str | None] = {"case": f"c{place}", RECORDED: word}
        for name, value in facts.items():
            if isinstance(value, Mapping):
                row |= {
                    f"{name}.{item}.{field}": _text(one)
                    for item, fields in value.items()
                    for field, one in fields.items()
                }
            elif name in rules.collections:
                own = [{"case": f"c{place}", **{field: _text(one) for field, one in item.items()}} for item in value]
                tables.setdefault(name, []).extend(own)
            else:
                row[name] = _text(value)
        tables["case"].append(row)
    return tables


def _text(value: Any) -> str | None:
    return None if value is None else shown(value)


def in_memory(rows: Sequence[Mapping[str, str | None]]) -> Any:
    columns = dict.fromkeys(name for row in rows for name in row)
    return pyarrow.table({name: pyarrow.array([row.get(name) for row in rows], pyarrow.string()) for name in columns})


def kind_of(labels: Sequence[str], outcome: Outcome, recorded: str, *, covered: bool) -> str:
    """Which of the five kinds a row is, from what a decision says; ``covered`` says that no complete case is left without a rule."""
    possible = set(outcome.possible)
    if covered and outcome.status == "undetermined":
        possible.discard("no rule covers this")
    if outcome.status in ("decided", "not applicable"):
        return "equal" if possible == {recorded} else "different"
    if recorded in possible:
        return "open" if possible >= set(labels) else "inside"
    if recorded in labels and "no rule covers this" in possible:
        return "open"
    return "outside"


def textbook_kappa(pairs: Sequence[tuple[str, str]], labels: Sequence[str], weights: str) -> Fraction | None:
    """Weighted kappa as textbooks have it, by agreement and not by disagreement: (observed - expected) / (1 - expected)."""
    if not pairs:
        return None
    last, number = max(len(labels) - 1, 1), len(pairs)

    def weight(one: str, other: str) -> Fraction:
        apart = Fraction(abs(labels.index(one) - labels.index(other)), last)
        return {"linear": 1 - apart, "quadratic": 1 - apart**2, "none": Fraction(int(one == other))}[weights]

    observed = sum((weight(*pair) for pair in pairs), Fraction(0)) / number
    ones = {label: Fraction(sum(pair[0] == label for pair in pairs), number) for label in labels}
    others = {label: Fraction(sum(pair[1] == label for pair in pairs), number) for label in labels}
    expected = sum((weight(one, other) * ones[one] * others[other] for one in labels for other in labels), Fraction(0))
    return None if expected == 1 else (observed - expected) / (1 - expected)
