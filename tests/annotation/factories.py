"""Ready-made records, schemas, guidelines and campaigns."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pyarrow as pa

from headwater.annotation import batches, campaigns, gold, guidelines, schemas, tasks
from headwater.annotation.plan import Plan
from headwater.annotation.submissions import Submission
from headwater.core.canonical import canonical_json, digest
from headwater.sourcing import queries as sourcing
from headwater.storage.records import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from headwater.annotation.handouts import Assignment, Receipt
    from headwater.annotation.model import Campaign, Guideline, Schema
    from headwater.context import Context
    from tests.workspaces import Team

TOPICS = ("billing", "fault", "praise")
QUESTIONS = [
    {"name": "topic", "kind": "single", "options": list(TOPICS)},
    {"name": "urgency", "kind": "rating", "required": False},
]
TEXT = "# Topics\n\nRead the message.\n\n## billing\n\nMoney.\n\n## fault\n\nSomething broke.\n\n## praise\n\nThanks.\n"


def put_records(
    team: Team,
    texts: Sequence[str],
    *,
    payloads: Sequence[Mapping[str, object]] = (),
    ids: Sequence[str] = (),
    languages: Sequence[str] = ("en",),
) -> list[str]:
    """Put texts into the program's record table and return their ids, made from the texts unless they are given.

    Languages are repeated in their order.
    """
    app = team.app
    ids = list(ids) or [f"rec_{digest([text, place]).removeprefix('sha256:')}" for place, text in enumerate(texts)]
    count = len(texts)
    rows = pa.table(
        {
            "record_id": ids,
            "source_id": ["src_test"] * count,
            "intake_id": ["itk_test"] * count,
            "kind": ["text"] * count,
            "text": list(texts),
            "payload": [canonical_json(each).decode() for each in payloads or [{}] * count],
            "attributes": ['{"category":"secret truth"}'] * count,
            "language": [languages[place % len(languages)] for place in range(count)],
            "digest": ids,
            "created_at": pa.array([app.clock.now()] * count, pa.timestamp("us", tz="UTC")),
        },
        schema=pa.schema([field for field in SCHEMA if field.name != "seq"]),
    )
    pin = app.records.append(app.database, team.program, rows)
    with team.act(team.ops) as ctx:
        app.records.confirm(ctx.db, team.program, pin)
    return ids


def text_of(ctx: Context, record: str) -> str:
    """Return the text of a record."""
    return sourcing.take(ctx, [record])[0].text


def publish_schema(team: Team, data: object = None, *, name: str = "topic") -> Schema:
    """Write, propose and approve a schema."""
    with team.act(team.ops) as ctx:
        row = schemas.propose(ctx, schemas.create(ctx, name=name, data=data or QUESTIONS).id)
    let_consultation_lapse(team)
    with team.act(team.lead) as ctx:
        return schemas.approve(ctx, row.id, reason="sound")


def publish_guideline(team: Team, text: str = TEXT, *, name: str = "topic", change: str = "clearer") -> Guideline:
    """Write, propose and approve a guideline."""
    with team.act(team.ops) as ctx:
        row = guidelines.propose(ctx, guidelines.create(ctx, name=name, text=text, change=change).id)
    let_consultation_lapse(team)
    with team.act(team.lead) as ctx:
        return guidelines.approve(ctx, row.id, reason="sound")


def plan_campaign(team: Team, records: Sequence[str], *, plan: Plan | None = None, data: object = None) -> Campaign:
    """Plan a campaign with one batch, under a fresh schema and guideline."""
    schema, guideline = publish_schema(team, data), publish_guideline(team)
    with team.act(team.ops) as ctx:
        row = campaigns.create(ctx, name="first", schema_id=schema.id, guideline_id=guideline.id, plan=plan)
        batches.add(ctx, row.id, name="one", records=records)
    return row


def open_planned(team: Team, campaign_id: str) -> None:
    """Propose and approve a planned campaign."""
    with team.act(team.ops) as ctx:
        campaigns.propose(ctx, campaign_id)
    let_consultation_lapse(team)
    with team.act(team.lead) as ctx:
        campaigns.approve(ctx, campaign_id, reason="go")


def open_campaign(
    team: Team,
    records: int | Sequence[str] = 10,
    *,
    plan: Plan | None = None,
    known: Mapping[int, str] | None = None,
    data: object = None,
) -> Campaign:
    """Open a campaign about records, or so many new ones.

    Args:
        team: The program and its people.
        records: Record ids, or how many to make.
        plan: The plan; overlap one by default.
        known: Places among further, new records to their right topic: hidden gold.
        data: The schema's questions.
    """
    known = known or {}
    fresh = records if isinstance(records, int) else 0
    ids = put_records(team, [f"message {place}" for place in range(fresh + len(known))])
    row = plan_campaign(team, ids[:fresh] if isinstance(records, int) else records, plan=plan, data=data)
    if known:
        right = {ids[fresh + place]: {"topic": topic} for place, topic in enumerate(known.values())}
        with team.act(team.ops) as ctx:
            gold.mark(ctx, row.id, right)
    open_planned(team, row.id)
    return row


def claim(team: Team, campaign_id: str, annotator: str, *, holding: Sequence[str] = ()) -> Assignment | None:
    """Claim one task as an annotator."""
    with team.act(annotator) as ctx:
        return tasks.claim(ctx, campaign_id, holding=holding).assignment


def answer(
    team: Team,
    campaign_id: str,
    annotator: str,
    assignment: Assignment,
    *,
    topic: str = "billing",
    client_id: str = "",
    claim_next: bool = False,
) -> Receipt:
    """Submit an answer to an assignment."""
    with team.act(annotator) as ctx:
        return tasks.submit(
            ctx, campaign_id, submission(assignment, topic=topic, client_id=client_id), claim_next=claim_next
        )


def submission(assignment: Assignment, *, topic: str = "billing", client_id: str = "") -> Submission:
    """Return a submission that gives a topic."""
    return Submission(
        lease_id=assignment.lease_id,
        token=assignment.token,
        client_id=client_id or str(uuid.uuid4()),
        values={"topic": topic},
        lead_time_ms=1500,
    )


def work_through(team: Team, campaign_id: str, annotator: str, *, topic: str = "billing", limit: int = 10_000) -> int:
    """Answer everything an annotator is given; returns how many."""
    count = 0
    while count < limit and (assignment := claim(team, campaign_id, annotator)) is not None:
        answer(team, campaign_id, annotator, assignment, topic=topic)
        count += 1
    return count


def let_consultation_lapse(team: Team) -> None:
    team.app.clock.advance(hours=49)  # type: ignore[attr-defined]
