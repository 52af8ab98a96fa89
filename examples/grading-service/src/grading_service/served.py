"""Which rule sets and inspections are served. They are loaded once; they are frozen, so that threads may share them."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

import hmic_rules as hr

__all__ = ["NotServedError", "Scheme", "Served"]

LISTED = 8  # so many names are told where none is near
SHOWN = 60  # characters of a name that somebody wrote


class NotServedError(Exception):
    """Something that is asked for and is not served: where it is asked for, and what there is."""

    def __init__(self, problem: hr.Diagnostic) -> None:
        super().__init__(problem)
        self.problem = problem


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
    def load(cls, rulesets: Iterable[str] | None, inspections: Iterable[str] | None) -> Served:
        """Load them; where none are named, all that are installed.

        Raises:
            HmicRulesError: one is not there or has problems; the service does not start without it.

        """
        found = hr.installed()
        rulesets = found.rulesets if rulesets is None else rulesets
        inspections = found.inspections if inspections is None else inspections
        rules = [hr.load(name) for name in rulesets]
        inspected = [hr.load_inspection(name) for name in inspections]
        return cls({one.name: one for one in rules}, {one.name: one for one in inspected})

    @property
    def schemes(self) -> Iterator[Scheme]:
        for ruleset in self.rulesets.values():
            for framework in ruleset.frameworks or (None,):
                yield Scheme(ruleset, framework)

    def ruleset(self, name: str) -> hr.Ruleset:
        """The rule set of a name.

        Raises:
            NotServedError: none of this name is served.

        """
        if name not in self.rulesets:
            raise _not_served(f"/rulesets/{name}", "no rule set is served here that is called", name, self.rulesets)
        return self.rulesets[name]

    def inspection(self, name: str) -> hr.Inspection:
        """The inspection of a name.

        Raises:
            NotServedError: none of this name is served.

        """
        if name not in self.inspections:
            place = f"/inspections/{name}"
            raise _not_served(place, "no inspection is served here that is called", name, self.inspections)
        return self.inspections[name]

    def under(self, found: hr.Ruleset | hr.Inspection, framework: str, place: str) -> str:
        """A framework of a rule set or of an inspection.

        Raises:
            NotServedError: it has none of this name.

        """
        if framework not in found.frameworks:
            raise _not_served(place, f"`{found.name}` has no framework", framework, found.frameworks)
        return framework

    def reading(self, ruleset: hr.Ruleset, reading: str | None) -> str | None:
        """A reading of a rule set, as the query names it.

        Raises:
            NotServedError: it has none of this name.

        """
        if reading is not None and reading not in ruleset.profiles:
            raise _not_served("?reading", f"`{ruleset.name}` has no reading", reading, ruleset.profiles)
        return reading

    def nowhere(self, path: str) -> NotServedError:
        """What is wrong with a path that no route has."""
        try:
            match path.strip("/").split("/"):
                case ["rulesets", name, "frameworks", framework, *_]:
                    self.under(self.ruleset(name), framework, f"/rulesets/{name}/frameworks/{framework}")
                case ["rulesets", name, *rest]:
                    paths = [one.path for one in self.schemes if one.ruleset is self.ruleset(name)]
                    if rest == ["decisions"]:
                        problem = f"`{name}` decides under one of its frameworks"
                        return NotServedError(hr.Diagnostic(path, problem, f"post to {_listed(paths)}"))
                case ["inspections", name, *_]:
                    self.inspection(name)
        except NotServedError as error:
            return error
        return NotServedError(hr.Diagnostic(path, "nothing is served here", "GET /openapi.json says what is"))


def _not_served(place: str, problem: str, name: str, known: Collection[str]) -> NotServedError:
    near = difflib.get_close_matches(name, known, n=1)
    help = f"did you mean `{near[0]}`?" if near else f"known here: {_listed(known)}" if known else "there are none"
    shown = name if len(name) <= SHOWN else f"{name[:SHOWN]}…"
    return NotServedError(hr.Diagnostic(place, f"{problem} `{shown}`", help))


def _listed(names: Collection[str]) -> str:
    rest = len(names) - LISTED
    return ", ".join(f"`{one}`" for one in list(names)[:LISTED]) + (f" and {rest} more" if rest > 0 else "")
