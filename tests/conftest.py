"""How the generated tests run: quick and repeatable by default, long and searching on request; and a rule set from its text."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, Phase, settings

import hmic_rules as hr

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
os.environ["HMIC_RULES_TRACEBACK"] = "1"  # a fault of the command line is to be seen as one, and not as a message

settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


@pytest.fixture(autouse=True, scope="session")
def signals_that_are_heard() -> None:
    """What starts the tests may ignore signals, as `nohup` and a shell's `&` do, and the commands under test would inherit it."""
    for name in ("SIGHUP", "SIGINT", "SIGQUIT"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler if name == "SIGINT" else signal.SIG_DFL)


@pytest.fixture(scope="session")
def ruleset_from(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], hr.Ruleset]:
    """Loads a rule set from the text of its file."""

    def load(text: str) -> hr.Ruleset:
        path = tmp_path_factory.mktemp("ruleset") / "ruleset.yaml"
        path.write_text(text, encoding="utf-8")
        return hr.load(path)

    return load
