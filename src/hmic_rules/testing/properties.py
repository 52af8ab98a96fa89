"""The properties of a rule set: its worked cases and claims, that no rules conflict, that learning never widens, and that better facts do no harm."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from attrs import evolve, field, frozen
from hypothesis import strategies as st

from hmic_rules.binding import program_for
from hmic_rules.checking import CaseResult, check_cases
from hmic_rules.conditions import CASE, Test, Truth
from hmic_rules.datatypes import shown
from hmic_rules.decisions import Decision
from hmic_rules.errors import ConflictError, InputError, quoted
from hmic_rules.programs import Program
from hmic_rules.rules import RuleList
from hmic_rules.rulesets import Claim, Ruleset
from hmic_rules.structure import conjuncts, nodes
from hmic_rules.testing.deciding import attempt, decided, rules_in_conflict
from hmic_rules.testing.drawn_cases import cases_of
from hmic_rules.testing.drawn_conditions import Draw
from hmic_rules.testing.leaves import Facts, Leaf, leaves, put, without
from hmic_rules.testing.neighbours import FOUND, Neighbours
from hmic_rules.testing.promises import BrokenPromise, Change, Checked, Property, broken
from hmic_rules.testing.reducing import reduced
from hmic_rules.testing.results import results_of, within
from hmic_rules.testing.searching import smallest
from hmic_rules.testing.turning import NeverTheWrongWay, held_values

__all__ = ["properties_of", "worked_cases"]

MOST_TAKEN: Final = 6


def properties_of(
    ruleset: Ruleset, *, framework: str | None = None, profile: str | None = None
) -> tuple[Property, ...]:
    """Every property of a rule set that is checked over drawn cases, one for each claim and for each outcome with a safe side.

    Args:
        ruleset: any rule set.
        framework: the framework to draw cases of; without one, cases bring the items themselves.
        profile: the reading; the rule set's default where none is named.

    Returns:
        The properties; their names are all different. The worked cases are in :func:`worked_cases`.

    Raises:
        NotFoundError: there is no such framework or profile.

    """
    program = program_for(ruleset, framework, profile, None)
    return (
        *(Claimed(program, claim) for claim in ruleset.claims),
        NoConflict(program),
        LearningNeverWidens(program),
        *(NeverTheWrongWay(program, held) for held in held_values(ruleset)),
    )


def worked_cases(ruleset: Ruleset) -> tuple[Property, ...]:
    """The worked cases of a rule set as properties, decided once for all of them.

    Raises:
        InputError: a case expects something of a value that does not exist, or something that its type does not have.

    """
    return tuple(WorkedCase(ruleset, result) for result in check_cases(ruleset))


@frozen
class WorkedCase:
    """A worked case comes out as it says."""

    ruleset: Ruleset = field(repr=False)
    result: CaseResult

    @property
    def name(self) -> str:
        return f"case: {self.result.title}"

    def check(self, max_examples: int = 100) -> Checked:
        if not self.result.passed:
            lines = [
                f"{self.result.place}: the case “{self.result.title}” comes out otherwise than it says",
                *self.result.differences,
            ]
            raise BrokenPromise("\n    ".join(lines), promise=self.name, ruleset=self.ruleset.name)
        return Checked(self.name, 1, 1)


@frozen(eq=False)
class Claimed:
    """A claim of the rule set holds of every case."""

    program: Program = field(repr=False)
    claim: Claim

    @property
    def name(self) -> str:
        return f"claim: {self.claim.id}"

    def check(self, max_examples: int = 100) -> Checked:
        cases = 0

        def score(facts: Facts) -> int | None:
            nonlocal cases
            decision = attempt(self.program, facts)
            cases += decision is not None
            return None if decision is None else self.nearness(decision)

        found = _smallest_near(self.program, score, max_examples)
        if found is None:
            return Checked(self.name, cases, cases)
        facts = reduced(found, lambda facts: score(facts) == FOUND)
        raise broken(self.program, self.name, self.problem(decided(self.program, facts)), facts)

    def nearness(self, decision: Decision) -> int:
        """How near a case comes to breaking it, by the parts of its condition. What is unknown neither breaks nor keeps a claim."""
        truths = self.program.compiler.truths
        found = [truths[part]([decision.case]) for part in conjuncts(self.claim.condition) if part in truths]
        if self.claim.kind == "never":
            surely = truths[self.claim.condition]([decision.case]) is Truth.YES
            return FOUND if surely else sum(found)
        surely = truths[self.claim.condition]([decision.case]) is Truth.NO
        return FOUND if surely else -min(found, default=Truth.YES)

    def problem(self, decision: Decision) -> str:
        read = [
            node.subject.name
            for node in nodes(self.claim.condition)
            if isinstance(node, Test) and node.subject.scope == CASE and node.subject.name in self.program.steps
        ]
        found = [f"{quoted(name)} is {quoted(decision[name])}" for name in dict.fromkeys(read)]
        said = f" ({self.claim.says})" if self.claim.says else ""
        what = "what it says never happens does" if self.claim.kind == "never" else "what it says always holds does not"
        came = f": {' and '.join(found)}" if found else ""
        return f"{self.claim.span}: the claim {quoted(self.claim.id)}{said} is broken, {what}{came}"


@frozen(eq=False)
class NoConflict:
    """No two rules of a ``unique`` list hold for one case."""

    program: Program = field(repr=False)
    name: str = "no two rules conflict"

    def check(self, max_examples: int = 100) -> Checked:
        cases = refused = 0

        def score(facts: Facts) -> int | None:
            nonlocal cases, refused
            cases += 1
            try:
                decided(self.program, facts)
            except InputError:
                refused += 1
                return None
            except ConflictError as error:
                refused += 1
                return None if rules_in_conflict(self.program.ruleset, error) is None else FOUND
            return 0

        lists = [value.body for value in self.program.ruleset.values.values() if isinstance(value.body, RuleList)]
        if any(body.policy == "unique" for body in lists):
            found = _smallest_near(self.program, score, max_examples)
        else:  # nothing can conflict, and that is soon seen
            found = smallest(cases_of(self.program), lambda facts: score(facts) == FOUND, max_examples)
        if found is None:
            return Checked(self.name, cases, cases - refused)
        facts = reduced(found, lambda facts: score(facts) == FOUND)
        try:
            decided(self.program, facts)
        except ConflictError as error:
            raise broken(self.program, self.name, str(error), facts) from None
        raise AssertionError(self.name)  # pragma: no cover - the facts were found because they conflict


def _smallest_near(program: Program, score: Callable[[Facts], int | None], max_examples: int) -> Facts | None:
    """The smallest case that is what is looked for, among those that are drawn and those near them."""
    neighbours = Neighbours(program)
    drawn = smallest(cases_of(program), lambda facts: neighbours.near(facts, score) is not None, max_examples)
    return None if drawn is None else neighbours.near(drawn, score)


@frozen
class _Learnt:
    """A case, and one of its unknown facts with what it turns out to be."""

    facts: Facts
    leaf: Leaf

    @property
    def learnt(self) -> Facts:
        return put(self.facts, self.leaf.path, self.leaf.value)


@frozen(eq=False)
class LearningNeverWidens:
    """Where one more fact is known, no outcome has more results than before."""

    program: Program = field(repr=False)
    name: str = "learning a fact never widens what is possible"

    def check(self, max_examples: int = 100) -> Checked:
        cases = compared = 0

        def shows(drawn: _Learnt | None) -> bool:
            nonlocal cases, compared
            cases += 1
            compared += drawn is not None
            return drawn is not None and self.widened(drawn) is not None

        found = smallest(learnt(self.program, cases_of(self.program, complete=True)), shows, max_examples)
        if found is None:
            return Checked(self.name, cases, compared)
        kept = found
        fewer = reduced(found.facts, lambda facts: shows(evolve(kept, facts=facts)), rows=False)
        found = evolve(found, facts=fewer)
        outcome = self.widened(found)
        if outcome is None:  # pragma: no cover - the facts were found because an outcome widens
            raise AssertionError(self.name)
        became = f"can be {quoted(outcome.after)} where it could only be {quoted(outcome.before)}"
        problem = (
            f"{outcome.called} {became}, when {found.leaf.called} turns out to be {quoted(_written(found.leaf.value))}"
        )
        fact = Change(found.leaf.called, None, found.leaf.value)
        raise broken(self.program, self.name, problem, found.facts, fact=fact, outcome=outcome)

    def widened(self, drawn: _Learnt) -> Change | None:
        """The first outcome that the fact widens."""
        before = attempt(self.program, drawn.facts)
        after = attempt(self.program, drawn.learnt) if before is not None else None
        if before is None or after is None:
            return None
        for name in self.program.ruleset.outcomes:
            was = results_of(before, name)
            for place, result in results_of(after, name).items():
                if place in was and not within(result, was[place]):
                    called = quoted(name) + (f" of {quoted(place[1])}" if place[1] is not None else "")
                    return Change(called, shown(was[place]), shown(result))
        return None


@st.composite
def learnt(draw: Draw, program: Program, known: st.SearchStrategy[dict[str, Any]]) -> _Learnt | None:
    """A case with some facts taken away, and one of these; ``None`` where it has none that could be unknown.

    A fact whose absence means something is never unknown, and a judgement is given and not learnt: it may lie outside what was possible.
    """
    facts: Facts = draw(known)
    open_ = [leaf for leaf in leaves(program, facts) if not leaf.given.closed]
    if not open_:
        return None
    taken = draw(st.lists(st.integers(0, len(open_) - 1), min_size=1, max_size=MOST_TAKEN, unique=True))
    for place in taken:
        facts = without(facts, open_[place].path)
    return _Learnt(facts, open_[taken[0]])


def _written(value: Any) -> str:
    return value if isinstance(value, str) else shown(value)
