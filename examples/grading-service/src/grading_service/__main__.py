"""`grading-service`: the service on this machine."""

from __future__ import annotations

import argparse

import uvicorn

import hmic_rules as hr
from grading_service.app import create_app
from grading_service.served import INSPECTIONS, RULESETS


def main() -> None:
    """Serve the rule sets and inspections that are named, or some that are shipped."""
    parser = argparse.ArgumentParser(prog="grading-service", description=__doc__)
    parser.add_argument("--ruleset", action="append", help="a name that `hmic-rules list` shows, or a path; several")
    parser.add_argument("--inspection", action="append", help="the same, of an inspection")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    given = parser.parse_args()
    try:
        app = create_app(given.ruleset or RULESETS, given.inspection or INSPECTIONS)
    except hr.HmicRulesError as error:
        parser.error(str(error))
    uvicorn.run(app, host=given.host, port=given.port, limit_concurrency=100)


if __name__ == "__main__":
    main()
