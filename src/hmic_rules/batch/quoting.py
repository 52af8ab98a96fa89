"""Names and texts as SQL of DuckDB has them, quoted by sqlglot; and what is asked of texts in SQL again and again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from hmic_rules.errors import HmicRulesError

try:
    from sqlglot import exp
except ModuleNotFoundError as error:  # pragma: no cover - the tests run with every extra
    raise HmicRulesError('tables of cases are an extra: pip install "hmic-rules[batch]"') from error

__all__ = ["BLANKS", "CONTROLS", "listed", "literal", "name"]

BLANKS: Final = "".join(
    chr(code)
    for code in range(0x3001)
    if chr(code).isspace() and not "\x0b" <= chr(code) <= "\x0c" and not "\x1c" <= chr(code) <= "\x1f"
)
CONTROLS: Final = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
DIALECT: Final = "duckdb"


def name(text: str) -> str:
    """A name in quotes."""
    return exp.to_identifier(text, quoted=True).sql(dialect=DIALECT)


def literal(text: str) -> str:
    """A text in quotes."""
    return exp.Literal.string(text).sql(dialect=DIALECT)


def listed(texts: Iterable[str]) -> str:
    """Texts in quotes, with commas between them, as ``IN`` takes them."""
    return ", ".join(map(literal, texts))
