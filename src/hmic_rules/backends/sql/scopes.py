"""Whose rows an expression has a value in: the case, the items of a collection, the groups of its rows, and pairs of such rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from attrs import field, frozen

from hmic_rules.backends.sql import nodes
from hmic_rules.backends.sql.nodes import Node

__all__ = ["Base", "Combinations", "Distinct", "Expecting", "Items", "Joined", "Scope", "Series", "Stored", "Values"]


@frozen(eq=False)
class Stored:
    """The rows of a table."""

    table: str


@frozen(eq=False)
class Values:
    """Rows that are written into the SQL: the items that a framework, or a fixed collection, names."""

    columns: tuple[str, ...]
    storages: tuple[str, ...]
    rows: tuple[tuple[nodes.Constant, ...], ...]


@frozen(eq=False)
class Items:
    """The items that every row of ``outer`` has, named by ``named``, with what a table says of them, where cases bring something (else ``None``)."""

    outer: Scope
    named: Scope
    table: str | None


@frozen(eq=False)
class Series:
    """The months from one to another, both included; none where either is not known."""

    start: Node
    end: Node


@frozen(eq=False)
class Expecting:
    """The groups that must exist: for each part of the key, the scope whose items expect it, or the months."""

    case: Scope
    axes: tuple[Scope | Series, ...]


@frozen(eq=False)
class Distinct:
    """The groups that the rows of ``source`` make; ``by`` are the parts of the key in its rows, and ``there`` is where all rows of the case are known to be there."""

    source: Scope
    by: tuple[Node, ...]
    there: Node


@frozen(eq=False)
class Joined:
    """Every pair of a row of ``outer`` with a row of ``inner`` under the same row of ``holder``."""

    outer: Scope
    inner: Scope
    holder: Scope


@frozen(eq=False)
class Combinations:
    """Every combination of some constants, numbered from nought.

    Attributes:
        columns: of each column its name, after how many combinations it goes on to its next constant, and its constants.
        number: how many combinations there are.
        seen: only those whose number this node has in a row of this scope; ``None`` for all.

    """

    columns: tuple[tuple[str, int, tuple[nodes.Constant, ...]], ...]
    number: int
    seen: tuple[Scope, Node] | None


Base: TypeAlias = Stored | Values | Items | Expecting | Distinct | Joined | Combinations


@frozen(eq=False)
class Scope:
    """Rows of one kind.

    Attributes:
        name: how its layers are called.
        keys: the names of the columns that tell its rows apart, those of enclosing rows first.
        base: where the rows come from.
        above: the enclosing scopes, each with the nodes of this scope that hold the key of the enclosing row.
        stored: how the key's columns are called in the table, where it has other names for them.

    """

    name: str
    keys: tuple[str, ...]
    base: Base
    above: dict[Scope, tuple[Node, ...]] = field(factory=dict, repr=False)
    stored: Mapping[str, str] = field(factory=dict, repr=False)

    @property
    def key_nodes(self) -> tuple[Node, ...]:
        return tuple(nodes.field(self, key, nullable=False) for key in self.keys)

    def enclose(self, outer: Scope, key: tuple[Node, ...]) -> None:
        """Say that each row stands below one row of ``outer``, whose key these nodes hold."""
        self.above[outer] = key
