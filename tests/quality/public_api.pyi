# Made by `python tests/quality/public_api.py --write`; what a change of it breaks for callers is said in CHANGELOG.md.

class ConflictError(HmicRulesError):
    ...

class Decision(Bound):
    def assumptions(self, name: str | None = None) -> tuple[Assumption, ...]: ...
    def at(self, name: str, item: str | None = None) -> Outcome: ...
    bounds: tuple[str, ...]
    case: Row
    case_outcomes: tuple[str, ...]
    engines: tuple[str, ...]
    def exact(self, name: str | None = None, item: str | None = None) -> Outcome: ...
    def frames_on(self, scope: str) -> Mapping[str, Frames]: ...
    framework: str | None
    def items(self, name: str) -> dict[str, Outcome]: ...
    def missing(self) -> tuple[Missing, ...]: ...
    outcome: Outcome
    def outcome_of(self, step: Step, frames: Frames, result: Value) -> Outcome: ...
    outcomes: Iterator[Outcome]
    profile: str | None
    program: Program
    def reason(self, name: str | None = None, item: str | None = None) -> Reason: ...
    def reconcile(self, recorded: str, **where: Any) -> Reconciliation: ...
    def record(self, *, case: str | None = None, date: datetime.date | None = None, redact: Iterable[str] = (), key: bytes | None = None) -> Record: ...
    results: Mapping[str, Value]
    def robustness(self, name: str | None = None, item: str | None = None) -> Robustness: ...
    ruleset: Ruleset
    def sensitivity(self, name: str | None = None, item: str | None = None) -> tuple[Sensitivity, ...]: ...
    spaces: dict[Any, Any]
    def step(self, name: str) -> Step: ...
    def to_data(self) -> dict[str, Any]: ...
    def to_reach(self, wanted: str, costs: Costs | None = None, **where: Any) -> Way | None: ...
    def trace(self, name: str, item: str | None = None) -> ValueTrace: ...
    unknown: tuple[str, ...]
    def unknowns(self, name: str | None = None, item: str | None = None) -> tuple[Unknown, ...] | None: ...
    def unmet(self, name: str) -> dict[str, tuple[str, ...]]: ...
    def why(self, name: str | None = None, item: str | None = None) -> OutcomeReason: ...
    def why_not(self, wanted: str, **where: Any) -> Way | None: ...

class Diagnostic:
    code: str
    help: str | None
    place: Span | str
    problem: str

class Difference:
    changed: tuple[Changed, ...]
    equivalent: bool
    new: str
    old: str
    on_paper: tuple[str, ...]
    only_new: tuple[str, ...]
    only_old: tuple[str, ...]
    open: tuple[str, ...]
    parts: tuple[str, ...]
    same: tuple[tuple[str, tuple[str, ...]], ...]

class DisagreementError(HmicRulesError):
    durable: object
    item: object
    name: object
    reference: object

class EngineError(HmicRulesError):
    ...

class HmicRulesError(Exception):
    ...

class InputError(HmicRulesError):
    diagnostics: object

class Inspection(Shared):
    def bearings(self, framework: str) -> Iterator[Bearing]: ...
    body: str
    counts_value: str | None
    criterion_field: str
    def decide(self, framework: str, profile: str | None = None) -> Decision: ...
    documents: Mapping[str, str]
    def explain(self, framework: str, profile: str | None = None) -> Explanation: ...
    def facts(self, framework: str) -> TreeMapping: ...
    def figures(self) -> Figures: ...
    file: str
    fills: str
    findings: Mapping[str, Finding]
    frameworks: Mapping[str, FrameworkRecord]
    def glossary(self) -> Glossary: ...
    def grade(self, profile: str | None = None) -> Grading: ...
    def graph(self) -> Graph: ...
    def judged(self, framework: str, profile: str | None = None) -> Decision | None: ...
    judgements: Mapping[str, Judgement]
    def judgements_from(self, framework: str, implied: Implied, *, by: str, reason: str, date: datetime.date, findings: Iterable[str] = (), passages: Iterable[str] = (), choose: int = 0) -> tuple[Judgement, ...]: ...
    def leverage(self, framework: str | None = None, profile: str | None = None, recommendation: str | None = None) -> Leverage: ...
    name: str
    outcome: str
    def picture(self, framework: str | None = None) -> GraphPicture: ...
    place: Place | None
    practices: Mapping[str, Practice]
    recommendations: Mapping[str, Recommendation]
    remedy: Remedy | None
    def report(self, profile: str | None = None, date: datetime.date | None = None) -> str: ...
    ruleset: Ruleset
    sections: Mapping[str, str]
    should_be_answered: tuple[str, ...]
    shows_value: str
    status_value: str
    title: str

