"""The command line where something around it is wrong: streams that are closed or full, places that cannot be written, signals in the middle."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from typer.main import get_command

import hmic_rules as hr
from hmic_rules import files, formatting_commands
from hmic_rules.audit import journals
from hmic_rules.batch import engine
from hmic_rules.cli import app
from hmic_rules.sources.indexes import index_of, index_text
from hmic_rules.starting.shapes import files_of
from surrounded import Done, Server

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")

HERE = Path(__file__).parent
SMALL = str(HERE / "inspections" / "small" / "inspection.yaml")
JUDGED = str(HERE / "inspections" / "judged" / "inspection.yaml")
RECORD = str(HERE / "shapes" / "record.yaml")
ORCHARD = str(HERE / "records" / "orchard.yaml")
TABLE = """\
case,convicted_or_cautioned,registered,sentence_months,agencies_actively_involved,risk_of_serious_harm
a,yes,yes,3,2,low
b,yes,no,30,5,high
"""
FIGURES = """\
figures:
  - {id: lamps, says: lamps that are counted, count: 3, unit: lamp, cite: roads/improvement/1}
  - {id: lamps-listed, says: lamps in the list, count: 4, unit: lamp, cite: roads/improvement/1}
relations:
  - {id: lamps-told-alike, says: both tell the same number, basis: derived, equal: [lamps, lamps-listed]}
"""
GLOSSARY = """\
abbreviations:
  ABC: {means: an invented abbreviation, basis: assumed}
