"""Threads and processes: what is shared gives every thread the answer that it gives one alone, and what leaves its process is whole or refused."""

from __future__ import annotations

import asyncio
import copy
import itertools
import multiprocessing
import os
import pickle
import random
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import attrs
import pytest

import hmic_rules as hr
from hmic_rules.backends.sql import nodes as sql_nodes
from hmic_rules.backends.sql.compiling import compile_sql
from hmic_rules.binding import program_for
from hmic_rules.diagrams.nodes import Store
from hmic_rules.verification.proving import proof_data

HERE = Path(__file__).parent
SMALL = HERE / "inspections" / "small" / "inspection.yaml"
RECORD = HERE / "shapes" / "record.yaml"
ORCHARD = HERE / "records" / "orchard.yaml"
THREADS = 4
FACTS = {"fenced": None, "area": 1, "trees": [{"id": "a", "sound": True, "kind": "apple"}, {"id": "b"}, {"id": "c"}]}


@pytest.fixture(autouse=True)
def switching_often() -> Iterator[None]:
    """Threads take turns after a microsecond, so that what can come between two steps does."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def at_once(jobs: Sequence[Callable[[], Any]]) -> list[Any]:
    """What each job gives, or the error that it ends in, all begun at the same moment."""
    barrier = threading.Barrier(len(jobs))
    found: list[Any] = [None] * len(jobs)

    def work(place: int) -> None:
        barrier.wait()
        try:
            found[place] = jobs[place]()
        except BaseException as error:  # noqa: BLE001 - compared below
            found[place] = repr(error)

    threads = [threading.Thread(target=work, args=(place,)) for place in range(len(jobs))]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return found


def asked(decision: hr.Decision, seed: int) -> dict[str, Any]:
    """Everything that a decision can be asked, in an order of its own."""
    questions: dict[str, Callable[[], Any]] = {
        "data": decision.to_data,
        "why": lambda: [str(decision.why(one)) for one in decision.case_outcomes],
        "bounds": lambda: [decision.exact(one).possible for one in decision.case_outcomes],
        "unknowns": lambda: [list(map(str, decision.unknowns(one))) for one in decision.case_outcomes],
        "assumptions": lambda: [str(one) for one in decision.assumptions()],
        "record": lambda: decision.record(case="an invented person").text,
    }
    names = list(questions)
    random.Random(seed).shuffle(names)  # noqa: S311 - an order, no secret
    found = {name: questions[name]() for name in names}
    return dict(sorted(found.items()))


def test_a_rule_set_that_threads_share_from_the_first_moment_decides_for_each_as_for_one() -> None:
    alone = [asked(hr.load(ORCHARD).decide(FACTS), place) for place in range(2)]
    assert alone[0] == alone[1]
    shared = hr.load(ORCHARD)
    jobs = [lambda place=place: asked(shared.decide(FACTS), place) for place in range(THREADS)]
    assert at_once(jobs) == [alone[0]] * THREADS


def test_one_decision_answers_threads_that_ask_it_at_once_as_it_answers_one() -> None:
    alone = asked(hr.load(ORCHARD).decide(FACTS), 0)
    decision = hr.load(ORCHARD).decide(FACTS)
    jobs = [lambda place=place: asked(decision, place) for place in range(THREADS)]
    assert at_once(jobs) == [alone] * THREADS


def test_one_inspection_is_graded_explained_drawn_and_turned_by_threads_as_by_one() -> None:
    def all_of(inspection: hr.Inspection, first: int) -> list[Any]:
        questions: list[Callable[[], Any]] = [
            lambda: inspection.grade().to_data(),
            lambda: [inspection.explain(one).to_data() for one in inspection.frameworks],
            lambda: str(inspection.picture()),
            lambda: str(inspection.leverage()),
        ]
        found = {place % 4: questions[place % 4]() for place in range(first, first + 4)}
        return [found[place] for place in range(4)]

    alone = all_of(hr.load_inspection(SMALL), 0)
    shared = hr.load_inspection(SMALL)
    assert at_once([lambda place=place: all_of(shared, place) for place in range(4)]) == [alone] * 4


def test_proofs_and_sql_are_the_same_from_every_thread() -> None:
    def both(ruleset: hr.Ruleset) -> tuple[str, tuple[str, ...]]:
        compiled = compile_sql(program_for(ruleset, None, None, None))
        return str(proof_data(hr.prove(ruleset))), tuple(query.sql for query in compiled.queries)

    alone = both(hr.load(ORCHARD))
    shared = hr.load(ORCHARD)
    assert at_once([lambda: both(shared)] * THREADS) == [alone] * THREADS


def test_diagrams_that_threads_make_in_one_store_stay_reduced() -> None:
    for _ in range(10):
        store = Store()
        levels = [store.variable(2) for _ in range(12)]

        def parity(width: int, store: Store = store, levels: list[int] = levels) -> int:
            even, odd = store.leaf(("even", width % 3)), store.leaf(("odd", width % 3))
            for level in reversed(levels[:width]):
                even, odd = store.node(level, (even, odd)), store.node(level, (odd, even))
            return even

        found = at_once([lambda: [parity(width) for width in range(1, 13)]] * THREADS)
        assert found == [found[0]] * THREADS
        nodes = range(len(store.levels))
        inner = [(store.levels[node], store.below[node]) for node in nodes if not store.is_leaf(node)]
        assert len(inner) == len(set(inner))
        assert len({len(one) for one in (store.levels, store.below, store.results, store.endings)}) == 1
        assert all(child < node for node in nodes for child in store.below[node])


def test_equal_expressions_that_threads_build_are_one_object() -> None:
    numbers = itertools.count(10**9)
    for _ in range(50):
        number = next(numbers)
        kept = at_once([lambda number=number: sql_nodes.literal(number)] * THREADS)
        assert len(set(map(id, kept))) == 1


def test_names_that_threads_use_for_the_first_time_at_once_are_all_there() -> None:
    code = f"""
