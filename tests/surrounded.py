"""The command line in surroundings that are wrong: a server that has the program loaded, and forks a process for each run.

Starting Python for each run would take most of the time of it. A run here begins where `hmic-rules` begins, with the streams that it is given, and
ends as Python ends: what is still in a buffer is handed over, and where that fails the exit code is 120.

Run as a program it takes a job as a line of JSON, and answers each with a line.
"""

from __future__ import annotations

import atexit
import gc
import itertools
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import traceback
from importlib import import_module
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, Self

from attrs import frozen

import hmic_rules
from hmic_rules.__main__ import main

LIKE_PYTHON = 120


@frozen
class Done:
    """What came of a run."""

    code: int
    out: bytes
    err: str


class Server:
    """Runs the command line, one process after another, each in surroundings of its own."""

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory()
        environment = {**os.environ, "PYTHONIOENCODING": "utf-8", "NO_COLOR": "1"}
        self._process = subprocess.Popen(
            [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(60)
        self._process.stdout.close()
        self._folder.cleanup()

    def run(self, *arguments: str | Path, out: str | None = None, cwd: Path | None = None, **job: Any) -> Done:
        """Run a command.

        Args:
            arguments: those of the command.
            out: standard output: a path, ``closed``, or ``gone`` for a pipe that nobody reads; a file of its own otherwise.
            cwd: where it runs.
            job: ``stdin`` (a path, or ``closed``; empty otherwise), ``err`` (``closed``; kept otherwise), ``env`` (variables; ``None`` takes one away),
                ``limit`` (the most bytes in a file), ``away`` (the folder in which it runs goes away), ``signal`` (its name) and ``after``: see
                :func:`signal_after`.

        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        kept = Path(self._folder.name) / "out"
        kept.write_bytes(b"")
        path = str(kept) if out is None else out
        job = {**job, "arguments": list(map(str, arguments)), "out": path, "cwd": str(cwd or self._folder.name)}
        self._process.stdin.write(json.dumps(job) + "\n")
        self._process.stdin.flush()
        found = json.loads(self._process.stdout.readline())
        return Done(found["code"], kept.read_bytes(), found["err"])


def serve() -> None:
    jobs, answers = os.fdopen(os.dup(0), encoding="utf-8"), os.fdopen(os.dup(1), "w", encoding="utf-8")
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    load_everything()
    for line in jobs:
        job = json.loads(line)
        heard, said = os.pipe()
        child = os.fork()
        if not child:
            os.close(heard)
            os.dup2(said, 2)
            os.closerange(3, 64)
            os._exit(run(job))
        os.close(said)
        err = bytearray()
        while part := os.read(heard, 65536):
            err += part
        os.close(heard)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        answers.write(json.dumps({"code": code, "err": err.decode("utf-8", "replace")}) + "\n")
        answers.flush()


def load_everything() -> None:
    """What commands load when they are called is loaded once."""
    package = Path(hmic_rules.__file__).parent
    for path in sorted(package.rglob("*.py")):
        name = ".".join(path.relative_to(package.parent).with_suffix("").parts)
        if not any(part in name for part in (".spark.", ".testing", "__main__", ".schemas.__", ".watching")):
            import_module(name.removesuffix(".__init__"))
    gc.collect()
    gc.freeze()  # so that the processes of runs do not copy what they never change


def run(job: dict[str, Any]) -> int:
    """In the process of a run: lay out its surroundings, run, and end as Python does; the exit code."""
    streams(job)
    os.chdir(job["cwd"])
    if job.get("away"):
        Path(job["cwd"]).rmdir()
    for name, value in job.get("env", {}).items():
        os.environ.pop(name, None)
        if value is not None:
            os.environ[name] = value
    if "limit" in job:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (job["limit"], job["limit"]))
    for one in (0, 1, 2):
        _python_stream(one)
    sys.argv = ["hmic-rules", *job["arguments"]]
    if "signal" in job:
        signal_after(getattr(signal, job["signal"]), job["after"])
    code: Any = 0
    try:
        main()
    except SystemExit as ended:
        code = ended.code or 0
    except BaseException:  # noqa: BLE001 - as Python does
        code = 1
        if sys.stderr is not None:
            traceback.print_exc()
    sys.setprofile(None)
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except OSError:
            code = LIKE_PYTHON
    return int(code)


def streams(job: dict[str, Any]) -> None:
    """Standard input and output as the job says; standard error is the server's pipe, unless it is closed."""
    given, out = job.get("stdin", os.devnull), job["out"]
    for number in (0, 1):
        os.close(number)
    if given != "closed":
        os.open(given, os.O_RDONLY)  # takes the lowest number that is free
    if out == "gone":
        heard, said = os.pipe()
        os.close(heard)
        if said != 1:
            os.dup2(said, 1)
            os.close(said)
    elif out != "closed":
        number = os.open(out, os.O_WRONLY)
        if number != 1:
            os.dup2(number, 1)
            os.close(number)
    if job.get("err") == "closed":
        os.close(2)


def _python_stream(number: int) -> None:
    """The stream that Python makes of a standard number when it starts."""
    name = ("stdin", "stdout", "stderr")[number]
    try:
        os.fstat(number)
    except OSError:
        setattr(sys, name, None)
        return
    encoding, _, errors = os.environ.get("PYTHONIOENCODING", "utf-8").partition(":")
    errors = "backslashreplace" if number == 2 else errors or "strict"
    mode = "r" if number == 0 else "w"
    setattr(sys, name, os.fdopen(number, mode, encoding=encoding, errors=errors, closefd=False))


def signal_after(number: int, after: int | str) -> None:
    """Have a signal sent to this process after so many calls of functions, or when a function is called that is named as in ``os:fsync``."""
    if isinstance(after, str):
        name, _, attribute = after.partition(":")
        module = import_module(name)
        function = getattr(module, attribute)

        def signalling(*arguments: Any, **named: Any) -> Any:
            os.kill(os.getpid(), number)
            return function(*arguments, **named)

        setattr(module, attribute, signalling)
        return
    calls = itertools.count(1)

    def count(_frame: FrameType, event: str, _function: Any) -> None:
        if event == "call" and next(calls) == after:
            sys.setprofile(None)
            os.kill(os.getpid(), number)

    sys.setprofile(count)


if __name__ == "__main__":
    serve()