"""
JUDGEMENT = ("--framework", "roads", "--criterion", "roads-lit", "--is", "full", "--by", "head of the office")
JUDGEMENT += ("--date", "2007-09-02", "--reason", "Cleaned from boats – which was not asked.", "--rests-on")
JUDGEMENT += ("roads-improvement-2", "--reading", "generous")

# Every command, run so that it prints, with the exit code that it has when nothing is wrong.
COMMANDS: dict[str, tuple[tuple[str, ...], int]] = {
    "list": (("list", ORCHARD), 0),
    "decide": (("decide", ORCHARD, "case.yaml"), 0),
    "check": (("check", "mine"), 0),
    "grade": (("grade", SMALL), 0),
    "explain": (("explain", SMALL), 0),
    "graph": (("graph", SMALL, "--format", "json"), 0),
    "leverage": (("leverage", SMALL), 0),
    "judge": (("judge", JUDGED, *JUDGEMENT), 0),
    "prove": (("prove", "mine"), 0),
    "diff": (("diff", ORCHARD, ORCHARD), 0),
    "replay": (("replay", "record.json", "--ruleset", ORCHARD), 0),
    "figures": (("figures", "counted"), 1),
    "glossary": (("glossary", "counted"), 0),
    "batch": (("batch", RECORD, "table.csv", "-o", "case.jsonl"), 0),
    "sql": (("sql", ORCHARD), 0),
    "concord": (("concord", RECORD, "archive.csv", "--recorded", "was", "--outcome", "category"), 0),
    "docs": (("docs", "mine", "--format", "markdown"), 0),
    "fmt": (("fmt", "--check", "mine"), 0),
    "schema": (("schema", "ruleset"), 0),
    "new": (("new", "other"), 0),
    "report": (("report", SMALL), 0),
    "journal append": (("journal", "append", "another.jsonl", "record.json"), 0),
    "journal check": (("journal", "check", "journal.jsonl"), 0),
    "journal repair": (("journal", "repair", "journal.jsonl"), 0),
    "journal get": (("journal", "get", "journal.jsonl", "1"), 0),
    "sources check": (("sources", "check", "harbour/report.txt", "--layout", "harbour", "--ruleset", "harbour"), 0),
    "sources list": (("sources", "list", "harbour/report.txt", "--layout", "harbour"), 0),
    "sources index": (("sources", "index", "harbour/report.txt", "--layout", "harbour"), 0),
}
# Every command that writes a file whole: its arguments, of which {} is the file.
WRITES: dict[str, tuple[str, ...]] = {
    "decide": ("decide", ORCHARD, "case.yaml", "--record", "{}"),
    "graph": ("graph", SMALL, "--format", "json", "-o", "{}"),
    "judge": ("judge", JUDGED, *JUDGEMENT, "-o", "{}"),
    "batch": ("batch", RECORD, "table.csv", "-o", "{}"),
    "sql": ("sql", ORCHARD, "-o", "{}"),
    "concord": ("concord", RECORD, "archive.csv", "--recorded", "was", "--outcome", "category", "-o", "{}"),
    "docs": ("docs", "mine", "--format", "html", "-o", "{}"),
    "schema": ("schema", "ruleset", "-o", "{}"),
    "report": ("report", SMALL, "-o", "{}"),
    "journal get": ("journal", "get", "journal.jsonl", "1", "-o", "{}"),
    "sources index": ("sources", "index", "harbour/report.txt", "--layout", "harbour", "-o", "{}"),
}
FOLDERS = {"grade", "new"}  # what they write is a folder
IN_PLACE = {"fmt"}  # what it writes is what it read
JOURNALS = {"journal append", "journal repair"}  # what they write is added to
TEXTS = [name for name in WRITES if name not in {"batch", "concord"}]


def commands(of: Any, before: tuple[str, ...] = ()) -> Iterator[str]:
    """The name of every command of the program."""
    for name, one in of.commands.items():
        if hasattr(one, "commands"):
            yield from commands(one, (*before, name))
        else:
            yield " ".join((*before, name))


def writes(command: Any) -> bool:
    """Whether an option of a command, or what it is for, is a file that it writes."""
    return bool({one.name for one in command.params} & {"output", "record"}) and command.name not in (
        "replay",
        "explain",
    )


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the commands read."""
    folder = tmp_path_factory.mktemp("prepared")
    for name, data in files_of("points", "mine", "an invented scheme – with a dash").items():
        (folder / "mine" / name).parent.mkdir(exist_ok=True, parents=True)
        (folder / "mine" / name).write_bytes(data)
    (folder / "case.yaml").write_text("facts: {fenced: true, trees: [{id: a, sound: yes}]}\n", encoding="utf-8")
    (folder / "table.csv").write_text(TABLE, encoding="utf-8")
    (folder / "archive.csv").write_text(
        TABLE.replace("harm\n", "harm,was\n").replace("low\n", "low,1\n").replace("high\n", "high,2\n")
    )
    record = hr.load(ORCHARD).decide({"fenced": True}).record(case="an invented orchard – with a dash")
    (folder / "record.json").write_bytes(record.text)
    hr.Journal(folder / "journal.jsonl").append(record)
    shutil.copytree(HERE / "inspections" / "judged", folder / "counted")
    (folder / "counted" / "figures.yaml").write_text(FIGURES, encoding="utf-8")
    (folder / "counted" / "glossary.yaml").write_text(GLOSSARY, encoding="utf-8")
    shutil.copytree(HERE / "documents" / "harbour", folder / "harbour")
    copy = hr.load_document(folder / "harbour" / "report.txt", folder / "harbour")
    (folder / "harbour" / "passages.json").write_text(index_text(index_of(copy)), encoding="utf-8")
    return folder


@pytest.fixture
def place(prepared: Path, tmp_path: Path) -> Path:
    """The same, for one test alone."""
    return shutil.copytree(prepared, tmp_path / "place")


def names_in(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if not path.name.endswith(".lock")}


def test_every_command_is_run_in_surroundings_that_are_wrong() -> None:
    """A command that is new fails here, until it has an entry above."""
    program = get_command(app)
    assert set(COMMANDS) == set(commands(program))
    writing = {name for name, one in program.commands.items() if not hasattr(one, "commands") and writes(one)}  # type: ignore[attr-defined]
    assert writing - FOLDERS <= set(WRITES)
    assert set(WRITES) | FOLDERS | IN_PLACE | JOURNALS <= set(COMMANDS)


# Standard streams


