"""The tables that the SQL of a rule set takes, and the columns that it gives: pure data, worked out from a program.

Cases stand in one table, each collection in one of its own. ``NULL`` is unknown. Whoever fills the tables answers for their values being of
these types and within their domains; the SQL does not look again.
"""

from __future__ import annotations

from collections.abc import Collection as Names
from collections.abc import Iterable, Mapping
from typing import Final, Literal, TypeAlias

from attrs import field, frozen

from hmic_rules.conditions import CASE
from hmic_rules.datatypes import BooleanType, DateType, LabelType, MonthType, NumberType, ScalarType
from hmic_rules.errors import Diagnostic, InputError, quoted
from hmic_rules.possible import NO_RULE, NOT_APPLICABLE
from hmic_rules.programs import Program
from hmic_rules.rules import Judged, RuleList, ValueRule
from hmic_rules.rulesets import Collection, Input

__all__ = [
    "CASES",
    "CASE_ID",
    "DENOMINATOR",
    "ROW",
    "Column",
    "Kind",
    "OutcomeColumns",
    "OutputTable",
    "Storage",
    "Table",
    "Tables",
    "key_of_collection",
    "labels_of",
    "may_be_wide",
    "outcome_columns",
    "storage_of",
    "tables_of",
    "wide_name",
]

CASES: Final = "cases"
CASE_ID: Final = "case_id"
ROW: Final = "row"
DENOMINATOR: Final = 10_000

Storage: TypeAlias = Literal["BIGINT", "INTEGER", "BOOLEAN", "VARCHAR", "DATE"]
Kind: TypeAlias = Literal["case", "parent", "key", "field", "not applicable", "given", "judged"]


@frozen
class Column:
    """One column of a table.

    Attributes:
        name: as it stands in the table.
        kind: ``case``, ``parent`` and ``key`` say which row it is and are never ``NULL``; ``field`` and ``judged`` are facts; ``not
            applicable`` stands beside the field of the same name and is true where that is not applicable; ``given`` says of a collection
            whether it was given, so that no rows mean an empty one (false or ``NULL``: absent, every question to it is unknown).
        storage: its SQL type. A month is the number of months since January of year 0: 12 times the year, plus the month, less 1.
        field: the name of the input, value or collection it belongs to, ``None`` for ``case`` and ``parent``.
        item: for a wide column, the key of the item that it belongs to.
        type: the type in the rule language, where there is one.
        per: a decimal or share is stored as a whole number of so many parts: 0.25 per 10,000 is 2,500.

    """

    name: str
    kind: Kind
    storage: Storage
    field: str | None = None
    type: ScalarType | None = None
    per: int = 1
    item: str | None = None


@frozen
class Table:
    """One table: that of the cases (``scope`` is ``case``), or that of a collection."""

    name: str
    scope: str
    columns: tuple[Column, ...]

    @property
    def keys(self) -> tuple[Column, ...]:
        """The columns that together are different in every row."""
        return tuple(column for column in self.columns if column.kind in ("case", "parent", "key"))

    def of(self, field: str, kind: Kind = "field", item: str | None = None) -> Column | None:
        """The column of an input, a judged value or a collection, or ``None`` where there is none."""
        return next((one for one in self.columns if (one.field, one.kind, one.item) == (field, kind, item)), None)


@frozen
class Tables:
    """All tables of a program: ``cases`` first, then one for each collection that cases bring rows of.

    ``items`` are the keys of the items that a collection is known to have, in order: those of a fixed one, or a framework's.
    """

    tables: Mapping[str, Table]
    items: Mapping[str, tuple[str, ...]]
    wide: frozenset[str]

    @property
    def cases(self) -> Table:
        return self.tables[CASE]


@frozen
class OutcomeColumns:
    """The columns of one value in what the SQL gives.

    Attributes:
        value: the decided result, ``NULL`` where none is decided: ``VARCHAR`` for labels and texts, ``BOOLEAN``, ``DATE``, or the ordinal of a month. In DuckDB
            this and other texts may be of an ``ENUM``, which compares and sorts as text.
            ``None`` for numbers, which are exact and stand in ``low`` and ``high``.
        status: ``decided``, ``undetermined``, ``not applicable`` or ``no rule covers this``; ``refused`` where the case has no decision.
        possible: for labels, truth values and texts, a mask of the results still possible: bit ``n`` stands for ``members[n]``. For numbers,
            dates and months: 1 where not applicable is possible, 2 where a gap is, 4 where the interval is.
        members: what the bits of ``possible`` stand for.
        low, high: the ends of the interval of numbers, dates and months, ``NULL`` where open; equal where decided.
        low_of, high_of: of numbers, the denominators of the ends (not reduced); ``None`` where every number is whole.
        rule: the id of the rule that gave the result, ``otherwise``, or ``NULL``; ``None`` without rules.
        limits: a mask of the limits that changed the result: bit ``n`` stands for ``limit_ids[n]``; ``None`` without limits.
        judgement: for a judged value, ``within``, ``outside``, ``undetermined`` or ``NULL``.
        unmet: by the id of a rule, the column that lists the keys of the items in its way: ``NULL`` where the rule surely holds.

    """

    name: str
    type: ScalarType
    value: str | None
    status: str
    possible: str
    members: tuple[object, ...]
    low: str | None
    high: str | None
    low_of: str | None
    high_of: str | None
    rule: str | None
    limits: str | None
    limit_ids: tuple[str, ...]
    judgement: str | None
    unmet: Mapping[str, str] = field(factory=dict)


