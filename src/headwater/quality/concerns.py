"""What is wrong: since when, because of whom or which rule, and what to do next. Drawn from the newest measures.

Standards of the charter fail when their whole interval does; groups are named only where a test holds for all groups
of a kind together, and over all assessments of a question, with at most 5 % false alarms (Holm, alpha spending): teams
and annotators by Fisher's exact test on gold against all others, labels, slices and guideline versions by a one-sided
z test of their agreement, by the coefficient of the question, against .667.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np
import scipy

from headwater.annotation import queries as annotation
from headwater.governance import queries as governance
from headwater.governance.model import NotYoursError
from headwater.quality import advice, queries, vigilance
from headwater.stats.interval import Estimate
from headwater.stats.multiplicity import holm

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from headwater.context import Context
    from headwater.governance.model import Standard
    from headwater.quality.model import Alarm, Assessment, Measure

FLOOR = 0.667
"""Alpha below which Krippendorff advises against drawing even tentative conclusions; kept for every coefficient."""
FEWEST = 20
"""Tasks below which a label, slice or guideline version is not tested: its standard error is too small then. Of 2,000
simulated labels at the floor, given on a handful of tasks, one in sixteen was named at a level of 0.12 %; of those
given on twenty at most one."""
FALSE_ALARMS = 0.05
"""Most often that a kind of group is ever named for a question although nothing is wrong with any of them."""
_TINY = 1e-6
_MEASURED = ("agreement.", "gold.")
_KINDS = {
    "label": "the label “{}” is told apart badly from the others",
    "slice": "people disagree inside the slice “{}”",
    "guideline": "people disagree under a version of the guideline",
}
_STEPS = {
    "label": "Sharpen the label's section in the guideline, with the disputed examples as tie-breaks.",
    "slice": "Write a rule for these records, or route them to people with the skill.",
    "guideline": "Compare this version with the others, and calibrate on it before more work.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Concern:
    """One thing that is wrong."""

    severity: str
    """`bad`: shown beyond the stated false-alarm rate; `attention`: possible, or not known."""
    what: str
    """A sentence."""
    since: datetime | None
    """When it was first measured so, without being right in between."""
    because: str
    """Whom or which rule it comes from, as far as that is known; empty when it is not."""
    next: str
    """What to do."""
    subject: str
    """`kind:name` of what it is about: `question:topic`, `cohort:vendor-a`, `label:billing`, `annotator:per_…`."""
    campaign_id: str
    question: str
    figure: Estimate | None = None
    about: tuple[str, ...] = ()
    """On whose cards an alarm stands: `annotator:per_…`, `cohort:team`."""


def concerns(ctx: Context) -> list[Concern]:
    """Return what is wrong with the program's quality, worst first; about single annotators only what one may see."""
    latest, found = queries.latest(ctx), list[Concern]()
    whole = {(item.campaign_id, item.question): item for item in queries.assessments(ctx)}
    standards = [each for each in governance.program(ctx).charter.standards if each.metric.startswith(_MEASURED)]
    for key, group in groupby(sorted(latest, key=_key), key=_key):
        rows = list(group)
        found += [each for item in standards if (each := _standard(ctx, item, rows, whole.get(key)))]
        level = level_at(whole[key].looks if key in whole else 1)
        for kind in ("cohort", "annotator"):
            found += _on_gold(ctx, kind, rows, level)
        for kind in _KINDS:
            found += _below_floor(ctx, kind, rows, whole.get(key), level)
    measured = {item.campaign_id for item in latest} | {campaign for campaign, _ in whole}
    found += _not_measured(ctx, measured, whole)
    found += _alarms(ctx)
    found += _unwatched(ctx) + _starved(ctx)
    return sorted(found, key=lambda each: (each.severity != "bad", each.subject.startswith("annotator:")))


