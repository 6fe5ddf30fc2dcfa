"""The queue: sitting down, taking back, taking, holding, settling. Every statement here is one index probe or two.

Locks are always taken in the order seat, lease, task, lane, so transactions never wait for each other in a circle;
claims pass over locked tasks and never wait for them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from headwater.annotation.model import LeaseState, Tier
from headwater.annotation.store.returns import give_back
from headwater.annotation.store.tasks import lease, seat
from headwater.storage import prepared
from headwater.storage.database import Moment, insert

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from headwater.storage.database import Connection

_MOMENTS = {"given_at": Moment, "expires_at": Moment}
_BACK_AT_ONCE = 16


class Seat(NamedTuple):
    """An annotator's place in a campaign, with what the campaign asks."""

    campaign_state: str
    schema_id: str
    guideline_id: str
    plan: dict[str, Any]
    questions: str
    round: str
    """Which calibration round the annotator is or was in last; empty before the first."""
    given: int
    answered: int
    batch_id: str


class OpenLane(NamedTuple):
    """A lane that may have a task for an annotator."""

    id: int
    kind: str
    priority: int
    skill: str
    tail: int
    passed: int
    is_late: bool
    """Whether a lease of the campaign is over and was not taken back yet."""


class Taken(NamedTuple):
    """A task that was just taken from a lane."""

    id: str
    rank: int
    low: int
    """The first rank that still has a task for this annotator; below `rank` when a locked task was passed over."""
    batch_id: str
    record_id: str
    about: str
    reason: str
    """Why it was opened again; empty for most."""


class Held(NamedTuple):
    """A lease with all that is needed to show or settle its task."""

    id: str
    token: str
    campaign_id: str
    task_id: str
    annotator: str
    state: str
    batch_id: str
    schema_id: str
    guideline_id: str
    cohort_id: str
    facts: Any
    prelabel: str
    is_blinded: bool
    given_at: datetime
    expires_at: datetime
    version: int
    answer_id: str
    client_id: str
    next_id: str
    reason: str
    record_id: str
    about: str
    tier: str
    lane_kind: str
    questions: str
    gold: Any
    """The right answers when they are known, else None."""
    explanation: str | None


def sit(db: Connection, program: str, campaign_id: str, annotator: str) -> Seat | None:
    """Lock and return an annotator's place in a campaign; None when the program has no such campaign."""
    sit_ahead(db, program, campaign_id, annotator)
    statement = _SIT if db.dialect.name == "sqlite" else _SIT_LOCKED
    keys = {"program": program, "campaign": campaign_id, "me": annotator}
    row = prepared.one(db, statement, keys)
    if row is None:
        if prepared.one(db, _EXISTS, {"program": program, "campaign": campaign_id}) is None:
            return None
        place = {"campaign_id": campaign_id, "annotator": annotator, "batch_id": ""}
        fresh = insert(db, seat).values(**place, round="", given=0, answered=0)
        db.execute(fresh.on_conflict_do_nothing())
        row = prepared.one(db, statement, keys)
    return Seat(*row)


def sit_ahead(db: Connection, program: str, campaign_id: str, annotator: str) -> None:
    """Ask ahead for what `sit` will want, which locks the place already."""
    prepared.ahead(db, _PROBE, {})
    prepared.ahead(db, _SIT_LOCKED, {"program": program, "campaign": campaign_id, "me": annotator})


_SIT_SQL = """
SELECT c.state, c.schema_id, c.guideline_id, c.plan, s.questions, p."round", p.given, p.answered, p.batch_id
FROM campaign AS c JOIN label_schema AS s ON s.id = c.schema_id JOIN seat AS p ON p.campaign_id = c.id
WHERE c.id = :campaign AND c.program = :program AND p.annotator = :me"""
_SIT = sa.text(_SIT_SQL).columns(
    *(sa.column(name) for name in Seat._fields[:3]),
    sa.column("plan", sa.JSON),
    *(sa.column(name) for name in Seat._fields[4:]),
)
_SIT_LOCKED = sa.text(_SIT_SQL + " FOR UPDATE OF p").columns(
    *(sa.column(name) for name in Seat._fields[:3]),
    sa.column("plan", sa.JSON),
    *(sa.column(name) for name in Seat._fields[4:]),
)
_PROBE = sa.text("SELECT set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true)")
"""PostgreSQL keeps the plan it made when a table was small or not counted yet, until it counts it again: for the rest
of the transaction it is not to read and sort all tasks of a lane where an index has them in order."""
_EXISTS = sa.text("SELECT 1 FROM campaign WHERE id = :campaign AND program = :program")


