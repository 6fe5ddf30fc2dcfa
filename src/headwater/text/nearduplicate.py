"""Near duplicates that do not eat sources: MinHash, verified edges, removal only against a kept text.

Plain banding plus connected components removes texts that have little in common with what is kept. Here each
candidate pair is verified by its signature, and a text goes only when a text that stays is similar to it.

Source: Broder 1997 (MinHash); Leskovec, Rajaraman and Ullman, Mining of Massive Datasets, section 3.4 (banding).
"""

from __future__ import annotations

import zlib
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

_PRIME = np.uint64((1 << 61) - 1)
_rng = np.random.default_rng(0x48656164)
_A = _rng.integers(1, 1 << 32, PERMUTATIONS, dtype=np.uint64)
_B = _rng.integers(0, 1 << 32, PERMUTATIONS, dtype=np.uint64)


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
    result = np.empty((len(texts), PERMUTATIONS), dtype=np.uint32)
    for row, text in enumerate(texts):
        folded = fold(text)
        pieces = {folded[i : i + SHINGLE] for i in range(max(1, len(folded) - SHINGLE + 1))}
        hashed = np.fromiter((zlib.crc32(piece.encode()) for piece in pieces), np.uint64, len(pieces))
        mixed = (hashed[:, None] * _A[None, :] + _B[None, :]) % _PRIME
        result[row] = (mixed & np.uint64(0xFFFFFFFF)).astype(np.uint32).min(axis=0)
    return result


def similarity(left: NDArray[np.uint32], right: NDArray[np.uint32]) -> float:
    """Return the estimated Jaccard similarity of two texts from their signatures."""
    return float((left == right).mean())


def bands(signature: NDArray[np.uint32]) -> list[bytes]:
    """Return the 16 band keys of a signature; texts that share one are candidates."""
    width = PERMUTATIONS // BANDS
    return [bytes([i]) + signature[i * width : (i + 1) * width].tobytes() for i in range(BANDS)]


def find(signatures_: NDArray[np.uint32], *, threshold: float = 0.75) -> list[Match]:
    """Return the texts to remove, each with the kept text it repeats, in order.

    Args:
        signatures_: Signatures of the texts, those to prefer first.
        threshold: Least estimated similarity, in (0, 1].
    """
    kept: dict[bytes, list[int]] = {}
    found = []
    for index, signature in enumerate(signatures_):
        keys = bands(signature)
        candidates = list(dict.fromkeys(other for key in keys for other in kept.get(key, ())))
        scores = (signatures_[candidates] == signature).mean(axis=1) if candidates else np.empty(0)
        if scores.size and scores.max() >= threshold:
            found.append(Match(index, candidates[int(scores.argmax())], float(scores.max())))
            continue
        for key in keys:
            kept.setdefault(key, []).append(index)
    return found
