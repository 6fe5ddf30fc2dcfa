"""That no campaign goes unwatched: which are due to be looked at, which were not, and whose gold is used up."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from headwater.annotation import queries as annotation
from headwater.annotation.model import CampaignState
from headwater.annotation.questions import CLOSED
from headwater.governance.authority import require
from headwater.governance.model import Decision
from headwater.quality import queries

if TYPE_CHECKING:
    from headwater.annotation.model import Campaign
    from headwater.context import Context
    from headwater.quality.model import Watch

NEW_ANSWERS, NEW_SHARE = 50, 0.02
"""A campaign is due when so many answers are new, and at least so large a share of those it had."""
LONGEST = timedelta(hours=1)
"""It is due after so long, when any answer is new."""
OVERDUE = timedelta(hours=3)
"""A campaign with new answers that nobody looked at for so long is a concern: whatever should have looked did not."""
USED_UP = 0.5
"""Share of a campaign's active annotators without new gold from which its gold is used up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unwatched:
    """Answers of an open campaign that nobody looked at."""

    campaign_id: str
    name: str
    question: str
    """One of those with one closed answer."""
    since: datetime
    """When it was looked at last; when its first answer came, if never."""
    answers: int
    """Since then."""
    known: int
    """Answers that were looked at then; 0 if never."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Starved:
    """A campaign whose annotators meet no new gold, so that charts of gold get no more points."""

    campaign_id: str
    name: str
    gold: int
    """Gold tasks it gives out."""
    annotators: int
    """Who answered in it."""
    without: int
    """Those of them who answered all of its gold."""


def unwatched(ctx: Context) -> list[Unwatched]:
    """Return the open campaigns with answers that nobody looked at, the longest unwatched first.

    None for those who may not see how far campaigns are.
    """
    if not annotation.sees_progress(ctx):
        return []
    found = []
    for campaign in annotation.campaigns(ctx):
        questions = _questions(ctx, campaign) if campaign.state is CampaignState.OPEN else []
        progress = annotation.progress(ctx, campaign.id) if questions else None
        if progress is None or not progress.answers or progress.first_at is None:
            continue
        watches = {each.question: each for each in queries.watches(ctx, campaign.id)}
        question = min(questions, key=lambda name: _known(watches.get(name)))
        watch = watches.get(question)
        new = progress.answers - _known(watch)
        if new:  # withdrawn answers count as change too
            found.append(
                Unwatched(
                    campaign_id=campaign.id,
                    name=campaign.name,
                    question=question,
                    since=watch.watched_at if watch else progress.first_at,
                    answers=abs(new),
                    known=_known(watch),
                )
            )
    return sorted(found, key=lambda each: each.since)


def due(ctx: Context) -> list[Unwatched]:
    """Return the open campaigns that are to be looked at now."""
    now = ctx.clock.now()
    return [
        each
        for each in unwatched(ctx)
        if each.answers >= max(NEW_ANSWERS, NEW_SHARE * each.known) or now - each.since >= LONGEST
    ]


def overdue(ctx: Context) -> list[Unwatched]:
    """Return the open campaigns that should have been looked at long ago."""
    return [each for each in unwatched(ctx) if ctx.clock.now() - each.since >= OVERDUE]


def watched(ctx: Context, campaign_id: str) -> list[str]:
    """Return the questions of a campaign that are watched: those with one closed answer."""
    return _questions(ctx, annotation.campaign(ctx, campaign_id))


def starved(ctx: Context) -> list[Starved]:
    """Return the open campaigns whose gold is used up; only for those who may change gold.

    Raises:
        NotYoursError: The actor may not.
    """
    require(ctx, Decision.GOLD_CHANGE)
    found = []
    for campaign in annotation.campaigns(ctx):
        progress = annotation.progress(ctx, campaign.id)
        if campaign.state is not CampaignState.OPEN or not campaign.plan.gold_rate or progress.done >= progress.tasks:
            continue
        gold = len(annotation.golds(ctx, campaign.id))
        answered, judged = Counter[str](), Counter[str]()
        for row in annotation.tallies(ctx, campaign.id):
            answered[row.annotator] += row.answers
            judged[row.annotator] += row.judged
        active = [name for name, count in answered.items() if count]
        without = sum(judged[name] >= gold for name in active)
        if active and without >= USED_UP * len(active):
            found.append(
                Starved(campaign_id=campaign.id, name=campaign.name, gold=gold, annotators=len(active), without=without)
            )
    return found


def _questions(ctx: Context, campaign: Campaign) -> list[str]:
    asked = annotation.schema(ctx, campaign.schema_id).questions
    return [each.name for each in asked if each.kind in CLOSED and not each.per_turn]


def _known(watch: Watch | None) -> int:
    return watch.answers if watch else 0
