"""How often a process that works for long looks for cycles of garbage."""

from __future__ import annotations

import gc

_YOUNG, _MIDDLE, _OLD = 20_000, 20, 50


def calm() -> None:
    """Leave what was loaded up to now out of collections, and collect the rest less often.

    Python looks through all objects again and again while many are made: an eighth of an intake's time. What use
    cases make is freed when it is no longer named; only cycles wait longer.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, _MIDDLE, _OLD)
