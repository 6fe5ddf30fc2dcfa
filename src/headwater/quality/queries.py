"""Reads of quality for other parts and for the edges."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from headwater.annotation import queries as annotation
from headwater.core.errors import InvalidError, NotFoundError
from headwater.governance import queries as governance
from headwater.governance.authority import require
from headwater.governance.model import Decision, NotYoursError, Role
from headwater.quality import control, yardsticks
from headwater.quality.frames import frame_of
from headwater.quality.model import (
    Alarm,
    Assessment,
    Inspection,
    Judgement,
    Label,
    Measure,
    NotAssessableError,
    UnknownAlarmError,
    Verdict,
    Watch,
)
from headwater.quality.resolutions import Resolution
from headwater.quality.store import alarms as raised
from headwater.quality.store import habits as known
from headwater.quality.store import inspections as inspected
from headwater.quality.store import labels as resolved
from headwater.quality.store import measures as measured
from headwater.quality.store import yardsticks as chosen
from headwater.quality.yardsticks import Distance, Options
from headwater.storage.database import WHOLE, Part

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from headwater.annotation.questions import Question
    from headwater.context import Context
    from headwater.quality.control import Chart, Starts
    from headwater.quality.habits import Habit
    from headwater.quality.yardsticks import Choice, Yardstick

MANAGERS = frozenset({Role.LEAD, Role.OPERATIONS})
"""Who may see the figures of single annotators."""
SHIPPABLE = (Verdict.ACCEPTED, Verdict.WAIVED)


def labels(ctx: Context, *, question: str = "", batches: Sequence[str] | None = None) -> list[Label]:
    """Return resolved labels as they stand, by record."""
    return resolved.labels(ctx.db, ctx.program, question=question, batches=batches)


def labelled_questions(ctx: Context) -> list[str]:
    """Return the questions of which there are labels, by name."""
    return resolved.questions(ctx.db, ctx.program)


def resolutions(ctx: Context, *, campaign: str = "", question: str = "") -> list[Resolution]:
    """Return how labels were resolved the last time, newest first: by which method, why, how sure, what is doubtful."""
    require(ctx, Decision.BATCH_ACCEPT)
    return resolved.resolutions(ctx.db, ctx.program, campaign=campaign, question=question)


def doubtful(ctx: Context, campaign: str, *, question: str, part: Part = WHOLE) -> list[Label]:
    """Return the labels of a campaign's question with what else they may be, least sure first.

    Raises:
        InvalidError: The part begins after what is no `place_of` a label.
    """
    require(ctx, Decision.BATCH_ACCEPT)
    confidence, _, task = part.after.partition(":")
    try:
        after = (float(confidence), task) if part.after else None
    except ValueError as error:
        raise InvalidError(
            f"'{part.after}' is not a place among these labels.", remedy="Begin again without it."
        ) from error
    return resolved.doubtful(ctx.db, ctx.program, campaign=campaign, question=question, after=after, limit=part.limit)


def place_of(row: Label) -> str:
    """Return where a label stands among the doubtful ones: what the part after it is asked by."""
    return f"{row.confidence!r}:{row.task_id}"


def habits(ctx: Context, *, campaign: str = "", question: str = "", subject: str = "") -> list[Habit]:
    """Return how annotators and teams answer: all to those who run the program, to others only their own."""
    mine = f"annotator:{ctx.actor}"
    if not set(governance.roles(ctx)) & MANAGERS:
        if subject not in ("", mine):
            return []
        subject = mine
    return known.habits(ctx.db, ctx.program, campaign=campaign, question=question, subject=subject)


def accepted_batches(ctx: Context) -> list[str]:
    """Return the batches whose labels may be released."""
    return [item.batch_id for item in inspected.select(ctx.db, ctx.program) if item.verdict in SHIPPABLE]


def accepted_labels(ctx: Context, *, question: str, batches: Sequence[str] = ()) -> list[Label]:
    """Return one label per record from accepted batches: the latest, when a record was labelled again."""
    allowed = set(accepted_batches(ctx))
    chosen = [batch for batch in batches if batch in allowed] if batches else sorted(allowed)
    latest = {item.record_id: item for item in resolved.labels(ctx.db, ctx.program, question=question, batches=chosen)}
    return list(latest.values())


def latest(ctx: Context, *, campaign: str = "", metric: str = "", batches: Sequence[str] = ()) -> list[Measure]:
    """Return the latest measures: those of annotators to managers or themselves, those of teams not to annotators."""
    return _visible(ctx, measured.measures(ctx.db, ctx.program, campaign=campaign, metric=metric, batches=batches))


def assessments(ctx: Context, *, campaign: str = "", question: str = "") -> list[Assessment]:
    """Return what the newest assessments found, newest first.

    Who agrees with whom goes only to those who run the work, what was answered to disputed tasks not to annotators.
    """
    found = measured.assessments(ctx.db, ctx.program, campaign=campaign, question=question)
    roles = set(governance.roles(ctx))
    if roles & MANAGERS:
        return found
    blind = roles <= {Role.ANNOTATOR}
    return [replace(item, pairs=(), disputed=() if blind else item.disputed) for item in found]


def yardstick(ctx: Context, campaign_id: str, question: Question) -> Yardstick:
    """Return what agreement on a campaign's question is measured by: chosen for it, for the program, or the usual.

    A choice for the whole program does not count where the question is asked so that it makes no sense.
    """
    found = choice(ctx, campaign_id, question)
    return found.yardstick if found else yardsticks.usual(question)


def choice(ctx: Context, campaign_id: str, question: Question) -> Choice | None:
    """Return the choice that counts for a campaign's question; None while nobody chose."""
    rows = chosen.choices(ctx.db, ctx.program, question=question.name)
    for scope in (campaign_id, ""):
        mine = [row for row in rows if row.campaign_id == scope]
        if mine:
            sensible = yardsticks.sensible(question, mine[-1].yardstick)
            return mine[-1] if sensible else None
    return None


