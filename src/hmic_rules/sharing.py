"""What is copied and pickled of things that threads share: what keeps caches goes without them, what is bound to its process is refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, NoReturn, Self

from attrs import fields

__all__ = ["Bound", "Shared"]


class Shared:
    """Frozen but for caches, which are the attributes that begin with ``_``: its copy is itself, and its pickle leaves them behind."""

    __slots__ = ()

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, _: Mapping[int, Any]) -> Self:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        kept = {one.name: getattr(self, one.name) for one in fields(type(self)) if not one.name.startswith("_")}  # type: ignore[arg-type]
        return _made, (type(self), kept)


class Bound:
    """Bound to its process: it is neither pickled nor sent to another one. ``_instead`` says what is."""

    __slots__ = ()
    _instead: ClassVar[str]

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"a {type(self).__name__} stays in its process and is not pickled: {self._instead}")


def _made(kind: type[Any], kept: Mapping[str, Any]) -> Any:
    return kind(**kept)