@pytest.mark.parametrize("name", COMMANDS)
def test_nobody_who_reads_and_a_full_disk_change_nothing_of_what_a_command_does(
    server: Server, place: Path, name: str
) -> None:
    """With a reader that has gone the exit code is that of the answer; a full disk under standard output is said."""
    arguments, code = COMMANDS[name]
    other = shutil.copytree(place, place.parent / "other")
    plain = {"TERM": "dumb", "COLUMNS": "1", "HOME": None, "LC_ALL": "C", "PYTHONIOENCODING": "ascii"}
    unread = server.run(*arguments, out="gone", env=plain, cwd=other)
    assert (unread.code, "Traceback" in unread.err, "Broken" in unread.err) == (code, False, False), unread.err
    full = server.run(*arguments, out="/dev/full", stdin="closed", cwd=place)
    assert full.code == 2
    assert full.err == f"{unread.err}standard output: cannot be written: No space left on device\n"
    assert names_in(place) == names_in(other)


@pytest.mark.parametrize("out", ["closed", "/dev/full"])
def test_closed_streams_take_no_file_of_ours_for_theirs(server: Server, place: Path, out: str) -> None:
    closed = server.run("graph", SMALL, "-o", "graph.svg", out=out, stdin="closed", err="closed", cwd=place)
    assert closed.code == 0
    assert (place / "graph.svg").read_text(encoding="utf-8").startswith("<svg")
    assert (place / "graph.svg").read_text(encoding="utf-8").endswith("</svg>\n")


def test_messages_that_nobody_can_hear_leave_the_exit_code_as_it_is(server: Server) -> None:
    assert server.run("grade", "nowhere", err="closed").code == 2
    assert server.run("grade", "nowhere", err="closed", out="closed", stdin="closed").code == 2
    assert server.run("frobnicate", err="closed").code == 2


def test_a_closed_standard_input_is_empty(server: Server) -> None:
    done = server.run("decide", ORCHARD, "-", stdin="closed")
    assert (done.code, done.err.splitlines()[0]) == (2, "standard input:1:1: the file is empty")


def test_signs_that_a_terminal_lacks_are_written_as_escapes_on_a_screen(server: Server) -> None:
    whole = server.run("grade", SMALL).out.decode()
    poor = server.run("grade", SMALL, env={"PYTHONIOENCODING": "ascii"}).out.decode("ascii")
    assert not whole.isascii()
    assert "\\u" in poor
    kept = server.run("grade", SMALL, env={"PYTHONIOENCODING": "ascii:replace"}).out.decode("ascii")
    assert "\\u" not in kept


def test_json_is_the_same_document_in_every_encoding(server: Server) -> None:
    documents = [
        json.loads(server.run("explain", SMALL, "--json", env={"PYTHONIOENCODING": one}).out.decode(one))
        for one in ("utf-8", "ascii", "latin-1")
    ]
    assert documents[1:] == documents[:-1]
    assert not json.dumps(documents[0], ensure_ascii=False).isascii()


@pytest.mark.parametrize("name", ["judge", "docs", "schema", "report", "journal get"])
def test_what_programs_read_is_utf_8_in_every_encoding(server: Server, place: Path, name: str) -> None:
    arguments, _ = COMMANDS[name]
    right = server.run(*arguments, cwd=place)
    assert server.run(*arguments, env={"PYTHONIOENCODING": "ascii", "LC_ALL": "C"}, cwd=place).out == right.out
    right.out.decode()


@pytest.mark.parametrize("columns", ["0", "1", "-5", "²", "9" * 30, "9" * 5000, ""])
def test_no_width_of_a_terminal_is_too_odd(server: Server, columns: str) -> None:
    done = server.run("grade", SMALL, env={"COLUMNS": columns, "LINES": columns})
    assert (done.code, done.err) == (0, "")
    assert max(map(len, done.out.decode().splitlines())) <= (20 if columns == "1" else 100)


