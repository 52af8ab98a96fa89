"""Calculations in words."""

from __future__ import annotations

from fractions import Fraction

from hmic_rules.backends.prose.conditions import Asked, asked
from hmic_rules.backends.prose.grammar import in_quotes, number, plural, words_of
from hmic_rules.backends.prose.nouns import Voice
from hmic_rules.backends.prose.phrases import operand, reading
from hmic_rules.backends.prose.statements import Said
from hmic_rules.conditions import (
    Aggregate,
    Bands,
    Combine,
    Count,
    Elapsed,
    Expression,
    LongestRun,
    Number,
    PointsOf,
    Ratio,
    Read,
    Share,
    Symbol,
)
from hmic_rules.datatypes import DateType, MonthType

__all__ = ["calculation_said"]

COMBINED = {"add": "the sum of", "max": "the greatest of", "min": "the least of"}


def calculation_said(node: Expression, voice: Voice) -> Said:
    """How a number comes about."""
    if isinstance(node, Number):
        return Said(number(node.value))
    if isinstance(node, Read):
        return Said(reading(node.symbol, voice))
    if isinstance(node, Combine):
        return _combined(node, voice)
    if isinstance(node, Ratio):
        return _ratio(node, voice)
    if isinstance(node, Bands):
        return _bands(node, voice)
    if isinstance(node, Elapsed):
        ends = [operand(end, _moment(end), voice) for end in (node.start, node.end)]
        return Said(f"the number of whole {node.unit} from {ends[0]} to {ends[1]}")
    return _over_items(node, voice)


def _moment(end: object) -> DateType | MonthType:
    return end.type if isinstance(end, Symbol) and isinstance(end.type, DateType | MonthType) else DateType()


def _combined(node: Combine, voice: Voice) -> Said:
    parts = [calculation_said(part, voice) for part in node.parts]
    if node.op == "add" and len(node.parts) == 2:
        less = _negated(node.parts[1])
        if less is not None:
            one, other = parts[0], calculation_said(less, voice)
            if _is_leaf(node.parts[0]) and _is_leaf(less):
                return Said(f"{one.text} less {other.text}")
            return Said("one number less another", (one.after("the one is"), other.after("the other is")))
    if all(map(_is_leaf, node.parts)):
        return Said(f"{COMBINED[node.op]} {_strung([part.text for part in parts])}")
    return Said(COMBINED[node.op], tuple(parts))


def _strung(parts: list[str]) -> str:
    return parts[0] + " alone" if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _is_leaf(node: Expression) -> bool:
    return isinstance(node, Number | Read)


def _negated(node: Expression) -> Expression | None:
    """What a division by minus one turns round."""
    if isinstance(node, Ratio) and isinstance(node.whole, Number) and node.whole.value == -1:
        return node.part
    return None


def _ratio(node: Ratio, voice: Voice) -> Said:
    turned = _negated(node)
    if turned is not None:
        return calculation_said(turned, voice).after("minus, that is nought less,")
    part = calculation_said(node.part, voice)
    inner = node.whole
    turned_over = isinstance(inner, Ratio) and isinstance(inner.part, Number) and inner.part.value == 1
    if isinstance(inner, Ratio) and turned_over and _is_leaf(node.part) and _is_leaf(inner.whole):
        other = calculation_said(inner.whole, voice)
        return Said(f"{part.text} times {other.text}, not known where the latter is 0")
    whole = calculation_said(node.whole, voice)
    if _is_leaf(node.part) and _is_leaf(node.whole):
        return Said(f"{part.text} divided by {whole.text}")
    return Said("a part divided by a whole", (part.after("the part is"), whole.after("the whole is")))


def _bands(node: Bands, voice: Voice) -> Said:
    of = calculation_said(node.of, voice)
    steps = [Said(f"{number(node.below)} below {number(node.steps[0][0])}")] if node.steps else []
    for place, (bound, result) in enumerate(node.steps):
        end = "" if place + 1 == len(node.steps) else f" to below {number(node.steps[place + 1][0])}"
        steps.append(Said(f"{number(result)} from {number(bound)}{end or ' upward'}"))
    if not of.parts:
        return Said(f"by steps of {of.text}", tuple(steps))
    return Said("by steps", (of.after("they go by"), *steps))


def _over_items(node: Count | Share | Aggregate | PointsOf | LongestRun, voice: Voice) -> Said:
    found = asked(node.query, voice)
    who = _those(found)
    the = "" if found.own else "the "
    if isinstance(node, Count):
        return Said(f"the number of {who}", found.parts)
    if isinstance(node, Share):
        doing = "are there" if found.verb is None else found.verb.several
        return Said(f"the share {found.of_them} that {doing}", found.parts)
    if isinstance(node, Aggregate):
        combined = {"add": "the sum of the", "max": "the greatest", "min": "the least"}[node.op]
        return Said(f"{combined} {in_quotes(words_of(node.field.name))} of {the}{who}", found.parts)
    if isinstance(node, PointsOf):
        return Said(_points(node, found), found.parts)
    along = plural(words_of(node.along.name))
    return Said(f"how many {along} follow one another without a gap, at the longest, among {the}{who}", found.parts)


def _points(node: PointsOf, found: Asked) -> str:
    worth: Fraction | int = node.worth
    points = f"{number(worth)} {'point' if worth == 1 else 'points'}"
    if node.different is not None:
        the = "" if found.own else "the "
        return f"{points} for each different {in_quotes(words_of(node.different.name))} among {the}{_those(found)}"
    return f"{points} for {found.with_('each')}" + ("" if found.verb is None else f" which {found.verb.one}")


def _those(found: Asked) -> str:
    if found.verb is None:
        return found.several
    return f"{found.several} which {found.verb.several}"
