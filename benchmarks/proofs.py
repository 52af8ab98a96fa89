"""Questions to a grading scheme over 20, 60 and 120 criteria, beside z3 and python-sat. Prints a Markdown table.

    python benchmarks/proofs.py

Each way runs in a process of its own, which is ended when it takes too long: then it has no answer, and that is what the table says. *Asked*: of a
diagram that is built, or of a fresh solver that has its encoding. *Built and asked*: with loading and deciding left out, all that it takes.
"""

from __future__ import annotations

import argparse
import gc
import multiprocessing
import platform
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from importlib.util import find_spec
from math import inf
from multiprocessing.connection import Connection
from typing import Any, TypeAlias

from attrs import frozen

from hmic_rules.diagrams.building import universe_of
from hmic_rules.diagrams.nodes import Diagram, Store
from hmic_rules.diagrams.universes import Universe
from hmic_rules.diagrams.variables import SharedOrder
from hmic_rules.diagrams.walks import count, possible, restricted, sufficient, ways_to
from hmic_rules.verification.ordering import dropping
from proofs_peers import PEERS, QUESTIONS, grades_of
from proofs_workload import EDITIONS, GRADES, SIZES, STATUSES, Scheme, cases_of, scheme

Asked: TypeAlias = Callable[[], Any]
OURS = "hmic_rules"
RANKS = {grade: rank for rank, grade in enumerate(GRADES)}
TOGETHER = "all that have peers"
MODULES = {"python-sat": "pysat", "z3": "z3"}
FAST = 5
WORDS = {
    "build": "the grade as a diagram, or encoded",
    "monotone": "improving a criterion never lowers the grade",
    "reachable": "every grade can be reached",
    "matters": "every criterion can matter",
    "difference": "the smallest difference of two editions",
    "equal": "two editions are equal",
    "cheapest": "the cheapest change to a better grade",
    "reason": "a minimal reason",
    "open": "what a quarter unknown leaves open, and which of it matters",
    "count": "how many assessments give each grade",
}


# ── Ours ──


def universe(scheme: Scheme, edition: str = "first", order: SharedOrder | None = None) -> tuple[Universe, Diagram]:
    decision = scheme.decisions[edition]
    found = universe_of(decision.program, decision.case, wanted=["grade"], order=order)
    return found, found.diagram("grade")


def two_editions(scheme: Scheme, second: str) -> tuple[Universe, Diagram, Diagram]:
    """Both in one store: what they call alike is one variable."""
    order = SharedOrder(Store())
    home, one = universe(scheme, "first", order)
    _, other = universe(scheme, second, order.another())
    return home, one, other


def never_lowers(found: Universe, root: Diagram) -> bool:
    criteria = [one for one in found.variables if one.scope == "criteria"]
    lines = {
        cells: sorted(range(len(cells)), key=[STATUSES.index(one) for one in cells].__getitem__)
        for cells in {one.cells for one in criteria}
    }
    upward = {one.level: lines[one.cells] for one in criteria}
    return dropping(found.store, root, upward, lambda before, after: RANKS[after] < RANKS[before]) is None


def names(found: Universe, root: Diagram) -> list[str]:
    """The facts that a diagram asks."""
    return sorted(found.variables[level].item or found.variables[level].name for level in found.store.support(root))


def smallest_difference(found: Universe, one: Diagram, other: Diagram) -> int:
    """How few facts lapse in a case in which the grades are two; those that do not are met."""
    best = [one.cells.index("met" if one.item else True) for one in found.variables]
    same = found.store.leaf(value=False)
    differs = found.store.apply(lambda left, right: left != right, one, other, alike=same)
    ways = ways_to(found.store, differs, bool, lambda level, cell: (int(cell != best[level]), 0))
    assert ways.cost is not None
    return int(ways.cost[0])


def cheapest_change(scheme: Scheme, found: Universe, root: Diagram) -> int:
    costs = {one.id: one.cost for one in scheme.criteria}
    prices = [(one.given, costs.get(one.item or "", 1)) for one in found.variables]
    least = at(scheme)

    def cost(level: int, cell: int) -> tuple[int, int]:
        given, price = prices[level]
        return (0, 0) if cell == given else (price, 1)

    ways = ways_to(found.store, root, lambda result: GRADES.index(result) > least, cost)
    assert ways.cost is not None
    return int(ways.cost[0])


def reason(scheme: Scheme, found: Universe, root: Diagram) -> list[str]:
    given = {one.level: one.given for one in found.variables if one.given is not None}
    grade = GRADES[at(scheme)]
    needed = sufficient(found.store, root, given, lambda result: result == grade)
    assert needed is not None
    return [found.variables[level].item or found.variables[level].name for level in needed]


