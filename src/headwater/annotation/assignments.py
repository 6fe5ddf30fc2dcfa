"""Handing open tasks to one annotator, to those who have a skill, or back to everybody; why tasks were passed on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headwater.annotation import queries, shortages
from headwater.annotation.assignment_model import Assigned, SkipReason, Target
from headwater.annotation.model import (
    EVERYONE,
    Campaign,
    CampaignState,
    CampaignStateError,
    LaneKind,
    LeaseState,
    Tier,
    UnknownTaskError,
)
from headwater.annotation.store import assigning as store
from headwater.annotation.store import queue, returns, tasks
from headwater.annotation.store.campaigns import Lane
from headwater.core.errors import ConflictError, InvalidError
from headwater.governance import ledger, notices
from headwater.governance import queries as governance
from headwater.governance.authority import require
from headwater.governance.model import Decision, Involvement
from headwater.workforce import queries as people

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headwater.annotation.assignment_model import Place, Skip
    from headwater.context import Context

MOST = 500
"""Most tasks handed over at a time."""
_REASONS = 20


class NotAssignableError(ConflictError):
    """The task cannot be handed to this person or group."""

    code = "not_assignable"


def assign(
    ctx: Context, campaign_id: str, task_ids: Sequence[str], target: Target, *, reason: str, take_away: bool = False
) -> Assigned:
    """Hand the open places of tasks to somebody; they come before other work, after calibration and hidden gold.

    A person takes one place of each task: what else the task wants goes to everybody once they have it. A task they
    let lapse or give back stays theirs; one they pass on goes to everybody.

    Args:
        ctx: The context.
        campaign_id: The campaign.
        task_ids: Its tasks, at most 500.
        target: To whom.
        reason: Why; the person reads it.
        take_away: Whether tasks that somebody else is working on are taken from them, for good.

    Raises:
        CampaignStateError: The campaign is closed.
        UnknownTaskError: One of them is no annotators' task of the campaign.
        NotAssignableError: One of them is gold or calibration, out at a vendor, wants no answer, or the person had it,
            lacks a skill or is stopped; or nobody has the skill.
    """
    require(ctx, Decision.CAMPAIGN_OPEN)
    campaign = queries.campaign(ctx, campaign_id)
    if campaign.state is CampaignState.CLOSED:
        raise CampaignStateError(f"Campaign '{campaign.name}' is closed; its tasks are given out no more.")
    wanted = list(dict.fromkeys(task_ids))
    if not wanted or len(wanted) > MOST or not reason.strip() or (target.person and target.skill):
        raise InvalidError(f"Name 1 to {MOST} tasks, a reason, and either a person or a skill.")
    if target.skill and (lacking := shortages.of_skills(ctx, [target.skill])):
        raise NotAssignableError(lacking[0].problem, remedy=lacking[0].remedy)
    taken = _take_away(ctx, campaign, wanted, target.person) if take_away else 0
    rows = store.places(ctx.db, campaign.id, wanted)
    if missing := sorted(set(wanted) - {row.id for row in rows}):
        raise UnknownTaskError(f"'{missing[0]}' is no annotators' task of campaign '{campaign.name}'.")
    for row in rows:
        _check(row)
    if target.person:
        _check_person(ctx, campaign, rows, target.person)
    store.hand(ctx.db, campaign.id, [(row.id, _lane(row, target)) for row in rows])
    body = {"tasks": wanted, "person": target.person, "skill": target.skill, "taken": taken, "reason": reason.strip()}
    ledger.append(ctx, "tasks.assigned", subject=campaign.id, body=body)
    if target.person:
        text = f"{len(rows)} tasks of '{campaign.name}' were handed to you: {reason.strip()}"
        notices.send(ctx, [target.person], kind="assignment", subject=campaign.id, text=text)
    return Assigned(tasks=len(rows), taken_away=taken)


def open_tasks(
    ctx: Context, campaign_id: str, *, handed: bool = False, after: str = "", limit: int = 50
) -> list[Place]:
    """Return open tasks that may be handed over, oldest first; for those who run the campaign.

    Args:
        ctx: The context.
        campaign_id: The campaign.
        handed: Whether only those that were handed to somebody.
        after: Id of the last one before.
        limit: Most tasks.
    """
    require(ctx, Decision.CAMPAIGN_OPEN)
    found = queries.campaign(ctx, campaign_id)
    return store.open_places(ctx.db, found.id, handed=handed, after=after, limit=limit)


def skips(ctx: Context, campaign_id: str, *, before: str = "", limit: int = 50) -> list[Skip]:
    """Return tasks that annotators passed on, with their reasons, newest first; for those who run the campaign."""
    require(ctx, Decision.CAMPAIGN_OPEN)
    return store.skips(ctx.db, queries.campaign(ctx, campaign_id).id, before=before, limit=limit)


def skip_reasons(ctx: Context, campaign_id: str) -> list[SkipReason]:
    """Return the twenty commonest reasons for passing tasks on, as they were written."""
    require(ctx, Decision.CAMPAIGN_OPEN)
    rows = store.skip_reasons(ctx.db, queries.campaign(ctx, campaign_id).id, limit=_REASONS)
    return [SkipReason(reason=reason, tasks=count, people=who) for reason, count, who in rows]


def eligible(ctx: Context) -> dict[str, str]:
    """Return the people of the program who answer tasks, handle by id, in the order of handles."""
    may = set(governance.involved(ctx, Decision.ANNOTATION_ANSWER, Involvement.RESPONSIBLE))
    return {person.id: person.handle for person, _ in governance.members(ctx) if person.id in may}


def _take_away(ctx: Context, campaign: Campaign, task_ids: Sequence[str], keeper: str) -> int:
    """End the leases of others on some tasks; seats are locked before leases, in one order for everybody.

    Who sits down meanwhile is not waited for: what they answered first stays answered.
    """
    wanted = set(task_ids)

    def others() -> list[tuple[str, str, str]]:
        held = tasks.leases(ctx.db, campaign.id)
        return [(x.annotator, x.id, x.task_id) for x in held if x.task_id in wanted and x.annotator != keeper]

    for annotator in sorted({annotator for annotator, _, _ in others()}):
        queue.sit(ctx.db, ctx.program, campaign.id, annotator)
    taken = 0
    for _, lease_id, task_id in others():
        if queue.end(ctx.db, lease_id, LeaseState.REVOKED, reason="handed to somebody else"):
            returns.give_back(ctx.db, task_id)
            taken += 1
    return taken


def _check(row: Place) -> None:
    if row.kind in (LaneKind.GOLD, LaneKind.CALIBRATION) or row.wanted >= EVERYONE:
        raise NotAssignableError(f"Task '{row.id}' is gold or calibration: everybody answers it.")
    if row.away:
        raise NotAssignableError(f"Task '{row.id}' is out at a vendor.", remedy="Recall its package first.")
    if row.need <= 0:
        why = "has every answer it wants" if row.answers >= row.wanted else "is being worked on"
        raise NotAssignableError(
            f"Task '{row.id}' {why}.", remedy="Take it away from whoever holds it, or choose another."
        )


def _check_person(ctx: Context, campaign: Campaign, rows: Sequence[Place], person: str) -> None:
    name = eligible(ctx).get(person)
    if name is None:
        raise NotAssignableError(f"'{person}' answers no tasks in this program.", remedy="Give them the role first.")
    member = people.annotator(ctx, person)
    if member.stop is not None:
        raise NotAssignableError(f"{name} is stopped from answering.", remedy="Let them go on first.")
    asked = {row.skill for row in rows if row.skill} | ({campaign.plan.skill} - {""})
    if lacking := sorted(asked - people.skills(ctx, member, asked)):
        raise NotAssignableError(f"{name} lacks the skill '{lacking[0]}'.", remedy="Vouch for it or choose another.")
    if before := sorted(store.had(ctx.db, [row.id for row in rows], person)):
        raise NotAssignableError(f"{name} had task '{before[0]}' already and is not given it again.")


def _lane(row: Place, target: Target) -> Lane:
    kind = LaneKind.ASSIGNED if target.person or target.skill else LaneKind.RETURNS
    return Lane(
        tier=Tier.ANNOTATE,
        kind=kind,
        priority=row.priority,
        skill=target.skill or row.skill,
        annotator=target.person,
    )
