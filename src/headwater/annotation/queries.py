"""Reads of annotation for other parts and for the edges."""

from __future__ import annotations

import json
from bisect import bisect_right
from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING

import numpy as np

from headwater.annotation import likeness, responses
from headwater.annotation.answers import UNDECIDED_TEXT, Answers, Collector
from headwater.annotation.model import (
    Answer,
    Batch,
    Campaign,
    Gold,
    Guideline,
    Lease,
    Review,
    Ruling,
    Schema,
    Standing,
    Task,
    Tier,
    UnknownBatchError,
    UnknownCampaignError,
    UnknownGuidelineError,
    UnknownQuestionError,
    UnknownSchemaError,
    UnknownTaskError,
)
from headwater.annotation.progress import OwnProgress, Pace, Progress, own_progress, pace_of, progress_of
from headwater.annotation.questions import CLOSED, Kind, Question
from headwater.annotation.store import answers as given
from headwater.annotation.store import campaigns as store
from headwater.annotation.store import documents, folds, reads, tasks
from headwater.annotation.store import rulings as settled_rows
from headwater.annotation.store.answers import Tally
from headwater.governance import queries as governance
from headwater.governance.authority import may, require
from headwater.governance.model import Decision, NotYoursError
from headwater.storage.database import WHOLE, Part

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headwater.context import Context

_WORDS = frozenset({Kind.SINGLE, Kind.REFUSAL, Kind.TEXT})
"""Kinds whose answers are text, which may look like a number."""


def schemas(ctx: Context, *, name: str = "", standing: Standing | None = None) -> list[Schema]:
    """Return versions of label schemas by name, newest first."""
    return documents.schemas(ctx.db, ctx.program, name=name, standing=standing)


def schema(ctx: Context, identifier: str, *, standing: Standing | None = None) -> Schema:
    """Return a version of a schema by id, or the newest of a name.

    Args:
        ctx: The context.
        identifier: Its id or its name.
        standing: Of a name rather the newest that stands so, if any does.

    Raises:
        UnknownSchemaError: There is none.
    """
    found = documents.schemas(ctx.db, ctx.program, identifier=identifier) or schemas(ctx, name=identifier)
    if not found:
        known = ", ".join(dict.fromkeys(each.name for each in schemas(ctx))) or "none yet"
        raise UnknownSchemaError(f"There is no label schema '{identifier}'; there are: {known}.")
    return next((each for each in found if each.standing is standing), found[0])


def guidelines(ctx: Context, *, name: str = "", standing: Standing | None = None) -> list[Guideline]:
    """Return versions of guidelines by name, newest first."""
    return documents.guidelines(ctx.db, ctx.program, name=name, standing=standing)


def guideline(ctx: Context, identifier: str, *, standing: Standing | None = None) -> Guideline:
    """Return a version of a guideline by id, or the newest of a name; see `schema`.

    Raises:
        UnknownGuidelineError: There is none.
    """
    found = documents.guidelines(ctx.db, ctx.program, identifier=identifier) or guidelines(ctx, name=identifier)
    if not found:
        known = ", ".join(dict.fromkeys(each.name for each in guidelines(ctx))) or "none yet"
        raise UnknownGuidelineError(f"There is no guideline '{identifier}'; there are: {known}.")
    return next((each for each in found if each.standing is standing), found[0])


def campaigns(ctx: Context, *, part: Part = WHOLE) -> list[Campaign]:
    """Return the program's campaigns, newest first."""
    return store.select(ctx.db, ctx.program, part=part)


def campaign(ctx: Context, identifier: str) -> Campaign:
    """Return a campaign by id or name.

    Raises:
        UnknownCampaignError: There is none.
    """
    found = store.select(ctx.db, ctx.program, identifier=identifier)
    found = found or store.select(ctx.db, ctx.program, name=identifier)
    if not found:
        known = ", ".join(each.name for each in campaigns(ctx)) or "none yet"
        raise UnknownCampaignError(f"There is no campaign '{identifier}'; there are: {known}.")
    return found[0]


