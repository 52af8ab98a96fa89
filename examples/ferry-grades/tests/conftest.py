"""The editions of the rules."""

from __future__ import annotations

from pathlib import Path

import pytest

import hmic_rules as hr

ROOT = Path(__file__).parents[1]
RULESETS = ROOT / "rulesets"
EDITIONS = ("ferry-grades-2023", "ferry-grades-2025")


@pytest.fixture(scope="session", params=EDITIONS)
def edition(request: pytest.FixtureRequest) -> hr.Ruleset:
    return hr.load(RULESETS / request.param)


@pytest.fixture(scope="session")
def old() -> hr.Ruleset:
    return hr.load(RULESETS / EDITIONS[0])


@pytest.fixture(scope="session")
def new() -> hr.Ruleset:
    return hr.load(RULESETS / EDITIONS[1])