def still_open(scheme: Scheme, found: Universe, root: Diagram) -> tuple[list[str], list[str]]:
    """The grades that are still possible, and the unknown facts that matter."""
    unknown = {one.id for one in scheme.criteria if not one.known}
    known = {one.level: one.given for one in found.variables if one.item not in unknown and one.given is not None}
    left = restricted(found.store, root, known)
    return sorted(found.store.leaves(left), key=GRADES.index), names(found, left)


def ours(question: str, scheme: Scheme) -> Asked:
    """A question to our diagrams, made ready."""
    if question in ("difference", "equal"):
        home, one, other = two_editions(scheme, "laxer" if question == "difference" else "rewritten")
        return partial(smallest_difference, home, one, other) if question == "difference" else lambda: one == other
    found, root = universe(scheme)
    store = found.store
    answers: dict[str, Asked] = {
        "build": lambda: None,
        "monotone": lambda: never_lowers(found, root),
        "reachable": lambda: sorted(store.leaves(root), key=GRADES.index),
        "matters": lambda: names(found, root),
        "cheapest": lambda: cheapest_change(scheme, found, root),
        "reason": lambda: reason(scheme, found, root),
        "open": lambda: still_open(scheme, found, root),
        "count": lambda: dict(count(store, root, range(len(found.variables)))),
    }
    return answers[question]


# ── What is timed, and how ──


def at(scheme: Scheme) -> int:
    """The place of the grade of the assessment."""
    return GRADES.index(scheme.decisions["first"].results["grade"])


def made_ready(way: str, question: str, scheme: Scheme) -> Asked:
    if way == OURS:
        return ours(question, scheme)
    return QUESTIONS[question](PEERS[way](), scheme.criteria, at(scheme))


def _turns(way: str, question: str, scheme: Scheme, pipe: Connection) -> None:
    """In a process of its own: each time a fresh diagram or a fresh solver, so that nothing is answered from what was learnt before."""
    while pipe.recv():
        gc.collect()
        gc.disable()
        start = time.process_time()
        ask = made_ready(way, question, scheme)
        ready = time.process_time()
        answer = ask()
        end = time.process_time()
        gc.enable()
        pipe.send((answer, (end - ready) * 1e3, (end - start) * 1e3))


@frozen
class Timed:
    """Medians in milliseconds: a question asked of what is ready, and made ready and asked; infinite for a way that took too long."""

    answer: Any
    asked: float
    whole: float


def timed(ways: Sequence[str], question: str, scheme: Scheme, rounds: int, cap: float) -> dict[str, Timed]:
    """A question in several ways, which take turns, after one run to warm up."""
    context = multiprocessing.get_context("fork")
    running: dict[str, tuple[Any, Any]] = {}
    for way in ways:
        here, there = context.Pipe()
        process = context.Process(target=_turns, args=(way, question, scheme, there))
        process.start()
        running[way] = process, here
    found: dict[str, list[tuple[Any, float, float]]] = {way: [] for way in ways}
    for _ in range(rounds + 1):
        for way, (process, pipe) in list(running.items()):
            pipe.send(True)
            if not pipe.poll(cap):
                process.kill()
                del running[way]
                found[way] = [(None, inf, inf)]
                continue
            found[way].append(pipe.recv())
    for process, pipe in running.values():
        pipe.send(False)
        process.join()
    return {
        way: Timed(
            runs[0][0],
            statistics.median(asked for _, asked, _ in runs[1:] or runs),
            statistics.median(whole for _, _, whole in runs[1:] or runs),
        )
        for way, runs in found.items()
    }


def apart(function: Callable[..., None], *arguments: Any) -> None:
    """In a process of its own: z3 was up to sixty times slower where formulas had been made and dropped before."""
    process = multiprocessing.get_context("fork").Process(target=function, args=arguments)
    process.start()
    process.join()
    if process.exitcode:
        raise SystemExit(f"{arguments[0]} does not grade as the library decides")


def check_encoding(way: str, scheme: Scheme) -> None:
    """That a peer grades as the library decides, in every edition, before anything is timed."""
    cases = cases_of(scheme.criteria)
    for edition in EDITIONS:
        wanted = [scheme.decided(edition, case).results["grade"] for case in cases]
        assert len(set(wanted)) > 2
        assert grades_of(PEERS[way](), scheme.criteria, edition, cases) == wanted, (way, edition)


