"""Calibration: who must pass a round before ordinary tasks, what a new round asks again, and how it ends.

Whether somebody works is read from what was decided last about them and the guideline version of the campaign, so a
new version, a qualification that ran out, and operations asking again all lead to a new round at the next claim.
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from headwater.annotation import likeness, queries
from headwater.annotation.model import Standing
from headwater.annotation.store import answers, queue, rounds
from headwater.core.errors import InvalidError
from headwater.governance import notices
from headwater.governance import queries as governance
from headwater.governance.authority import require
from headwater.governance.model import Decision, Involvement
from headwater.workforce import qualifications
from headwater.workforce import queries as people
from headwater.workforce.model import Outcome, checked_name

if TYPE_CHECKING:
    from headwater.annotation.model import Campaign
    from headwater.annotation.plan import Plan
    from headwater.annotation.questions import Question
    from headwater.annotation.store.rounds import Drill
    from headwater.context import Context
    from headwater.workforce.model import Qualification


class Stage(StrEnum):
    """What a campaign that asks for calibration lets an annotator do."""

    WORKING = "working"
    CALIBRATING = "calibrating"
    FAILED = "failed"


class Admission(NamedTuple):
    """Where an annotator stands in a campaign that asks for calibration."""

    stage: Stage
    round: str
    """The round they are or were in last."""


def admission(ctx: Context, campaign_id: str, place: queue.Seat) -> Admission:
    """Return what the actor may do now; begins a new round when one is due."""
    require(ctx, Decision.ANNOTATION_ANSWER)
    last = people.qualification(ctx, place.guideline_id)
    if last is not None and last.holds(ctx.clock.now()):
        return Admission(Stage.WORKING, place.round)
    if last is not None and last.outcome is Outcome.FAILED:
        return Admission(Stage.FAILED, place.round)
    due = f"{place.guideline_id}/{last.id if last else ''}"
    if place.round != due and (place.round or last is not None):
        _give_anew(ctx, campaign_id)
    return Admission(Stage.CALIBRATING, due)


def failed(ctx: Context, campaign: Campaign) -> bool:
    """Return whether a campaign gives the actor nothing, since they did not pass its calibration round."""
    if campaign.plan.calibration_bar <= 0:
        return False
    last = people.qualification(ctx, campaign.guideline_id)
    return last is not None and last.outcome is Outcome.FAILED


def finish(ctx: Context, campaign_id: str, place: queue.Seat, plan: Plan) -> bool:
    """Judge the actor's round when all of it is answered; returns whether it was."""
    require(ctx, Decision.ANNOTATION_ANSWER)
    if queue.held(ctx.db, campaign_id, ctx.actor):
        return False
    mine = [row for row in rounds.drills(ctx.db, campaign_id, ctx.actor) if _is_judged(row)]
    if not mine:
        return False
    days, asked = plan.qualification_days, _asked(ctx, campaign_id)
    row = qualifications.record_round(
        ctx,
        subject=place.guideline_id,
        right=sum(likeness.agrees(asked, row.known, row.values) for row in mine),
        total=len(mine),
        bar=plan.calibration_bar,
        batch_id=mine[-1].batch_id,
        expires_at=ctx.clock.now() + timedelta(days=days) if days else None,
    )
    if row.outcome is Outcome.FAILED:
        _tell_failed(ctx, campaign_id, row)
    return True


def subject(ctx: Context, name: str) -> str:
    """Return what a qualification is for: the id of a guideline version, or a skill.

    By the name of a guideline its published version is meant, else its newest.

    Raises:
        InvalidError: It is neither a guideline nor a name for a skill.
    """
    found = [each for each in queries.guidelines(ctx) if name.strip() in (each.id, each.name)]
    if not found and name.strip().startswith(qualifications.GUIDELINE):
        raise InvalidError(f"There is no guideline version '{name.strip()}' in this program.")
    meant = next((each for each in found if each.standing is Standing.PUBLISHED), found[0] if found else None)
    return meant.id if meant else checked_name(name, "skill")


def ask_again(ctx: Context, person: str, *, what: str, reason: str) -> Qualification:
    """Let a person show anew what they were qualified for, named as `subject` takes it.

    Raises what `qualifications.ask_again` does.
    """
    require(ctx, Decision.CAMPAIGN_OPEN)
    meant = subject(ctx, what)
    found = queries.guideline(ctx, meant) if meant.startswith(qualifications.GUIDELINE) else None
    called = f"the guideline '{found.name}' (its campaigns begin with a new calibration round)" if found else ""
    return qualifications.ask_again(ctx, person, subject=meant, reason=reason, called=called)


def _tell_failed(ctx: Context, campaign_id: str, row: Qualification) -> None:
    """Tell those who run the campaign that somebody waits for their word."""
    name, who = queries.campaign(ctx, campaign_id).name, governance.names(ctx).get(ctx.actor, ctx.actor)
    text = (
        f"{who} did not pass the calibration round of '{name}' ({row.right} of {row.total} right): let them try again"
    )
    runners = governance.involved(ctx, Decision.CAMPAIGN_OPEN, Involvement.RESPONSIBLE)
    notices.send(
        ctx,
        [str(each) for each in runners],
        kind="qualification",
        subject=ctx.actor,
        text=f"{text}, or vouch for them.",
    )


def _asked(ctx: Context, campaign_id: str) -> tuple[Question, ...]:
    return queries.schema(ctx, queries.campaign(ctx, campaign_id).schema_id).questions


def _give_anew(ctx: Context, campaign_id: str) -> None:
    rows, asked = rounds.drills(ctx.db, campaign_id, ctx.actor), _asked(ctx, campaign_id)
    rounds.give_anew(ctx.db, ctx.actor, rows, ctx.clock.now())
    for row in rows:
        if row.answer_id:
            right = int(_is_judged(row) and likeness.agrees(asked, row.known, row.values))
            answers.tally_up(
                ctx.db,
                cohort_id=row.cohort_id,
                annotator=ctx.actor,
                campaign_id=campaign_id,
                batch_id=row.batch_id,
                at=ctx.clock.now(),
                sums={"answers": -1, "judged": -int(_is_judged(row)), "correct": -right},
            )


def _is_judged(row: Drill) -> bool:
    return row.known is not None and row.values is not None
