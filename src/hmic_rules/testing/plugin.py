"""The plugin for pytest: ``pytest --rulesets DIR`` tests every rule set under a folder, without any test being written.

pytest loads this file wherever the package is installed, so nothing heavy is imported before a folder is asked for.
"""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from hmic_rules.testing.collecting import RulesetFile

__all__ = ["MAIN", "pytest_addoption", "pytest_collect_file", "pytest_configure"]

MAIN: Final = "ruleset.yaml"
FILES: Final = pytest.StashKey[frozenset[Path]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("hmic_rules", "rule sets as data")
    group.addoption(
        "--rulesets",
        action="append",
        default=[],
        metavar="DIR",
        help=f"test every rule set ({MAIN}) under this folder, or this one file; can be given several times",
    )
    group.addoption(
        "--ruleset-examples",
        type=int,
        default=100,
        metavar="N",
        help="how many cases to draw for each property of a rule set (default: 100)",
    )
    parser.addini("hmic_rulesets", f"folders of rule sets ({MAIN}) to test", type="paths", default=[])


def pytest_configure(config: pytest.Config) -> None:
    """Adds the rule sets to what is collected. Where they are all that was asked for, nothing else is.

    Raises:
        UsageError: a folder is not there or holds no rule set, a number of examples is below 1, or Hypothesis is not installed.

    """
    asked = [config.invocation_params.dir / given for given in config.getoption("--rulesets")]
    also = list(config.getini("hmic_rulesets"))
    if not asked and not also:
        return
    if config.getoption("--ruleset-examples") < 1:
        raise pytest.UsageError(
            "--ruleset-examples: no property can be tested on fewer than 1 case: give a number from 1"
        )
    if find_spec("hypothesis") is None:
        raise pytest.UsageError("--rulesets: Hypothesis is not installed: pip install 'hmic-rules[testing]'")
    found = [file for folder in (*asked, *also) for file in _rulesets_in(folder)]
    config.stash[FILES] = frozenset(found)
    named = {Path(os.path.abspath(config.invocation_params.dir / one)) for one in config.args}  # noqa: PTH100 - links stay
    added = [str(file) for file in dict.fromkeys(found) if file not in named]
    alone = asked and config.args_source is not pytest.Config.ArgsSource.ARGS
    config.args = added if alone else [*config.args, *added]


def _rulesets_in(folder: Path) -> list[Path]:
    """The rule sets under a folder, hidden folders left out; or the file that was named.

    Raises:
        UsageError: there are none.

    """
    start = Path(os.path.abspath(folder))  # noqa: PTH100 - as pytest calls files, with links as they are
    if start.is_file():
        return [start]
    if not start.is_dir():
        raise pytest.UsageError(f"--rulesets: `{folder}` is no folder and no file: name a folder that holds a `{MAIN}`")
    found: list[Path] = []
    for at, folders, files in os.walk(start):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found += [Path(at) / MAIN] if MAIN in files else []
    if not found:
        problem = f"no rule set stands under `{folder}`: name a folder that holds a `{MAIN}`, or the file itself"
        raise pytest.UsageError(f"--rulesets: {problem}")
    return found


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> RulesetFile | None:
    """The items of a rule set that was asked for."""
    if file_path not in parent.config.stash.get(FILES, frozenset()):
        return None
    from hmic_rules.testing.collecting import RulesetFile

    return RulesetFile.from_parent(parent, path=file_path)
