"""The corpus of the demonstration, divided: what is taken in first, what is held back, what production sends."""

from __future__ import annotations

import zlib
from collections import Counter
from typing import TYPE_CHECKING, Any

from headwater.demo.people import STARVABLE
from headwater.governance.model import Decision
from headwater.sourcing import corpora, coverage, intakes, queries, sources
from headwater.sourcing.curation import Recipe
from headwater.sourcing.items import Item
from headwater.sourcing.model import SourceKind
from headwater.text import normal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headwater.context import Context
    from headwater.demo.story import Story

PRODUCTION_SHARE = 3
"""One of so many distinct messages is production traffic: evaluated on, never taken in."""
STARVED_SHARE = 0.12
"""Share of the starved topics that the first sourcing finds."""
RECIPE = Recipe(languages=("en",))


def starved(story: Story) -> tuple[str, str]:
    """Return the two topics the first sourcing leaves nearly out, chosen by the seed."""
    conflicted = {each.misread for each in story.teams}
    free = [topic for topic in STARVABLE if topic not in conflicted]
    chosen = story.rng("starved").choice(free, 2, replace=False)
    return str(chosen[0]), str(chosen[1])


def production() -> list[Item]:
    """Return production's messages, each once."""
    found: dict[str, Item] = {}
    for item in corpora.conversations():
        if _is_production(item):
            found.setdefault(normal.fingerprint(item.text), item)
    return list(found.values())


def first_supply(story: Story) -> list[Item]:
    """Return the items of the first intake: English without most of two topics, and German by mistake."""
    thin = starved(story)
    items = [
        item
        for item in corpora.conversations(("english", "german"))
        if not _is_production(item) and (item.attributes["category"] not in thin or not _held_back(item))
    ]
    return _numbered(items)


def reserve(topics: Sequence[str]) -> list[Item]:
    """Return the held-back items of some topics."""
    items = [
        item
        for item in corpora.conversations()
        if not _is_production(item) and item.attributes["category"] in topics and _held_back(item)
    ]
    return _numbered(items)


def take_in(story: Story, key: str, items: list[Item], origin: str) -> dict[str, Any]:
    """Run an intake, or go on with the one a kill interrupted."""
    begun = story.once(
        f"{key}:intake",
        "operations",
        lambda ctx: {"id": intakes.start(ctx, source="chatterbot-corpus", origin=origin, recipe=RECIPE).id},
    )
    done = intakes.run(
        lambda: story.act("operations"),
        story.app.database,
        begun["id"],
        items,
        on_progress=lambda n: story.progress("intake", n, len(items)),
    )
    return {"id": done.id, "read": done.read, "added": done.added, "rejected": done.rejected}


def supply(story: Story) -> dict[str, Any]:
    """Approve the source, run the first intake, and set the pool against production."""

    def register(ctx: Context) -> dict[str, Any]:
        source = sources.register(
            ctx, name="chatterbot-corpus", kind=SourceKind.PUBLIC, provenance=corpora.provenance()
        )
        sources.propose(ctx, source.id)
        return {"id": source.id}

    source = story.once("source", "operations", register)["id"]
    story.decide(
        "source",
        source,
        Decision.SOURCE_APPROVE,
        lambda ctx: sources.approve(ctx, source, reason="Open licence, no personal data intended."),
    )
    done = take_in(story, "first", first_supply(story), "first sourcing")
    traffic = [item.attributes for item in production()]

    def measure(ctx: Context) -> dict[str, Any]:
        coverage.profile(ctx, traffic, by=["category"])
        return {"n": len(traffic)}

    story.once("profile", "operations", measure)

    def look(ctx: Context) -> dict[str, Any]:
        gaps = [[gap.slice, gap.records, gap.wanted] for gap in coverage.gaps(ctx)]
        return {"rejects": queries.reject_counts(ctx, [done["id"]]), "gaps": gaps}

    seen = story.once("supplied", "operations", look)  # before any later intake, also when the run is resumed
    story.tell(
        f"Intake read {done['read']:,} items: {done['added']:,} records, "
        f"{done['rejected']:,} rejects {seen['rejects']}."
    )
    told = ", ".join(f"{name} ({records} of {wanted})" for name, records, wanted in seen["gaps"][:4])
    story.tell(f"Coverage gaps: {told or 'none'}")
    return {"records": done["added"], "rejects": seen["rejects"], "gaps": [name for name, _, _ in seen["gaps"]]}


def category_counts(items: Sequence[Item]) -> Counter[str]:
    """Return how many items each topic has."""
    return Counter(str(item.attributes["category"]) for item in items)


def _is_production(item: Item) -> bool:
    return zlib.crc32(normal.fold(item.text).encode()) % PRODUCTION_SHARE == 0


def _held_back(item: Item) -> bool:
    return (zlib.crc32(b"held" + normal.fold(item.text).encode()) % 1000) / 1000 >= STARVED_SHARE


def _numbered(items: Sequence[Item]) -> list[Item]:
    return [
        Item(place=place, text=item.text, kind=item.kind, payload=item.payload, attributes=item.attributes)
        for place, item in enumerate(items, 1)
    ]
