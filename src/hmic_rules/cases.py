"""Facts to rows: every name known, every value of its type, what is absent unknown or closed as its input declares.

Facts are Python data, or trees that keep their places in a file; the same code reads both, and reports all problems at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, TypeAlias, cast

from attrs import field, frozen

from hmic_rules.arguments import PLAINLY, fails_to_read
from hmic_rules.conditions import CASE
from hmic_rules.datatypes import WrongValue
from hmic_rules.errors import MAX_PROBLEMS, Diagnostic, InputError, Span, capped, choices, quoted, text_of
from hmic_rules.evaluation import KEY, PLACE, CaseRow, Fixed, Row, place_of
from hmic_rules.givens import (
    entries_of,
    fields_of,
    is_nan,
    is_null,
    shape_wanted,
    with_key,
    without_name,
    written_as,
)
from hmic_rules.loading import trees
from hmic_rules.possible import NOT_APPLICABLE, Value, is_known
from hmic_rules.programs import Program
from hmic_rules.rulesets import Collection, Framework
from hmic_rules.shapes import Shape, Slot, shape_of

__all__ = ["LINE", "case_row", "framework_rows"]

Path: TypeAlias = tuple[str | int, ...]
MISSING: Any = object()
LINE: Final = "line "  # what the row of a table without a key is called by
NAMED: Final = 6  # so many fields are named where facts are no mapping


@frozen(eq=False)
class CaseReader:
    """Reads facts for one program."""

    program: Program
    problems: list[Diagnostic] = field(factory=list)

    def error(self, at: Any, path: Path, problem: str, help: str | None = None) -> None:
        place = at.span if isinstance(at, trees.Scalar | trees.Sequence | trees.Mapping) else _shown(path)
        self.problems.append(Diagnostic(place, problem, help, "case"))
        if len(self.problems) >= MAX_PROBLEMS:
            self.finish()

    def case(self, facts: Any, root: Path) -> Row:
        """The row of the case."""
        row = CaseRow(self.row(CASE, facts, root))
        row[KEY] = "case"
        fixed = self.program.compiler.fixed
        if fixed is not None:
            slot = self.program.layout.slots[CASE][fixed.collection]
            if row[slot] is None:
                row[slot] = cast("Value", [self.program.copied(one, fixed.collection) for one in fixed.rows])
        return row

    def row(self, scope: str, facts: Any, path: Path) -> Row:
        """One row of a scope from a mapping of names to facts."""
        shape = shape_of(self.program, scope)
        row = cast("Row", [None] * shape.size)
        row[PLACE] = cast("Value", facts.span if isinstance(facts, trees.Mapping) else path)
        entries: Mapping[str, Any]
        if isinstance(facts, trees.Mapping):
            entries = facts.entries
        elif facts.__class__ is dict:
            entries = facts
        elif isinstance(facts, Mapping):
            entries = self.plainly(facts, path) or {}
        else:
            problem = f"facts must be a mapping of names to values, and this is {quoted(written_as(facts))}"
            named = ", ".join(f"{slot.name}: …" for slot in shape.slots[:NAMED])
            self.error(facts, path, problem, f"name each: {{{named}}}" if scope != CASE and named else None)
            entries = {}
        taken = 0
        for slot in shape.slots:
            raw = entries.get(slot.name, MISSING)
            if raw is MISSING:
                row[slot.slot] = slot.absent
                continue
            taken += 1
            label = slot.labels.get(raw) if slot.labels is not None and raw.__class__ is str else None
            row[slot.slot] = label if label is not None else self.fact(slot, raw, path)
        for slot in shape.judged:
            if (raw := entries.get(slot.name, MISSING)) is not MISSING:
                taken += 1
                row[slot.slot] = cast("Value", None) if is_null(raw) else self.fact(slot, raw, path)
        collections = self.program.ruleset.collections
        for name in (
            shape.names - {slot.name for slot in (*shape.slots, *shape.judged)} if len(shape.names) > taken else ()
        ):
            raw = entries.get(name, MISSING)
            taken += raw is not MISSING
            if raw is MISSING or is_null(raw):
                rows = None if collections[name].items is None else self.named_items(collections[name], {}, path)
            else:
                rows = self.items(collections[name], raw, (*path, name))
            row[self.program.layout.slots[scope][name]] = cast("Value", rows)
        if taken < len(entries):
            self.unknown_names(facts, entries, shape, path, scope)
        return row

    def plainly(self, given: Mapping[Any, Any], path: Path) -> dict[Any, Any] | None:
        """A mapping of a class of somebody's own as a plain one; ``None`` where reading it fails."""
        try:
            return dict(given)
        except Exception as error:  # noqa: BLE001 - somebody else's object
            self.error(given, path, fails_to_read(error), PLAINLY)
            return None

    def each(self, given: Iterable[Any], path: Path) -> Iterator[Any]:
        """The items of something that can be iterated over, as far as that goes well."""
        if given.__class__ is list or given.__class__ is tuple:
            yield from given
            return
        try:
            yield from iter(given)
        except Exception as error:  # noqa: BLE001 - somebody else's object
            self.error(given, path, fails_to_read(error), PLAINLY)

    def unknown_names(self, facts: Any, entries: Mapping[Any, Any], shape: Shape, path: Path, scope: str) -> None:
        for name in entries:
            if name not in shape.names:
                at = facts.keys[name] if isinstance(facts, trees.Mapping) else None
                what = "an input" if scope == CASE else f"a field of {quoted(scope)}"
                self.error(
                    at,
                    (*path, text_of(name)),
                    f"{quoted(name)} is not {what}",
                    choices(text_of(name), shape.names),
                )

    def fact(self, slot: Slot, raw: Any, path: Path) -> Value:
        """One fact; null is unknown."""
        if is_null(raw):
            return slot.absent
        written = raw.text if isinstance(raw, trees.Scalar) else raw
        written = str.__str__(written) if isinstance(written, str) else written
        if slot.may_be_not_applicable and (
            written is NOT_APPLICABLE or (written.__class__ is str and written == NOT_APPLICABLE.value)
        ):
            return NOT_APPLICABLE
        try:
            if isinstance(raw, trees.Scalar):
                return slot.type.parse(raw.text)
            if isinstance(raw, trees.Mapping | trees.Sequence):
                raise WrongValue(
                    f"a {'list' if isinstance(raw, trees.Sequence) else 'mapping'} is not {slot.type.described}"
                )
            return slot.type.accept(raw)
        except WrongValue as wrong:
            help = "use None for what is unknown" if is_nan(raw) else wrong.help
            self.error(raw, (*path, slot.name), wrong.problem, help)
            return slot.absent

    def items(self, collection: Collection, raw: Any, path: Path) -> list[Row]:
        """The rows of a collection: a list of mappings, or a mapping from keys to fields."""
        if collection.items is not None:
            return self.named_items(collection, raw, path)
        fixed = self.program.compiler.fixed
        if fixed is not None and fixed.rows and collection.name == fixed.collection:
            plain = raw.__class__ is dict and not collection.inner and isinstance(fixed.rows[0][KEY], str)
            found = self.plainly_filled(fixed, raw) if plain else None
            return self.filled_items(collection, fixed, raw, path) if found is None else found
        rows: list[Row] = []
        seen: set[Value] = set()
        for place, given in self.listed(collection, raw, path):
            row = self.row(collection.name, given, place)
            self.key(collection, row, seen, given, place)
            rows.append(row)
        self.sized(collection, len(rows), raw, path)
        return rows

    def listed(self, collection: Collection, raw: Any, path: Path) -> Iterator[tuple[Path, Any]]:
        entries = raw.entries if isinstance(raw, trees.Mapping) else raw
        if isinstance(entries, Mapping) and collection.key is not None:
            for name, given in (self.plainly(entries, path) or {}).items():
                plain = (
                    given if given.__class__ is dict or not isinstance(given, Mapping) else self.plainly(given, path)
                )
                yield (*path, text_of(name)), with_key(plain, collection.key, name)
        elif isinstance(raw, trees.Sequence) or (
            isinstance(raw, Iterable) and not isinstance(raw, str | bytes | Mapping | trees.Mapping | trees.Scalar)
        ):
            for place, given in enumerate(self.each(raw.items if isinstance(raw, trees.Sequence) else raw, path)):
                yield (*path, place), given
        else:
            self.error(raw, path, f"{quoted(collection.name)} must be a list of mappings")

    def key(self, collection: Collection, row: Row, seen: set[Value], given: Any, path: Path) -> None:
        """The row's key; a key that is missing or stands twice is an error."""
        if collection.key is None:
            row[KEY] = f"{LINE}{given.span.line}" if isinstance(given, trees.Record) else f"#{len(seen) + 1}"
            seen.add(row[KEY])
            return
        row[KEY] = row[self.program.layout.slots[collection.name][collection.key]]
        if not is_known(row[KEY]) and not is_null(entries_of(given).get(collection.key)):
            return  # it is of a wrong type, which was said
        if not is_known(row[KEY]) or row[KEY] is NOT_APPLICABLE:
            self.error(
                given,
                path,
                f"an item of {quoted(collection.name)} has no {quoted(collection.key)}",
                "every item needs its key",
            )
        elif row[KEY] in seen:
            self.error(
                given,
                path,
                f"{quoted(row[KEY])} stands twice in {quoted(collection.name)}",
                "give each item its own key",
            )
        seen.add(row[KEY])

    def sized(self, collection: Collection, size: int, raw: Any, path: Path) -> None:
        if size < collection.at_least or (collection.at_most is not None and size > collection.at_most):
            wanted = (
                f"at least {collection.at_least}" if size < collection.at_least else f"at most {collection.at_most}"
            )
            self.error(raw, path, f"{quoted(collection.name)} has {size} items, and it must have {wanted}")

    def named_items(self, collection: Collection, raw: Any, path: Path) -> list[Row]:
        """The rows of a fixed collection; an item that is not given has unknown fields."""
        names = cast("tuple[str, ...]", collection.items)
        slots = self.program.layout.slots[collection.name]
        shape = shape_of(self.program, collection.name)
        single = shape.slots[0].name if len(shape.names) == 1 else None
        given_rows: dict[str, Row] = {}
        for name, at, place, fields in self.named(collection, raw, path):
            if not isinstance(name, str) or name not in names:
                problem = f"{quoted(name)} is not an item of {quoted(collection.name)}"
                self.error(at, place, problem, choices(text_of(name), names))
            elif name in given_rows:
                self.error(
                    at, place, f"{quoted(name)} stands twice in {quoted(collection.name)}", "keep one of the two"
                )
            row = self.row(collection.name, fields_of(fields, single), place)
            given_rows.setdefault(name, row)
        rows: list[Row] = []
        for name in names:
            row = given_rows[name] if name in given_rows else self.row(collection.name, {}, (*path, name))
            row[KEY] = row[slots["name"]] = name
            rows.append(row)
        return rows

    def named(self, collection: Collection, raw: Any, path: Path) -> Iterator[tuple[Any, Any, Path, Any]]:
        """The items that are given of a fixed collection: each one's name, its place in a file, its path, and its fields."""
        if isinstance(raw, trees.Mapping):
            for name, fields in raw.entries.items():
                yield name, raw.keys[name], (*path, name), fields
            return
        if isinstance(raw, Mapping):
            for name, fields in (self.plainly(raw, path) or {}).items():
                yield name, None, (*path, text_of(name)), fields
            return
        items = raw.items if isinstance(raw, trees.Sequence) else raw
        if not isinstance(items, list | tuple):
            problem = f"{quoted(collection.name)} must be a mapping from its items to their fields"
            self.error(raw, path, problem, shape_wanted(collection))
            return
        for number, given in enumerate(items):
            own = entries_of(given).get("name")
            called = own.text if isinstance(own, trees.Scalar) else own
            if not isinstance(called, str):
                problem = f"an item of {quoted(collection.name)} has no `name`"
                self.error(given, (*path, number), problem, shape_wanted(collection))
            else:
                yield called, own, (*path, number), without_name(given)

    def plainly_filled(self, fixed: Fixed, raw: dict[Any, Any]) -> list[Row] | None:
        """The framework's rows with known labels in all open fields: the usual case, read fast. ``None`` where it is any other."""
        open_ = [slot for slot in shape_of(self.program, fixed.collection).slots if slot.name not in fixed.fields]
        rows = [template.copy() for template in fixed.rows]
        try:
            if not set(map(len, raw.values())) <= {len(open_)}:
                return None
            for field in open_:
                name, slot, labels = field.name, field.slot, field.labels or {}
                for key, given in raw.items():
                    rows[fixed.places[key]][slot] = labels[given[name]]
        except Exception:  # noqa: BLE001 - a name or label that is not known, or something that cannot be one: read slowly, it is told
            return None
        return rows

    def filled_items(self, collection: Collection, fixed: Fixed, raw: Any, path: Path) -> list[Row]:
        """The framework's rows, with the fields that the case adds to them."""
        given_rows: dict[Value, Row] = {}
        seen: set[Value] = set()
        shape, slots = shape_of(self.program, collection.name), self.program.layout.slots[collection.name]
        added = [
            *(slot.slot for slot in shape.slots if slot.name not in fixed.fields),
            *(slot.slot for slot in shape.judged),
            *(slots[name] for name in collection.inner),
        ]
        for place, given in self.listed(collection, raw, path):
            row = self.row(collection.name, given, place)
            self.key(collection, row, seen, given, place)
            given_rows[row[KEY]] = row
            if row[KEY] not in fixed.places and is_known(row[KEY]):
                self.error(
                    given,
                    place,
                    f"{quoted(row[KEY])} is not in the framework {quoted(self.program.framework or '')}",
                    None,
                )
            for name in entries_of(given):
                if isinstance(name, str) and name != collection.key and name in fixed.fields:
                    self.error(
                        given, (*place, name), f"{quoted(name)} is set by the framework", "leave it out of the case"
                    )
        rows: list[Row] = []
        for template in fixed.rows:
            row = self.program.copied(template, collection.name)
            if template[KEY] in given_rows:
                for slot in added:
                    row[slot] = given_rows[template[KEY]][slot]
            rows.append(row)
        return rows

    def finish(self) -> None:
        if self.problems:
            raise InputError(capped(self.problems))


