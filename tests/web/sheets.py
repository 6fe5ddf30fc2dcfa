"""Schemas and records of every kind of question, and how tests work on them in a browser."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from playwright.sync_api import expect

from headwater.annotation.plan import Plan
from headwater.annotation.store.answers import answer
from tests.annotation import factories
from tests.servers import ARTEFACTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from playwright.sync_api import Browser, Page

    from tests.serving import Served
    from tests.workspaces import Team

PICTURES = ARTEFACTS / "workspace"
CHAT = {
    "messages": [
        {"role": "user", "content": "How do I delete my account?"},
        {"role": "assistant", "content": "Open the settings and choose Delete."},
        {"role": "user", "content": "And my data?"},
        {"role": "assistant", "content": "It is gone within thirty days."},
    ]
}
RESPONSES = {"responses": ["Use a comma.", "Use a semicolon here.", "Ask an editor to look."]}
KINDS: dict[str, tuple[list[dict[str, Any]], Mapping[str, object]]] = {
    "single": ([{"name": "topic", "kind": "single", "options": ["billing", "fault", "praise"]}], {}),
    "multiple": (
        [{"name": "topics", "kind": "multiple", "minimum": 2, "options": ["billing", "fault", "praise"]}],
        {},
    ),
    "hierarchy": (
        [
            {
                "name": "area",
                "kind": "single",
                "leaves_only": True,
                "options": [
                    "device",
                    {"value": "phone", "parent": "device"},
                    {"value": "tablet", "parent": "device"},
                    {"value": "old", "label": "An old tablet", "parent": "tablet"},
                    "service",
                ],
            }
        ],
        {},
    ),
    "rating": ([{"name": "quality", "kind": "rating", "text": "How good is it?"}], {}),
    "numeric": (
        [{"name": "weight", "kind": "numeric", "unit": "kg", "minimum": 0, "maximum": 90, "text": "How heavy is it?"}],
        {},
    ),
    "writing": ([{"name": "reply", "kind": "text", "text": "Write the reply.", "minimum": 5}], {}),
    "rewrite": (
        [{"name": "better", "kind": "text", "text": "Rewrite the reply.", "prefill": "reply"}],
        {"reply": "Thank you for you message, we will sent it back."},
    ),
    "pairwise": (
        [
            {
                "name": "better",
                "kind": "ranking",
                "text": "Which response is better?",
                "reasons": [{"value": "true", "label": "More accurate"}, {"value": "brief", "label": "Shorter"}],
            }
        ],
        {"responses": RESPONSES["responses"][:2]},
    ),
    "ranking": (
        [
            {
                "name": "order",
                "kind": "ranking",
                "text": "Rank the responses.",
                "ties": True,
                "reasons": [{"value": "true", "label": "More accurate"}, {"value": "brief", "label": "Shorter"}],
            }
        ],
        RESPONSES,
    ),
    "refusal": (
        [
            {"name": "refuse", "kind": "refusal", "text": "Should the model answer?"},
            {
                "name": "policy",
                "kind": "single",
                "text": "Which policy?",
                "options": ["privacy", "safety"],
                "when": {"question": "refuse", "values": ["refuse", "partial"]},
            },
        ],
        {},
    ),
    "turns": (
        [
            {"name": "helpful", "kind": "rating", "per_turn": "assistant", "text": "How helpful is this turn?"},
            {"name": "whole", "kind": "single", "text": "Was it solved?", "options": ["yes", "no"]},
        ],
        CHAT,
    ),
    "spans": (
        [
            {
                "name": "parts",
                "kind": "spans",
                "text": "Mark the thing and what happened to it.",
                "options": ["thing", "event", {"value": "number", "help": "figures only"}],
                "relations": ["suffers", "counts"],
            }
        ],
        {},
    ),
}
"""Questions and the payload of a record, by what they show."""


IMAGE_KINDS: dict[str, list[dict[str, Any]]] = {
    kind: [{"name": "marks", "kind": kind, "text": "Mark what is damaged.", "options": ["scratch", "dent"]}]
    for kind in ("boxes", "polygons", "keypoints", "mask")
}


def png(width: int = 120, height: int = 80) -> bytes:
    """Return a picture: a slope of grey with a dark rectangle."""
    return grey([[40 if 30 <= x < 60 and 20 <= y < 40 else 120 + x for x in range(width)] for y in range(height)])


def grey(pixels: Iterable[Iterable[int]]) -> bytes:
    """Return a PNG of rows of shades of grey, each from 0 to 255."""
    lines = [bytes(row) for row in pixels]
    width, height = len(lines[0]), len(lines)
    rows = b"".join(b"\0" + line for line in lines)

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def opened_images(team: Team, questions: Sequence[Mapping[str, Any]], *, tasks: int = 2, data: bytes = b"") -> str:
    """Open a campaign about stored pictures of 120 by 80 pixels and return its id."""
    stored = team.app.objects.put_media(data or png()).name
    payloads = [{"image": stored, "width": 120, "height": 80}] * tasks
    records = factories.put_records(team, [f"picture {place}" for place in range(tasks)], payloads=payloads)
    return factories.open_campaign(team, records, plan=Plan(), data=questions).id


def opened(team: Team, kind: str, *, tasks: int = 2, plan: Plan | None = None) -> str:
    """Open a campaign about records for a kind and return its id."""
    questions, payload = KINDS[kind]
    records = factories.put_records(
        team, [f"The parcel number {place} arrived broken." for place in range(tasks)], payloads=[payload] * tasks
    )
    return factories.open_campaign(team, records, plan=plan or Plan(), data=questions).id


def bench(site: Served, browser: Browser, person: str, campaign: str, **options: object) -> Page:
    """Open the workspace of a campaign as a person, with a task at hand."""
    tab = site.tab_of(browser, person, **options)
    tab.goto(f"{site.url}/p/support/workspace/{campaign}")
    tab.locator("hw-task").wait_for()
    return tab


def press(tab: Page, *keys: str) -> None:
    """Press keys one after the other."""
    for key in keys:
        tab.keyboard.press(key)


def settled(tab: Page) -> None:
    """Wait until nothing is waiting to be sent."""
    expect(tab.locator(".status")).not_to_contain_text("waiting")
    expect(tab.locator(".status")).not_to_contain_text("0 answered")


def picture(tab: Page, name: str) -> None:
    """Keep a screenshot in both themes among the artefacts of the tests."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    for theme in ("light", "dark"):
        tab.emulate_media(color_scheme=theme)
        tab.screenshot(path=PICTURES / f"{name}-{theme}.png")


def values(team: Team, campaign: str) -> Sequence[dict[str, object]]:
    """Return what was answered, oldest first."""
    with team.read() as ctx:
        query = sa.select(answer.c["values"]).where(answer.c.campaign_id == campaign, answer.c.superseded_at.is_(None))
        return list(ctx.db.scalars(query.where(answer.c.tier == "annotate").order_by(answer.c.id)))