def batches(ctx: Context, campaign_id: str) -> list[Batch]:
    """Return the batches of a campaign in order."""
    return store.batches(ctx.db, campaign(ctx, campaign_id).id)


def batch(ctx: Context, identifier: str) -> Batch:
    """Return a batch.

    Raises:
        UnknownBatchError: There is none.
    """
    found = store.batch_by_id(ctx.db, ctx.program, identifier)
    if found is None:
        raise UnknownBatchError(f"There is no batch '{identifier}' in this program.")
    return found


def task(ctx: Context, identifier: str) -> Task:
    """Return a task; for managers and other parts, never for its annotators.

    Raises:
        UnknownTaskError: There is none.
    """
    found = tasks.get(ctx.db, ctx.program, identifier)
    if found is None:
        raise UnknownTaskError(f"There is no task '{identifier}' in this program.")
    return found


def tasks_of(ctx: Context, batch_id: str, *, after: str = "", limit: int = 50) -> list[Task]:
    """Return tasks of a batch in the order of their ids, from the one after `after`."""
    require(ctx, Decision.BATCH_ACCEPT)
    return tasks.page(ctx.db, batch(ctx, batch_id).id, after=after, limit=limit)


def answers_to(ctx: Context, task_id: str) -> list[Answer]:
    """Return the answers to a task that are in force, oldest first; for reviewers and experts."""
    require(ctx, Decision.ANNOTATION_REVIEW)
    return given.of_task(ctx.db, task(ctx, task_id).id)


def answers_beside(ctx: Context, task_ids: Sequence[str]) -> dict[str, list[Answer]]:
    """Return the annotators' answers in force to some tasks, oldest first; for those who review or accept the work."""
    try:
        require(ctx, Decision.ANNOTATION_REVIEW)
    except NotYoursError:
        require(ctx, Decision.BATCH_ACCEPT)
    found: dict[str, list[Answer]] = {identifier: [] for identifier in task_ids}
    for each in given.of_tasks(ctx.db, ctx.program, list(found)):
        found[each.task_id].append(each)
    return found


def answer(ctx: Context, campaign_id: str, answer_id: str) -> Answer:
    """Return an answer of a campaign; for reviewers and experts.

    Raises:
        UnknownTaskError: There is none.
    """
    require(ctx, Decision.ANNOTATION_REVIEW)
    found = given.get(ctx.db, campaign(ctx, campaign_id).id, answer_id)
    if found is None:
        raise UnknownTaskError(f"There is no answer '{answer_id}' in this campaign.")
    return found


def reviews(ctx: Context, campaign_id: str, *, answer_id: str = "") -> list[Review]:
    """Return what reviewers decided, oldest first."""
    return given.reviews(ctx.db, campaign(ctx, campaign_id).id, answer_id=answer_id)


def rulings(ctx: Context, campaign_id: str) -> list[Ruling]:
    """Return what reviewers and experts settled, oldest first."""
    return settled_rows.of_campaign(ctx.db, campaign(ctx, campaign_id).id)


def settled(ctx: Context, campaign_id: str, *, question: str) -> dict[str, str]:
    """Return the settled value of every task that has one: an expert's before a reviewer's, later before earlier.

    Values that are lists or mappings come as JSON text; those that say it cannot be decided are left out.
    """
    found = [each for each in rulings(ctx, campaign_id) if each.question == question]
    ordered = sorted(found, key=lambda each: (each.tier is Tier.ADJUDICATE, each.decided_at))
    return {each.task_id: _text(each.value) for each in ordered if not responses.undecided(each.value)}


def is_answered(ctx: Context, campaign_id: str) -> bool:
    """Return whether anybody has answered a task of a campaign."""
    return bool(given.tallies(ctx.db, campaign_id))


