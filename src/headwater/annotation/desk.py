"""Handing out work: which task an annotator gets next, and the lease that goes with it."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from headwater.annotation import calibration, comments, content, overdue
from headwater.annotation.automation_model import Mode, mode_of
from headwater.annotation.calibration import Stage
from headwater.annotation.handouts import Assignment, Handout, Why, originals
from headwater.annotation.model import (
    HOLD_LIMIT,
    CampaignState,
    LaneKind,
    LeaseId,
    LeaseState,
    Tier,
    UnknownCampaignError,
)
from headwater.annotation.plan import Plan, is_gold_turn
from headwater.annotation.store import answers, automation, documents, prelabels, queue, returns, tasks
from headwater.annotation.store.campaigns import plan_of
from headwater.core.ids import new_id
from headwater.governance.authority import require
from headwater.governance.model import Decision
from headwater.workforce import queries as people
from headwater.workforce import service as workforce

if TYPE_CHECKING:
    from headwater.annotation.store.prelabels import Prelabel
    from headwater.context import Context
    from headwater.workforce.model import Annotator

DECISIONS = {
    Tier.ANNOTATE: Decision.ANNOTATION_ANSWER,
    Tier.REVIEW: Decision.ANNOTATION_REVIEW,
    Tier.ADJUDICATE: Decision.ANNOTATION_ADJUDICATE,
}
_ORDER = {kind.value: place for place, kind in enumerate(LaneKind)}
PROPOSED = "A model proposed this answer: check it before you send it."
_AHEAD = 64
"""Records read together: one read of the record table serves this many tasks."""


@dataclass(slots=True, kw_only=True)
class Desk:
    """An annotator sitting in a campaign, in one transaction. Only `sit` makes one, after asking who decides."""

    ctx: Context
    campaign_id: str
    tier: Tier
    place: queue.Seat
    plan: Plan
    member: Annotator
    seated: queue.Seat
    """The place as it was when the annotator sat down."""
    next_id: str
    """What the lease of the next fresh task will be called: an answer can name it before it is handed out."""
    now: datetime
    """When the annotator sat down."""
    goes_on: bool = False
    """Whether the next task is handed out with the reply."""

    @property
    def lease_time(self) -> timedelta:
        """How long a task is held."""
        return timedelta(minutes=self.plan.lease_minutes)


def sit(ctx: Context, campaign_id: str, tier: Tier, *, lease_id: str = "") -> Desk:
    """Sit the actor down in a campaign, which serialises what they do there.

    Args:
        ctx: The actor's context.
        campaign_id: The campaign.
        tier: What they do there.
        lease_id: The lease that is looked at next, if it is known.

    Raises:
        NotYoursError: The actor does no work of this tier.
        UnknownCampaignError: The program has no such campaign.
    """
    require(ctx, DECISIONS[tier], ahead=lambda: _sit_ahead(ctx, campaign_id, lease_id))
    place = queue.sit(ctx.db, ctx.program, campaign_id, ctx.actor)
    if place is None:
        raise UnknownCampaignError(
            f"There is no campaign with the id '{campaign_id}' in this program.", remedy="See: headwater campaign list"
        )
    plan, member = plan_of(place.plan), people.annotator(ctx)
    return Desk(
        ctx=ctx,
        campaign_id=campaign_id,
        tier=tier,
        place=place,
        seated=place,
        plan=plan,
        member=member,
        next_id=new_id("lea"),
        now=ctx.clock.now(),
    )


def _sit_ahead(ctx: Context, campaign_id: str, lease_id: str) -> None:
    queue.sit_ahead(ctx.db, ctx.program, campaign_id, ctx.actor)
    people.ahead(ctx)
    if lease_id:
        queue.get_ahead(ctx.db, lease_id, ctx.actor)


def look_ahead(desk: Desk) -> None:
    """Ask the database ahead for what `hand_out` will want of it, once the lease before is settled."""
    ctx, place = desk.ctx, desk.place
    queue.next_ahead(ctx.db, desk.campaign_id, desk.tier, ctx.actor, desk.now)
    people.cohort_ahead(ctx, desk.member, guideline_id=place.guideline_id, batch_id=place.batch_id)


def hand_out(desk: Desk, holding: Sequence[str] = ()) -> Handout:
    """Give the annotator a task: one they hold but whose lease the client does not know, else a fresh one.

    Args:
        desk: The annotator in the campaign.
        holding: Leases the client has at hand; they are renewed when half their time is over.
    """
    why = _closed(desk)
    if why is None:
        found = _resume(desk, holding)
        if found is None:
            found = _fresh(desk)
        assignment, why = (found, Why.NONE) if isinstance(found, Assignment) else (None, found)
    else:
        assignment = None
    return Handout(assignment=assignment, why=why, answered=desk.place.answered)


def assignment_of(ctx: Context, held: queue.Held) -> Assignment | None:
    """Return what the annotator sees of a task they hold; None when its record was erased."""
    found = content.fetch(ctx, held.record_id)
    if found is None:
        return None
    asked, draft = documents.questions_of(held.questions), _draft(ctx, held)
    return Assignment(
        lease_id=LeaseId(held.id),
        token=held.token,
        expires_at=held.expires_at,
        tier=Tier(held.tier),
        content=found.shown,
        rendered=found.rendered,
        questions=asked,
        originals=originals(asked, found.fields),
        schema_id=held.schema_id,
        guideline_id=held.guideline_id,
        draft=draft,
        note=_note(held.reason, draft, held.version),
        about=held.about,
        thread=tuple(comments.mine(ctx, held.task_id)) if held.version else (),
        is_returned=is_returned(held),
    )


def is_returned(held: queue.Held) -> bool:
    """Return whether its holder answered a task before and was told why it is theirs again."""
    return bool(held.version and held.reason)


def leave(desk: Desk) -> None:
    """Keep what changed about the annotator's place."""
    ctx = desk.ctx
    if desk.place != desk.seated:
        queue.rise(ctx.db, desk.campaign_id, ctx.actor, desk.place)