def rise(db: Connection, campaign_id: str, annotator: str, after: Seat) -> None:
    """Keep what changed about an annotator's place."""
    keys = {"campaign": campaign_id, "me": annotator}
    prepared.run(db, _RISE, keys | {name: getattr(after, name) for name in ("round", "given", "answered", "batch_id")})


_RISE = sa.text("""
UPDATE seat SET "round" = :round, given = :given, answered = :answered, batch_id = :batch_id
WHERE campaign_id = :campaign AND annotator = :me""")


def _take_back(db: Connection, campaign_id: str, now: datetime) -> int:
    """End some leases whose time is over; returns how many.

    Each task goes to the end of the lane of returns, where even those who have passed its old place find it.
    """
    statement = _LAPSED if db.dialect.name == "sqlite" else _LAPSED_LOCKED
    lapsed = prepared.every(db, statement, {"campaign": campaign_id, "now": now, "limit": _BACK_AT_ONCE})
    for lease_id, task_id in lapsed:
        end(db, lease_id, LeaseState.LAPSED)
        give_back(db, task_id)
    return len(lapsed)


_LAPSED_SQL = """
SELECT l.id, l.task_id FROM lease AS l JOIN task AS t ON t.id = l.task_id
WHERE l.campaign_id = :campaign AND l.state = 'live' AND l.expires_at <= :now
ORDER BY l.expires_at LIMIT :limit"""
_NOW = sa.bindparam("now", type_=Moment)
_LAPSED = sa.text(_LAPSED_SQL).bindparams(_NOW)
_LAPSED_LOCKED = sa.text(_LAPSED_SQL + " FOR UPDATE OF l, t SKIP LOCKED").bindparams(_NOW)


def end(db: Connection, lease_id: str, state: LeaseState, *, reason: str = "", is_last: bool = False) -> bool:
    """End a live lease without an answer; its holder is not given the task again after a skip, or when it `is_last`.

    Returns whether it was still live: somebody may have answered it in the same moment.
    """
    kept = int(is_last or state in (LeaseState.SKIPPED, LeaseState.REVOKED))
    live = lease.update().where(lease.c.id == lease_id, lease.c.state == LeaseState.LIVE.value)
    return db.execute(live.values(state=state.value, kept=kept, reason=reason)).rowcount == 1


def lanes(db: Connection, campaign_id: str, tier: Tier, annotator: str, now: datetime) -> list[OpenLane]:
    """Return the lanes of a tier that may hold a task for an annotator, in no particular order.

    Leases whose time is over are taken back first, so that their tasks are given out again: nothing needs to sweep.
    """
    keys = _whose(campaign_id, tier, annotator, now)
    found = [OpenLane(*row) for row in prepared.every(db, _LANES, keys)]
    if (not found or found[0].is_late) and _take_back(db, campaign_id, now):
        found = [OpenLane(*row) for row in prepared.every(db, _LANES, keys)]
    return found


def next_ahead(db: Connection, campaign_id: str, tier: Tier, annotator: str, now: datetime) -> None:
    """Ask ahead for what `held` and `lanes` will want."""
    prepared.ahead(db, _held(_LIVE), {"campaign": campaign_id, "me": annotator})
    prepared.ahead(db, _LANES, _whose(campaign_id, tier, annotator, now))


def _whose(campaign_id: str, tier: Tier, annotator: str, now: datetime) -> dict[str, object]:
    return {"campaign": campaign_id, "tier": tier.value, "me": annotator, "now": now}


def first_priority(db: Connection, campaign_id: str, annotator: str) -> int | None:
    """Return the priority of the ordinary lane an annotator would be served from first; None when none has a task."""
    return db.execute(_FIRST, {"campaign": campaign_id, "me": annotator}).scalar_one()  # type: ignore[no-any-return]


_FENCE = "LIMIT 1 OFFSET 0"
"""Keeps PostgreSQL from making a join of a question that is one index probe for a row: it would read everything an
annotator ever had, or every open task, for the first of them."""
_HAS_TASK = f"""EXISTS (SELECT 1 FROM task AS t
 WHERE t.lane_id = n.id AND t.need > 0 AND t.rank > COALESCE(k.rank, 0) ORDER BY t.rank {_FENCE})"""
