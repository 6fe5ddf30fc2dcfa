"""Enquiries: annotators ask the owners of a guideline about the task at hand; the reply reaches them at their work.

A reply that concerns everybody is published: question and reply then stand beside the guideline, without who asked.
What should be a rule becomes the next version of the guideline, and who asked is told when it is published.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from headwater.annotation import queries, submissions
from headwater.annotation.desk import sit
from headwater.annotation.enquiry_model import (
    LONGEST,
    Enquiry,
    RepliedError,
    State,
    UnansweredError,
    UnknownEnquiryError,
)
from headwater.annotation.model import CampaignState, Tier
from headwater.annotation.store import enquiries as store
from headwater.core.errors import InvalidError
from headwater.core.ids import new_id
from headwater.governance import ledger, notices
from headwater.governance import queries as governance
from headwater.governance.authority import require
from headwater.governance.model import Decision, Involvement, NotYoursError, PersonId
from headwater.storage.database import WHOLE, Part

if TYPE_CHECKING:
    from headwater.context import Context

_TITLE, _EXCERPT = 200, 120
SHOWN = 200
"""Most published enquiries beside a guideline; the newest."""


def ask(ctx: Context, campaign_id: str, *, lease_id: str, token: str, text: str, section: str = "") -> Enquiry:
    """Ask the owners of the guideline about a task the actor holds; they get a notice.

    Args:
        ctx: The annotator's context.
        campaign_id: The campaign.
        lease_id: The task at hand; the version of the guideline is the one it is answered under.
        token: The lease's token.
        text: The question.
        section: Title of the section it is about; empty for the guideline as a whole.

    Raises:
        UnknownLeaseError, LeaseTokenError: The actor does not hold the task.
        InvalidError: The question is empty or too long.
    """
    require(ctx, Decision.ANNOTATION_ANSWER)
    held = submissions.own(sit(ctx, campaign_id, Tier.ANNOTATE), lease_id, token)
    row = Enquiry(
        id=new_id("enq"),
        program=ctx.program,
        campaign_id=campaign_id,
        task_id=held.task_id,
        record_id=held.record_id,
        guideline_id=held.guideline_id,
        section=section.strip()[:_TITLE],
        text=_checked(text, "question"),
        author=PersonId(ctx.actor),
        asked_at=ctx.clock.now(),
        reply="",
        replied_by=PersonId(""),
        replied_at=None,
    )
    store.add(ctx.db, row)
    ledger.append(ctx, "enquiry.asked", subject=row.id, body={"guideline": row.guideline_id, "section": row.section})
    about = f" about '{row.section}'" if row.section else ""
    owners = governance.involved(ctx, Decision.GUIDELINE_PUBLISH, Involvement.RESPONSIBLE)
    notices.send(ctx, owners, kind="enquiry", subject=row.id, text=f"A question{about}: {_excerpt(row.text)}")
    return row


def reply(ctx: Context, enquiry_id: str, *, text: str) -> Enquiry:
    """Reply to an enquiry as an owner of the guideline; who asked gets a notice.

    Raises:
        UnknownEnquiryError: The program has no such enquiry.
        RepliedError: It has a reply.
        InvalidError: The reply is empty or too long.
    """
    require(ctx, Decision.GUIDELINE_PUBLISH)
    row = find(ctx, enquiry_id)
    words = _checked(text, "reply")
    if not store.reply(ctx.db, row.id, text=words, by=ctx.actor, at=ctx.clock.now()):
        raise RepliedError(
            f"Enquiry '{row.id}' has a reply already.", remedy="Change the guideline if it is not enough."
        )
    ledger.append(ctx, "enquiry.replied", subject=row.id, body={"guideline": row.guideline_id})
    notices.send(
        ctx, [row.author], kind="enquiry", subject=row.id, text=f"Your question was answered: {_excerpt(words)}"
    )
    return find(ctx, row.id)


def publish(ctx: Context, enquiry_id: str, *, withdrawn: bool = False) -> Enquiry:
    """Let everybody who reads the guideline read a question with its reply, without who asked; or take that back.

    Who works under the guideline gets a notice. Nothing happens when it is published, or withdrawn, already.

    Raises:
        UnknownEnquiryError: The program has no such enquiry.
        UnansweredError: It has no reply.
    """
    require(ctx, Decision.GUIDELINE_PUBLISH)
    row = find(ctx, enquiry_id)
    if row.replied_at is None:
        raise UnansweredError(f"Enquiry '{row.id}' has no reply to publish.", remedy="Reply to it first.")
    if (row.published_at is None) == withdrawn:
        return row
    store.publish(ctx.db, row.id, None if withdrawn else ctx.clock.now())
    act = "enquiry.withdrawn" if withdrawn else "enquiry.published"
    ledger.append(ctx, act, subject=row.id, body={"guideline": row.guideline_id})
    if not withdrawn:
        _tell_everybody(ctx, row)
    return find(ctx, row.id)


def is_owner(ctx: Context) -> bool:
    """Return whether the actor replies to enquiries: Responsible or Accountable for guidelines."""
    try:
        require(ctx, Decision.GUIDELINE_PUBLISH)
    except NotYoursError:
        return False
    return True


def listed(ctx: Context, *, campaign_id: str = "", state: State | None = None, part: Part = WHOLE) -> list[Enquiry]:
    """Return enquiries, newest first: to owners of guidelines all of the program, to others their own.

    Published ones are everybody's, without who asked.
    """
    owns = is_owner(ctx)
    reader = "" if owns else ctx.actor
    rows = store.find(ctx.db, ctx.program, reader=reader, campaign_id=campaign_id, state=state, part=part)
    return rows if owns else [_unnamed(ctx, row) for row in rows]


def published(ctx: Context, guideline_id: str) -> list[Enquiry]:
    """Return the published enquiries about any version of a guideline, in the order of publishing, without who asked.

    At most the newest `SHOWN`.
    """
    name = queries.guideline(ctx, guideline_id).name
    versions = [each.id for each in queries.guidelines(ctx, name=name)]
    return [_unnamed(ctx, row) for row in store.published(ctx.db, versions, SHOWN)]


def mine(ctx: Context, campaign_id: str) -> list[Enquiry]:
    """Return what the actor asked in a campaign, newest first."""
    rows = store.find(ctx.db, ctx.program, reader=ctx.actor, campaign_id=campaign_id)
    return [row for row in rows if row.author == ctx.actor]


def find(ctx: Context, enquiry_id: str) -> Enquiry:
    """Return an enquiry the actor may see.

    Raises:
        UnknownEnquiryError: There is none.
    """
    author = "" if is_owner(ctx) else ctx.actor
    found = store.get(ctx.db, ctx.program, enquiry_id)
    if found is None or author not in ("", found.author):
        raise UnknownEnquiryError(f"There is no enquiry '{enquiry_id}' for you in this program.")
    return found


def _unnamed(ctx: Context, row: Enquiry) -> Enquiry:
    """An enquiry of somebody else as everybody sees it: without who asked, about which record."""
    return row if row.author == ctx.actor else replace(row, author=PersonId(""), record_id="", task_id="")


def _tell_everybody(ctx: Context, row: Enquiry) -> None:
    name = queries.guideline(ctx, row.guideline_id).name
    versions = {each.id for each in queries.guidelines(ctx, name=name)}
    told = {
        person
        for campaign in queries.campaigns(ctx)
        if campaign.guideline_id in versions and campaign.state in (CampaignState.OPEN, CampaignState.PAUSED)
        for person in queries.people(ctx, campaign.id)
    }
    text = f"A question about guideline {name} was answered for everybody: {_excerpt(row.text)}"
    notices.send(ctx, sorted(told - {row.author, ctx.actor}), kind="enquiry", subject=row.id, text=text)


def _checked(text: str, what: str) -> str:
    words = text.strip()
    if not words or len(words) > LONGEST:
        raise InvalidError(f"The {what} has {len(words)} characters; expected 1 to {LONGEST}.")
    return words


def _excerpt(text: str) -> str:
    return text if len(text) <= _EXCERPT else f"{text[: _EXCERPT - 1]}…"
