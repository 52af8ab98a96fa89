"""What a rule set promises: named properties that can be checked, and the error that says which case breaks one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from attrs import frozen

from hmic_rules.datatypes import shown
from hmic_rules.programs import Program
from hmic_rules.testing.writing import plain

__all__ = ["BrokenPromise", "Change", "Checked", "Property", "broken"]


@frozen
class Change:
    """What makes the difference, or what differs: something that was one and becomes another.

    Attributes:
        called: how it is named to people, such as ```needed` of `police```.
        before: what it was; ``None`` is unknown.
        after: what it becomes.

    """

    called: str
    before: Any
    after: Any


@frozen
class Checked:
    """That a property held.

    Attributes:
        name: the property.
        cases: how many cases were drawn, or run.
        compared: how many comparisons they gave; with 0 nothing was put to the test.

    """

    name: str
    cases: int
    compared: int


class Property(Protocol):
    """A named promise of a rule set."""

    @property
    def name(self) -> str:
        """The promise as a short sentence; of the properties of one rule set no two have the same."""

    def check(self, max_examples: int = 100) -> Checked:
        """Look for a case that breaks it.

        Args:
            max_examples: how many cases are drawn; a property that needs none takes no notice.

        Raises:
            BrokenPromise: there is one.

        """


class BrokenPromise(AssertionError):  # noqa: N818 - it says what happened, as AssertionError does
    """A promise of a rule set that does not hold, with the few facts that show it.

    Attributes:
        promise: the name of the property.
        ruleset: the name of the rule set; ``framework`` and ``profile`` are what it was bound to.
        facts: the facts of the case that breaks it, and no more than are needed; whatever the others turn out to be, it is broken. ``None``
            where a worked case or a whole rule set is meant.
        fact: the fact that changes, where one does.
        outcome: what changes by it.

    """

    def __init__(
        self,
        message: str,
        *,
        promise: str,
        ruleset: str,
        framework: str | None = None,
        profile: str | None = None,
        facts: Mapping[str, Any] | None = None,
        fact: Change | None = None,
        outcome: Change | None = None,
    ) -> None:
        super().__init__(message)
        self.promise = promise
        self.ruleset = ruleset
        self.framework = framework
        self.profile = profile
        self.facts = facts
        self.fact = fact
        self.outcome = outcome


def broken(
    program: Program,
    promise: str,
    problem: str,
    facts: Mapping[str, Any],
    *,
    fact: Change | None = None,
    outcome: Change | None = None,
) -> BrokenPromise:
    """The error for a case: the problem, then the rule set and the facts, written as a case file has them."""
    under = [f"rule set {program.ruleset.name}"]
    under += [f"framework {program.framework}"] if program.framework is not None else []
    under += [f"reading {program.profile}"] if program.profile is not None else []
    lines = [problem, f"    {', '.join(under)}", *(f"    {line}" for line in _facts(facts))]
    return BrokenPromise(
        "\n".join(lines),
        promise=promise,
        ruleset=program.ruleset.name,
        framework=program.framework,
        profile=program.profile,
        facts=facts,
        fact=fact,
        outcome=outcome,
    )


def _facts(facts: Mapping[str, Any]) -> Iterator[str]:
    if not facts:
        yield "facts: {}, so whatever the facts are"
        return
    yield "facts:"
    for name, held in facts.items():
        if isinstance(held, list) and held:
            yield f"  {plain(name)}:"
            yield from (f"    - {_flow(row)}" for row in held)
        else:
            yield f"  {plain(name)}: {_flow(held)}"


def _flow(held: Any) -> str:
    if isinstance(held, Mapping):
        return "{" + ", ".join(f"{plain(name)}: {_flow(one)}" for name, one in held.items()) + "}"
    if isinstance(held, list):
        return "[" + ", ".join(map(_flow, held)) + "]"
    return "null" if held is None else plain(held) if isinstance(held, str) else shown(held)
