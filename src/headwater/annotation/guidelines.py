"""Guidelines: written, proposed, published; a change is a new version that says why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headwater.annotation import guideline_sections, illustrations, queries
from headwater.annotation.enquiry_model import UnknownEnquiryError
from headwater.annotation.model import (
    CampaignState,
    Guideline,
    GuidelineError,
    GuidelineId,
    LaneKind,
    Standing,
    StandingError,
)
from headwater.annotation.schemas import NAME
from headwater.annotation.store import answers, enquiries, tasks
from headwater.annotation.store import documents as store
from headwater.core.canonical import digest
from headwater.core.errors import StaleError
from headwater.core.ids import new_id
from headwater.governance import decisions, ledger, notices
from headwater.governance.authority import require
from headwater.governance.model import Decision, PersonId, ProgramId
from headwater.lineage import service as lineage
from headwater.lineage.model import Node

if TYPE_CHECKING:
    from headwater.context import Context

LONGEST = 500_000
_NAMED = 8
"""Most sections named in a notice."""


def create(
    ctx: Context, *, name: str, text: str, change: str = "", seen_version: int | None = None, enquiry_id: str = ""
) -> Guideline:
    """Write a version of a guideline: the first of its name, or the next.

    Args:
        ctx: The context.
        name: Its name, which stays over versions.
        text: Markdown; a heading that names a label opens that label's section.
        change: Why it differs from the version before; needed from the second version on.
        seen_version: The newest version when its author began, 0 for none; None not to look.
        enquiry_id: The enquiry because of which it is written; who asked is told when it is published.

    Raises:
        GuidelineError: The name, text or reason cannot stand, a record it shows is not there, or nothing differs.
        StaleError: Somebody wrote another version since.
        UnknownEnquiryError: The program has no such enquiry about this guideline.
    """
    require(ctx, Decision.GUIDELINE_PUBLISH)
    if not NAME.fullmatch(name):
        raise GuidelineError(f"'{name}' cannot name a guideline: letters, digits, space, dot, dash; at most 64.")
    if not text.strip() or len(text) > LONGEST:
        raise GuidelineError(f"The text has {len(text)} characters; expected 1 to {LONGEST}.")
    earlier = store.guidelines(ctx.db, ctx.program, name=name)
    newest = earlier[0].version if earlier else 0
    if seen_version is not None and seen_version != newest:
        raise StaleError(
            f"'{name}' has a version {newest} since you began with version {seen_version}.",
            remedy="Look at what differs and put both together.",
        )
    if earlier and earlier[0].text == text:
        raise GuidelineError(f"Nothing differs from version {earlier[0].version} of '{name}'.")
    if earlier and not change.strip():
        raise GuidelineError(
            f"'{name}' has {earlier[0].version} version(s).", remedy="Say in a sentence why this one differs."
        )
    if enquiry_id:
        _check_enquiry(ctx, enquiry_id, {each.id for each in earlier})
    _check_illustrations(ctx, text)
    version = newest + 1
    row = Guideline(
        id=GuidelineId(new_id("gdl")),
        program=ProgramId(ctx.program),
        name=name,
        version=version,
        standing=Standing.DRAFT,
        text=text,
        change=change.strip(),
        digest=digest({"name": name, "version": version, "text": text}),
        author=PersonId(ctx.actor),
        created_at=ctx.clock.now(),
        published_at=None,
    )
    store.add_guideline(ctx.db, row)
    ledger.append(ctx, "guideline.written", subject=row.id, body={"version": version, "digest": row.digest})
    if enquiry_id:
        enquiries.lead(ctx.db, enquiry_id, row.id)
    return row


def propose(ctx: Context, guideline_id: str) -> Guideline:
    """Put a version of a guideline before the Accountable; experts are consulted.

    Raises:
        StandingError: It is no draft.
        GuidelineError: A record it shows became hidden gold since, or is gone.
    """
    require(ctx, Decision.GUIDELINE_PUBLISH)
    row = queries.guideline(ctx, guideline_id)
    if row.standing not in (Standing.DRAFT, Standing.PROPOSED):
        raise StandingError(f"{_title(row)} is {row.standing}; only a draft is proposed.")
    _check_illustrations(ctx, row.text)
    summary = f"{_title(row)}: {row.change}" if row.change else _title(row)
    decisions.propose(
        ctx, Decision.GUIDELINE_PUBLISH, subject=row.id, digest=row.digest, summary=summary, author=row.author
    )
    store.set_guideline_standing(ctx.db, row.id, Standing.PROPOSED)
    return queries.guideline(ctx, guideline_id)


def approve(ctx: Context, guideline_id: str, *, reason: str) -> Guideline:
    """Publish a proposed version as the Accountable; the version published before is superseded.

    Campaigns keep the version they run under until they are moved to the new one; their annotators are told what
    changed and since when it counts.
    """
    require(ctx, Decision.GUIDELINE_PUBLISH)
    row = queries.guideline(ctx, guideline_id)
    decisions.approve(ctx, Decision.GUIDELINE_PUBLISH, subject=row.id, digest=row.digest, reason=reason)
    replaced = store.guidelines(ctx.db, ctx.program, name=row.name, standing=Standing.PUBLISHED)
    for old in replaced:
        store.set_guideline_standing(ctx.db, old.id, Standing.SUPERSEDED)
    store.set_guideline_standing(ctx.db, row.id, Standing.PUBLISHED, ctx.clock.now())
    node = Node(id=row.id, kind="guideline", label=_title(row), digest=row.digest)
    lineage.record(ctx, activity="guideline.publish", used=[], generated=[node])
    _tell(ctx, row, replaced[0] if replaced else None)
    return queries.guideline(ctx, guideline_id)


def refuse(ctx: Context, guideline_id: str, *, reason: str) -> Guideline:
    """Send a proposed version back as the Accountable."""
    require(ctx, Decision.GUIDELINE_PUBLISH)
    row = queries.guideline(ctx, guideline_id)
    decisions.refuse(ctx, Decision.GUIDELINE_PUBLISH, subject=row.id, reason=reason)
    store.set_guideline_standing(ctx.db, row.id, Standing.DRAFT)
    return queries.guideline(ctx, guideline_id)


def difference(before: Guideline, after: Guideline) -> str:
    """Return in a few words what differs between two versions: why, and the sections."""
    titles = guideline_sections.changed(before.text, after.text)
    listed = ", ".join(titles[:_NAMED]) + (f" and {len(titles) - _NAMED} more" if len(titles) > _NAMED else "")
    return " ".join(filter(None, (after.change, listed and f"Changed: {listed}.")))


def _tell(ctx: Context, row: Guideline, before: Guideline | None) -> None:
    """Tell who asked for the change, and the annotators of running campaigns under an earlier version."""
    for asked in enquiries.that_led_to(ctx.db, row.id):
        text = f"Your question led to {_title(row)}, which was published. {row.change}"
        notices.send(ctx, [asked.author], kind="guideline", subject=row.id, text=text)
    if before is None:
        return
    versions = {each.id for each in store.guidelines(ctx.db, ctx.program, name=row.name)}
    for campaign in queries.campaigns(ctx):
        if campaign.guideline_id in versions and campaign.state in (CampaignState.OPEN, CampaignState.PAUSED):
            what = f"{_title(row)} was published. {difference(before, row)}"
            text = f"{what} '{campaign.name}' keeps its version until it is moved."
            notices.send(ctx, queries.people(ctx, campaign.id), kind="guideline", subject=row.id, text=text)


def _check_enquiry(ctx: Context, enquiry_id: str, versions: set[GuidelineId]) -> None:
    asked = enquiries.get(ctx.db, ctx.program, enquiry_id)
    if asked is None or asked.guideline_id not in versions:
        raise UnknownEnquiryError(f"There is no enquiry '{enquiry_id}' about this guideline.")


def _check_illustrations(ctx: Context, text: str) -> None:
    there = illustrations.contents(ctx, text)
    if missing := [record for record in illustrations.named(text) if record not in there]:
        raise GuidelineError(
            f"The text shows record '{missing[0]}', which the program does not have.",
            remedy="Take the id from the record's page, or take the example out.",
        )
    campaigns = [each.id for each in queries.campaigns(ctx) if each.state is not CampaignState.CLOSED]
    golds = {each.task_id: each.record_id for each in answers.gold_among(ctx.db, campaigns, list(there))}
    lessons = tasks.in_lanes(ctx.db, list(golds), LaneKind.CALIBRATION)
    if hidden := [record for task, record in golds.items() if task not in lessons]:
        raise GuidelineError(
            f"The text shows record '{hidden[0]}', which is hidden gold: everybody would know its right answer.",
            remedy="Take another record, or retire the gold first.",
        )


def _title(row: Guideline) -> str:
    return f"Guideline {row.name} v{row.version}"