import random, sys, threading
sys.setswitchinterval(1e-6)
import hmic_rules as hr
wrong, barrier = [], threading.Barrier({THREADS})
def work(place):
    names = list(hr.__all__)
    random.Random(place).shuffle(names)
    barrier.wait()
    try:
        for name in names:
            getattr(hr, name)
        hr.load({str(ORCHARD)!r}).decide({{}})
    except BaseException as error:
        wrong.append(repr(error))
threads = [threading.Thread(target=work, args=(place,)) for place in range({THREADS})]
[one.start() for one in threads]
[one.join() for one in threads]
print(wrong)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr, done.returncode) == ("[]\n", "", 0)


def test_threads_that_change_one_session_lose_nothing_and_none_sees_half_a_change() -> None:
    trees = [{"id": f"tree {number}"} for number in range(THREADS * 3)]
    ruleset = hr.load(ORCHARD)
    with ruleset.session({"fenced": True}) as session:

        def add(place: int) -> list[str]:
            own = trees[place::THREADS]
            changes = [session.put_item("trees", one["id"], {}) for one in own]
            return [str(change.key) for change in changes]

        keys = at_once([lambda place=place: add(place) for place in range(THREADS)])
        assert sorted(itertools.chain.from_iterable(keys)) == sorted(str(one["id"]) for one in trees)
        by_id = {outcome.item: outcome.to_data() for outcome in session.decision.outcomes}
    whole = ruleset.decide({"fenced": True, "trees": [{"id": one["id"]} for one in trees]})
    assert by_id == {outcome.item: outcome.to_data() for outcome in whole.outcomes}


def test_decisions_in_the_threads_of_an_event_loop_are_those_of_one() -> None:
    ruleset = hr.load(ORCHARD)
    given = [
        {"fenced": fenced, "trees": [{"id": str(n)} for n in range(many)]}
        for fenced in (True, False, None)
        for many in range(4)
    ]

    async def all_of_them() -> list[hr.Decision]:
        return await asyncio.gather(*(asyncio.to_thread(ruleset.decide, one) for one in given))

    alone = [hr.load(ORCHARD).decide(one).to_data() for one in given]
    assert [one.to_data() for one in asyncio.run(all_of_them())] == alone


# Copies and pickles


def test_a_rule_set_and_an_inspection_are_pickled_alike_before_and_after_they_were_used() -> None:
    ruleset, inspection = hr.load(ORCHARD), hr.load_inspection(SMALL)
    before = pickle.dumps(ruleset), pickle.dumps(inspection)
    ruleset.decide({"fenced": True}).exact("grade")
    inspection.grade()
    again = [pickle.loads(one) for one in (pickle.dumps(ruleset), pickle.dumps(inspection))]  # noqa: S301 - our own bytes
    assert [len(pickle.dumps(ruleset)), len(pickle.dumps(inspection))] == list(map(len, before))
    assert again[0].decide({"fenced": True}).record().text == ruleset.decide({"fenced": True}).record().text
    assert again[1].grade().to_data() == inspection.grade().to_data()


