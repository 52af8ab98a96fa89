"""One cell in SQL: when it is refused, and what it is worth, by the type of its field and by what the column holds.

A text is read as a case reads it (:mod:`hmic_rules.datatypes`): the expressions here say in SQL what ``parse`` says there.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil, floor
from typing import Final

from attrs import frozen

from hmic_rules.batch.quoting import CONTROLS, listed, literal
from hmic_rules.datatypes import (
    MAX_DIGITS,
    MAX_TEXT,
    NO_WORDS,
    YES_WORDS,
    BooleanType,
    DateType,
    LabelType,
    MonthType,
    NumberType,
    ScalarType,
    TextType,
)
from hmic_rules.possible import NOT_APPLICABLE

__all__ = ["MOST", "Cell", "Fault", "accepts"]

MOST: Final = 2**63 - 1
FINEST: Final = 18  # the most decimal places that a 64-bit number can hold
POWERS: Final = f"[{', '.join(f'{10**power}::HUGEINT' for power in range(FINEST + 1))}]"
_INTEGER: Final = "-?(0|[1-9][0-9]*)"
NUMBER: Final = rf"{_INTEGER}|-?(0|[1-9][0-9]*)?\.[0-9]+|{_INTEGER}/[1-9][0-9]*|{_INTEGER}(\.[0-9]+)? ?%"
ACCEPTED: Final[tuple[tuple[type[ScalarType], tuple[str, ...]], ...]] = (
    (BooleanType, ("text", "boolean")),
    (NumberType, ("text", "integer", "decimal", "float")),
    (LabelType, ("text", "integer")),
    (TextType, ("text", "integer")),
    (DateType, ("text", "date", "timestamp")),
    (MonthType, ("text",)),
)


def accepts(type: ScalarType, kind: str) -> bool:
    """Whether cells of this kind can be of the type at all."""
    return kind == "nothing" or any(kind in kinds for wanted, kinds in ACCEPTED if isinstance(type, wanted))


@frozen
class Fault:
    """When a cell is refused, as a condition in SQL that is never ``NULL``, and what is said of it after the cell itself."""

    when: str
    says: str
    help: str | None = None


@frozen
class Cell:
    """A cell of one column.

    Attributes:
        raw: the cell as it was brought, in SQL.
        kind: what sort of thing it is: ``text``, ``integer``, ….
        type: what may stand in it.
        may_be_not_applicable: whether *not applicable* may.
        per: for a decimal or share, into how many parts a whole is divided.
        from_csv: whether control characters have to be looked for.
        nested: in JSON Lines, the condition that the cell is a list or a mapping.

    """

    raw: str
    kind: str
    type: ScalarType
    may_be_not_applicable: bool = False
    per: int = 1
    from_csv: bool = False
    nested: str | None = None

    @property
    def text(self) -> str:
        """The cell as a text."""
        return self.raw if self.kind == "text" else f"CAST({self.raw} AS VARCHAR)"

    @property
    def not_applicable(self) -> str:
        """Whether it is *not applicable*, in SQL."""
        if not self.may_be_not_applicable or self.kind != "text":
            return "false"
        return f"coalesce({self.raw} = {literal(NOT_APPLICABLE.value)}, false)"

    @property
    def given(self) -> str:
        """The condition that there is something to read."""
        return (
            f"{self.raw} IS NOT NULL"
            if self.not_applicable == "false"
            else f"{self.raw} IS NOT NULL AND NOT {self.not_applicable}"
        )

    def faults(self) -> Iterator[Fault]:
        """Each way in which it is refused; no two hold of one cell."""
        if self.kind == "nothing":
            return
        plain = self.given
        if self.nested is not None:
            yield Fault(self.nested, f"a list or a mapping is not {self.type.described}")
            plain = f"{plain} AND NOT {self.nested}"
        for when, says, help in self._faults():
            yield Fault(f"({plain} AND coalesce({when}, true))", says, help)

    def _faults(self) -> Iterator[tuple[str, str, str | None]]:
        said = f"is not {self.type.described}"
        if isinstance(self.type, BooleanType) and self.kind == "text":
            yield f"{self.raw} NOT IN ({listed(sorted(YES_WORDS | NO_WORDS))})", said, None
        elif isinstance(self.type, LabelType):
            yield f"{self.text} NOT IN ({listed(sorted(self.type.spellings))})", said, None
        elif isinstance(self.type, TextType) and self.kind == "text":
            yield f"length({self.text}) > {MAX_TEXT}", f"is a text of more than {MAX_TEXT:,} characters", None
            if self.from_csv:
                yield (
                    f"regexp_matches({self.raw}, {literal(CONTROLS)})",
                    "has a character that is not allowed in a table",
                    "delete it",
                )
        elif isinstance(self.type, DateType):
            yield from self._date_faults(said)
        elif isinstance(self.type, MonthType):
            yield f"NOT {self._is_month}", said, "write it as in 2007-06"
            yield from self._beyond(self._is_month, said)
        elif isinstance(self.type, NumberType):
            yield from self._number_faults(said)

    def value(self) -> str:
        """What it is worth, in SQL: of the storage that the table wants, ``NULL`` where it is unknown, not applicable or refused."""
        if self.kind == "nothing":
            return "NULL"
        type = self.type
        if isinstance(type, BooleanType):
            if self.kind == "boolean":
                return self.raw
            return f"CASE WHEN {self.raw} IN ({listed(sorted(YES_WORDS))}) THEN true WHEN {self.raw} IN ({listed(sorted(NO_WORDS))}) THEN false END"
        if isinstance(type, DateType):
            if self.kind == "text":
                return f"CASE WHEN {self._is_date} THEN TRY_CAST({self.raw} AS DATE) END"
            return f"CAST({self.raw} AS DATE)"
        if isinstance(type, MonthType):
            year, month = f"CAST(left({self.raw}, 4) AS INTEGER)", f"CAST(right({self.raw}, 2) AS INTEGER)"
            return f"CASE WHEN {self._is_month} THEN {year} * 12 + {month} - 1 END"
        if isinstance(type, NumberType):
            return self._number()
        if isinstance(type, LabelType) and type.also:
            spelled = " ".join(f"WHEN {literal(written)} THEN {literal(label)}" for written, label in type.also)
            return f"CASE {self.text} {spelled} WHEN {literal(NOT_APPLICABLE.value)} THEN {self._not_a_label} ELSE {self.text} END"
        return self.text if self.not_applicable == "false" else f"nullif({self.text}, {literal(NOT_APPLICABLE.value)})"

    @property
    def _not_a_label(self) -> str:
        return "NULL" if self.may_be_not_applicable else literal(NOT_APPLICABLE.value)

    # dates and months

    @property
    def _is_date(self) -> str:
        return f"(regexp_full_match({self.raw}, '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}') AND {self.raw} >= '0001' AND TRY_CAST({self.raw} AS DATE) IS NOT NULL)"

    def _date_faults(self, said: str) -> Iterator[tuple[str, str, str | None]]:
        if self.kind == "text":
            yield f"NOT {self._is_date}", said, "write it as in 2007-06-01"
            yield from self._beyond(self._is_date, said)
            return
        if self.kind == "timestamp":
            yield (
                f"{self.raw} <> date_trunc('day', {self.raw})",
                "has a time of day, and a date is wanted",
                "round it to the day",
            )
        yield (
            f"NOT isfinite({self.raw}) OR year({self.raw}) NOT BETWEEN 1 AND 9999",
            "is no day of the years 1 to 9999",
            None,
        )
        yield from self._beyond(f"isfinite({self.raw})", said)

    def _beyond(self, readable: str, said: str) -> Iterator[tuple[str, str, str | None]]:
        """A day or month that can be read, and lies outside the bounds of its type."""
        assert isinstance(self.type, DateType | MonthType)  # noqa: S101 - asked for these only
        value, cast = (f"CAST({self.raw} AS DATE)", "DATE ") if isinstance(self.type, DateType) else (self.raw, "")
        beyond = [
            *([] if self.type.low is None else [f"{value} < {cast}{literal(str(self.type.low))}"]),
            *([] if self.type.high is None else [f"{value} > {cast}{literal(str(self.type.high))}"]),
        ]
        if beyond:
            yield f"CASE WHEN {readable} THEN {' OR '.join(beyond)} ELSE false END", said, None

    @property
    def _is_month(self) -> str:
        return f"regexp_full_match({self.raw}, '[0-9]{{4}}-(0[1-9]|1[0-2])')"

    # numbers: a whole number of parts, and into how many parts a whole is divided

    @property
    def is_whole(self) -> bool:
        """Whether the cell is a whole number by the type of its column."""
        return self.kind == "integer"

    @property
    def _written(self) -> str:
        """The number as a text without a sign for hundredths, and without an exponent."""
        if self.kind == "float":
            return f"split_part({self.text}, 'e', 1)"
        return f"regexp_replace({self.text}, ' ?%$', '')"

    @property
    def _is_ratio(self) -> str:
        return f"contains({self.text}, '/')" if self.kind == "text" else "false"

    @property
    def _exponent(self) -> str:
        return f"coalesce(TRY_CAST(split_part({self.text}, 'e', 2) AS INTEGER), 0)"

    @property
    def _decimals(self) -> str:
        return f"rtrim(split_part({self._written}, '.', 2), '0')"

    @property
    def places(self) -> str:
        """How many decimal places it needs, in SQL; of a ratio none."""
        if self.is_whole:
            return "0"
        if self.kind == "float":
            return f"greatest(length({self._decimals}) - {self._exponent}, 0)"
        if self.kind == "decimal":
            return f"length({self._decimals})"
        hundredths = f"CASE WHEN ends_with({self.text}, '%') THEN 2 ELSE 0 END"
        return f"CASE WHEN {self._is_ratio} THEN 0 ELSE length({self._decimals}) + {hundredths} END"

    @property
    def ratio_of(self) -> str:
        """Of a ratio, its denominator, in SQL; ``NULL`` where it is none, or too large to be held."""
        return f"CASE WHEN {self._is_ratio} THEN TRY_CAST(split_part({self.text}, '/', 2) AS BIGINT) END"

    @property
    def digits(self) -> str:
        """Its digits as a whole number, in SQL; ``NULL`` where there are too many."""
        if self.is_whole:
            return f"TRY_CAST({self.raw} AS HUGEINT)"
        whole = f"split_part({self._written}, '.', 1) || {self._decimals}"
        if self.kind == "float":
            whole = f"{whole} || repeat('0', greatest({self._exponent} - length({self._decimals}), 0))"
        elif self.kind == "text":
            whole = f"CASE WHEN {self._is_ratio} THEN split_part({self.text}, '/', 1) ELSE {whole} END"
        return f"CASE WHEN {whole} IN ('', '-') THEN 0::HUGEINT ELSE TRY_CAST({whole} AS HUGEINT) END"

    @property
    def parts(self) -> str:
        """Into how many parts a whole is divided in the number as it is written, in SQL."""
        power = f"{POWERS}[least({self.places}, {FINEST}) + 1]"
        return power if self.kind != "text" else f"coalesce(nullif({self.ratio_of}, 0)::HUGEINT, {power})"

    @property
    def holdable(self) -> str:
        """Whether digits and parts are small enough to be computed with, in SQL."""
        ratio = f" AND (NOT {self._is_ratio} OR {self.ratio_of} IS NOT NULL)" if self.kind == "text" else ""
        return f"(coalesce({self.digits} BETWEEN -{MOST} AND {MOST}, false) AND {self.places} <= {FINEST}{ratio})"

    @property
    def is_number(self) -> str:
        """Whether it is a number at all, in SQL."""
        if self.kind == "text":
            return f"(length({self.raw}) <= {MAX_DIGITS} AND regexp_full_match({self.raw}, {literal(NUMBER)}))"
        return f"isfinite({self.raw})" if self.kind == "float" else "true"

    def _scaled(self) -> str:
        """The number as a whole number of parts of the column, a ``HUGEINT``, where it is holdable."""
        if self.is_whole:
            return f"{self.digits} * {self.per}"
        if isinstance(self.type, NumberType) and self.type.kind == "integer":
            return f"{self.digits} // {self.parts}"
        return f"{self.digits} * ({self.per} // {self.parts})"

    def _number_faults(self, said: str) -> Iterator[tuple[str, str, str | None]]:
        assert isinstance(self.type, NumberType)  # noqa: S101 - asked for numbers only
        too_large = "cannot be held exactly in 64 bits, as a table is computed", "decide this case by `decide`"
        if self.is_whole and self.per == 1:
            low, high = self.type.low, self.type.high
            if beyond := [
                *([] if low is None else [f"{self.raw} < {ceil(low)}"]),
                *([] if high is None else [f"{self.raw} > {floor(high)}"]),
            ]:
                yield " OR ".join(beyond), said, None
            within = "".join(f" AND NOT {one}" for one in beyond)
            yield f"TRY_CAST({self.raw} AS BIGINT) IS NULL{within}", *too_large
            return
        if self._is_plain_integer != "false":
            yield from self._plainly_integer(said, too_large)
            return
        number = self.is_number
        if number != "true":
            help = "use null for what is unknown" if self.kind == "float" else None
            yield f"NOT {number}", said, help
        if self.type.kind == "integer" and not self.is_whole:
            yield f"{number} AND {self.holdable} AND {self.digits} % {self.parts} <> 0", said, None
        low, high = self.type.low, self.type.high
        scaled = self._scaled()
        whole = "" if self.is_whole or self.type.kind != "integer" else f" AND {self.digits} % {self.parts} = 0"
        inside = f"{number} AND {self.holdable}{whole}"
        beyond = [
            *([] if low is None else [f"{scaled} < {ceil(low * self.per)}"]),
            *([] if high is None else [f"{scaled} > {floor(high * self.per)}"]),
        ]
        if beyond:
            yield f"CASE WHEN {inside} THEN {' OR '.join(beyond)} ELSE false END", said, None
        within = "".join(f" AND NOT {one}" for one in beyond)
        yield f"{number} AND NOT {self.holdable}", *too_large
        if self.type.kind != "integer":
            yield f"CASE WHEN {inside}{within} THEN abs({scaled}) > {MOST} ELSE false END", *too_large

    @property
    def _is_plain_integer(self) -> str:
        """Whether a text is a whole number written plainly, where one is wanted, in SQL: asked first, since most are, and it is cheap."""
        whole = isinstance(self.type, NumberType) and self.type.kind == "integer" and self.kind == "text"
        return f"regexp_full_match({self.raw}, '-?(0|[1-9][0-9]{{0,17}})')" if whole else "false"

    def _plainly_integer(self, said: str, too_large: tuple[str, str]) -> Iterator[tuple[str, str, str | None]]:
        """The faults of a text that is to be a whole number, those of one that is written plainly looked at first."""
        assert isinstance(self.type, NumberType)  # noqa: S101 - asked for numbers only
        plain, low, high = self._is_plain_integer, self.type.low, self.type.high
        value = f"TRY_CAST({self.raw} AS BIGINT)"
        beyond = [
            *([] if low is None else [f"{value} < {ceil(low)}"]),
            *([] if high is None else [f"{value} > {floor(high)}"]),
        ]
        whole = f"{self.is_number} AND {self.holdable} AND {self.digits} % {self.parts} = 0"
        scaled = self._scaled()
        beyond_too = [
            *([] if low is None else [f"{scaled} < {ceil(low)}"]),
            *([] if high is None else [f"{scaled} > {floor(high)}"]),
        ]
        large = f"{self.is_number} AND NOT {self.holdable}"
        outside = f"CASE WHEN {whole} THEN {' OR '.join(beyond_too) or 'false'} ELSE NOT ({large}) END"
        yield f"CASE WHEN {plain} THEN {' OR '.join(beyond) or 'false'} ELSE {outside} END", said, None
        yield f"CASE WHEN {plain} THEN false ELSE {large} END", *too_large

    def _number(self) -> str:
        guard = self.given if self.may_be_not_applicable else f"{self.raw} IS NOT NULL"
        conditions = [guard, self.is_number, self.holdable]
        if self.is_whole and self.per == 1:
            return f"TRY_CAST({self.raw} AS BIGINT)"
        plainly = self._is_plain_integer
        first = "" if plainly == "false" else f"WHEN {plainly} THEN TRY_CAST({self.raw} AS BIGINT) "
        return f"CASE {first}WHEN {' AND '.join(conditions)} THEN TRY_CAST({self._scaled()} AS BIGINT) END"
