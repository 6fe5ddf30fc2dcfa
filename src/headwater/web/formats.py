"""How values look on pages: numbers, moments, estimates, states."""

from __future__ import annotations

import json
import math
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from headwater.web import events

if TYPE_CHECKING:
    from collections.abc import Callable

    from headwater.stats.interval import Estimate

_IDS = re.compile(r"([a-z]{2,4}_[0-9a-f]{32,64})")
_TONES = {
    "good": {
        "approved",
        "accepted",
        "published",
        "done",
        "open-campaign",
        "effective",
        "passed",
        "closed",
        "better",
        "good",
        "upheld",
        "live",
        "active",
    },
    "attention": {
        "proposed",
        "candidate",
        "waived",
        "inconclusive",
        "running",
        "draft",
        "attention",
        "diagnosed",
        "authorised",
        "acknowledged",
        "leaks",
        "asked-again",
        "corrected",
        "returned",
        "expired",
        "stopped",
    },
    "bad": {"rejected", "refused", "failed", "yanked", "ineffective", "bad", "worse", "alarm", "questioned"},
}


def tone(state: object) -> str:
    """Return `good`, `attention`, `bad` or `idle` for a state's word."""
    word = str(getattr(state, "value", state))
    return next((name for name, words in _TONES.items() if word in words), "idle")


def when(moment: datetime | None) -> Markup:
    """Return a moment as a `time` element; the exact one is in its title."""
    if moment is None:
        return Markup("–")
    exact = moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    return Markup('<time datetime="{}" title="{}">{}</time>').format(moment.isoformat(), exact, exact[:16])


def number(value: float | None) -> str:
    """Return a count with thousands separated, or a share with three digits."""
    if value is None or math.isnan(value):
        return "–"
    return f"{value:,}" if isinstance(value, int) else f"{value:.3f}"


def percent(value: float | None) -> str:
    """Return a share in percent."""
    return "–" if value is None or math.isnan(value) else f"{value:.1%}"


def estimate(value: Estimate) -> Markup:
    """Return an estimate with its interval and n; the method is in its title."""
    if math.isnan(value.value):
        return Markup('<span class="estimate" title="{}">undefined <small>n = {}</small></span>').format(
            f"{value.method}: {value.note}", value.n
        )
    span = "" if math.isnan(value.low) else f"[{value.low:.3f}, {value.high:.3f}]"
    return Markup('<span class="estimate" title="{}"><b>{}</b> <small><i>{}</i> <i>n = {}</i></small></span>').format(
        f"{value.method}, {value.confidence:.0%} interval", f"{value.value:.3f}", span, f"{value.n:,}"
    )


def measure(metric: str) -> str:
    """Return what a metric is called in the field; the metric itself where it has no name."""
    return _MEASURES.get(metric, metric)


def interval_bar(value: Estimate, low: float = 0.0, high: float = 1.0) -> Markup:
    """Return a small drawing of an estimate and its interval on a scale."""
    if math.isnan(value.value):
        return Markup("")

    def place(number_: float) -> float:
        return round(2 + 116 * (min(max(number_, low), high) - low) / (high - low), 1)

    ends = (place(value.low), place(value.high)) if not math.isnan(value.low) else (place(value.value),) * 2
    return Markup(
        '<svg class="interval" viewBox="0 0 120 14" width="120" height="14" role="img" aria-label="{}">'
        '<line class="scale" x1="2" x2="118" y1="7" y2="7"/><line class="range" x1="{}" x2="{}" y1="7" y2="7"/>'
        '<circle cx="{}" cy="7" r="3.5"/></svg>'
    ).format(f"{value.value:.3f}, {value.low:.3f} to {value.high:.3f}", ends[0], ends[1], place(value.value))


def short(identifier: str) -> Markup:
    """Return an id shortened for reading; the whole is in its title."""
    text = str(identifier)
    if len(text) <= 16:  # noqa: PLR2004 -- short enough
        return escape(text)
    return Markup('<span class="id" title="{}">{}…{}</span>').format(text, text[:7], text[-5:])


def spread(value: object) -> str:
    """Return lists and objects as JSON over several lines, a text as it is."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2)


def briefly(text: str) -> Markup:
    """Return a text with every id in it shortened; the whole ids are in their titles."""
    parts = _IDS.split(str(text))
    return Markup("").join(short(part) if place % 2 else part for place, part in enumerate(parts))


def duration(seconds: float) -> str:
    """Return a time in seconds, minutes or hours, whichever it is best said in."""
    for size, name in ((3600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {name}"
    return f"{max(seconds, 1):.0f} seconds"


_MEASURES = {
    "agreement.alpha": "Krippendorff's alpha",
    "agreement.cohen": "Cohen's kappa",
    "agreement.fleiss": "Fleiss' kappa",
    "agreement.ac1": "Gwet's AC1",
    "agreement.ac2": "Gwet's AC2",
    "agreement.brennan_prediger": "Brennan and Prediger's kappa",
    "agreement.percent": "Percent agreement",
    "agreement.f1": "F1, exact",
    "agreement.f1_overlap": "F1, overlapping",
    "agreement.f1_characters": "F1 of characters",
    "agreement.f1_boundaries": "F1 of boundaries",
    "agreement.gamma": "Gamma",
    "agreement.with_others": "Agreement with the others",
    "gold.accuracy": "Right on gold",
}

FILTERS: dict[str, Callable[..., Any]] = {
    "tone": tone,
    "when": when,
    "number": number,
    "percent": percent,
    "estimate": estimate,
    "interval_bar": interval_bar,
    "measure": measure,
    "short": short,
    "spread": spread,
    "briefly": briefly,
    "told": events.told,
}
