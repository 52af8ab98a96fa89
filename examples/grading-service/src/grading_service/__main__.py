"""`grading-service`: the service on this machine."""

from __future__ import annotations

import argparse

import uvicorn

import hmic_rules as hr
from grading_service.app import create_app


def main() -> None:
    """Serve the rule sets and inspections that are named, or all that are installed."""
    parser = argparse.ArgumentParser(prog="grading-service", description=__doc__)
    parser.add_argument("--ruleset", action="append", help="a name that `hmic-rules list` shows, or a path; several")
    parser.add_argument("--inspection", action="append", help="the same, of an inspection")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    given = parser.parse_args()
    try:
        app = create_app(given.ruleset, given.inspection)
    except hr.HmicRulesError as error:
        parser.error(str(error))
    uvicorn.run(app, host=given.host, port=given.port, limit_concurrency=100)


if __name__ == "__main__":
    main()
