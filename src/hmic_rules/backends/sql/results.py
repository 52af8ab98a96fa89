"""The columns that a value gives."""

from __future__ import annotations

from typing import cast

from attrs import evolve

from hmic_rules.backends.sql.choices import Listed
from hmic_rules.backends.sql.facts import Readable
from hmic_rules.backends.sql.lines import Line
from hmic_rules.backends.sql.nodes import NULL, Constant, Node, bits_or, case, is_null, literal
from hmic_rules.backends.sql.obstacles import unmet_columns
from hmic_rules.backends.sql.reading import Build, Place
from hmic_rules.backends.sql.reasons import decided, judgement_of, limits_of, rule_of, status_of
from hmic_rules.backends.sql.schema import OutcomeColumns, outcome_columns
from hmic_rules.backends.sql.values import Computed
from hmic_rules.datatypes import NumberType
from hmic_rules.rules import Judged, RuleList

__all__ = ["columns_of"]

REFUSED = "refused"


def columns_of(
    build: Build, found: Computed, refused: Node, place: Place, *, why: bool, unmet: bool
) -> tuple[OutcomeColumns, list[tuple[str, Node]]]:
    """What a value gives: the description of its columns, and the node of each. ``refused`` is ``NULL`` where the case has a decision."""
    given = found.result.given
    members = () if isinstance(given, Line) else given.members
    whole = isinstance(given, Line) and given.low.of == given.high.of == 1
    columns = outcome_columns(found.value, members, whole=whole)
    status = case([(is_null(refused), status_of(given))], literal(REFUSED)) if refused is not NULL else status_of(given)
    nodes: list[tuple[str, Node]] = [(columns.status, status), (columns.possible, _possible(given))]
    if columns.value is not None:
        value = _value(given)
        nodes.insert(0, (columns.value, case([(is_null(refused), value)], NULL) if refused is not NULL else value))
    if isinstance(given, Line):
        low, high = given.low, given.high
        nodes += [(cast("str", columns.low), low.number), (cast("str", columns.high), high.number)]
        if isinstance(found.value.type, NumberType) and not whole:
            for name, end in ((columns.low_of, low), (columns.high_of, high)):
                nodes.append((cast("str", name), literal(end.of) if isinstance(end.of, int) else end.of))
    if not why:
        columns = evolve(columns, rule=None, limits=None)
    if columns.rule is not None and isinstance(found.value.body, RuleList):
        nodes.append((columns.rule, rule_of(found)))
    if columns.limits is not None:
        nodes.append((columns.limits, limits_of(found)))
    if columns.judgement is not None and isinstance(found.value.body, Judged):
        nodes.append((columns.judgement, judgement_of(found)))
    if unmet and found.value.scope == "case":
        named = unmet_columns(build, found, place)
        columns = evolve(columns, unmet={id: name for id, name, _ in named})
        nodes += [(name, node) for _, name, node in named]
    return columns, nodes


def _possible(given: Readable) -> Node:
    if not isinstance(given, Line):
        return NULL if isinstance(given, Listed) and not given.members else given.mask
    refused, gap = case([(given.refused, literal(1))], literal(0)), case([(given.gap, literal(2))], literal(0))
    return bits_or(refused, gap, case([(given.value, literal(4))], literal(0)))


def _value(given: Readable) -> Node:
    """The decided result, ``NULL`` where none is."""
    if isinstance(given, Line):
        return case([(decided(given), given.low.number)], NULL)
    if isinstance(given, Listed) and not given.members:
        return given.column
    results = [member for member in given.members if member in given.could]
    pairs = [(given.only(frozenset({result})), literal(cast("Constant", result))) for result in results]
    return case(pairs, NULL)
