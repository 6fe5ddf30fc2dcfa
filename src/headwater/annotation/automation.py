"""Letting a model answer where it is proven good enough: certificates from gold, answers under them, audits by lot."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from headwater.annotation import content, likeness, queries, responses
from headwater.annotation.automation_model import (
    MODEL,
    Audit,
    Certificate,
    Mode,
    ModeError,
    NoCertificateError,
    Routed,
    mode_of,
)
from headwater.annotation.model import LeaseState, Tier
from headwater.annotation.store import answers, away, tasks
from headwater.annotation.store import automation as store
from headwater.annotation.store import campaigns as campaign_rows
from headwater.core.canonical import digest
from headwater.core.errors import InvalidError, NotFoundError
from headwater.core.ids import new_id
from headwater.governance import decisions
from headwater.governance.authority import require
from headwater.governance.model import Decision, PersonId
from headwater.sourcing import queries as sourcing
from headwater.stats import routing
from headwater.workforce import service as workforce

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from headwater.annotation.model import Campaign
    from headwater.annotation.questions import Question
    from headwater.annotation.store.automation import Proposed
    from headwater.context import Context
    from headwater.sourcing.model import Record

MOST = 5_000
"""Most tasks a run takes; also read at a time."""
_PARTS = 40
"""Most times that many are read to find tasks of the slice among others."""
LONGEST_DAYS = 365


class UnknownCertificateError(NotFoundError):
    """There is no such certificate in this program."""

    code = "unknown_certificate"


def certify(  # noqa: PLR0913 -- what a certificate says
    ctx: Context,
    campaign_id: str,
    *,
    model: str,
    alpha: float,
    delta: float = 0.1,
    where: str = "",
    audit_rate: float = 0.05,
    days: float = 30.0,
) -> Certificate:
    """Issue the evidence that a model's answers above a score are wrong at most at a rate, but for a small chance.

    It rests on the campaign's gold in the slice for which the model proposes an answer with a score. The proof holds
    for tasks like that gold: draw it from the slice at random.

    Args:
        ctx: The context.
        campaign_id: The campaign.
        model: Name and version, as its proposals carry it.
        alpha: Highest error rate that is allowed, in (0, 1).
        delta: Chance that the bound is broken, in (0, 1).
        where: The slice of records; all of the campaign when empty.
        audit_rate: Share of tasks above the score that people answer, to check, in (0, 1].
        days: How long it holds, at most 365.

    Raises:
        NoCertificateError: No score is proven good enough; the message says what there was.
        InvalidError: A number is outside its range.
        SliceError: The slice cannot be read.
    """
    require(ctx, Decision.AUTOMATION_CHANGE)
    if not 0 < audit_rate <= 1 or not 0 < days <= LONGEST_DAYS:
        raise InvalidError(f"Audit a share in (0, 1], for at most {LONGEST_DAYS} days; not {audit_rate:g}, {days:g}.")
    campaign = queries.campaign(ctx, campaign_id)
    asked = queries.schema(ctx, campaign.schema_id).questions
    rows = store.known(ctx.db, campaign.id, model)
    inside = _inside(ctx, where, [row for row, _ in rows])
    rows = [(row, right) for row, right in rows if row.record_id in inside]
    wrong = [not likeness.agrees(asked, right, row.values) for row, right in rows]
    found = routing.certify([row.score for row, _ in rows], wrong, alpha=alpha, delta=delta)
    if not found.is_certified:
        raise NoCertificateError(
            f"No score of '{model}' is proven to keep errors at {alpha:.1%}: {sum(wrong)} of {found.n} gold tasks with "
            f"a scored proposal are wrong, and {found.least} must lie above a score.",
            remedy="Mark more gold drawn at random from the slice, allow more errors, or leave the work to people.",
        )
    now = ctx.clock.now()
    row = Certificate(
        id=new_id("crt"),
        campaign_id=campaign.id,
        model=model,
        where=where.strip(),
        schema_id=campaign.schema_id,
        guideline_id=campaign.guideline_id,
        alpha=alpha,
        delta=delta,
        threshold=found.value,
        error=found.error,
        share=found.share,
        n=found.n,
        audit_rate=audit_rate,
        author=PersonId(ctx.actor),
        issued_at=now,
        expires_at=now + timedelta(days=days),
        revoked_at=None,
        reason="",
    )
    store.add(ctx.db, ctx.program, row)
    said = f"{model} from a score of {row.threshold:g}: errors {row.error}"
    decisions.record(ctx, Decision.AUTOMATION_CHANGE, subject=campaign.id, digest=digest({"id": row.id}), reason=said)
    return row


def revoke(ctx: Context, certificate_id: str, *, reason: str) -> Certificate:
    """End a certificate: nothing more is answered under it, and what was answered stays.

    Raises:
        UnknownCertificateError: There is none.
        InvalidError: There is no reason.
    """
    require(ctx, Decision.AUTOMATION_CHANGE)
    row = certificate(ctx, certificate_id)
    if not reason.strip():
        raise InvalidError("A certificate is revoked with a reason.")
    if row.revoked_at is None:
        store.revoke(ctx.db, row.id, at=ctx.clock.now(), reason=reason.strip())
        said = f"{row.id} revoked: {reason.strip()}"
        decisions.record(ctx, Decision.AUTOMATION_CHANGE, subject=row.campaign_id, reason=said)
    return certificate(ctx, certificate_id)


def run(ctx: Context, certificate_id: str, *, limit: int = 1000, unasked: bool = False) -> Routed:
    """Let a model answer untouched tasks under its certificate; a share drawn by lot goes to people, who check it.

    A task it answers wants no further answer. Where its proposal is no complete answer, or a more careful slice of the
    policy holds the record, people answer.

    Args:
        ctx: The context.
        certificate_id: The certificate.
        limit: Most tasks of the slice, surest first, at most 5,000.
        unasked: Whether it follows from the policy alone: then only a run that found something is recorded.

    Raises:
        NoCertificateError: It is revoked, past its time, contradicted by audits, or the campaign moved on.
        ModeError: The policy does not give its slice to a model.
    """
    require(ctx, Decision.AUTOMATION_CHANGE)
    row = certificate(ctx, certificate_id)
    campaign = queries.campaign(ctx, row.campaign_id)
    _ensure_live(ctx, row, campaign)
    if campaign.plan.slices.get(row.where) != Mode.MODEL.value:
        raise ModeError(
            f"The automation policy of '{campaign.name}' does not let a model answer {row.where or 'all records'}.",
            remedy=f"Decide so first: headwater automation set '{campaign.name}' \"{row.where}\" model --reason …",
        )
    if not 1 <= limit <= MOST:
        raise InvalidError(f"A run takes 1 to {MOST:,} tasks, not {limit:,}.")
    whole, inside = _candidates(ctx, campaign, row, limit)
    asked = queries.schema(ctx, campaign.schema_id).questions
    sound = [each for each in whole if _is_complete(asked, each.values, inside[each.record_id])]
    drawn = [each for each in sound if _lot(ctx, row.id, each.task_id) < row.audit_rate]
    mine = [each for each in sound if each not in drawn]
    now = ctx.clock.now()
    store.route(ctx.db, row.id, drawn, audited=True, at=now)
    store.route(ctx.db, row.id, mine, audited=False, at=now)
    _answer(ctx, campaign, row, mine, inside)
    said = f"{row.id}: {len(mine)} answered, {len(drawn)} to be checked{', by the policy' if unasked else ''}"
    if sound or not unasked:
        decisions.record(ctx, Decision.AUTOMATION_CHANGE, subject=campaign.id, reason=said)
    return Routed(answered=len(mine), audited=len(drawn), left=len(whole) - len(sound))


def _candidates(
    ctx: Context, campaign: Campaign, row: Certificate, limit: int
) -> tuple[list[Proposed], dict[str, Record]]:
    """The surest tasks the policy gives to the model, with their records; tasks outside are passed by, not counted."""
    whole: list[Proposed] = []
    records: dict[str, Record] = {}
    part: list[Proposed] = []
    for _ in range(_PARTS):
        after = (part[-1].score, part[-1].task_id) if part else None
        part = store.candidates(ctx.db, campaign.id, row.model, least=row.threshold, after=after, limit=MOST)
        records |= {
            identifier: record
            for identifier, record in _inside(ctx, row.where, part).items()
            if mode_of(campaign.plan, sourcing.fields_of(record)) is Mode.MODEL
        }
        whole += [each for each in part if each.record_id in records]
        if len(whole) >= limit or len(part) < MOST:
            break
    return whole[:limit], records


def live(ctx: Context, campaign: Campaign) -> list[Certificate]:
    """Return the certificates under which a model may answer at this moment, newest first; audits are not looked at."""
    require(ctx, Decision.BATCH_ACCEPT)
    now, versions = ctx.clock.now(), (campaign.schema_id, campaign.guideline_id)
    rows = store.select(ctx.db, ctx.program, campaign_id=campaign.id)
    return [row for row in rows if row.is_live(now) and (row.schema_id, row.guideline_id) == versions]


def ensure_certified(ctx: Context, campaign: Campaign, where: str) -> None:
    """Return only when a live certificate, not contradicted by audits, holds for this very slice.

    Raises:
        NoCertificateError: There is none.
    """
    require(ctx, Decision.AUTOMATION_CHANGE)
    rows = [row for row in live(ctx, campaign) if row.where == where]
    if not any(not audit(ctx, row.id).watch.alarm for row in rows):
        raise NoCertificateError(
            f"No live certificate of '{campaign.name}' is for {where or 'all records'}; what is proven elsewhere does "
            "not hold here.",
            remedy="Certify a model for this slice first: headwater automation certify.",
        )


def certificates(ctx: Context, campaign_id: str) -> list[Certificate]:
    """Return the certificates of a campaign, newest first; for those who accept the work."""
    require(ctx, Decision.BATCH_ACCEPT)
    return store.select(ctx.db, ctx.program, campaign_id=queries.campaign(ctx, campaign_id).id)


def certificate(ctx: Context, certificate_id: str) -> Certificate:
    """Return a certificate; for those who accept the work.

    Raises:
        UnknownCertificateError: There is none.
    """
    require(ctx, Decision.BATCH_ACCEPT)
    found = store.select(ctx.db, ctx.program, identifier=certificate_id)
    if not found:
        raise UnknownCertificateError(f"There is no certificate '{certificate_id}' in this program.")
    return found[0]


def audit(ctx: Context, certificate_id: str) -> Audit:
    """Return what people's answers to the tasks drawn by lot say of a certificate.

    A proposal counts as wrong when it agrees with no more than half of the people's answers in force.
    """
    require(ctx, Decision.BATCH_ACCEPT)
    row = certificate(ctx, certificate_id)
    asked = queries.schema(ctx, row.schema_id).questions
    drawn = store.audits(ctx.db, row.id)
    given: dict[str, list[Mapping[str, object]]] = {}
    for each in answers.of_tasks(ctx.db, ctx.program, list(drawn)):
        given.setdefault(each.task_id, []).append(each.values)
    wrong = [
        sum(likeness.agrees(asked, proposed, values) for values in given[task]) * 2 <= len(given[task])
        for task, proposed in drawn.items()
        if task in given
    ]
    return Audit(drawn=len(drawn), done=len(wrong), watch=routing.watch(wrong, alpha=row.alpha, delta=row.delta))


def _ensure_live(ctx: Context, row: Certificate, campaign: Campaign) -> None:
    again = "Certify again, or leave the work to people."
    if not row.is_live(ctx.clock.now()):
        why = f"was revoked: {row.reason}" if row.revoked_at else f"ended on {row.expires_at:%Y-%m-%d %H:%M} UTC"
        raise NoCertificateError(f"Certificate '{row.id}' {why}.", remedy=again)
    if (row.schema_id, row.guideline_id) != (campaign.schema_id, campaign.guideline_id):
        raise NoCertificateError(
            f"Campaign '{campaign.name}' has moved to other questions or rules than '{row.id}' holds for.",
            remedy=again,
        )
    found = audit(ctx, row.id)
    if found.watch.alarm:
        raise NoCertificateError(
            f"Audits contradict certificate '{row.id}': errors {found.watch.error}.",
            remedy="Revoke it, look at what went wrong, and certify again.",
        )


def _inside(ctx: Context, where: str, rows: Sequence[Proposed]) -> dict[str, Record]:
    """The records of some tasks that are there and in a slice, by id."""
    predicate = sourcing.checked(ctx, where) if where.strip() else None
    there = sourcing.present(ctx, [row.record_id for row in rows])
    return {
        identifier: record
        for identifier, record in there.items()
        if predicate is None or predicate.matches(sourcing.fields_of(record))
    }


def _is_complete(asked: Sequence[Question], values: Mapping[str, object], record: Record) -> bool:
    try:
        responses.check(asked, values, content.of_record(record).facts)
    except responses.ResponseError:
        return False
    return True


def _lot(ctx: Context, certificate_id: str, task_id: str) -> float:
    return int(ctx.keys.hmac("audit", f"{certificate_id}:{task_id}".encode())[-12:], 16) / 16**12


def _answer(
    ctx: Context, campaign: Campaign, row: Certificate, mine: Sequence[Proposed], records: Mapping[str, Record]
) -> None:
    """Give the model's answers, each batch in a cohort of its own."""
    if not mine:
        return
    now, who = ctx.clock.now(), f"{MODEL}{digest(row.model)[-24:]}"
    store.want_one(ctx.db, [each.task_id for each in mine])
    away.fill(ctx.db, campaign.id, [each.task_id for each in mine], owned=False)
    for batch in sorted({each.batch_id for each in mine}):
        cohort = workforce.model_cohort(ctx, model=row.model, guideline_id=row.guideline_id, batch_id=batch)
        common: dict[str, object] = {
            "campaign_id": campaign.id,
            "batch_id": batch,
            "annotator": who,
            "cohort_id": cohort.id,
            "schema_id": row.schema_id,
            "guideline_id": row.guideline_id,
            "client_id": row.id,
            "is_blinded": False,
        }
        leases, given = [], []
        for each in mine:
            if each.batch_id != batch:
                continue
            lease, answer = new_id("lea"), new_id("ans")
            facts = content.of_record(records[each.record_id]).facts.as_data()
            held: dict[str, object] = {
                "id": lease,
                "token": secrets.token_hex(16),
                "task_id": each.task_id,
                "facts": facts,
            }
            held |= {"state": LeaseState.ANSWERED.value, "kept": 1, "given_at": now, "expires_at": now}
            held |= {"version": 0, "prelabel": "", "answer_id": answer, "next_id": "", "reason": ""}
            leases.append(common | held)
            said: dict[str, object] = {
                "id": answer,
                "lease_id": lease,
                "task_id": each.task_id,
                "record_id": each.record_id,
            }
            said |= {"values": each.values, "tier": Tier.ANNOTATE.value, "version": 1, "prelabel": each.prelabel}
            said |= {"lead_time_ms": 0, "is_edited": False, "submitted_at": now, "superseded_at": None}
            given.append(common | said)
        away.add(ctx.db, leases, given)
        key = {"cohort_id": cohort.id, "campaign_id": campaign.id, "batch_id": batch}
        answers.tally_up(ctx.db, annotator=who, at=now, sums={"answers": len(given)}, **key)
        campaign_rows.recount_batch(ctx.db, batch, tasks.done(ctx.db, batch))
    answers.reset_closed(ctx.db, campaign.id)
