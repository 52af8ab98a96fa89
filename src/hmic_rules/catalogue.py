"""Finding rule sets and inspections: by the name under which they are shipped or registered, or by a path."""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterable, Iterator
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from attrs import evolve, frozen

from hmic_rules.arguments import name_given, path_given
from hmic_rules.errors import Diagnostic, InputError, NotFoundError, did_you_mean, quoted
from hmic_rules.files import is_special
from hmic_rules.kinds import Kind, mistaken
from hmic_rules.registered import registered

if TYPE_CHECKING:
    from hmic_rules.editions import Series
    from hmic_rules.inspections import Inspection
    from hmic_rules.rulesets import Ruleset

__all__ = [
    "Installed",
    "Known",
    "Place",
    "find",
    "installed",
    "known",
    "load",
    "load_inspection",
    "load_series",
    "shipped",
]

KINDS: Final = {"ruleset": "ruleset.yaml", "inspection": "inspection.yaml"}
MAX_FILE: Final = 64 * 1024 * 1024


@frozen
class Place:
    """A folder that holds a rule set or an inspection, and the name of its main file.

    ``is_shipped`` says that it is known by its name: it comes with this library, or with the installed ``package``.
    """

    folder: Traversable
    file: str
    name: str
    kind: str
    is_shipped: bool
    package: str | None = None

    def shown_as(self, file: str) -> str:
        """How a file is called in messages."""
        return f"{self.name}/{file}" if self.is_shipped else str(self.folder / file)

    def base(self, name: str) -> Place:
        """The rule set that what is in this folder extends, or is made under: by its name, or by a path from this folder.

        Raises:
            NotFoundError: there is none.

        """
        if not _is_path(name):
            found = _by_name("ruleset", name)
            if found is None:
                path = f"write `../{name}` for a folder beside this one" if _beside(self.folder, name) else None
                raise NotFoundError(_no_such("ruleset", name, known("ruleset").places, path))
            return found
        if not isinstance(self.folder, Path) or Path(name).is_absolute():
            raise NotFoundError(f"{quoted(name)} is not found from here: give a name, or a path from this folder")
        found = find("ruleset", Path(os.path.normpath(self.folder / name)))
        named = (
            one for one in known("ruleset").places.values() if (one.folder, one.file) == (found.folder, found.file)
        )
        return next(named, found) if self.is_shipped else found

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


@frozen
class Known:
    """Everything that is known by a name, and what is wrong with what packages register."""

    places: dict[str, Place]
    problems: tuple[str, ...]


def known(kind: str) -> Known:
    """Every rule set or inspection that is shipped or registered by an installed package, by name.

    A name that two packages register is neither's, and what is shipped keeps its name: both are among the problems.
    """
    places = shipped(kind)
    problems: list[str] = []
    claimed: dict[str, list[Place]] = {}
    for one in registered():
        if one.folder is None:
            problems.append(f"the package {quoted(one.package)}: {one.problem}")
            continue
        for folder in _folders_in(one.folder, one.package, problems):
            if (folder / KINDS[kind]).is_file():
                place = Place(folder, KINDS[kind], folder.name, kind, True, one.package)
                claimed.setdefault(folder.name, []).append(place)
    for name, claims in sorted(claimed.items()):
        by = " and ".join(dict.fromkeys(quoted(one.package) for one in claims))
        if name in places:
            problems.append(
                f"the package {by} registers {quoted(name)}, which is shipped with hmic-rules; that one is meant by its name"
            )
        elif len(claims) > 1:
            problems.append(
                f"the packages {by} register {quoted(name)} both, so that the name means neither; use a path"
            )
        else:
            places[name] = claims[0]
    return Known(places, tuple(dict.fromkeys(problems)))


@frozen
class Installed:
    """The names that can be loaded: of what is shipped, and of what installed packages register. Nothing is loaded for it, so that one with problems is among them.

    Attributes:
        rulesets: what :func:`hmic_rules.load` takes.
        inspections: what :func:`hmic_rules.load_inspection` takes.
        series: what :func:`hmic_rules.load_series` takes.
        problems: what is wrong with what packages register, one sentence each; such a name is not listed.

    """

    rulesets: tuple[str, ...]
    inspections: tuple[str, ...]
    series: tuple[str, ...]
    problems: tuple[str, ...]


def installed() -> Installed:
    """Which rule sets, inspections and series can be loaded by their names, as `hmic-rules list` shows them."""
    rulesets, inspections = known("ruleset"), known("inspection")
    series = tuple(sorted(set(_series(rulesets).values())))
    problems = tuple(dict.fromkeys((*rulesets.problems, *inspections.problems)))
    return Installed(tuple(rulesets.places), tuple(inspections.places), series, problems)


def _folders_in(root: Path, package: str, problems: list[str]) -> list[Path]:
    try:
        return sorted(folder for folder in root.iterdir() if folder.is_dir())
    except OSError as error:
        problems.append(f"the package {quoted(package)}: {quoted(str(root))} cannot be read: {error.strerror or error}")
        return []


def _by_name(kind: str, name: str) -> Place | None:
    """What a name means. Packages are only asked for a name that is not shipped."""
    return shipped(kind).get(name) or known(kind).places.get(name)


def _is_path(name: str) -> bool:
    return "/" in name or "\\" in name or name.endswith((".yaml", ".yml")) or name in (".", "..")


def _beside(folder: Traversable, name: str) -> bool:
    return isinstance(folder, Path) and (folder.parent / name / KINDS["ruleset"]).is_file()


