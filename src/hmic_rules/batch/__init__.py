"""Tables of cases, decided by DuckDB from file to file with the answers of ``decide``."""

from __future__ import annotations

import hmic_rules.batch.quoting  # noqa: F401 - where the extra is not installed, it says so before anything else fails