def test_a_shell_that_closes_streams_or_stops_reading_sees_the_exit_code_of_the_answer(tmp_path: Path) -> None:
    """As in the other tests, with Python started anew."""
    bad = tmp_path / "bad.yaml"
    bad.write_text("ruleset: {", encoding="utf-8")
    program = f"{sys.executable} -m hmic_rules"
    script = f"{program} check {bad} | true; echo ${{PIPESTATUS[0]}}; {program} check {bad} >&- 2>&- <&-; echo $?"
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False)  # noqa: S607 - its own
    assert (done.stdout, done.stderr) == ("2\n2\n", "")


# Places that cannot be written


def refusals(folder: Path) -> dict[str, tuple[str, str]]:
    """Paths that are no place for a file, with what is said of each by most commands, and by those that write tables."""
    (folder / "folder.jsonl").mkdir()
    (folder / "loop.jsonl").symlink_to("loop.jsonl")
    (folder / "nowhere.jsonl").symlink_to("none/such.jsonl")
    missing = "its folder does not exist"
    return {
        "folder.jsonl": ("cannot be written: Is a directory", "it is a folder"),
        "none/such.jsonl": ("cannot be written: No such file or directory", missing),
        "case.yaml/x.jsonl": ("cannot be written: Not a directory", missing),
        "loop.jsonl": ("cannot be written: Too many levels of symbolic links",) * 2,
        "nowhere.jsonl": (
            "cannot be written: No such file or directory",
            "cannot be written: its link leads into a folder that does not exist",
        ),
    }


@pytest.mark.parametrize("name", WRITES)
def test_a_place_that_cannot_be_written_is_named_and_nothing_is_left(server: Server, place: Path, name: str) -> None:
    said = refusals(place)
    before = names_in(place)
    all_of_them = name not in TEXTS or name == "schema"  # the others write as `schema` does
    for path, (by_most, of_tables) in list(said.items())[: None if all_of_them else 1]:
        if name == "judge" and path == "folder.jsonl":
            continue  # which says that something is there already
        done = server.run(*(one.format(path) for one in WRITES[name]), cwd=place)
        wanted = f"{path}: {by_most if name in TEXTS else of_tables}"
        assert (done.code, wanted in done.err, "Traceback" in done.err) == (2, True, False), (path, done)
        assert names_in(place) == before


@pytest.mark.parametrize("name", WRITES)
def test_a_disk_that_is_full_leaves_what_was_there_and_nothing_beside_it(
    server: Server, place: Path, name: str
) -> None:
    """A limit on the size of files stands for the disk: the write fails in the middle, as it does there."""
    target = place / "target.jsonl"
    if name != "judge":  # which overwrites nothing
        target.write_text("before", encoding="utf-8")
    before = names_in(place)
    temp = {"TMPDIR": str(place)}
    done = server.run(
        *(one.format("target.jsonl") for one in WRITES[name]), limit=64, out="/dev/null", env=temp, cwd=place
    )
    assert (done.code, "Traceback" in done.err) == (2, False), done
    assert "File too large" in done.err or "No usable temporary directory" in done.err or "DuckDB" in done.err
    assert names_in(place) == before
    assert name == "judge" or target.read_text(encoding="utf-8") == "before"


def test_folders_of_files_are_refused_where_they_cannot_be(server: Server, place: Path) -> None:
    before = names_in(place)
    for arguments, said in {
        ("grade", SMALL, "--record", "case.yaml/x"): "case.yaml/x: cannot be made: Not a directory",
        ("grade", SMALL, "--record", "case.yaml"): "case.yaml: cannot be made: File exists",
        ("new", "x", "--directory", "case.yaml"): "case.yaml: there is no such folder",
        ("new", "x", "--directory", "none"): "none: there is no such folder",
        ("docs", "mine", ORCHARD, "-o", "case.yaml"): "case.yaml: is no folder and cannot be made one: File exists",
        ("batch", RECORD, "table.csv", "-o", "o.csv", "--temp", "case.yaml"): "case.yaml: cannot be written to: ",
        ("journal", "append", "none/j.jsonl", "record.json"): "none/j.jsonl: its folder does not exist",
        ("journal", "append", "mine", "record.json"): "mine: is a folder, and a journal is a file",
    }.items():
        done = server.run(*arguments, cwd=place)
        assert (done.code, said in done.err, "Traceback" in done.err) == (2, True, False), (arguments, done)
        assert names_in(place) == before
    full = server.run("new", "x", limit=64, cwd=place)
    assert (full.code, full.err) == (2, "x: `x` cannot be written: File too large\n")
    assert names_in(place) == before


