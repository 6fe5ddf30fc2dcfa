"""Feedback reaches the author of an answer; they may appeal against it once, and somebody else rules on the appeal."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from headwater.annotation import queries, submissions
from headwater.annotation.appeal_model import (
    APPEAL_WINDOW,
    CONTESTABLE,
    Appeal,
    AppealState,
    AppealStateError,
    Feedback,
    Kind,
    NotContestableError,
    ReviewerLine,
    UnknownAppealError,
    UnknownFeedbackError,
)
from headwater.annotation.desk import sit
from headwater.annotation.model import Answer, LeaseState, Ruling, Tier, Verdict
from headwater.annotation.store import answers, queue
from headwater.annotation.store import appeals as store
from headwater.annotation.store import rulings as settled
from headwater.core.errors import InvalidError
from headwater.core.ids import new_id
from headwater.governance import ledger, notices
from headwater.governance import queries as governance
from headwater.governance.authority import require
from headwater.governance.model import Decision, FourEyesError, Involvement, PersonId
from headwater.stats.interval import wilson

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headwater.context import Context
    from headwater.stats.interval import Estimate

_SAID = {
    Kind.CORRECTED: "A reviewer corrected an answer of yours",
    Kind.RETURNED: "A reviewer returned an answer of yours; its task is on your desk again",
    Kind.RULED: "An expert settled a task otherwise than you answered it",
    Kind.UPHELD: "Your appeal was upheld: your answer stands",
    Kind.DISMISSED: "Your appeal was dismissed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Feedback with the appeal against it."""

    feedback: Feedback
    appeal: Appeal | None
    is_contestable: bool
    """Whether its author may appeal now."""


def tell(ctx: Context, about: Answer, kind: Kind, *, reason: str, settled: Mapping[str, object] | None = None) -> None:
    """Keep what the actor said about an answer for its author; they get a notice unless it was accepted as it is."""
    row = Feedback(
        id=new_id("fbk"),
        campaign_id=about.campaign_id,
        person=about.annotator,
        kind=kind,
        answer_id=about.id,
        task_id=about.task_id,
        record_id=about.record_id,
        given=about.values,
        settled=dict(settled or {}),
        reason=reason,
        by=PersonId(ctx.actor),
        created_at=ctx.clock.now(),
    )
    store.add_feedback(ctx.db, ctx.program, row)
    if kind in _SAID and (kind is not Kind.RULED or row.differs):
        text = f"{_SAID[kind]}: {reason}"
        notices.send(ctx, [about.annotator], kind="feedback", subject=row.id, text=text)


def mine(ctx: Context, *, before: str = "", limit: int = 50) -> list[Entry]:
    """Return what was said about the actor's answers, newest first, from the one before `before`."""
    rows = store.feedback_of(ctx.db, ctx.program, ctx.actor, before=before, limit=limit)
    against = store.about(ctx.db, [row.id for row in rows])
    dismissed: list[str] = [row.answer_id for row in rows if row.kind is Kind.DISMISSED]
    corrected = store.corrections(ctx.db, ctx.program, ctx.actor, dismissed)
    now = ctx.clock.now()
    return [
        Entry(
            feedback=replace(row, by=PersonId(""), settled=_standing(row, against.get(row.id), corrected)),
            appeal=against.get(row.id),
            is_contestable=row.id not in against and row.is_contestable(now),
        )
        for row in rows
    ]


def _standing(row: Feedback, against: Appeal | None, corrected: Mapping[str, dict[str, object]]) -> dict[str, object]:
    """What stands today: the answer where a ruling overturned what was said, the correction where one upheld it."""
    if against is not None and against.state is AppealState.UPHELD:
        return row.given
    return corrected.get(row.answer_id, {}) if row.kind is Kind.DISMISSED else row.settled


def my_share(ctx: Context) -> Estimate:
    """Return the share of the actor's reviewed answers that stand: those accepted, and those upheld on appeal."""
    counts = my_counts(ctx)
    reviewed = sum(counts[kind] for kind in (Kind.ACCEPTED, Kind.CORRECTED, Kind.RETURNED))
    return wilson(counts[Kind.ACCEPTED] + counts[Kind.UPHELD], reviewed)


def my_counts(ctx: Context) -> dict[Kind, int]:
    """Return how often each kind of feedback came to the actor."""
    found = store.counts(ctx.db, ctx.program, ctx.actor)
    return {kind: found.get(kind.value, 0) for kind in Kind}


def appeal(ctx: Context, feedback_id: str, *, reason: str) -> Appeal:
    """Object to a correction or return of one's own answer, within seven days and once.

    Raises:
        UnknownFeedbackError: It is not about an answer of the actor's.
        NotContestableError: It is no correction or return, too old, or was appealed against before.
        InvalidError: There is no reason.
    """
    require(ctx, Decision.ANNOTATION_ANSWER)
    found = store.get_feedback(ctx.db, ctx.program, feedback_id)
    if found is None or found.person != ctx.actor:
        raise UnknownFeedbackError(f"There is no feedback '{feedback_id}' on an answer of yours.")
    if not reason.strip():
        raise InvalidError("An appeal needs a reason: whoever rules on it reads it.")
    if found.kind not in CONTESTABLE:
        raise NotContestableError(f"There is no appeal against an answer that was {found.kind}.")
    now = ctx.clock.now()
    if not found.is_contestable(now):
        until = found.created_at + APPEAL_WINDOW
        raise NotContestableError(f"The time to appeal ended at {until:%Y-%m-%d %H:%M} UTC.")
    if store.about(ctx.db, [found.id]):
        raise NotContestableError("You appealed against this before; an appeal is made once.")
    row = Appeal(
        id=new_id("apl"),
        campaign_id=found.campaign_id,
        feedback_id=found.id,
        author=found.person,
        reviewer=found.by,
        reason=reason.strip(),
        state=AppealState.OPEN,
        created_at=now,
        ruled_by=None,
        ruling="",
        ruled_at=None,
    )
    store.add(ctx.db, ctx.program, row)
    able = governance.involved(ctx, Decision.ANNOTATION_ADJUDICATE, Involvement.RESPONSIBLE)
    others = [person for person in able if person not in (row.author, row.reviewer)]
    notices.send(ctx, others, kind="appeal", subject=row.id, text=f"An appeal waits for a ruling: {row.reason}")
    ledger.append(ctx, "appeal.made", subject=row.id, body={"answer": found.answer_id, "reason": row.reason})
    return row


