"""Alarms in the demonstration: what the ordinary monitor raised about its campaigns, left to a person to decide."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from headwater.governance import queries as governance
from headwater.quality import advice
from headwater.quality import queries as quality

if TYPE_CHECKING:
    from headwater.demo.story import Story

INTEGRITY = ("speed", "spam", "straight-lining", "copying")
"""Checks of how answers are given, not of what they say."""


def tell(story: Story, campaign: str) -> None:
    """Tell the alarms of a campaign; nobody decides on them here."""
    with story.read() as ctx:
        names = governance.names(ctx)
        rows = quality.alarms(ctx, campaign=campaign)
    for row in reversed(rows):
        headline = advice.headline(row, names)
        story.tell(f"Alarm, waiting for a decision: {headline}")


def report(story: Story) -> dict[str, Any]:
    """Return who was planted to answer without reading, and whom the checks of integrity name."""
    with story.read() as ctx:
        names = governance.names(ctx)
        rows = [row for row in quality.alarms(ctx) if row.metric in INTEGRITY]
    people = {name for row in rows for name in row.scope.partition(":")[2].split(",")}
    return {
        "planted": story.hurry.handle,
        "named": sorted(names.get(name, name) for name in people),
        "checks": sorted({row.metric for row in rows}),
    }
