"""What putting a finding right means for the facts that were coded of it, as an inspection says it."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

from hmic_rules.datatypes import WrongValue
from hmic_rules.errors import Span
from hmic_rules.possible import NOT_APPLICABLE, Known
from hmic_rules.rules import Basis
from hmic_rules.rulesets import Input

__all__ = ["Remedy", "read_fact"]


@frozen
class Remedy:
    """What an inspection says of putting findings right: which bearings fall short, and what becomes of them.

    Attributes:
        says: what is meant, in words.
        basis: where it comes from.
        falls_short: the descriptions of a shortfall. A bearing falls short where every field of one of them is coded as one of the labels
            that stand there; a fact that was not coded fits no description.
        becomes: the facts of a bearing once it was put right, as they would be written; all other facts stay as they were coded.

    """

    says: str
    basis: Basis
    falls_short: tuple[Mapping[str, frozenset[Known]], ...]
    becomes: Mapping[str, str]
    span: Span

    def is_short(self, facts: Mapping[str, str], fields: Mapping[str, Input]) -> bool:
        """Whether a bearing with these facts falls short.

        Args:
            facts: the coded facts, as they were written.
            fields: the fields that they stand in.

        """
        coded = {name: read_fact(text, fields[name]) for name, text in facts.items() if name in fields}
        return any(
            all(coded.get(name) in labels for name, labels in description.items()) for description in self.falls_short
        )

    def put_right(self, facts: Mapping[str, str]) -> dict[str, str]:
        """The facts of a bearing that fell short, once it was put right."""
        return {**facts, **self.becomes}


def read_fact(text: str, given: Input) -> Known | None:
    """A coded fact as a value of its field, ``None`` where it is none."""
    if given.may_be_not_applicable and text == NOT_APPLICABLE.value:
        return NOT_APPLICABLE
    try:
        return given.type.parse(text)
    except WrongValue:  # no description fits it; whoever decides the case says what is wrong with it
        return None