_FIRST = sa.text(f"""
SELECT MIN(n.priority) FROM lane AS n LEFT JOIN lane_cursor AS k ON k.lane_id = n.id AND k.annotator = :me
WHERE n.campaign_id = :campaign AND n.tier = 'annotate' AND n.kind <> 'gold' AND n.annotator IN ('', :me)
AND {_HAS_TASK}""")
_LANES = sa.text(f"""
SELECT n.id, n.kind, n.priority, n.skill, n.tail, COALESCE(k.rank, 0) AS passed, EXISTS (SELECT 1 FROM lease AS l
 WHERE l.campaign_id = :campaign AND l.state = 'live' AND l.expires_at <= :now {_FENCE}) AS is_late
FROM lane AS n LEFT JOIN lane_cursor AS k ON k.lane_id = n.id AND k.annotator = :me
WHERE n.campaign_id = :campaign AND n.tier = :tier AND n.annotator IN ('', :me)
AND {_HAS_TASK}""").bindparams(_NOW)


def take(db: Connection, lane_id: int, after: int, annotator: str) -> Taken | None:
    """Take the first task after a rank of a lane that the annotator has not had; one statement.

    On PostgreSQL tasks that another transaction is taking are passed over and never waited for, since whoever waits
    in the order of ranks while ranks change may wait in a circle: see `remains`.
    """
    statement = _TAKE_SQLITE if db.dialect.name == "sqlite" else _TAKE_SKIPPING
    row = prepared.one(db, statement, {"lane": lane_id, "after": after, "me": annotator})
    return Taken(*row) if row else None


def remains(db: Connection, lane_id: int, after: int, annotator: str) -> bool:
    """Return whether a lane has a task for the annotator after a rank, be it locked or not."""
    return prepared.one(db, _REMAINS, {"lane": lane_id, "after": after, "me": annotator}) is not None


def left(db: Connection, campaign_id: str, annotator: str, most: int) -> int:
    """Return how many ordinary and calibration tasks the annotator has not had, counted up to `most`."""
    return int(db.execute(_LEFT, {"campaign": campaign_id, "me": annotator, "most": most}).scalar_one())


# PostgreSQL knows that nearly all tasks are barred to the same nobody and would take `barred <> me` for true of none
_FOR_ME = f"""t.need > 0 AND COALESCE(t.barred, '') <> :me
AND NOT EXISTS (SELECT 1 FROM lease AS l WHERE l.task_id = t.id AND l.annotator = :me AND l.kept = 1 {_FENCE})"""
_LEFT = sa.text(f"""
SELECT count(*) FROM (SELECT 1 FROM lane AS n JOIN task AS t ON t.lane_id = n.id
WHERE n.campaign_id = :campaign AND n.tier = 'annotate' AND n.kind <> 'gold' AND n.annotator IN ('', :me)
AND {_FOR_ME} LIMIT :most) AS few""")
_ELIGIBLE = f"""
FROM task AS t WHERE t.lane_id = :lane AND t.rank > :after AND {_FOR_ME} ORDER BY t.rank LIMIT 1"""
_REMAINS = sa.text(f"SELECT t.rank {_ELIGIBLE}")
_TAKE_SQLITE = sa.text(
    f"""
UPDATE task SET need = need - 1 WHERE id = (SELECT t.id {_ELIGIBLE})
RETURNING id, rank, rank AS low, batch_id, record_id, about, reason"""
)
_TAKE_SKIPPING = sa.text(
    f"""
WITH low AS (SELECT t.rank {_ELIGIBLE}), pick AS (SELECT t.id {_ELIGIBLE} FOR UPDATE OF t SKIP LOCKED)
UPDATE task SET need = need - 1 FROM pick WHERE task.id = pick.id
RETURNING task.id, task.rank, (SELECT low.rank FROM low) AS low, task.batch_id, task.record_id, task.about,
 task.reason"""
)


def pass_by(db: Connection, lane_id: int, annotator: str, rank: int) -> None:
    """Remember up to which rank of a lane nothing is left for an annotator."""
    prepared.run(db, _PASS_BY, {"me": annotator, "lane": lane_id, "rank": rank})


_PASS_BY = sa.text("""
INSERT INTO lane_cursor (annotator, lane_id, rank) VALUES (:me, :lane, :rank)
ON CONFLICT (annotator, lane_id) DO UPDATE SET rank = excluded.rank""")


def hold(db: Connection, values: dict[str, object]) -> None:
    """Store a new lease."""
    prepared.run(db, _HOLD, values)


_HOLD = lease.insert()


def held(db: Connection, campaign_id: str, annotator: str) -> list[Held]:
    """Return the live leases of an annotator in a campaign, oldest first."""
    rows = prepared.every(db, _held(_LIVE), {"campaign": campaign_id, "me": annotator})
    return [Held(*row) for row in rows]


def get(db: Connection, lease_id: str, annotator: str, *, lock: bool = True) -> Held | None:
    """Return a lease of an annotator in any state, locked unless it is only shown."""
    statement = _held(_ONE_LOCKED if lock and db.dialect.name != "sqlite" else _ONE)
    row = prepared.one(db, statement, {"lease": lease_id, "me": annotator})
    return Held(*row) if row else None


