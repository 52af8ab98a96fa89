"""Several editions of one rule set, each in force from a date: which one it is on a day, and between which days there is none, or more than one."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, cast

from attrs import evolve, field, frozen

from hmic_rules.arguments import instance_given
from hmic_rules.datatypes import DateType, WrongValue
from hmic_rules.errors import Diagnostic, InputError, NotFoundError, quoted
from hmic_rules.rulesets import Picked, Ruleset

if TYPE_CHECKING:
    from hmic_rules.decisions import Decision, EngineName

__all__ = ["Series", "date_of", "edition_for", "in_force", "picked_data", "picked_in_words", "time_in_words"]

DAY: Final = datetime.timedelta(days=1)


def date_of(written: datetime.date | str, place: str = "on") -> datetime.date:
    """A date, or the date that a text is.

    Raises:
        InputError: it is no date.

    """
    if isinstance(written, datetime.date):
        return datetime.date(written.year, written.month, written.day)
    try:
        return cast("datetime.date", DateType().parse(written))
    except (TypeError, WrongValue):
        raise InputError([Diagnostic(place, f"{quoted(written)} is no date", "write it as in 2007-06-01")]) from None


def _in_order(editions: tuple[Ruleset, ...]) -> tuple[Ruleset, ...]:
    return tuple(sorted(editions, key=lambda one: (one.effective_from or datetime.date.min, one.name)))


@frozen
class Series:
    """The editions of one rule set, the earliest first.

    Attributes:
        name: the name that they share.
        editions: the rule sets.

    """

    name: str
    editions: tuple[Ruleset, ...] = field(converter=_in_order)

    def on(self, date: datetime.date | str) -> Ruleset:
        """The edition that is in force on a date; its ``picked`` says so, and so do its decisions and their records.

        Raises:
            NotFoundError: none is in force on that date, or more than one is, or one does not say from when.

        """
        day = date_of(date)
        open_ = [one.name for one in self.editions if one.effective_from is None]
        if open_:
            problem = f"{_listed(open_)} of the series {quoted(self.name)} does not say from when it is in force"
            raise NotFoundError(f"{problem}, so nobody knows which edition is on {day}: name one")
        found = [one for one in self.editions if _is_in_force(one, day)]
        if len(found) == 1:
            return _picked(found[0], day)
        if found:
            listed = "; ".join(
                f"{quoted(one.name)} is {time_in_words(one.effective_from, one.effective_to)}" for one in found
            )
            raise NotFoundError(
                f"{len(found)} editions of {quoted(self.name)} are in force on {day}: {listed}; name one"
            )
        raise NotFoundError(f"no edition of {quoted(self.name)} is in force on {day}: {self._around(day)}")

    def decide(
        self,
        case: Mapping[str, Any],
        *,
        on: datetime.date | str,
        framework: str | None = None,
        profile: str | None = None,
        parameters: Mapping[str, Any] | None = None,
        engine: EngineName | None = None,
    ) -> Decision:
        """Decide a case by the edition that is in force on a date; see :func:`hmic_rules.decisions.decide`.

        Raises:
            NotFoundError: no edition is in force on that date, or more than one is.

        """
        edition = self.on(on)
        return edition.decide(case, framework=framework, profile=profile, parameters=parameters, engine=engine)

    @property
    def faults(self) -> tuple[str, ...]:
        """Between which days no edition is in force, and on which more than one is, one sentence each; empty where there are none."""
        return tuple(self._faults())

    def _faults(self) -> Iterator[str]:
        for one in self.editions:
            if one.effective_from is None:
                yield f"{quoted(one.name)} does not say from when it is in force"
        dated = [one for one in self.editions if one.effective_from is not None]
        for place, one in enumerate(dated):
            for other in dated[place + 1 :]:
                start = other.effective_from
                if start is not None and (one.effective_to is None or start <= one.effective_to):
                    ends = [end for end in (one.effective_to, other.effective_to) if end is not None]
                    until = f"to {min(ends)}" if ends else "on"
                    yield f"{quoted(one.name)} and {quoted(other.name)} are both in force from {start} {until}"
        last: datetime.date | None = None
        for one in dated:
            start, end = one.effective_from, one.effective_to
            if start is not None and last is not None and start > last + DAY:
                yield f"no edition is in force from {last + DAY} to {start - DAY}"
            if end is None:
                return
            last = end if last is None else max(last, end)

    def _around(self, day: datetime.date) -> str:
        """What is in force before a day and after it."""
        before = [one for one in self.editions if one.effective_to is not None and one.effective_to < day]
        after = [one for one in self.editions if one.effective_from is not None and one.effective_from > day]
        said = []
        if before:
            one = max(before, key=lambda one: one.effective_to or datetime.date.min)
            said.append(f"{quoted(one.name)} was until {one.effective_to}")
        if after:
            said.append(f"{quoted(after[0].name)} is from {after[0].effective_from}")
        return ", and ".join(said)


def edition_for(rules: Ruleset | Series, date: datetime.date | str | None) -> Ruleset:
    """The rule set that decides: the edition of a series that is in force on the date, or the rule set itself, where it is.

    Raises:
        InputError: a series is given without a date, or the date is none.
        NotFoundError: no edition is in force on it, or more than one is.

    """
    if isinstance(rules, Series):
        if date is None:
            problem = f"{quoted(rules.name)} has several editions, and no date says which of them decides"
            raise InputError([Diagnostic("on", problem, "give the date: on=…")])
        return rules.on(date)
    rules = instance_given(rules, Ruleset, "ruleset", "load it first: hmic_rules.load(…)")
    return rules if date is None else in_force(rules, date)


def in_force(ruleset: Ruleset, date: datetime.date | str) -> Ruleset:
    """The rule set, where it is in force on a date; its ``picked`` says so.

    Raises:
        NotFoundError: it is not in force on that date, or does not say from when it is.

    """
    day = date_of(date)
    if ruleset.effective_from is None:
        raise NotFoundError(
            f"{quoted(ruleset.name)} does not say from when it is in force, so nobody knows whether it is on {day}"
        )
    if not _is_in_force(ruleset, day):
        when = time_in_words(ruleset.effective_from, ruleset.effective_to)
        raise NotFoundError(f"{quoted(ruleset.name)} is not in force on {day}: it is {when}")
    return _picked(ruleset, day)


def _is_in_force(one: Ruleset, day: datetime.date) -> bool:
    start, end = one.effective_from, one.effective_to
    return start is not None and start <= day and (end is None or day <= end)


def _picked(one: Ruleset, day: datetime.date) -> Ruleset:
    """The same rule set with the day on it. Its programs are made anew, because each knows its rule set."""
    assert one.effective_from is not None  # noqa: S101 - only such are in force
    return evolve(one, programs={}, picked=Picked(one.series, day, one.effective_from, one.effective_to))


def _listed(names: list[str]) -> str:
    return " and ".join(map(quoted, names))


def time_in_words(start: datetime.date | None, end: datetime.date | None) -> str:
    """From when to when something is in force."""
    if start is None:
        return "in force from a day that it does not say" + (f", to {end}" if end is not None else "")
    return f"in force from {start}" + (f" to {end}" if end is not None else " on")


def picked_in_words(picked: Picked) -> str:
    """Why an edition was picked, in one phrase."""
    of = f"the edition of {picked.series} for {picked.on}" if picked.series is not None else f"picked for {picked.on}"
    return f"{of}: it is {time_in_words(picked.start, picked.end)}"


def picked_data(picked: Picked) -> dict[str, Any]:
    """By which date an edition was picked, as plain data: ``series``, ``on``, ``from``, ``to``."""
    return {
        "series": picked.series,
        "on": picked.on.isoformat(),
        "from": picked.start.isoformat(),
        "to": None if picked.end is None else picked.end.isoformat(),
    }
