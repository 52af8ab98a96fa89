"""Fuzzing guided by coverage: one target for so many minutes, or all of them in turn.

    python tests/fuzzing/run.py [TARGET …] [--minutes N] [--keep FOLDER]

Each target starts from its seeds and from what ``--keep`` holds of runs before. Whatever is not an error on purpose is written to
``FOLDER/findings/TARGET`` with its traceback; the run goes on, and ends with exit code 1. Needs the extra ``fuzzing``.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

sys.path[:0] = [str(Path(__file__).parents[1])]

SLOW: Final = 5.0  # seconds for one input
HANG: Final = 40
MEGABYTES: Final = 2_048
CHOOSING: Final = frozenset({"decide", "drawn"})  # read their bytes as choices
LONGEST: Final = 16_384


def main() -> int:
    """Run what was asked for, each target in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help="All of them in turn, where none is named.")
    parser.add_argument("--minutes", type=float, default=60.0, help="For all together.")
    parser.add_argument(
        "--keep", type=Path, default=Path(tempfile.gettempdir()) / "hmic-rules-fuzzing", metavar="FOLDER"
    )
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.child:
        _fuzz(asked.child[0], int(asked.child[1]), asked.keep)
    from fuzzing.seeds import SEEDS, seeds_of  # noqa: PLC0415 - a child imports it under instrumentation

    unknown = [name for name in asked.targets if name not in SEEDS]
    if unknown:
        parser.error(f"no target is called {unknown[0]}: there are {', '.join(SEEDS)}")
    names = asked.targets or list(SEEDS)
    end = time.monotonic() + asked.minutes * 60
    totals = {"executions": 0, "findings": 0}
    for place, name in enumerate(names):
        _write_seeds(asked.keep / "corpus" / name, seeds_of(name))
        seconds = max(5, int((end - time.monotonic()) / (len(names) - place)))
        found = _run(name, seconds, asked.keep)
        for key in totals:
            totals[key] += found[key]
        print(f"{name:<12} {json.dumps(found)}", flush=True)
    print(f"{'all':<12} {json.dumps(totals)}")
    return 1 if totals["findings"] else 0


def _write_seeds(folder: Path, seeds: Any) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for data in seeds:
        (folder / hashlib.sha1(data, usedforsecurity=False).hexdigest()).write_bytes(data)


def _run(name: str, seconds: int, keep: Path) -> dict[str, Any]:
    """One target for so many seconds; where its process dies, the input is a finding and the rest of the time goes to another."""
    end = time.monotonic() + seconds
    found: dict[str, Any] = {
        "seconds": seconds,
        "executions": 0,
        "coverage": 0,
        "features": 0,
        "corpus": 0,
        "findings": 0,
    }
    before = set(_findings(name, keep))
    while (left := int(end - time.monotonic())) >= 5:
        command = [sys.executable, __file__, "--keep", str(keep), "--child", name, str(left)]
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
        statuses = re.findall(r"#(\d+)\s+\w+\s+cov: (\d+) ft: (\d+) corp: (\d+)", done.stderr)
        executed = [int(one) for one in re.findall(r"stat::number_of_executed_units:\s*(\d+)", done.stderr)]
        if statuses:
            last = statuses[-1]
            found["executions"] += executed[-1] if executed else int(last[0])
            for key, number in zip(("coverage", "features", "corpus"), last[1:], strict=True):
                found[key] = max(found[key], int(number))
        if done.returncode:
            (keep / "findings" / name).mkdir(parents=True, exist_ok=True)
            log = keep / "findings" / name / f"died-{int(time.time())}.log"
            log.write_text(done.stdout[-20_000:] + done.stderr[-40_000:], encoding="utf-8")
            if not statuses:
                break  # it does not start: there is no use in another
    found["findings"] = len(set(_findings(name, keep)) - before)
    return found


def _findings(name: str, keep: Path) -> list[Path]:
    folder = keep / "findings" / name
    return [one for one in folder.glob("*") if not one.name.endswith(".input")] if folder.is_dir() else []


def _fuzz(name: str, seconds: int, keep: Path) -> None:
    """Fuzz one target in this process; does not come back."""
    import atheris  # noqa: PLC0415 - only here is the extra needed

    with atheris.instrument_imports(include=["hmic_rules"], enable_loader_override=False):
        from fuzzing.mutating import Mutator  # noqa: PLC0415 - everything of the library has to be imported here
        from fuzzing.seeds import seeds_of  # noqa: PLC0415
        from fuzzing.targets import TARGETS  # noqa: PLC0415

        target = TARGETS[name]
        for data in list(seeds_of(name))[:40]:  # what is imported when it is first used
            try:
                target(data)
            except Exception:  # noqa: BLE001, S112 - it is met again below
                continue
    folder = keep / "findings" / name
    folder.mkdir(parents=True, exist_ok=True)
    once = _noting(target, folder)
    arguments = [
        sys.argv[0],
        f"-max_total_time={seconds}",
        f"-timeout={HANG}",
        f"-rss_limit_mb={MEGABYTES}",
        f"-report_slow_units={HANG}",  # what is slow is measured in time of the processor, below
        f"-max_len={LONGEST}",
        f"-artifact_prefix={folder}/",
        "-print_final_stats=1",
        "-len_control=0",
        "-verbosity=1",
        str(keep / "corpus" / name),
    ]
    if name in CHOOSING:
        atheris.Setup(arguments, once)
    else:
        # looked up when it is called: atheris puts another in its place when it starts
        atheris.Setup(arguments, once, custom_mutator=Mutator(name, lambda data, most: atheris.Mutate(data, most)))  # noqa: PLW0108
    atheris.Fuzz()
    raise SystemExit(0)


def _noting(target: Callable[[bytes], None], folder: Path) -> Callable[[bytes], None]:
    """The target, with what it lets out written down once for each place that it comes from."""
    known: set[str] = set()

    def once(data: bytes) -> None:
        started = time.process_time()
        problem, place = None, ""
        try:
            target(data)
        except BaseException as error:  # each is a finding
            if isinstance(error, KeyboardInterrupt):
                raise
            frames = traceback.extract_tb(error.__traceback__)
            own = [
                f"{one.filename}:{one.lineno}"
                for one in frames
                if "hmic_rules" in one.filename or "fuzzing" in one.filename
            ]
            place = f"{type(error).__name__} {own[-1] if own else ''} {str(error)[:30] if isinstance(error, AssertionError) else ''}"
            problem = "".join(traceback.format_exception(error, limit=-30))
        taken = time.process_time() - started
        if problem is None and taken > SLOW:
            place, problem = f"slow {int(taken)}", f"{taken:.1f} seconds for {len(data)} bytes\n"
        if problem is not None and place not in known and len(known) < 50:
            known.add(place)
            called = hashlib.sha1(place.encode("utf-8", "replace"), usedforsecurity=False).hexdigest()[:12]
            (folder / f"{called}.input").write_bytes(data)
            (folder / called).write_text(f"{place}\n\n{problem}", encoding="utf-8", errors="backslashreplace")

    return once


if __name__ == "__main__":
    sys.exit(main())
