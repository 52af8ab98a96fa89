"""Derived values and groups, from trees: first every name with its type, then the rules, which may name each other in any order."""

from __future__ import annotations

from collections.abc import Mapping as Names
from typing import Final, Literal, cast

from attrs import evolve, field, frozen

from hmic_rules.conditions import CASE, Condition, Symbol, SymbolKind
from hmic_rules.datatypes import BOOLEAN, NUMBER, LabelType, MonthType, NumberType, ScalarType
from hmic_rules.errors import did_you_mean, quoted
from hmic_rules.loading.conditions import read_condition, read_expression, read_number_of, resolve
from hmic_rules.loading.fields import Reader
from hmic_rules.loading.scopes import Scope, Vocabulary
from hmic_rules.loading.trees import Mapping, Scalar, Sequence, Tree
from hmic_rules.loading.types import TYPE_KEYS, read_type
from hmic_rules.possible import Known
from hmic_rules.rulesets import (
    Basis,
    Body,
    Calculation,
    Collection,
    Expected,
    Group,
    HitPolicy,
    Judged,
    Limit,
    MonthRange,
    Otherwise,
    PointRule,
    Points,
    Rule,
    RuleList,
    Truthful,
    ValueRule,
)

__all__ = ["Headers", "read_bodies", "read_headers"]

BODIES: Final = ("choose", "points", "is", "calc", "judged")
VALUE_KEYS: Final = (
    *TYPE_KEYS,
    "each",
    "applies",
    "outcome",
    "safe_side",
    "says",
    "basis",
    "cite",
    *BODIES,
    "rules",
    "otherwise",
    "limits",
    "if_limits_cross",
)
GROUP_KEYS: Final = ("group", "by", "expected", "missing", "says", "basis", "cite")
POLICIES: Final = ("first", "unique", "highest", "lowest")
RULE_KEYS: Final = ("id", "then", "when", "basis", "cite", "says")
POINT_KEYS: Final = ("id", "worth", "when", "basis", "cite", "says")
LIMIT_KINDS: Final[tuple[Literal["at_most", "at_least"], ...]] = ("at_most", "at_least")
LIMIT_KEYS: Final = ("id", "at_most", "at_least", "when", "basis", "cite", "says")


@frozen
class Header:
    """A value whose name and type are known and whose rules are still to be read."""

    name: str
    scope: str
    type: ScalarType
    mapping: Mapping
    key: Scalar


@frozen
class Headers:
    """What the first pass over `values` finds."""

    values: dict[str, Header] = field(factory=dict)
    groups: dict[str, Group] = field(factory=dict)


def read_headers(
    reader: Reader,
    tree: Tree | None,
    scales: Names[str, tuple[str, ...]],
    collections: Names[str, Collection],
    vocabulary: Vocabulary,
) -> Headers:
    """Names, scopes and types of all values; groups whole."""
    headers = Headers()
    mapping = reader.mapping(tree, "`values`")
    if mapping is None:
        return headers
    pending: dict[str, Mapping] = {}
    for key, child in mapping.entries.items():
        if (
            isinstance(child, Mapping)
            and "group" in child.entries
            and reader.name(mapping.keys[key], "a group") is not None
        ):
            pending[key] = child
            vocabulary.add_scope(key, CASE, _source(child))
    for key, child in mapping.entries.items():
        scalar = mapping.keys[key]
        taken = key in vocabulary.symbols[CASE] or key in collections
        if taken:
            reader.error(
                scalar.span,
                f"{quoted(key)} is already the name of an input, a parameter or a collection",
                "give the value another name",
                "duplicate-key",
            )
        if key not in pending and not taken:
            _header(reader, scalar, child, scales, vocabulary, headers)
    _read_groups(reader, mapping, pending, collections, vocabulary, headers)
    return headers


def _source(mapping: Mapping) -> str | None:
    tree = mapping.entries["group"]
    return tree.text if isinstance(tree, Scalar) else None


