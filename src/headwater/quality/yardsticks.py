"""By which coefficient and which distance agreement on a question is measured, and which make sense for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from headwater.annotation.questions import Kind
from headwater.core.errors import InvalidError

if TYPE_CHECKING:
    from headwater.annotation.questions import Question


class Coefficient(StrEnum):
    """What agreement by chance is taken to be (see `MEANS`)."""

    ALPHA = "alpha"
    COHEN = "cohen"
    FLEISS = "fleiss"
    GWET = "gwet"
    BRENNAN_PREDIGER = "brennan-prediger"


class Distance(StrEnum):
    """How far apart two answers are taken to be (see `MEANS`)."""

    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    LINEAR = "linear"
    INTERVAL = "interval"
    RATIO = "ratio"
    MASI = "MASI"
    JACCARD = "Jaccard"
    KENDALL = "Kendall"
    IOU = "1 - IoU"


MEANS: dict[Coefficient | Distance, str] = {
    Coefficient.ALPHA: (
        "Krippendorff's alpha: chance pairs any two answers. Takes any number of annotators, missing answers "
        "and any distance."
    ),
    Coefficient.COHEN: (
        "Cohen's kappa, of more than two annotators Conger's: chance lets everybody keep their own habits, so"
        " that habits that differ count as less chance."
    ),
    Coefficient.FLEISS: (
        "Fleiss' kappa, of two annotators Scott's pi: chance draws two answers from all, like alpha without "
        "its correction for few tasks."
    ),
    Coefficient.GWET: (
        "Gwet's AC1, with a distance AC2: chance is small where one label is frequent, so it stays high there"
        " and does not ask whether rare labels are recognised."
    ),
    Coefficient.BRENNAN_PREDIGER: (
        "Brennan and Prediger: chance picks every possible label equally often, so that options nobody uses raise it."
    ),
    Distance.NOMINAL: "The same or not.",
    Distance.ORDINAL: "By their order alone: what lies between two answers counts.",
    Distance.LINEAR: ("The difference: the steps of the scale are equal, and two steps are twice as bad as one."),
    Distance.INTERVAL: ("The squared difference: the steps are equal, and two are four times as bad as one."),
    Distance.RATIO: (
        "The difference over the sum, squared: zero is zero, and 1 against 2 is as bad as 100 against 200."
    ),
    Distance.MASI: "What two sets share; less when neither holds the other.",
    Distance.JACCARD: "What two sets share over what either holds.",
    Distance.KENDALL: "The share of pairs of things that are ordered differently.",
    Distance.IOU: "What two marks of the same thing do not have in common.",
}
"""What each choice says, for those who choose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Yardstick:
    """By what agreement is measured."""

    coefficient: Coefficient
    distance: Distance

    @property
    def metric(self) -> str:
        """The measure that a standard of the charter names, such as `agreement.alpha` or `agreement.ac1`."""
        if self.coefficient is Coefficient.GWET:
            return "agreement.ac1" if self.distance is Distance.NOMINAL else "agreement.ac2"
        return f"agreement.{self.coefficient.value.replace('-', '_')}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What somebody decided that agreement on a question is measured by."""

    campaign_id: str
    """Empty for every campaign of the program that has no choice of its own."""
    question: str
    yardstick: Yardstick
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A coefficient or distance, and whether it makes sense for a question."""

    name: str
    means: str
    against: str
    """Why it makes no sense; empty when it does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What agreement on a question is measured by, and what it could be measured by."""

    campaign_id: str
    question: str
    yardstick: Yardstick
    """What counts now."""
    usual: Yardstick
    """What counts while nobody chose."""
    choice: Choice | None
    """Who chose what counts now, and why; None while nobody did."""
    coefficients: tuple[Offer, ...]
    distances: tuple[Offer, ...]


class YardstickError(InvalidError):
    """Agreement on this question cannot be measured so."""

    code = "bad_yardstick"


METRICS = {
    "agreement.alpha": Coefficient.ALPHA,
    "agreement.cohen": Coefficient.COHEN,
    "agreement.fleiss": Coefficient.FLEISS,
    "agreement.ac1": Coefficient.GWET,
    "agreement.ac2": Coefficient.GWET,
    "agreement.brennan_prediger": Coefficient.BRENNAN_PREDIGER,
}
"""Measure → the coefficient it is."""

_STEPS = (Distance.NOMINAL, Distance.ORDINAL, Distance.LINEAR, Distance.INTERVAL)
_DISTANCES = {
    Kind.SINGLE: _STEPS,
    Kind.REFUSAL: _STEPS,
    Kind.RATING: (Distance.ORDINAL, Distance.NOMINAL, Distance.LINEAR, Distance.INTERVAL),
    Kind.NUMERIC: (Distance.INTERVAL, Distance.ORDINAL, Distance.RATIO),
    Kind.MULTIPLE: (Distance.MASI, Distance.JACCARD, Distance.NOMINAL),
    Kind.RANKING: (Distance.KENDALL, Distance.NOMINAL),
    **dict.fromkeys((Kind.SPANS, Kind.BOXES, Kind.POLYGONS, Kind.MASK), (Distance.IOU,)),
}
"""Kind of question → the distances that mean something there, the usual one first."""
_NEEDS = {
    Distance.NOMINAL: "answers that are the same or not",
    Distance.ORDINAL: "answers in an order",
    Distance.LINEAR: "the equal steps of a scale",
    Distance.INTERVAL: "numbers or the equal steps of a scale",
    Distance.RATIO: "numbers with a true zero",
    Distance.MASI: "sets of options",
    Distance.JACCARD: "sets of options",
    Distance.KENDALL: "orders of things",
    Distance.IOU: "marks on a text or an image",
}


def usual(question: Question) -> Yardstick:
    """Return what agreement on a question is measured by while nobody chose: alpha with the distance of its kind."""
    distance = _DISTANCES.get(question.kind, (Distance.NOMINAL,))[0]
    return Yardstick(coefficient=Coefficient.ALPHA, distance=distance)


def check(question: Question, yardstick: Yardstick) -> None:
    """Refuse a yardstick that makes no sense for a question.

    Raises:
        YardstickError: The distance or the coefficient means nothing for such answers; the message says why.
    """
    found = (
        (yardstick.distance.value, against_distance(question, yardstick.distance), distances(question)),
        (yardstick.coefficient.value, against_coefficient(question, yardstick.coefficient), coefficients(question)),
    )
    for name, why, offers in found:
        if why:
            sensible = ", ".join(each.name for each in offers if not each.against) or "nothing"
            raise YardstickError(f"'{question.name}' cannot be measured by {name}: {why}", remedy=f"Use {sensible}.")


def sensible(question: Question, yardstick: Yardstick) -> bool:
    """Return whether a yardstick makes sense for a question."""
    why = against_distance(question, yardstick.distance), against_coefficient(question, yardstick.coefficient)
    return not any(why)


def against_distance(question: Question, distance: Distance) -> str:
    """Return why a distance makes no sense for a question; nothing when it does."""
    if distance not in _DISTANCES.get(question.kind, ()):
        return f"it needs {_NEEDS[distance]}, and this is a {question.kind.value} question."
    if question.kind is Kind.SINGLE and distance is not Distance.NOMINAL:
        if len(question.options) == 2:  # noqa: PLR2004
            return "of two options every distance says the same; nominal is its plain name."
        if any(option.parent for option in question.options):
            return "its options are a hierarchy, which is no scale."
    if distance is Distance.RATIO and question.bounds[0] < 0:
        return "it allows numbers below 0, of which ratios mean nothing; give the question the minimum 0 first."
    return ""


def against_coefficient(question: Question, coefficient: Coefficient) -> str:
    """Return why a coefficient makes no sense for a question; nothing when it does."""
    if coefficient is Coefficient.ALPHA:
        return "" if question.kind in _DISTANCES else f"agreement on a {question.kind.value} question is not measured."
    if question.kind is Kind.NUMERIC:
        return "its chance needs a closed list of answers, and numbers have none."
    if question.kind not in _DISTANCES or Distance.IOU in _DISTANCES[question.kind]:
        return "its chance needs a closed list of answers, and marks have none."
    if question.kind in (Kind.MULTIPLE, Kind.RANKING):
        counted = coefficient in (Coefficient.GWET, Coefficient.BRENNAN_PREDIGER)
        return "its chance counts every possible set or order, most of which nobody would give." if counted else ""
    if question.per_turn and coefficient is Coefficient.COHEN:
        return "its interval takes the turns of one chat for independent."
    return ""


def distances(question: Question) -> tuple[Offer, ...]:
    """Return every distance, what it means and whether it makes sense for a question; the usual one first."""
    first = _DISTANCES.get(question.kind, ())
    order = (*first, *(each for each in Distance if each not in first))
    return tuple(Offer(name=each.value, means=MEANS[each], against=against_distance(question, each)) for each in order)


def coefficients(question: Question) -> tuple[Offer, ...]:
    """Return every coefficient, what it means and whether it makes sense for a question; the usual one first."""
    return tuple(
        Offer(name=each.value, means=MEANS[each], against=against_coefficient(question, each)) for each in Coefficient
    )
