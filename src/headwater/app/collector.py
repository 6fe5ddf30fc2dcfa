"""How a process that works for long shares memory and turns, and how often it looks for cycles of garbage."""

from __future__ import annotations

import ctypes
import gc
import os
import sys

import pyarrow as pa

_YOUNG, _MIDDLE, _OLD = 20_000, 20, 50
_ARENA_MAX, _ARENAS = -8, 2  # <malloc.h>
_TURN_S = 0.0002


def share() -> None:
    """Let all threads and Arrow take memory from the same few places: call it before threads begin.

    GNU's allocator gives nearly every thread a place of its own, and Arrow has another; what one of them freed none of
    the others uses. Does nothing where the C library is another one.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if os.name == "posix" else None
    if mallopt is not None:
        mallopt(_ARENA_MAX, _ARENAS)
        pa.set_memory_pool(pa.system_memory_pool())


def calm() -> None:
    """Leave what was loaded up to now out of collections, and collect the rest less often.

    Python looks through all objects again and again while many are made: an eighth of an intake's time. What use
    cases make is freed when it is no longer named; only cycles wait longer.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, _MIDDLE, _OLD)


def give_back() -> None:
    """Return memory that long work has freed to the system, which the allocator would keep for the next.

    Does nothing where the C library is another one than GNU's.
    """
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if os.name == "posix" else None
    if trim is not None:
        trim(0)


def alternate() -> None:
    """Let a thread that waits for the interpreter have it soon.

    Python hands it over after 5 ms, and a request asks for it some twenty times: annotators waited a tenth of a second
    for each answer while a job computed in the same process.
    """
    sys.setswitchinterval(_TURN_S)
