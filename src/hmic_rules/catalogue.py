"""Finding rule sets and inspections: by the name under which they are shipped, or by a path."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from attrs import evolve, frozen

from hmic_rules.errors import Diagnostic, InputError, NotFoundError, did_you_mean, quoted
from hmic_rules.kinds import Kind, mistaken

if TYPE_CHECKING:
    from hmic_rules.inspections import Inspection
    from hmic_rules.rulesets import Ruleset

__all__ = ["Place", "find", "load", "load_inspection", "shipped"]

KINDS: Final = {"ruleset": "ruleset.yaml", "inspection": "inspection.yaml"}
MAX_FILE: Final = 64 * 1024 * 1024


@frozen
class Place:
    """A folder that holds a rule set or an inspection, and the name of its main file."""

    folder: Traversable
    file: str
    name: str
    kind: str
    is_shipped: bool

    def shown_as(self, file: str) -> str:
        """How a file is called in messages."""
        return f"{self.name}/{file}" if self.is_shipped else str(self.folder / file)

    def read(self, file: str) -> bytes:
        """The bytes of a file in the folder.

        Raises:
            FileNotFoundError: there is no such file in the folder; a path out of it is no such file either.
            InputError: the file is too large or cannot be read.

        """
        parts = file.split("/")
        if any(part in ("", ".", "..") or "\\" in part or "\0" in part for part in parts):
            raise FileNotFoundError(file)
        found = self.folder.joinpath(*parts)
        try:
            is_file = found.is_file()
        except OSError:  # such as a name that is too long
            is_file = False
        if not is_file:
            raise FileNotFoundError(file)
        try:
            with found.open("rb") as stream:
                data = stream.read(MAX_FILE)
        except OSError as error:
            problem = f"cannot be read: {error.strerror or error}"
            raise InputError([Diagnostic(self.shown_as(file), problem, None, "io")]) from None
        return data


def _roots() -> Iterator[Traversable]:
    """Where shipped folders stand: in the installed package, or beside ``src`` in a checkout."""
    packaged = resources.files("hmic_rules") / "rulesets"
    if packaged.is_dir():
        yield packaged
        return
    checkout = Path(__file__).resolve().parents[2] / "rulesets"
    if checkout.is_dir():
        yield checkout


def shipped(kind: str) -> dict[str, Place]:
    """Every shipped rule set or inspection, by name."""
    found: dict[str, Place] = {}
    for root in _roots():
        for folder in sorted(root.iterdir(), key=lambda folder: folder.name):
            if folder.is_dir() and (folder / KINDS[kind]).is_file():
                found.setdefault(folder.name, Place(folder, KINDS[kind], folder.name, kind, True))
    return found


def find(kind: str, name_or_path: str | Path) -> Place:
    """The place of a rule set or inspection.

    Args:
        kind: ``ruleset`` or ``inspection``.
        name_or_path: the name under which it is shipped, a folder, or its main file.

    Raises:
        NotFoundError: there is nothing of that name and no such path, or it leads to something of another kind.

    """
    known = shipped(kind)
    if isinstance(name_or_path, str) and name_or_path in known:
        return known[name_or_path]
    path = Path(name_or_path)
    try:
        if path.is_dir() and (path / KINDS[kind]).is_file():
            return Place(path, KINDS[kind], path.name, kind, False)
        if path.is_file():
            return Place(path.parent, path.name, path.stem, kind, False)
        is_folder = path.is_dir()
    except (OSError, ValueError):
        is_folder = False
    raise NotFoundError(
        _of_another_kind(kind, name_or_path, path, is_folder) or _no_such(kind, str(name_or_path), known)
    )


def _of_another_kind(kind: str, name: str | Path, path: Path, is_folder: bool) -> str | None:
    """What to say where a name or a folder is there, and is not of the kind that is wanted."""
    other = "inspection" if kind == "ruleset" else "ruleset"
    problem, help = mistaken(Kind[other.upper()], Kind[kind.upper()])
    if isinstance(name, str) and name in shipped(other):
        return f"{quoted(name)} is {problem}: {help}"
    if not is_folder:
        return None
    missing = f"the folder {quoted(str(path))} holds no `{KINDS[kind]}`"
    if (path / KINDS[other]).is_file():
        return f"{missing}; it holds {problem}: {help}"
    return f"{missing}: name the file itself where it is called otherwise"


def _no_such(kind: str, name: str, known: Iterable[str]) -> str:
    help = did_you_mean(name, known)
    what = "rule set" if kind == "ruleset" else "inspection"
    return f"no {what} is called {quoted(name)}, and there is no such file" + (f": {help}" if help else "")


def load(name_or_path: str | Path) -> Ruleset:
    """Load a rule set.

    Args:
        name_or_path: a name that :func:`shipped` lists, the path of a folder with a ``ruleset.yaml``, or of such a file.

    Raises:
        NotFoundError: there is no such rule set.
        InputError: the rule set has problems; all of them, each with its place.

    """
    from hmic_rules.loading.rulesets import read_ruleset

    place = find("ruleset", name_or_path)
    return read_ruleset(place.read, place.file, place.shown_as)


def load_inspection(name_or_path: str | Path) -> Inspection:
    """Load an inspection and the rule set that it was made under.

    Args:
        name_or_path: a name that :func:`shipped` lists, the path of a folder with an ``inspection.yaml``, or of such a file.

    Raises:
        NotFoundError: there is no such inspection, or no such rule set.
        InputError: the inspection or its rule set has problems; all of them, each with its place.

    """
    from hmic_rules.loading.inspections import read_inspection
    from hmic_rules.loading.recognising import refuse_data_of_another_kind

    place = find("inspection", name_or_path)
    try:
        return evolve(read_inspection(place.read, place.file, place.shown_as, load), place=place)
    except InputError:
        refuse_data_of_another_kind(place.read(place.file), place.shown_as(place.file), Kind.INSPECTION)
        raise
