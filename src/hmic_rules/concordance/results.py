"""What comes of an archive held against the rules: kinds of row, a table, shares, kappas, and departures with their reasons."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Final, Literal, TypeAlias

from attrs import asdict, field, frozen

from hmic_rules.batch.checking import Problem

__all__ = [
    "APART",
    "KINDS",
    "NARROWED",
    "OPEN",
    "Concordance",
    "Difference",
    "Group",
    "Kappa",
    "Looked",
    "Reason",
    "Share",
    "Stranger",
    "concordance_data",
    "readings_data",
    "rounded",
]

KINDS: Final = ("equal", "different", "inside", "outside", "open")
APART: Final = ("outside the vocabulary", "not recorded", "set aside")
NARROWED, OPEN = "narrowed", "not limited"
PLACES: Final = 3

Reason: TypeAlias = Literal[
    "limit", "not met", "outranked", "ruled out", "no rule gives it", "judged", "computed", "does not apply", "applies"
]


@frozen
class Share:
    """A share of rows in agreement: ``part`` of ``whole``, where ``of`` says which rows these are; ``None`` where there are none."""

    of: Literal["decided", "compared", "all"]
    part: int
    whole: int

    @property
    def exact(self) -> Fraction | None:
        """The share, from 0 to 1; ``None`` where there is no such row."""
        return Fraction(self.part, self.whole) if self.whole else None


@frozen
class Kappa:
    """Cohen's kappa over the rows that are decided, where both outcomes are labels.

    Attributes:
        weights: how much a difference counts: ``linear`` by the steps between two labels, ``quadratic`` by their square, ``none`` each alike.
        rows: how many rows it is taken over.
        exact: its value, ``None`` where it is undefined.
        why: why it is undefined, ``None`` where it is not.

    """

    weights: Literal["linear", "quadratic", "none"]
    rows: int
    exact: Fraction | None
    why: str | None = None


@frozen
class Stranger:
    """A recorded word that stands for no result: in how many rows it stands, one of their cases, and what may be meant."""

    written: str
    rows: int
    example: str
    help: str | None


@frozen
class Difference:
    """What would have to differ for the recorded outcome, in rows with the same facts.

    Attributes:
        example: one of their cases.
        rows: how many rows have these facts.
        changes: the fewest facts that would have to be otherwise, each with what it is and would be; what is not known and would have to
            turn out so stands among them. Empty where ``none`` says why there is no such set.
        others: how many more sets of changes are as small.
        in_the_way: by the id of each rule that gives the recorded outcome, the items that keep it from holding; a rule that holds is left out.
        none: why there is no such set, ``None`` where there is one.

    """

    example: str
    rows: int
    changes: tuple[str, ...]
    others: int
    in_the_way: Mapping[str, tuple[str, ...]]
    none: str | None = None


@frozen
class Group:
    """Departures of one kind: recorded alike, computed alike, for the same reason.

    Attributes:
        reason: what kind of reason it is.
        says: the reason in a sentence.
        kind: ``different`` where the row is decided, ``outside`` where results are left and the recorded one is none of them.
        recorded: what was recorded.
        possible: what was computed: the result, or every result still possible.
        rule: the rule that gave it, ``otherwise``, or ``None``.
        limits: the limits that changed it.
        rules: the rules that give the recorded outcome.
        rows: how many departures these are.
        examples: some of their cases.
        in_the_way: the items that keep a rule for the recorded outcome from holding, and in how many of the rows each does: the most
            frequent first, and not more than ten.
        differences: what would have to differ, for the rows that were looked at.

    """

    reason: Reason
    says: str
    kind: Literal["different", "outside"]
    recorded: str
    possible: tuple[str, ...]
    rule: str | None
    limits: tuple[str, ...]
    rules: tuple[str, ...]
    rows: int
    examples: tuple[str, ...]
    in_the_way: Mapping[str, int] = field(factory=dict)
    differences: tuple[Difference, ...] = ()


@frozen
class Looked:
    """How far the exact questions went: about how many different sets of facts they were asked, and how many departures have these."""

    patterns: int
    of_patterns: int
    rows: int
    of_rows: int


@frozen
class Concordance:
    """An archive of recorded outcomes beside what the rules give.

    Attributes:
        ruleset, edition, framework, profile: what decided.
        outcome: the outcome that is compared.
        recorded: the column of what was recorded.
        rows: how many cases there are.
        kinds: how many of them are of each of the five kinds (see :data:`KINDS`); together with ``apart`` they are all rows.
        apart: how many are in none of them: recorded in no known word, not recorded, or set aside by the check of the table.
        labels: what can be recorded, in order.
        table: by what was recorded, how often each result was computed; ``narrowed`` and ``not limited`` stand beside the labels.
        shares: the share in agreement, over three sets of rows.
        kappas: weighted kappas of a scale, or the plain one where labels have no order.
        groups: the departures, by reason; the most rows first.
        looked: how far exact questions went.
        strangers: the first of the words that stand for nothing.
        number_of_strangers: how many such words there are.
        problems: why rows were set aside.
        notes: what no column gives.
        confirmed: how many cases the reference decided again, and came to the same.
        output: the file of departures.
        rejects: the file with what was set aside.

    """

    ruleset: str
    edition: str
    framework: str | None
    profile: str | None
    outcome: str
    recorded: str
    rows: int
    kinds: Mapping[str, int]
    apart: Mapping[str, int]
    labels: tuple[str, ...]
    table: Mapping[str, Mapping[str, int]]
    shares: tuple[Share, ...]
    kappas: tuple[Kappa, ...]
    groups: tuple[Group, ...]
    looked: Looked
    strangers: tuple[Stranger, ...]
    number_of_strangers: int
    problems: tuple[Problem, ...]
    notes: tuple[str, ...]
    confirmed: int
    output: str | None
    rejects: str | None

    @property
    def compared(self) -> int:
        """How many rows are of one of the five kinds."""
        return sum(self.kinds.values())

    @property
    def departures(self) -> int:
        """How many rows were recorded as what the rules exclude."""
        return self.kinds["different"] + self.kinds["outside"]

    @property
    def reasons(self) -> dict[Reason, int]:
        """How many departures there are for each kind of reason, the most frequent first; together they are all."""
        found: dict[Reason, int] = {}
        for one in self.groups:
            found[one.reason] = found.get(one.reason, 0) + one.rows
        return dict(sorted(found.items(), key=lambda pair: -pair[1]))

    def __repr__(self) -> str:
        return f"<Concordance by {self.ruleset}: {self.rows:,} rows, {self.departures:,} departures>"


def rounded(exact: Fraction, places: int = PLACES) -> str:
    """A fraction with so many decimal places, half away from zero."""
    scaled = abs(exact) * 10**places
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    sign = "-" if exact < 0 and whole else ""
    return f"{sign}{whole // 10**places}.{whole % 10**places:0{places}d}"


def concordance_data(found: Concordance) -> dict[str, Any]:
    """A concordance as plain data: a fraction as a text, with its rounding beside it."""
    data = asdict(found, value_serializer=lambda _, __, value: dict(value) if isinstance(value, Mapping) else value)
    data["shares"] = [{"of": one.of, "part": one.part, "whole": one.whole, **_exact(one.exact)} for one in found.shares]
    data["kappas"] = [
        {"weights": one.weights, "rows": one.rows, **_exact(one.exact), "why": one.why} for one in found.kappas
    ]
    return data | {"compared": found.compared, "departures": found.departures, "reasons": found.reasons}


def readings_data(found: tuple[Concordance, ...]) -> dict[str, Any]:
    """The concordances of several readings as plain data."""
    return {"readings": [concordance_data(one) for one in found]}


def _exact(exact: Fraction | None) -> dict[str, str | None]:
    return {"exact": None if exact is None else str(exact), "rounded": None if exact is None else rounded(exact)}