def golds(ctx: Context, campaign_id: str, *, retired: bool = False) -> list[Gold]:
    """Return the gold of a campaign; only for those who may change it."""
    require(ctx, Decision.GOLD_CHANGE)
    return given.golds(ctx.db, campaign(ctx, campaign_id).id, retired=retired)


def leases(ctx: Context, campaign_id: str) -> list[Lease]:
    """Return who holds what at present; only for those who run the campaign."""
    require(ctx, Decision.CAMPAIGN_OPEN)
    return tasks.leases(ctx.db, campaign(ctx, campaign_id).id)


def answers(
    ctx: Context, campaign_id: str, *, question: str | None = None, batch_id: str = "", structured: bool = False
) -> Answers:
    """Return the answers in force to one question of a campaign as columns of codes.

    Answers are as their annotators gave them; what reviewers and experts settled is in `settled`. The rows of tens
    of millions of answers are read in blocks.

    Args:
        ctx: The context.
        campaign_id: The campaign.
        question: The question; the schema's first with one closed answer by default.
        batch_id: Only answers of one batch.
        structured: Keep answers that are mappings (rankings, spans, answers per turn), as JSON text.

    Raises:
        UnknownQuestionError: The schema has no such question, or none with one closed answer.
    """
    found = campaign(ctx, campaign_id)
    asked = _asked(schema(ctx, found.schema_id), question)
    plain = asked.kind in CLOSED and not asked.per_turn  # no answer is a mapping: folded blocks hold just these
    if batch_id or not (structured or plain):
        collector, after = Collector(_values(asked), structured=structured), ""
    else:
        collector, _, after = gather(ctx, found, asked.name)
    for block in reads.blocks(ctx.db, found.id, asked.name, batch_id=batch_id, after=after):
        collector.add(block)
    golds = given.golds(ctx.db, found.id)
    known: dict[str, str] = {gold.task_id: _text(gold.values.get(asked.name)) for gold in golds}
    right = {str(gold.task_id): gold.values[asked.name] for gold in golds if asked.name in gold.values}
    return collector.finish(
        asked.name, known, lambda task, value: likeness.is_right(asked, right[task], _read(asked, value))
    )


def gather(ctx: Context, found: Campaign, question: str) -> tuple[Collector, int, str]:
    """Return a collector with the answers that were folded, the number of blocks, and the last answer among them."""
    collector = Collector(_values(schema(ctx, found.schema_id).question(question)), structured=True)
    begun = folds.begun(ctx.db, found.id, question)
    gone = sorted(folds.taken_back(ctx.db, found.id, question, begun)) if begun else []
    after, blocks, start = "", 0, 0
    for block in folds.of(ctx.db, found.id, question):
        stop = bisect_right(gone, block.upto, key=itemgetter(0))
        back = [each for each in gone[start:stop] if each.at > block.as_of and each.value is not None]
        left_out = [(each.task_id, each.annotator) for each in back if not str(each.value).startswith(UNDECIDED_TEXT)]
        collector.unpack(block.body, left_out, len(back) - len(left_out))
        after, blocks, start = block.upto, blocks + 1, stop
    return collector, blocks, after


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """A task whose annotators disagree."""

    task_id: str
    record_id: str
    counts: dict[str, int]
    """Value → how many gave it, most first."""
    entropy: float
    """Of the shares, in bits; 0 when all agree."""


