"""What a recorded outcome implies: the smallest sets of judgements under which the rules give it.

They are what follows from the rules and the coded facts, and not what anybody thought.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from fractions import Fraction
from functools import partial
from typing import Final

from attrs import frozen

from hmic_rules.binding import program_for
from hmic_rules.decisions import Decision
from hmic_rules.questions.bounds import exact_outcome
from hmic_rules.questions.costs import ONE, is_judged
from hmic_rules.questions.reaching import Level, Priced, Way, changes_to
from hmic_rules.questions.space import Change, Space, is_result, space_of, wanted_result
from hmic_rules.rereading import reread

__all__ = ["Implied", "Reconciliation", "reconcile"]

LISTED: Final = 3


@frozen
class Implied:
    """What a recorded outcome implies under one reading.

    Attributes:
        reading: the reading, ``None`` where the rule set has none.
        computed: what the rules give under it, from the facts as they were coded.
        values: the smallest sets of values of groups (of criteria, say) that would have to be otherwise; empty where no such set is enough.
        facts: the smallest sets of judgements on single facts (of findings, say).
        number_of_values: how many such smallest sets there are in all; ``values`` lists the first of them.
        number_of_facts: the same for ``facts``.

    """

    reading: str | None
    computed: str
    values: tuple[Way, ...]
    facts: tuple[Way, ...]
    number_of_values: int
    number_of_facts: int

    @property
    def size(self) -> int | None:
        """How many judgements on facts the smallest sets have, ``None`` where there is none."""
        return len(self.facts[0].changes) if self.facts else None


@frozen
class Reconciliation:
    """What a recorded outcome implies, reading by reading, those first under which it takes the fewest judgements."""

    recorded: str
    readings: tuple[Implied, ...]

    @property
    def reached(self) -> bool:
        """Whether the rules can give the recorded outcome at all."""
        return any(one.facts or one.values for one in self.readings)


def reconcile(
    decision: Decision, recorded: str, *, name: str | None = None, item: str | None = None, limit: int = LISTED
) -> Reconciliation:
    """The smallest sets of judgements under which the rules give a recorded outcome, for every reading of the rule set.

    A judgement is a label, or a yes or no, that was coded otherwise: of a finding, of the whole, or of a value that findings come to. Dates,
    numbers and texts are facts that nobody judged, and stay. What is not known and has to turn out so is listed apart.

    Args:
        decision: the decision.
        recorded: the recorded outcome, as it would be written.
        name: the value; the case's only outcome where none is named.
        item: the item, for a value that does not stand on the case.
        limit: how many of the smallest sets are listed for each reading and level.

    Raises:
        NotFoundError: there is no such value, item or outcome.
        NotAnalysedError: the diagram would have too many states.

    """
    name = decision.outcome.name if name is None else name
    target = wanted_result(decision, name, recorded)
    found = []
    for reading, one in _readings(decision):
        space = space_of(one, name, item)
        computed = str(exact_outcome(one, name, item))
        levels: dict[Level, tuple[tuple[Way, ...], int]] = {}
        both: tuple[Level, ...] = ("values", "facts") if space.lower is not None else ("facts",)
        for level in both:
            priced = Priced(space, partial(_price, space), level)
            ways = tuple(
                itertools.islice(changes_to(priced, lambda result: is_result(result, target), recorded), limit)
            )
            levels[level] = ways, ways[0].others + 1 if ways else 0
        values, facts = levels.get("values", ((), 0)), levels["facts"]
        found.append(Implied(reading, computed, values[0], facts[0], values[1], facts[1]))
    return Reconciliation(recorded, tuple(sorted(found, key=_by_size)))


def _by_size(one: Implied) -> tuple[bool, int, int]:
    return not one.facts, one.size or 0, len(one.facts[0].learnt) if one.facts else 0


def _price(space: Space, change: Change) -> Fraction | None:
    """One for what is judged, and nothing can be had of what is not."""
    return ONE if is_judged(space.decision.ruleset, change) else None


def _readings(decision: Decision) -> Iterator[tuple[str | None, Decision]]:
    """The decision under each reading; only its own where its settings are not those of a reading."""
    own, ruleset = decision.program, decision.ruleset
    plain = program_for(ruleset, own.framework, own.profile, None)
    if dict(plain.settings) != dict(own.settings) or not ruleset.profiles:
        yield decision.profile, decision
        return
    for reading in ruleset.profiles:
        same = reading == own.profile
        yield reading, decision if same else reread(decision, program_for(ruleset, own.framework, reading, None))
