"""Marks drawn over their image: boxes, outlines, masks and points of several answers, each in a colour of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from markupsafe import Markup

from headwater.annotation.masks import counts_of

if TYPE_CHECKING:
    from collections.abc import Sequence

VOICES = 6
"""Colours there are; further answers begin again."""
_MOST_RUNS = 6_000
"""Stretches of a mask that are drawn; of a larger one every second column, or third, and so on."""


def overlay(size: tuple[int, int] | None, answers: Sequence[object]) -> Markup:
    """Return the marks of some answers as a drawing to lay over an image; empty where there is nothing to draw.

    Args:
        size: Width and height of the image in pixels; None where they are not known.
        answers: Values of one question, in the order in which they are told; those without marks take their place.
    """
    if size is None:
        return Markup("")
    width, height = size
    layers = [_layer(place, value, width) for place, value in enumerate(answers)]
    if not any(layers):
        return Markup("")
    return Markup('<svg class="drawn" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
        width, height, "The marks of the answers on the image", Markup("").join(layers)
    )


def _layer(place: int, value: object, width: int) -> Markup:
    """The marks of an answer, each with the answer's number and the label."""
    marks = [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []
    if not marks:
        return Markup("")
    size = max(9.0, width / 50)
    parts = []
    for mark in marks:
        shape, (x, low, high) = _shape(mark, size)
        # answers take the upper and the lower edge in turn, since what they mark is often nearly the same
        y = low - 0.25 * size if place % 2 == 0 and low > size else high + 0.95 * size
        parts.append(
            Markup('<g>{}<text x="{}" y="{:g}" font-size="{:g}">{} {}</text></g>').format(
                shape, x, y, size, place + 1, mark.get("label", "")
            )
        )
    return Markup('<g data-voice="{}">{}</g>').format(place % VOICES + 1, Markup("").join(parts))


def _shape(mark: Mapping[str, Any], size: float) -> tuple[Markup, tuple[float, float, float]]:
    """The shape of a mark; with its left end, its top and its bottom."""
    if "rle" in mark:
        return _mask(mark["rle"])
    if "points" in mark:
        points = np.asarray(mark["points"], np.float64).reshape(-1, 2)
        corners = " ".join(f"{x:g},{y:g}" for x, y in points.tolist())
        shape = Markup('<polygon points="{}"/>').format(corners)
        return shape, (float(points[:, 0].min()), float(points[:, 1].min()), float(points[:, 1].max()))
    x, y = float(mark["x"]), float(mark["y"])
    if "width" in mark:
        box = Markup('<rect x="{:g}" y="{:g}" width="{:g}" height="{:g}"/>')
        return box.format(x, y, mark["width"], mark["height"]), (x, y, y + float(mark["height"]))
    radius = size / 3
    return Markup('<circle cx="{:g}" cy="{:g}" r="{:g}"/>').format(x, y, radius), (x + radius, y - radius, y + radius)


def _mask(rle: Mapping[str, Any]) -> tuple[Markup, tuple[float, float, float]]:
    """A mask as one path, a bar for every stretch of every column; nothing where its run lengths do not add up."""
    height = int(rle["size"][0])
    try:
        ends = np.cumsum(counts_of(dict(rle)))
    except ValueError:
        return Markup(""), (0.0, 0.0, 0.0)
    starts, stops = ends[0:-1:2], ends[1::2]
    bars = [
        (column, max(start, column * height), min(stop, (column + 1) * height))
        for start, stop in zip(starts.tolist(), stops.tolist(), strict=True)
        for column in range(start // height, (max(start, stop - 1)) // height + 1)
        if start < stop
    ]
    if not bars:
        return Markup(""), (0.0, 0.0, 0.0)
    step = -(-len(bars) // _MOST_RUNS)
    path = "".join(
        f"M{column} {start - column * height}h{step}v{stop - start}h-{step}z"
        for column, start, stop in bars
        if column % step == 0
    )
    tops = [start - column * height for column, start, _ in bars]
    bottoms = [stop - column * height for column, _, stop in bars]
    return Markup('<path d="{}"/>').format(path), (float(bars[0][0]), float(min(tops)), float(max(bottoms)))
