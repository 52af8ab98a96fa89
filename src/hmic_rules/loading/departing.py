"""Who may depart from a computed value, and how far, from trees."""

from __future__ import annotations

from typing import Final, cast

from hmic_rules.conditions import Condition
from hmic_rules.datatypes import LabelType
from hmic_rules.errors import quoted
from hmic_rules.judgements import is_placeholder
from hmic_rules.loading.conditions import read_condition
from hmic_rules.loading.fields import Reader
from hmic_rules.loading.headers import Header
from hmic_rules.loading.scopes import Scope, Vocabulary
from hmic_rules.loading.trees import Mapping, Sequence, Tree
from hmic_rules.loading.unread import UNREAD
from hmic_rules.rules import Basis, MayDepart

__all__ = ["KEYS", "read_may_depart"]

KEYS: Final = ("by", "steps", "when", "basis", "cite", "says")


def read_may_depart(
    reader: Reader, header: Header, vocabulary: Vocabulary, better: tuple[str, ...]
) -> MayDepart | None:
    """What stands under ``may_depart`` of a value; nothing where nothing does, and then nobody may."""
    entries = header.mapping.entries
    if "may_depart" not in entries:
        return None
    key, what = header.mapping.keys["may_depart"], f"`may_depart` of {quoted(header.name)}"
    if "judged" in entries:
        problem = f"{quoted(header.name)} is given by a person, so there is nothing to depart from"
        reader.error(key.span, problem, "leave `may_depart` out, or give the value rules", "type")
        return None
    mapping = reader.mapping(entries["may_depart"], what, KEYS, ("by",))
    if mapping is None:
        return None
    by = _roles(reader, mapping.entries.get("by"), what)
    when: Condition | None = None
    if "when" in mapping.entries:
        scope = Scope(
            vocabulary, vocabulary.chain(header.scope)
        )  # it is asked after all values, and reads what it likes
        when = read_condition(reader, scope, mapping.entries["when"], "`when`")
    basis = reader.basis(mapping, what)
    cite = reader.cite(mapping.entries.get("cite"))
    says = reader.text(mapping.entries.get("says"), "`says`")
    steps = _steps(reader, header, mapping, better)
    if "when" in mapping.entries and when is None:
        return None
    return MayDepart(by, steps, when, cast("Basis", basis), cite, says, key.span)


def _roles(reader: Reader, tree: Tree | None, what: str) -> tuple[str, ...]:
    found: list[str] = []
    listed = tree.items if isinstance(tree, Sequence) else () if tree is None else (tree,)
    for item in listed:
        role = reader.text(item, "a role")
        if role is not None and is_placeholder(role):
            reader.error(item.span, f"{quoted(role)} is no role", "name one, such as `inspector`", "value")
        elif role is not None:
            found.append(role)
    if tree is not None and not listed:
        reader.error(tree.span, f"{what} names no role", "name one, such as `inspector`", "empty")
    return tuple(found)


def _steps(reader: Reader, header: Header, mapping: Mapping, better: tuple[str, ...]) -> int | None:
    """How many places of its order a judgement may lie from what is computed."""
    if "steps" not in mapping.entries:
        return None
    type, span = header.type, mapping.entries["steps"].span
    if type is not UNREAD and (not isinstance(type, LabelType) or (type.scale is None and not better)):
        reader.error(
            span,
            f"`steps` are places in an order of labels, and {quoted(header.name)} has none",
            "declare the labels as a scale, or list them under `better`",
            "type",
        )
        return None
    steps = reader.number(mapping.entries["steps"], "`steps`")
    if steps == 0:
        reader.error(span, "no step is no departure", "leave `may_depart` out, or write at least 1", "value")
    return steps or None
