"""Models asked for answers over real HTTP: every reply checked, failures kept, nothing asked twice after a crash."""

from __future__ import annotations

import json
import math
import sqlite3
import threading
from base64 import b64decode
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

import pytest

from headwater.annotation import fetching, prelabels, queries
from headwater.annotation.fetching import Wanted
from headwater.annotation.ports import ModelRefusedError
from headwater.annotation.store import fetches
from headwater.app import models
from headwater.app.models import UnknownModelError
from headwater.core.errors import InvalidError, UnavailableError
from headwater.core.settings import ModelSettings
from headwater.engines.chat import joint_probability
from headwater.governance.model import NotYoursError
from tests.annotation import factories
from tests.annotation.endpoint import KEY, Endpoint, Reply, chat, endpoint, said
from tests.vision.test_header import picture

if TYPE_CHECKING:
    from collections.abc import Iterator

    from headwater.annotation.fetch_model import Fetched
    from headwater.annotation.store.prelabels import Prelabel
    from headwater.app.application import App
    from tests.workspaces import Team


FAULT = {"topic": "fault"}


@pytest.fixture
def model() -> Iterator[Endpoint]:
    with endpoint() as found:
        yield found


def knows(team: Team, found: Endpoint, *, kind: str = "chat", **more: Any) -> App:
    """The team's workspace, whose settings name the endpoint."""
    fast: dict[str, Any] = {"attempts": 3, "pause_s": 0.01, "timeout_s": 5, "key": KEY, "price_in": 2, "price_out": 10}
    settings = ModelSettings(kind=kind, url=found.url, model="judge 1", **(fast | more))  # type: ignore[arg-type]
    return replace(team.app, settings=team.app.settings.model_copy(update={"models": {"judge": settings}}))


def fetched(team: Team, app: App, campaign: str, *, name: str = "fetch-1", **wanted: Any) -> Fetched:
    """Ask the model and wait."""
    predictor = models.predictor(app.settings, "judge")
    with team.act(team.ops) as ctx:
        fetching.begin(ctx, name, Wanted(campaign=campaign, **wanted), model=predictor.name, draws=predictor.draws)
    return fetching.run(lambda: team.act(team.ops), name, predictor, lambda *_: None)


def resumed(team: Team, app: App, name: str = "fetch-1") -> Fetched:
    """Go on with a fetch that stopped."""
    return fetching.run(lambda: team.act(team.ops), name, models.predictor(app.settings, "judge"), lambda *_: None)


def proposed(team: Team, campaign: str) -> dict[str, Prelabel]:
    """What is proposed, by text."""
    with team.read() as ctx:
        (batch,) = queries.batches(ctx, campaign)
        tasks = {task.id: task.record_id for task in queries.tasks_of(ctx, batch.id)}
        found = {task: prelabels.current(ctx, task) for task in tasks}
        texts = {record: factories.text_of(ctx, record) for record in tasks.values()}
    return {texts[tasks[task]]: row for task, row in found.items() if row is not None}


def reasons(team: Team, name: str = "fetch-1") -> dict[int, str]:
    with team.read() as ctx:
        return {row.place: row.reason for row in fetching.failures(ctx, name)}


def test_a_chat_model_answers_by_the_schema_and_guideline(each_team: Team, model: Endpoint) -> None:
    campaign = factories.open_campaign(each_team, 6)
    model.answer = lambda text, _: chat("fault" if text.endswith("3") else "billing", confidence=0.75)
    model.slow_s = 0.02
    done = fetched(each_team, knows(each_team, model, at_once=3), campaign.id)
    assert (done.answered, done.failed, done.left, done.tokens_in, done.tokens_out) == (6, 0, 0, 600, 60)
    assert done.cost == pytest.approx(6 * (100 * 2 + 10 * 10) / 1e6)
    found = proposed(each_team, campaign.id)
    assert {text: row.values["topic"] for text, row in found.items()} == {
        f"message {place}": "fault" if place == 3 else "billing" for place in range(6)
    }
    assert {(row.score, row.model) for row in found.values()} == {(0.75, "judge 1")}
    assert 1 < model.most <= 3
    body = model.bodies[0]
    told = body["messages"][0]["content"]
    assert "Something broke." in told
    assert "* praise" in told
    answers = body["response_format"]["json_schema"]["schema"]["properties"]["answers"]
    assert answers["properties"]["topic"]["anyOf"][0] == {"enum": ["billing", "fault", "praise"]}
    assert model.keys == {f"Bearer {KEY}"}


