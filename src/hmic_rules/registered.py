"""Rule sets and inspections of other installed packages, found by an entry point; nothing of those packages is imported."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Final

from attrs import frozen

from hmic_rules.errors import quoted

__all__ = ["GROUP", "Registered", "registered"]

GROUP: Final = "hmic_rules.rulesets"
_VALUE: Final = re.compile(r"([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)(?::([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*))?")


@frozen
class Registered:
    """What one entry point says: the folder whose folders hold rule sets and inspections, or why there is none.

    Attributes:
        package: the name under which the package is installed.
        value: what its entry point says.
        folder: the folder; ``None`` where there is a problem.
        problem: what keeps it from being found.

    """

    package: str
    value: str
    folder: Path | None
    problem: str | None


def registered() -> Iterator[Registered]:
    """What every installed package registers, by the names of the packages.

    An entry point says ``package:folder``: a folder in an importable package, with a dot for each folder below. It is looked up as files; no Python of
    the package runs.
    """
    found = {
        (str(point.dist.metadata["Name"]) if point.dist is not None else point.name, point.value)
        for point in metadata.entry_points(group=GROUP)
    }
    for package, value in sorted(found):
        try:
            folder = _folder(value)
        except Exception as error:  # noqa: BLE001 - a finder of somebody else's may fail in any way
            yield Registered(
                package, value, None, f"{quoted(value)} cannot be looked up: {type(error).__name__}: {error}"
            )
            continue
        problem = f"{quoted(value)} is no folder: an entry point of the group `{GROUP}` says `package:folder`"
        yield Registered(package, value, folder, None if folder is not None else problem)


def _folder(value: str) -> Path | None:
    """The folder that an entry point names, where it is one. Only the outermost package is looked for: no parent has to be imported."""
    match = _VALUE.fullmatch(value.replace(" ", ""))
    if match is None:
        return None
    top, *inner = match[1].split(".")
    spec = importlib.util.find_spec(top)
    below = [*inner, *(match[2].split(".") if match[2] else ())]
    for root in (spec.submodule_search_locations or ()) if spec is not None else ():
        folder = Path(root).joinpath(*below)
        if folder.is_dir():
            return folder
    return None