def choices(ctx: Context, *, question: str = "") -> list[Choice]:
    """Return every choice of what agreement is measured by, oldest first; the newest of a scope counts."""
    return chosen.choices(ctx.db, ctx.program, question=question)


def options(ctx: Context, campaign_id: str, *, question: str) -> Options:
    """Return what agreement on a question is measured by, what else it could be, and what makes no sense for it.

    Raises:
        NotFoundError: There is no such campaign or question.
    """
    campaign = annotation.campaign(ctx, campaign_id)
    asked = annotation.schema(ctx, campaign.schema_id).question(question)
    return Options(
        campaign_id=campaign.id,
        question=question,
        yardstick=yardstick(ctx, campaign.id, asked),
        usual=yardsticks.usual(asked),
        choice=choice(ctx, campaign.id, asked),
        coefficients=yardsticks.coefficients(asked),
        distances=yardsticks.distances(asked),
    )


def scope_names(ctx: Context, scopes: Iterable[str]) -> dict[str, str]:
    """Return what scopes are called: names of batches, versions of guidelines, handles of people; "all" without one."""
    known = {f"annotator:{key}": name for key, name in governance.names(ctx).items()}
    for scope in set(scopes):
        kind, _, name = scope.partition(":")
        if kind == "batch":
            known[scope] = annotation.batch(ctx, name).name
        elif kind == "guideline":
            found = annotation.guideline(ctx, name)
            known[scope] = f"{found.name}, version {found.version}"
        else:
            known.setdefault(scope, name or "all")
    return known


def history(ctx: Context, *, campaign: str, metric: str, scope: str) -> list[Measure]:
    """Return all measures of one thing over time, oldest first; the same ones as `latest`.

    What was measured by another distance than the newest of its question is left out: it is no earlier value of it.
    """
    found = _visible(ctx, measured.history(ctx.db, ctx.program, campaign, metric, scope))
    newest = {row.question: _distance(row) for row in found}
    return [row for row in found if "" in (now := newest[row.question], was := _distance(row)) or was == now]