def test_every_way_to_misbehave_is_a_failure_of_its_record_with_the_reason(team: Team, model: Endpoint) -> None:
    campaign = factories.open_campaign(team, 9)
    odd: dict[str, Any] = {
        "message 0": chat("weather"),
        "message 1": said("I think it is billing."),
        "message 2": (500, {"error": "down"}, {}),
        "message 3": (200, b"<html>", {}),
        "message 4": (400, {"error": "too long"}, {}),
        "message 5": said("", finish_reason="length"),
        "message 6": (200, {"choices": []}, {}),
        "message 7": chat(None),
        "message 8": chat("praise", confidence="sure"),
    }
    model.answer = lambda text, _: odd[text]
    done = fetched(team, knows(team, model, at_once=1), campaign.id)
    assert (done.answered, done.failed) == (1, 8)
    assert [row.score for row in proposed(team, campaign.id).values()] == [None]
    expected = ("'weather'", "not as expected", "status 500", "no JSON", "status 400", "cut off", "range", "left every")
    for reason, part in zip(reasons(team).values(), expected, strict=True):
        assert part in reason
    assert [model.asked[f"message {place}"] for place in range(9)] == [1, 1, 3, 3, 1, 1, 1, 1, 1]


def test_a_busy_endpoint_is_asked_again_and_a_slow_one_is_given_up(team: Team, model: Endpoint) -> None:
    campaign = factories.open_campaign(team, 2)
    model.answer = lambda _, times: chat("praise") if times > 2 else (429, {"error": "wait"}, {"retry-after": "0.02"})
    assert fetched(team, knows(team, model), campaign.id).answered == 2
    assert set(model.asked.values()) == {3}
    model.slow_s = 0.5
    done = fetched(team, knows(team, model, timeout_s=0.1, attempts=2), campaign.id, name="fetch-2", again=True)
    assert done.failed == 2
    assert "Timeout" in reasons(team, "fetch-2")[1]


@pytest.mark.parametrize(
    ("status", "body", "attempts", "said"),
    [
        (500, b"", 1, "Model 'judge' failed with status 500."),
        (500, b"out of memory.", 2, "Model 'judge' failed 2 times, last with status 500: out of memory."),
        (400, b"", 1, "Model 'judge' answered with status 400."),
    ],
)
def test_a_failure_is_said_in_a_whole_sentence(
    team: Team, model: Endpoint, status: int, body: bytes, attempts: int, said: str
) -> None:
    campaign = factories.open_campaign(team, 1)
    model.answer = lambda *_: (status, body, {})
    fetched(team, knows(team, model, attempts=attempts), campaign.id)
    assert reasons(team) == {1: said}


def test_a_redirect_or_a_refused_key_stops_the_fetch_and_nothing_goes_elsewhere(team: Team, model: Endpoint) -> None:
    campaign = factories.open_campaign(team, 5)
    app = knows(team, model, at_once=1)
    with endpoint() as elsewhere:
        replies: list[Reply] = [(307, {}, {"location": f"{elsewhere.url}/steal"}), (401, {"error": "bad key"}, {})]
        for reply, part in zip(replies, ("is not followed", "status 401"), strict=True):
            model.answer = lambda *_, reply=reply: reply
            with pytest.raises(ModelRefusedError, match=part):
                fetched(team, app, campaign.id, name=f"fetch-{reply[0]}")
        assert not elsewhere.bodies
    model.answer = lambda *_: chat("praise")
    done = fetching.run(
        lambda: team.act(team.ops), "fetch-401", models.predictor(app.settings, "judge"), lambda *_: None
    )
    assert (done.answered, done.failed) == (5, 0)  # what was refused was not read, and waited


def test_an_endpoint_that_is_silent_stops_the_fetch_which_can_go_on(team: Team, model: Endpoint) -> None:
    campaign = factories.open_campaign(team, 20)
    model.answer = lambda *_: (503, {}, {})
    app = knows(team, model, at_once=1, attempts=1)
    with pytest.raises(UnavailableError, match="no reply to 10 calls"):
        fetched(team, app, campaign.id)
    assert len(reasons(team)) == 10
    model.answer = lambda *_: chat("praise")
    done = resumed(team, app)
    assert (done.answered, done.failed) == (10, 10)
    assert fetched(team, app, campaign.id, name="fetch-2").answered == 10  # only those without an answer


