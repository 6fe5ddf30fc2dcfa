"""Doubted labels in the demonstration: confident learning lists them, and people label the surest again."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from headwater.annotation import queries as annotation
from headwater.core.canonical import plain
from headwater.demo import labelling
from headwater.demo.labelling import QUESTION, truths
from headwater.quality import label_errors, labels
from headwater.quality import queries as quality
from headwater.quality.label_errors import Search

if TYPE_CHECKING:
    from headwater.context import Context
    from headwater.demo.story import Story

MOST, TEAM = 20, "in-house"
"""How many of the surest are labelled again, and by whom."""


def relabel(story: Story, campaign: str, *, into: str) -> dict[str, Any]:
    """Search a campaign's labels for errors and have the surest given again in another one.

    Returns:
        How many labels were searched and doubted, what share is estimated to be wrong, and of those labelled again
        how many became another label and how many were right before and after, by what the corpus says.
    """

    def search(ctx: Context) -> dict[str, Any]:
        row = label_errors.find(ctx, Search(question=QUESTION, campaign_id=campaign, seed=story.seed))
        facts = {"labels": row.labels, "doubted": len(row.suspects), "estimated": plain(asdict(row.rate))}
        return facts | {"id": row.id, "said": str(row.rate)}

    def reopen(ctx: Context) -> dict[str, Any]:
        there = set(_labels(ctx, into))
        fresh = [each for each in label_errors.search(ctx, found["id"]).suspects if each.record_id not in there][:MOST]
        if fresh:
            label_errors.relabel(ctx, found["id"], tasks=[each.task_id for each in fresh], into=into)
        return {"given": {each.record_id: each.given for each in fresh}}

    def settle(ctx: Context) -> dict[str, Any]:
        labels.resolve(ctx, into, question=QUESTION)
        return {}

    found = story.once(f"doubts:{campaign}", "operations", search)
    given: dict[str, str] = story.once(f"doubted:{campaign}", "operations", reopen)["given"]
    labelling.work(story, into, [each for each in story.teams if each.team == TEAM])
    labelling.finish(story, into)
    story.once(f"undoubted:{campaign}", "operations", settle)
    with story.read() as ctx:
        truth = truths(ctx)
        now = _labels(ctx, into)
    told = {
        "again": len(given),
        "changed": sum(now[record] != value for record, value in given.items()),
        "right_before": sum(truth[record] == value for record, value in given.items()),
        "right_after": sum(truth[record] == now[record] for record in given),
    }
    story.tell(
        f"Label errors: {found['doubted']} of {found['labels']} labels are doubtful; estimated share {found['said']}. "
        f"{told['again']} of the surest were labelled again: {told['changed']} changed, by the corpus "
        f"{told['right_before']} were right before and {told['right_after']} after."
    )
    return {name: found[name] for name in ("labels", "doubted", "estimated")} | told


def _labels(ctx: Context, campaign: str) -> dict[str, str]:
    """Return the labels of a campaign by record."""
    batches = [str(batch.id) for batch in annotation.batches(ctx, campaign)]
    return {each.record_id: each.value for each in quality.labels(ctx, question=QUESTION, batches=batches)}