class Journal:
    def append(self, record: Record) -> Entry: ...
    def check(self, head: str | None = None) -> Checked: ...
    def entries(self) -> Iterator[Entry]: ...
    def entry(self, number: int) -> Entry: ...
    path: object
    def repair(self) -> Repaired: ...

class Judgement:
    def at(self, key: str) -> Span | str: ...
    by: str
    date: datetime.date
    findings: tuple[str, ...]
    framework: str | None
    gave: Mapping[str | None, str]
    id: str
    item: str | None
    judged: Known
    passages: tuple[str, ...]
    place: Span | None
    places: Mapping[str, Span]
    readings: tuple[str, ...]
    reason: str
    def stands_under(self, profile: str | None) -> bool: ...
    value: str

class NotAnalysedError(HmicRulesError):
    ...

class NotFoundError(HmicRulesError):
    ...

class Outcome:
    exact: bool
    item: str | None
    judgement: Standing | None
    limits: tuple[str, ...]
    name: str
    possible: tuple[str, ...]
    rule: str | None
    status: Status
    def to_data(self) -> dict[str, Any]: ...
    value: Known | None

class Proof:
    def by_verdict(self, verdict: str) -> tuple[Obligation, ...]: ...
    counts: tuple[Counted, ...]
    edition: str
    fingerprint: str
    obligations: tuple[Obligation, ...]
    parts: tuple[str, ...]
    refuted: bool
    ruleset: str
    version: str

class Record:
    data: Mapping[str, Any]
    hides: tuple[str, ...]
    is_sealed: bool
    sha256: str
    text: bytes

class Replay:
    again: Record | None
    byte: int | None
    decision: Decision | None
    differences: tuple[Difference, ...]
    identical: bool
    notes: tuple[str, ...]
    record: Record
    refused: str | None
    same_result: bool
    def to_data(self, shown_as: str = 'record') -> dict[str, Any]: ...
    verdict: Verdict

class Ruleset(Shared):
    ancestors: tuple[Ancestor, ...]
    def batch(self, tables: Any, output: Any = None, **how: Any) -> Batch: ...
    def batch_spark(self, session: Any, tables: Mapping[str, Any], **how: Any) -> SparkBatch: ...
    def case_schema(self) -> dict[str, Any]: ...
    cases: tuple[Case, ...]
    changes: tuple[Change, ...]
    claims: tuple[Claim, ...]
    collections: Mapping[str, Collection]
    def concord(self, tables: Any, recorded: str, output: Any = None, **how: Any) -> Concordance: ...
    def decide(self, case: Mapping[str, Any], *, on: datetime.date | str | None = None, framework: str | None = None, profile: str | None = None, parameters: Mapping[str, Any] | None = None, engine: EngineName | None = None) -> Decision: ...
    default_profile: str | None
    documents: Mapping[str, Document]
    edition: str
    effective_from: datetime.date | None
    effective_to: datetime.date | None
    def facts_schema(self, framework: str | None = None) -> dict[str, Any]: ...
    file: str
    fills: str | None
    fingerprint: str
    frameworks: Mapping[str, Framework]
    groups: Mapping[str, Group]
    inputs: Mapping[str, Input]
    name: str
    order: tuple[str, ...]
    def origins(self) -> tuple[Origin, ...]: ...
    outcomes: tuple[str, ...]
    parameters: Mapping[str, Parameter]
    picked: Picked | None
    profiles: Mapping[str, Profile]
    def prove(self) -> Proof: ...
    says: str | None
    scale_places: Mapping[str, Span]
    scales: Mapping[str, tuple[str, ...]]
    series: str | None
    def session(self, case: Mapping[str, Any] | None = None, *, framework: str | None = None, profile: str | None = None, parameters: Mapping[str, Any] | None = None, engine: EngineName | None = None) -> Session: ...
    terms: Mapping[str, Term]
    title: str
    values: Mapping[str, ValueRule]