def test_a_copy_of_what_is_frozen_is_the_thing_itself() -> None:
    ruleset, inspection = hr.load(ORCHARD), hr.load_inspection(SMALL)
    decision = ruleset.decide({"fenced": True})
    for one in (ruleset, inspection, decision):
        assert copy.copy(one) is one
        assert copy.deepcopy(one) is one


def test_what_a_decision_says_is_pickled_and_copied_whole() -> None:
    decision = hr.load(ORCHARD).decide(FACTS)
    inspection = hr.load_inspection(SMALL)
    values = [
        *decision.outcomes,
        decision.why("grade"),
        decision.trace("grade"),
        decision.record(),
        decision.assumptions(),
        decision.unknowns("grade"),
        inspection.explain(next(iter(inspection.frameworks))),
        inspection.leverage(),
        hr.Journal("journal.jsonl").path,
    ]
    for one in values:
        assert parts_of(pickle.loads(pickle.dumps(one))) == parts_of(one)  # noqa: S301 - our own bytes
        assert parts_of(copy.deepcopy(one)) == parts_of(one)


def parts_of(value: Any) -> Any:
    """What a value is made of, down to texts: rules are equal to themselves alone, and a set is printed in no fixed order."""
    if attrs.has(type(value)):
        return type(value), [parts_of(getattr(value, field.name)) for field in attrs.fields(type(value)) if field.repr]
    if isinstance(value, AbstractSet):
        return type(value), sorted(map(repr, map(parts_of, value)))
    if isinstance(value, Mapping):
        return [(parts_of(key), parts_of(under)) for key, under in value.items()]
    if isinstance(value, tuple | list):
        return type(value), [parts_of(one) for one in value]
    return repr(value)


def test_what_is_bound_to_its_process_says_so_and_what_to_send_instead() -> None:
    ruleset = hr.load(ORCHARD)
    said = {}
    for one in (ruleset.decide({}), ruleset.session({}), hr.load_inspection(SMALL).grade()):
        with pytest.raises(TypeError) as caught:
            pickle.dumps(one)
        said[type(one).__name__] = str(caught.value)
    assert (
        said["Decision"]
        == said["Grading"]
        == (
            "a Decision stays in its process and is not pickled: keep its record, `decision.record()`, "
            "or pickle the rule set and the facts, and decide again"
        )
    )
    assert said["Session"] == (
        "a Session stays in its process and is not pickled: pickle the rule set and the facts, and begin another"
    )
    with pytest.raises(TypeError, match="a Session stays in its process"):
        copy.deepcopy(ruleset.session({}))


# Processes


def decided(ruleset: hr.Ruleset, facts: dict[str, Any]) -> bytes:
    return ruleset.decide(facts).record().text


def test_processes_that_are_spawned_decide_what_this_one_decides() -> None:
    ruleset = hr.load(ORCHARD)
    given = [{"fenced": True, "trees": [{"id": "a"}]}, {"fenced": False}, {}]
    alone = [decided(ruleset, one) for one in given]
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        assert list(pool.map(decided, [ruleset] * 3, given)) == alone


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_child_of_a_fork_decides_with_what_its_parent_had_compiled_while_threads_were_deciding() -> None:
    code = f"""
import os, sys, threading, warnings
warnings.simplefilter("ignore")
sys.setswitchinterval(1e-6)
import hmic_rules as hr
ruleset = hr.load({str(ORCHARD)!r})
given = [{{"fenced": True, "trees": [{{"id": str(n)}} for n in range(many)]}} for many in range(3)]
alone = [ruleset.decide(one).to_data() for one in given]
ended = threading.Event()
def work():
    while not ended.is_set():
        hr.load({str(ORCHARD)!r}).decide(given[2])
threads = [threading.Thread(target=work) for _ in range(2)]
[one.start() for one in threads]
codes = []
for _ in range(5):
    child = os.fork()
    if not child:
        os._exit(0 if [ruleset.decide(one).to_data() for one in given] == alone else 1)
    codes.append(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
ended.set()
[one.join() for one in threads]
print(codes)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=120)
    assert (done.stdout, done.stderr) == ("[0, 0, 0, 0, 0]\n", "")