def _draft(ctx: Context, held: queue.Held) -> dict[str, object]:
    before = answers.last(ctx.db, held.task_id, held.annotator) if held.version else None
    if before:
        return before.values
    return prelabels.get(ctx.db, held.prelabel).values if held.prelabel and not held.is_blinded else {}


def _note(reason: str, draft: dict[str, object], version: int = 0) -> str:
    return f"{reason} {PROPOSED}".strip() if draft and not version else reason


def _closed(desk: Desk) -> Why | None:
    """Return why nothing can be handed out, or None."""
    ctx = desk.ctx
    state = desk.place.campaign_state
    if state != CampaignState.OPEN:
        return Why.PAUSED if state == CampaignState.PAUSED else Why.CLOSED
    if desk.member.stop is not None:
        return Why.STOPPED
    if not desk.member.is_available:
        return Why.UNAVAILABLE
    if desk.plan.skill and not people.skills(ctx, desk.member, [desk.plan.skill]):
        return Why.UNSKILLED
    if desk.plan.budget:
        spent = sum(each.answers for each in answers.tallies(ctx.db, desk.campaign_id))
        if spent >= desk.plan.budget:
            return Why.BUDGET
    return None


def _resume(desk: Desk, holding: Sequence[str]) -> Assignment | Why | None:
    ctx = desk.ctx
    mine = [each for each in queue.held(ctx.db, desk.campaign_id, ctx.actor) if each.tier == desk.tier]
    now = ctx.clock.now()
    late = [each.id for each in mine if each.expires_at - now < desk.lease_time / 2]
    if late:
        queue.renew(ctx.db, late, now + desk.lease_time)
    for each in mine:
        if each.id in holding:
            continue
        again = each._replace(expires_at=now + desk.lease_time) if each.id in late else each
        found = assignment_of(ctx, again)
        if found is not None:
            return found
        queue.end(ctx.db, each.id, LeaseState.REVOKED, reason="record erased")
        tasks.retire(ctx.db, each.task_id)
    return Why.HOLDING if len(mine) >= HOLD_LIMIT else None