@frozen
class OutputTable:
    """What one query gives: a row for each case, or for each item or group of one scope.

    ``keys`` are the columns that say which row it is: ``case_id``, then the keys of parents, items or groups, with their types. ``refused``
    is a text: why the case has no decision (``NULL`` where it has one).
    """

    scope: str
    keys: tuple[Column, ...]
    outcomes: Mapping[str, OutcomeColumns]
    refused: str


def wide_name(field: str, item: str) -> str:
    """What the column of one item's field is called in a wide table: ``status/id-of-the-item``."""
    return f"{field}/{item}"


def may_be_wide(program: Program, collection: str) -> str | None:
    """Why a collection cannot stand as columns of the cases, or ``None`` where it can."""
    ruleset = program.ruleset
    found = ruleset.collections[collection]
    if collection not in _known_items(program):
        return "its items are not known beforehand"
    if found.inner:
        return "its items have items of their own"
    expecting = {
        key
        for group in ruleset.groups.values()
        for key in (group.source, *(group.expected.keys.values() if group.expected else ()))
    }
    return "its items are grouped, or expect groups" if collection in expecting else None


def tables_of(
    program: Program,
    *,
    wide: Names[str] = (),
    denominators: Mapping[tuple[str, str], int] | None = None,
) -> Tables:
    """The tables that a program takes.

    Args:
        program: the rule set, bound to a framework, a profile and parameters.
        wide: collections with known items that stand as columns of the cases, one for each item and field (see :func:`wide_name`).
        denominators: for decimals and shares, by scope and field, into how many parts a whole is divided in the table; each must be a
            multiple of every denominator in the data. 10,000 where nothing is said.

    Raises:
        InputError: two columns would have one name, or a collection cannot be wide.

    """
    per = denominators or {}
    ruleset, known = program.ruleset, _known_items(program)
    problems = [
        Diagnostic(
            "wide", f"{quoted(name)} cannot stand as columns of the cases: {why}", "give it as a table of its own"
        )
        for name in sorted(wide)
        if (why := may_be_wide(program, name) if name in ruleset.collections else "there is no such collection")
    ]
    if problems:
        raise InputError(problems)
    cases = [Column(CASE_ID, "case", "BIGINT")]
    cases += _facts(program, CASE, ruleset.inputs.values(), per)
    tables: dict[str, Table] = {}
    for name, collection in ruleset.collections.items():
        fields = _open_fields(program, collection)
        if name in wide:
            for item in known[name]:
                cases += [
                    _wide(column, item)
                    for column in _facts(program, name, fields.values(), per)
                    if column.kind != "key"
                ]
            continue
        own = _facts(program, name, fields.values(), per)
        keys = [Column(CASE_ID, "case", "BIGINT"), *_parents(program, collection, per), _own_key(collection, per)]
        given = [_given(inner) for inner in collection.inner.values() if inner.items is None]
        if own or given or name not in known:
            tables[name] = Table(name, name, (*keys, *own, *given))
        if collection.parent is None and name not in known:
            cases.append(_given(collection))
    tables = {CASE: Table(CASES, CASE, tuple(cases)), **tables}
    for table in tables.values():
        _distinct(table)
    return Tables(tables, known, frozenset(wide))


def _known_items(program: Program) -> dict[str, tuple[str, ...]]:
    found = {
        name: collection.items
        for name, collection in program.ruleset.collections.items()
        if collection.items is not None
    }
    fixed = program.compiler.fixed
    if fixed is not None and all(isinstance(key, str) for key in fixed.places):
        found[fixed.collection] = tuple(str(key) for key in fixed.places)
    return found