def find(kind: str, name_or_path: str | Path) -> Place:
    """The place of a rule set or inspection.

    Args:
        kind: ``ruleset`` or ``inspection``.
        name_or_path: the name under which it is shipped or registered, a folder, or its main file.

    Raises:
        NotFoundError: there is nothing of that name and no such path, or it leads to something of another kind.

    """
    name_or_path = path_given(name_or_path, kind)
    if isinstance(name_or_path, str):
        found = shipped(kind).get(name_or_path)
        if found is None and not _is_path(name_or_path):
            found = known(kind).places.get(name_or_path)
        if found is not None:
            return found
    path = Path(name_or_path)
    try:
        if path.is_dir() and (path / KINDS[kind]).is_file():
            return Place(path, KINDS[kind], path.name, kind, False)
        if path.is_file():
            return Place(path.parent, path.name, path.stem, kind, False)
        is_folder = path.is_dir()
    except (OSError, ValueError):
        is_folder = False
    if is_special(path):
        problem = f"{quoted(str(path))} is a pipe or a device: save what it gives as a file, and name that"
        raise NotFoundError(problem)
    raise NotFoundError(
        _of_another_kind(kind, name_or_path, path, is_folder) or _no_such(kind, str(name_or_path), known(kind).places)
    )


def _of_another_kind(kind: str, name: str | Path, path: Path, is_folder: bool) -> str | None:
    """What to say where a name or a folder is there, and is not of the kind that is wanted."""
    other = "inspection" if kind == "ruleset" else "ruleset"
    problem, help = mistaken(Kind[other.upper()], Kind[kind.upper()])
    if isinstance(name, str) and name in known(other).places:
        return f"{quoted(name)} is {problem}: {help}"
    if not is_folder:
        return None
    missing = f"the folder {quoted(str(path))} holds no `{KINDS[kind]}`"
    if (path / KINDS[other]).is_file():
        return f"{missing}; it holds {problem}: {help}"
    return f"{missing}: name the file itself where it is called otherwise"


def _no_such(kind: str, name: str, known: Iterable[str], help: str | None = None) -> str:
    help = help or did_you_mean(name, known)
    what = "rule set" if kind == "ruleset" else "inspection"
    return f"no {what} is called {quoted(name)}, and there is no such file" + (f": {help}" if help else "")


def load(name_or_path: str | Path, *, on: datetime.date | str | None = None) -> Ruleset:
    """Load a rule set.

    Args:
        name_or_path: a name that :func:`known` lists, the path of a folder with a ``ruleset.yaml``, or of such a file; with ``on``, a series too.
        on: the edition that is in force on this date; text is read as in 2007-06-01.

    Raises:
        NotFoundError: there is no such rule set, or none of its editions is in force on that date.
        InputError: the rule set has problems; all of them, each with its place.

    """
    from hmic_rules.loading.rulesets import read_ruleset

    name_or_path = path_given(name_or_path, "ruleset")
    if on is not None:
        from hmic_rules.editions import date_of, in_force

        day = date_of(on)
        if isinstance(name_or_path, str) and not _is_path(name_or_path) and _by_name("ruleset", name_or_path) is None:
            series = _members(name_or_path)
            if series:
                return load_series(name_or_path).on(day)
        return in_force(load(name_or_path), day)
    place = _or_series(name_or_path)
    return read_ruleset(place.read, place.file, place.shown_as, place.base)


def _or_series(name_or_path: str | Path) -> Place:
    try:
        return find("ruleset", name_or_path)
    except NotFoundError:
        names = _members(str(name_or_path))
        if names:
            listed = ", ".join(map(quoted, names))
            raise NotFoundError(
                f"{quoted(str(name_or_path))} is a series: name one of its editions ({listed}), or say on which date (on=…, --on DATE)"
            ) from None
        raise


def _members(series: str) -> list[str]:
    """The rule sets that are known by a name and say that they are of this series."""
    return sorted(name for name, of in _series(known("ruleset")).items() if of == series)


def _series(known: Known) -> dict[str, str]:
    """Of rule sets, by name, the series that they say they are of; those that say nothing, or cannot be read, are left out."""
    from hmic_rules.loading.recognising import series_of

    found: dict[str, str] = {}
    for name, place in known.places.items():
        try:
            data = place.read(place.file)
        except (InputError, FileNotFoundError):
            continue
        series = series_of(data, name) if b"series" in data else None
        if series:
            found[name] = series
    return found


def load_series(name: str) -> Series:
    """Load every edition of a series: the rule sets, shipped and registered, that say `series: NAME`.

    Raises:
        NotFoundError: there is no such series.
        InputError: an edition has problems; it may be the one that is in force, so nothing is picked without it.

    """
    from hmic_rules.editions import Series

    name = name_given(name, "series")
    names = _members(name)
    if not names:
        raise NotFoundError(f"no rule set that is installed is an edition of a series {quoted(name)}")
    return Series(name, tuple(load(one) for one in names))


def load_inspection(name_or_path: str | Path) -> Inspection:
    """Load an inspection and the rule set that it was made under, which it names, or gives by a path from its own folder.

    Args:
        name_or_path: a name that :func:`shipped` lists, the path of a folder with an ``inspection.yaml``, or of such a file.

    Raises:
        NotFoundError: there is no such inspection, or no such rule set.
        InputError: the inspection or its rule set has problems; all of them, each with its place.

    """
    from hmic_rules.loading.inspections import read_inspection
    from hmic_rules.loading.recognising import refuse_data_of_another_kind
    from hmic_rules.loading.rulesets import read_ruleset

    place = find("inspection", name_or_path)

    def rules(name: str) -> Ruleset:
        found = place.base(name)
        return read_ruleset(found.read, found.file, found.shown_as, found.base)

    try:
        return evolve(read_inspection(place.read, place.file, place.shown_as, rules), place=place)
    except InputError:
        refuse_data_of_another_kind(place.read(place.file), place.shown_as(place.file), Kind.INSPECTION)
        raise