def _shown(path: Path) -> str:
    return cast("str", place_of(cast("Row", [None, path])))


def case_row(program: Program, facts: Any, root: Path = ("facts",)) -> Row:
    """The row of a case.

    Args:
        program: the rule set, bound.
        facts: a mapping from names to Python values, or a tree.
        root: the path of the facts, for messages.

    Raises:
        InputError: with every problem in the facts.

    """
    reader = CaseReader(program)
    row = reader.case(facts, root)
    reader.finish()
    return row


def framework_rows(program: Program, framework: Framework) -> list[Row]:
    """The rows with which a framework fills its collection.

    Raises:
        InputError: a row does not fit the collection.

    """
    reader = CaseReader(program)
    collection = program.ruleset.collections[cast("str", program.ruleset.fills)]
    rows: list[Row] = []
    seen: set[Value] = set()
    for place, fields in enumerate(framework.rows):
        path: Path = ("frameworks", framework.id, place)
        tree = trees.Mapping(
            dict(fields),
            {name: trees.Scalar(name, True, _span(fields, framework)) for name in fields},
            _span(fields, framework),
        )
        row = reader.row(collection.name, tree, path)
        reader.key(collection, row, seen, tree, path)
        rows.append(row)
    reader.sized(collection, len(rows), None, ("frameworks", framework.id))
    reader.finish()
    return rows


def _span(fields: Mapping[str, Any], framework: Framework) -> Span:
    return next((child.span for child in fields.values()), framework.span)
