"""How the generated tests run: quick and repeatable by default, long and searching on request."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, settings

SLOW_TO_BUILD = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example)

SEARCH = (Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink)

settings.register_profile(
    "quick",
    derandomize=True,
    database=None,
    deadline=None,
    print_blob=True,
    phases=SEARCH,
    suppress_health_check=SLOW_TO_BUILD,
)
settings.register_profile(
    "long", max_examples=5_000, deadline=None, print_blob=True, suppress_health_check=SLOW_TO_BUILD
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))
