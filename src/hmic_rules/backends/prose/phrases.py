"""One name put to its checks: as a clause, as what is said of an item, and as what picks items out."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import cast

from attrs import frozen

from hmic_rules.backends.prose.grammar import (
    in_quotes,
    is_adjective,
    is_plural,
    label,
    listed,
    number,
    number_within,
    told,
    words_of,
)
from hmic_rules.backends.prose.nouns import Voice
from hmic_rules.conditions import CASE, Applicable, Check, Compare, InList, LabelIn, Op, Operand, Symbol, Term, Test
from hmic_rules.datatypes import BooleanType, DataType, DateType, LabelType, MonthType, NumberType, TextType
from hmic_rules.possible import Known

__all__ = ["Verb", "amount", "checked", "clause", "operand", "picked", "reading", "reading_is", "term_in_words", "verb"]

COMPARED = {Op.AT_LEAST: "at least", Op.AT_MOST: "at most", Op.ABOVE: "above", Op.BELOW: "below", Op.IS: ""}
NUMBERS = {**COMPARED, Op.ABOVE: "more than", Op.BELOW: "less than"}
DAYS = {**COMPARED, Op.AT_LEAST: "on or after", Op.AT_MOST: "on or before", Op.ABOVE: "after", Op.BELOW: "before"}
MONTHS = {**DAYS, Op.AT_LEAST: "in or after", Op.AT_MOST: "in or before"}


@frozen
class Verb:
    """What is said of one item, and of several."""

    one: str
    several: str


def _owner(symbol: Symbol, voice: Voice) -> str | None:
    """The item that a name belongs to, where that is neither the case nor what is spoken of."""
    on_case = symbol.on_case or symbol.scope == CASE
    return None if on_case or symbol.scope == voice.it else f"the {voice.noun(symbol.scope).one}"


def _is_its(symbol: Symbol, voice: Voice) -> bool:
    return symbol.scope == voice.it != CASE and not symbol.on_case


def _named(symbol: Symbol) -> tuple[str, bool]:
    """A name as it stands in a sentence, and whether it is a plural there; in quotation marks where it would not be heard as a noun."""
    words = words_of(symbol.name)
    several = is_plural(words)
    joins = any(not word.isalpha() or label(word) != word for word in words.split())
    odd = isinstance(symbol.type, BooleanType) or (several and not isinstance(symbol.type, NumberType))
    participle = isinstance(symbol.type, LabelType) and not several and is_adjective(words.split()[-1])
    if joins or odd or participle or is_adjective(words):
        return in_quotes(words), False
    return words, several


def reading(symbol: Symbol, voice: Voice) -> str:
    """A name as what is read there: `the risk of serious harm`, `its status`, `the status of the criterion`."""
    shown, _ = _named(symbol)
    if _is_its(symbol, voice):
        return f"its {shown}"
    owner = _owner(symbol, voice)
    return f"the {shown}" if owner is None else f"the {shown} of {owner}"


def reading_is(symbol: Symbol, voice: Voice) -> str:
    """A name with its verb: `the rate is`, `the agencies needed are`."""
    return f"{reading(symbol, voice)} {'are' if _named(symbol)[1] else 'is'}"


def operand(found: Operand, type: DataType, voice: Voice) -> str:
    """What something is compared with."""
    if isinstance(found, Symbol):
        words = words_of(found.name)
        shown = in_quotes(words) if " " in words else words
        if _is_its(found, voice):
            return f"its {shown}"
        owner = _owner(found, voice)
        return f"the {shown}" if owner is None else f"the {shown} of {owner}"
    is_share = isinstance(type, NumberType) and type.kind == "share"
    if isinstance(found, Term):
        return f"{in_quotes(found.name)} ({number_within(found.value) if is_share else number(found.value)})"
    return told(found, type.unit if isinstance(type, NumberType) else None, is_share=is_share)


def term_in_words(term: Term, *, is_share: bool) -> str:
    """A vague word with the number that it stands for: `most (more than one half)`."""
    value = number_within(term.value) if is_share else number(term.value)
    return f"{term.name} ({NUMBERS[term.op]} {value})".replace("( ", "(")


def checked(checks: tuple[Check, ...], type: DataType, voice: Voice, *, several: bool = False) -> str:
    """What a value is to be, to stand after `is`, or after `are` where there are several."""
    parts = [_check(check, type, voice) for check in checks]
    if several:
        whole = isinstance(type, NumberType) and type.kind == "integer"
        parts = [re.sub("^less than", "fewer than", part) if whole else part for part in parts]
        parts = [f"exactly {part}" if part[:1].isdigit() else part for part in parts]
    if len(parts) > 1 and any(" or " in re.sub("[io]n or ", "", part) or ", " in part for part in parts):
        return ", and ".join(parts)
    return " and ".join(parts)


def _check(check: Check, type: DataType, voice: Voice) -> str:
    if isinstance(check, Applicable):
        return "applicable" if check.wanted else "not applicable"
    if isinstance(check, InList):
        kind = "none of" if check.negated else "one of"
        return f"{kind} {operand(check.symbol, type, voice)}"
    if isinstance(check, LabelIn):
        return _labels(check, type)
    return _compared(check, type, voice)


def _labels(check: LabelIn, type: DataType) -> str:
    order = type.ranks if isinstance(type, LabelType) else {}
    found = sorted(check.labels, key=lambda one: (order.get(one, 0), told(one)))
    quote = isinstance(type, TextType)
    labels = [in_quotes(str(one)) if quote else told(one) for one in found]
    if not check.negated:
        return listed(labels, "or")
    if len(labels) == 1:
        return f"other than {labels[0]}"
    return f"neither {labels[0]} nor {labels[1]}" if len(labels) == 2 else f"none of {listed(labels)}"


def _compared(check: Compare, type: DataType, voice: Voice) -> str:
    if isinstance(check.operand, Term) and check.op is check.operand.op:
        is_share = isinstance(type, NumberType) and type.kind == "share"
        words = term_in_words(check.operand, is_share=is_share)
        return f"not {words}" if check.negated else words
    other = operand(check.operand, type, voice)
    if check.op is Op.IS:
        same = "the same as " if isinstance(check.operand, Symbol) else ""
        exactly = "exactly " if isinstance(check.operand, Term) else ""
        return f"other than {other}" if check.negated else f"{same}{exactly}{other}"
    found = f"{_comparing(type)[check.op]} {other}"
    return f"not {found}" if check.negated else found


def _comparing(type: DataType) -> dict[Op, str]:
    if isinstance(type, NumberType):
        return NUMBERS
    if isinstance(type, DateType):
        return DAYS
    return MONTHS if isinstance(type, MonthType) else COMPARED


def _holding(test: Test) -> bool | None:
    """Whether a truth value is asked to be true, or false; ``None`` for any other test."""
    if not isinstance(test.subject.type, BooleanType) or len(test.checks) != 1:
        return None
    check = test.checks[0]
    if not isinstance(check, LabelIn) or check.negated or len(check.labels) != 1:
        return None
    return next(iter(check.labels)) is True


def _single(test: Test) -> Known | None:
    """The one label that is asked for."""
    check = test.checks[0]
    if len(test.checks) != 1 or not isinstance(check, LabelIn) or check.negated or len(check.labels) != 1:
        return None
    return next(iter(check.labels))


def _not(holds: bool) -> str:
    return "" if holds else "not "


def clause(test: Test, voice: Voice) -> str:
    """A whole clause: `the status is met`, `its stage is developing`, `“beacon” holds`."""
    symbol = test.subject
    words = in_quotes(words_of(symbol.name))
    holds = _holding(test)
    if holds is None:
        several = _named(symbol)[1]
        said = checked(test.checks, symbol.type, voice, several=several)
        if isinstance(symbol.type, BooleanType) and _owner(symbol, voice) is None and not _is_its(symbol, voice):
            return f"{words} is {said}"
        if isinstance(symbol.type, LabelType) and _owner(symbol, voice) is None and not _is_its(symbol, voice):
            asked = reading(symbol, voice)  # no noun, such as “convicted or cautioned”
            return f"{asked.replace('the “', 'the answer to “', 1)} is {said}"
        return f"{reading(symbol, voice)} {'are' if several else 'is'} {said}"
    owner = "it" if _is_its(symbol, voice) else _owner(symbol, voice)
    if owner is not None and is_adjective(symbol.name):
        return f"{owner} is {_not(holds)}{words_of(symbol.name)}"
    of = "" if owner is None else f" of {owner}"
    return f"{words} holds{of}" if holds else f"{words} does not hold{of}"


def verb(test: Test, voice: Voice) -> Verb:
    """What a test says of the item that is spoken of: `has the status met`, `is significant`."""
    symbol = test.subject
    if not _is_its(symbol, voice):
        said = clause(test, voice)
        return Verb(f"is such that {said}", f"are such that {said}")
    words = words_of(symbol.name)
    shown, several = _named(symbol)
    holds = _holding(test)
    if holds is not None and is_adjective(symbol.name):
        return Verb(f"is {_not(holds)}{words}", f"are {_not(holds)}{words}")
    if holds is not None:
        said = f"for which {in_quotes(words)} {'holds' if holds else 'does not hold'}"
        return Verb(f"is one {said}", f"are ones {said}")
    single = _single(test)
    if single is not None and isinstance(symbol.type, LabelType):
        return Verb(f"has the {shown} {told(single)}", f"have the {shown} {told(single)}")
    found = f"whose {shown} {'are' if several else 'is'} {checked(test.checks, symbol.type, voice, several=several)}"
    return Verb(f"is one {found}", f"are ones {found}")


def picked(test: Test, voice: Voice) -> tuple[str, str]:
    """What picks out one item, and several: `of the standard fair`, `that is significant` and `that are significant`."""
    symbol = test.subject
    if not _is_its(symbol, voice):
        said = f"such that {clause(test, voice)}"
        return said, said
    words = words_of(symbol.name)
    holds = _holding(test)
    if holds is not None and is_adjective(symbol.name):
        return f"that is {_not(holds)}{words}", f"that are {_not(holds)}{words}"
    shown, _ = _named(symbol)
    single = _single(test)
    if holds is None and single is not None and isinstance(symbol.type, LabelType):
        said = f"of the {shown} {told(single)}"
        return said, said
    said = verb(test, voice).one.removeprefix("is one ")
    return said, said


def amount(check: Compare, voice: Voice) -> str | None:
    """How large a share is asked for, to stand before `of the …`; ``None`` where it is not one number or word."""
    if isinstance(check.operand, Symbol) or check.negated:
        return None
    if isinstance(check.operand, Term):
        if check.op is check.operand.op:
            return term_in_words(check.operand, is_share=True)
        inner = f"{in_quotes(check.operand.name)} ({number_within(check.operand.value)})"
    else:
        inner = told(cast("Fraction | int", check.operand), is_share=True)
    return f"{NUMBERS[check.op] or 'exactly'} {inner}"
