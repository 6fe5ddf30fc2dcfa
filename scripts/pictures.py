"""Take the pictures that the documentation shows, in a real browser:

    .venv/bin/python -m scripts.pictures
    .venv/bin/python -m scripts.pictures demo-workspace

The first command works by keyboard in a served workspace of its own; the second takes the front page of a finished
demonstration. The pictures go to `docs/images`.
"""  # noqa: D415 -- ends in a command

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from playwright.sync_api import sync_playwright

from headwater.annotation import batches, campaigns
from headwater.app.application import open_app
from headwater.app.workspace import init
from headwater.governance import queries as governance
from tests.annotation import factories
from tests.servers import BROWSERS
from tests.serving import served
from tests.web.sheets import grey, press
from tests.workspaces import PastClock, make_team

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray
    from playwright.sync_api import Page

    from headwater.app.application import App
    from tests.workspaces import Team

IMAGES = Path(__file__).parent.parent / "docs" / "images"
SIZE = {"width": 1280, "height": 800}
MESSAGE = (
    "The parcel with order 4711 arrived on Monday, but the lid was cracked and one of the two filters was missing. "
    "I called twice and was told to wait."
)
CHAT = [
    {"role": "user", "content": "I was charged twice for invoice 4711. Can I have the money back?"},
    {
        "role": "assistant",
        "content": "Yes. A double charge is returned within **five days**; you need not do anything.",
    },
    {"role": "user", "content": "And how do I see that it was?"},
    {"role": "assistant", "content": "Open *Account → Payments*. It says:\n\n```text\n4711  returned  39.00\n```"},
]
SPAN_RULES = (
    "# Marking complaints\n\nMark whole words.\n\n## thing\n\nWhat the message is about.\n\n- Right: the lid\n- Wrong: "
    "Monday\n\n## event\n\nWhat happened to it.\n\n- Right: was cracked\n- Tie-break: What was said is no event.\n\n"
    "## number\n\nFigures that identify something.\n\n- Right: 4711\n- Wrong: two\n"
)
CHAT_RULES = (
    "# Judging replies\n\n## helpful\n\nWould the person know what to do next?\n\n- Right: names the page and what it "
    "says\n- Wrong: is polite and says nothing\n- Tie-break: A right answer that is hard to find is a 3.\n\n"
    "## refuse\n\nWhether a reply should be given at all.\n"
)
BOX_RULES = (
    "# Damage on lids\n\n## scratch\n\nA line longer than it is wide.\n\n- Right: visible without enlarging\n- Wrong: "
    "an edge of the part\n\n## dent\n\nA shadow with two sides.\n\n- Tie-break: A scratch in a dent is a dent.\n"
)


def main(demo: Path | None = None) -> None:
    """Take the pictures of the annotation workspace anew, or that of a demonstration's front page."""
    if demo is not None:
        with open_app(demo) as app:
            front(app)
        return
    with tempfile.TemporaryDirectory() as held:
        folder = Path(held) / "workspace"
        init(folder).close()
        with open_app(folder, clock=PastClock()) as app:
            take(make_team(app))


def front(app: App) -> None:
    """Take the picture of the front page as the lead sees it."""
    with app.read_as() as ctx:
        lead, program = governance.person_by_handle(ctx, "lead").id, governance.programs(ctx)[0].slug
    with served(app) as site, sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        tab = site.tab_of(browser, lead, viewport={"width": 1280, "height": 860})
        tab.goto(f"{site.url}/p/{program}/")
        tab.screenshot(path=IMAGES / "front.png")
        browser.close()


def chromium() -> str | None:
    """Return the system's browser; None for Playwright's own."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def take(team: Team) -> None:
    """Take the pictures in a team's workspace."""
    spans = [
        {
            "name": "parts",
            "kind": "spans",
            "text": "Mark the things and what happened to them.",
            "options": ["thing", "event", {"value": "number", "help": "that identifies something"}],
            "relations": ["suffers"],
        }
    ]
    chat = [
        {"name": "helpful", "kind": "rating", "per_turn": "assistant", "text": "How helpful is this reply?"},
        {"name": "refuse", "kind": "refusal", "text": "Should the model answer?"},
    ]
    boxes = [{"name": "damage", "kind": "boxes", "text": "Mark what is damaged.", "options": ["scratch", "dent"]}]
    stored = team.app.objects.put_media(grey(lid())).name
    picture = {"image": stored, "width": 480, "height": 320}
    opened = {
        "spans": campaign(team, "Complaints", SPAN_RULES, spans, MESSAGE, {}),
        "chat": campaign(team, "Support replies", CHAT_RULES, chat, "", {"messages": CHAT}),
        "boxes": campaign(team, "Damaged lids", BOX_RULES, boxes, "", picture),
    }
    with served(team.app) as site, sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        tab = site.tab_of(browser, team.annotators[0], viewport=SIZE)
        for name, identifier in opened.items():
            tab.goto(f"{site.url}/p/support/workspace/{identifier}")
            tab.locator("hw-task").wait_for()
            work(tab, name)
            tab.wait_for_timeout(500)
            tab.screenshot(path=IMAGES / f"workspace-{name}.png")
        browser.close()


def campaign(
    team: Team, name: str, rules: str, questions: Sequence[Mapping[str, Any]], text: str, payload: Mapping[str, object]
) -> str:
    """Open a campaign of forty tasks about one record, and return its id."""
    records = factories.put_records(
        team, [text] * 40, payloads=[payload] * 40, ids=[f"rec_{name.replace(' ', '')}_{place}" for place in range(40)]
    )
    schema = factories.publish_schema(team, questions, name=name)
    guideline = factories.publish_guideline(team, rules, name=name)
    with team.act(team.ops) as ctx:
        made = campaigns.create(ctx, name=name, schema_id=schema.id, guideline_id=guideline.id)
        batches.add(ctx, made.id, name="one", records=records)
    factories.open_planned(team, made.id)
    return made.id


def work(tab: Page, name: str) -> None:
    """Answer a little by keyboard."""
    if name == "chat":
        press(tab, "4", "5")
        tab.keyboard.press("ArrowUp")
    elif name == "boxes":
        tab.wait_for_function("() => document.querySelector('hw-picture')?.view")
        press(tab, *["ArrowUp"] * 3, " ", *["ArrowRight"] * 9, *["ArrowDown"] * 6, " ")
    else:
        for words, key in (("4711", "3"), ("lid", "1"), ("was cracked", "2")):
            start = MESSAGE.index(words)
            tab.evaluate(
                "([start, end]) => { const node = document.querySelector('hw-record').texts[0];"
                " getSelection().setBaseAndExtent(node, start, node, end); }",
                [start, start + len(words)],
            )
            tab.wait_for_timeout(100)
            press(tab, key)
        press(tab, "p", "r", "n", "1")


def lid() -> NDArray[np.uint8]:
    """Return a picture of a round lid with a scratch (320 × 480)."""
    y, x = np.mgrid[0:320, 0:480].astype(float)
    away = np.hypot(x - 240, y - 160)
    plate, ring, line = away < 140, np.abs(away - 120) < 4, np.abs((x - 240) * 0.5 - (y - 130)) < 2.5  # noqa: PLR2004 -- pixels
    shade = np.where(plate, 190 - 0.35 * (y - 20), 60.0) - 40 * ring - 90 * (line & (x > 236) & (x < 320))  # noqa: PLR2004
    noise = np.random.default_rng(1).normal(0, 3, shade.shape)
    found: NDArray[np.uint8] = np.clip(shade + noise, 0, 255).astype(np.uint8)
    return found


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
