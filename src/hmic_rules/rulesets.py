"""A rule set as data: inputs, collections, values with their rules and limits, terms, parameters, profiles, claims and frameworks.

Every record is frozen. Loading (:mod:`hmic_rules.loading`) builds them, evaluation reads them.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final, Literal

from attrs import field, frozen

from hmic_rules.conditions import CASE, Condition, Symbol, Term
from hmic_rules.datatypes import DataType, ScalarType
from hmic_rules.errors import Span
from hmic_rules.possible import Known
from hmic_rules.rules import Basis, ValueRule
from hmic_rules.sharing import Shared

if TYPE_CHECKING:
    from hmic_rules.batch.batches import Batch
    from hmic_rules.concordance.results import Concordance
    from hmic_rules.decisions import Decision, EngineName
    from hmic_rules.lineage import Origin
    from hmic_rules.sessions import Session
    from hmic_rules.spark.running import SparkBatch
    from hmic_rules.verification.proving import Proof

__all__ = [
    "MOST_MONTHS",
    "Ancestor",
    "Case",
    "Change",
    "Claim",
    "Collection",
    "Document",
    "Expected",
    "Framework",
    "Group",
    "Input",
    "MonthRange",
    "Parameter",
    "Picked",
    "Profile",
    "Ruleset",
    "collections_on",
    "inputs_on",
]


@frozen
class Document:
    """A source that citations refer to."""

    id: str
    title: str
    publisher: str | None = None
    says: str | None = None


@frozen
class Input:
    """A fact that comes with the case, or with an item of a collection. ``column`` is what a table calls it, where not by its name."""

    name: str
    type: ScalarType
    better: Literal["upward", "downward"] | None
    closed: bool
    means: Known | None
    closed_basis: str | None
    may_be_not_applicable: bool
    says: str | None
    cite: tuple[str, ...]
    span: Span
    column: str | None = None


@frozen
class Collection:
    """Items that come with the case: rows with a key, or a fixed list of named items.

    ``parent`` is the collection on whose items this one stands, or ``None`` on the case itself.
    """

    name: str
    parent: str | None
    fields: Mapping[str, Input]
    key: str | None
    items: tuple[str, ...] | None
    at_least: int
    at_most: int | None
    says: str | None
    span: Span
    inner: Mapping[str, Collection] = field(factory=dict)
    cite: tuple[str, ...] = ()


MOST_MONTHS: Final = 1_200  # a hundred years: more are a slip in a year, and each makes a group


@frozen
class MonthRange:
    """The months from one parameter, input or literal to another, both included; at most 1,200."""

    start: Symbol | Known
    end: Symbol | Known


@frozen
class Expected:
    """The groups that must exist: for each key, the collection whose items expect it, or a range of months."""

    keys: Mapping[str, str | MonthRange]


@frozen
class Group:
    """The rows of a collection with equal keys, as items of their own."""

    name: str
    source: str
    by: tuple[str, ...]
    expected: Expected | None
    missing: Literal["unknown", "empty"]
    says: str | None
    span: Span
    basis: Basis | None = None
    cite: tuple[str, ...] = ()


@frozen
class Parameter:
    """A setting of the rule set that no case brings. Without a default and without a setting it is unknown."""

    name: str
    type: DataType
    default: Known | tuple[Known, ...] | None
    given: bool
    basis: Basis
    cite: tuple[str, ...]
    says: str | None
    span: Span


@frozen
class Profile:
    """A named reading: parameters and terms set together, with what it stands for."""

    name: str
    says: str
    default: bool
    basis: Basis
    parameters: Mapping[str, Known | tuple[Known, ...]]
    terms: Mapping[str, Fraction | int]
    span: Span
    cite: tuple[str, ...] = ()


@frozen(eq=False)
class Claim:
    """A property that the rule set promises of every case."""

    id: str
    kind: Literal["never", "always"]
    condition: Condition
    says: str | None
    span: Span
    cite: tuple[str, ...] = ()


@frozen
class Case:
    """A worked example: facts and what must follow."""

    title: str
    facts: Any
    expect: Any
    framework: str | None
    profile: str | None
    parameters: Any
    place: Span | str
    says: str | None = None


@frozen
class Framework:
    """A named filling of one collection: the criteria of one framework. ``notes`` are what an item says of itself beside its fields."""

    id: str
    title: str
    cite: tuple[str, ...]
    placement: str | None
    rows: tuple[Mapping[str, Any], ...]
    notes: Mapping[str, Mapping[str, Any]]
    span: Span
    says: str | None = None


@frozen
class Ancestor:
    """A rule set that another one extends. ``files`` are all its own, as messages call them, the main one first."""

    name: str
    edition: str
    title: str
    fingerprint: str
    files: tuple[str, ...]


@frozen
class Change:
    """Something that a rule set adds to the one that it extends, replaces in it, or takes out of it.

    Attributes:
        verb: what was done.
        kind: what it was done to, in one word or two, such as ``rule``.
        name: its name; of what stands inside something else, with that before it, as in ``grade/good``.
        by: the rule set that says so.
        span: where it says so.
        of: the rule set that it had been written in, ``None`` where it is new.
        was: where it had been written, ``None`` where it is new.
        says: why it was taken out, where that is said.
        same: whether what replaces it says the same.

    """

    verb: Literal["added", "replaced", "removed"]
    kind: str
    name: str
    by: str
    span: Span
    of: str | None = None
    was: Span | None = None
    says: str | None = None
    same: bool = False


@frozen
class Picked:
    """That an edition was picked by a date: the series, where there is one, the date, and from when to when the edition is in force."""

    series: str | None
    on: datetime.date
    start: datetime.date
    end: datetime.date | None


@frozen(eq=False, repr=False)
class Ruleset(Shared):
    """A whole rule set, checked: every name resolves, no value depends on itself, every literal is of its type.

    ``ancestors`` are the rule sets that it extends, the nearest first, and ``changes`` what was changed on the way from the farthest one to it.
    ``picked`` says by which date it was picked among the editions of its ``series``, where it was.
    """

    name: str
    edition: str
    title: str
    file: str
    fingerprint: str
    effective_from: datetime.date | None
    effective_to: datetime.date | None
    documents: Mapping[str, Document]
    scales: Mapping[str, tuple[str, ...]]
    terms: Mapping[str, Term]
    parameters: Mapping[str, Parameter]
    profiles: Mapping[str, Profile]
    inputs: Mapping[str, Input]
    collections: Mapping[str, Collection]
    groups: Mapping[str, Group]
    values: Mapping[str, ValueRule]
    order: tuple[str, ...]
    claims: tuple[Claim, ...]
    cases: tuple[Case, ...]
    fills: str | None
    frameworks: Mapping[str, Framework]
    scale_places: Mapping[str, Span] = field(factory=dict)
    _programs: dict[Any, Any] = field(factory=dict)
    series: str | None = None
    ancestors: tuple[Ancestor, ...] = ()
    changes: tuple[Change, ...] = ()
    picked: Picked | None = None
    says: str | None = None

    def __repr__(self) -> str:
        return f"<Ruleset {self.name}, edition {self.edition}, {len(self.values)} values>"

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        from hmic_rules.notebooks import of_ruleset

        return of_ruleset(self)

    @property
    def outcomes(self) -> tuple[str, ...]:
        """The names of the values that people ask for."""
        return tuple(name for name, value in self.values.items() if value.outcome)

    @property
    def default_profile(self) -> str | None:
        """The profile used where none is named."""
        marked = [name for name, profile in self.profiles.items() if profile.default]
        return marked[0] if marked else None

    def decide(
        self,
        case: Mapping[str, Any],
        *,
        on: datetime.date | str | None = None,
        framework: str | None = None,
        profile: str | None = None,
        parameters: Mapping[str, Any] | None = None,
        engine: EngineName | None = None,
    ) -> Decision:
        """Decide a case; see :func:`hmic_rules.decisions.decide`."""
        from hmic_rules.decisions import decide

        return decide(self, case, on=on, framework=framework, profile=profile, parameters=parameters, engine=engine)

    def session(
        self,
        case: Mapping[str, Any] | None = None,
        *,
        framework: str | None = None,
        profile: str | None = None,
        parameters: Mapping[str, Any] | None = None,
        engine: EngineName | None = None,
    ) -> Session:
        """A case whose facts arrive one by one; see :class:`hmic_rules.sessions.Session`."""
        from hmic_rules.sessions import Session

        return Session(self, case, framework=framework, profile=profile, parameters=parameters, engine=engine)

    def origins(self) -> tuple[Origin, ...]:
        """Where each of its parts comes from, where it extends another; see :func:`hmic_rules.lineage.origins`."""
        from hmic_rules.lineage import origins

        return origins(self)

    def batch(self, tables: Any, output: Any = None, **how: Any) -> Batch:
        """Decide tables of cases; see :func:`hmic_rules.batch.batches.batch`."""
        from hmic_rules.batch.batches import batch

        return batch(self, tables, output, **how)

    def concord(self, tables: Any, recorded: str, output: Any = None, **how: Any) -> Concordance:
        """Hold recorded outcomes against computed ones; see :func:`hmic_rules.concordance.making.concord`."""
        from hmic_rules.concordance.making import concord

        return concord(self, tables, recorded, output, **how)

    def batch_spark(self, session: Any, tables: Mapping[str, Any], **how: Any) -> SparkBatch:
        """Decide tables of cases on a session of Spark; see :func:`hmic_rules.spark.running.batch_spark`."""
        from hmic_rules.spark.running import batch_spark

        return batch_spark(self, session, tables, **how)

    def prove(self) -> Proof:
        """Everything that it promises of every case, with a verdict for each; see :func:`hmic_rules.verification.proving.prove`."""
        from hmic_rules.verification.proving import prove

        return prove(self)

    def case_schema(self) -> dict[str, Any]:
        """A JSON Schema of files with a case of this rule set; see :func:`hmic_rules.schemas.cases.case_schema`."""
        from hmic_rules.schemas.cases import case_schema

        return case_schema(self)

    def facts_schema(self, framework: str | None = None) -> dict[str, Any]:
        """A JSON Schema of the facts that :meth:`decide` takes; see :func:`hmic_rules.schemas.cases.facts_schema`."""
        from hmic_rules.schemas.cases import facts_schema

        return facts_schema(self, framework)


def inputs_on(ruleset: Ruleset, scope: str) -> Mapping[str, Input]:
    """The inputs of the case, or the fields of a collection's items."""
    return ruleset.inputs if scope == CASE else ruleset.collections[scope].fields


def collections_on(ruleset: Ruleset, scope: str) -> Mapping[str, Collection]:
    """The collections that stand right on the case, or on a collection's items."""
    if scope != CASE:
        return ruleset.collections[scope].inner
    return {name: one for name, one in ruleset.collections.items() if one.parent is None}
