"""Writers to one journal that are killed in the middle of what they do, again and again; after each, what was promised is looked at.

    python tests/soak/kill_writers.py --kills 600

Half of the kills meet writers that hand over a line in small pieces, so that most of them tear one; the others meet writers as they are. It prints
one JSON object and ends with exit code 1 where an entry was lost that a writer had been told of, or anything but a torn last line was left behind.
The suite runs it short.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import select
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import BinaryIO

import hmic_rules as hr
from hmic_rules.audit import journals

WRITERS = 3
RULES = Path(__file__).parents[1] / "records" / "orchard.yaml"


def in_pieces(stream: BinaryIO, data: bytes) -> None:
    """A write that takes its time."""
    stream.seek(0, os.SEEK_END)
    for place in range(0, len(data), 400):
        stream.write(data[place : place + 400])
        time.sleep(0.0005)
    os.fsync(stream.fileno())


def write_until_killed(path: Path, writer: str, said: int) -> None:
    """Append records and say the hash of each entry when it is there; end where the journal is torn by another."""
    decision = hr.load(RULES).decide({"fenced": True, "trees": [{"id": str(number)} for number in range(20)]})
    journal = hr.Journal(path)
    for number in range(10_000):
        try:
            entry = journal.append(decision.record(case=f"{writer}, {number}"))
        except hr.InputError:
            return
        os.write(said, f"{entry.number} {entry.sha256}\n".encode())


def started(path: Path, name: str) -> tuple[int, int]:
    """A writer in a process of its own: its id, and where to hear what it says."""
    heard, said = os.pipe()
    child = os.fork()
    if child:
        os.close(said)
        return child, heard
    os.close(heard)
    try:
        write_until_killed(path, name, said)
    finally:
        os._exit(0)


def everything(heard: int) -> list[str]:
    """All whole lines that were said."""
    found = bytearray()
    while part := os.read(heard, 65536):
        found += part
    os.close(heard)
    return found.decode().split("\n")[:-1]


def killed(journal: hr.Journal, kills: int, draw: random.Random) -> Counter[str]:
    """Kill so many writers, and repair and look after each round of them."""
    found = Counter({"kills": 0, "whole": 0, "cut": 0, "completed": 0, "other faults": 0, "lost": 0, "promised": 0})
    promised: set[tuple[int, str]] = set()
    while found["kills"] < kills:
        writers = [started(journal.path, f"{found['kills']} {number}") for number in range(WRITERS)]
        select.select([heard for _, heard in writers], [], [], 10)
        for child, _ in writers:
            time.sleep(draw.uniform(0, 0.03))
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            found["kills"] += 1
        for _, heard in writers:
            promised |= {(int(number), sha256) for number, sha256 in map(str.split, everything(heard))}
        kinds = [one.kind for one in journal.check().faults]
        found["other faults"] += len([kind for kind in kinds if kind != "torn"])
        done = journal.repair().done
        found["other faults"] += (done == "nothing") == ("torn" in kinds)
        found["whole" if done == "nothing" else done] += 1
    found["other faults"] += len(journal.check().faults)
    found["promised"] = len(promised)
    found["lost"] = len(promised - {(entry.number, entry.sha256) for entry in journal.entries()})
    return found


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--kills", type=int, default=600)
    arguments.add_argument("--seed", type=int, default=2007)
    given = arguments.parse_args()
    draw = random.Random(given.seed)  # noqa: S311 - when to kill
    with tempfile.TemporaryDirectory() as folder:
        journal = hr.Journal(Path(folder) / "journal.jsonl")
        found = killed(journal, given.kills // 2, draw)
        journals._write = in_pieces
        found += killed(journal, given.kills - given.kills // 2, draw)
        found["kept aside"] = len(list(Path(folder).glob("*.torn")))
        found["entries"] = journal.check().entries
    print(json.dumps({**dict.fromkeys(("lost", "other faults"), 0), **found}))
    sys.exit(bool(found["lost"] or found["other faults"]))


if __name__ == "__main__":
    main()
