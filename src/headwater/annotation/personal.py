"""The answers of one person, read one by one by those who accept the work: beside the record, the others and gold.

Only a part is read of however large a campaign: answers in the order in which they were given are found by index; for
any other order the newest `MOST_LISTED` of the person are listed by id, and only those that are shown are read.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from headwater.annotation import content, images, likeness, queries, responses
from headwater.annotation.personal_model import GivenAnswer, Only, Order, Reading, Voice
from headwater.annotation.questions import CLOSED, UNDECIDED, Kind
from headwater.annotation.store import answers as given
from headwater.annotation.store import personal as store
from headwater.annotation.wording import worded
from headwater.core.canonical import canonical_json
from headwater.core.errors import InvalidError, NotFoundError
from headwater.governance.authority import may, require
from headwater.governance.model import Decision
from headwater.sourcing import queries as sourcing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headwater.annotation.model import Answer, Gold
    from headwater.annotation.personal_model import Wanted
    from headwater.annotation.questions import Question
    from headwater.context import Context
    from headwater.sourcing.model import Record

MOST_TEXT = 4_000
"""Characters of a record that come with an answer."""
MOST_LISTED = 250_000
"""Answers from which the quickest, a sample or the longest run are chosen: of more, the newest."""
MOST_LOOKED = 5_000
"""Answers that are looked through for one part; the next part goes on from there."""
BLOCK = 500
MAJORITY = 3
"""Answers from which more than half are taken for right where no gold says more."""


def read(ctx: Context, campaign_id: str, person: str, wanted: Wanted, *, after: str = "", limit: int = 25) -> Reading:
    """Return a part of the answers a person gave to a question of a campaign that are in force.

    Args:
        ctx: The context.
        campaign_id: The campaign, by id or name.
        person: Who answered.
        wanted: Which of the answers, in which order.
        after: `more` of the part before; empty for the first one.
        limit: Most answers. There may be fewer although more follow, when few of those looked through are wanted.

    Raises:
        NotYoursError: The actor may not accept the campaign's work, or asks for mistakes on gold and may not see it.
        UnknownQuestionError: The schema has no such question.
        InvalidError: Shared mistakes are asked for without saying whose, or `after` is no answer of the person.
    """
    require(ctx, Decision.BATCH_ACCEPT)
    desk = _sit(ctx, campaign_id, person, wanted)
    ids = None if _is_in_order(wanted) else desk.listed()
    start = _start(ctx, desk, ids, after)
    rows: list[GivenAnswer] = []
    looked, more = 0, ""
    while True:
        size = limit + 1 if not looked and wanted.only is Only.ALL and not wanted.value else BLOCK
        block = desk.block(ids, start + looked, after, size)
        for row in desk.judge(block):
            after = row.id
            if desk.is_wanted(row):
                rows.append(row)
            if len(rows) > limit:
                break
        looked += len(block)
        if len(rows) > limit:
            more = rows[limit - 1].id
            break
        if len(block) < size:
            break
        if looked >= MOST_LOOKED:
            more = block[-1].answer.id
            break
    return Reading(
        campaign_id=desk.what.campaign_id,
        person=person,
        question=desk.question.name,
        rows=tuple(desk.shown(rows[:limit])),
        more=more,
        looked=looked,
        is_whole=ids is None or len(ids) < MOST_LISTED,
    )


def image(ctx: Context, campaign_id: str, task_id: str) -> images.Image:
    """Return the image of a task's record, for those who accept the campaign's work.

    Raises:
        NotYoursError: The actor may not accept the campaign's work.
        UnknownTaskError: There is no such task.
        NotFoundError: It has no image or was erased.
        ImageError: What is stored is no PNG, JPEG, GIF, WebP, AVIF or BMP.
    """
    require(ctx, Decision.BATCH_ACCEPT)
    task = queries.task(ctx, task_id)
    found = content.fetch(ctx, task.record_id)
    if found is None or not found.image or task.campaign_id != queries.campaign(ctx, campaign_id).id:
        raise NotFoundError(f"This campaign has no image of a task '{task_id}'.")
    return images.stored(ctx, found.image)


def _sit(ctx: Context, campaign_id: str, person: str, wanted: Wanted) -> _Desk:
    campaign = queries.campaign(ctx, campaign_id)
    asked = queries.schema(ctx, campaign.schema_id)
    name = wanted.question or queries.first_closed(ctx, campaign.id) or asked.questions[0].name
    if wanted.only is Only.GOLD_MISTAKES:
        require(ctx, Decision.GOLD_CHANGE)
    if wanted.only is Only.SHARED_MISTAKES and not wanted.beside:
        raise InvalidError("Mistakes are shared with somebody.", remedy="Say whose answers to read these beside.")
    question = asked.question(name)
    plain = question.kind in CLOSED and not question.per_turn and wanted.value != UNDECIDED
    what = store.Stretch(
        campaign_id=campaign.id,
        person=person,
        question=name,
        since=wanted.since,
        until=wanted.until,
        value=wanted.value if plain and wanted.only is not Only.LONGEST_RUN else "",
        beside=wanted.beside if wanted.only is Only.SHARED_MISTAKES else "",
        golden=wanted.only is Only.GOLD_MISTAKES,
    )
    sees_gold = may(ctx, Decision.GOLD_CHANGE)
    return _Desk(ctx=ctx, question=question, wanted=wanted, what=what, sees_gold=sees_gold, guidelines={})


def _is_in_order(wanted: Wanted) -> bool:
    return wanted.order is Order.GIVEN and wanted.only is not Only.LONGEST_RUN


def _start(ctx: Context, desk: _Desk, ids: Sequence[str] | None, after: str) -> int:
    """The place in a list of ids after an answer; 0 when answers are not listed."""
    if after and (store.find(ctx.db, desk.what, after) is None or (ids is not None and after not in ids)):
        raise InvalidError(f"'{after}' is not a place among these answers.", remedy="Begin again without it.")
    return ids.index(after) + 1 if after and ids is not None else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Desk:
    """Where the answers of a person are read."""

    ctx: Context
    question: Question
    wanted: Wanted
    what: store.Stretch
    sees_gold: bool
    guidelines: dict[str, str]

    def listed(self) -> list[str]:
        """Ids of the answers in the order that is wanted."""
        runs_only = self.wanted.only is Only.LONGEST_RUN
        found = store.entries(self.ctx.db, self.what, limit=MOST_LISTED, valued=runs_only)
        if runs_only:
            runs = [list(run) for _, run in groupby(found, key=lambda each: each.value)]
            found = max(runs, key=len, default=[])
        if self.wanted.order is Order.QUICKEST:
            found = sorted((each for each in found if each.lead_time_ms > 0), key=lambda each: each[1::-1])
        if self.wanted.order is Order.RANDOM:  # later answers do not change in which order these are drawn
            drawn = np.random.default_rng(self.wanted.seed).random(len(found))
            found = [found[place] for place in np.argsort(drawn, kind="stable")]
        return [each.id for each in found]

    def block(self, ids: Sequence[str] | None, place: int, after: str, size: int) -> list[store.Row]:
        if ids is None:
            return store.page(self.ctx.db, self.what, after=after, limit=size)
        return store.of_ids(self.ctx.db, self.what, ids[place : place + size])

    def judge(self, block: Sequence[store.Row]) -> list[GivenAnswer]:
        """Answers beside the others' and what is known, without their records."""
        tasks = list({row.answer.task_id for row in block})
        beside: dict[str, list[Answer]] = {}
        for each in given.of_tasks(self.ctx.db, self.ctx.program, tasks):
            beside.setdefault(each.task_id, []).append(each)
        golds = store.gold_of(self.ctx.db, tasks) if self.sees_gold else {}
        return [self._judged(row, beside[row.answer.task_id], golds.get(row.answer.task_id)) for row in block]

    def _judged(self, row: store.Row, beside: Sequence[Answer], gold: Gold | None) -> GivenAnswer:
        mine, name = row.answer, self.question.name
        value = mine.values[name]
        known = gold.values.get(name) if gold else None
        others = [each for each in beside if each.annotator != mine.annotator and name in each.values]
        others.sort(key=lambda each: each.annotator != self.wanted.beside)
        return GivenAnswer(
            id=mine.id,
            task_id=mine.task_id,
            record_id=mine.record_id,
            text="",
            is_cut=False,
            is_erased=False,
            has_image=False,
            size=None,
            value=value,
            said="",
            seconds=mine.lead_time_ms / 1000 if mine.lead_time_ms > 0 else None,
            given_at=mine.submitted_at,
            guideline_id=mine.guideline_id,
            guideline="",
            others=tuple(
                Voice(person=each.annotator, value=each.values[name], said="", is_same=self._same(value, each))
                for each in others
            ),
            is_gold=gold is not None,
            known=known,
            known_said="",
            is_right=likeness.is_right(self.question, known, value) if known is not None else None,
            equals_before=row.before is not None and likeness.same([self.question], {name: row.before}, {name: value}),
        )

    def _same(self, value: object, other: Answer) -> bool:
        return likeness.is_right(self.question, other.values[self.question.name], value)

    def is_wanted(self, row: GivenAnswer) -> bool:
        if self.wanted.value and not _has(row.value, self.wanted.value, partly=self.question.kind is Kind.TEXT):
            return False
        match self.wanted.only:
            case Only.GOLD_MISTAKES:
                return row.is_right is False
            case Only.DIFFERENT:
                return bool(row.others) and 2 * sum(each.is_same for each in row.others) < len(row.others)
            case Only.REPEATS:
                return row.equals_before
            case Only.SHARED_MISTAKES:
                return row.others[0].is_same and self._is_wrong(row)
            case _:
                return True

    def _is_wrong(self, row: GivenAnswer) -> bool:
        if row.is_right is not None:
            return not row.is_right
        counts = Counter(canonical_json(value) for value in [row.value, *(each.value for each in row.others)])
        most, count = counts.most_common(1)[0]
        return counts.total() >= MAJORITY and 2 * count > counts.total() and most != canonical_json(row.value)

    def shown(self, rows: Sequence[GivenAnswer]) -> list[GivenAnswer]:
        """The same with their records and in words."""
        records = sourcing.present(self.ctx, list({row.record_id for row in rows}))
        for each in {row.guideline_id for row in rows} - set(self.guidelines):
            found = queries.guideline(self.ctx, each)
            self.guidelines[each] = f"{found.name} v{found.version}"
        return [self._shown(row, records.get(row.record_id)) for row in rows]

    def _shown(self, row: GivenAnswer, record: Record | None) -> GivenAnswer:
        text = record.text if record else ""
        shown = content.of_record(record) if record else None
        whole = _told(shown.shown) if shown else ""
        return replace(
            row,
            text=whole[:MOST_TEXT],
            is_cut=len(whole) > MOST_TEXT,
            is_erased=record is None,
            has_image=bool(shown and shown.image),
            size=shown.size if shown else None,
            said=worded(row.value, text),
            guideline=self.guidelines[row.guideline_id],
            others=tuple(replace(each, said=worded(each.value, text)) for each in row.others),
            known_said=worded(row.known, text),
        )


