"""Long commands that are ended by a signal at moments from a seed, in processes of their own; and two at once on one output. Not collected by pytest.

    python tests/soak/interrupts.py --signals 20

It prints one JSON object, and ends with exit code 1 where a run that was ended had another exit code than the usual one, said more than a message, left
anything but whole files behind, or where the next run did not write the same bytes.
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

HERE = Path(__file__).parents[1]
HEADER = "case,convicted_or_cautioned,registered,sentence_months,agencies_actively_involved,risk_of_serious_harm\n"
ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
COMMANDS = {
    "batch": ("batch", str(HERE / "shapes" / "record.yaml"), "in.csv", "-o", "out.csv", "--rejects", "aside.csv", "--temp", "temp"),
    "report": ("report", "mps-2007", "-o", "report.html"),
    "grade": ("grade", "mps-2007", "--record", "records"),
    "docs": ("docs", "mappa-2007", "-o", "page.md"),
    "prove": ("prove", "mappa-2019"),
    "leverage": ("leverage", str(HERE / "inspections" / "small" / "inspection.yaml")),
}  # fmt: skip


def command(name: str) -> list[str]:
    return [sys.executable, "-c", "from hmic_rules.__main__ import main; main()", *COMMANDS[name]]


def contents(folder: Path) -> dict[str, bytes]:
    """Every file, but for the bytes of what was given."""
    return {str(one.relative_to(folder)): one.read_bytes() for one in folder.rglob("*") if one.is_file()}


def ended(name: str, folder: Path, times: int, moments: random.Random) -> Counter[str]:
    """What was found after so many signals to one command."""
    found: Counter[str] = Counter()
    before = contents(folder)
    start = time.monotonic()
    subprocess.run(command(name), capture_output=True, check=False, cwd=folder)
    took, whole = time.monotonic() - start, contents(folder)
    for number in range(times):
        for path in whole.keys() - before.keys():
            (folder / path).unlink(missing_ok=True)
        sent = ENDINGS[number % len(ENDINGS)]
        with subprocess.Popen(command(name), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=folder) as running:
            time.sleep(took * moments.uniform(0.1, 1.0))
            running.send_signal(sent)
            _, said = running.communicate(timeout=600)
        usual = (128 + sent, -sent, 0, 1)  # or Python had not come to it yet, or it had ended by then
        found["ended"] += running.returncode == usual[0]
        found["other exit codes"] += running.returncode not in usual
        found["tracebacks"] += b"Traceback" in said
        left = contents(folder)
        found["other files"] += len(left.keys() - whole.keys())
        found["half files"] += sum(whole.get(path) != data for path, data in left.items())
    subprocess.run(command(name), capture_output=True, check=False, cwd=folder)
    found["other bytes"] += contents(folder) != whole
    both = [
        subprocess.Popen(command(name), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=folder) for _ in range(2)
    ]
    said = [one.communicate(timeout=600)[1] for one in both]
    found["tracebacks"] += sum(b"Traceback" in one for one in said)
    found["other bytes of two at once"] += contents(folder) != whole
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--signals", type=int, default=20, help="to each command")
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--command", choices=sorted(COMMANDS), action="append", help="all otherwise")
    given = parser.parse_args()
    moments = random.Random(given.seed)  # noqa: S311 - moments, not secrets
    found: Counter[str] = Counter()
    for name in given.command or COMMANDS:
        with tempfile.TemporaryDirectory() as one:
            folder = Path(one)
            (folder / "temp").mkdir()
            rows = (f"c{n},yes,{'yes' if n % 3 else ''},{n % 30},{n % 6},high\n" for n in range(given.rows))
            (folder / "in.csv").write_text(HEADER + "".join(rows), encoding="utf-8")
            found += ended(name, folder, given.signals, moments)
    print(json.dumps({"signals": given.signals * len(given.command or COMMANDS), **found}))
    return 0 if set(found) <= {"ended"} else 1


if __name__ == "__main__":
    sys.exit(main())
