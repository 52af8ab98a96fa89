"""How long `import hmic_rules` takes beside `import attrs`, each in a fresh interpreter. Prints a Markdown table."""

from __future__ import annotations

import argparse
import platform
import statistics
import subprocess
import sys

PROBE = "import time; start = time.perf_counter(); import {name}; print(time.perf_counter() - start)"
ATTRS = "attrs"
WAYS = {
    ATTRS: ATTRS,
    "hmic_rules": "hmic_rules",
    "hmic_rules, and what `load` and `decide` need": "hmic_rules; hmic_rules.load; hmic_rules.decide; import hmic_rules.loading.rulesets",
}


def seconds(name: str) -> float:
    """The time of one import in an interpreter of its own."""
    probe = PROBE.format(name=name)
    return float(subprocess.run([sys.executable, "-c", probe], capture_output=True, check=True, text=True).stdout)  # noqa: S603


def measure(rounds: int) -> str:
    """The table."""
    for name in WAYS.values():
        seconds(name)  # so that every compiled file is there before the clock counts
    times: dict[str, list[float]] = {way: [] for way in WAYS}
    for _ in range(rounds):
        for way, name in WAYS.items():
            times[way].append(seconds(name))
    medians = {way: statistics.median(found) for way, found in times.items()}
    lines = ["| import | ratio | ms |", "|---|---:|---:|"]
    lines += [f"| {way} | {time / medians[ATTRS]:.2f}× | {time * 1e3:.1f} |" for way, time in medians.items()]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=25, help="how many rounds; medians are shown (25)")
    rounds = parser.parse_args().rounds
    print(f"medians of {rounds} interleaved rounds, Python {platform.python_version()}\n")
    print(measure(rounds))


if __name__ == "__main__":
    main()
