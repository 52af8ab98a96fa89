"""The public names with their types, as an embedding engineer would use them; checked by mypy, not run."""

from __future__ import annotations

from typing import assert_type

import hmic_rules as hr
from hmic_rules.figures.relations import Figures
from hmic_rules.inspections import Grading
from hmic_rules.leverage.recommendations import Leverage
from hmic_rules.testing import Checked, check_ruleset, properties_of

ruleset = hr.load("hmic-2007")
assert_type(ruleset, hr.Ruleset)
decision = ruleset.decide({"beacon": True}, framework="domestic-violence", profile="strict")
assert_type(decision, hr.Decision)
assert_type(decision.outcome, hr.Outcome)
assert_type(decision.bounds, tuple[str, ...])
assert_type(decision.items("status"), dict[str, hr.Outcome])
assert_type(ruleset.decide({}, engine="both").engines, tuple[str, ...])
assert_type(ruleset.session({}).put("beacon", True).decision, hr.Decision)
assert_type(str(hr.coverage(ruleset)), str)
inspection = hr.load_inspection("mps-2007")
assert_type(inspection, hr.Inspection)
assert_type(inspection.grade(), Grading)
assert_type(inspection.figures(), Figures)
assert_type(inspection.report(), str)
assert_type(inspection.leverage("child-abuse"), Leverage)
assert_type(inspection.grade()["domestic-violence"].decision, hr.Decision)
assert_type(inspection.judged("domestic-violence"), hr.Decision | None)
assert_type(hr.depart(decision, inspection.judgements.values()), hr.Decision)
assert_type(check_ruleset(ruleset, framework="child-abuse"), tuple[Checked, ...])
assert_type(properties_of(ruleset)[0].name, str)
assert_type(hr.load_document("report.txt").passages["dv/strength/1"].text, str)
assert_type(hr.check_document("report.txt", names=["hmic-2007"]).uncited, tuple[str, ...])
record = decision.record(case="an invented framework", redact=["beacon"], key=bytes(32))
assert_type(record, hr.Record)
assert_type(hr.replay(record.text, facts={}, key=bytes(32)), hr.Replay)
assert_type(hr.Journal("decisions.jsonl").append(record).sha256, str)