def _header(
    reader: Reader,
    key: Scalar,
    tree: Tree,
    scales: Names[str, tuple[str, ...]],
    vocabulary: Vocabulary,
    headers: Headers,
) -> None:
    name = reader.name(key, "a value")
    what = f"the value {quoted(key.text)}"
    mapping = reader.mapping(tree, what, VALUE_KEYS)
    if name is None or mapping is None:
        vocabulary.failed.add(key.text)
        return
    scope = CASE
    if "each" in mapping.entries:
        written = reader.text(mapping.entries["each"], "`each`")
        if written not in vocabulary.parents:
            if written is not None and written not in vocabulary.failed:
                help = did_you_mean(written, vocabulary.parents)
                reader.error(
                    mapping.entries["each"].span,
                    f"no collection or group is called {quoted(written)}",
                    help,
                    "unknown-name",
                )
            vocabulary.failed.add(name)
            return
        scope = written
    default = (
        BOOLEAN
        if "is" in mapping.entries
        else NUMBER
        if "calc" in mapping.entries or "points" in mapping.entries
        else None
    )
    type = read_type(reader, mapping, scales, what, default)
    if type is None:
        vocabulary.failed.add(name)
        return
    vocabulary.add(Symbol(name, scope, SymbolKind.VALUE, type, "applies" in mapping.entries, scope == CASE))
    headers.values[name] = Header(name, scope, type, mapping, key)


def _read_groups(
    reader: Reader,
    mapping: Mapping,
    pending: dict[str, Mapping],
    collections: Names[str, Collection],
    vocabulary: Vocabulary,
    headers: Headers,
) -> None:
    """Groups of collections first, then groups of those groups."""
    left = dict(pending)
    while left:
        ready = [name for name in left if _source(left[name]) not in left or _source(left[name]) == name]
        if not ready:
            name = next(iter(left))
            reader.error(
                mapping.keys[name].span,
                f"the groups {', '.join(map(quoted, left))} are made of each other",
                "group a collection",
                "cycle",
            )
            return
        for name in ready:
            _read_group(reader, name, mapping.keys[name], left.pop(name), collections, vocabulary, headers)


def _read_group(
    reader: Reader,
    name: str,
    key: Scalar,
    mapping: Mapping,
    collections: Names[str, Collection],
    vocabulary: Vocabulary,
    headers: Headers,
) -> None:
    what = f"the group {quoted(name)}"
    reader.mapping(mapping, what, GROUP_KEYS, ("by",))
    entries = mapping.entries
    source = _source(mapping)
    if source is None or source not in vocabulary.parents or source == name:
        if source not in vocabulary.failed:
            help = did_you_mean(source or "", collections)
            reader.error(entries["group"].span, f"no collection is called {quoted(source or '')}", help, "unknown-name")
        vocabulary.failed.add(name)
        return
    by: list[str] = []
    fields = vocabulary.symbols[source]
    for tree, text in zip(_items(entries.get("by")), reader.texts(entries.get("by"), "`by`"), strict=False):
        if text not in fields:
            if text not in vocabulary.failed:
                reader.error(
                    tree.span,
                    f"{quoted(source)} has no field {quoted(text)}",
                    did_you_mean(text, fields),
                    "unknown-name",
                )
            continue
        by.append(text)
        vocabulary.add(
            evolve(fields[text], scope=name, kind=SymbolKind.KEY, may_be_not_applicable=False, on_case=False)
        )
    expected = _expected(reader, name, entries.get("expected"), by, collections, vocabulary)
    missing = (
        reader.one_of(entries["missing"], "`unknown` or `empty`", ("unknown", "empty"))
        if "missing" in entries
        else None
    )
    says = reader.text(entries["says"], "`says`") if "says" in entries else None
    headers.groups[name] = Group(
        name, source, tuple(by), expected, cast("Literal['unknown', 'empty']", missing or "unknown"), says, key.span
    )


def _items(tree: Tree | None) -> tuple[Tree, ...]:
    return tree.items if isinstance(tree, Sequence) else () if tree is None else (tree,)


def _expected(
    reader: Reader,
    group: str,
    tree: Tree | None,
    by: list[str],
    collections: Names[str, Collection],
    vocabulary: Vocabulary,
) -> Expected | None:
    mapping = reader.mapping(tree, "`expected`", by)
    if mapping is None:
        return None
    keys: dict[str, str | MonthRange] = {}
    for name in by:
        if name not in mapping.entries:
            help = f"name a collection whose items expect it, as in {{{name}: COLLECTION}}"
            reader.error(
                mapping.span, f"`expected` does not say which {quoted(name)} are expected", help, "missing-key"
            )
            continue
        child = mapping.entries[name]
        if isinstance(child, Mapping):
            found = _month_range(reader, child, vocabulary)
            if found is not None:
                keys[name] = found
            continue
        written = reader.text(child, "a collection")
        collection = collections.get(written or "")
        if collection is None or (collection.key is None and collection.items is None) or collection.parent is not None:
            problem = f"{quoted(written or '')} is not a collection of the case whose items have a key"
            reader.error(child.span, problem, did_you_mean(written or "", collections), "unknown-name")
            continue
        keys[name] = collection.name
        for field_name in collection.fields:
            symbol = vocabulary.symbols[collection.name].get(field_name)
            if symbol is not None and field_name != collection.key and field_name not in vocabulary.symbols[group]:
                vocabulary.add(evolve(symbol, scope=group, on_case=False))
    return Expected(keys)


