"""Guidelines show records of the program: what they show, who gets the images, what leaves with a package."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from headwater.annotation import batches, content, gold, guidelines, illustrations, markdown, queries
from headwater.annotation.model import BatchKind, GoldShownError, GuidelineError
from headwater.core.errors import NotFoundError
from tests.annotation import factories
from tests.web import sheets

if TYPE_CHECKING:
    from tests.workspaces import Team


def shown(team: Team) -> tuple[str, str, str]:
    """Put a picture, a chat and another picture into the program and return their ids."""
    places = [team.app.objects.put_media(sheets.png(width)).name for width in (120, 60)]
    pictures = [{"image": place, "width": 120, "height": 80} for place in places]
    first, chat, second = factories.put_records(
        team, ["a scratch", "a chat", "another"], payloads=[pictures[0], sheets.CHAT, pictures[1]]
    )
    return first, chat, second


def test_only_images_that_name_a_record_are_left_in() -> None:
    text = (
        "![a <b>](record:rec_1) ![b](https://x/y.png) [c](record:rec_2) ![d](<record:rec_3>) <img src='record:rec_4'>"
    )
    assert illustrations.named(text) == ["rec_1", "rec_3"]
    html = markdown.illustrated(text)
    assert html.count("<img ") == 2
    assert "https://" not in html
    assert 'href="record:' not in html
    assert illustrations.named(f"```\n{text}\n```") == []
    assert "<img" not in markdown.render(text)


def test_a_guideline_names_records_that_are_there(team: Team) -> None:
    picture, chat, _ = shown(team)
    text = f"# billing\n\nRight: ![A scratch](record:{picture})\n\nWrong: ![A chat](record:{chat})\n"
    made = factories.publish_guideline(team, text)
    with team.read(team.annotators[0]) as ctx:
        found = illustrations.contents(ctx, made.text)
    assert list(found) == [picture, chat]
    assert found[chat].shown["turns"][0]["text"] == "How do I delete my account?"
    with team.act(team.ops) as ctx, pytest.raises(GuidelineError, match="shows record 'rec_gone'"):
        guidelines.create(ctx, name="topic", text=f"{text}\n![x](record:rec_gone)\n", change="more")


def test_a_guideline_shows_no_hidden_gold_but_may_show_lessons(team: Team) -> None:
    hidden, lesson, work = factories.put_records(team, ["hidden", "lesson", "work"])
    campaign = factories.open_campaign(team, [work]).id
    with team.act(team.ops) as ctx:
        batches.add(ctx, campaign, name="lessons", records=[lesson], kind=BatchKind.CALIBRATION)
        gold.mark(ctx, campaign, {each: {"topic": "fault"} for each in (hidden, lesson)})
    text = "# fault\n\nRight: ![It broke](record:{})\n"
    with team.act(team.ops) as ctx, pytest.raises(GuidelineError, match="hidden gold"):
        guidelines.create(ctx, name="shown", text=text.format(hidden))
    with team.act(team.ops) as ctx:
        assert guidelines.create(ctx, name="shown", text=text.format(lesson)).version == 1
        task = next(each.task_id for each in queries.golds(ctx, campaign) if each.record_id == hidden)
        gold.retire(ctx, campaign, task, reason="it is an example now")
        assert guidelines.create(ctx, name="shown", text=text.format(hidden), change="better").version == 2


def test_a_record_that_a_guideline_shows_becomes_no_hidden_gold_but_may_be_a_lesson(team: Team) -> None:
    shown_once, shown_now, lesson, drafted, other = factories.put_records(team, ["once", "now", "lesson", "draft", "x"])
    campaign = factories.open_campaign(team, [other]).id
    text = "# fault\n\n![It broke](record:{})\n\nIn code stays `record:{}` what it is.\n"
    factories.publish_guideline(team, text.format(shown_once, other), name="shown")
    newest = factories.publish_guideline(team, text.format(shown_now, other), name="shown", change="better")
    with team.act(team.ops) as ctx:
        draft = guidelines.create(ctx, name="shown", text=text.format(drafted, other), change="another")
        batches.add(ctx, campaign, name="lessons", records=[lesson, shown_now], kind=BatchKind.CALIBRATION)
        assert gold.mark(ctx, campaign, {each: {"topic": "fault"} for each in (lesson, shown_now, drafted, other)}) == 4
        assert list(illustrations.showing(ctx, [shown_now, drafted, other])) == [shown_now]
        assert illustrations.showing(ctx, [shown_now])[shown_now].id == newest.id
    before = len(marked_in(team, campaign))
    with team.act(team.ops) as ctx, pytest.raises(GoldShownError, match="shown v1 shows record") as told:
        gold.mark(ctx, campaign, {shown_once: {"topic": "fault"}})
    assert "Take another record" in told.value.remedy
    assert len(marked_in(team, campaign)) == before
    with team.act(team.ops) as ctx, pytest.raises(GuidelineError, match="hidden gold"):
        guidelines.propose(ctx, draft.id)


def marked_in(team: Team, campaign: str) -> list[str]:
    with team.read(team.ops) as ctx:
        return [each.record_id for each in queries.golds(ctx, campaign)]


def test_an_image_is_had_through_the_guideline_that_shows_it(team: Team) -> None:
    picture, chat, other = shown(team)
    made = factories.publish_guideline(team, f"# billing\n\n![A scratch](record:{picture}) ![c](record:{chat})\n")
    with team.read(team.annotators[0]) as ctx:
        assert illustrations.image(ctx, made.id, picture).media_type == "image/png"
        for record in (other, chat, "rec_gone"):
            with pytest.raises(NotFoundError):
                illustrations.image(ctx, made.id, record)
    with team.read(team.ops) as ctx:  # who writes the next version looks at it before it is written
        assert illustrations.image(ctx, made.id, other).media_type == "image/png"


def test_a_record_that_was_erased_is_shown_no_more(team: Team) -> None:
    picture, chat, other = shown(team)
    text = f"# billing\n\n![A scratch](record:{picture})\n\n![Other](record:{other})\n![c](record:{chat})\n"
    made = factories.publish_guideline(team, text)
    pin = team.app.records.erase(team.app.database, team.program, [picture])
    with team.act(team.ops) as ctx:
        team.app.records.confirm(ctx.db, team.program, pin)
    content._shelves.clear()  # what was read before is kept for a minute
    with team.read(team.annotators[0]) as ctx:
        assert list(illustrations.contents(ctx, made.text)) == [other, chat]


def test_a_package_has_the_examples_without_the_ids_of_their_records(team: Team) -> None:
    picture, chat, _ = shown(team)
    text = f"# billing\n\n![A scratch](record:{picture})\n\n![A chat](record:{chat})\n"
    with team.read(team.ops) as ctx:
        files = illustrations.packed(ctx, text)
    image, words = sorted(set(files) - {"guideline.md"})
    assert files[image].startswith(b"\x89PNG")
    assert json.loads(files[words])["content"]["turns"][1]["text"] == "Open the settings and choose Delete."
    rules = files["guideline.md"].decode()
    assert f"![A scratch]({image})" in rules
    assert f"![A chat]({words})" in rules
    assert not any(record.encode() in data for data in files.values() for record in (picture, chat))