def alarms(ctx: Context, *, campaign: str = "", undecided: bool = False, part: Part = WHOLE) -> list[Alarm]:
    """Return alarms, newest first; only for those who run or accept the work."""
    require(ctx, Decision.BATCH_ACCEPT)
    return raised.alarms(ctx.db, ctx.program, campaign=campaign, undecided=undecided, part=part)


def alarm(ctx: Context, identifier: str) -> Alarm:
    """Return an alarm.

    Raises:
        UnknownAlarmError: There is none.
    """
    require(ctx, Decision.BATCH_ACCEPT)
    found = raised.find(ctx.db, ctx.program, identifier)
    if found is None:
        raise UnknownAlarmError(f"There is no alarm '{identifier}' in this program.")
    return found


def open_alarms(ctx: Context) -> int:
    """Return how many alarms wait for a decision."""
    return len(raised.alarms(ctx.db, ctx.program, undecided=True))


def watches(ctx: Context, campaign_id: str) -> list[Watch]:
    """Return how a campaign is watched, by question."""
    return raised.watches(ctx.db, campaign_id)


def charts(ctx: Context, campaign_id: str, *, question: str) -> list[Chart]:
    """Return the control charts of a campaign as they stand; only for those who run or accept the work.

    An annotator who saw when gold errors were made could tell gold from other tasks.

    Raises:
        NotAssessableError: It is not watched yet.
    """
    require(ctx, Decision.BATCH_ACCEPT)
    watch = raised.watch_of(ctx.db, campaign_id, question)
    if watch is None:
        raise NotAssessableError(f"Answers to '{question}' are not watched yet.", remedy="Run the monitoring once.")
    before = raised.alarms(ctx.db, ctx.program, campaign=campaign_id, question=question)
    return control.charts(frame_of(ctx, campaign_id, question=question), watch, starts(before))


def starts(alarms_so_far: Sequence[Alarm]) -> Starts:
    """Return when the last decision was taken about each metric and scope, in microseconds since 1970."""
    found: Starts = {}
    for each in alarms_so_far:
        if each.decided_at is not None:
            key, moment = (each.metric, each.scope), round(each.decided_at.timestamp() * 1e6)
            found[key] = max(found.get(key, moment), moment)
    return found


def inspections(ctx: Context) -> list[Inspection]:
    """Return the last inspection of every batch that was planned, oldest first."""
    return inspected.select(ctx.db, ctx.program)


def rounds(ctx: Context, batch: str) -> list[Inspection]:
    """Return every inspection of a batch, the first one first."""
    return inspected.select(ctx.db, ctx.program, batch=batch, every_round=True)


def judgements(ctx: Context, row: Inspection) -> dict[str, Judgement]:
    """Return what was found in an inspection, by task; for those who review or accept the work."""
    try:
        require(ctx, Decision.ANNOTATION_REVIEW)
    except NotYoursError:
        require(ctx, Decision.BATCH_ACCEPT)
    return inspected.judgements(ctx.db, row.batch_id, row.round)


def inspection(ctx: Context, batch: str) -> Inspection:
    """Return the last inspection of a batch.

    Raises:
        NotFoundError: It was not planned yet.
    """
    found = inspected.select(ctx.db, ctx.program, batch=batch)
    if not found:
        raise NotFoundError(f"Batch '{batch}' has no plan yet.", remedy="Plan its inspection first.")
    return found[0]


def _distance(row: Measure) -> str:
    """The distance behind a figure; empty where it is not told, as of what was undefined."""
    return next((part for part in row.estimate.method.split(", ") if part in set(Distance)), "")


def _visible(ctx: Context, found: list[Measure]) -> list[Measure]:
    roles = set(governance.roles(ctx))
    if roles & MANAGERS:
        return found
    hidden = ("annotator:", "cohort:") if roles == {Role.ANNOTATOR} else ("annotator:",)
    return [
        item
        for item in found
        if (not item.scope.startswith(hidden) or item.scope == f"annotator:{ctx.actor}")
        and not (item.metric == "gold.accuracy" and item.scope.startswith("slice:"))  # would tell where gold is
    ]
