"""An inspection: findings as facts with what they bear on, recommendations, practices, what was published, and the grading of it all by a rule set."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from hmic_rules.arguments import name_given
from hmic_rules.decisions import Decision, decide
from hmic_rules.departing import Departure, depart
from hmic_rules.errors import NotFoundError, Span, did_you_mean, quoted
from hmic_rules.judgements import Judgement
from hmic_rules.loading.trees import Mapping as TreeMapping
from hmic_rules.loading.trees import Scalar, Sequence, Tree
from hmic_rules.remedies import Remedy
from hmic_rules.rulesets import Ruleset
from hmic_rules.sharing import Shared

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable, Iterator

    from hmic_rules.catalogue import Place
    from hmic_rules.figures.relations import Figures
    from hmic_rules.glossaries.abbreviations import Glossary
    from hmic_rules.graph import Graph
    from hmic_rules.inspection_reasons import Explanation
    from hmic_rules.leverage.recommendations import Leverage
    from hmic_rules.notebooks import GraphPicture
    from hmic_rules.questions.reconciling import Implied

__all__ = [
    "Bearing",
    "Distribution",
    "Finding",
    "FrameworkGrade",
    "FrameworkRecord",
    "Grading",
    "Inspection",
    "KnownFact",
    "Practice",
    "Recommendation",
]


@frozen
class Bearing:
    """What one finding shows of one criterion.

    Attributes:
        id: the finding's id and the bearing's place in it.
        facts: the coded facts, by field name, as they were written.
        doubt: the coder's doubt, if any.

    """

    id: str
    finding: str
    criterion: str
    facts: Mapping[str, str]
    doubt: str | None
    span: Span


@frozen
class Finding:
    """A passage of the inspection retold in own words, with what it bears on."""

    id: str
    section: str
    kind: str
    cite: str
    says: str
    bears: tuple[Bearing, ...]
    bears_on_nothing: str | None
    span: Span


@frozen
class Recommendation:
    """A recommendation with the findings that it answers and the criteria that it would improve."""

    id: str
    title: str
    cite: tuple[str, ...]
    says: str
    answers: tuple[str, ...]
    wider: bool
    bears: tuple[str, ...]
    span: Span


@frozen
class Practice:
    """A piece of developing practice: the problem, the solution and the outcomes as the force told them."""

    id: str
    title: str
    area: str
    cite: str
    problem: str
    solution: str
    outcomes: str
    span: Span


@frozen
class Distribution:
    """How many bodies were given each outcome, from the lowest to the highest."""

    counts: Mapping[str, int]
    cite: str | None

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    def place(self, label: str) -> tuple[int, int, int]:
        """How many bodies stand below, level with and above a label."""
        labels = list(self.counts)
        here = labels.index(label)
        below = sum(self.counts[other] for other in labels[:here])
        return below, self.counts[label], self.total - below - self.counts[label]


@frozen
class KnownFact:
    """A fact of a whole framework, with the passage that it rests on."""

    name: str
    value: Scalar
    cite: tuple[str, ...]
    says: str


@frozen
class FrameworkRecord:
    """What the inspection holds of one framework beside its findings. What was published is never an input to a rule."""

    id: str
    published: str | None
    published_cite: str | None
    distribution: Distribution | None
    facts: tuple[KnownFact, ...]
    span: Span


@frozen(eq=False)
class FrameworkGrade:
    """One framework graded under every reading.

    ``decisions`` are what the rules give from the facts. ``judged`` are the readings under which judgements stand: the decisions with what was judged
    in its place.
    """

    framework: str
    title: str
    record: FrameworkRecord
    decisions: Mapping[str | None, Decision]
    default: str | None
    judged: Mapping[str | None, Decision] = field(factory=dict)

    @property
    def departures(self) -> tuple[Departure, ...]:
        """The judgements that stand under the reading that was asked for."""
        return self.judged[self.default].program.departures if self.default in self.judged else ()

    @property
    def decision(self) -> Decision:
        """The decision under the reading that was asked for, or the default one."""
        return self.decisions[self.default]


@frozen(eq=False)
class Grading:
    """The frameworks of an inspection, graded."""

    inspection: Inspection
    profile: str | None
    frameworks: Mapping[str, FrameworkGrade]

    def __getitem__(self, framework: str) -> FrameworkGrade:
        found = self.frameworks.get(name_given(framework, "framework"))
        if found is None:
            raise NotFoundError(_no_such("framework", framework, self.frameworks))
        return found

    def to_data(self) -> dict[str, Any]:
        """The grading as plain data, for JSON."""
        from hmic_rules.gradings import grading_data

        return grading_data(self)


@frozen(eq=False, repr=False)
class Inspection(Shared):
    """An inspection of one body under one rule set, checked: every bearing is on a criterion that exists, every answer on a finding that exists.

    ``fills`` is the rule set's collection that the bearings fill, ``criterion_field`` its field that names the criterion. ``status_value`` is the rule
    set's value that says how a criterion stands, ``shows_value`` what one bearing shows, ``counts_value`` whether it is weighed. ``remedy`` says what
    putting a finding right means, where the inspection says so, and ``should_be_answered`` which kinds of finding ask for a recommendation.
    ``place`` is the folder that it was found in; ``None`` where it was read from elsewhere. ``judgements`` are what persons judged otherwise than the rules
    give it (:mod:`hmic_rules.departing`).
    """

    name: str
    title: str
    body: str
    file: str
    ruleset: Ruleset
    outcome: str
    fills: str
    criterion_field: str
    status_value: str
    shows_value: str
    counts_value: str | None
    documents: Mapping[str, str]
    sections: Mapping[str, str]
    findings: Mapping[str, Finding]
    recommendations: Mapping[str, Recommendation]
    practices: Mapping[str, Practice]
    frameworks: Mapping[str, FrameworkRecord]
    remedy: Remedy | None = None
    should_be_answered: tuple[str, ...] = ()
    place: Place | None = None
    judgements: Mapping[str, Judgement] = field(factory=dict)
    _decisions: dict[Any, Decision] = field(factory=dict, init=False)

    def __repr__(self) -> str:
        return f"<Inspection {self.name} of {self.body}, {len(self.findings)} findings, under {self.ruleset.name}>"

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        from hmic_rules.notebooks import of_inspection

        return of_inspection(self)

    def picture(self, framework: str | None = None) -> GraphPicture:
        """Its graph as a picture that a notebook shows, of one framework or of all; ``str`` gives the SVG.

        Raises:
            NotFoundError: there is no such framework.

        """
        from hmic_rules.notebooks import picture_of

        return picture_of(self, framework)

    def bearings(self, framework: str) -> Iterator[Bearing]:
        """What the findings show of the criteria of one framework, in the order of the report."""
        criteria = self.ruleset.frameworks[self._named(framework)].notes
        for finding in self.findings.values():
            for bearing in finding.bears:
                if bearing.criterion in criteria:
                    yield bearing

    def facts(self, framework: str) -> TreeMapping:
        """The facts of one framework, as a case of the rule set; it is an error where there is no such framework."""
        record = self.frameworks[self._named(framework)]
        entries: dict[str, Tree] = {fact.name: fact.value for fact in record.facts}
        rows = tuple(self._row(bearing) for bearing in self.bearings(framework))
        entries[self.fills] = Sequence(rows, record.span)
        return _tree(entries, record.span)

    def _named(self, framework: str) -> str:
        """The name of one of its frameworks; it is an error where it has none of this name."""
        if name_given(framework, "framework") not in self.frameworks:
            raise NotFoundError(_no_such("framework", framework, self.frameworks))
        return framework

    def _row(self, bearing: Bearing) -> TreeMapping:
        own = {"id": bearing.id, self.criterion_field: bearing.criterion}
        known = self.ruleset.collections[self.fills].fields
        texts = {name: text for name, text in {**own, **bearing.facts}.items() if name in known}
        return _tree({name: Scalar(text, plain=False, span=bearing.span) for name, text in texts.items()}, bearing.span)

    def decide(self, framework: str, profile: str | None = None) -> Decision:
        """Decide one framework under one reading; the decision is kept.

        Raises:
            NotFoundError: there is no such framework or reading.

        """
        framework = self._named(framework)
        profile = name_given(profile, "profile") if profile is not None else self.ruleset.default_profile
        key = (framework, profile)
        if key not in self._decisions:
            self._decisions[key] = decide(self.ruleset, self.facts(framework), framework=framework, profile=profile)
        return self._decisions[key]

    def judged(self, framework: str, profile: str | None = None) -> Decision | None:
        """The same with the judgements that stand under this reading in their place, ``None`` where none does; the decision is kept.

        Raises:
            NotFoundError: there is no such framework or reading.
            InputError: with every judgement that the rule set does not allow.

        """
        decision = self.decide(framework, profile)
        found = [
            one for one in self.judgements.values() if one.framework == framework and one.stands_under(decision.profile)
        ]
        key = (framework, decision.profile, "judged")
        if found and key not in self._decisions:
            self._decisions[key] = depart(decision, found)
        return self._decisions.get(key)

    def grade(self, profile: str | None = None) -> Grading:
        """Grade every framework under every reading.

        Args:
            profile: the reading to put first; the rule set's default where none is named.

        Raises:
            NotFoundError: there is no such reading.

        """
        profile = name_given(profile, "profile") if profile is not None else self.ruleset.default_profile
        readings: list[str | None] = list(self.ruleset.profiles) or [None]
        if profile not in readings:
            raise NotFoundError(_no_such("reading", profile or "", self.ruleset.profiles))
        graded = {
            name: FrameworkGrade(
                name,
                self.ruleset.frameworks[name].title,
                record,
                {reading: self.decide(name, reading) for reading in readings},
                profile,
                {reading: judged for reading in readings if (judged := self.judged(name, reading)) is not None},
            )
            for name, record in self.frameworks.items()
        }
        return Grading(self, profile, graded)

    def explain(self, framework: str, profile: str | None = None) -> Explanation:
        """Why a framework came out as it did; see :func:`hmic_rules.inspection_reasons.explain_framework`."""
        from hmic_rules.inspection_reasons import explain_framework

        return explain_framework(self, framework, profile)

    def judgements_from(
        self,
        framework: str,
        implied: Implied,
        *,
        by: str,
        reason: str,
        date: datetime.date,
        findings: Iterable[str] = (),
        passages: Iterable[str] = (),
        choose: int = 0,
    ) -> tuple[Judgement, ...]:
        """Implied judgements taken over by a person; see :func:`hmic_rules.taking_over.judgements_from`."""
        from hmic_rules.taking_over import judgements_from

        said: dict[str, Any] = {"by": by, "reason": reason, "date": date, "findings": findings, "passages": passages}
        return judgements_from(self, framework, implied, choose=choose, **said)

    def graph(self) -> Graph:
        """The inspection as a graph; see :func:`hmic_rules.graph.building.graph_of`."""
        from hmic_rules.graph import graph_of

        return graph_of(self)

    def figures(self) -> Figures:
        """The figures of its report and what should hold among them; see :func:`hmic_rules.figures.beside.figures_of`."""
        from hmic_rules.figures.beside import figures_of

        return figures_of(self)

    def glossary(self) -> Glossary:
        """What the abbreviations of its report stand for; see :func:`hmic_rules.glossaries.beside.glossary_of`."""
        from hmic_rules.glossaries.beside import glossary_of

        return glossary_of(self)

    def leverage(
        self, framework: str | None = None, profile: str | None = None, recommendation: str | None = None
    ) -> Leverage:
        """What carrying recommendations out would change; see :func:`hmic_rules.leverage.recommendations.leverage_of`."""
        from hmic_rules.leverage.recommendations import leverage_of

        return leverage_of(self, framework, profile, recommendation)

    def report(self, profile: str | None = None, date: datetime.date | None = None) -> str:
        """The inspection as one page of HTML; see :func:`hmic_rules.report.rendering.report_html`."""
        from hmic_rules.report.rendering import report_html

        return report_html(self, profile, date)


def _tree(entries: dict[str, Tree], span: Span) -> TreeMapping:
    return TreeMapping(entries, {name: Scalar(name, plain=True, span=span) for name in entries}, span)


def _no_such(what: str, name: str, known: Mapping[str, Any]) -> str:
    help = did_you_mean(name, known)
    return f"there is no {what} {quoted(name)}" + (f": {help}" if help else "")
