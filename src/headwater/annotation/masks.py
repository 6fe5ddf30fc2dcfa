"""Masks as run lengths: COCO's, by columns, as a list or as text, and CVAT's, by rows inside a box."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

PIXELS_LIMIT = 400_000_000
_BITS, _SIGN, _MORE, _OFFSET = 5, 0x10, 0x20, 48
_LONGEST = 12
"""Most characters of one run length, less one; what is longer is no picture's."""


def counts_of(rle: dict[str, Any]) -> list[int]:
    """Return COCO's run lengths as numbers, background first.

    Raises:
        ValueError: They do not add up to the size, or the image is larger than 400 megapixels.
    """
    counts = _unpacked(rle["counts"]) if isinstance(rle["counts"], str) else [int(each) for each in rle["counts"]]
    height, width = (int(each) for each in rle["size"])
    if height * width > PIXELS_LIMIT or min(counts, default=0) < 0 or sum(counts) != height * width:
        raise ValueError(f"run lengths add up to {sum(counts)}, expected {height} × {width}")
    return counts


def _unpacked(text: str) -> list[int]:
    """Five bits to a sign, least first; from the third run on the difference to the run two before."""
    counts: list[int] = []
    place = 0
    while place < len(text):
        value = shift = 0
        more = True
        while more:
            if place == len(text) or shift > _LONGEST:
                raise ValueError("run lengths that end early")
            sign = ord(text[place]) - _OFFSET
            value |= (sign & 0x1F) << (_BITS * shift)
            more = bool(sign & _MORE)
            place += 1
            shift += 1
            if not more and sign & _SIGN:
                value |= -1 << (_BITS * shift)
        counts.append(value + (counts[-2] if len(counts) > 2 else 0))  # noqa: PLR2004 -- from the third on
    return counts


def pixels(rle: dict[str, Any]) -> NDArray[np.bool_]:
    """Return a mask of shape (height, width)."""
    counts = counts_of(rle)
    values = np.arange(len(counts)) % 2 == 1
    height, width = rle["size"]
    return np.repeat(values, counts).reshape((width, height)).T


def rle_of(mask: NDArray[np.bool_]) -> dict[str, Any]:
    """Return COCO's run lengths, as a list, of a mask of shape (height, width)."""
    return {"size": [int(mask.shape[0]), int(mask.shape[1])], "counts": _runs(mask.T.ravel())}


def boxed(mask: NDArray[np.bool_]) -> tuple[int, int, int, int, list[int]]:
    """Return left, top, width, height of what is marked, and the run lengths by rows inside; zeros for nothing."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    if not len(rows):
        return 0, 0, 0, 0, []
    top, left = int(rows[0]), int(columns[0])
    inside = mask[top : rows[-1] + 1, left : columns[-1] + 1]
    return left, top, inside.shape[1], inside.shape[0], _runs(inside.ravel())


def unboxed(counts: Sequence[int], box: tuple[int, int, int, int], size: tuple[int, int]) -> NDArray[np.bool_]:
    """Return the mask of shape `size` (height, width) of run lengths by rows inside a box (left, top, width, height).

    Raises:
        ValueError: The runs do not fill the box, or the box is not inside the image.
    """
    left, top, width, height = box
    if min(left, top, width, height) < 0 or left + width > size[1] or top + height > size[0]:
        raise ValueError(f"the box {box} is not inside an image of {size[1]} × {size[0]} pixels")
    if sum(counts) != width * height or size[0] * size[1] > PIXELS_LIMIT:
        raise ValueError(f"run lengths add up to {sum(counts)}, expected {width} × {height}")
    mask = np.zeros(size, bool)
    values = np.arange(len(counts)) % 2 == 1
    mask[top : top + height, left : left + width] = np.repeat(values, counts).reshape((height, width))
    return mask


def _runs(flat: NDArray[np.bool_]) -> list[int]:
    edges = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    lengths = np.diff(np.concatenate(([0], edges, [len(flat)])))
    return [0, *lengths.tolist()] if len(flat) and flat[0] else lengths.tolist()