def _alarms(ctx: Context) -> list[Concern]:
    """Return the alarms that wait for a decision, for those who may take it."""
    try:
        rows = queries.alarms(ctx, undecided=True)
    except NotYoursError:
        return []
    names = governance.names(ctx)
    found = []
    for row in rows:
        said = advice.headline(row, names)
        because = [advice.because(each.kind, each.name, names) for each in row.explanations[:1]]
        found.append(
            Concern(
                severity="bad",
                what=f"Alarm: {said}",
                since=row.since,
                because="".join(because),
                next=row.advice,
                subject=f"alarm:{row.id}",
                campaign_id=row.campaign_id,
                question=row.question,
                figure=row.after,
                about=_named(row),
            )
        )
    return found


def _named(row: Alarm) -> tuple[str, ...]:
    """Whom an alarm names: people by its scope or first cause, a team by its scope."""
    kind, _, name = row.scope.partition(":")
    teams = (f"cohort:{name}",) if kind == "team" else ()
    return (*(f"annotator:{person}" for person in row.people), *teams)


def _unwatched(ctx: Context) -> list[Concern]:
    """Return the open campaigns that nobody looks at: drift there would be silent."""
    return [
        Concern(
            severity="bad",
            what=f"“{each.name}” is open and not watched since {each.since:%Y-%m-%d %H:%M} UTC: "
            f"{each.answers:,} answers are on no control chart.",
            since=each.since,
            because="",
            next="Run `headwater serve`, which watches open campaigns, or `headwater quality monitor` from a timer.",
            subject="watch:",
            campaign_id=each.campaign_id,
            question=each.question,
        )
        for each in vigilance.overdue(ctx)
    ]


def _starved(ctx: Context) -> list[Concern]:
    """Return the campaigns whose charts of gold get no more points, for those who may change gold."""
    try:
        rows = vigilance.starved(ctx)
    except NotYoursError:
        return []
    return [
        Concern(
            severity="bad",
            what=f"Gold of “{each.name}” is used up: {each.without:,} of {each.annotators:,} annotators answered all "
            f"of its {each.gold:,} gold tasks, so nothing on gold can be noticed about them any more.",
            since=None,
            because="",
            next="Mark more tasks as gold; `headwater gold plan` says how many the rest of the work needs.",
            subject="gold:",
            campaign_id=each.campaign_id,
            question=annotation.first_closed(ctx, each.campaign_id),
        )
        for each in rows
    ]


def _key(item: Measure) -> tuple[str, str]:
    return (item.campaign_id, item.question)


def _standard(ctx: Context, standard: Standard, rows: list[Measure], whole: Assessment | None) -> Concern | None:
    """Return what fails a standard of the charter, with the team and the labels it comes from."""
    for item in rows:
        wanted = ("", standard.scope, f"question:{standard.scope}" if standard.scope else f"question:{item.question}")
        value = item.estimate
        if item.metric != standard.metric or item.scope not in wanted or standard.holds(value.value):
            continue
        surely = value.defined and not any(standard.holds(end) for end in (value.low, value.high))
        name = f"{standard.metric} of {value.value:.3f} on “{item.question}”"
        if not value.defined:
            name = f"{standard.metric} on “{item.question}” is undefined"
        return Concern(
            severity="bad" if surely else "attention",
            what=f"{name}: the charter asks for {standard.comparison} {standard.value:g}"
            + ("." if surely or not value.defined else ", which lies inside the interval."),
            since=_since(ctx, item, lambda each: not standard.holds(each)),
            because=_because(rows, whole),
            next="Read the disputed examples beside the guideline, then change the guideline or train the team.",
            subject=item.scope or f"question:{item.question}",
            campaign_id=item.campaign_id,
            question=item.question,
            figure=value,
        )
    return None