def get_ahead(db: Connection, lease_id: str, annotator: str) -> None:
    """Ask ahead for what `get` will want, which locks the lease already."""
    prepared.ahead(db, _held(_ONE_LOCKED), {"lease": lease_id, "me": annotator})


_LIVE = " l.campaign_id = :campaign AND l.annotator = :me AND l.state = 'live' ORDER BY l.id"
_ONE = " l.id = :lease AND l.annotator = :me"
_ONE_LOCKED = _ONE + " FOR UPDATE OF l"
_HELD_JSON = {"facts": sa.JSON, "gold": sa.JSON, "is_blinded": sa.Boolean}


def _held(where: str) -> sa.TextualSelect:
    found = _statements.get(where)
    if found is None:
        found = sa.text(_HELD + where).columns(
            *(sa.column(name, (_HELD_JSON | _MOMENTS).get(name)) for name in Held._fields)
        )
        _statements[where] = found
    return found


_statements: dict[str, sa.TextualSelect] = {}
_HELD = """
SELECT l.id, l.token, l.campaign_id, l.task_id, l.annotator, l.state, l.batch_id, l.schema_id, l.guideline_id,
 l.cohort_id, l.facts, l.prelabel, l.is_blinded, l.given_at, l.expires_at, l.version, l.answer_id, l.client_id,
 l.next_id, l.reason, t.record_id, t.about, t.tier, n.kind, s.questions, g.known, g.explanation
FROM lease AS l JOIN task AS t ON t.id = l.task_id JOIN lane AS n ON n.id = t.lane_id
JOIN label_schema AS s ON s.id = l.schema_id LEFT JOIN gold AS g ON g.task_id = l.task_id AND g.retired_at IS NULL
WHERE"""


def renew(db: Connection, lease_ids: Sequence[str], expires_at: datetime) -> None:
    """Move the end of live leases."""
    db.execute(
        lease.update()
        .where(lease.c.id.in_(lease_ids), lease.c.state == LeaseState.LIVE.value)
        .values(expires_at=expires_at)
    )


def revive(db: Connection, found: Held, expires_at: datetime) -> bool:
    """Take a task again for a lapsed lease when its place is still free; returns whether it was."""
    if prepared.changed(db, _RETAKE, {"task": found.task_id, "me": found.annotator}) != 1:
        return False
    values = {"state": LeaseState.LIVE.value, "kept": 1, "expires_at": expires_at}
    db.execute(lease.update().where(lease.c.id == found.id).values(values))
    return True


_RETAKE = sa.text("""
UPDATE task SET need = need - 1 WHERE id = :task AND need > 0
AND NOT EXISTS (SELECT 1 FROM lease WHERE lease.task_id = task.id AND lease.annotator = :me AND lease.kept = 1)""")


def settle(db: Connection, lease_id: str, *, answer_id: str, client_id: str, next_id: str = "") -> None:
    """End a lease with an answer, and say which lease will go out with the reply; see `follow`."""
    prepared.run(db, _SETTLE, {"lease": lease_id, "answer": answer_id, "client": client_id, "next": next_id})


_SETTLE = sa.text(
    "UPDATE lease SET state = 'answered', answer_id = :answer, client_id = :client, next_id = :next WHERE id = :lease"
)


def follow(db: Connection, lease_id: str, next_id: str) -> None:
    """Remember that another lease than expected went out with the reply to an answer, for a repeated submission."""
    prepared.run(db, _FOLLOW, {"lease": lease_id, "next": next_id})


_FOLLOW = sa.text("UPDATE lease SET next_id = :next WHERE id = :lease")


def unsettle(db: Connection, lease_id: str, *, until: datetime, reason: str) -> None:
    """Make an answered lease live again, with something to tell its holder."""
    cleared = {"answer_id": "", "client_id": "", "next_id": "", "reason": reason}
    values = cleared | {"state": LeaseState.LIVE.value, "version": lease.c.version + 1, "expires_at": until}
    db.execute(lease.update().where(lease.c.id == lease_id).values(values))


class Count(NamedTuple):
    """How many answers a task has and wants."""

    answers: int
    wanted: int


def count(db: Connection, task_id: str, by: int) -> Count:
    """Count an answer to a task, or count it off."""
    return Count(*prepared.one(db, _COUNT, {"task": task_id, "by": by}))


_COUNT = sa.text("UPDATE task SET answers = answers + :by WHERE id = :task RETURNING answers, wanted")
