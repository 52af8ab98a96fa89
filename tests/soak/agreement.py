"""The reference and durable_rules on very many cases from a seed, for the shipped rule sets and for generated ones. Not collected by pytest.

    python tests/soak/agreement.py --cases 100000

Half of the cases are of the shipped rule sets, in equal parts, and half of generated ones, a hundred each. Each case is decided by both engines, which
compares every result and every rule that fires, and by durable_rules alone. It ends with exit code 1 at the first case on which they differ, and shows it.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS), str(TESTS / "properties")]

from hypothesis import HealthCheck, Phase, given, seed, settings  # noqa: E402

import hmic_rules as hr  # noqa: E402
from hmic_rules.backends.durable import planned  # noqa: E402
from hmic_rules.catalogue import shipped  # noqa: E402
from hmic_rules.testing.drawn_rulesets import written_rulesets  # noqa: E402
from hmic_rules.testing.writing import loaded  # noqa: E402
from seeded import Seeded  # noqa: E402

OF_EACH_GENERATED = 100


def generated(number: int, first: int) -> Iterator[hr.Ruleset]:
    """That many generated rule sets of which durable_rules computes something."""
    found: list[hr.Ruleset] = []
    while len(found) < number:

        @seed(first)
        @settings(
            max_examples=200,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(written_rulesets())
        def collect(written: Any) -> None:
            ruleset = loaded(written.data)
            if planned(ruleset).plans:
                found.append(ruleset)

        collect()
        first += 1
    return iter(found[:number])


def both(ruleset: hr.Ruleset, case: dict[str, Any]) -> str:
    """What the engines came to together.

    Raises:
        AssertionError: they differ.
        DisagreementError: they differ.

    """
    try:
        reference = ruleset.decide(case, engine="reference")
    except hr.HmicRulesError as refused:
        for engine in ("both", "durable"):
            try:
                ruleset.decide(case, engine=engine)
            except (type(refused), hr.EngineError):
                continue
            raise AssertionError(f"{engine} decides what the reference refuses: {refused}") from refused
        return type(refused).__name__
    outcomes = list(reference.outcomes)
    if list(ruleset.decide(case, engine="both").outcomes) != outcomes:
        raise AssertionError("both engines give other outcomes than the reference")
    try:
        alone = ruleset.decide(case, engine="durable")
    except hr.EngineError:
        return "decided by both only"
    if list(alone.outcomes) != outcomes:
        raise AssertionError("durable_rules alone gives other outcomes than the reference")
    return "decided"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=2007)
    asked = parser.parse_args()
    names = shipped("ruleset")
    start = time.monotonic()
    work = [(hr.load(name), asked.cases // 2 // len(names)) for name in names]
    drawn = generated(asked.cases // 2 // OF_EACH_GENERATED, asked.seed)
    total = 0
    found: Counter[str] = Counter()
    for ruleset, number in [*work, *((ruleset, OF_EACH_GENERATED) for ruleset in drawn)]:
        for case in Seeded.of(ruleset, asked.seed + total).cases(number):
            try:
                found[both(ruleset, case)] += 1
            except (AssertionError, hr.DisagreementError) as differ:
                print(f"{ruleset!r}, {ruleset.file}\n{case}\n{differ}", file=sys.stderr)
                raise SystemExit(1) from differ
            total += 1
    print(f"{total} cases, no difference, in {time.monotonic() - start:.0f} s: {dict(found)}")


if __name__ == "__main__":
    main()