def _because(rows: list[Measure], whole: Assessment | None) -> str:
    metric = whole.metric if whole else "agreement.alpha"
    teams = [row for row in rows if row.metric == metric and row.scope.startswith("cohort:")]
    teams = sorted((row for row in teams if row.estimate.defined), key=lambda row: row.estimate.value)
    parts = []
    if len(teams) > 1 and teams[0].estimate.high < teams[-1].estimate.low:
        least = teams[0]
        parts.append(f"{least.scope.partition(':')[2]} agrees least within itself ({_shown(least.estimate)})")
    if whole and whole.confusions:
        worst = whole.confusions[0]
        parts.append(
            f"where one says “{worst.given}”, others say “{worst.instead}” in {worst.share.value:.0%} of their answers "
            f"({worst.share.low:.0%} to {worst.share.high:.0%})"
        )
    return "; ".join(parts)


def level_at(look: int) -> float:
    """Return the level of an assessment, from 1: a half, a sixth, a twelfth … of 5 %, so that all together stay below.

    One looks again and again at answers that keep coming; at 5 % each time, something would be named sooner or later.
    """
    return FALSE_ALARMS / (look * (look + 1))


def _on_gold(ctx: Context, kind: str, rows: list[Measure], level: float) -> list[Concern]:
    """Return the teams or annotators whose gold answers are wrong more often than all others' together."""
    mine = [row for row in rows if row.metric == "gold.accuracy" and row.scope.startswith(f"{kind}:")]
    if len(mine) < 2:  # noqa: PLR2004
        return []
    counts = [(round(row.estimate.value * row.estimate.n), row.estimate.n) for row in mine]
    right, total = (sum(column) for column in zip(*counts, strict=True))
    p = against_others(counts)
    return [
        Concern(
            severity="bad",
            what=f"{_name(ctx, row)} answers gold right in {row.estimate.value:.0%}, all others in "
            f"{(right - good) / (total - n):.0%} ({_chance(value)}).",
            since=_since(ctx, row, lambda each, bar=(right - good) / (total - n): each < bar),  # type: ignore[misc]
            because=_mixed_up(ctx, row),
            next="Look at their card and their disputed answers; train and calibrate again before more work."
            if kind == "annotator"
            else "Look at the team's card; hold its batches for inspection until it was calibrated again.",
            subject=row.scope,
            campaign_id=row.campaign_id,
            question=row.question,
            figure=row.estimate,
        )
        for row, (good, n), value in zip(mine, counts, p, strict=True)
        if value <= level
    ]


def _mixed_up(ctx: Context, row: Measure) -> str:
    """Return which label somebody gives most often in another's place, once labels were resolved."""
    habit = next(iter(queries.habits(ctx, campaign=row.campaign_id, question=row.question, subject=row.scope)), None)
    if habit is None or not habit.evidence:
        return ""
    wrong = np.array(habit.evidence)
    np.fill_diagonal(wrong, 0.0)
    true, given = (int(place) for place in np.unravel_index(int(wrong.argmax()), wrong.shape))
    share = habit.confusion()[true][given]
    spread = wrong[true, given] < wrong.sum() / 3
    how = "Mistakes are spread over the labels; most often" if spread else "Most often"
    return (
        f"{how} “{habit.values[given]}” is given where “{habit.values[true]}” is likely true: {share.value:.0%} "
        f"({share.low:.0%} to {share.high:.0%}, n = {share.n})."
    )


def against_others(counts: Sequence[tuple[int, int]]) -> list[float]:
    """Return how likely each count (right, answered) is if all were alike, adjusted for all of them by Holm."""
    right, total = (sum(column) for column in zip(*counts, strict=True))
    return [float(p) for p in holm([_fisher(good, n, right - good, total - n) for good, n in counts])]


