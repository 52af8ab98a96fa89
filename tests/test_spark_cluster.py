"""The same answers on a real cluster of Spark: a standalone master and two workers, with every setting as Spark has it."""

from __future__ import annotations

import pytest

import hmic_rules as hr
from hmic_rules.binding import program_for
from spark_cluster import cluster
from sparked import MISSING, differences, session_on

pytestmark = [
    pytest.mark.spark,
    pytest.mark.skipif(MISSING is not None, reason=str(MISSING)),
    pytest.mark.filterwarnings("ignore"),  # Spark's own
]


def test_a_master_and_two_workers_give_the_same_answers():
    settings = {"spark.executor.memory": "512m", "spark.sql.shuffle.partitions": "4"}
    with cluster(workers=2) as master, session_on(master, settings) as session:
        assert session.sparkContext.master.startswith("spark://")
        ruleset = hr.load("mappa-2007")
        cases = [case.facts for case in ruleset.cases if case.profile is None]
        program = program_for(ruleset, None, None, None)
        compared, wrong = differences(session, program, cases, ruleset.outcomes)
        executors = session.sparkContext._jsc.sc().statusTracker().getExecutorInfos()
        assert len(executors) == 3  # the driver, and one on each worker
        assert wrong == []
        assert compared > 300
