"""A rule set as tests of pytest: that it loads, each worked case, and each property for each of its frameworks."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest

from hmic_rules.catalogue import load
from hmic_rules.errors import HmicRulesError
from hmic_rules.rulesets import Ruleset
from hmic_rules.testing.promises import BrokenPromise, Property
from hmic_rules.testing.properties import properties_of, worked_cases

__all__ = ["RulesetFile", "RulesetItem"]


class RulesetFile(pytest.File):
    """One rule set."""

    def collect(self) -> Iterator[RulesetItem]:
        """The first item says whether it loads; of one that does not there is no other."""
        try:
            ruleset = load(self.path)
            cases = worked_cases(ruleset)
        except HmicRulesError as wrong:
            yield self.item("it loads", None, wrong)
            return
        yield self.item("it loads")
        seen: dict[str, int] = {}
        for name, found in (*((one.name, one) for one in cases), *self.properties(ruleset)):
            seen[name] = seen.get(name, 0) + 1
            yield self.item(name if seen[name] == 1 else f"{name} ({seen[name]})", found)

    def properties(self, ruleset: Ruleset) -> Iterator[tuple[str, Property]]:
        """Every property, for each framework where there are some."""
        for framework in ruleset.frameworks or (None,):
            for found in properties_of(ruleset, framework=framework):
                yield found.name if framework is None else f"{found.name} [{framework}]", found

    def item(self, name: str, found: Property | None = None, refused: HmicRulesError | None = None) -> RulesetItem:
        made: RulesetItem = RulesetItem.from_parent(self, name=name, found=found, refused=refused)
        return made


class RulesetItem(pytest.Item):
    """One thing that should be so of a rule set."""

    def __init__(self, *, found: Property | None = None, refused: HmicRulesError | None = None, **given: Any) -> None:
        super().__init__(**given)
        self.found = found
        self.refused = refused

    def runtest(self) -> None:
        if self.refused is not None:
            raise self.refused
        if self.found is None:
            return
        checked = self.found.check(self.config.getoption("--ruleset-examples"))
        if not checked.compared:
            pytest.skip(
                f"nothing could be compared in {checked.cases} drawn cases: `{checked.name}` is not tested by this"
            )

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """What is wrong, in the rule set's words; a traceback only where the library itself fails."""
        if isinstance(excinfo.value, BrokenPromise | HmicRulesError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[os.PathLike[str] | str, int | None, str]:
        return self.path, None, f"{self.path.parent.name}: {self.name}"
