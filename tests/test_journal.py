"""The journal: many writers lose nothing, killed writers leave at most a torn last line, and nothing is mended in silence."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import hmic_rules as hr
from hmic_rules.audit import journals
from hmic_rules.audit.canonical import canonical, sealed
from hmic_rules.audit.chains import FIRST
from hmic_rules.audit.journals import checked_data

HERE = Path(__file__).parent
ROOT = HERE.parent
WRITER = """
import sys
import hmic_rules as hr
path, rules, name, number = sys.argv[1:]
decision = hr.load(rules).decide({"fenced": True})
for place in range(int(number)):
    hr.Journal(path).append(decision.record(case=f"{name}, {place}"))
"""


@pytest.fixture(scope="module")
def decision() -> hr.Decision:
    return hr.load(HERE / "records" / "orchard.yaml").decide({"fenced": True}, engine="reference")


@pytest.fixture
def journal(tmp_path, decision) -> hr.Journal:
    found = hr.Journal(tmp_path / "journal.jsonl")
    for number in range(4):
        found.append(decision.record(case=f"case {number}"))
    return found


def torn(journal: hr.Journal) -> bytes:
    """Leave the last line of the journal half written."""
    data = journal.path.read_bytes()
    start = data.rfind(b"\n", 0, -1) + 1
    journal.path.write_bytes(data[: start + 100])
    return data[start : start + 100]


# writing


def test_entries_are_numbered_and_chained_from_zeros(journal) -> None:
    lines = list(map(json.loads, journal.path.read_text().splitlines()))
    assert [line["entry"] for line in lines] == [1, 2, 3, 4]
    assert [line["previous"] for line in lines] == [FIRST, *(line["sha256"] for line in lines[:-1])]
    assert [entry.record.data["case"] for entry in journal.entries()] == [f"case {number}" for number in range(4)]
    assert journal.entry(3).record.text in journal.path.read_bytes()
    assert journal.check() == journals.Checked(4, lines[-1]["sha256"], ())


def test_an_empty_journal_is_one_and_none_is_not(tmp_path) -> None:
    with pytest.raises(hr.NotFoundError, match="there is no journal"):
        hr.Journal(tmp_path / "none.jsonl").check()
    (tmp_path / "empty.jsonl").touch()
    assert hr.Journal(tmp_path / "empty.jsonl").check() == journals.Checked(0, FIRST, ())


def test_many_processes_append_at_the_same_time_and_nothing_is_lost(tmp_path) -> None:
    path, rules = tmp_path / "journal.jsonl", HERE / "records" / "orchard.yaml"
    running = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(path), str(rules), f"writer {one}", "15"])
        for one in range(6)
    ]
    assert [one.wait(120) for one in running] == [0] * 6
    journal = hr.Journal(path)
    assert journal.check().faults == ()
    found = [entry.record.data["case"] for entry in journal.entries()]
    assert sorted(found) == sorted(f"writer {one}, {place}" for one in range(6) for place in range(15))
    assert len({case.partition(",")[0] for case in found[:60]}) > 1


def test_threads_append_at_the_same_time_and_nothing_is_lost(tmp_path, decision) -> None:
    journal = hr.Journal(tmp_path / "journal.jsonl")
    records = [decision.record(case=f"case {number}") for number in range(40)]
    with ThreadPoolExecutor(8) as threads:
        numbers = [entry.number for entry in threads.map(journal.append, records)]
    assert sorted(numbers) == list(range(1, 41))
    assert journal.check().faults == ()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_writers_that_are_killed_lose_nothing_that_was_promised() -> None:
    done = subprocess.run(
        [sys.executable, str(HERE / "soak" / "kill_writers.py"), "--kills", "48", "--seed", "7"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(done.stdout)
    assert found["kills"] == 48
    assert (found["lost"], found["other faults"]) == (0, 0)
    assert found["promised"] > 10
    assert found["cut"] == found["kept aside"] > 0


def test_the_line_is_on_the_disk_before_append_returns(tmp_path, decision, monkeypatch) -> None:
    synced: list[int] = []
    real = os.fsync
    monkeypatch.setattr(os, "fsync", lambda descriptor: (synced.append(os.fstat(descriptor).st_size), real(descriptor)))
    journal = hr.Journal(tmp_path / "journal.jsonl")
    journal.append(decision.record())
    assert journal.path.stat().st_size in synced
    assert len(synced) == 2  # the file, and once the folder that got it
    journal.append(decision.record())
    assert len(synced) == 3


def test_a_disk_that_is_full_leaves_the_journal_as_it_was(journal, decision, monkeypatch) -> None:
    before = journal.path.read_bytes()

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(hr.InputError, match="No space left on device"):
        journal.append(decision.record())
    assert journal.path.read_bytes() == before


def test_a_record_that_was_changed_is_not_added(journal, decision) -> None:
    before = journal.path.read_bytes()
    record = decision.record()
    with pytest.raises(hr.InputError, match="not as it was made"):
        journal.append(hr.Record({**record.data, "case": "another"}, record.text))
    assert journal.path.read_bytes() == before


def test_a_lock_that_is_never_let_go_is_an_error_that_says_so(journal, decision, monkeypatch) -> None:
    monkeypatch.setattr(journals, "WAIT", 0.05)
    with journal._locked(), pytest.raises(hr.HmicRulesError, match="another process has kept it locked"):
        hr.Journal(journal.path).append(decision.record())


# what is wrong


def test_nothing_is_added_behind_a_torn_line_until_it_is_repaired(journal, decision) -> None:
    tail = torn(journal)
    before = journal.path.read_bytes()
    with pytest.raises(hr.InputError) as caught:
        journal.append(decision.record())
    assert "100 bytes without an end of line" in str(caught.value)
    assert "hmic-rules journal repair" in str(caught.value)
    assert journal.path.read_bytes() == before
    assert [(one.kind, one.line) for one in journal.check().faults] == [("torn", 4)]
    done = journal.repair()
    assert (done.done, done.line) == ("cut", 4)
    assert done.kept.read_bytes() == tail
    assert journal.append(decision.record()).number == 4
    assert journal.check().faults == ()


def test_nothing_is_added_behind_a_last_line_that_is_no_entry(journal, decision) -> None:
    with journal.path.open("ab") as stream:
        stream.write(b"{}\n")
    with pytest.raises(hr.InputError, match="the last line: it is no entry of a journal"):
        journal.append(decision.record())
    assert journal.repair().done == "nothing"


def test_a_repair_mends_the_torn_line_alone(journal) -> None:
    torn(journal)
    data = journal.path.read_bytes().replace(b'"case":"case 1"', b'"case":"case 7"')
    journal.path.write_bytes(data)
    assert journal.repair().done == "cut"
    assert [(one.kind, one.line) for one in journal.check().faults] == [("edited", 2)]
    with pytest.raises(hr.InputError, match=r"journal\.jsonl:2: "):
        list(journal.entries())
    assert journal.entry(3).number == 3
    with pytest.raises(hr.NotFoundError, match="no sound entry `2`"):
        journal.entry(2)


def test_entries_taken_from_the_end_show_only_beside_a_head_that_was_kept_elsewhere(journal) -> None:
    head = journal.check().head
    lines = journal.path.read_bytes().splitlines(keepends=True)
    journal.path.write_bytes(b"".join(lines[:2]))
    assert journal.check().faults == ()
    [fault] = journal.check(head).faults
    assert (fault.kind, fault.line) == ("another head", 2)
    journal.path.write_bytes(b"".join(lines))
    old = json.loads(lines[1])["sha256"]
    assert (journal.check(old).after_head, journal.check(old).faults) == (2, ())
    assert journal.check(FIRST).after_head == 4


def test_a_second_entry_of_one_number_is_named(journal, decision) -> None:
    lines = journal.path.read_bytes().splitlines(keepends=True)
    journal.path.write_bytes(b"".join(lines[:3]))
    journal.append(decision.record(case="another fourth"))
    journal.path.write_bytes(journal.path.read_bytes() + lines[3])
    assert [(one.kind, one.line) for one in journal.check().faults] == [("forked", 5)]


def test_a_record_that_does_not_have_its_own_hash_is_named_though_the_entry_has(journal) -> None:
    lines = journal.path.read_bytes().splitlines()
    entry = json.loads(lines[3])
    entry["record"]["case"] = "another"
    journal.path.write_bytes(b"\n".join([*lines[:3], canonical(sealed(entry)), b""]))
    [fault] = journal.check().faults
    assert (fault.kind, fault.line) == ("edited", 4)
    assert "its record has not the hash" in fault.says


def test_who_may_not_write_can_still_check(journal, monkeypatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(journals.FileLock, "acquire", refused)
    assert journal.check().entries == 4
    with pytest.raises(hr.InputError, match="cannot be locked: Permission denied"):
        journal.repair()


# the command line


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "hmic_rules", *map(str, arguments)], capture_output=True, text=True, check=False
    )


def test_a_journal_at_the_terminal(tmp_path, decision) -> None:
    journal = tmp_path / "journal.jsonl"
    records = [tmp_path / f"{number}.json" for number in range(3)]
    for number, path in enumerate(records):
        path.write_bytes(decision.record(case=f"case {number}").text)
    done = run("journal", "append", journal, *records)
    assert (done.returncode, done.stderr) == (0, "")
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["1", "2", "3"]
    head = done.stdout.splitlines()[-1].split()[1]
    assert f"head {head}" in run("journal", "check", journal).stdout
    assert run("journal", "check", journal, "--head", head).returncode == 0
    assert run("journal", "get", journal, "2", "-o", tmp_path / "got.json").returncode == 0
    assert (tmp_path / "got.json").read_bytes() == records[1].read_bytes()
    assert run("journal", "get", journal, "2").stdout.encode() == records[1].read_bytes()
    lost = run("journal", "check", journal, "--head", "f" * 64)
    assert lost.returncode == 1
    assert "the end was taken away" in " ".join(lost.stdout.split())


def test_a_torn_line_at_the_terminal(journal) -> None:
    torn(journal)
    found = run("journal", "check", journal.path)
    assert found.returncode == 1
    assert "line 4: the last line was not written to its end" in found.stdout
    done = run("journal", "repair", journal.path)
    assert done.returncode == 0
    assert ".torn" in done.stdout
    assert run("journal", "check", journal.path).returncode == 0
    assert "nothing was done" in run("journal", "repair", journal.path).stdout


def test_a_check_as_json_has_the_documented_keys(journal) -> None:
    lines = journal.path.read_bytes().splitlines(keepends=True)
    journal.path.write_bytes(b"".join([lines[0], *lines[2:]]))
    done = run("journal", "check", journal.path, "--json")
    found = json.loads(done.stdout)
    assert done.returncode == 1
    assert set(found) == {"journal", "entries", "head", "after_head", "faults"}
    [fault] = found["faults"]
    assert set(fault) == {"kind", "line", "says", "entries"}
    assert (fault["kind"], fault["line"], fault["entries"]) == ("missing", 1, [2, 2])
    assert found == checked_data(journal.check(), str(journal.path))
    documented = (ROOT / "docs" / "records.md").read_text(encoding="utf-8")
    assert [key for key in [*found, *fault, "entry", "previous"] if f"`{key}`" not in documented] == []
    kinds = {"damaged", "edited", "replaced", "repeated", "forked", "out of order", "missing", "torn", "another head"}
    assert [kind for kind in kinds if f"`{kind}`" not in documented] == []


def test_bad_input_gives_every_message_and_adds_nothing(journal, tmp_path, decision) -> None:
    before = journal.path.read_bytes()
    good, changed, none = tmp_path / "good.json", tmp_path / "changed.json", tmp_path / "none.json"
    good.write_bytes(decision.record().text)
    changed.write_bytes(decision.record().text.replace(b"orchard", b"orchid", 1))
    done = run("journal", "append", journal.path, good, changed, none)
    assert done.returncode == 2
    assert "changed.json: it is not as it was made" in done.stderr
    assert "none.json: cannot be read" in done.stderr
    assert journal.path.read_bytes() == before
    for command in (["check"], ["repair"], ["get"]):
        done = run("journal", *command, tmp_path / "nowhere.jsonl", *(["1"] if command == ["get"] else []))
        assert done.returncode == 2
        assert "there is no journal" in done.stderr
        assert "Traceback" not in done.stderr