def _month_range(reader: Reader, tree: Mapping, vocabulary: Vocabulary) -> MonthRange | None:
    mapping = reader.mapping(tree, "a range of months", ("from", "to"), ("from", "to"))
    ends: list[Symbol | Known] = []
    for key in ("from", "to"):
        child = mapping.entries.get(key) if mapping is not None else None
        if isinstance(child, Scalar) and not child.text[:1].isdigit():
            symbol = resolve(reader, Scope(vocabulary, (CASE,)), child.text, child.span)
            if symbol is not None and not isinstance(symbol.type, MonthType):
                reader.error(
                    child.span, f"{quoted(child.text)} is {symbol.type.described}, and a month is wanted", None, "type"
                )
            elif symbol is not None:
                ends.append(symbol)
        elif child is not None:
            month = reader.value(child, MonthType(), "a month")
            if month is not None:
                ends.append(month)
    return MonthRange(ends[0], ends[1]) if len(ends) == 2 else None


def read_bodies(reader: Reader, headers: Headers, vocabulary: Vocabulary) -> dict[str, ValueRule]:
    """The rules, limits and calculations of every value."""
    found: dict[str, ValueRule] = {}
    for header in headers.values.values():
        value = _value(reader, header, vocabulary)
        if value is not None:
            found[header.name] = value
    return found


def _value(reader: Reader, header: Header, vocabulary: Vocabulary) -> ValueRule | None:
    entries = header.mapping.entries
    what = f"the value {quoted(header.name)}"
    scope = Scope(vocabulary, vocabulary.chain(header.scope))
    body = _body(reader, scope, header, what)
    applies = read_condition(reader, scope, entries["applies"], "`applies`") if "applies" in entries else None
    limits = _limits(reader, scope, header)
    crossing = (
        reader.one_of(entries["if_limits_cross"], "`lowest` or `highest`", ("lowest", "highest"))
        if "if_limits_cross" in entries
        else None
    )
    if crossing is None and (pair := _could_cross(limits, header.type)) is not None:
        floor, cap = pair
        help = "add `if_limits_cross: lowest` or `highest` to the value"
        reader.error(
            floor.span,
            f"the floor {quoted(floor.id)} can lie above the cap {quoted(cap.id)}, and nothing says which then wins",
            help,
            "crossing-limits",
        )
    safe = (
        reader.one_of(entries["safe_side"], "`lowest` or `highest`", ("lowest", "highest"))
        if "safe_side" in entries
        else None
    )
    for word in ("safe_side",):
        if word in entries and isinstance(header.type, LabelType) and header.type.scale is None:
            reader.error(
                header.mapping.keys[word].span,
                f"{what} has no order, so no side of it is safe",
                "declare its labels as a scale",
                "type",
            )
    if "basis" in entries:
        reader.basis(header.mapping, what, required=False)
    reader.cite(entries.get("cite"))
    if body is None:
        return None
    return ValueRule(
        header.name,
        header.scope,
        header.type,
        body,
        applies,
        limits,
        cast("Literal['lowest', 'highest'] | None", crossing),
        reader.boolean(entries.get("outcome"), "`outcome`"),
        cast("Literal['lowest', 'highest'] | None", safe),
        reader.text(entries["says"], "`says`") if "says" in entries else None,
        header.key.span,
        frozenset(scope.reads),
    )


