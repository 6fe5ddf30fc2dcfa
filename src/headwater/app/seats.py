"""Who opens transactions: whatever computes long takes these instead of one open transaction (see `computing`)."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from headwater.app.application import App
    from headwater.context import Context


class Doors(Protocol):
    """How somebody opens transactions: a command, a caller of the API, the visitor of a page, a job."""

    def reading(self) -> AbstractContextManager[Context]:
        """Open one that reads."""

    def acting(self) -> AbstractContextManager[Context]:
        """Open one that writes."""


@dataclass(frozen=True, slots=True)
class Seat:
    """The doors of a known person in a program."""

    app: App
    actor: str
    program: str

    @contextmanager
    def reading(self) -> Iterator[Context]:
        """Open a transaction that reads."""
        with self.app.read_as(self.actor, self.program) as ctx:
            yield ctx

    @contextmanager
    def acting(self) -> Iterator[Context]:
        """Open a transaction that writes."""
        with self.app.act_as(self.actor, self.program) as ctx:
            yield ctx
