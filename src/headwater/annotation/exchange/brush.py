"""Label Studio's brush masks: run lengths of the bytes of an RGBA picture, packed into bits.

A stream of bits, most significant first: 32 bits how many bytes, 5 bits the width of a word less one, four times 4 bits
the width of a count less one. Then, until all bytes are there, 1 bit whether one word is repeated, 2 bits which of the
four widths, the count less one, and the word or words. A pixel is marked where its fourth byte, the alpha, is not 0.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from headwater.annotation.masks import PIXELS_LIMIT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_CHANNELS = 4
_WORD = 8
_WIDTHS = (3, 4, 8, 16)
_MARKED = 255


def pixels(packed: Sequence[int], size: tuple[int, int]) -> NDArray[np.bool_]:
    """Return the mask of shape `size` (height, width) of packed bytes.

    Raises:
        ValueError: They end early, hold another number of pixels, or the image is larger than 400 megapixels.
    """
    height, width = size
    bits = _Bits(bytes(packed))
    total = bits.take(32)
    if height * width > PIXELS_LIMIT or total != height * width * _CHANNELS:
        raise ValueError(f"a brush mask of {total} bytes, expected {_CHANNELS} for each of {height} × {width} pixels")
    word = bits.take(5) + 1
    widths = [bits.take(4) + 1 for _ in _WIDTHS]
    if word != _WORD:
        raise ValueError(f"a brush mask with words of {word} bits, expected {_WORD}")
    found = np.zeros(total, np.uint8)
    place = 0
    while place < total:
        repeated = bits.take(1)
        count = bits.take(widths[bits.take(2)]) + 1
        if place + count > total:
            raise ValueError("a brush mask with more bytes than it says")
        if repeated:
            found[place : place + count] = bits.take(_WORD)
        else:
            words = bits.take(count * _WORD).to_bytes(count, "big")
            found[place : place + count] = np.frombuffer(words, np.uint8)
        place += count
    return found.reshape((height, width, _CHANNELS))[:, :, 3] > 0


def packed(mask: NDArray[np.bool_]) -> list[int]:
    """Return a mask of shape (height, width) as packed bytes; marked pixels are opaque white."""
    flat = mask.ravel()
    edges = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    bounds = [0, *edges.tolist(), len(flat)]
    parts = [f"{len(flat) * _CHANNELS:032b}{_WORD - 1:05b}", *(f"{width - 1:04b}" for width in _WIDTHS)]
    for start, end in pairwise(bounds):
        left = (end - start) * _CHANNELS
        while left:
            count = min(left, 1 << _WIDTHS[-1])
            which = next(n for n, width in enumerate(_WIDTHS) if count <= 1 << width)
            parts.append(f"1{which:02b}{count - 1:0{_WIDTHS[which]}b}{_MARKED if flat[start] else 0:08b}")
            left -= count
    text = "".join(parts)
    text += "0" * (-len(text) % 8)
    return list(int(text, 2).to_bytes(len(text) // 8, "big"))


class _Bits:
    """Bytes read bit by bit."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._place = 0

    def take(self, count: int) -> int:
        """Return the next bits as a number."""
        end = self._place + count
        if end > len(self._data) * 8:
            raise ValueError("a brush mask that ends early")
        part = int.from_bytes(self._data[self._place >> 3 : (end + 7) >> 3], "big") >> (-end % 8)
        self._place = end
        return part & ((1 << count) - 1)
