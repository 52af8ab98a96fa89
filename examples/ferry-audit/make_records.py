"""A folder of records of an invented board: what its office holds after eight months of inspections, with what went wrong in it.

python make_records.py FOLDER

The board, its ferries and its inspections are invented. The same folder is made each time.
"""

from __future__ import annotations

import datetime
import random
import sys
from pathlib import Path
from typing import Any

import hmic_rules as hr

RULESETS = Path(__file__).parents[1] / "ferry-grades" / "rulesets"
CHANGED_ON = datetime.date(2025, 4, 1)
FIRST = datetime.date(2025, 1, 6)
DAYS = 238
INSPECTIONS = 64
ALTERED, OUTDATED, REPLACED = 17, 41, 29  # the inspections with which something is wrong
FERRIES = ("Auk", "Bittern", "Curlew", "Dunlin", "Eider", "Fulmar", "Gannet", "Heron")
DEFECTS = {"handrail": "minor", "paint": "minor", "pump": "major", "radio": "major", "steering": "dangerous"}


def inspections() -> list[tuple[str, datetime.date, dict[str, Any]]]:
    """Ferry, day and facts of each inspection. What the inspectors did not ask is left out."""
    drawn = random.Random(2025)  # noqa: S311 - the same ferries each time, and no secret
    found = []
    for number in range(1, INSPECTIONS + 1):
        day = FIRST + datetime.timedelta(days=(number - 1) * DAYS // INSPECTIONS)
        defects = drawn.sample(sorted(DEFECTS), drawn.choice([0, 0, 0, 0, 1, 1, 2]))
        facts: dict[str, Any] = {
            "drills": drawn.choice(["rarely", "monthly", "monthly", "weekly", "weekly", "weekly"]),
            "jackets_missing": drawn.choice([0] * 12 + [1, 2, 4, 7]),
            "log_complete": drawn.random() < 0.85,
            "defects": [
                {"defect": one, "severity": DEFECTS[one], "put_right": drawn.random() < 0.6} for one in defects
            ],
        }
        if day >= CHANGED_ON and drawn.random() < 0.7:
            facts["hands_short"] = drawn.choice([0, 0, 0, 0, 1])
        for name in ("drills", "log_complete"):
            if drawn.random() < 0.1:
                del facts[name]
        found.append((f"{number:03}-{drawn.choice(FERRIES)}", day, facts))
    # Three of them are as they have to be for what goes wrong: the grade that was altered, the defect that was taken out, the rules that were outdated.
    steering = {"defect": "steering", "severity": "dangerous", "put_right": False}
    set_in_order = {"drills": "weekly", "jackets_missing": 0, "log_complete": True}
    for number, facts in (
        (ALTERED, {**set_in_order, "defects": [steering]}),
        (REPLACED, {**set_in_order, "hands_short": 0, "defects": [steering]}),
        (OUTDATED, {**set_in_order, "jackets_missing": 4, "defects": []}),
    ):
        called, day, _ = found[number - 1]
        found[number - 1] = (called, day, facts)
    return found


def make(folder: Path) -> None:
    """Write the records, and the journal that they were entered into as they were made.

    Afterwards somebody has altered the grade of one record, and has put another in place of a second, decided from other facts.
    """
    old, new = (hr.load(RULESETS / f"ferry-grades-{year}") for year in (2023, 2025))
    folder.mkdir(parents=True)
    journal = hr.Journal(folder / "journal.jsonl")
    for number, (called, day, facts) in enumerate(inspections(), 1):
        rules = old if day < CHANGED_ON or number == OUTDATED else new
        record = rules.decide({"facts": facts}).record(case=called, date=day)
        journal.append(record)
        text = record.text
        if number == ALTERED:
            text = text.replace(b'"laid up"', b'"passed"')
        if number == REPLACED:
            mended = [{**one, "put_right": True} for one in facts["defects"]]
            text = rules.decide({"facts": {**facts, "defects": mended}}).record(case=called, date=day).text
        (folder / f"{called}.json").write_bytes(text)


if __name__ == "__main__":
    make(Path(sys.argv[1]))
