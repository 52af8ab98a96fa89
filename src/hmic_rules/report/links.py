"""What stands where on the page: which names have an element of their own that others can link to."""

from __future__ import annotations

from attrs import frozen

from hmic_rules.inspections import Inspection
from hmic_rules.questions.space import Change
from hmic_rules.report.anchors import anchor
from hmic_rules.wording import name_in_words

__all__ = ["Link", "Links"]


@frozen
class Link:
    """Words that lead to an element of the page; to none where ``id`` is ``None``."""

    words: str
    id: str | None = None


@frozen
class Links:
    """Links to the records of one inspection."""

    inspection: Inspection

    def framework(self, name: str) -> Link:
        """A framework, by its title."""
        title = self.inspection.ruleset.frameworks[name].title
        return Link(title, anchor("framework", name) if name in self.inspection.frameworks else None)

    def criterion(self, framework: str, name: str) -> Link:
        """A criterion of a framework."""
        notes = self.inspection.ruleset.frameworks[framework].notes
        there = framework in self.inspection.frameworks and name in notes
        return Link(name, anchor("criterion", framework, name) if there else None)

    def criteria(self, name: str) -> tuple[Link, ...]:
        """A criterion in each framework that lists it; without a link where it is in none that was inspected."""
        found = [
            self.criterion(framework, name)
            for framework in self.inspection.frameworks
            if name in self.inspection.ruleset.frameworks[framework].notes
        ]
        return tuple(found) or (Link(name),)

    def finding(self, name: str) -> Link:
        """A finding."""
        return Link(name, anchor("finding", name) if name in self.inspection.findings else None)

    def recommendation(self, name: str) -> Link:
        """A recommendation, by its title."""
        found = self.inspection.recommendations.get(name)
        return Link(name) if found is None else Link(found.title, anchor("recommendation", name))

    def item(self, framework: str, item: str) -> Link:
        """Whatever an item of a case is: a criterion, or what a finding shows of one."""
        found = self.criterion(framework, item)
        if found.id is not None:
            return found
        bearing = next((one for one in self.inspection.bearings(framework) if one.id == item), None)
        return Link(item, None if bearing is None else anchor("finding", bearing.finding))

    def change(self, framework: str, change: Change) -> tuple[str, Link | None, str | None]:
        """What a change is of: its name in words, the item that it stands on, and what the rule set says of a criterion."""
        if change.item is None:
            return name_in_words(change.name), None, None
        notes = self.inspection.ruleset.frameworks[framework].notes
        says = notes[change.item]["says"] if change.item in notes else None
        return name_in_words(change.name), self.item(framework, change.item), says
