"""The seven outcomes of ``mappa_workload`` over whole columns: polars and numpy by hand, and OpenFisca-core. Each gets the columns in its own shape, made before the clock starts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mappa_workload import AGENCIES, CHAIR, MEETING, MONTHS, NONE, OUTCOMES, PANEL, PDP, PILOT, RISKS, SENIOR, WEEKS

MONTH = "2007-06"
Peer = Callable[[Any], tuple[Callable[[], Any], Callable[[Any], list[tuple[str, ...]]]]]
NEEDED = [f"needed/{name}" for name in AGENCIES]
FACTS = (
    "registered_sex_offender",
    "violent_or_other_sex_offender",
    "capable_of_serious_harm",
    "poses_risk_of_serious_harm",
    "likely_to_cause_serious_harm",
    "among_the_critical_few",
    "significant_intelligence",
    "borough_pilots_ramp",
)


def polars_by_hand(relation: Any) -> tuple[Callable[[], Any], Callable[[Any], list[tuple[str, ...]]]]:
    import polars as pl

    frame = relation.pl()
    col, lit = pl.col, pl.lit
    record = col("convicted_or_cautioned") != "neither"
    category = (
        pl.when(record & col("registered_sex_offender"))
        .then(lit("1"))
        .when(record & col("violent_or_other_sex_offender"))
        .then(lit("2"))
        .when(record & col("capable_of_serious_harm") & col("poses_risk_of_serious_harm"))
        .then(lit("3"))
        .when(~record & col("likely_to_cause_serious_harm"))
        .then(lit(PDP))
        .otherwise(lit("outside"))
    )
    signs = col("registered_sex_offender") | col("violent_or_other_sex_offender") | col("capable_of_serious_harm")
    managed = col("category").is_in(["1", "2", "3"])
    critical = col("among_the_critical_few") | ((col("risk_of_serious_harm") == RISKS[-1]) & (col("needed") >= 3))

    def mapped(of: str, words: dict[str, str]) -> Any:
        return col(of).replace_strict(words, default=NONE, return_dtype=pl.String)

    def answer() -> Any:
        return (
            frame.lazy()
            .with_columns(category=category, needed=pl.sum_horizontal(*(col(one).cast(pl.Int32) for one in NEEDED)))
            .with_columns(
                conflicting_record=pl.when(~record & signs).then(lit("true")).otherwise(lit("false")),
                level=pl.when(~managed)
                .then(lit(NONE))
                .when(critical)
                .then(lit("3"))
                .when(col("needed") >= 2)
                .then(lit("2"))
                .otherwise(lit("1")),
                ramp=pl.when(managed)
                .then(lit(NONE))
                .when(~col("significant_intelligence"))
                .then(lit("not called for"))
                .when(col("borough_pilots_ramp"))
                .then(lit("refer"))
                .otherwise(lit(PILOT)),
            )
            .with_columns(
                meeting=mapped("level", {"3": PANEL, "2": MEETING, "1": "no meeting"}),
                chair=mapped("level", {"3": SENIOR, "2": CHAIR}),
                review=mapped("level", {"1": MONTHS, "2": WEEKS}),
            )
            .select(OUTCOMES)
            .collect()
        )

    return answer, lambda found: found.rows()


def numpy_by_hand(relation: Any) -> tuple[Callable[[], Any], Callable[[Any], list[tuple[str, ...]]]]:
    """Codes in place of words throughout, since words are slow in numpy; as little as anybody could do."""
    import numpy as np

    facts = arrays(relation.fetchnumpy())

    def answer() -> dict[str, Any]:
        record = facts["record"]
        registered, violent, capable = (facts[one] for one in FACTS[:3])
        category = np.select(
            [record & registered, record & violent, record & capable & facts[FACTS[3]], ~record & facts[FACTS[4]]],
            [1, 2, 3, 4],
            0,
        )
        managed = (category > 0) & (category < 4)
        critical = facts["among_the_critical_few"] | ((facts["risk"] == 3) & (facts["agencies"] >= 3))
        level = np.select([~managed, critical, facts["agencies"] >= 2], [0, 3, 2], 1)
        ramp = np.select([managed, ~facts["significant_intelligence"], facts["borough_pilots_ramp"]], [0, 1, 2], 3)
        return {
            "category": category,
            "conflicting_record": ~record & (registered | violent | capable),
            "level": level,
            "meeting": level,
            "chair": np.where(level > 1, level, 0),
            "review": np.where(level < 3, level, 0),
            "ramp": ramp,
        }

    return answer, in_words


def openfisca(relation: Any) -> tuple[Callable[[], Any], Callable[[Any], list[tuple[str, ...]]]]:
    """One variable for each outcome, of persons, computed over all of them at once; codes in place of words, as above."""
    facts = arrays(relation.fetchnumpy())
    compute = persons_in_openfisca(facts)
    return lambda: compute(facts), in_words


def openfisca_with_words(relation: Any) -> tuple[Callable[[], Any], Callable[[Any], list[tuple[str, ...]]]]:
    """The same, but the columns are those that DuckDB and polars have, in memory: words are made codes, agencies counted, and results made words while the clock runs."""
    import numpy as np

    columns = {name: np.asarray(column) for name, column in relation.fetchnumpy().items()}
    compute = persons_in_openfisca(arrays(columns))
    words = {name: np.array(found, dtype=object) for name, found in WORDS.items()}

    def answer() -> dict[str, Any]:
        found = compute(arrays(columns))
        return {name: words[name][column.astype(np.intp)] for name, column in found.items()}

    return answer, lambda found: list(zip(*(found[name].tolist() for name in OUTCOMES), strict=True))


def persons_in_openfisca(facts: dict[str, Any]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """What computes the outcomes of as many persons as there are, of such facts."""
    import numpy as np
    from openfisca_core import periods
    from openfisca_core.entities import build_entity
    from openfisca_core.simulation_builder import SimulationBuilder
    from openfisca_core.taxbenefitsystems import TaxBenefitSystem
    from openfisca_core.variables import Variable

    persons = build_entity(key="person", plural="persons", label="a person", is_person=True)
    system = TaxBenefitSystem([persons])

    def variable(name: str, kind: type, formula: Any = None) -> None:
        body = {
            "value_type": kind,
            "entity": persons,
            "definition_period": periods.DateUnit.MONTH,
            "label": name,
        }
        if formula is not None:
            body["formula"] = formula
        system.add_variable(type(name, (Variable,), body))

    for name, column in facts.items():
        variable(name, bool if column.dtype == bool else int)

    def category(person: Any, period: Any) -> Any:
        record = person("record", period)
        harm = person(FACTS[2], period) & person(FACTS[3], period)
        conditions = [
            record & person(FACTS[0], period),
            record & person(FACTS[1], period),
            record & harm,
            ~record & person(FACTS[4], period),
        ]
        return np.select(conditions, [1, 2, 3, 4], 0)

    def conflicting_record(person: Any, period: Any) -> Any:
        return ~person("record", period) & (
            person(FACTS[0], period) | person(FACTS[1], period) | person(FACTS[2], period)
        )

    def level(person: Any, period: Any) -> Any:
        found, agencies = person("category", period), person("agencies", period)
        critical = person("among_the_critical_few", period) | ((person("risk", period) == 3) & (agencies >= 3))
        return np.select([(found == 0) | (found == 4), critical, agencies >= 2], [0, 3, 2], 1)

    def meeting(person: Any, period: Any) -> Any:
        return person("level", period)

    def chair(person: Any, period: Any) -> Any:
        return np.where(person("meeting", period) > 1, person("meeting", period), 0)

    def review(person: Any, period: Any) -> Any:
        return np.where(person("level", period) < 3, person("level", period), 0)

    def ramp(person: Any, period: Any) -> Any:
        found = person("category", period)
        conditions = [
            (found > 0) & (found < 4),
            ~person("significant_intelligence", period),
            person("borough_pilots_ramp", period),
        ]
        return np.select(conditions, [0, 1, 2], 3)

    for formula in (category, conflicting_record, level, meeting, chair, review, ramp):
        variable(formula.__name__, bool if formula is conflicting_record else int, formula)
    number = len(facts["record"])

    def compute(facts: dict[str, Any]) -> dict[str, Any]:
        simulation = SimulationBuilder().build_default_simulation(system, number)
        for name, column in facts.items():
            simulation.set_input(name, MONTH, column)
        return {name: simulation.calculate(name, MONTH) for name in OUTCOMES}

    return compute


def arrays(found: dict[str, Any]) -> dict[str, Any]:
    """The columns as arrays, the agencies counted and words as codes."""
    import numpy as np

    given = {name: np.asarray(found[name], dtype=bool) for name in FACTS}
    given["record"] = np.asarray(found["convicted_or_cautioned"] != "neither", dtype=bool)
    given["risk"] = sum(
        (np.asarray(found["risk_of_serious_harm"] == word) * place for place, word in enumerate(RISKS)),
        start=np.int32(0),
    )
    given["risk"] = given["risk"].astype(np.int32)
    given["agencies"] = sum(np.asarray(found[name], dtype=np.int32) for name in NEEDED)
    return given


WORDS: dict[str, tuple[str, ...]] = {
    "category": ("outside", "1", "2", "3", PDP),
    "conflicting_record": ("false", "true"),
    "level": (NONE, "1", "2", "3"),
    "meeting": (NONE, "no meeting", MEETING, PANEL),
    "chair": (NONE, NONE, CHAIR, SENIOR),
    "review": (NONE, MONTHS, WEEKS, NONE),
    "ramp": (NONE, "not called for", "refer", PILOT),
}


def in_words(found: dict[str, Any]) -> list[tuple[str, ...]]:
    """Codes as words, after the clock has stopped."""
    columns = [[WORDS[name][int(code)] for code in found[name]] for name in OUTCOMES]
    return list(zip(*columns, strict=True))


VECTORISED: dict[str, Peer] = {
    "polars, by hand": polars_by_hand,
    "numpy, by hand (codes)": numpy_by_hand,
    "OpenFisca-core (codes)": openfisca,
    "OpenFisca-core, words in and out": openfisca_with_words,
}

# Answers like the rule set where every fact is known. It looks for no number out of its range beside the rates of single months.
RETURNS_BY_HAND = """
WITH sums AS (
  SELECT case_id, team, month, count(*) AS n, sum(hours_on_duty) AS duty, sum(CASE WHEN hours_abstracted > 0
    AND reason NOT IN ('court', 'training', 'major incident', 'terrorist attack') THEN hours_abstracted ELSE 0 END) AS gone
  FROM returns GROUP BY ALL
), months AS MATERIALIZED (
  SELECT c.case_id, t.team, m.month, coalesce(s.n, 0) AS n, s.duty, s.gone
  FROM cases AS c JOIN teams AS t USING (case_id) CROSS JOIN range(24084, 24090) AS m(month)
  LEFT JOIN sums AS s ON s.case_id = c.case_id AND s.team = t.team AND s.month = m.month
), expected AS (
  SELECT case_id, count(*) FILTER (n > 0) AS met, count(*) FILTER (gone > duty) AS odd FROM months GROUP BY case_id
), found AS (
  SELECT case_id, count(*) AS groups FROM sums GROUP BY case_id
), stops AS (
  SELECT c.case_id, CASE WHEN coalesce(f.groups, 0) > coalesce(e.met, 0) THEN 'team_month: a row of no expected group'
    WHEN e.odd > 0 THEN 'rate: rules conflict, or a number outside its range' END AS refused
  FROM cases AS c LEFT JOIN expected AS e USING (case_id) LEFT JOIN found AS f USING (case_id)
), states AS (
  SELECT m.case_id, m.team, m.month, s.refused,
    CASE WHEN n = 0 THEN 4 WHEN duty > 0 AND gone * 20 > duty THEN 2 WHEN duty > 0 THEN 1 ELSE 3 END AS mask
  FROM months AS m JOIN stops AS s USING (case_id)
)
SELECT case_id, team, month, refused,
  CASE WHEN refused IS NULL THEN CASE mask WHEN 4 THEN 'not returned' WHEN 2 THEN 'breach' WHEN 1 THEN 'within policy' END END AS state,
  CASE WHEN refused IS NOT NULL THEN 'refused' WHEN mask = 3 THEN 'undetermined' ELSE 'decided' END AS state__status,
  mask AS state__possible, CASE mask WHEN 4 THEN 'no-return' WHEN 2 THEN 'too-much-taken' WHEN 1 THEN 'otherwise' END AS state__rule
FROM states
"""
