"""What lineage needs from other parts: how their rows relate to the nodes of the graph."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from headwater.context import Context


class Relations(Protocol):
    """Relations a part keeps in its own tables, such as a record's intake or a record's releases."""

    def parents(self, ctx: Context, identifier: str) -> list[str]:
        """Return the nodes a thing came from; empty when it is not this part's."""
        ...

    def children(self, ctx: Context, identifier: str) -> list[str]:
        """Return the nodes that came of a thing; empty when it is not this part's."""
        ...