def test_stopped_in_the_middle_no_record_is_asked_twice(each_team: Team, model: Endpoint) -> None:
    campaign = factories.open_campaign(each_team, 30)
    app = knows(each_team, model, at_once=4)
    model.slow_s = 0.01

    def stop(done: int, _: int) -> None:
        if done >= 8:
            raise KeyboardInterrupt

    predictor = models.predictor(app.settings, "judge")
    with each_team.act(each_team.ops) as ctx:
        fetching.begin(ctx, "fetch-1", Wanted(campaign=campaign.id), model=predictor.name)
    with pytest.raises(KeyboardInterrupt):
        fetching.run(lambda: each_team.act(each_team.ops), "fetch-1", predictor, stop)
    (half,) = standings(each_team, campaign.id)
    assert 8 <= half.answered <= 16  # what was under way was kept
    assert half.answered == sum(model.asked.values())
    with each_team.act(each_team.ops) as ctx:  # one call goes out, and the process dies
        fetches.take(ctx.db, "fetch-1", 1)
    done = fetching.run(lambda: each_team.act(each_team.ops), "fetch-1", predictor, lambda *_: None)
    assert (done.answered, done.failed, done.left) == (29, 1, 0)
    assert "cut off" in next(iter(reasons(each_team).values()))
    assert max(model.asked.values()) == 1


def standings(team: Team, campaign: str) -> list[Fetched]:
    with team.read() as ctx:
        return fetching.standings(ctx, campaign)


def test_a_fetch_is_a_durable_job_that_is_cancelled_and_resumed(team: Team, model: Endpoint) -> None:
    campaign = factories.open_campaign(team, 24)
    app = knows(team, model, at_once=2)
    begun = threading.Event()

    def slowly(_text: str, _time: int) -> Reply:
        begun.set()
        return chat("billing")

    model.answer, model.slow_s = slowly, 0.05
    models_of(app, team)
    try:
        wanted = asdict(Wanted(campaign=campaign.id))
        job = app.jobs.start("fetch", {"model": "judge", "wanted": wanted}, program=team.program, actor=team.ops)
        assert begun.wait(20)
        app.jobs.cancel(job)
        app.jobs.resume(job)  # waits for the attempt before it
        ended = app.jobs.wait(job)
    finally:
        app.jobs.stop()
    assert ended.state == "done"
    assert ended.result is not None
    assert (ended.result["answered"], ended.result["failed"], ended.done, ended.total) == (24, 0, 24, 24)
    assert max(model.asked.values()) == 1


def models_of(app: App, team: Team) -> None:
    """Let the team's jobs run with these settings."""
    from headwater.app import jobs  # noqa: PLC0415 -- the runner is registered anew

    jobs.register(app)
    team.app.jobs.launch()


def test_an_http_model_answers_in_batches(team: Team, model: Endpoint) -> None:
    campaign = factories.open_campaign(team, 5)

    def answer(text: str, _time: int) -> Reply:
        records = model.bodies[-1]["records"]
        rows: list[dict[str, object]] = [
            {"id": each["id"], "value": {"topic": "fault"}, "score": 0.5} for each in records
        ]
        if "message 4" in text:
            rows[0] = {"id": records[0]["id"], "error": "too short"}
        if "message 0" in text:
            rows[1] = {"id": records[1]["id"], "value": FAULT, "score": 7}
        return 200, {"predictions": rows[::-1]}, {}

    model.answer = answer
    done = fetched(team, knows(team, model, kind="http", together=2, at_once=1), campaign.id)
    assert (done.answered, done.failed) == (3, 2)
    assert [len(body["records"]) for body in model.bodies] == [2, 2, 1]
    assert model.bodies[0]["questions"][0]["name"] == "topic"
    assert reasons(team) == {2: "its score 7 is no number from 0 to 1", 5: "the model says: too short"}
    model.answer = lambda *_: (200, [{"value": {"topic": "praise"}}], {})
    done = fetched(team, knows(team, model, kind="http"), campaign.id, name="fetch-2", again=True)
    assert "1 predictions without ids for 5" in reasons(team, "fetch-2")[1]


def test_what_is_asked_can_be_narrowed_and_nothing_left_is_said(team: Team, model: Endpoint) -> None:
    campaign = factories.open_campaign(team, 4)
    factories.work_through(team, campaign.id, team.annotators[0], limit=1)
    app = knows(team, model)
    assert fetched(team, app, campaign.id, only_open=True, limit=2).answered == 2
    assert fetched(team, app, campaign.id, name="fetch-2").answered == 2
    with pytest.raises(InvalidError, match=r"nothing to ask .* ask also about what it answered already"):
        fetched(team, app, campaign.id, name="fetch-3")
    with pytest.raises(InvalidError, match="nothing to ask"):
        fetched(team, app, campaign.id, name="fetch-4", again=True, where="language = 'fr'")


