"""How a mutant dies: by the cheapest way that tells it from the rule set it was made of.

A worked case of the rule set is the cheapest: it says what must follow, and the mutant gives something else. What no case tells apart is put to
the further ways, each a function of the rule set and the mutant that says what it found, or nothing.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias, cast

from attrs import field, frozen
from mutants import Mutant
from ruamel.yaml import YAML
from same_in_every_case import compared

import hmic_rules as hr
from hmic_rules.checking import unexpected
from hmic_rules.errors import HmicRulesError
from hmic_rules.loading.trees import Mapping
from hmic_rules.rulesets import Case

__all__ = [
    "WAYS",
    "Cases",
    "Fate",
    "Found",
    "Way",
    "by_data",
    "by_diagram",
    "fates",
    "first_difference",
    "told_equivalent",
]

EQUIVALENT: Final = Path(__file__).parent / "equivalent.yaml"
How: TypeAlias = Literal["case", "proof", "told apart", "equivalent", "survived"]


@frozen
class Fate:
    """What became of a mutant: how, and by what (the title of the case, or a sentence)."""

    mutant: Mutant
    how: How
    by: str = ""

    @property
    def accounted_for(self) -> bool:
        """Whether it is dead, or decides every case as the rule set does."""
        return self.how not in ("survived", "told apart")


@frozen
class Found:
    """What a way found: a proof that fails, a case on which the two differ, or that there is none."""

    how: How
    by: str


Way: TypeAlias = Callable[[hr.Ruleset, Mutant], Found | None]


@frozen
class Cases:
    """The worked cases of a rule set. Those that told a mutant apart are tried first on the next one, since neighbours die alike."""

    cases: list[Case] = field(converter=list)

    def first_that_fails(self, ruleset: hr.Ruleset) -> Case | None:
        """The first case that comes out otherwise than it says."""
        for place, case in enumerate(self.cases):
            if first_difference(ruleset, case) is not None:
                self.cases.insert(0, self.cases.pop(place))
                return case
        return None


def first_difference(ruleset: hr.Ruleset, case: Case) -> str | None:
    """What the case says and the rule set does not give, decided by the reference alone; a refusal is a difference too."""
    parameters = case.parameters.entries if isinstance(case.parameters, Mapping) else None
    try:
        decision = ruleset.decide(
            cast("Any", case.facts),
            framework=case.framework,
            profile=case.profile,
            parameters=parameters,
            engine="reference",
        )
    except HmicRulesError as error:
        return str(error)
    return next(iter(unexpected(decision, case)), None)


@functools.cache
def told_equivalent() -> dict[str, dict[str, str]]:
    """For each rule set, the mutants that are told to decide every case as it does, each with the reason."""
    text = EQUIVALENT.read_text(encoding="utf-8")
    return {
        name: {sentence: entry["because"] for entry in groups for sentence in entry["mutants"]}
        for name, groups in YAML(typ="safe").load(text).items()
    }


def by_data(ruleset: hr.Ruleset, mutant: Mutant) -> Found | None:
    """What `equivalent.yaml` says of it."""
    because = told_equivalent().get(ruleset.name, {}).get(mutant.sentence)
    return None if because is None else Found("equivalent", because)


def by_diagram(ruleset: hr.Ruleset, mutant: Mutant) -> Found | None:
    """What decision diagrams of all complete cases say of it: that it is equivalent, and how far that was looked at; or a case on which the two differ.

    Nothing where the diagrams do not tell.
    """
    found = compared(ruleset, mutant)
    if found.verdict == "differs" and found.witness is not None:
        return Found("told apart", f"by the diagram: {found.witness}")
    if found.verdict != "same":
        return None
    names = " and ".join(f"`{name}`" for name in found.values)
    return Found(
        "equivalent", f"by the diagram: {names} is the same in every case{''.join(f', {one}' for one in found.within)}"
    )


# A proof comes here, before what the diagrams and the data file say.
WAYS: tuple[Way, ...] = (by_diagram, by_data)


def fates(
    ruleset: hr.Ruleset, mutants: Iterable[Mutant], cases: Iterable[Case] | None = None, ways: tuple[Way, ...] = WAYS
) -> Iterator[Fate]:
    """What becomes of each mutant.

    Args:
        ruleset: what the mutants were made of.
        mutants: those to look at.
        cases: the worked cases that may tell them apart; those of the rule set where none are given.
        ways: the further ways, cheapest first.

    """
    own = Cases(ruleset.cases if cases is None else cases)
    for mutant in mutants:
        case = own.first_that_fails(mutant.ruleset)
        if case is not None:
            yield Fate(mutant, "case", case.title)
            continue
        found = next((one for one in (way(ruleset, mutant) for way in ways) if one is not None), None)
        yield Fate(mutant, "survived") if found is None else Fate(mutant, found.how, found.by)
