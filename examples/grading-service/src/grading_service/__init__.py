"""A service over HTTP that decides cases by rule sets of hmic_rules, explains, records and replays them."""

from __future__ import annotations

from grading_service.app import create_app

__all__ = ["create_app"]
