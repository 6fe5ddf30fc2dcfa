"""Searching labels for errors as `computing` does; apart, since it loads libraries that no server starts with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headwater.app.computing import admit
from headwater.quality import label_errors

if TYPE_CHECKING:
    from headwater.app.seats import Doors
    from headwater.quality.doubts import ErrorSearch
    from headwater.quality.label_errors import Search


def find_errors(doors: Doors, what: Search) -> ErrorSearch:
    """Do as `quality.label_errors.find`."""
    admit(doors)
    with doors.reading() as ctx:
        found = label_errors.look(ctx, what)
    with doors.acting() as ctx:
        return label_errors.keep(ctx, found)
