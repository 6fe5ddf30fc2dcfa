"""Cards of teams and annotators: every figure about them, beside those of the others where one may see them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from headwater.annotation import queries as annotation
from headwater.core.errors import ForbiddenError, NotFoundError
from headwater.governance import queries as governance
from headwater.quality import concerns, queries
from headwater.quality.concerns import Concern
from headwater.quality.habits import Habit
from headwater.quality.model import Between, Measure

if TYPE_CHECKING:
    from headwater.context import Context


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measure of a subject with the same measure of everybody."""

    mine: Measure
    everybody: Measure | None
    history: tuple[Measure, ...]
    """Oldest first, the newest included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """How much was done in a campaign."""

    campaign_id: str
    answers: int
    skipped: int
    seconds: float
    """Mean time at a task."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What was measured about a team or an annotator."""

    subject: str
    """`cohort:team` or `annotator:per_…`."""
    figures: tuple[Figure, ...]
    work: tuple[Work, ...]
    pairs: tuple[tuple[str, Between], ...]
    """An annotator's agreement with each other one, by the other's id; only for managers."""
    concerns: tuple[Concern, ...]
    """What is wrong, with the alarms that name the subject and wait for a decision, for those who may take it."""
    habits: tuple[Habit, ...]
    """How the subject answers each question whose labels were resolved."""


def annotator(ctx: Context, person: str) -> Card:
    """Return the card of an annotator: their own for anybody, others' for those who run the program.

    Raises:
        ForbiddenError: It is somebody else's, and the actor does not run the program.
    """
    manages = bool(set(governance.roles(ctx)) & queries.MANAGERS)
    if person != ctx.actor and not manages:
        raise ForbiddenError("The figures of single annotators are theirs and their managers'.")
    pairs = [
        (each.second if each.first == person else each.first, each)
        for whole in queries.assessments(ctx)
        for each in whole.pairs
        if person in (each.first, each.second)
    ]
    work = []
    for campaign in annotation.campaigns(ctx):
        rows = annotation.tallies(ctx, campaign.id) if manages else annotation.my_tallies(ctx, campaign.id)
        mine = [row for row in rows if row.annotator == person]
        answers = sum(row.answers for row in mine)
        if answers:
            seconds = sum(row.lead_time_ms for row in mine) / answers / 1000
            skipped = sum(row.skipped for row in mine)
            work.append(Work(campaign_id=campaign.id, answers=answers, skipped=skipped, seconds=seconds))
    return _card(ctx, f"annotator:{person}", tuple(work), tuple(pairs))


def cohort(ctx: Context, team: str) -> Card:
    """Return the card of a team, for those who run the program.

    Raises:
        ForbiddenError: The actor does not run the program.
        NotFoundError: Nothing was measured about such a team.
    """
    if not set(governance.roles(ctx)) & queries.MANAGERS:
        raise ForbiddenError("The figures of teams are for those who run the program.")
    found = _card(ctx, f"cohort:{team}", (), ())
    if not found.figures:
        raise NotFoundError(f"Nothing was measured about a team '{team}'.", remedy="Measure a campaign it worked in.")
    return found


def _card(ctx: Context, subject: str, work: tuple[Work, ...], pairs: tuple[tuple[str, Between], ...]) -> Card:
    latest = queries.latest(ctx)
    whole = {
        (row.campaign_id, row.metric, row.question): row
        for row in latest
        if row.scope in ("", f"question:{row.question}")
    }
    figures = []
    for row in latest:
        if row.scope == subject:
            past = queries.history(ctx, campaign=row.campaign_id, metric=row.metric, scope=row.scope)
            past = [each for each in past if each.question == row.question]
            everybody = whole.get((row.campaign_id, row.metric, row.question))
            figures.append(Figure(mine=row, everybody=everybody, history=tuple(past)))
    mine = tuple(each for each in concerns.concerns(ctx) if subject in (each.subject, *each.about))
    return Card(
        subject=subject,
        figures=tuple(figures),
        work=work,
        pairs=pairs,
        concerns=mine,
        habits=tuple(queries.habits(ctx, subject=subject)),
    )
