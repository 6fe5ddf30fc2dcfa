"""Agreement by any measure that makes sense for a question, in every group of answers: worked out when asked for.

What counts for gates and concerns is the question's yardstick, measured and kept by assessments. This keeps nothing, so
nobody has to choose another yardstick to see what it would say.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from headwater.annotation import queries as annotation
from headwater.annotation.questions import Kind
from headwater.core.errors import InvalidError
from headwater.governance.authority import require
from headwater.governance.model import Decision
from headwater.quality import breakdowns, coefficients, queries
from headwater.quality.mark_panels import MarkPanel
from headwater.quality.model import NotAssessableError
from headwater.quality.panels import panel
from headwater.quality.yardsticks import Coefficient, Distance, Offer, Yardstick, check, usual
from headwater.quality.yardsticks import coefficients as offered
from headwater.stats.agreement.intraclass import Form, intraclass
from headwater.stats.agreement.orders import kendall_distances, mean_concordance
from headwater.stats.interval import Estimate, undefined

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from headwater.annotation.answers import Answers
    from headwater.annotation.questions import Question
    from headwater.context import Context
    from headwater.quality.breakdowns import Groups
    from headwater.quality.panels import Panel

PERCENT, CONCORDANCE = "percent", "kendall-w"
MARKED = {
    "f1": "Of two people's marks, the share that the other made too.",
    "f1-overlap": "The same, where marks of a text match that have a character in common.",
    "f1-characters": "The same of single characters.",
    "f1-boundaries": "The same of starts and ends, within three characters.",
    "gamma": "Positions and labels of whole texts, beyond stretches moved at random.",
}
MOST_TEXTS = 300
"""Tasks of a group above which gamma is worked out on a random sample of so many: it shuffles every text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The agreement of one group of answers."""

    scope: str
    """`question:…`, `label:…`, `cohort:…`, `batch:…`, `guideline:…`, `time:…` or `slice:…`."""
    estimate: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Requested:
    """Agreement on a question by one measure."""

    campaign_id: str
    question: str
    measure: str
    distance: Distance
    readings: tuple[Reading, ...]
    """Of all answers first; groups in which nothing can be compared are left out."""
    offers: tuple[Offer, ...]
    """Every measure, what it means and whether it makes sense for the question."""


def by_measure(
    ctx: Context,
    campaign_id: str,
    *,
    question: str,
    measure: str = "",
    distance: Distance | None = None,
    slices: Sequence[str] = (),
) -> Requested:
    """Return agreement on a question by a measure: whole, by label, team, batch, guideline version, time and slice.

    Each group is measured by itself, slices too: where nearly one label occurs, little could have disagreed.

    Args:
        ctx: The context.
        campaign_id: The campaign, by id or name.
        question: The question.
        measure: One of the names of `offers`; the coefficient that counts for the question by default.
        distance: How far apart two answers are; the one that counts for the question by default.
        slices: Slices of records besides the charter's critical ones and the languages.

    Raises:
        NotAssessableError: There is no answer to compare.
        InvalidError: The measure or the distance makes no sense for the question; the message says why.
    """
    require(ctx, Decision.BATCH_ACCEPT)
    campaign = annotation.campaign(ctx, campaign_id)
    asked = annotation.schema(ctx, campaign.schema_id).question(question)
    given = annotation.answers(ctx, campaign.id, question=question, structured=True)
    if not np.count_nonzero(~given.is_gold):
        raise NotAssessableError(f"Nobody answered '{question}' in '{campaign.name}' yet.", remedy="Answer some tasks.")
    now = queries.yardstick(ctx, campaign.id, asked)
    measure, distance = measure or now.coefficient.value, distance or now.distance
    named = [each.value for each in Coefficient]
    yardstick = Yardstick(coefficient=Coefficient(measure), distance=distance) if measure in named else usual(asked)
    _ensure(asked, measure, yardstick)
    views = panel(asked, given, yardstick)
    groups = [*breakdowns.disjoint(ctx, given), *breakdowns.of_slices(ctx, given, slices, seed=0)]
    if measure in named:
        found = {f"question:{question}": coefficients.of_all(views, seed=0)}
        found |= {f"label:{label}": value for label, value in coefficients.by_label(views, seed=0).items()}
        found |= _by_thing(asked, views, given)
        for each in groups:
            values = coefficients.by_group(views, each.code[views.row], seed=0)
            found |= {f"{each.kind}:{name}": value for name, value in zip(each.names, values, strict=False)}
    else:
        found = _in_groups(asked, measure, given, groups) | _by_label(measure, views)
    return Requested(
        campaign_id=campaign.id,
        question=question,
        measure=measure,
        distance=yardstick.distance,
        readings=tuple(Reading(scope=scope, estimate=value) for scope, value in found.items() if value.n),
        offers=offers(asked),
    )


def offers(question: Question) -> tuple[Offer, ...]:
    """Return every measure, what it means and whether it makes sense for a question."""
    marked = question.kind in (Kind.SPANS, Kind.BOXES, Kind.POLYGONS, Kind.MASK)
    numbers = question.kind in (Kind.RATING, Kind.NUMERIC) and not question.per_turn
    orders = question.kind is Kind.RANKING and not question.per_turn
    percent = "Two answers are the same; chance is not taken off."
    concordance = "Kendall's W, corrected for ties: how far the orders given to a task are one; 1 / people by chance."
    found = [
        *offered(question),
        Offer(name=PERCENT, means=percent, against="its answers are marks." if marked else ""),
        *(Offer(name=each.value, means=_FORMS[each], against="" if numbers else "it needs numbers.") for each in Form),
        Offer(name=CONCORDANCE, means=concordance, against="" if orders else "it needs orders of things."),
    ]
    texts = question.kind is Kind.SPANS
    for name, means in MARKED.items():
        fits = texts or (marked and name == "f1")
        against = "" if fits else f"it needs marks on {'a text' if name != 'f1' else 'a text or an image'}."
        found.append(Offer(name=name, means=means, against=against))
    return tuple(found)


_FORMS = {
    Form.ONE_WAY: "Intraclass correlation of one rating; other people for each task.",
    Form.RANDOM: "Of one rating; the same people, whose level counts as error.",
    Form.MIXED: "Of one rating; exactly these people, whose level does not count.",
    Form.ONE_WAY_MEAN: "ICC(1,1) of the mean of all ratings of a task.",
    Form.RANDOM_MEAN: "ICC(2,1) of the mean of all ratings of a task.",
    Form.MIXED_MEAN: "ICC(3,1) of the mean of all ratings of a task.",
}


def _ensure(asked: Question, measure: str, yardstick: Yardstick) -> None:
    known = {each.name: each.against for each in offers(asked)}
    sensible = ", ".join(name for name, against in known.items() if not against) or "nothing"
    if measure not in known:
        raise InvalidError(f"There is no measure '{measure}'.", remedy=f"Use {sensible}.")
    if known[measure]:
        raise InvalidError(
            f"'{asked.name}' cannot be measured by {measure}: {known[measure]}", remedy=f"Use {sensible}."
        )
    check(asked, yardstick)


def _in_groups(asked: Question, measure: str, given: Answers, groups: list[Groups]) -> dict[str, Estimate]:
    """Return the measure of all answers and of each group; groups that are the same are worked out once."""
    scopes = {f"question:{asked.name}": np.ones(given.task.size, np.bool_)}
    scopes |= {f"{each.kind}:{name}": each.code == code for each in groups for code, name in enumerate(each.names)}
    known: dict[bytes, Estimate] = {}
    found = {}
    for scope, rows in scopes.items():
        key = np.packbits(rows).tobytes()
        if key not in known:
            known[key] = _other(asked, measure, given.only(rows))
        found[scope] = known[key]
    return found


def _other(asked: Question, measure: str, given: Answers) -> Estimate:
    """Work out a measure that is no coefficient of a yardstick."""
    ordinary = given.only(~given.is_gold)
    if not ordinary.task.size:
        return undefined("Nobody answered here.", n=0, method=measure)
    if measure in set(Form):
        return intraclass(_table(ordinary, Form(measure)), measure)
    if measure == CONCORDANCE:
        return mean_concordance(_orders(ordinary))
    tasks = np.unique(ordinary.task)
    if measure != "gamma" or tasks.size <= MOST_TEXTS:
        return _measured(measure, panel(asked, ordinary))
    some = np.random.default_rng(0).choice(tasks, MOST_TEXTS, replace=False)
    found = _measured(measure, panel(asked, ordinary.only(np.isin(ordinary.task, some))))
    return replace(found, note=f"{found.note} On a random sample of {MOST_TEXTS} of {tasks.size:,} tasks.".strip())


def _by_thing(asked: Question, views: Panel | MarkPanel, given: Answers) -> dict[str, Estimate]:
    """Return for each thing of a ranking how far people agree on where it stands among the others."""
    if asked.kind is not Kind.RANKING or isinstance(views, MarkPanel) or isinstance(views.level, str):
        return {}
    orders = _places(given.values)
    places = np.array([[each.get(thing, np.nan) for thing in asked.values] for each in orders], np.float64)
    found = {}
    for code, thing in enumerate(asked.values):
        level = kendall_distances(places, thing=code)
        found[f"label:{thing}"] = coefficients.of_all(replace(views, level=level), seed=0)
    return found


def _by_label(measure: str, views: Panel | MarkPanel) -> dict[str, Estimate]:
    if measure not in (PERCENT, *MARKED):
        return {}
    return {f"label:{name}": _measured(measure, views.of_label(place)) for place, name in enumerate(views.labels)}


def _measured(measure: str, views: Panel | MarkPanel) -> Estimate:
    name = f"agreement.{measure.replace('-', '_')}"
    nothing = undefined("Nothing here can be compared.", n=0, method=measure)
    return views.measures(seed=0, only=name).get(name, nothing)


def _table(given: Answers, form: Form) -> NDArray[np.float64]:
    """Numbers as tasks × people; one way, as tasks × places among the answers of a task."""
    value = np.array([float(text) for text in given.values] or [0.0])[given.value]
    tasks, task = np.unique(given.task, return_inverse=True)
    if form in (Form.ONE_WAY, Form.ONE_WAY_MEAN):
        order = np.argsort(task, kind="stable")
        size = np.bincount(task)
        place = np.empty(task.size, np.int64)
        place[order] = np.arange(task.size) - np.repeat(np.cumsum(size) - size, size)
        width = int(np.bincount(size)[2:].argmax()) + 2 if size.max() > 1 else 1
        task, value, place = (each[place < width] for each in (task, value, place))
    else:
        people, place = np.unique(given.annotator, return_inverse=True)
        width = people.size
    table = np.full((tasks.size, width), np.nan)
    table[task, place] = value
    return table


def _orders(given: Answers) -> list[NDArray[np.float64]]:
    """The places of the things of each task, people × things; things that somebody left out are left out."""
    places = _places(given.values)
    found: list[NDArray[np.float64]] = []
    for code in np.unique(given.task):
        mine = [places[value] for value in given.value[given.task == code]]
        things = sorted(set(mine[0]).intersection(*mine))
        found.append(np.array([[each[thing] for thing in things] for each in mine]).reshape(len(mine), len(things)))
    return found


def _places(values: Sequence[str]) -> list[dict[str, float]]:
    """Return the place of each thing in each order."""
    parsed: list[list[list[str]]] = [
        json.loads(text).get("order", []) if text.startswith("{") else [] for text in values
    ]
    return [{thing: float(at) for at, tied in enumerate(order) for thing in tied} for order in parsed]