def disagreements(
    ctx: Context, campaign_id: str, *, question: str | None = None, limit: int | None = None
) -> list[Dispute]:
    """Return the tasks of which annotators gave more than one value, most disputed first; gold left out."""
    columns = answers(ctx, campaign_id, question=question)
    if not len(columns.task):
        return []
    width = len(columns.values)
    rows = ~columns.is_gold
    cells, counts = np.unique(columns.task[rows] * width + columns.value[rows], return_counts=True)
    total = np.bincount(cells // width, weights=counts, minlength=len(columns.task_ids))
    share = counts / total[cells // width]
    entropy = np.bincount(cells // width, weights=-share * np.log2(share), minlength=len(columns.task_ids))
    order = np.lexsort((np.arange(len(entropy)), -entropy))[:limit]
    found = []
    for place in order[entropy[order] > 0]:
        mine = np.flatnonzero(cells // width == place)
        pairs = sorted(((int(counts[i]), columns.values[cells[i] % width]) for i in mine), reverse=True)
        found.append(
            Dispute(
                task_id=columns.task_ids[place],
                record_id=columns.record_ids[place],
                counts={value: count for count, value in pairs},
                entropy=float(entropy[place]),
            )
        )
    return found


def progress(ctx: Context, campaign_id: str) -> Progress:
    """Return how far a campaign is; read from sums, so as fast at a million tasks as at ten.

    Raises:
        NotYoursError: The actor answers tasks and does not run the work: see `sees_progress`.
    """
    if not sees_progress(ctx):
        require(ctx, Decision.CAMPAIGN_OPEN)
    return progress_of(ctx, campaign(ctx, campaign_id))


def sees_progress(ctx: Context) -> bool:
    """Return whether the actor may see how many tasks are done.

    Those who answer tasks may not, unless they run or accept the work or know the gold: an answer to an ordinary task
    moves that number at once, an answer to hidden gold does not, and so the gold would be told apart.
    """
    if not may(ctx, Decision.ANNOTATION_ANSWER):
        return True
    return any(may(ctx, each) for each in (Decision.CAMPAIGN_OPEN, Decision.BATCH_ACCEPT, Decision.GOLD_CHANGE))


def my_progress(ctx: Context, campaign_id: str) -> OwnProgress:
    """Return what the actor did in a campaign, tasks of every kind alike."""
    return own_progress(ctx, campaign(ctx, campaign_id))


def pace(ctx: Context, campaign_id: str) -> Pace:
    """Return how many answers a campaign has and since when, tasks of every kind alike; for everybody."""
    return pace_of(given.tallies(ctx.db, campaign(ctx, campaign_id).id))


def tallies(ctx: Context, campaign_id: str) -> list[Tally]:
    """Return what each annotator did in each cohort; only for those who run or accept the work."""
    require(ctx, Decision.BATCH_ACCEPT)
    return given.tallies(ctx.db, campaign(ctx, campaign_id).id)


def my_tallies(ctx: Context, campaign_id: str) -> list[Tally]:
    """Return what the actor did in each cohort of a campaign."""
    return given.tallies(ctx.db, campaign(ctx, campaign_id).id, annotator=ctx.actor)


def people(ctx: Context, campaign_id: str) -> list[str]:
    """Return the members of the program who have answered in a campaign."""
    members = {person.id for person, _ in governance.members(ctx)}
    return sorted({row.annotator for row in given.tallies(ctx.db, campaign_id) if row.annotator in members})


def first_closed(ctx: Context, campaign_id: str) -> str:
    """Return the name of a campaign's first question with one closed answer; empty when there is none."""
    asked = schema(ctx, campaign(ctx, campaign_id).schema_id).questions
    return next((each.name for each in asked if each.kind in CLOSED and not each.per_turn), "")


def _asked(found: Schema, name: str | None) -> Question:
    if name:
        return found.question(name)
    for each in found.questions:
        if each.kind in CLOSED and not each.per_turn:
            return each
    raise UnknownQuestionError(
        f"Schema '{found.name}' has no question with one closed answer.",
        remedy=f"Name one of its questions: {', '.join(each.name for each in found.questions)}.",
    )


def _values(question: Question) -> tuple[str, ...]:
    if question.options:
        return question.values
    low, high = question.bounds
    return tuple(str(n) for n in range(int(low), int(high) + 1)) if question.kind == "rating" else ()


def _text(value: object) -> str:
    if value is None or responses.undecided(value):
        return ""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)


def _read(question: Question, value: str) -> object:
    """The other way round."""
    if question.kind in _WORDS and not value.startswith("{"):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value