def _fresh(desk: Desk) -> Assignment | Why:
    ctx = desk.ctx
    while True:
        stage = _stage(desk)
        if stage is Stage.FAILED:
            return Why.FAILED
        lanes = queue.lanes(ctx.db, desk.campaign_id, desk.tier, ctx.actor, desk.now)
        found = _take(desk, _served(desk, lanes, stage))
        if isinstance(found, Why):
            if found is Why.DONE and ((stage is Stage.CALIBRATING and _finish(desk)) or _late(desk)):
                continue
            return found
        given = _give(desk, *found)
        if given is not None:
            return given


def _stage(desk: Desk) -> Stage:
    if desk.tier is not Tier.ANNOTATE or desk.plan.calibration_bar <= 0:
        return Stage.WORKING
    found = calibration.admission(desk.ctx, desk.campaign_id, desk.place)
    desk.place = desk.place._replace(round=found.round)
    return found.stage


def _finish(desk: Desk) -> bool:
    return calibration.finish(desk.ctx, desk.campaign_id, desk.place, desk.plan)


def _served(desk: Desk, lanes: list[queue.OpenLane], stage: Stage) -> list[queue.OpenLane]:
    """Return the lanes to look in, in order."""
    asked = {lane.skill for lane in lanes if lane.skill}
    skills = people.skills(desk.ctx, desk.member, asked) if asked else asked
    usable = [lane for lane in lanes if not lane.skill or lane.skill in skills]
    if stage is Stage.CALIBRATING:
        usable = [lane for lane in usable if lane.kind == LaneKind.CALIBRATION]
    ordinary = [lane for lane in usable if lane.kind != LaneKind.GOLD]
    wants_gold = ordinary and all(lane.kind != LaneKind.CALIBRATION for lane in ordinary)
    if wants_gold and desk.place.batch_id and _is_gold_turn(desk):
        ordinary = usable
    return sorted(ordinary, key=lambda lane: (_ORDER[lane.kind], lane.priority, lane.id))


def _is_gold_turn(desk: Desk) -> bool:
    ctx = desk.ctx

    def chance(stretch: int) -> float:
        return _chance(ctx, f"{desk.campaign_id}:{ctx.actor}:{stretch}")

    return is_gold_turn(desk.place.given, desk.plan.gold_rate, chance)


def _chance(ctx: Context, what: str) -> float:
    return int(ctx.keys.hmac("gold", what.encode())[-12:], 16) / 16**12


def _take(desk: Desk, lanes: list[queue.OpenLane]) -> tuple[queue.OpenLane, queue.Taken] | Why:
    ctx, why = desk.ctx, Why.DONE
    for lane in lanes:
        if lane.kind == LaneKind.GOLD:
            start = int(_chance(ctx, f"{desk.campaign_id}:{ctx.actor}:at:{desk.place.given}") * lane.tail)
            taken = queue.take(ctx.db, lane.id, start, ctx.actor) or queue.take(ctx.db, lane.id, 0, ctx.actor)
        else:
            taken = queue.take(ctx.db, lane.id, lane.passed, ctx.actor)
            if taken is None and queue.remains(ctx.db, lane.id, lane.passed, ctx.actor):
                why = Why.BUSY
                continue
            passed = lane.tail if taken is None else taken.rank if taken.low == taken.rank else taken.low - 1
            queue.pass_by(ctx.db, lane.id, ctx.actor, passed)
        if taken is not None:
            return lane, taken
    return why


