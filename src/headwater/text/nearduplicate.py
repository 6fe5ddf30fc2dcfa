"""Near duplicates that do not eat sources: MinHash, verified edges, removal only against a kept text.

Plain banding plus connected components removes texts that have little in common with what is kept. Here each
candidate pair is verified by its signature, and a text goes only when a text that stays is similar to it.

Source: Broder 1997 (MinHash); Leskovec, Rajaraman and Ullman, Mining of Massive Datasets, section 3.4 (banding).
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from headwater.text.normal import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

PERMUTATIONS = 128
BANDS = 16
SHINGLE = 5
"""Characters per shingle: short messages have too few words for word shingles."""

_rng = np.random.default_rng(0x48656164)
_FACTORS = _rng.integers(0, 1 << 31, PERMUTATIONS, dtype=np.uint32) * np.uint32(2) + np.uint32(1)
_MASKS = _rng.integers(0, 1 << 32, PERMUTATIONS, dtype=np.uint32)
_POWERS = np.array([pow(0x01000193, place, 1 << 32) for place in range(SHINGLE)], np.uint32)
_TOGETHER = 1 << 16
"""Shingles hashed together: few enough to stay in the processor's cache."""


class Match(NamedTuple):
    """A text that is nearly another one, which is kept."""

    text: int
    """Index of the text to remove."""
    kept: int
    """Index of the text it repeats."""
    similarity: float
    """Estimated Jaccard similarity of their shingles, in [0, 1]; standard error at most .044."""


def signatures(texts: Sequence[str]) -> NDArray[np.uint32]:
    """Return the MinHash signature of each text (texts × 128)."""
    folded = [fold(text).ljust(SHINGLE, "\0") for text in texts]
    shingles = np.fromiter((len(text) - SHINGLE + 1 for text in folded), np.int64, len(folded))
    order = np.argsort(shingles, kind="stable")
    result = np.empty((len(texts), PERMUTATIONS), dtype=np.uint32)
    first = 0
    while first < len(order):  # texts of about the same length together
        shortest = int(shingles[order[first]])
        rows = order[first : first + max(1, _TOGETHER // shortest)]
        rows = rows[: np.searchsorted(shingles[rows], max(1.15 * shortest, shortest + 4), "right")]
        result[rows] = _lowest(_hashes([folded[row] for row in rows]), shingles[rows])
        first += len(rows)
    return result


def _hashes(folded: list[str]) -> NDArray[np.uint32]:
    """Return a hash of every shingle of the texts one after the other, also of those from one text into the next."""
    points = np.frombuffer("".join(folded).encode("utf-32-le", "surrogatepass"), np.uint32)
    size = len(points) - SHINGLE + 1
    mixed = points[:size] * _POWERS[0]
    for place in range(1, SHINGLE):
        mixed += points[place : place + size] * _POWERS[place]
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
        mixed = (mixed ^ (mixed >> np.uint32(shift))) * np.uint32(factor)
    last: NDArray[np.uint32] = mixed ^ (mixed >> np.uint32(16))
    return last


def _lowest(hashes: NDArray[np.uint32], shingles: NDArray[np.int64]) -> NDArray[np.uint32]:
    """Return the least hash of each text under every permutation; shorter texts repeat their last hash."""
    lengths = shingles + SHINGLE - 1
    starts = np.cumsum(lengths) - lengths
    columns = hashes[starts + np.minimum(np.arange(shingles[-1])[:, None], shingles - 1)]
    mixed = np.empty_like(columns)
    lowest = np.empty((PERMUTATIONS, len(shingles)), np.uint32)
    for place, (mask, factor) in enumerate(zip(_MASKS, _FACTORS, strict=True)):
        np.bitwise_xor(columns, mask, out=mixed)
        np.multiply(mixed, factor, out=mixed)
        np.minimum.reduce(mixed, axis=0, out=lowest[place])
    return lowest.T


def similarity(left: NDArray[np.uint32], right: NDArray[np.uint32]) -> float:
    """Return the estimated Jaccard similarity of two texts from their signatures."""
    return float((left == right).mean())


def bands(signatures_: NDArray[np.uint32]) -> list[list[int]]:
    """Return the 16 band keys of each signature; texts that share one are candidates."""
    width = PERMUTATIONS // BANDS
    parts = signatures_.reshape(len(signatures_), BANDS, width).astype(np.uint64)
    keys = np.broadcast_to(np.arange(BANDS, dtype=np.uint64), parts.shape[:2])
    for place in range(width):
        keys = (keys ^ parts[:, :, place]) * np.uint64(0x9E3779B97F4A7C15)
        keys ^= keys >> np.uint64(29)
    found: list[list[int]] = keys.tolist()
    return found


class Index:
    """The kept texts, found by their bands: 2 kB a text, nothing in it for the garbage collector to walk."""

    def __init__(self, known: NDArray[np.uint32] | None = None) -> None:
        """Start from the signatures of texts that are kept already."""
        self._signatures = np.empty((0, PERMUTATIONS), np.uint32)
        self._size = 0
        self._newest: dict[int, int] = {}
        self._before = array("q")
        if known is not None:
            self._signatures = np.array(known)
            for keys in bands(self._signatures):
                self._link(keys)

    def add(self, signature: NDArray[np.uint32], keys: list[int]) -> None:
        """Keep a text, with its band keys."""
        if self._size == len(self._signatures):
            longer = np.empty((max(1024, 2 * self._size), PERMUTATIONS), np.uint32)
            longer[: self._size] = self._signatures[: self._size]
            self._signatures = longer
        self._signatures[self._size] = signature
        self._link(keys)

    def nearest(self, signature: NDArray[np.uint32], keys: list[int]) -> tuple[int, float] | None:
        """Return the most similar kept text among those that share a band, the earliest of equals; None without any."""
        found: set[int] = set()
        newest = self._newest
        for band, key in enumerate(keys):
            other = newest.get(key, -1)
            while other >= 0:
                found.add(other)
                other = self._before[other * BANDS + band]
        if not found:
            return None
        candidates = sorted(found)
        scores = (self._signatures[candidates] == signature).mean(axis=1)
        best = int(scores.argmax())
        return candidates[best], float(scores[best])

    def _link(self, keys: list[int]) -> None:
        newest = self._newest
        self._before.extend([newest.get(key, -1) for key in keys])
        newest.update(dict.fromkeys(keys, self._size))
        self._size += 1


def find(signatures_: NDArray[np.uint32], *, threshold: float = 0.75) -> list[Match]:
    """Return the texts to remove, each with the kept text it repeats, in order.

    Args:
        signatures_: Signatures of the texts, those to prefer first.
        threshold: Least estimated similarity, in (0, 1].
    """
    index = Index()
    kept: list[int] = []
    found = []
    for text, (signature, keys) in enumerate(zip(signatures_, bands(signatures_), strict=True)):
        near = index.nearest(signature, keys)
        if near is not None and near[1] >= threshold:
            found.append(Match(text, kept[near[0]], near[1]))
        else:
            index.add(signature, keys)
            kept.append(text)
    return found
