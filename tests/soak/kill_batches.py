"""Runs over a table of cases that are killed at random moments, again and again; after each, what lies on disk is looked at. Not collected by pytest.

    python tests/soak/kill_batches.py --kills 200

It prints one JSON object, and ends with exit code 1 where a file stood under the name of an output that is not the whole one, where the next whole run
left anything else behind, or where it did not write the same bytes.
"""

from __future__ import annotations

import argparse
import json
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

RULES = Path(__file__).parents[1] / "shapes" / "record.yaml"
HEADER = "case,convicted_or_cautioned,registered,sentence_months,agencies_actively_involved,risk_of_serious_harm\n"


def row(number: int) -> str:
    return f"c{number},yes,{'yes' if number % 3 else ''},{number % 30},{number % 6},high\n"


def soaked(kills: int, rows: int, seed: int) -> tuple[Counter[str], bool]:
    """What was found after each kill, and whether all of it may be."""
    found: Counter[str] = Counter()
    moments = random.Random(seed)  # noqa: S311 - moments, not secrets
    with tempfile.TemporaryDirectory() as name:
        folder, temp = Path(name), Path(name) / "temp"
        temp.mkdir()
        (folder / "in.csv").write_text(HEADER + "".join(map(row, range(rows))), encoding="utf-8")
        out, aside = folder / "out.parquet", folder / "aside.csv"
        command = [sys.executable, "-m", "hmic_rules", "batch", str(RULES), str(folder / "in.csv"), "-o", str(out)]
        command += ["--rejects", str(aside), "--temp", str(temp)]
        start = time.monotonic()
        subprocess.run(command, check=True, capture_output=True)
        took = time.monotonic() - start
        whole = {path: path.read_bytes() for path in (out, aside)}
        for _ in range(kills):
            for path in whole:
                path.unlink(missing_ok=True)
            running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(took * moments.uniform(0.1, 1.05))
            running.send_signal(signal.SIGKILL)
            running.wait()
            there = {path.name: path.read_bytes() == data for path, data in whole.items() if path.exists()}
            found["a whole output" if there.get(out.name) else "no output"] += 1
            found["a part of an output"] += not all(there.values())
            found["something beside it"] += any(folder.glob(".*.part")) or any(temp.iterdir())
        subprocess.run(command, check=True, capture_output=True)
        found["other bytes"] += any(path.read_bytes() != data for path, data in whole.items())
        left = sorted(path.name for path in folder.iterdir())
        found["left behind"] += left != ["aside.csv", "in.csv", "out.parquet", "temp"] or any(temp.iterdir())
    return found, not found["a part of an output"] and not found["other bytes"] and not found["left behind"]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    found, fine = soaked(given.kills, given.rows, given.seed)
    print(json.dumps({"kills": given.kills, **found}))
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
