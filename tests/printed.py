"""What a page of the documentation prints, as steps that can be run in order: commands, Python, files, and what follows from them.

- A `sh` or `python` block is run. A comment before it may say `<!-- not run: WHY -->`, or `<!-- exits 1 -->` of a command whose answer is no.
- A block whose first line is a comment with the name of a file (`# lake.yaml`) is that file.
- A `text` block straight after one that is run is what it prints; `…` on a line of its own stands for any lines.

Run as a program it takes a page and a folder, does all of it there, and prints what came out as JSON.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from attrs import frozen
from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).parents[1]
RUN = {"sh", "python"}
TIMEOUT = 600  # seconds, for what would not end
NAMED = re.compile(r"# ([\w-]+(?:/[\w-]+)*\.(?:yaml|csv|jsonl|py))(?:;.*)?\n")
NOT_RUN = re.compile(r"<!-- not run: (\S.+?) -->")
EXITS = re.compile(r"<!-- exits (\d) -->")


@frozen
class Step:
    """One block of a page."""

    kind: str  # sh, python or file
    line: int
    text: str
    name: str | None = None  # of a file
    prints: str | None = None  # where the page says
    exits: int = 0
    not_run: str | None = None  # the reason


def steps(page: str) -> Iterator[Step]:
    """The steps of a page, from its Markdown."""
    tokens = [one for one in MarkdownIt().parse(page) if one.type in {"fence", "html_block"} or one.content]
    for before, token, after in zip([None, *tokens], tokens, [*tokens[1:], None], strict=False):
        kind = token.info if token.type == "fence" else ""
        named = NAMED.match(token.content)
        remark = before.content if before is not None and before.type == "html_block" else ""
        why = NOT_RUN.search(remark)
        code = EXITS.search(remark)
        line = (token.map or [0])[0] + 1
        reason = why[1] if why else None
        if kind not in RUN:
            if token.type == "fence" and named and not why:
                yield Step("file", line, token.content, name=named[1])
            continue
        yield Step(kind, line, token.content, None, _printed(token, after), int(code[1]) if code else 0, reason)


def _printed(token: Token, after: Token | None) -> str | None:
    follows = after is not None and after.type == "fence" and after.info == "text"
    return after.content if follows and after is not None else None


def differs(prints: str, printed: str) -> bool:
    """Whether something else was printed than the page says; blanks at the end of a line do not count."""
    wanted = [line.rstrip() for line in prints.strip("\n").splitlines()]
    found = "\n".join(line.rstrip() for line in printed.strip("\n").splitlines())
    pattern = "".join(r"(?:.*\n)*?" if line.strip() == "…" else re.escape(line) + "\n" for line in wanted)
    return re.fullmatch(pattern, found + "\n") is None


def run_page(page: Path, folder: Path) -> list[dict[str, Any]]:
    """Do what a page says in a folder that holds what a clone does, up to the first step that goes wrong."""
    for name in ("rulesets", "examples"):
        shutil.copytree(ROOT / name, folder / name)
    names: dict[str, Any] = {"__name__": "page"}
    found: list[dict[str, Any]] = []
    for step in steps(page.read_text(encoding="utf-8")):
        if step.not_run:
            continue
        if step.kind == "file":
            path = folder / str(step.name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(step.text, encoding="utf-8")
            continue
        code, printed, errors = _command(step, folder) if step.kind == "sh" else _python(step, names)
        found.append({"line": step.line, "exits": code, "printed": printed, "errors": errors})
        if code != step.exits:
            break
    return found


def _command(step: Step, folder: Path) -> tuple[int, str, str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", step.text],  # noqa: S607 - as a reader's shell would find it
        stdin=subprocess.DEVNULL,  # what asks is told that nobody answers
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        cwd=folder,
        timeout=TIMEOUT,
        env={**os.environ, "PATH": path, "COLUMNS": "100", "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8"},
    )
    return done.returncode, done.stdout, done.stderr


def _python(step: Step, names: dict[str, Any]) -> tuple[int, str, str]:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(step.text, f"line {step.line}", "exec"), names)  # noqa: S102 - our own documentation
    return 0, out.getvalue(), ""


if __name__ == "__main__":
    page, folder = Path(sys.argv[1]).resolve(), Path(sys.argv[2])
    os.chdir(folder)
    found = run_page(page, folder)
    sys.stdout.write(json.dumps(found))
