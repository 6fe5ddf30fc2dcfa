"""Drawings made on the server: figures over time; every number in them also stands in a table beside them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headwater.stats.interval import Estimate

WIDTH, HEIGHT = 640, 180
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 10, 10, 30
_NAMES = 9
"""Most names written under the points."""


class Point(NamedTuple):
    """A figure at its place in the drawing."""

    name: str
    figure: Estimate


def series(points: Sequence[Point], *, title: str, reference: float | None = None) -> Markup:
    """Return figures with their intervals from left to right.

    Args:
        points: In their order; undefined ones leave a gap.
        title: What is drawn, for those who do not see it.
        reference: Where a line is drawn across, such as a standard.
    """
    known = [each for each in points if each.figure.defined]
    if not known:
        return Markup("")
    ends = [end for each in known for end in (each.figure.value, each.figure.low, each.figure.high)]
    ends = [end for end in (*ends, reference) if end is not None and not math.isnan(end)]
    low, high = math.floor(min(ends) * 10) / 10, max(math.ceil(max(ends) * 10) / 10, min(ends) + 0.1)
    step = (WIDTH - _LEFT - _RIGHT) / len(points)
    parts = [_grid(low, high)]
    if reference is not None:
        y = _y(reference, low, high)
        parts.append(Markup('<line class="reference" x1="{}" x2="{}" y1="{}" y2="{}"/>').format(_LEFT, WIDTH, y, y))
    for place, point in enumerate(points):
        parts.append(_point(point, round(_LEFT + step * (place + 0.5), 1), low, high))
        if place % max(1, -(-len(points) // _NAMES)) == 0:
            x = round(_LEFT + step * (place + 0.5), 1)
            parts.append(
                Markup('<text x="{}" y="{}" text-anchor="middle">{}</text>').format(x, HEIGHT - 10, point.name)
            )
    spoken = f"{title}: from {known[0].figure.value:.3f} at {known[0].name}"
    spoken += f" to {known[-1].figure.value:.3f} at {known[-1].name}" if len(known) > 1 else ""
    return Markup('<svg class="series" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
        WIDTH, HEIGHT, spoken, Markup("").join(parts)
    )


def _grid(low: float, high: float) -> Markup:
    line = Markup(
        '<line class="scale" x1="{}" x2="{}" y1="{}" y2="{}"/><text x="{}" y="{}" text-anchor="end">{}</text>'
    )
    places = [(mark, _y(mark, low, high)) for mark in (low, (low + high) / 2, high)]
    return Markup("").join(line.format(_LEFT, WIDTH, y, y, _LEFT - 6, y + 4, f"{mark:.2f}") for mark, y in places)


def _point(point: Point, x: float, low: float, high: float) -> Markup:
    figure = point.figure
    if not figure.defined:
        return Markup("")
    bar = Markup("")
    if not math.isnan(figure.low):
        bar = Markup('<line class="range" x1="{}" x2="{}" y1="{}" y2="{}"/>').format(
            x, x, _y(figure.low, low, high), _y(figure.high, low, high)
        )
    return bar + Markup('<circle cx="{}" cy="{}" r="4"><title>{}: {}</title></circle>').format(
        x, _y(figure.value, low, high), point.name, str(figure)
    )


def _y(value: float, low: float, high: float) -> float:
    share = (min(max(value, low), high) - low) / (high - low)
    return round(_TOP + (1 - share) * (HEIGHT - _TOP - _BOTTOM), 1)