def _open_fields(program: Program, collection: Collection) -> dict[str, Input]:
    """The fields that cases bring: not the key, and not what a framework says."""
    fixed = program.compiler.fixed
    said = fixed.fields if fixed is not None and fixed.collection == collection.name else frozenset()
    return {name: given for name, given in collection.fields.items() if name != collection.key and name not in said}


def _facts(program: Program, scope: str, inputs: Iterable[Input], per: Mapping[tuple[str, str], int]) -> list[Column]:
    found: list[Column] = []
    for given in inputs:
        found.append(_column(given.name, "field", given.name, given.type, per.get((scope, given.name))))
        if given.may_be_not_applicable:
            found.append(Column(f"{given.name}__na", "not applicable", "BOOLEAN", given.name))
    found.extend(
        _column(f"{value.name}__judged", "judged", value.name, value.type, per.get((scope, value.name)))
        for value in program.ruleset.values.values()
        if value.scope == scope and isinstance(value.body, Judged)
    )
    return found


def _column(name: str, kind: Kind, field: str, type: ScalarType, per: int | None) -> Column:
    whole = not isinstance(type, NumberType) or type.kind == "integer"
    return Column(name, kind, storage_of(type), field, type, 1 if whole else per or DENOMINATOR)


def storage_of(type: ScalarType) -> Storage:
    """The SQL type of a fact."""
    if isinstance(type, BooleanType):
        return "BOOLEAN"
    if isinstance(type, NumberType):
        return "BIGINT"
    if isinstance(type, DateType):
        return "DATE"
    return "INTEGER" if isinstance(type, MonthType) else "VARCHAR"


def _wide(column: Column, item: str) -> Column:
    suffix = column.name.removeprefix(column.field or "")
    name = f"{wide_name(column.field or '', item)}{suffix}"
    return Column(name, column.kind, column.storage, column.field, column.type, column.per, item)


def key_of_collection(collection: Collection) -> str:
    """The column that tells the items of a collection apart: their key, the ``name`` of a fixed item, or ``row`` where they have neither."""
    return "name" if collection.items is not None else collection.key or ROW


def _own_key(collection: Collection, per: Mapping[tuple[str, str], int]) -> Column:
    name = key_of_collection(collection)
    if collection.items is not None:
        return Column(name, "key", "VARCHAR", name)
    if collection.key is None:
        return Column(name, "key", "BIGINT")
    return _column(name, "key", name, collection.fields[name].type, per.get((collection.name, name)))


def _parents(program: Program, collection: Collection, per: Mapping[tuple[str, str], int]) -> list[Column]:
    """The keys of the enclosing items, outermost first, each called ``PARENT__KEY``."""
    found: list[Column] = []
    parent = collection.parent
    while parent is not None:
        outer = program.ruleset.collections[parent]
        key = _own_key(outer, per)
        found.insert(0, Column(f"{parent}__{key.name}", "parent", key.storage, None, key.type, key.per))
        parent = outer.parent
    return found


def _given(collection: Collection) -> Column:
    return Column(f"{collection.name}__given", "given", "BOOLEAN", collection.name)


def _distinct(table: Table) -> None:
    names = [column.name.casefold() for column in table.columns]  # engines take `a` and `A` for one column
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        listed = ", ".join(map(quoted, twice))
        raise InputError(
            [Diagnostic(table.name, f"two columns of the table would be called {listed}", "rename the input")]
        )


def outcome_columns(value: ValueRule, members: tuple[object, ...], *, whole: bool) -> OutcomeColumns:
    """The columns of a value. ``members`` are its labels, texts or truth values; ``whole`` says that its numbers have no denominators."""
    name = value.name
    line = isinstance(value.type, NumberType | DateType | MonthType)
    number = isinstance(value.type, NumberType)
    fractions = number and not whole
    return OutcomeColumns(
        name,
        value.type,
        None if number else name,
        f"{name}__status",
        f"{name}__possible",
        (NOT_APPLICABLE, NO_RULE) if line else (*members, NOT_APPLICABLE, NO_RULE),
        f"{name}__low" if line else None,
        f"{name}__high" if line else None,
        f"{name}__low_of" if fractions else None,
        f"{name}__high_of" if fractions else None,
        f"{name}__rule" if isinstance(value.body, RuleList) else None,
        f"{name}__limits" if value.limits else None,
        tuple(limit.id for limit in value.limits),
        f"{name}__judgement" if isinstance(value.body, Judged) else None,
    )


def labels_of(type: ScalarType) -> tuple[object, ...]:
    """The results of a finite type, in order: ``false`` before ``true``."""
    if isinstance(type, LabelType):
        return type.labels
    return (False, True) if isinstance(type, BooleanType) else ()
