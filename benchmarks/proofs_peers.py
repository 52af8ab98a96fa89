"""The peers of the proofs: python-sat and z3, each with the scheme in its own terms.

Both get the same rules and the same questions. How facts, gates and numbers are written down, how a solver is asked under assumptions and how
the cheapest is found is each peer's own. A question is made ready first (encoded, and given to a solver), and asked then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from math import ceil, floor
from typing import Any

from proofs_workload import GRADES, STATUSES, Criterion

Literal = Any
Criteria = Sequence[Criterion]
Asked = Callable[[], Any]
VAST = {"first": Fraction(9, 10), "laxer": Fraction(4, 5)}


class Sat:
    """python-sat: CaDiCaL under assumptions. Numbers are counted by totalizers that hold in both directions, each once."""

    def __init__(self) -> None:
        import pysat.solvers

        self.pysat = pysat
        self.clauses: list[list[int]] = []
        self.last = 0
        self.counted: dict[tuple[int, ...], list[int]] = {}

    def new(self) -> int:
        self.last += 1
        return self.last

    def need(self, *literals: int) -> None:
        self.clauses.append([*literals])

    def no(self, literal: int) -> int:
        return -literal

    def all_of(self, literals: Iterable[int]) -> int:
        parts, found = list(literals), self.new()
        self.clauses += [[-found, one] for one in parts]
        self.clauses.append([found, *(-one for one in parts)])
        return found

    def any_of(self, literals: Iterable[int]) -> int:
        return -self.all_of(-one for one in literals)

    def at_least(self, literals: Sequence[int], number: int) -> int:
        if literals[0] < 0:  # at least so many are not: not more than the rest are
            return -self.at_least([-one for one in literals], len(literals) - number + 1)
        key = tuple(literals)
        if key not in self.counted:
            self.counted[key] = self._totalizer(key)
        return self.counted[key][number - 1]

    def _totalizer(self, literals: tuple[int, ...]) -> list[int]:
        if len(literals) == 1:
            return [*literals]
        half = len(literals) // 2
        left, right = self._totalizer(literals[:half]), self._totalizer(literals[half:])
        sums = [self.new() for _ in literals]
        for one in range(len(left) + 1):
            for other in range(len(right) + 1):
                if one or other:
                    above = [-left[one - 1]] if one else []
                    self.clauses.append([sums[one + other - 1], *above, *([-right[other - 1]] if other else [])])
                if one + other < len(sums):
                    self.clauses.append([-sums[one + other], *left[one : one + 1], *right[other : other + 1]])
        return sums

    def ready(self) -> None:
        self.solver = self.pysat.solvers.Cadical153(bootstrap_with=self.clauses)

    def check(self, assumed: Iterable[int] = ()) -> bool:
        return bool(self.solver.solve(assumptions=list(assumed)))

    def core(self) -> set[int]:
        return set(self.solver.get_core() or ())

    def cheapest(self, costs: Mapping[int, int]) -> Callable[[], int]:
        """The least sum of the costs of the literals that are true; of equal costs by counting down, of others by RC2 in layers."""
        if len(set(costs.values())) == 1:
            return self._by_counting_down(list(costs))
        from pysat.examples.rc2 import RC2Stratified
        from pysat.formula import WCNF

        formula = WCNF()
        formula.extend(self.clauses)
        for literal, cost in costs.items():
            formula.append([-literal], weight=cost)
        search = RC2Stratified(formula, solver="glucose4")

        def ask() -> int:
            search.compute()
            return int(search.cost)

        return ask

    def _by_counting_down(self, literals: list[int]) -> Callable[[], int]:
        sums = self._totalizer(tuple(literals))
        self.ready()

        def ask() -> int:
            assert self.check()
            while True:
                model = self.solver.get_model()
                number = sum((model[abs(one) - 1] > 0) == (one > 0) for one in literals)
                if not number or not self.check([-sums[number - 1]]):
                    return number

        return ask


class Z3:
    """z3: pseudo-Boolean constraints in its solver for finite domains, and its optimizer."""

    def __init__(self) -> None:
        import z3

        self.z3 = z3
        self.formulas: list[Any] = []
        self.last = 0

    def new(self) -> Any:
        self.last += 1
        return self.z3.Bool(f"v{self.last}")

    def need(self, *literals: Any) -> None:
        self.formulas.append(self.z3.Or(*literals) if len(literals) > 1 else literals[0])

    def no(self, literal: Any) -> Any:
        return self.z3.Not(literal)

    def _named(self, formula: Any) -> Any:
        """A literal, as assumptions must be."""
        found = self.new()
        self.formulas.append(found == formula)
        return found

    def all_of(self, literals: Iterable[Any]) -> Any:
        return self._named(self.z3.And(*literals))

    def any_of(self, literals: Iterable[Any]) -> Any:
        return self._named(self.z3.Or(*literals))

    def at_least(self, literals: Sequence[Any], number: int) -> Any:
        return self._named(self.z3.PbGe([(one, 1) for one in literals], number))

    def ready(self) -> None:
        self.solver = self.z3.SolverFor("QF_FD")
        self.solver.add(*self.formulas)

    def check(self, assumed: Iterable[Any] = ()) -> bool:
        found = self.solver.check(*assumed)
        assert found != self.z3.unknown
        return bool(found == self.z3.sat)

    def core(self) -> set[Any]:
        return set(self.solver.unsat_core())

    def cheapest(self, costs: Mapping[Any, int]) -> Callable[[], int]:
        """The least sum of the costs of the literals that are true; of equal costs by counting down, of others by the optimizer."""
        if len(set(costs.values())) == 1:
            return self._by_counting_down(list(costs))
        search = self.z3.Optimize()
        search.add(*self.formulas)
        paid = [search.add_soft(self.z3.Not(literal), cost) for literal, cost in costs.items()][-1]

        def ask() -> int:
            assert search.check() == self.z3.sat
            return int(paid.value().as_long())

        return ask

    def _by_counting_down(self, literals: list[Any]) -> Callable[[], int]:
        self.ready()

        def ask() -> int:
            assert self.check()
            while True:
                model = self.solver.model()
                number = sum(self.z3.is_true(model.eval(one, model_completion=True)) for one in literals)
                if not number:
                    return number
                self.solver.add(self.z3.PbLe([(one, 1) for one in literals], number - 1))
                if not self.check():
                    return number

        return ask


class Facts:
    """The facts of one case as literals: of each criterion whether it is met at least in part, and met."""

    def __init__(self, peer: Any, criteria: Criteria) -> None:
        self.peer, self.criteria = peer, criteria
        self.full = peer.new()
        self.part = {one.id: peer.new() for one in criteria}
        self.met = {one.id: peer.new() for one in criteria}
        for name, met in self.met.items():
            peer.need(peer.no(met), self.part[name])

    def all(self) -> dict[str, list[Literal]]:
        return {"full_compliance": [self.full]} | {name: [self.part[name], met] for name, met in self.met.items()}

    def being(self, name: str, status: str) -> list[Literal]:
        """The literals of a criterion that is as said."""
        place = STATUSES.index(status)
        return [
            one if place > rank else self.peer.no(one) for rank, one in enumerate((self.part[name], self.met[name]))
        ]

    def given(self) -> dict[str, list[Literal]]:
        """The literals of the assessment."""
        return {"full_compliance": [self.full]} | {one.id: self.being(one.id, one.status) for one in self.criteria}

    def grade(self, edition: str = "first") -> list[Literal]:
        """For each grade but the lowest, whether it is reached."""
        peer, no = self.peer, self.peer.no
        fair = [one for one in self.criteria if not one.good]
        met, part = [self.met[one.id] for one in fair], [self.part[one.id] for one in fair]
        significant = [self.met[one.id] for one in fair if one.significant]
        good = [self.met[one.id] for one in self.criteria if one.good]
        critical = [self.part[one.id] for one in self.criteria if one.critical]
        if edition == "rewritten":
            lacking = [no(one) for one in good]
            enough = peer.at_least(part, floor(Fraction(3, 4) * len(part)) + 1)
            is_fair = no(peer.any_of([*map(no, significant), no(enough)]))
            upward = no(peer.any_of(map(no, (*met, *critical))))
            few = no(peer.at_least(lacking, floor(Fraction(1, 10) * len(good)) + 1))
            half = no(peer.at_least(lacking, ceil(Fraction(1, 2) * len(good))))
            excellent = peer.all_of([is_fair, upward, self.full, few])
            return [is_fair, peer.any_of([excellent, peer.all_of([is_fair, upward, half])]), excellent]
        short = peer.at_least([no(one) for one in part], ceil(Fraction(1, 4) * len(part)))
        in_full, uncapped = peer.all_of(met), peer.all_of(critical)
        excellent = peer.all_of([in_full, self.full, peer.at_least(good, ceil(VAST[edition] * len(good)))])
        is_good = peer.any_of([excellent, peer.all_of([in_full, peer.at_least(good, len(good) // 2 + 1)])])
        is_fair = peer.any_of([is_good, peer.all_of([no(short), *significant])])
        return [is_fair, peer.all_of([is_good, uncapped]), peer.all_of([excellent, uncapped])]


def exactly(peer: Any, grade: Sequence[Literal], place: int) -> list[Literal]:
    """What holds where it is this grade."""
    return [*grade[max(place - 1, 0) : place], *map(peer.no, grade[place : place + 1])]


def above(peer: Any, one: Sequence[Literal], other: Sequence[Literal]) -> list[Literal]:
    """Of which some holds where the first grade is higher than the second."""
    return [peer.all_of([left, peer.no(right)]) for left, right in zip(one, other, strict=True)]


def alike(peer: Any, one: Facts, other: Facts) -> dict[str, Literal]:
    """For each fact a literal that makes it the same in two cases."""
    found = {}
    for (name, lefts), rights in zip(one.all().items(), other.all().values(), strict=True):
        same = found[name] = peer.new()
        for left, right in zip(lefts, rights, strict=True):
            peer.need(peer.no(same), peer.no(left), right)
            peer.need(peer.no(same), left, peer.no(right))
    return found


def build(peer: Any, criteria: Criteria, at: int) -> Asked:
    Facts(peer, criteria).grade()
    peer.ready()
    return lambda: None


def monotone(peer: Any, criteria: Criteria, at: int) -> Asked:
    """One question for all criteria: a case and another that is nowhere worse, and the first has the higher grade."""
    before, after = Facts(peer, criteria), Facts(peer, criteria)
    for lefts, rights in zip(before.all().values(), after.all().values(), strict=True):
        for left, right in zip(lefts, rights, strict=True):
            peer.need(peer.no(left), right)
    peer.need(*above(peer, before.grade(), after.grade()))
    peer.ready()
    return lambda: not peer.check()


def reachable(peer: Any, criteria: Criteria, at: int) -> Asked:
    grade = Facts(peer, criteria).grade()
    peer.ready()
    return lambda: [name for place, name in enumerate(GRADES) if peer.check(exactly(peer, grade, place))]


def matters(peer: Any, criteria: Criteria, at: int) -> Asked:
    """For each fact: two cases that are alike but for it, and the first has the higher grade."""
    one, other = Facts(peer, criteria), Facts(peer, criteria)
    same = alike(peer, one, other)
    peer.need(*above(peer, one.grade(), other.grade()))
    peer.ready()
    return lambda: [name for name in same if peer.check(same[rest] for rest in same if rest != name)]


def _two_editions(peer: Any, criteria: Criteria, second: str) -> Facts:
    facts = Facts(peer, criteria)
    one, other = facts.grade(), facts.grade(second)
    peer.need(*above(peer, one, other), *above(peer, other, one))
    return facts


def difference(peer: Any, criteria: Criteria, at: int) -> Asked:
    facts = _two_editions(peer, criteria, "laxer")
    return peer.cheapest({peer.no(literals[-1]): 1 for literals in facts.all().values()})


def equal(peer: Any, criteria: Criteria, at: int) -> Asked:
    _two_editions(peer, criteria, "rewritten")
    peer.ready()
    return lambda: not peer.check()


def cheapest(peer: Any, criteria: Criteria, at: int) -> Asked:
    facts = Facts(peer, criteria)
    peer.need(facts.grade()[at])
    costs = {"full_compliance": 1} | {one.id: one.cost for one in criteria}
    return peer.cheapest({peer.no(peer.all_of(given)): costs[name] for name, given in facts.given().items()})


def reason(peer: Any, criteria: Criteria, at: int) -> Asked:
    """What is left of the solver's core once each part of it has been tried without."""
    facts = Facts(peer, criteria)
    peer.need(*map(peer.no, exactly(peer, facts.grade(), at)))
    chosen = {}
    for name, literals in facts.given().items():
        chosen[name] = peer.new()
        for literal in literals:
            peer.need(peer.no(chosen[name]), literal)
    peer.ready()

    def ask() -> list[str]:
        assert not peer.check(chosen.values())
        kept = peer.core()
        for one in chosen.values():
            if one in kept and not peer.check(kept - {one}):
                kept = peer.core()
        return [name for name, one in chosen.items() if one in kept]

    return ask


