"""The facts of a rule set's worked cases as data, to draw other cases around them."""

from __future__ import annotations

from typing import Any, Final

from hmic_rules.conditions import CASE
from hmic_rules.datatypes import ScalarType, WrongValue
from hmic_rules.givens import entries_of, fields_of, is_null, with_key, without_name
from hmic_rules.loading.trees import Mapping as TreeMapping
from hmic_rules.loading.trees import Scalar, Sequence
from hmic_rules.possible import NOT_APPLICABLE
from hmic_rules.programs import Program
from hmic_rules.rules import Judged
from hmic_rules.rulesets import Collection, Ruleset, inputs_on
from hmic_rules.testing.deciding import accepted

__all__ = ["worked_facts"]

MOST_ROWS: Final = 60


def worked_facts(program: Program) -> list[dict[str, Any]]:
    """The facts of each worked case that the program takes: those of its framework, or of none where it has none.

    Cases that are refused, which a rule set may have to show that they are, and very long ones are left out.
    """
    found: list[dict[str, Any]] = []
    for case in program.ruleset.cases:
        if case.framework != program.framework:
            continue
        try:
            facts = _row(program.ruleset, CASE, case.facts)
        except WrongValue:
            continue
        if accepted(program, facts) and not any(
            isinstance(one, list) and len(one) > MOST_ROWS for one in facts.values()
        ):
            found.append(facts)
    return found


def _row(ruleset: Ruleset, scope: str, tree: Any) -> dict[str, Any]:
    """One row of a scope.

    Raises:
        WrongValue: something in it is not what the rule set takes.

    """
    inputs = inputs_on(ruleset, scope)
    judged = {
        value.name: value.type
        for value in ruleset.values.values()
        if value.scope == scope and isinstance(value.body, Judged)
    }
    found: dict[str, Any] = {}
    for name, child in entries_of(tree).items():
        if is_null(child):
            continue
        if name in inputs:
            found[name] = _fact(inputs[name].type, child, not_applicable=inputs[name].may_be_not_applicable)
        elif name in judged:
            found[name] = _fact(judged[name], child, not_applicable=False)
        elif name in ruleset.collections:
            found[name] = _items(ruleset, ruleset.collections[name], child)
        else:
            raise WrongValue(f"`{name}` is no fact")
    return found


def _fact(type: ScalarType, tree: Any, *, not_applicable: bool) -> Any:
    if not isinstance(tree, Scalar):
        raise WrongValue("a fact is one value")
    if not_applicable and tree.text == NOT_APPLICABLE.value:
        return tree.text
    return type.parse(tree.text)


def _items(ruleset: Ruleset, collection: Collection, tree: Any) -> Any:
    if collection.items is not None:
        names = [*collection.fields, *collection.inner]
        single = names[0] if len(names) == 1 else None
        if isinstance(tree, TreeMapping):
            given = dict(tree.entries)
        else:
            given = {_name(item): without_name(item) for item in getattr(tree, "items", ())}
        rows = {name: _row(ruleset, collection.name, fields_of(one, single)) for name, one in given.items()}
        return {name: rows.get(name, {}) for name in collection.items}
    if isinstance(tree, TreeMapping) and collection.key is not None:
        return [
            _row(ruleset, collection.name, with_key(row, collection.key, name)) for name, row in tree.entries.items()
        ]
    if not isinstance(tree, Sequence):
        raise WrongValue("items are a list")
    return [_row(ruleset, collection.name, item) for item in tree.items]


def _name(item: Any) -> str:
    name = entries_of(item).get("name")
    if not isinstance(name, Scalar):
        raise WrongValue("an item has no name")
    return name.text