def appeals(ctx: Context, *, state: AppealState = AppealState.OPEN, after: str = "", limit: int = 50) -> list[Appeal]:
    """Return appeals in a state, oldest first, from the one after `after`; for those who rule on them."""
    require(ctx, Decision.ANNOTATION_ADJUDICATE)
    return store.page(ctx.db, ctx.program, state=state.value, after=after, limit=limit)


def contested(ctx: Context, row: Appeal) -> Feedback:
    """Return what an appeal is against; for those who rule on it.

    Raises:
        UnknownFeedbackError: It is gone.
    """
    require(ctx, Decision.ANNOTATION_ADJUDICATE)
    found = store.get_feedback(ctx.db, ctx.program, row.feedback_id)
    if found is None:
        raise UnknownFeedbackError(f"The feedback '{row.feedback_id}' is gone.")
    return found


def rule(ctx: Context, appeal_id: str, *, upheld: bool, reason: str) -> Appeal:
    """Rule on an appeal as an expert who is neither its author nor the reviewer.

    Upheld, the author's answer settles the task above what the reviewer said; an answer that was returned and not
    given again stands as it was. Dismissed, everything stays as the reviewer left it.

    Raises:
        UnknownAppealError: There is none.
        AppealStateError: It was ruled on already.
        FourEyesError: The actor is its author or the reviewer.
        InvalidError: There is no reason.
    """
    require(ctx, Decision.ANNOTATION_ADJUDICATE)
    row = store.get(ctx.db, ctx.program, appeal_id)
    if row is None:
        raise UnknownAppealError(f"There is no appeal '{appeal_id}' in this program.")
    if row.state is not AppealState.OPEN:
        raise AppealStateError(f"The appeal was {row.state} already: {row.ruling}")
    if ctx.actor in (row.reviewer, row.author):
        raise FourEyesError("Neither reviewer nor author rules on an appeal.", remedy="Leave it to another expert.")
    if not reason.strip():
        raise InvalidError("A ruling needs a reason: the author and the reviewer read it.")
    about = answers.get(ctx.db, row.campaign_id, contested(ctx, row).answer_id)
    if about is None:
        raise UnknownAppealError(f"The answer that appeal '{appeal_id}' is about is gone.")
    state = AppealState.UPHELD if upheld else AppealState.DISMISSED
    done = replace(row, state=state, ruled_by=PersonId(ctx.actor), ruling=reason.strip(), ruled_at=ctx.clock.now())
    store.rule(ctx.db, done)
    if upheld:
        _uphold(ctx, about)
    tell(ctx, about, Kind(state.value), reason=done.ruling, settled=about.values if upheld else {})
    text = f"An appeal against a review of yours was {state.value}: {done.ruling}"
    notices.send(ctx, [row.reviewer], kind="appeal", subject=row.id, text=text)
    ledger.append(ctx, f"appeal.{state.value}", subject=row.id, body={"answer": about.id, "reason": done.ruling})
    return done


def reviewers(ctx: Context, campaign_id: str) -> list[ReviewerLine]:
    """Return what each reviewer of a campaign decided and how it fared on appeal; for those who accept the work."""
    require(ctx, Decision.BATCH_ACCEPT)
    said, against = store.by_reviewer(ctx.db, queries.campaign(ctx, campaign_id).id)
    lines = []
    for person in sorted({reviewer for reviewer, _ in said}):
        total = sum(said.get((person, verdict.value), 0) for verdict in Verdict)
        upheld, dismissed, waiting = (
            against.get((person, state.value), 0)
            for state in (AppealState.UPHELD, AppealState.DISMISSED, AppealState.OPEN)
        )
        lines.append(
            ReviewerLine(
                reviewer=PersonId(person),
                reviews=total,
                corrected=wilson(said.get((person, Verdict.CORRECT.value), 0), total),
                returned=wilson(said.get((person, Verdict.RETURN.value), 0), total),
                appeals=upheld + dismissed + waiting,
                upheld=wilson(upheld, upheld + dismissed),
            )
        )
    return lines


def _uphold(ctx: Context, about: Answer) -> None:
    rulings = [
        Ruling(
            task_id=about.task_id,
            record_id=about.record_id,
            question=question,
            value=value,
            tier=Tier.ADJUDICATE,
            answer_id=about.id,
            by=PersonId(ctx.actor),
            decided_at=ctx.clock.now(),
        )
        for question, value in about.values.items()
    ]
    settled.add(ctx.db, about.campaign_id, rulings)
    submissions.count_review(ctx.db, about, reviewed=0, faulted=-1, at=ctx.clock.now())
    held = queue.get(ctx.db, about.lease_id, about.annotator)
    is_open = held is not None and held.state in (LeaseState.LIVE, LeaseState.LAPSED)
    if held is not None and is_open and about.superseded_at is not None:
        submissions.reinstate(sit(ctx, about.campaign_id, Tier.ADJUDICATE), held, about)
