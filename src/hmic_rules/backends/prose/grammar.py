"""A little English: plurals, articles, lists, and values as a person would say them."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from hmic_rules.datatypes import shown
from hmic_rules.possible import Known, Month

__all__ = [
    "an",
    "in_quotes",
    "is_adjective",
    "is_plural",
    "label",
    "listed",
    "number",
    "number_within",
    "plural",
    "sentence",
    "share",
    "singular",
    "told",
    "words_of",
]

MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
FRACTIONS: Final = {
    Fraction(1, 2): "one half",
    Fraction(1, 3): "one third",
    Fraction(2, 3): "two thirds",
    Fraction(1, 4): "one quarter",
    Fraction(3, 4): "three quarters",
}
IRREGULAR: Final = {
    "criteria": "criterion",
    "phenomena": "phenomenon",
    "people": "person",
    "persons": "person",
    "children": "child",
    "men": "man",
    "women": "woman",
    "policemen": "policeman",
    "policewomen": "policewoman",
    "lives": "life",
    "halves": "half",
    "analyses": "analysis",
    "bases": "basis",
    "crises": "crisis",
    "hypotheses": "hypothesis",
    "series": "series",
}
UNCOUNTED: Final = frozenset(
    {"evidence", "information", "intelligence", "advice", "equipment", "work", "data", "staff"}
)
AFTER: Final = ("since", "before", "after", "until", "abroad", "away", "each", "elsewhere", "between")
PREPOSITIONS: Final = frozenset(
    {"of", "for", "on", "in", "by", "from", "to", "at", "with", "without", "over", "per", *AFTER}
)
NO_NOUN: Final = frozenset(
    {"or", "and", "not", "no", "is", "are", "was", "were", "has", "have", "than", "as", "if", "when", "that", "which"}
)
RESERVED: Final = frozenset(
    {"applicable", "true", "false", "holds", "known", "unknown", "none", "above", "below", "other", "least", "most"}
)
_ADJECTIVE: Final = re.compile(r"[a-z]{2,}(?:(?<!e)ed|able|ible|ous|ful|less|ical|icant|eral|ive)")
_OTHERS: Final = frozenset(
    {
        *(
            "missing",
            "outstanding",
            "pending",
            "clean",
            "urgent",
            "present",
            "absent",
            "new",
            "late",
            "early",
            "overall",
        ),
        *("met", "known", "given", "made", "held", "sent", "taken", "shown", "done", "paid", "left", "kept", "told"),
        *("seen", "written", "chosen", "led", "lost", "found", "brought", "built", "heard", "spent"),
    }
)
_PLAIN: Final = re.compile(r"[\w-]+")


def words_of(name: str) -> str:
    """A name as words."""
    return name.replace("_", " ")


def in_quotes(text: str) -> str:
    """A text in quotation marks."""
    return f"“{text}”"


def label(text: str) -> str:
    """A label or a text: in quotation marks unless it is one word that can be nothing else."""
    plain = _PLAIN.fullmatch(text) and text.casefold() not in RESERVED | NO_NOUN
    return text if plain else in_quotes(text)


def listed(parts: Sequence[str], word: str = "and") -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {word} {parts[-1]}"


def sentence(text: str) -> str:
    """With a capital and a full stop."""
    if not text:
        return text
    return text[0].upper() + text[1:] + ("" if text[-1] in ".:?!" else ".")


def an(noun: str) -> str:
    """The noun with ``a`` or ``an``."""
    sound = noun.lstrip("“‘\"'").casefold()
    silent = sound.startswith(("hour", "honest", "honour", "heir"))
    spoken_you = re.match(r"(uni|use|usu|eu|one\b|once)", sound) is not None
    vowel = sound[:1] in "aeiou" and not spoken_you
    return f"an {noun}" if silent or vowel or sound[:1] == "8" else f"a {noun}"


def singular(words: str) -> str:
    """One of them: of ``agencies``, ``agency``. What is no plural stays as it is; of ``evidence`` one is an item."""
    before, head, after = _around_head(words)
    if head in UNCOUNTED:
        return f"{before}item of {head}{after}"
    if is_adjective(words):
        return f"{words} one"
    if head in IRREGULAR:
        head = IRREGULAR[head]
    elif not is_plural(head):
        pass
    elif head.endswith("ies") and len(head) > 4:
        head = head[:-3] + "y"
    elif head.endswith(("sses", "xes", "zes", "ches", "shes")):
        head = head[:-2]
    else:
        head = head[:-1]
    return f"{before}{head}{after}"


def plural(words: str) -> str:
    """Several of what is called so; what is a plural stays as it is."""
    before, head, after = _around_head(words)
    if head in UNCOUNTED:
        return f"{before}items of {head}{after}"
    if is_adjective(words):
        return f"{words} ones"
    if head in IRREGULAR or is_plural(head):
        return words
    for several, one in IRREGULAR.items():
        if one == head and several != "persons":
            return f"{before}{several}{after}"
    if re.search(r"[^aeiou]y$", head):
        head = head[:-1] + "ies"
    elif head.endswith(("s", "x", "z", "ch", "sh")):
        head += "es"
    else:
        head += "s"
    return f"{before}{head}{after}"


def is_plural(words: str) -> bool:
    """Whether a name is a plural, by the word that carries it: `hours on duty`, `agencies needed`."""
    head = _around_head(words)[1]
    if head in IRREGULAR:
        return head != IRREGULAR[head]
    return len(head) > 3 and head.endswith("s") and not head.endswith(("ss", "us", "is", "ness"))


def _around_head(words: str) -> tuple[str, str, str]:
    """The word that carries a name, with what stands before it and after it."""
    own = words.split()
    end = next((place for place, word in enumerate(own) if word in PREPOSITIONS), len(own)) or len(own)
    if end > 1 and is_adjective(own[end - 1]):
        end -= 1
    before = "".join(f"{word} " for word in own[: end - 1])
    after = "".join(f" {word}" for word in own[end:])
    return before, own[end - 1] if own else "", after


def is_adjective(name: str) -> bool:
    """Whether a name of one word can be said of something after ``is``: `significant`, `recorded`, `missing`."""
    return name in _OTHERS or _ADJECTIVE.fullmatch(name) is not None


def number(value: Fraction | int, unit: str | None = None) -> str:
    """An exact number, with its unit: ``2``, ``14,000 people``, ``0.5``, ``1/3``."""
    found = Fraction(value)
    if found.denominator == 1:
        written = f"{int(found):,}"
    elif (decimal := _decimal(found)) is not None:
        written = decimal
    else:
        written = f"{found.numerator:,}/{found.denominator:,}"
    written = written.replace("-", "minus ")
    return written if unit is None else f"{written} {unit}"


def share(value: Fraction | int) -> str:
    """A share, exact, with its percentage where that is exact: ``one half``, ``9/10 (90%)``, ``2/7``, ``100%``."""
    found = Fraction(value)
    if found in FRACTIONS:
        return FRACTIONS[found]
    percent = _percent(found)
    if percent is None:
        return number(found)
    return percent if found.denominator == 1 else f"{found.numerator}/{found.denominator} ({percent})"


def number_within(value: Fraction | int) -> str:
    """A share as it is said within brackets."""
    return share(value).replace(" (", ", ").removesuffix(")")


def _decimal(value: Fraction) -> str | None:
    """The decimal, where it ends after at most six places."""
    scaled = value * 10**6
    if scaled.denominator != 1:
        return None
    sign, digits = ("-" if value < 0 else ""), f"{abs(int(scaled)):07d}"
    return f"{sign}{int(digits[:-6]):,}.{digits[-6:].rstrip('0')}".rstrip(".")


def _percent(value: Fraction) -> str | None:
    hundredths = _decimal(value * 100)
    return None if hundredths is None or len(hundredths.partition(".")[2]) > 2 else f"{hundredths}%"


def told(value: Known, unit: str | None = None, *, is_share: bool = False) -> str:
    """Any value: a label, a number, a day as ``1 June 2007``, a month as ``June 2007``."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | Fraction):
        return share(value) if is_share else number(value, unit)
    if isinstance(value, Month):
        return f"{MONTHS[value.ordinal % 12]} {value.ordinal // 12:04d}"
    if isinstance(value, datetime.date):
        return f"{value.day} {MONTHS[value.month - 1]} {value.year:04d}"
    if isinstance(value, str):
        return label(value)
    return shown(value)
