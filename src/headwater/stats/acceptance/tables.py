"""The tables of acceptance sampling by attributes, as data.

The master tables are diagonals: along each AQL column the entries of `ENTRIES` begin one letter earlier for each step
of the AQL series. An arrow stands for the nearest plan in its direction.

Source: MIL-STD-105E (public domain), tables I, II-A, II-B and III-A to III-C; the normal and tightened single plans are
those of ISO 2859-1:1999 as well. Reduced single plans are those of ISO 2859-1:1999, table 2-C (identical: GB/T
2828.1-2012, IS 2500-1:2000), which left no gap between acceptance and rejection. That edition also made the average
sample of some double plans smaller; those changes are not followed.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Severity(StrEnum):
    """How severely lots are inspected."""

    NORMAL = "normal"
    TIGHTENED = "tightened"
    """After lots were rejected."""
    REDUCED = "reduced"
    """After a long run of good lots, when somebody allowed it."""
    DISCONTINUED = "discontinued"
    """No lot is inspected until the maker has put things right."""


class Level(StrEnum):
    """Inspection level: how much is inspected for the size of the lot."""

    I = "I"  # noqa: E741 -- the standard's name
    II = "II"
    """The usual one."""
    III = "III"
    S1 = "S-1"
    S2 = "S-2"
    S3 = "S-3"
    S4 = "S-4"


class Kind(StrEnum):
    """How many samples a plan may take."""

    SINGLE = "single"
    DOUBLE = "double"
    """A second sample only when the first does not decide."""
    SEQUENTIAL = "sequential"
    """Item by item until the count decides."""


class Arrow(StrEnum):
    """Where a cell without a plan points."""

    UP = "up"
    DOWN = "down"


class Entry(NamedTuple):
    """The numbers of a cell: accept at or below, reject at or above."""

    accept: int
    reject: int
    """One more than `accept`."""
    first: tuple[int, int] | None = None
    """Acceptance and rejection number of the first of two samples; None where the standard has no double plan."""
    second: tuple[int, int] | None = None
    """The same of both samples together; of reduced plans with a gap, in which the lot passes and reduced inspection
    ends."""


LETTERS = "ABCDEFGHJKLMNPQRS"
SIZES = (2, 3, 5, 8, 13, 20, 32, 50, 80, 125, 200, 315, 500, 800, 1250, 2000, 3150)
"""Sample size of each letter; S has tightened plans only."""
REDUCED_SIZES = (2, 2, 2, 3, 5, 8, 13, 20, 32, 50, 80, 125, 200, 315, 500, 800)
LOTS = (8, 15, 25, 50, 90, 150, 280, 500, 1200, 3200, 10_000, 35_000, 150_000, 500_000)
"""Largest lot of each row of `LEVELS` but the last."""
LEVELS = {
    Level.S1: "AAAABBBBCCCCDDD",
    Level.S2: "AAABBBCCCDDDEEE",
    Level.S3: "AABBCCDDEEFFGGH",
    Level.S4: "AABCCDEEFGGHJJK",
    Level.I: "AABCCDEFGHJKLMN",
    Level.II: "ABCDEFGHJKLMNPQ",
    Level.III: "BCDEFGHJKLMNPQR",
}
"""Letter of each lot size."""
AQLS = (10.0, 6.5, 4.0, 2.5, 1.5, 1.0, 0.65, 0.40, 0.25, 0.15, 0.10, 0.065, 0.040, 0.025, 0.015, 0.010)
"""Acceptance quality limits in percent nonconforming; the zero of the first column lies one letter before A."""

ENTRIES: dict[Severity, tuple[Entry | Arrow, ...]] = {
    Severity.NORMAL: (
        Entry(0, 1),
        Arrow.UP,
        Arrow.DOWN,
        Entry(1, 2, (0, 2), (1, 2)),
        Entry(2, 3, (0, 3), (3, 4)),
        Entry(3, 4, (1, 4), (4, 5)),
        Entry(5, 6, (2, 5), (6, 7)),
        Entry(7, 8, (3, 7), (8, 9)),
        Entry(10, 11, (5, 9), (12, 13)),
        Entry(14, 15, (7, 11), (18, 19)),
        Entry(21, 22, (11, 16), (26, 27)),
    ),
    Severity.TIGHTENED: (
        Entry(0, 1),
        Arrow.DOWN,
        Arrow.DOWN,
        Entry(1, 2, (0, 2), (1, 2)),
        Entry(2, 3, (0, 3), (3, 4)),
        Entry(3, 4, (1, 4), (4, 5)),
        Entry(5, 6, (2, 5), (6, 7)),
        Entry(8, 9, (3, 7), (11, 12)),
        Entry(12, 13, (6, 10), (15, 16)),
        Entry(18, 19, (9, 14), (23, 24)),
    ),
    Severity.REDUCED: (
        Entry(0, 1),
        Arrow.UP,
        Arrow.DOWN,
        Arrow.DOWN,
        Entry(1, 2),
        Entry(2, 3),
        Entry(3, 4),
        Entry(5, 6),
        Entry(6, 7),
        Entry(8, 9),
        Entry(10, 11),
    ),
}
"""Down each AQL column, from the letter that accepts on zero; past the end the last entry stands."""
REDUCED_DOUBLES: tuple[Entry | Arrow, ...] = (
    Entry(0, 1),
    Arrow.UP,
    Arrow.DOWN,
    Entry(1, 2, (0, 2), (0, 2)),
    Entry(2, 3, (0, 3), (0, 4)),
    Entry(3, 4, (0, 4), (1, 5)),
    Entry(4, 5, (0, 4), (3, 6)),
    Entry(5, 6, (1, 5), (4, 7)),
    Entry(7, 8, (2, 7), (6, 9)),
    Entry(9, 10, (3, 8), (8, 12)),
    Entry(12, 13, (5, 10), (12, 16)),
)
"""The same for double plans under reduced inspection, which come from the older table."""
ZERO = {Severity.NORMAL: -1, Severity.TIGHTENED: 0, Severity.REDUCED: -1}
"""Letter that accepts on zero at the largest AQL; each smaller AQL has it one letter later."""