@contextmanager
def without_rights() -> Iterator[None]:
    """As somebody to whom permissions apply: root is nobody for a while."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def open_to_all() -> Iterator[Path]:
    """A folder that users without rights may look into, as they may not into those of pytest."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


def test_a_folder_and_a_file_that_may_only_be_read_stay_as_they_are(open_to_all: Path) -> None:
    folder = open_to_all / "folder"
    folder.mkdir()
    (folder / "kept.json").write_bytes(b"kept")
    (folder / "kept.json").chmod(0o444)
    record = hr.load(ORCHARD).decide({}).record()

    def writes(into: Path) -> tuple[Callable[[], Any], ...]:
        return (
            lambda: files.write_whole(into / "new.json", b"x"),
            lambda: hr.Journal(into / "j.jsonl").append(record),
            lambda: engine.opened(folder=into),
        )

    (open_to_all / "other").mkdir()
    for write in writes(open_to_all / "other"):  # what they import must not be looked for without rights
        if (opened := write()) is not None and hasattr(opened, "close"):
            opened.close()
    folder.chmod(0o555)
    with without_rights():
        if not os.path.isdir(folder):  # noqa: PTH112 - which says no where it may not look
            pytest.skip("users without rights may not look into the folder for temporary files")
        for write in writes(folder):
            with pytest.raises(hr.InputError, match="Permission denied"):
                write()
    folder.chmod(0o777)
    with without_rights(), pytest.raises(hr.InputError, match=r"kept\.json: cannot be written: Permission denied"):
        files.write_whole(folder / "kept.json", b"x")
    assert [(one.name, one.read_bytes()) for one in folder.iterdir()] == [("kept.json", b"kept")]


