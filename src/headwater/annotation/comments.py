"""Comments on answers: a note of who gave it, what reviewers and experts say to it, and the replies.

A thread belongs to one annotator's answer. They see their own threads only; those who review or accept the work see
all. Nobody is named to the other side: a comment is the annotator's or a reviewer's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from headwater.annotation import queries
from headwater.annotation.comment_model import LONGEST, Comment, Thread
from headwater.annotation.model import Answer, UnknownTaskError
from headwater.annotation.store import answers
from headwater.annotation.store import comments as store
from headwater.core.errors import InvalidError
from headwater.core.ids import new_id
from headwater.governance import ledger, notices
from headwater.governance.authority import may, require
from headwater.governance.model import Decision, NotYoursError, PersonId

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headwater.context import Context

_EXCERPT = 120


def note(ctx: Context, answer: Answer, text: str) -> None:
    """Keep the note that came with the actor's own answer; the same words as before are kept once.

    Raises:
        InvalidError: It is too long.
    """
    require(ctx, Decision.ANNOTATION_ANSWER)
    words = _checked(text)
    before = store.of_tasks(ctx.db, [answer.task_id], annotator=ctx.actor)
    if not any(each.author == ctx.actor and each.text == words for each in before):
        store.add(ctx.db, _comment(ctx, answer, words))


def write(ctx: Context, campaign_id: str, answer_id: str, *, text: str) -> Comment:
    """Comment on an answer: on one's own, or on anybody's as a reviewer or expert; the other side gets a notice.

    Raises:
        UnknownTaskError: There is no such answer for the actor.
        InvalidError: The comment is empty or too long.
    """
    try:
        require(ctx, Decision.ANNOTATION_REVIEW)
    except NotYoursError:
        require(ctx, Decision.ANNOTATION_ANSWER)
        own = True
    else:
        own = False
    campaign = queries.campaign(ctx, campaign_id)
    about = answers.get(ctx.db, campaign.id, answer_id)
    if about is None or (own and about.annotator != ctx.actor):
        raise UnknownTaskError(f"There is no answer '{answer_id}' for you in campaign '{campaign.name}'.")
    row = _comment(ctx, about, _checked(text))
    store.add(ctx.db, row)
    ledger.append(ctx, "comment.written", subject=about.id, body={"campaign": campaign.id, "task": about.task_id})
    _tell(ctx, row, campaign.name)
    return row


def mine(ctx: Context, task_id: str) -> list[Comment]:
    """Return what was said about the actor's own answer to a task, oldest first."""
    return store.of_tasks(ctx.db, [task_id], annotator=ctx.actor)


def beside(ctx: Context, task_ids: Sequence[str]) -> dict[tuple[str, str], list[Comment]]:
    """Return the comments on all answers to some tasks, by task and annotator; for those who review or accept work."""
    if not may(ctx, Decision.ANNOTATION_REVIEW):
        require(ctx, Decision.BATCH_ACCEPT)
    found: dict[tuple[str, str], list[Comment]] = {}
    for each in store.of_tasks(ctx.db, list(task_ids)):
        if each.program == ctx.program:
            found.setdefault((each.task_id, each.annotator), []).append(each)
    return found


def threads(ctx: Context, campaign_id: str, *, before: str = "", limit: int | None = 50) -> list[Thread]:
    """Return what is said about the answers of a campaign, the newest first.

    Those who review or accept the work get all of it, others what is about their own answers.

    Args:
        ctx: The context.
        campaign_id: The campaign.
        before: The newest comment of the last thread shown before.
        limit: Most threads; all when None.
    """
    campaign = queries.campaign(ctx, campaign_id)
    own = "" if sees_all(ctx) else ctx.actor
    heads = store.newest(ctx.db, campaign.id, annotator=own, before=before, limit=limit)
    found: dict[tuple[str, str], list[Comment]] = {}
    for each in store.of_tasks(ctx.db, [head.task_id for head in heads], annotator=own):
        found.setdefault((each.task_id, each.annotator), []).append(each)
    return [
        Thread(
            campaign_id=head.campaign_id,
            task_id=head.task_id,
            record_id=head.record_id,
            annotator=head.annotator,
            answer_id=head.answer_id,
            comments=tuple(found[head.task_id, head.annotator]),
        )
        for head in heads
    ]


def sees_all(ctx: Context) -> bool:
    """Return whether the actor sees comments on everybody's answers."""
    return may(ctx, Decision.ANNOTATION_REVIEW) or may(ctx, Decision.BATCH_ACCEPT)


def _comment(ctx: Context, about: Answer, words: str) -> Comment:
    return Comment(
        id=new_id("cmt"),
        program=ctx.program,
        campaign_id=about.campaign_id,
        task_id=about.task_id,
        record_id=about.record_id,
        annotator=about.annotator,
        answer_id=about.id,
        author=PersonId(ctx.actor),
        text=words,
        written_at=ctx.clock.now(),
    )


def _tell(ctx: Context, row: Comment, campaign: str) -> None:
    said = row.text if len(row.text) <= _EXCERPT else f"{row.text[: _EXCERPT - 1]}…"
    if row.author != row.annotator:
        to, who = [str(row.annotator)], f"A reviewer commented on your answer in '{campaign}'"
    else:
        thread = store.of_tasks(ctx.db, [row.task_id], annotator=row.annotator)
        to = [str(each.author) for each in thread if each.author != row.author]
        who = f"An annotator replied to your comment in '{campaign}'"
    notices.send(ctx, to, kind="comment", subject=f"comments_{row.campaign_id}", text=f"{who}: {said}")


def _checked(text: str) -> str:
    words = text.strip()
    if not words or len(words) > LONGEST:
        raise InvalidError(f"The comment has {len(words)} characters; expected 1 to {LONGEST}.")
    return words
