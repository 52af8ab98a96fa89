"""One column of a table of Spark: whether it can hold what its field wants, when a cell is refused, and what it is worth."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from math import ceil, floor
from typing import Final

from attrs import frozen
from pyspark.sql import Column

from hmic_rules.batch.shapes import Field
from hmic_rules.datatypes import MAX_TEXT, BooleanType, DateType, LabelType, MonthType, NumberType, TextType
from hmic_rules.possible import NOT_APPLICABLE
from hmic_rules.spark.sessions import functions as f
from hmic_rules.spark.sessions import types

__all__ = ["Cell", "accepts", "parts_of"]

WHOLE: Final = (types.ByteType, types.ShortType, types.IntegerType, types.LongType)
MOST: Final = 2**63 - 1
DIGITS: Final = 18  # the most that always fit 64 bits
MONTH: Final = "^[0-9]{4}-(0[1-9]|1[0-2])$"


def accepts(field: Field, held: types.DataType) -> bool:
    """Whether a column of this type can hold the field at all. Nothing is read from texts but texts, labels and months."""
    type = field.type
    if isinstance(held, types.NullType):
        return True
    if isinstance(type, BooleanType):
        return isinstance(held, types.BooleanType)
    if isinstance(type, NumberType):
        return isinstance(held, WHOLE) or (isinstance(held, types.DecimalType) and held.scale <= DIGITS)
    if isinstance(type, DateType):
        return isinstance(held, types.DateType)
    return isinstance(held, types.StringType)


def parts_of(field: Field, held: types.DataType) -> int:
    """Into how many parts a whole is divided, so that every cell is a whole number of them."""
    if isinstance(field.type, NumberType) and field.type.kind != "integer" and isinstance(held, types.DecimalType):
        return int(10**held.scale)
    return 1


@frozen(eq=False)
class Cell:
    """One cell.

    Attributes:
        field: what it is to hold.
        raw: the cell as it was brought.
        held: its type.
        beside: the cell beside it that says that it is not applicable, where there is one.

    """

    field: Field
    raw: Column
    held: types.DataType
    beside: Column | None = None

    @property
    def not_applicable(self) -> Column:
        """Whether it is *not applicable*; never ``NULL``."""
        found = f.lit(False)
        if self.field.may_be_not_applicable and isinstance(self.held, types.StringType):
            found = f.coalesce(self.raw == f.lit(NOT_APPLICABLE.value), found)
        return found if self.beside is None else found | f.coalesce(self.beside, f.lit(False))

    @property
    def text(self) -> Column:
        """The cell as a text, for messages."""
        return self.raw.cast("string")

    def faults(self) -> Iterator[tuple[Column, str, str | None]]:
        """Each way in which it is refused: the condition, what is said of it, and what to do."""
        if self.beside is not None:
            both = f.coalesce(self.beside, f.lit(False)) & self.raw.isNotNull() & (self.text != NOT_APPLICABLE.value)
            yield both, "is a value, and the column beside it says not applicable", "leave one of the two out"
        given = self.raw.isNotNull() & ~self.not_applicable
        for condition, says, help in self._faults():
            yield given & f.coalesce(condition, f.lit(True)), says, help

    def _faults(self) -> Iterator[tuple[Column, str, str | None]]:
        type, said = self.field.type, f"is not {self.field.type.described}"
        if isinstance(self.held, types.NullType):
            return
        if isinstance(type, LabelType):
            yield ~self.raw.isin(sorted(type.spellings)), said, None
        elif isinstance(type, TextType):
            yield f.length(self.raw) > MAX_TEXT, f"is a text of more than {MAX_TEXT:,} characters", None
        elif isinstance(type, DateType):
            outside = ~f.year(self.raw).between(1, 9999)
            for bound, far in ((type.low, self.raw < f.lit(type.low)), (type.high, self.raw > f.lit(type.high))):
                outside = outside | far if bound is not None else outside
            yield outside, said, None
        elif isinstance(type, MonthType):
            ordinal = self._month
            outside = ordinal.isNull()
            if type.low is not None:
                outside = outside | (ordinal < type.low.ordinal)
            if type.high is not None:
                outside = outside | (ordinal > type.high.ordinal)
            yield outside, said, "write it as in 2007-06"
        elif isinstance(type, NumberType):
            yield from self._number_faults(said)

    def _number_faults(self, said: str) -> Iterator[tuple[Column, str, str | None]]:
        type = self.field.type
        assert isinstance(type, NumberType)  # noqa: S101 - asked by who calls
        number = self._number
        yield number.isNull(), f"is no number of {DIGITS} digits that this field can hold", None
        per = parts_of(self.field, self.held)
        outside = f.lit(False)
        if type.low is not None:
            outside = outside | (number < max(ceil(type.low * per), -MOST))
        if type.high is not None:
            outside = outside | (number > min(floor(type.high * per), MOST))
        yield number.isNotNull() & outside, said, None

    @property
    def _month(self) -> Column:
        ordinal = self.raw.substr(1, 4).try_cast("int") * 12 + self.raw.substr(6, 2).try_cast("int") - 1
        return f.when(self.raw.rlike(MONTH), ordinal)

    @property
    def _number(self) -> Column:
        """A whole number of parts, ``NULL`` where it is none or does not fit."""
        if not isinstance(self.held, types.DecimalType):
            return self.raw.cast("bigint")
        if parts_of(self.field, self.held) == 1:  # a whole number in a column of decimals
            whole = self.raw.try_cast(types.DecimalType(DIGITS, 0))
            return f.when(self.raw == whole, whole.cast("bigint"))
        fitting = self.raw.try_cast(types.DecimalType(DIGITS, self.held.scale))
        return (fitting * f.lit(Decimal(10**self.held.scale))).cast("bigint")

    def value(self) -> Column:
        """What it is worth: of the storage that the SQL wants, ``NULL`` where it is unknown, not applicable or refused."""
        type = self.field.type
        if isinstance(self.held, types.NullType):
            return f.lit(None)
        if isinstance(type, NumberType):
            found = self._number
        elif isinstance(type, MonthType):
            found = self._month
        elif isinstance(type, LabelType) and type.also:
            found = self.raw
            for label in type.labels:
                written = [one for one, of in type.also if of == label]
                if written:
                    found = f.when(self.raw.isin(written), f.lit(label)).otherwise(found)
        else:
            found = self.raw
        return f.when(~self.not_applicable, found) if self.field.may_be_not_applicable else found
