"""The facts of a decision, as a case that anybody can put to the rule set again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from attrs import frozen

from hmic_rules.audit.canonical import written
from hmic_rules.audit.differing import within
from hmic_rules.audit.hiding import Hidden
from hmic_rules.conditions import CASE
from hmic_rules.decisions import Decision
from hmic_rules.possible import Known, is_known
from hmic_rules.programs import Program
from hmic_rules.rows import KEY, Row
from hmic_rules.rulesets import Collection
from hmic_rules.shapes import shape_of

__all__ = ["PATH", "inputs_of"]

PATH = "$.inputs"


def inputs_of(decision: Decision, hidden: Hidden | None = None) -> dict[str, Any]:
    """Every fact that is known, in one way of writing it; collections as lists of rows.

    What is not known is left out, and so is what is just what the rule set takes where nothing is given: of such a fact a decision does not
    keep whether anybody gave it. What is hidden stands as a digest in every case, so that not even that tells it.
    """
    return _Facts(decision.program, hidden).row(CASE, decision.case, PATH)


@frozen
class _Facts:
    program: Program
    hidden: Hidden | None

    def row(self, scope: str, row: Row, path: str) -> dict[str, Any]:
        """The facts of one row and of the rows inside it."""
        ruleset, slots = self.program.ruleset, self.program.layout.slots[scope]
        fixed, shape = self.program.compiler.fixed, shape_of(self.program, scope)
        settled = fixed.fields if fixed is not None and fixed.collection == scope else frozenset[str]()
        key = None if scope == CASE else ruleset.collections[scope].key
        found: dict[str, Any] = {}
        for one in (*shape.slots, *shape.judged):
            if one.name in settled:
                continue
            value = row[one.slot]
            plain = written(cast("Known", value)) if value is not None and is_known(value) else None
            if self.hidden is not None and f"{scope}.{one.name}" in self.hidden.facts:
                found[one.name] = self.hidden.digest(path + within(one.name), plain)
            elif plain is not None and (one.name == key or value != one.absent):
                found[one.name] = plain
        inner: Mapping[str, Collection] = (
            {name: one for name, one in ruleset.collections.items() if one.parent is None}
            if scope == CASE
            else ruleset.collections[scope].inner
        )
        for name, collection in inner.items():
            rows = self.rows(collection, cast("list[Row] | None", row[slots[name]]), path + within(name))
            if rows is not None:
                found[name] = rows
        return found

    def rows(self, collection: Collection, rows: list[Row] | None, path: str) -> Any:
        """The rows of a collection; of items that are there anyway, only those of which something is known."""
        whole = self.hidden is not None and collection.name in self.hidden.whole
        if rows is None:
            return cast("Hidden", self.hidden).digest(path, None) if whole else None
        fixed = self.program.compiler.fixed
        name = "name" if collection.items is not None else None
        if fixed is not None and fixed.collection == collection.name:
            name = collection.key
        found: list[dict[str, Any]] = []
        for row in rows:
            facts = self.row(collection.name, row, f"{path}[{len(found)}]")
            if name is None:
                found.append(facts)
            elif facts:
                found.append({name: written(cast("Known", row[KEY])), **facts})
        if whole:
            return cast("Hidden", self.hidden).digest(path, found)
        return found if name is None or found else None