class Series:
    def decide(self, case: Mapping[str, Any], *, on: datetime.date | str, framework: str | None = None, profile: str | None = None, parameters: Mapping[str, Any] | None = None, engine: EngineName | None = None) -> Decision: ...
    editions: tuple[Ruleset, ...]
    faults: tuple[str, ...]
    name: str
    def on(self, date: datetime.date | str) -> Ruleset: ...

class Session(Bound):
    def add_item(self, collection: str, fields: Mapping[str, Any]) -> Change: ...
    def close(self) -> None: ...
    decision: Decision
    def put(self, name: str, value: Any) -> Change: ...
    def put_item(self, collection: str, key: Key, fields: Mapping[str, Any]) -> Change: ...
    def withdraw(self, name: str) -> Change: ...
    def withdraw_item(self, collection: str, key: Key) -> Change: ...

class Span:
    column: int
    file: str
    line: int

def check_document(path: str | Path, *, layout: str | Path | None = None, names: Iterable[str] = (), against: str | Path | None = None) -> SourceCheck: ...

def coverage(ruleset: Ruleset) -> Coverage: ...

def decide(ruleset: Ruleset | Series, case: Any, *, on: datetime.date | str | None = None, framework: str | None = None, profile: str | None = None, parameters: Mapping[str, Any] | None = None, engine: EngineName | None = None) -> Decision: ...

def depart(decision: Decision, judgements: Iterable[Judgement]) -> Decision: ...

def diff(old: Ruleset, new: Ruleset) -> Difference: ...

def installed() -> Installed: ...

def load(name_or_path: str | Path, *, on: datetime.date | str | None = None) -> Ruleset: ...

def load_document(path: str | Path, layout: str | Path | None = None) -> Copy: ...

def load_inspection(name_or_path: str | Path) -> Inspection: ...

def load_series(name: str) -> Series: ...

def prove(ruleset: Ruleset) -> Proof: ...

def read_record(data: bytes, shown_as: str = 'record') -> Record: ...

def replay(record: Record | bytes, *, ruleset: Ruleset | str | Path | None = None, facts: Any = None, key: bytes | None = None, shown_as: str = 'record') -> Replay: ...

class BrokenPromise(AssertionError):
    fact: object
    facts: object
    framework: object
    outcome: object
    profile: object
    promise: object
    ruleset: object

class Checked:
    cases: int
    compared: int
    name: str

class Property(Protocol):
    def check(self, max_examples: int = 100) -> Checked: ...
    name: str

def cases(ruleset: Ruleset, *, framework: str | None = None, profile: str | None = None, parameters: Mapping[str, Any] | None = None, complete: bool = False) -> st.SearchStrategy[dict[str, Any]]: ...

def check_ruleset(ruleset: Ruleset, *, framework: str | None = None, profile: str | None = None, max_examples: int = 100) -> tuple[Checked, ...]: ...

def inspections(ruleset: Ruleset, framework: str | None = None) -> st.SearchStrategy[Inspection]: ...

def properties_of(ruleset: Ruleset, *, framework: str | None = None, profile: str | None = None) -> tuple[Property, ...]: ...

def rulesets(*, shapes: tuple[str, ...] = SHAPES, settled: bool | None = None) -> st.SearchStrategy[Ruleset]: ...