def test_the_key_is_nowhere_to_be_found_and_annotators_may_not_fetch(team: Team, model: Endpoint) -> None:
    campaign = factories.open_campaign(team, 2)
    model.answer = lambda *_: (400, {"error": "no"}, {})
    app = knows(team, model)
    fetched(team, app, campaign.id)
    with sqlite3.connect(team.app.settings.directory / "headwater.sqlite") as file:
        assert KEY not in "\n".join(file.iterdump())
    shown = f"{app.settings!r} {models.known(app.settings)} {reasons(team)}"
    assert KEY not in shown
    assert models.known(app.settings)[0].host.startswith("127.0.0.1:")
    with pytest.raises(UnknownModelError, match="they name judge"):
        models.predictor(app.settings, "other")
    with team.read(team.annotators[0]) as ctx, pytest.raises(NotYoursError):
        fetching.permit(ctx, Wanted(campaign=campaign.id))


def test_the_probability_of_an_answer_is_that_of_its_tokens() -> None:
    pieces = ['{"answers": ', '{"topic": "', "bill", "ing", '"', "}", ', "confidence": 0', ".9}"]
    tokens = [{"token": piece, "logprob": -0.1 * place} for place, piece in enumerate(pieces)]
    # tokens 1 to 5 make the object: 0.1 + 0.2 + 0.3 + 0.4 + 0.5 = 1.5
    assert joint_probability("".join(pieces), tokens) == pytest.approx(math.exp(-1.5), abs=1e-12)
    assert joint_probability("other text", tokens) is None


def test_log_probabilities_are_asked_for_and_read(team: Team, model: Endpoint) -> None:
    campaign = factories.open_campaign(team, 1)
    text = json.dumps({"answers": {"topic": "fault"}, "confidence": 0.99})
    tokens = [
        {"token": text[:12], "logprob": 0.0},
        {"token": text[12:30], "logprob": -0.5},
        {"token": text[30:], "logprob": 0.0},
    ]
    model.answer = lambda *_: said(text, logprobs={"content": tokens})
    fetched(team, knows(team, model, confidence="logprobs"), campaign.id)
    assert model.bodies[0]["logprobs"] is True
    (row,) = proposed(team, campaign.id).values()
    assert row.score == pytest.approx(math.exp(-0.5))


BOXES = [{"name": "rust", "kind": "boxes", "text": "Where?", "options": ["spot"], "required": False}]


def pictures(team: Team, *, data: object = None) -> str:
    """Open a campaign about two pictures, the first of which is not stored."""
    stored = team.app.objects.put_media(picture("PNG", (20, 10))).name
    payloads = [{"image": name, "width": 20, "height": 10} for name in ("media/00/none", stored)]
    records = factories.put_records(team, ["a seal", "a lid"], payloads=payloads)
    return factories.open_campaign(team, records, data=data).id


def test_an_http_model_is_sent_pictures_and_draws_on_them(each_team: Team, model: Endpoint) -> None:
    team = each_team
    campaign = pictures(team, data=BOXES)
    box = {"x": 1, "y": 2, "width": 5, "height": 4, "label": "spot"}
    model.answer = lambda *_: (200, {"predictions": [{"value": {"rust": [box]}, "score": 0.9}]}, {})
    done = fetched(team, knows(team, model, kind="http", together=8), campaign)
    assert (done.answered, done.failed) == (1, 1)
    ((sent,),) = (body["records"] for body in model.bodies)
    assert b64decode(sent["image"]["data"]) == picture("PNG", (20, 10))
    assert (sent["image"]["media_type"], sent["width"], sent["height"]) == ("image/png", 20, 10)
    assert {text: each.values for text, each in proposed(team, campaign).items()} == {"a lid": {"rust": [box]}}
    assert "media/00/none" in next(iter(reasons(team).values()))


def test_a_chat_model_is_shown_pictures(team: Team, model: Endpoint) -> None:
    campaign = pictures(team)
    done = fetched(team, knows(team, model), campaign)
    assert (done.answered, done.failed) == (1, 1)
    (body,) = model.bodies
    words, shown = body["messages"][-1]["content"]
    assert words == {"type": "text", "text": "a lid"}
    kind, _, data = shown["image_url"]["url"].partition(",")
    assert (kind, b64decode(data)) == ("data:image/png;base64", picture("PNG", (20, 10)))


def test_a_chat_model_is_not_asked_to_draw(team: Team, model: Endpoint) -> None:
    with pytest.raises(InvalidError, match="No question of the schema can be put to a model in words"):
        fetched(team, knows(team, model), pictures(team, data=BOXES))
    assert model.bodies == []
