"""Public names of a package that are imported when they are first used."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Any

__all__ = ["first_use"]


def first_use(package: str, homes: Mapping[str, str], name: str) -> Any:
    """What a public name of a package stands for; from then on the package has it, and is not asked again.

    Args:
        package: the name of the package.
        homes: by public name, the module of the package that defines it.
        name: the name that was asked for.

    Raises:
        AttributeError: the package has no such public name.

    """
    home = homes.get(name)
    if home is None:
        raise AttributeError(f"module {package!r} has no attribute {name!r}")
    value = getattr(import_module(f"{package}.{home}"), name)
    setattr(sys.modules[package], name, value)
    return value