def check_answer(way: str, question: str, answer: Any, wanted: Any, scheme: Scheme) -> None:
    """That a peer's answer is ours; of reasons there are several, and each must be enough, with no part of it left out."""
    if question != "reason":
        answer = sorted(answer) if question == "matters" else answer
        assert answer == wanted, (way, question, answer, wanted)
        return
    found, root = universe(scheme)
    cells = {one.item or one.name: (one.level, one.given) for one in found.variables}

    def grades(kept: list[str]) -> list[str]:
        return possible(found.store, root, {cells[name][0]: [cells[name][1] or 0] for name in kept})

    assert grades(answer) == [GRADES[at(scheme)]], way
    assert all(len(grades([one for one in answer if one != left_out])) > 1 for left_out in answer), way


def measured(scheme: Scheme, peers: list[str], rounds: int, cap: float) -> dict[str, dict[str, Timed]]:
    """Every question in every way that can answer it, each answer checked."""
    found: dict[str, dict[str, Timed]] = {}
    for question in WORDS:
        times = timed([OURS, *(peers if question in QUESTIONS else ())], question, scheme, rounds, cap)
        for way, one in times.items():
            if way != OURS and one.whole != inf:
                check_answer(way, question, one.answer, times[OURS].answer, scheme)
        found[question] = times
    together = {
        way: Timed(
            None, sum(found[one][way].asked for one in QUESTIONS), sum(found[one][way].whole for one in QUESTIONS)
        )
        for way in (OURS, *peers)
    }
    return {**found, TOGETHER: together}


# ── The table ──


def factor(times: Mapping[str, Timed], kind: str) -> float | None:
    """How many times longer the better peer takes; ``None`` where none answers or nothing is asked."""
    peers = [getattr(one, kind) for way, one in times.items() if way != OURS]
    own = getattr(times[OURS], kind)
    return min(peers) / own if peers and min(peers) != inf else None


def row(size: int, question: str, times: Mapping[str, Timed], cap: float) -> str:
    cells = [WORDS.get(question, question), str(size)]
    for kind in ("asked", "whole"):
        if question == "build" and kind == "asked":
            cells += ["–"] * (len(PEERS) + 2)
            continue
        for way in (OURS, *PEERS):
            took = getattr(times[way], kind) if way in times else None
            lacking = "cannot" if question not in (*QUESTIONS, TOGETHER) else "not installed"
            cells.append(lacking if took is None else f"over {cap:g} s" if took == inf else f"{took:.2f}")
        ratio = factor(times, kind)
        cells.append("–" if ratio is None else f"{ratio:.1f}×")
    return f"| {' | '.join(cells)} |"


def fast(found: Mapping[str, Mapping[str, Timed]], kind: str, questions: Sequence[str]) -> str:
    enough = sum((factor(found[one], kind) or 0) >= FAST for one in questions)
    return f"{enough} of {len(questions)}"


def report(all_: Mapping[int, Mapping[str, Mapping[str, Timed]]], missing: Sequence[str], cap: float) -> str:
    ways = " | ".join((OURS, *PEERS))
    lines = [
        f"| question | criteria | {ways} | better peer | {ways} | better peer |",
        f"|---|---:|{'---:|' * 2 * (len(PEERS) + 2)}",
        f"| | | asked, ms {'|' * (len(PEERS) + 2)} built and asked, ms {'|' * (len(PEERS) + 2)}",
    ]
    lines += [row(size, question, all_[size][question], cap) for question in (*WORDS, TOGETHER) for size in all_]
    lines += ["", *(f"{one} is not installed." for one in missing)]
    less, more = all_[60], all_[120]
    built, asked, whole = (
        getattr(more[question][OURS], kind) / getattr(less[question][OURS], kind)
        for question, kind in (("build", "whole"), (TOGETHER, "asked"), (TOGETHER, "whole"))
    )
    lines.append(
        f"From 60 to 120 criteria ours takes {built:.1f} times as long to build, {asked:.1f} times to ask, {whole:.1f} times in all."
    )
    questions = [one for one in QUESTIONS if one != "build"]
    lines.append(
        f"At 60 criteria ours is at least {FAST} times faster than the better peer on {fast(less, 'asked', questions)} questions asked of "
        f"what is built, and on {fast(less, 'whole', [*QUESTIONS])} with building included, which is then one of them."
    )
    return "\n".join(lines)


def installed(name: str) -> bool:
    return find_spec(MODULES[name]) is not None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="how many runs; medians are shown (5)")
    parser.add_argument("--cap", type=float, default=30, help="after how many seconds a way is given up (30)")
    given = parser.parse_args()
    peers = [one for one in PEERS if installed(one)]
    found = {}
    for size in SIZES:
        with scheme(size) as one:
            for way in peers:
                apart(check_encoding, way, one)
            found[size] = measured(one, peers, given.rounds, given.cap)
    print(f"medians of {given.rounds} runs in turns, processor time, Python {platform.python_version()}", end="\n\n")
    print(report(found, [one for one in PEERS if one not in peers], given.cap))


if __name__ == "__main__":
    main()
