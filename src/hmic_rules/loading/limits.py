"""Caps and floors on a value, from trees."""

from __future__ import annotations

from typing import Any, Final, Literal, cast

from hmic_rules.conditions import Condition, Symbol
from hmic_rules.datatypes import LabelType, NumberType, ScalarType
from hmic_rules.errors import quoted
from hmic_rules.loading.comparisons import resolve, unordered
from hmic_rules.loading.conditions import read_condition
from hmic_rules.loading.fields import Reader
from hmic_rules.loading.headers import Header
from hmic_rules.loading.scopes import Scope
from hmic_rules.loading.trees import Mapping, Scalar, Tree
from hmic_rules.loading.unread import UNREAD
from hmic_rules.possible import Known
from hmic_rules.rules import Basis, Limit

__all__ = ["LIMIT_KEYS", "could_cross", "read_limits"]

LIMIT_KINDS: Final[tuple[Literal["at_most", "at_least"], ...]] = ("at_most", "at_least")
LIMIT_KEYS: Final = ("id", "at_most", "at_least", "when", "basis", "cite", "says")


def read_limits(reader: Reader, scope: Scope, header: Header) -> tuple[Limit, ...]:
    entries = header.mapping.entries
    seen: dict[str, int] = {}
    limits: list[Limit] = []
    ordered = (
        isinstance(header.type, NumberType)
        or (isinstance(header.type, LabelType) and header.type.scale is not None)
        or header.type is UNREAD
    )
    if "limits" in entries and not ordered:
        reader.error(
            header.mapping.keys["limits"].span,
            f"limits need an order, and {unordered(header.type)} has none",
            "declare the labels as a scale",
            "type",
        )
    for tree in reader.sequence(entries.get("limits"), "`limits`"):
        mapping = reader.mapping(tree, reader.called(tree, "limit"), LIMIT_KEYS, ("id",))
        if mapping is None:
            continue
        kinds: list[Literal["at_most", "at_least"]] = [kind for kind in LIMIT_KINDS if kind in mapping.entries]
        if len(kinds) != 1:
            reader.error(
                mapping.span,
                f"{reader.called(tree, 'limit')} has not exactly one of `at_most` and `at_least`",
                "write two limits for two bounds",
                "shape",
            )
        id = reader.own_id(mapping, seen, "limit")
        bounds = [_bound(reader, scope, header, mapping.entries[kind]) for kind in kinds]
        when: Condition | None = None
        if "when" in mapping.entries:
            when = read_condition(reader, scope, mapping.entries["when"], "`when`")
        basis = reader.basis(mapping, reader.called(mapping, "limit"))
        cite = reader.cite(mapping.entries.get("cite"))
        says = reader.text(mapping.entries.get("says"), "`says`")
        bound = bounds[0] if len(bounds) == 1 else None
        if id is not None and bound is not None and (when is not None or "when" not in mapping.entries):
            limits.append(Limit(id, kinds[0], bound, when, cast("Basis", basis), cite, says, mapping.span))
    return tuple(limits) if ordered else ()


def _bound(reader: Reader, scope: Scope, header: Header, tree: Tree) -> Known | Symbol | None:
    if not isinstance(tree, Mapping):
        if isinstance(tree, Scalar) and _names_another(scope, header, tree.text):
            help = f"write {{value: {tree.text}}}, which takes what {quoted(tree.text)} comes to"
            reader.error(tree.span, f"the bound {quoted(tree.text)} is a name, and a result is wanted", help, "value")
            return None
        if isinstance(tree, Scalar) and _asks_items(scope, header, tree.text):
            holder = tree.text.partition(".")[0]
            problem = f"the bound {quoted(tree.text)} stands on items of {quoted(holder)}, and one result is wanted"
            help = f"write a limit for each label, and ask the items in `when`: {{some: {{of: {holder}, where: …}}}}"
            reader.error(tree.span, problem, help, "value")
            return None
        return reader.value(tree, header.type, "a bound")
    mapping = reader.mapping(tree, "a bound", ("value",), ("value",))
    named = mapping.entries.get("value") if mapping is not None else None
    name = reader.text(named, "`value`")
    if name is None or named is None:
        return None
    symbol = resolve(reader, scope, name, named.span)
    if symbol is None or UNREAD in (symbol.type, header.type):
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


def _names_another(scope: Scope, header: Header, text: str) -> bool:
    """Whether a bound is the name of something in scope, and no result that the value could have."""
    if header.type is UNREAD or (isinstance(header.type, LabelType) and text in header.type.ranks):
        return False
    return scope.find(text) is not None


def _asks_items(scope: Scope, header: Header, text: str) -> bool:
    """Whether a bound is tried as what stands on the items of a collection."""
    holder, dot, _ = text.partition(".")
    return (
        bool(dot)
        and not (isinstance(header.type, LabelType) and text in header.type.ranks)
        and scope.collection(holder)
    )


def could_cross(limits: tuple[Limit, ...], type: ScalarType) -> tuple[Limit, Limit] | None:
    """A floor and a cap that can be in force together with the floor above the cap; bounds that are names can always cross."""
    floors = [limit for limit in limits if limit.kind == "at_least"]
    caps = [limit for limit in limits if limit.kind == "at_most"]
    if not floors or not caps or type is UNREAD:
        return None

    def place(limit: Limit) -> Any:
        return type.ranks[cast("Known", limit.bound)] if isinstance(type, LabelType) else limit.bound

    floor = next((limit for limit in floors if isinstance(limit.bound, Symbol)), None) or max(floors, key=place)
    cap = next((limit for limit in caps if isinstance(limit.bound, Symbol)), None) or min(caps, key=place)
    if isinstance(floor.bound, Symbol) or isinstance(cap.bound, Symbol) or place(floor) > place(cap):
        return floor, cap
    return None
