"""Which rule sets and inspections are served. They are loaded once; they are frozen, so that threads may share them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import hmic_rules as hr

__all__ = ["INSPECTIONS", "RULESETS", "Scheme", "Served"]

RULESETS = ("mappa-2007", "mappa-2019", "hmic-2007", "safer-neighbourhoods-2007")
INSPECTIONS = ("mps-2007",)


@dataclass(frozen=True)
class Scheme:
    """What cases are decided by: a rule set, under one of its frameworks where it has some."""

    ruleset: hr.Ruleset
    framework: str | None

    @property
    def path(self) -> str:
        under = "" if self.framework is None else f"/frameworks/{self.framework}"
        return f"/rulesets/{self.ruleset.name}{under}/decisions"

    @property
    def called(self) -> str:
        """Its name among the schemas of the service."""
        return self.ruleset.name if self.framework is None else f"{self.ruleset.name}.{self.framework}"


@dataclass(frozen=True)
class Served:
    """Everything that is served, by name."""

    rulesets: Mapping[str, hr.Ruleset]
    inspections: Mapping[str, hr.Inspection]

    @classmethod
    def load(cls, rulesets: Iterable[str], inspections: Iterable[str]) -> Served:
        """Load them.

        Raises:
            HmicRulesError: one is not there or has problems; the service does not start without it.

        """
        rules = [hr.load(name) for name in rulesets]
        inspected = [hr.load_inspection(name) for name in inspections]
        return cls({one.name: one for one in rules}, {one.name: one for one in inspected})

    @property
    def schemes(self) -> Iterator[Scheme]:
        for ruleset in self.rulesets.values():
            for framework in ruleset.frameworks or (None,):
                yield Scheme(ruleset, framework)

    def ruleset(self, name: str) -> hr.Ruleset:
        if name not in self.rulesets:
            raise hr.NotFoundError(f"no rule set that is served here is called `{name}`; GET /rulesets lists them")
        return self.rulesets[name]

    def inspection(self, name: str) -> hr.Inspection:
        if name not in self.inspections:
            raise hr.NotFoundError(f"no inspection that is served here is called `{name}`; GET /inspections lists them")
        return self.inspections[name]
