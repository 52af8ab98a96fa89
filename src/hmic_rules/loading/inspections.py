"""An inspection from its YAML files, with every problem of them at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, cast

from attrs import field, frozen

from hmic_rules.datatypes import LabelType
from hmic_rules.errors import InputError, NotFoundError, Span, did_you_mean, quoted
from hmic_rules.inspections import (
    Bearing,
    Distribution,
    Finding,
    FrameworkRecord,
    Inspection,
    KnownFact,
    Practice,
    Recommendation,
)
from hmic_rules.loading.coded_facts import check_facts
from hmic_rules.loading.fields import Reader
from hmic_rules.loading.judgements import JUDGEMENTS, hold_to_rules, read_judgements
from hmic_rules.loading.remedies import read_asking_kinds, read_remedy
from hmic_rules.loading.trees import Mapping as TreeMapping
from hmic_rules.loading.trees import Scalar, Tree, read_tree
from hmic_rules.rulesets import Ruleset
from hmic_rules.sources.citations import hold_to_index

__all__ = [
    "FILE_KEYS",
    "FINDING_KEYS",
    "FRAMEWORK_KEYS",
    "KEYS",
    "PRACTICE_KEYS",
    "RECOMMENDATION_KEYS",
    "REQUIRED",
    "read_inspection",
]

KEYS: Final = (
    "inspection",
    "title",
    "body",
    "says",
    "ruleset",
    "outcome",
    "bearings",
    "documents",
    "sections",
    "files",
    "frameworks",
    "put_right",
    "should_be_answered",
    JUDGEMENTS,
)
REQUIRED: Final = ("inspection", "title", "body", "ruleset", "outcome", "bearings", "files", "frameworks")
FILE_KEYS: Final = ("section", "findings", "recommendations", "practices", JUDGEMENTS, "says")
FINDING_KEYS: Final = ("id", "kind", "cite", "says", "bears", "bears_on_nothing")
RECOMMENDATION_KEYS: Final = ("id", "title", "cite", "says", "answers", "wider", "bears")
PRACTICE_KEYS: Final = ("id", "title", "area", "cite", "problem", "solution", "outcomes")
FRAMEWORK_KEYS: Final = ("published", "distribution", "facts")


def read_inspection(
    source: Callable[[str], bytes], file: str, shown_as: Callable[[str], str], load: Callable[[str], Ruleset]
) -> Inspection:
    """Read an inspection and the files that it names.

    Args:
        source: gives the bytes of a file beside the inspection's own.
        file: the name of the inspection's own file.
        shown_as: how a file is called in messages.
        load: gives the rule set of a name.

    Raises:
        InputError: with every problem found.
        NotFoundError: its rule set does not exist.

    """
    reader = Reader()
    build = _Build(reader, source, shown_as)
    root = reader.mapping(
        build.tree(file, None),
        "an inspection",
        KEYS,
        REQUIRED,
    )
    if root is None or reader.problems:
        reader.stop()
    return build.inspection(root, shown_as(file), load)


@frozen
class _Build:
    reader: Reader
    source: Callable[[str], bytes]
    shown_as: Callable[[str], str]
    findings: dict[str, Finding] = field(factory=dict)
    recommendations: dict[str, Recommendation] = field(factory=dict)
    practices: dict[str, Practice] = field(factory=dict)
    trees: list[Tree] = field(factory=list)

    def tree(self, file: str, named_at: Span | None) -> Tree | None:
        try:
            tree, problems = read_tree(self.source(file), self.shown_as(file))
        except FileNotFoundError:
            self.reader.error(
                named_at or Span(self.shown_as(file), 1, 1), f"there is no file {quoted(file)}", None, "missing-file"
            )
            return None
        except InputError as error:
            self.reader.problems.extend(error.diagnostics)
            return None
        self.reader.problems.extend(problems)
        self.trees.append(tree)
        return tree

    def rules(self, tree: Tree, load: Callable[[str], Ruleset]) -> Ruleset:
        """The rule set that the inspection was made under; nothing else can be read without it."""
        try:
            return load(self.reader.text(tree, "`ruleset`") or "")
        except NotFoundError as error:
            self.reader.error(tree.span, str(error), None, "not-found")
            self.reader.finish()
            raise

    def inspection(self, root: TreeMapping, file: str, load: Callable[[str], Ruleset]) -> Inspection:
        reader, entries = self.reader, root.entries
        ruleset = self.rules(entries["ruleset"], load)
        outcome = reader.one_of(entries["outcome"], f"an outcome of {quoted(ruleset.name)}", ruleset.outcomes)
        fills, fields = self.filling(entries["bearings"], ruleset)
        sections = self.texts(entries.get("sections"), "`sections`")
        for item in reader.sequence(entries["files"], "`files`"):
            name = reader.text(item, "the name of a file")
            found = self.tree(name, item.span) if name is not None else None
            mapping = reader.mapping(found, "a file of findings", FILE_KEYS)
            if mapping is not None:
                self.file(mapping, ruleset, sections, fields)
        frameworks = self.frameworks(entries["frameworks"], ruleset, outcome)
        self.cross_check()
        remedy = read_remedy(reader, entries.get("put_right"), ruleset, fills, fields["criterion"])
        kinds = [finding.kind for finding in self.findings.values()]
        asking = read_asking_kinds(reader, entries.get("should_be_answered"), kinds)
        judgements = read_judgements(reader, self.trees, ruleset, frameworks, self.findings, fields["status"])
        hold_to_index(reader, self.trees, self.source, self.shown_as)
        reader.finish()
        inspection = Inspection(
            reader.text(entries["inspection"], "`inspection`") or "",
            reader.text(entries["title"], "`title`") or "",
            reader.text(entries["body"], "`body`") or "",
            file,
            ruleset,
            cast("str", outcome),
            fills,
            fields["criterion"],
            fields["status"],
            fields["shows"],
            fields.get("counts"),
            self.texts(entries.get("documents"), "`documents`"),
            sections,
            self.findings,
            self.recommendations,
            self.practices,
            frameworks,
            remedy,
            asking,
            judgements=judgements,
        )
        check_facts(inspection)
        hold_to_rules(inspection)
        return inspection

    def texts(self, tree: Tree | None, what: str) -> dict[str, str]:
        mapping = self.reader.mapping(tree, what)
        if mapping is None:
            return {}
        return {key: self.reader.text(child, f"`{key}`") or "" for key, child in mapping.entries.items()}

    def filling(self, tree: Tree, ruleset: Ruleset) -> tuple[str, dict[str, str]]:
        """Which collection the bearings fill, its field that names the criterion, and the values that explanations show."""
        keys = ("fill", "criterion", "status", "shows", "counts")
        mapping = self.reader.mapping(tree, "`bearings`", keys, keys[:4])
        found = {
            key: self.reader.text(mapping.entries[key], f"`{key}`") or ""
            for key in keys
            if mapping is not None and key in mapping.entries
        }
        fill = found.get("fill", "")
        if fill not in ruleset.collections:
            help = did_you_mean(fill, ruleset.collections)
            self.reader.error(
                tree.span, f"the rule set {quoted(ruleset.name)} has no collection {quoted(fill)}", help, "unknown-name"
            )
            self.reader.finish()
        for key in keys[2:]:
            if key in found and found[key] not in ruleset.values:
                help = did_you_mean(found[key], ruleset.values)
                self.reader.error(
                    tree.span,
                    f"the rule set {quoted(ruleset.name)} has no value {quoted(found[key])}",
                    help,
                    "unknown-name",
                )
        criterion = found.get("criterion", "")
        if criterion not in ruleset.collections[fill].fields:
            help = did_you_mean(criterion, ruleset.collections[fill].fields)
            self.reader.error(tree.span, f"{quoted(fill)} has no field {quoted(criterion)}", help, "unknown-name")
        self.reader.finish()
        return fill, found

    def file(
        self, mapping: TreeMapping, ruleset: Ruleset, sections: Mapping[str, str], fields: Mapping[str, str]
    ) -> None:
        reader = self.reader
        section = reader.one_of(mapping.entries.get("section"), "a section", sections)
        criteria = {id: name for name, framework in ruleset.frameworks.items() for id in framework.notes}
        known = set(ruleset.collections[fields["fill"]].fields) - {"id", fields["criterion"]}
        for tree in reader.sequence(mapping.entries.get("findings"), "`findings`"):
            self.finding(tree, section, criteria, known)
        for tree in reader.sequence(mapping.entries.get("recommendations"), "`recommendations`"):
            self.recommendation(tree, criteria)
        for tree in reader.sequence(mapping.entries.get("practices"), "`practices`"):
            self.practice(tree, ruleset)

    def new_id(self, mapping: TreeMapping, known: Mapping[str, Any], what: str) -> str | None:
        id = self.reader.identifier(mapping.entries.get("id"), f"the id of a {what}")
        if id is not None and id in known:
            self.reader.error(
                mapping.entries["id"].span,
                f"the {what} {quoted(id)} stands twice",
                "give each its own id",
                "duplicate-key",
            )
            return None
        return id

    def finding(self, tree: Tree, section: str | None, criteria: Mapping[str, str], known: set[str]) -> None:
        reader = self.reader
        mapping = reader.mapping(tree, "a finding", FINDING_KEYS, ("id", "kind", "cite", "says", "bears"))
        if mapping is None:
            return
        id = self.new_id(mapping, self.findings, "finding")
        cite = reader.cite(mapping.entries.get("cite"))
        kind = reader.text(mapping.entries.get("kind"), "`kind`")
        says = reader.text(mapping.entries.get("says"), "`says`")
        why = reader.text(mapping.entries.get("bears_on_nothing"), "`bears_on_nothing`")
        if section is None:
            reader.error(
                mapping.span,
                "a finding stands in a file without a `section`",
                "add `section: NAME` at the top of the file",
                "missing-key",
            )
        elif cite and not cite[0].startswith(f"{section}/"):
            span = mapping.entries["cite"].span
            reader.error(span, f"{quoted(cite[0])} is not a passage of the section {quoted(section)}", None, "cite")
        bears = [
            bearing
            for place, child in enumerate(reader.sequence(mapping.entries.get("bears"), "`bears`"), start=1)
            if (bearing := self.bearing(child, id or "?", place, criteria, known)) is not None
        ]
        if "bears" in mapping.entries and not bears and why is None:
            help = "add `bears_on_nothing: WHY`, or what it bears on"
            reader.error(
                mapping.span, f"the finding {quoted(id or '?')} bears on nothing, and does not say why", help, "empty"
            )
        if id is not None and cite and kind is not None and says is not None and section is not None:
            self.findings[id] = Finding(id, section, kind, cite[0], says, tuple(bears), why, mapping.span)

    def bearing(
        self, tree: Tree, finding: str, place: int, criteria: Mapping[str, str], known: set[str]
    ) -> Bearing | None:
        reader = self.reader
        mapping = reader.mapping(tree, "a bearing", ("criterion", "doubt", *sorted(known)), ("criterion",))
        criterion = reader.text(mapping.entries.get("criterion"), "`criterion`") if mapping is not None else None
        if mapping is None or criterion is None:
            return None
        if criterion not in criteria:
            help = did_you_mean(criterion, criteria)
            reader.error(
                mapping.entries["criterion"].span,
                f"no framework has a criterion {quoted(criterion)}",
                help,
                "unknown-name",
            )
            return None
        facts = {
            name: text
            for name, child in mapping.entries.items()
            if name in known and (text := reader.text(child, f"`{name}`")) is not None
        }
        doubt = reader.text(mapping.entries.get("doubt"), "`doubt`")
        return Bearing(f"{finding}.{place}", finding, criterion, facts, doubt, mapping.span)

    def recommendation(self, tree: Tree, criteria: Mapping[str, str]) -> None:
        reader = self.reader
        mapping = reader.mapping(tree, "a recommendation", RECOMMENDATION_KEYS, ("id", "cite", "says", "answers"))
        if mapping is None:
            return
        id = self.new_id(mapping, self.recommendations, "recommendation")
        says = reader.text(mapping.entries.get("says"), "`says`")
        bears = reader.texts(mapping.entries.get("bears"), "`bears`")
        for criterion in bears:
            if criterion not in criteria:
                span = mapping.entries["bears"].span
                reader.error(
                    span,
                    f"no framework has a criterion {quoted(criterion)}",
                    did_you_mean(criterion, criteria),
                    "unknown-name",
                )
        title = reader.text(mapping.entries.get("title"), "`title`")
        wider = reader.boolean(mapping.entries.get("wider"), "`wider`")
        if id is not None and says is not None:
            answers = reader.texts(mapping.entries.get("answers"), "`answers`")
            cite = reader.cite(mapping.entries.get("cite"))
            title = title or id.replace("-", " ").capitalize()
            self.recommendations[id] = Recommendation(id, title, cite, says, answers, wider, bears, mapping.span)

    def practice(self, tree: Tree, ruleset: Ruleset) -> None:
        reader = self.reader
        mapping = reader.mapping(tree, "a practice", PRACTICE_KEYS, PRACTICE_KEYS)
        if mapping is None:
            return
        id = self.new_id(mapping, self.practices, "practice")
        area = reader.one_of(mapping.entries.get("area"), "a framework", ruleset.frameworks)
        cite = reader.cite(mapping.entries.get("cite"))
        texts = {
            key: reader.text(mapping.entries.get(key), f"`{key}`") or ""
            for key in ("title", "problem", "solution", "outcomes")
        }
        if id is not None and area is not None and cite:
            self.practices[id] = Practice(
                id, texts["title"], area, cite[0], texts["problem"], texts["solution"], texts["outcomes"], mapping.span
            )

    def frameworks(self, tree: Tree, ruleset: Ruleset, outcome: str | None) -> dict[str, FrameworkRecord]:
        reader = self.reader
        mapping = reader.mapping(tree, "`frameworks`", ruleset.frameworks)
        type = ruleset.values[outcome].type if outcome is not None else None
        labels = type.labels if isinstance(type, LabelType) else ()
        if mapping is not None and not mapping.entries:
            reader.error(tree.span, "`frameworks` names none", "name at least one that was inspected", "empty")
        found: dict[str, FrameworkRecord] = {}
        for name, child in mapping.entries.items() if mapping is not None else ():
            entry = reader.mapping(child, f"the framework {quoted(name)}", FRAMEWORK_KEYS)
            if entry is None or name not in ruleset.frameworks:
                continue
            published, cite = self.cited(entry.entries.get("published"), "`published`", labels)
            distribution = self.distribution(entry.entries.get("distribution"), labels)
            facts = self.facts(entry.entries.get("facts"), ruleset)
            found[name] = FrameworkRecord(name, published, cite, distribution, facts, entry.span)
        return found

    def cited(self, tree: Tree | None, what: str, labels: tuple[str, ...]) -> tuple[str | None, str | None]:
        mapping = self.reader.mapping(tree, what, ("is", "cite"), ("is",))
        if mapping is None:
            return None, None
        cite = self.reader.cite(mapping.entries.get("cite"))
        return self.reader.one_of(mapping.entries.get("is"), "an outcome", labels), cite[0] if cite else None

    def distribution(self, tree: Tree | None, labels: tuple[str, ...]) -> Distribution | None:
        mapping = self.reader.mapping(tree, "`distribution`", (*labels, "cite"), labels)
        if mapping is None:
            return None
        counts = {label: self.reader.number(mapping.entries.get(label), f"`{label}`") or 0 for label in labels}
        cite = self.reader.cite(mapping.entries.get("cite"))
        return Distribution(counts, cite[0] if cite else None)

    def facts(self, tree: Tree | None, ruleset: Ruleset) -> tuple[KnownFact, ...]:
        reader = self.reader
        mapping = reader.mapping(tree, "`facts`", ruleset.inputs)
        found: list[KnownFact] = []
        for name, child in mapping.entries.items() if mapping is not None else ():
            entry = reader.mapping(child, f"the fact {quoted(name)}", ("is", "cite", "says"), ("is", "says"))
            value = entry.entries.get("is") if entry is not None else None
            if entry is not None and isinstance(value, Scalar):
                says = reader.text(entry.entries.get("says"), "`says`") or ""
                found.append(KnownFact(name, value, reader.cite(entry.entries.get("cite")), says))
        return tuple(found)

    def cross_check(self) -> None:
        """Each recommendation answers findings that exist."""
        for recommendation in self.recommendations.values():
            for answer in recommendation.answers:
                if answer not in self.findings:
                    help = did_you_mean(answer, self.findings)
                    self.reader.error(
                        recommendation.span, f"no finding is called {quoted(answer)}", help, "unknown-name"
                    )