def _below_floor(
    ctx: Context, kind: str, rows: Sequence[Measure], whole: Assessment | None, level: float
) -> list[Concern]:
    """Return the labels, slices or guideline versions whose agreement is below what allows conclusions."""
    metric = whole.metric if whole else "agreement.alpha"
    said = metric.partition(".")[2].replace("_", " ")
    mine = [row for row in rows if row.metric == metric and row.scope.startswith(f"{kind}:") and _tested(row, whole)]
    z = [(row.estimate.value - FLOOR) / row.estimate.standard_error for row in mine]
    p = holm(scipy.special.ndtr(z))
    return [
        Concern(
            severity="bad",
            what=_KINDS[kind].format(row.scope.partition(":")[2]).capitalize()
            + f": {said} {_shown(row.estimate)}, below {FLOOR} ({_chance(value)}).",
            since=_since(ctx, row, lambda each: each < FLOOR),
            because=_instead(row, whole) if kind == "label" else "",
            next=_STEPS[kind],
            subject=row.scope,
            campaign_id=row.campaign_id,
            question=row.question,
            figure=row.estimate,
        )
        for row, value in zip(mine, p, strict=True)
        if value <= level
    ]


def _tested(row: Measure, whole: Assessment | None) -> bool:
    """Whether there are tasks enough for a z test: of a label those on which somebody gave it."""
    tasks = row.estimate.n
    if row.scope.startswith("label:"):
        label = row.scope.partition(":")[2]
        tasks = max((each.share.n for each in whole.confusions if each.given == label), default=tasks) if whole else 0
    return tasks >= FEWEST and row.estimate.standard_error > 0


def _instead(row: Measure, whole: Assessment | None) -> str:
    label = row.scope.partition(":")[2]
    mine = [each for each in whole.confusions if each.given == label] if whole else []
    if not mine:
        return ""
    worst = max(mine, key=lambda each: each.share.value)
    return f"Others say “{worst.instead}” there in {worst.share.value:.0%} of their answers (n = {worst.share.n:,})."


def _not_measured(ctx: Context, measured: set[str], whole: dict[tuple[str, str], Assessment]) -> list[Concern]:
    """Return the campaigns that were never measured, or not since answers came in."""
    found = []
    for campaign in annotation.campaigns(ctx):
        progress = annotation.pace(ctx, campaign.id)
        at = max((each.assessed_at for key, each in whole.items() if key[0] == campaign.id), default=None)
        if not progress.answers or progress.last_at is None:
            continue
        if campaign.id not in measured:
            was = "answer of “{}” was" if progress.answers == 1 else "answers of “{}” were"
            what = f"{progress.answers:,} {was.format(campaign.name)} never measured."
        elif at and progress.last_at > at:
            what = f"“{campaign.name}” got answers after it was last measured."
        else:
            continue
        found.append(
            Concern(
                severity="attention",
                what=what,
                since=progress.first_at if campaign.id not in measured else at,
                because="",
                next="Measure it.",
                subject="",
                campaign_id=campaign.id,
                question=annotation.first_closed(ctx, campaign.id),
            )
        )
    return found


def _since(ctx: Context, item: Measure, wrong: Callable[[float], bool]) -> datetime:
    """Return when the newest unbroken run of wrong measures began."""
    began = item.measured_at
    past = queries.history(ctx, campaign=item.campaign_id, metric=item.metric, scope=item.scope)
    for each in reversed([row for row in past if row.question == item.question]):
        if not wrong(each.estimate.value):
            break
        began = each.measured_at
    return began


def _fisher(good: int, n: int, others_good: int, others: int) -> float:
    """Return the chance of so few right answers if everybody were alike."""
    if not n or not others:
        return 1.0
    return float(scipy.stats.hypergeom.cdf(good, n + others, good + others_good, n))


def _name(ctx: Context, row: Measure) -> str:
    kind, _, name = row.scope.partition(":")
    return governance.names(ctx).get(name, name) if kind == "annotator" else name


def _chance(p: float) -> str:
    return f"p = {p:.2g}" if p >= _TINY else f"p < {_TINY:g}"


def _shown(estimate: Estimate) -> str:
    ends = "" if math.isnan(estimate.low) else f" [{estimate.low:.2f}, {estimate.high:.2f}]"
    return f"{estimate.value:.2f}{ends}"