def _body(reader: Reader, scope: Scope, header: Header, what: str) -> Body | None:
    entries = header.mapping.entries
    given = [key for key in BODIES if key in entries]
    if len(given) != 1:
        if not given:
            help = "give it `choose` and `rules`, or `points`, `is`, `calc`, `judged`"
            reader.error(header.mapping.span, f"{what} has no rules", help, "missing-key")
        else:
            reader.error(
                header.mapping.keys[given[1]].span,
                f"{what} has both `{given[0]}` and `{given[1]}`",
                "keep one of them",
                "type",
            )
        return None
    word = given[0]
    for extra in ("rules", "otherwise"):
        if extra in entries and word != "choose":
            reader.error(
                header.mapping.keys[extra].span,
                f"`{extra}` belongs to `choose`, and {what} has `{word}`",
                None,
                "unknown-key",
            )
    if word == "choose":
        return _rule_list(reader, scope, header, what)
    if word == "points":
        return _points(reader, scope, header, what)
    if word == "is":
        _needs(reader, header, BOOLEAN, "is")
        condition = read_condition(reader, scope, entries["is"], "`is`")
        return None if condition is None else Truthful(condition)
    if word == "calc":
        _needs(reader, header, NUMBER, "calc")
        expression = read_expression(reader, scope, entries["calc"])
        return None if expression is None else Calculation(expression)
    if not reader.boolean(entries["judged"], "`judged`"):
        reader.error(
            entries["judged"].span, "`judged` can only be true", "leave it out, and give the value rules", "value"
        )
    return Judged()


def _needs(reader: Reader, header: Header, wanted: ScalarType, word: str) -> None:
    if not isinstance(header.type, type(wanted)):
        problem = f"`{word}` gives {wanted.described}, and the value is {header.type.described}"
        reader.error(header.mapping.keys[word].span, problem, None, "type")


def _rule_list(reader: Reader, scope: Scope, header: Header, what: str) -> Body | None:
    entries = header.mapping.entries
    policy = reader.one_of(entries["choose"], "a way to choose", POLICIES)
    if policy in ("highest", "lowest") and isinstance(header.type, LabelType) and header.type.scale is None:
        reader.error(
            entries["choose"].span,
            f"`{policy}` needs an order, and a choice has none",
            "declare the labels as a scale",
            "type",
        )
    if "rules" not in entries:
        reader.error(header.mapping.span, f"{what} has no `rules`", "add `rules: [ … ]`", "missing-key")
        return None
    seen: dict[str, int] = {}
    rules: list[Rule] = []
    trees = reader.sequence(entries["rules"], "`rules`")
    if not trees and isinstance(entries["rules"], Sequence):
        reader.error(entries["rules"].span, f"{what} has no rules", "add at least one rule", "empty")
    for tree in trees:
        mapping = reader.mapping(tree, "a rule", RULE_KEYS, ("id", "then", "when"))
        if mapping is None:
            continue
        id = _own_id(reader, mapping, seen, "rule")
        then = reader.value(mapping.entries.get("then"), header.type, "`then`")
        when = read_condition(reader, scope, mapping.entries["when"], "`when`") if "when" in mapping.entries else None
        basis = reader.basis(mapping, f"the rule {quoted(id or '?')}")
        cite = reader.cite(mapping.entries.get("cite"))
        says = reader.text(mapping.entries["says"], "`says`") if "says" in mapping.entries else None
        if id is not None and then is not None and when is not None:
            rules.append(Rule(id, then, when, cast("Basis", basis), cite, says, mapping.span))
    otherwise = _otherwise(reader, header, what) if "otherwise" in entries else None
    return RuleList(cast("HitPolicy", policy or "first"), tuple(rules), otherwise)


def _otherwise(reader: Reader, header: Header, what: str) -> Otherwise | None:
    tree = header.mapping.entries["otherwise"]
    if isinstance(tree, Scalar):
        then = reader.value(tree, header.type, "`otherwise`")
        return None if then is None else Otherwise(then, "assumed", (), tree.span)
    mapping = reader.mapping(tree, "`otherwise`", ("then", "basis", "cite", "says"), ("then",))
    if mapping is None:
        return None
    basis = reader.basis(mapping, f"`otherwise` of {what}", required="basis" not in mapping.entries)
    then = reader.value(mapping.entries.get("then"), header.type, "`then`")
    return (
        None
        if then is None
        else Otherwise(then, cast("Basis", basis), reader.cite(mapping.entries.get("cite")), tree.span)
    )


def _own_id(reader: Reader, mapping: Mapping, seen: dict[str, int], what: str) -> str | None:
    id = reader.identifier(mapping.entries.get("id"), f"the id of a {what}")
    if id is not None and id in seen:
        span = mapping.entries["id"].span
        reader.error(
            span,
            f"the {what} {quoted(id)} stands twice; it was first given in line {seen[id]}",
            "give each its own id",
            "duplicate-key",
        )
        return None
    if id is not None:
        seen[id] = mapping.entries["id"].span.line
    return id


