"""What is asked of a decision, as a person writes it: `good`, `grade=good`, `status of np-tasking=met`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from attrs import frozen

from hmic_rules.conditions import CASE
from hmic_rules.datatypes import LabelType, shown
from hmic_rules.decisions import Decision
from hmic_rules.errors import Diagnostic, InputError, NotFoundError, choices, nearest, quoted
from hmic_rules.possible import members
from hmic_rules.questions.space import wanted_result

__all__ = ["Wanted", "read_wanted"]

OF: Final = " of "
LABELS_SHOWN: Final = 6
MOST: Final = 800


@frozen
class Wanted:
    """An outcome that is asked about.

    Attributes:
        name: the value.
        item: the item or group that it stands on, ``None`` for the case.
        result: what it would have to be, as it would be written.

    """

    name: str
    item: str | None
    result: str


def read_wanted(decision: Decision, written: str, place: str) -> Wanted:
    """What is asked about: ``NAME=OUTCOME``, or ``NAME of ITEM=OUTCOME``; ``OUTCOME`` alone, where one outcome stands on the whole case.

    Args:
        decision: the decision that is asked.
        written: what was written.
        place: where, for messages.

    Raises:
        InputError: there is no such outcome, it does not stand on this item, or it never comes out so; with those that there are.

    """
    names = decision.case_outcomes
    if len(names) == 1 and (_can_be(decision, names[0], written) or "=" not in written):
        return _checked(decision, Wanted(names[0], None, written), place)
    name = written.partition("=")[0].strip()
    if name in decision.program.steps:
        result = written.partition("=")[2].strip()
        if "=" not in written:
            raise _refused(decision, place, f"{quoted(written)} does not say what it would have to be")
        if decision.step(name).value.scope != CASE:
            help = f"write `{name} of ITEM={result}`: {choices('', decision.items(name))}"
            problem = f"{quoted(name)} stands on each of {quoted(decision.step(name).value.scope)}"
            raise InputError([Diagnostic(place, problem, help)])
        return _checked(decision, Wanted(name, None, result), place)
    name, of, rest = written.partition(OF)
    name = name.strip()
    if of and name in decision.program.steps and "=" in rest:
        return _on_item(decision, name, rest, place)
    raise _refused(decision, place, _unknown(decision, written))


def _on_item(decision: Decision, name: str, rest: str, place: str) -> Wanted:
    if decision.step(name).value.scope == CASE:
        result = rest.rpartition("=")[2].strip()
        problem = f"{quoted(name)} stands on the whole case, and on no item"
        raise InputError([Diagnostic(place, problem, f"write {quoted(f'{name}={result}')}")])
    items = decision.items(name)
    ends = [at for at, sign in enumerate(rest) if sign == "="]  # keys and results may have such a sign too
    end = next((at for at in ends if rest[:at].strip() in items), ends[-1])
    item, result = rest[:end].strip(), rest[end + 1 :].strip()
    if item not in items:
        raise InputError([Diagnostic(place, f"{quoted(name)} stands on no item {quoted(item)}", choices(item, items))])
    return _checked(decision, Wanted(name, item, result), place)


def _checked(decision: Decision, wanted: Wanted, place: str) -> Wanted:
    try:
        wanted_result(decision, wanted.name, wanted.result)
    except NotFoundError as error:
        raise InputError([Diagnostic(place, str(error))]) from None
    return wanted


def _can_be(decision: Decision, name: str, written: str) -> bool:
    try:
        wanted_result(decision, name, written)
    except NotFoundError:
        return False
    return True


def _unknown(decision: Decision, written: str) -> str:
    name = written.partition("=")[0].partition(OF)[0].strip()
    if "=" not in written:
        count = len(decision.case_outcomes)
        return f"{quoted(written)} does not say which outcome: {count or 'none'} of them {'stands' if count == 1 else 'stand'} on the whole case"
    near = nearest(name, decision.ruleset.outcomes)
    return f"there is no outcome {quoted(name)}" + ("" if near is None else f": did you mean {quoted(near)}?")


def _refused(decision: Decision, place: str, problem: str) -> InputError:
    """A refusal with the outcomes that can be asked about, as many as are read at a glance."""
    lines = list(_lines(decision))
    on_items = any(decision.ruleset.values[name].scope != CASE for name in decision.ruleset.outcomes)
    help = f"write NAME=OUTCOME{', or NAME of ITEM=OUTCOME' if on_items else ''}:"
    for count, line in enumerate(lines):
        if len(help) + len(line) > MOST:
            help += f"\n      and {len(lines) - count} more: hmic-rules list {decision.ruleset.name}"
            break
        help += f"\n      {line}"
    return InputError([Diagnostic(place, problem, help)])


def _lines(decision: Decision) -> Iterator[str]:
    """Each outcome with what it can come out as."""
    values = decision.ruleset.values
    for name in sorted(decision.ruleset.outcomes, key=lambda name: values[name].scope != CASE):
        value = values[name]
        found = members(value.type.whole)
        if found is None:
            continue
        labels = value.type.labels if isinstance(value.type, LabelType) else tuple(map(shown, sorted(found, key=shown)))
        more = len(labels) - LABELS_SHOWN
        listed = ", ".join(map(quoted, labels[:LABELS_SHOWN])) + (f" and {more} more" if more > 0 else "")
        yield f"{name}{'' if value.scope == CASE else ' of ITEM'}: {listed}"
