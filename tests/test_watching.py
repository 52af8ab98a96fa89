"""A check that runs again after each save, until Ctrl-C."""

from __future__ import annotations

import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hmic_rules.starting.shapes import files_of

pytest.importorskip("watchfiles", reason="the extra `watch` is not installed")


def read_until(process: subprocess.Popen[bytes], words: bytes, seconds: float = 60) -> bytes:
    assert process.stdout is not None
    shown, until = b"", time.monotonic() + seconds
    while words not in shown and time.monotonic() < until:
        if select.select([process.stdout], [], [], 0.2)[0]:
            shown += process.stdout.read1(4096)  # type: ignore[attr-defined]
    assert words in shown, shown
    return shown


def test_a_rule_set_is_checked_again_after_each_save_and_an_interrupt_ends_it_well(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    for name, data in files_of("points", "mine", None).items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(data)
    command = [sys.executable, "-m", "hmic_rules", "check", "mine", "--watch"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path) as process:
        assert b"mine: ok" in read_until(process, b"Ctrl-C ends it")
        time.sleep(1)  # until the folder is watched
        path = folder / "ruleset.yaml"
        good = path.read_text(encoding="utf-8")
        path.write_text(good.replace("then: soon", "then: sooon"), encoding="utf-8")
        assert b"did you mean `soon`?" in read_until(process, b"Ctrl-C ends it")
        path.write_text(good, encoding="utf-8")
        assert b"mine: ok" in read_until(process, b"Ctrl-C ends it")
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
        assert process.stderr is not None
        assert process.stderr.read() == b""


def test_a_signal_to_end_ends_the_watching_without_a_word(tmp_path: Path) -> None:
    (tmp_path / "ruleset.yaml").write_bytes(files_of("points", "mine", None)["ruleset.yaml"])
    command = [sys.executable, "-m", "hmic_rules", "check", "ruleset.yaml", "--watch"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path) as process:
        read_until(process, b"Ctrl-C ends it")
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 143
        assert process.stderr is not None
        assert process.stderr.read() == b""


def test_watching_ends_when_nobody_reads_any_more(tmp_path: Path) -> None:
    path = tmp_path / "ruleset.yaml"
    path.write_bytes(files_of("points", "mine", None)["ruleset.yaml"])
    command = [sys.executable, "-m", "hmic_rules", "check", "ruleset.yaml", "--watch"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path) as process:
        read_until(process, b"Ctrl-C ends it")
        assert process.stdout is not None
        process.stdout.close()
        until = time.monotonic() + 60
        while process.poll() is None and time.monotonic() < until:
            path.touch()
            time.sleep(0.2)
        assert process.wait(1) == 0
        assert process.stderr is not None
        assert process.stderr.read() == b""


def test_watching_and_one_document_do_not_go_together(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "hmic_rules", "check", "x", "--watch", "--json"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert done.returncode == 2
    assert "`--json` prints one document" in done.stderr


def test_what_is_not_there_is_not_watched(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "hmic_rules", "check", "nowhere", "--watch"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert done.returncode == 2
    assert "there is no such rule set" in done.stderr