def _points(reader: Reader, scope: Scope, header: Header, what: str) -> Body | None:
    _needs(reader, header, NUMBER, "points")
    seen: dict[str, int] = {}
    rules: list[PointRule] = []
    trees = reader.sequence(header.mapping.entries["points"], "`points`")
    if not trees and isinstance(header.mapping.entries["points"], Sequence):
        reader.error(header.mapping.entries["points"].span, f"{what} has no rules", "add at least one rule", "empty")
    for tree in trees:
        mapping = reader.mapping(tree, "a rule", POINT_KEYS, ("id", "worth", "when"))
        if mapping is None:
            continue
        id = _own_id(reader, mapping, seen, "rule")
        worth = read_number_of(reader, mapping.entries.get("worth"), "`worth`")
        when = read_condition(reader, scope, mapping.entries["when"], "`when`") if "when" in mapping.entries else None
        basis = reader.basis(mapping, f"the rule {quoted(id or '?')}")
        cite = reader.cite(mapping.entries.get("cite"))
        says = reader.text(mapping.entries["says"], "`says`") if "says" in mapping.entries else None
        if id is not None and worth is not None and when is not None:
            rules.append(PointRule(id, worth, when, cast("Basis", basis), cite, says, mapping.span))
    return Points(tuple(rules))


def _limits(reader: Reader, scope: Scope, header: Header) -> tuple[Limit, ...]:
    entries = header.mapping.entries
    seen: dict[str, int] = {}
    limits: list[Limit] = []
    if "limits" in entries and not (
        isinstance(header.type, NumberType) or (isinstance(header.type, LabelType) and header.type.scale is not None)
    ):
        reader.error(
            header.mapping.keys["limits"].span,
            f"limits need an order, and {header.type.described} has none",
            "declare the labels as a scale",
            "type",
        )
        return ()
    for tree in reader.sequence(entries.get("limits"), "`limits`"):
        mapping = reader.mapping(tree, "a limit", LIMIT_KEYS, ("id",))
        if mapping is None:
            continue
        kinds: list[Literal["at_most", "at_least"]] = [kind for kind in LIMIT_KINDS if kind in mapping.entries]
        if len(kinds) != 1:
            reader.error(
                mapping.span,
                "a limit has exactly one of `at_most` and `at_least`",
                "write two limits for two bounds",
                "shape",
            )
            continue
        id = _own_id(reader, mapping, seen, "limit")
        bound = _bound(reader, scope, header, mapping.entries[kinds[0]])
        when: Condition | None = None
        if "when" in mapping.entries:
            when = read_condition(reader, scope, mapping.entries["when"], "`when`")
            if when is None:
                continue
        basis = reader.basis(mapping, f"the limit {quoted(id or '?')}")
        cite = reader.cite(mapping.entries.get("cite"))
        says = reader.text(mapping.entries["says"], "`says`") if "says" in mapping.entries else None
        if id is not None and bound is not None:
            limits.append(Limit(id, kinds[0], bound, when, cast("Basis", basis), cite, says, mapping.span))
    return tuple(limits)


def _bound(reader: Reader, scope: Scope, header: Header, tree: Tree) -> Known | Symbol | None:
    if not isinstance(tree, Mapping):
        return reader.value(tree, header.type, "a bound")
    mapping = reader.mapping(tree, "a bound", ("value",), ("value",))
    name = reader.text(mapping.entries.get("value"), "`value`") if mapping is not None else None
    if name is None:
        return None
    symbol = resolve(reader, scope, name, tree.entries["value"].span)
    if symbol is None:
        return None
    same = (
        isinstance(symbol.type, NumberType)
        if isinstance(header.type, NumberType)
        else getattr(symbol.type, "scale", None) == getattr(header.type, "scale", None)
    )
    if not same:
        reader.error(
            tree.span,
            f"the bound {quoted(name)} is {symbol.type.described}, and the value is {header.type.described}",
            None,
            "type",
        )
        return None
    return symbol


def _could_cross(limits: tuple[Limit, ...], type: ScalarType) -> tuple[Limit, Limit] | None:
    """A floor and a cap that can be in force together with the floor above the cap."""

    def place(limit: Limit) -> object:
        return (
            None
            if isinstance(limit.bound, Symbol)
            else type.ranks[limit.bound]
            if isinstance(type, LabelType)
            else limit.bound
        )

    for floor in limits:
        for cap in limits:
            if floor.kind == "at_least" and cap.kind == "at_most":
                low, high = place(floor), place(cap)
                if low is None or high is None or low > high:  # type: ignore[operator]
                    return floor, cap
    return None