def _told(shown: dict[str, object]) -> str:
    """What is shown of a record as one text."""
    turns = shown.get("turns")
    said = [f"{each['role']}: {each['text']}" for each in turns] if isinstance(turns, list) else [str(shown["text"])]
    options = shown.get("responses")
    if isinstance(options, list):
        said += [f"Response {place}: {text}" for place, text in enumerate(options, 1)]
    return "\n".join(said)


def _has(value: object, wanted: str, *, partly: bool = False) -> bool:
    """Whether an answer is a value, or holds it among its choices, marks or turns, or as the best of a ranking.

    Args:
        value: The answer.
        wanted: The value as text.
        partly: Whether text need only contain it.
    """
    if responses.undecided(value):
        return wanted == UNDECIDED
    if isinstance(value, dict) and "order" in value:
        return bool(value["order"]) and wanted in map(str, value["order"][0])
    if isinstance(value, dict):
        value = value["spans"] if "spans" in value else list(value.values())
    if isinstance(value, list):
        return any(_has(each.get("label") if _is_mark(each) else each, wanted, partly=partly) for each in value)
    if partly:
        return wanted.casefold() in str(value).casefold()
    return str(value) == wanted or (isinstance(value, float) and f"{value:g}" == wanted)


def _is_mark(thing: object) -> bool:
    return isinstance(thing, dict) and "label" in thing
