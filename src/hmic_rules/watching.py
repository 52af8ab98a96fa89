"""A check that runs again whenever one of the files is saved (extra `watch`)."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from hmic_rules.catalogue import shipped
from hmic_rules.errors import Diagnostic, InputError
from hmic_rules.streams import is_read

__all__ = ["watched"]

CLEAR: Final = "\x1b[2J\x1b[3J\x1b[H"
BETWEEN: Final = "\n" + "-" * 100 + "\n"
LOOKED_AT: Final = (".yaml", ".json", ".csv", ".jsonl")


def watched(names: Iterable[str], run: Callable[[], object]) -> None:
    """Run something now, and again after each save; an interrupt ends it.

    Args:
        names: rule sets and inspections, by their names or paths; the folders in which they stand are watched.
        run: what is run; it prints what it finds.

    Raises:
        InputError: watchfiles is not installed, or nothing of such a name is there.

    """
    try:
        import watchfiles
    except ImportError:
        problem, help = "watchfiles is not installed", "install it: pip install 'hmic-rules[watch]'"
        raise InputError([Diagnostic("--watch", problem, help, "missing")]) from None
    folders = [_folder(name) for name in names]
    logging.getLogger("watchfiles").setLevel(logging.ERROR)  # which takes every signal for an interrupt, and says so
    is_terminal = sys.stdout.isatty()
    try:
        _once(run, CLEAR if is_terminal else "")
        saves = watchfiles.watch(*folders, watch_filter=lambda _, path: path.endswith(LOOKED_AT), raise_interrupt=False)
        for _ in saves:
            _once(run, CLEAR if is_terminal else BETWEEN)
            if not is_read():
                return
    except KeyboardInterrupt:
        return


def _once(run: Callable[[], object], before: str) -> None:
    sys.stdout.write(before)
    run()
    sys.stdout.write("\nlooked at again after each save; Ctrl-C ends it\n")
    sys.stdout.flush()


def _folder(name: str) -> Path:
    """Where the files of a rule set or an inspection stand."""
    path = Path(name)
    if path.exists():
        return path if path.is_dir() else path.resolve().parent
    for kind in ("ruleset", "inspection"):
        if (place := shipped(kind).get(name)) is not None:
            return Path(str(place.folder))
    raise InputError([Diagnostic(name, "there is no such rule set, inspection, file or folder", None, "missing")])