def test_a_link_stays_and_what_it_leads_to_is_written_with_the_permissions_that_it_had(tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    target = tmp_path / "far" / "target.json"
    target.write_bytes(b"before")
    target.chmod(0o640)
    link, dangling = tmp_path / "link.json", tmp_path / "dangling.json"
    link.symlink_to("far/target.json")
    dangling.symlink_to("far/new.json")
    files.write_whole(link, b"after")
    files.write_whole(dangling, b"new")
    assert (link.is_symlink(), target.read_bytes(), stat.S_IMODE(target.stat().st_mode)) == (True, b"after", 0o640)
    assert (dangling.is_symlink(), (tmp_path / "far" / "new.json").read_bytes()) == (True, b"new")
    assert sorted(one.name for one in (tmp_path / "far").iterdir()) == ["new.json", "target.json"]


def test_tables_are_written_through_a_link_too(server: Server, place: Path) -> None:
    (place / "link.jsonl").symlink_to("target.jsonl")
    done = server.run("batch", RECORD, "table.csv", "-o", "link.jsonl", cwd=place)
    assert (done.code, (place / "link.jsonl").is_symlink()) == (0, True)
    assert (place / "target.jsonl").read_text(encoding="utf-8").count("\n") == 2


def test_a_pipe_and_a_device_are_written_into_and_never_replaced(tmp_path: Path, server: Server, place: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    heard: list[bytes] = []
    reader = threading.Thread(target=lambda: heard.append(pipe.read_bytes()))
    reader.start()
    files.write_whole(pipe, b"through")
    reader.join()
    assert (heard, stat.S_ISFIFO(pipe.stat().st_mode)) == ([b"through"], True)
    with pytest.raises(hr.InputError, match="/dev/full: cannot be written: No space left on device"):
        files.write_whole(Path("/dev/full"), b"x")
    table = tmp_path / "table.csv"
    os.mkfifo(table)
    done = server.run("batch", RECORD, "table.csv", "-o", str(table), cwd=place)
    assert (done.code, done.err) == (2, f"{table}: it is a pipe or a device\n    help: name a file\n")


def test_a_name_before_it_is_whole_is_nobodys_and_what_killed_runs_left_is_taken_away(tmp_path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    left = [
        f".o.json.{gone.pid}-0.part",
        f".o.json.{os.getpid()}-77.part",
    ]  # the second of a run before this, with its number
    others = [f".other.json.{gone.pid}-0.part", ".o.json.1-0.part"]
    for name in (*left, *others):
        (tmp_path / name).write_bytes(b"half")
    with files.part_beside(tmp_path / "o.json") as part:
        part.write_bytes(b"being written by another thread")
        files.write_whole(tmp_path / "o.json", b"whole")
        assert part.exists()
    assert {one.name for one in tmp_path.iterdir()} == {"o.json", *others}


def test_threads_that_write_one_file_at_once_leave_the_whole_of_one_of_them(tmp_path: Path) -> None:
    target = tmp_path / "o.json"
    texts = [bytes([65 + one]) * 200_000 for one in range(4)]
    threads = [
        threading.Thread(target=lambda text=text: [files.write_whole(target, text) for _ in range(5)]) for text in texts
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert target.read_bytes() in texts
    assert list(tmp_path.iterdir()) == [target]


# What cannot be read


def test_what_is_no_file_is_told_from_one_that_is_not_there(server: Server, place: Path) -> None:
    os.mkfifo(place / "pipe.csv")
    os.mkfifo(place / "mine" / "pipe.yaml")
    no_file = "is a pipe or a device: save what it gives as a file, and name that"
    for arguments, said in {
        ("decide", ORCHARD, "mine"): "mine: cannot be read: Is a directory",
        ("decide", ORCHARD, "/dev/zero"): "/dev/zero: is larger than 64 MB, and was not read to its end",
        ("explain", "/dev/zero"): f"`/dev/zero` {no_file}",
        ("check", "/dev/null"): f"`/dev/null` {no_file}",
        ("check", "pipe.csv"): f"`pipe.csv` {no_file}",
        ("batch", RECORD, "pipe.csv", "-o", "o.csv"): "pipe.csv: is a pipe or a device, and a table is read more than",
        ("batch", RECORD, "harbour", "-o", "o.csv"): "harbour: the name does not say what kind of table it is",
        ("fmt", "mine"): f"{Path('mine') / 'pipe.yaml'}: is a pipe or a device, and no file",
        ("journal", "check", "mine"): "there is no journal `mine`",
        ("journal", "append", "pipe.csv", "record.json"): "pipe.csv: is a pipe or a device, and a journal is a file",
        ("replay", "mine"): "mine: cannot be read: Is a directory",
        ("sources", "list", "mine"): "mine: cannot be read: Is a directory",
    }.items():
        done = server.run(*arguments, cwd=place)
        assert (done.code, said in done.err + done.out.decode(), "Traceback" in done.err) == (2, True, False), done


def test_standard_input_without_an_end_is_not_read_for_ever(server: Server) -> None:
    done = server.run("decide", ORCHARD, "-", stdin="/dev/zero")
    assert (done.code, done.err) == (
        2,
        "standard input: is larger than 64 MB, and was not read to its end\n    help: split it\n",
    )


def test_a_case_comes_through_a_pipe(server: Server, place: Path) -> None:
    pipe = place / "pipe.yaml"
    os.mkfifo(pipe)
    writer = threading.Thread(target=lambda: pipe.write_bytes((place / "case.yaml").read_bytes()))
    writer.start()
    through = server.run("decide", ORCHARD, "pipe.yaml", cwd=place)
    writer.join()
    assert (through.code, through.out.partition(b"\n")[2]) == (
        0,
        server.run("decide", ORCHARD, "case.yaml", cwd=place).out.partition(b"\n")[2],
    )


def test_a_folder_that_goes_away_under_a_command_is_an_error_and_no_traceback(server: Server, tmp_path: Path) -> None:
    away = tmp_path / "away"
    for arguments in (
        ("check", "."),
        ("schema", "ruleset", "-o", "x.json"),
        ("new", "x"),
        ("decide", ORCHARD, "x.yaml"),
    ):
        away.mkdir()
        done = server.run(*arguments, cwd=away, away=True)
        assert (done.code, "Traceback" in done.err) == (2, False), done.err


def test_a_file_that_changes_between_reading_and_writing_is_left_to_who_changed_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("ruleset:   a\n", encoding="utf-8")
    reads: list[Path] = []

    def read(one: Path) -> bytes:
        reads.append(one)
        if len(reads) == 2:
            path.write_text("ruleset:   b\n", encoding="utf-8")
        return files.read_found(one)

    monkeypatch.setattr(formatting_commands, "read_found", read)
    with pytest.raises(hr.InputError, match="was changed by somebody else meanwhile, and is left as it is"):
        formatting_commands.fmt([str(path)])
    assert path.read_text(encoding="utf-8") == "ruleset:   b\n"
    assert capsys.readouterr().out == ""


# Signals


AT_ONCE, BEFORE, AFTER = 3_000, "os:fsync", "hmic_rules.files:sync_folder"  # before and after a file takes its name


@pytest.mark.parametrize(
    ("after", "signal", "code"),
    [(AT_ONCE, "SIGINT", 130), (BEFORE, "SIGINT", 130), (BEFORE, "SIGTERM", 143), (AFTER, "SIGHUP", 129)],
)
@pytest.mark.parametrize("name", ["decide", "docs", "schema", "batch"])
def test_a_signal_ends_a_command_without_a_word_and_leaves_nothing_half_written(
    server: Server, place: Path, name: str, after: int | str, signal: str, code: int
) -> None:
    arguments = [one.format("target.jsonl") for one in WRITES[name]]
    before = names_in(place)
    temp = {"TMPDIR": str(place)}
    done = server.run(*arguments, cwd=place, env=temp, signal=signal, after=after)
    assert (done.code, done.out) == (code, b"")
    assert "Traceback" not in done.err
    assert names_in(place) == {*before, *(["target.jsonl"] if after == AFTER else [])}
    if after == AFTER:
        left = (place / "target.jsonl").read_bytes()
        assert server.run(*arguments, cwd=place, env=temp).code == 0
        assert (place / "target.jsonl").read_bytes() == left
        assert names_in(place) == {*before, "target.jsonl"}


@pytest.mark.parametrize("name", ["grade", "leverage", "prove", "check", "new", "explain", "report", "journal append"])
def test_an_interrupt_ends_every_longer_command_with_the_exit_code_that_is_usual(
    server: Server, place: Path, name: str
) -> None:
    before = names_in(place)
    after = {"new": "os:rename", "journal append": "os:fsync"}.get(name, AT_ONCE)
    done = server.run(*COMMANDS[name][0], cwd=place, signal="SIGINT", after=after)
    assert (done.code, done.out, done.err) == (130, b"", "")
    assert names_in(place) - {"another.jsonl"} == before
    assert name != "journal append" or (place / "another.jsonl").read_bytes() == b""


def test_records_that_were_written_before_an_interrupt_are_whole_and_the_next_run_writes_the_same(
    server: Server, place: Path
) -> None:
    arguments = ("grade", SMALL, "--record", "records")
    done = server.run(*arguments, cwd=place, signal="SIGINT", after=AFTER)
    assert (done.code, done.err) == (130, "")
    early = {one.name: one.read_bytes() for one in (place / "records").iterdir()}
    assert server.run(*arguments, cwd=place).code == 0
    late = {one.name: one.read_bytes() for one in (place / "records").iterdir()}
    assert len(early) == 1 < len(late)
    assert early.items() <= late.items()


def test_an_interrupt_while_a_line_is_added_to_a_journal_takes_it_back(server: Server, place: Path) -> None:
    before = (place / "journal.jsonl").read_bytes()
    for signal, code in (("SIGINT", 130), ("SIGTERM", 143)):
        done = server.run("journal", "append", "journal.jsonl", "record.json", cwd=place, signal=signal, after=BEFORE)
        assert (done.code, done.err) == (code, "")
        assert (place / "journal.jsonl").read_bytes() == before


def test_a_statement_that_takes_long_is_ended_by_an_interrupt_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    database = engine.opened()

    class Interrupting:
        """Waits as an event does, and is interrupted while the statement runs."""

        def __init__(self) -> None:
            self.event, self.waits = threading.Event(), 0

        def wait(self, timeout: float | None = None) -> bool:
            self.waits += 1
            if self.waits == 3:
                raise KeyboardInterrupt
            return self.event.wait(timeout)

        def set(self) -> None:
            self.event.set()

    monkeypatch.setattr(engine, "threading", SimpleNamespace(Event=Interrupting, Thread=threading.Thread))
    try:
        with pytest.raises(KeyboardInterrupt):
            database.run("SELECT count(*) FROM range(1000000000000) AS t(i) WHERE i % 7 = 3", "counting")
        monkeypatch.undo()
        assert database.run("SELECT 1") == [(1,)]  # the statement has ended, and the connection is free
    finally:
        database.close()
    assert not database.folder.exists()


def test_a_close_that_was_interrupted_is_done_again(monkeypatch: pytest.MonkeyPatch) -> None:
    database = engine.opened()

    def interrupted(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(engine.shutil, "rmtree", interrupted)
    with pytest.raises(KeyboardInterrupt):
        database.close()
    monkeypatch.undo()
    database.close()
    assert not database.folder.exists()


# Journals


def test_one_journal_has_one_lock_by_whatever_link_it_is_reached(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = hr.load(ORCHARD).decide({}).record()
    (tmp_path / "link.jsonl").symlink_to("journal.jsonl")
    (tmp_path / "folder").symlink_to(tmp_path)
    first, second = hr.Journal(tmp_path / "journal.jsonl"), hr.Journal(tmp_path / "folder" / "link.jsonl")
    first.append(record)
    second.append(record)
    monkeypatch.setattr(journals, "WAIT", 0.05)
    with first._locked(), pytest.raises(hr.HmicRulesError, match="another process has kept it locked"):
        second.append(record)
    assert second.check().entries == 2
    assert sorted(one.name for one in tmp_path.iterdir() if one.suffix == ".lock") == ["journal.jsonl.lock"]


def test_a_lock_that_cannot_be_made_is_said_at_once(tmp_path: Path) -> None:
    if not Path("/proc/self").is_dir():
        pytest.skip("needs a folder in which nobody can make a file")
    record = hr.load(ORCHARD).decide({}).record()
    with pytest.raises(hr.InputError, match=r"/proc/journal\.jsonl: cannot be locked: "):
        hr.Journal("/proc/journal.jsonl").append(record)
    assert list(tmp_path.iterdir()) == []


def test_a_machine_without_room_for_temporary_files_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> str:
        raise FileNotFoundError(2, "No usable temporary directory found")

    monkeypatch.setattr(engine.tempfile, "gettempdir", none)
    with pytest.raises(hr.InputError) as caught:
        engine.opened()
    assert str(caught.value) == (
        "the folder for temporary files: cannot be written to: No usable temporary directory found\n"
        "    help: name another folder with `--temp`"
    )


def test_the_tests_here_see_a_traceback_where_there_is_one(server: Server, tmp_path: Path) -> None:
    """What is looked for above is found where it is: a server that hides errors would prove nothing."""
    seen: list[Callable[[], Done]] = [
        lambda: server.run("list", env={"COLUMNS": "1"}, cwd=tmp_path, signal="SIGKILL", after=100),
        lambda: server.run("list", cwd=tmp_path, signal="SIGQUIT", after=100),
    ]
    assert [one().code for one in seen] == [-9, -3]
