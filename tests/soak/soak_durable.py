"""A long run by hand: very many decisions by both engines and very many sessions, with memory figures. Not collected by pytest.

    python tests/soak/soak_durable.py --decisions 100000 --sessions 10000
    python tests/soak/soak_durable.py --decisions 1000000 --sessions 100000

It ends with exit code 1 where the engines disagree, memory grows, a child of a fork fails, or a thread is left behind.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import hmic_rules as hr
from hmic_rules.backends.durable import backend_for
from seeded import Seeded

ALLOWED_MB = 24


def memory() -> float:
    """The resident memory of this process, in megabytes (Linux)."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def decide_many(ruleset: hr.Ruleset, seed: int, number: int, *, afresh: bool) -> Counter[str]:
    """Decide that many cases by both engines; ``afresh`` has durable_rules run for each, whatever it remembers."""
    found: Counter[str] = Counter()
    backend = backend_for(ruleset)
    for case in Seeded.of(ruleset, seed).cases(number):
        if afresh:
            for one in backend.compiled.values():
                one.forget()
        try:
            found[ruleset.decide(case, engine="both")[ruleset.outcomes[-1]].status] += 1
        except hr.ConflictError:
            found["conflict"] += 1
    return found


def live(ruleset: hr.Ruleset, seed: int, number: int) -> int:
    """That many sessions, each of some facts that come and go."""
    seeded, changes = Seeded.of(ruleset, seed), 0
    for _ in range(number):
        case = seeded.case()
        facts = {name: fact for name, fact in case["facts"].items() if name in ruleset.inputs}
        with ruleset.session(framework=case["framework"], profile=case["profile"]) as session:
            for name, fact in facts.items():
                changes += len(session.put(name, fact).outcomes)
            for name in seeded.random.sample(sorted(facts), len(facts) // 2):
                changes += len(session.withdraw(name).outcomes)
    return changes


def forked(ruleset: hr.Ruleset) -> bool:
    """Whether a child that is forked off in the middle decides as its parent does."""
    child = os.fork()
    if not child:
        os._exit(0 if sum(decide_many(ruleset, 1, 50, afresh=True).values()) == 50 else 1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ruleset", nargs="?", default="mappa-2007", help="a rule set (mappa-2007)")
    parser.add_argument("--decisions", type=int, default=100_000)
    parser.add_argument("--sessions", type=int, default=10_000)
    parser.add_argument("--threads", type=int, default=8)
    parser.add_argument("--seed", type=int, default=2007)
    parser.add_argument("--afresh", action="store_true", help="remember no answer: run durable_rules for every value")
    asked = parser.parse_args()
    ruleset = hr.load(asked.ruleset)
    threads = threading.active_count()
    draw = random.Random(asked.seed)  # noqa: S311 - seeds for a test
    found: Counter[str] = Counter()
    figures: list[float] = []
    sound = True
    start = time.monotonic()
    for tenth in range(10):
        share, sessions = asked.decisions // 10 // asked.threads, asked.sessions // 10 // asked.threads
        with ThreadPoolExecutor(asked.threads) as pool:
            jobs = [
                pool.submit(decide_many, ruleset, draw.randrange(2**32), share, afresh=asked.afresh)
                for _ in range(asked.threads)
            ]
            lives = [pool.submit(live, ruleset, draw.randrange(2**32), sessions) for _ in range(asked.threads)]
            if tenth == 5:
                sound = forked(ruleset)
            for job in jobs:
                found += job.result()
            changed = sum(job.result() for job in lives)
        figures.append(memory())
        print(f"{(tenth + 1) * 10:>3}%  {figures[-1]:7.1f} MB  {changed} changes in sessions", flush=True)
    print(
        f"{sum(found.values())} decisions {dict(found)} and {asked.sessions} sessions in {time.monotonic() - start:.0f} s"
    )
    grown = figures[-1] - figures[1]
    left = threading.active_count() - threads
    print(f"memory {figures[1]:.1f} → {figures[-1]:.1f} MB, threads left behind: {left}, the fork: {sound}")
    raise SystemExit(0 if grown < ALLOWED_MB and not left and sound else 1)


if __name__ == "__main__":
    main()
