"""What a recorded outcome can say: the labels of an outcome, their other spellings, and *not applicable* where it can be so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from attrs import field, frozen

from hmic_rules.conditions import CASE
from hmic_rules.datatypes import NO_WORDS, YES_WORDS, BooleanType, LabelType
from hmic_rules.errors import Diagnostic, InputError, NotFoundError, did_you_mean, quoted
from hmic_rules.possible import NOT_APPLICABLE
from hmic_rules.programs import Program
from hmic_rules.rules import Judged, ValueRule
from hmic_rules.rulesets import Ruleset

__all__ = ["Vocabulary", "kept_apart", "outcome_to_compare", "vocabulary_of"]

EMPTY: Final = ""  # what `also` writes for a cell without anything


@frozen(eq=False)
class Vocabulary:
    """The words in which an outcome can be recorded.

    Attributes:
        value: the outcome.
        labels: its results in order, as they are written; those of a truth value are ``false`` and ``true``.
        ordered: whether the order means something.
        may_be_not_applicable: whether it can be not applicable.
        spellings: what may stand in the column, and the result that each stands for.
        empty: what a cell without anything stands for, ``None`` where it stands for nothing.

    """

    value: ValueRule
    labels: tuple[str, ...]
    ordered: bool
    may_be_not_applicable: bool
    spellings: Mapping[str, str] = field(factory=dict)
    empty: str | None = None

    @property
    def words(self) -> tuple[str, ...]:
        """Everything that can be recorded, in order: the labels, and *not applicable* after them."""
        return (*self.labels, *((NOT_APPLICABLE.value,) if self.may_be_not_applicable else ()))

    def help(self, written: str) -> str | None:
        """What may be meant by a word that is none of them."""
        same = [word for word in self.spellings if word.casefold() == written.casefold()]
        return did_you_mean(written, same or self.words, in_order=self.ordered)


def outcome_to_compare(ruleset: Ruleset, name: str | None) -> ValueRule:
    """The outcome that is compared: the one that is named, or the only one of a case.

    Raises:
        NotFoundError: there is no such outcome, or several where none is named.
        InputError: it has no labels, or does not stand on the case.

    """
    known = ruleset.outcomes
    if name is None:
        able = [one for one in known if ruleset.values[one].scope == CASE and _has_words(ruleset.values[one])]
        if len(able) != 1:
            listed = f": name one with `--outcome`: {', '.join(map(quoted, able))}" if able else ""
            raise NotFoundError(
                f"the rule set {quoted(ruleset.name)} has {len(able) or 'no'} outcomes of a case that have labels{listed}"
            )
        name = able[0]
    if name not in known:
        help = did_you_mean(name, known) or "see `list`"
        raise NotFoundError(f"the rule set {quoted(ruleset.name)} has no outcome {quoted(name)}: {help}")
    value = ruleset.values[name]
    problem = None
    if value.scope != CASE:
        problem = (
            f"the outcome {quoted(name)} stands on each of {quoted(value.scope)}, and a case has one recorded outcome"
        )
    elif not _has_words(value):
        problem = f"the outcome {quoted(name)} is {value.type.described}, and has no labels to count by"
    if problem is not None:
        raise InputError([Diagnostic("--outcome", problem, "compare its column in the results of `batch`")])
    return value


def _has_words(value: ValueRule) -> bool:
    return isinstance(value.type, LabelType | BooleanType)


def vocabulary_of(program: Program, value: ValueRule, also: Mapping[str, str]) -> Vocabulary:
    """The words in which an outcome can be recorded.

    Args:
        program: the bound rule set, whose inputs on the same scale bring their spellings along.
        value: the outcome.
        also: further spellings, each with the result that it stands for; of ``""``, what an empty cell stands for.

    Raises:
        InputError: a spelling stands for nothing that can be recorded, or for another result already; every such spelling.

    """
    type, applies = value.type, value.applies is not None
    if isinstance(type, LabelType):
        spellings = dict(_spellings(program.ruleset, type))
        found = Vocabulary(value, type.labels, type.scale is not None, applies)
    else:
        spellings = dict.fromkeys(YES_WORDS, "true") | dict.fromkeys(NO_WORDS, "false")
        found = Vocabulary(value, ("false", "true"), False, applies)
    spellings |= {word: word for word in found.words}
    problems: list[Diagnostic] = []
    for written, word in also.items():
        if word not in found.words:
            problem = f"{quoted(word)} is nothing that {quoted(value.name)} can be recorded as"
            problems.append(Diagnostic("--also", problem, did_you_mean(word, found.words, in_order=found.ordered)))
        elif spellings.get(written, word) != word:
            problem = f"{quoted(written)} already stands for {quoted(spellings[written])}"
            problems.append(Diagnostic("--also", problem, "a spelling stands for one result only"))
        else:
            spellings[written] = word
    if problems:
        raise InputError(problems)
    empty = spellings.pop(EMPTY, None)
    return Vocabulary(value, found.labels, found.ordered, applies, spellings, empty)


def _spellings(ruleset: Ruleset, type: LabelType) -> Iterator[tuple[str, str]]:
    """The other spellings of its labels, from every input on the same scale; those that mean two things are left out."""
    found: dict[str, set[str]] = {}
    given = [one.type for one in ruleset.inputs.values()]
    given += [one.type for collection in ruleset.collections.values() for one in collection.fields.values()]
    for one in (type, *given):
        if isinstance(one, LabelType) and (one.scale, one.labels) == (type.scale, type.labels):
            for written, label in one.also:
                found.setdefault(written, set()).add(label)
    return ((written, min(labels)) for written, labels in found.items() if len(labels) == 1)


def kept_apart(program: Program, value: ValueRule, column: str, id: str) -> None:
    """The column of what was recorded is no fact that the rules are put to.

    The one exception is a judged outcome: then what was recorded is the judgement, and the rules say what it may be.

    Raises:
        InputError: it is.

    """
    problem = None
    if column == id:
        problem = f"the column {quoted(column)} names the case"
    elif any(column in (one.name, one.column) for one in program.ruleset.inputs.values()):
        problem = f"{quoted(column)} is a fact that the rules are put to"
    elif column in program.ruleset.values and program.ruleset.values[column] is not value:
        other = program.ruleset.values[column]
        if other.scope == CASE and isinstance(other.body, Judged):
            problem = f"{quoted(column)} is a judgement that the rules are put to"
    if problem is not None:
        raise InputError([Diagnostic("--recorded", problem, "name the column that says what was recorded")])
