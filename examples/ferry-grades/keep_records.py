"""Write a record of some invented cases by each edition, once: what an edition has decided, it has to go on deciding.

python keep_records.py
"""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import hmic_rules as hr

ROOT = Path(__file__).parent
CASES: dict[str, dict[str, Any]] = {
    "in-order": {"drills": "weekly", "jackets_missing": 0, "log_complete": True, "hands_short": 0, "defects": []},
    "steering": {"defects": [{"defect": "steering", "severity": "dangerous", "put_right": False}]},
    "log-unknown": {"drills": "monthly", "jackets_missing": 0, "defects": []},
}
DAYS = {"ferry-grades-2023": datetime.date(2024, 6, 3), "ferry-grades-2025": datetime.date(2025, 6, 2)}


def main() -> None:
    """Write the records that are not there; none that is there is written again."""
    for name, day in DAYS.items():
        ruleset = hr.load(ROOT / "rulesets" / name)
        for called, facts in CASES.items():
            known = {key: one for key, one in facts.items() if key in {*ruleset.inputs, *ruleset.collections}}
            file = ROOT / "records" / f"{name}.{called}.json"
            if not file.exists():
                file.parent.mkdir(exist_ok=True)
                file.write_bytes(ruleset.decide({"facts": known}).record(case=called, date=day).text)


if __name__ == "__main__":
    main()