def _give(desk: Desk, lane: queue.OpenLane, taken: queue.Taken) -> Assignment | None:
    """Return the assignment of a task that was just taken; None when its record was erased."""
    ctx = desk.ctx

    def ahead() -> content.Line:
        rest = tasks.upcoming(ctx.db, lane.id, taken.rank, _AHEAD)
        return content.Line(lane.id, {taken.record_id: taken.rank} | dict(rest))

    found = content.fetch(ctx, taken.record_id, ahead)
    if found is None:
        tasks.retire(ctx.db, taken.id)
        return None
    batch_id = taken.batch_id
    if lane.kind == LaneKind.GOLD:
        batch_id = desk.place.batch_id
    elif batch_id != desk.place.batch_id:
        desk.place = desk.place._replace(batch_id=batch_id)
    if lane.kind != LaneKind.CALIBRATION:
        desk.place = desk.place._replace(given=desk.place.given + 1)
    now = ctx.clock.now()
    proposed, blinded = _proposal(desk, lane, taken, found)
    lease = _lease(desk, taken, batch_id=batch_id, facts=found.facts.as_data(), now=now)
    lease |= {"prelabel": proposed.id if proposed else "", "is_blinded": blinded}
    queue.hold(ctx.db, lease)
    if lane.kind == LaneKind.ASSIGNED:
        returns.share(ctx.db, taken.id)
    draft = proposed.values if proposed and not blinded else {}
    asked = documents.questions_of(desk.place.questions)
    return Assignment(
        lease_id=LeaseId(str(lease["id"])),
        token=str(lease["token"]),
        expires_at=now + desk.lease_time,
        tier=desk.tier,
        content=found.shown,
        rendered=found.rendered,
        questions=asked,
        originals=originals(asked, found.fields),
        schema_id=desk.place.schema_id,
        guideline_id=desk.place.guideline_id,
        draft=draft,
        note=_note(taken.reason, draft),
        about=taken.about,
    )


def _proposal(
    desk: Desk, lane: queue.OpenLane, taken: queue.Taken, shown: content.Content
) -> tuple[Prelabel | None, bool]:
    """Return what a model proposes for a task, and whether the lot keeps it from this annotator."""
    if desk.tier is not Tier.ANNOTATE or lane.kind == LaneKind.CALIBRATION:
        return None, False
    if mode_of(desk.plan, shown.attributes) is not Mode.PRELABELS:
        return None, False
    found = prelabels.current(desk.ctx.db, taken.id)
    if found is not None and automation.is_audited(desk.ctx.db, taken.id):
        return None, False  # whoever checks a model must not see what it says
    lot = _chance(desk.ctx, f"blind:{taken.id}:{desk.ctx.actor}")
    return found, found is not None and lot < desk.plan.blinded_rate


def _lease(
    desk: Desk, taken: queue.Taken, *, batch_id: str, facts: dict[str, object], now: datetime
) -> dict[str, object]:
    ctx = desk.ctx
    coordinates = {"guideline_id": desk.place.guideline_id, "batch_id": batch_id}
    cohort = people.cohort_of(ctx, desk.member, **coordinates)
    if cohort is None:
        cohort = workforce.cohort(ctx, desk.member, **coordinates)
    return {
        "id": desk.next_id,
        "token": secrets.token_hex(16),
        "campaign_id": desk.campaign_id,
        "task_id": taken.id,
        "annotator": ctx.actor,
        "state": LeaseState.LIVE.value,
        "kept": 1,
        "batch_id": batch_id,
        "schema_id": desk.place.schema_id,
        "guideline_id": desk.place.guideline_id,
        "cohort_id": cohort.id,
        "facts": facts,
        "given_at": now,
        "expires_at": now + desk.lease_time,
        "version": 0,
        "answer_id": "",
        "client_id": "",
        "next_id": "",
        "reason": taken.reason,
    }


def _late(desk: Desk) -> bool:
    """Take tasks back that a vendor has not done in time; returns whether there were any."""
    return desk.tier is Tier.ANNOTATE and overdue.put_back(desk.ctx, desk.campaign_id) > 0