def still_open(peer: Any, criteria: Criteria, at: int) -> Asked:
    """The grades that are still possible, and the unknown facts that matter."""
    one, other = Facts(peer, criteria), Facts(peer, criteria)
    free = [criterion.id for criterion in criteria if not criterion.known]
    for facts in (one, other):
        for name, literals in facts.given().items():
            if name not in free:
                for literal in literals:
                    peer.need(literal)
    same = {name: literal for name, literal in alike(peer, one, other).items() if name in free}
    grade = one.grade()
    two = peer.any_of(above(peer, grade, other.grade()))
    peer.ready()

    def ask() -> tuple[list[str], list[str]]:
        grades = [name for place, name in enumerate(GRADES) if peer.check(exactly(peer, grade, place))]
        return grades, [name for name in free if peer.check([two, *(same[rest] for rest in free if rest != name)])]

    return ask


def grades_of(peer: Any, criteria: Criteria, edition: str, cases: Sequence[Mapping[str, Any]]) -> list[str]:
    """The grade of each case, to see that the encoding is right."""
    facts = Facts(peer, criteria)
    grade = facts.grade(edition)
    peer.ready()
    found = []
    for case in cases:
        assumed = [facts.full if case["full_compliance"] else peer.no(facts.full)]
        for name, fields in case["criteria"].items():
            assumed += facts.being(name, fields["status"])
        found += [name for place, name in enumerate(GRADES) if peer.check([*assumed, *exactly(peer, grade, place)])]
    return found


QUESTIONS: dict[str, Callable[[Any, Criteria, int], Asked]] = {
    "build": build,
    "monotone": monotone,
    "reachable": reachable,
    "matters": matters,
    "difference": difference,
    "equal": equal,
    "cheapest": cheapest,
    "reason": reason,
    "open": still_open,
}
PEERS: dict[str, Callable[[], Any]] = {"python-sat": Sat, "z3": Z3}
