"""Where something is wrong, what is wrong, and what to do: the diagnostics and the exceptions that carry them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from typing import Any

from attrs import frozen

__all__ = [
    "MAX_PROBLEMS",
    "ConflictError",
    "Diagnostic",
    "DisagreementError",
    "EngineError",
    "HmicRulesError",
    "InputError",
    "NotAnalysedError",
    "NotFoundError",
    "Span",
    "capped",
    "choices",
    "did_you_mean",
    "escaped",
    "nearest",
    "placed",
    "quoted",
    "readable",
    "shortened",
    "tamed",
    "text_of",
]

SHOWN = 60
MOST_PLACE = 400
MOST_TEXT = 1_000  # characters of one problem, or of one message that is no list of problems
CANDIDATES = 500
LISTED = 8
MAX_PROBLEMS = 500
_STEERS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


@frozen
class Span:
    """A place in a text file. Lines and columns count from 1, columns in characters."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@frozen
class Diagnostic:
    """One problem: its place, what is wrong, and what to do about it.

    ``place`` is a :class:`Span` for text that was read from a file and a path such as ``$.facts.risk`` for Python data.
    """

    place: Span | str
    problem: str
    help: str | None = None
    code: str = "invalid"

    def __str__(self) -> str:
        head = f"{placed(self.place)}: {readable(self.problem)}"
        return head if self.help is None else f"{head}\n    help: {readable(self.help)}"


class HmicRulesError(Exception):
    """The base of every error that this library raises on purpose."""

    def __str__(self) -> str:
        return readable(super().__str__())


class InputError(HmicRulesError):
    """Input that cannot be accepted, with every problem found in it, in the order of the places.

    Raised for rule sets, inspections and cases alike.

    Attributes:
        diagnostics: the problems; at least one.

    """

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__(self.diagnostics)

    def __str__(self) -> str:
        return "\n".join(map(str, self.diagnostics))


class NotFoundError(HmicRulesError):
    """No rule set, inspection, framework, profile or outcome has the name that was asked for."""


class ConflictError(HmicRulesError):
    """Two rules of a ``unique`` list hold for the same case, or a computed number lies outside its declared range."""


def capped(found: list[Diagnostic]) -> list[Diagnostic]:
    """The problems, or the first of them where there are so many that nobody reads on, with a word that there are more."""
    if len(found) < MAX_PROBLEMS:
        return found
    problem = f"here and further on there are more problems than the {MAX_PROBLEMS - 1} above"
    more = Diagnostic(found[MAX_PROBLEMS - 1].place, problem, "mend those first", "more")
    return [*found[: MAX_PROBLEMS - 1], more]


class EngineError(HmicRulesError):
    """An engine that was asked for cannot be had, cannot compute the rule set, or failed."""


class NotAnalysedError(HmicRulesError):
    """A question was not analysed, because it would take more states than are built. It is no answer, and never read as one."""


class DisagreementError(HmicRulesError):
    """Two engines computed the same value of the same case and came to different answers; no decision is given.

    Attributes:
        name: the value.
        item: the key of the item or group it stands on, ``None`` for the case.
        reference: the trace of the reference, a :class:`hmic_rules.traces.ValueTrace`.
        durable: the trace of durable_rules, a :class:`hmic_rules.backends.durable.EngineTrace`.

    """

    def __init__(self, message: str, name: str, item: str | None, reference: Any, durable: Any) -> None:
        super().__init__(message, name, item, reference, durable)
        self.name = name
        self.item = item
        self.reference = reference
        self.durable = durable

    def __str__(self) -> str:
        return str(self.args[0])


def quoted(value: object) -> str:
    """The value in backticks, with control characters escaped and long text cut, fit for one line of a message."""
    return f"`{shortened(value)}`"


def shortened(value: object) -> str:
    """The value as text, with control characters escaped and cut where it is long, fit for a place or a line of a message."""
    shown = escaped(text_of(value)[: SHOWN + 1])
    return f"{shown[:SHOWN]}…" if len(shown) > SHOWN else shown


def escaped(text: str) -> str:
    """The text on one line that every encoding can write: control characters and lone surrogates as Python writes them."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def text_of(value: object) -> str:
    """The value as text, whatever it is; of a text of a class of somebody's own, what it holds."""
    try:
        return str.__str__(value) if isinstance(value, str) else str.__str__(str(value))
    except ValueError:  # Python does not write whole numbers of thousands of digits
        return "a number of thousands of digits"
    except Exception:  # noqa: BLE001 - somebody else's object, which cannot be shown
        return f"an object of the class {type(value).__name__}"


def readable(text: str) -> str:
    """A text for a terminal: what would steer it, and half characters, as Python writes them; cut where it is long."""
    shown = text if len(text) <= MOST_TEXT else f"{text[:MOST_TEXT]}…"
    return tamed(shown)


def tamed(text: str) -> str:
    """A text in which nothing steers a terminal: control characters other than the end of a line, and half characters, as Python writes them."""
    return _STEERS.sub(lambda found: escaped(found[0]), text)


def placed(place: Span | str) -> str:
    """A place on one line; of a long one its beginning and its end, also where signs that are written as escapes make it long."""
    return _ends_of(tamed(_ends_of(str(place)).replace("\n", "\\n")))


def _ends_of(text: str) -> str:
    return text if len(text) <= MOST_PLACE else f"{text[: MOST_PLACE // 2]}…{text[-MOST_PLACE // 2 :]}"


def nearest(written: object, known: Iterable[str]) -> str | None:
    """The known spelling that is nearest to what is written, if one is near."""
    written = text_of(written)
    if len(written) > SHOWN:
        return None
    folded = {name.casefold(): name for name in reversed(sorted(set(known))[:CANDIDATES])}
    close = difflib.get_close_matches(written.casefold(), list(folded), n=1, cutoff=0.6)
    return folded[close[0]] if close else None


def did_you_mean(written: object, known: Iterable[str], *, in_order: bool = False) -> str | None:
    """The nearest known spelling as a sentence, or the whole list where it is short, or nothing.

    Args:
        written: what is not known.
        known: what is.
        in_order: whether ``known`` has an order of its own, such as that of a scale, in which it is listed.

    """
    names = list(dict.fromkeys(known)) if in_order else sorted(set(known))
    near = nearest(written, names)
    if near is not None:
        return f"did you mean {quoted(near)}?"
    return "known here: " + ", ".join(map(quoted, names)) if 0 < len(names) <= LISTED else None


def choices(written: object, known: Iterable[str]) -> str:
    """The nearest known name as a sentence, or as many of the names as are read at a glance; that there are none, where there are none."""
    names = sorted(set(known))
    rest = len(names) - LISTED
    help = did_you_mean(written, names)
    if help is not None:
        return help
    return f"known here: {', '.join(map(quoted, names[:LISTED]))} and {rest} more" if names else "there are none"
