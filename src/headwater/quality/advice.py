"""What an alarm says in a line, and what to do next."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING, NamedTuple

from headwater.annotation.personal_model import Only, Order, Wanted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from headwater.quality.model import Alarm

TITLES = {
    "gold.accuracy": "more errors on gold",
    "agreement": "more disputed tasks",
    "label.mix": "another mix of labels",
    "speed": "answers too quick to be read",
    "spam": "answers that hardly depend on the item",
    "straight-lining": "answers that repeat the one before",
    "copying": "two people with the same mistakes",
    "gold.leak": "gold that is answered too well once it is known",
    "gold.doubt": "gold that people disagree with",
}
"""What each metric's alarm is about."""

CHARTED = ("gold.accuracy", "agreement", "label.mix")
"""Metrics of control charts, which tell since when; the others are checks of all answers up to a look."""
_SIZES = {"spam": " agree with the others", "straight-lining": " equal the one before"}
"""What the share of a check is a share of, where its title does not tell."""

_STEPS = {
    "annotator": "Look at this person's answers with them, then requalify, pause or relabel as you find.",
    "team": "Ask the team what changed: people, tools, instructions. Compare its answers with another team's.",
    "guideline": "Compare this version of the guideline with the one before at the disputed tasks; correct it and have "
    "it calibrated again.",
    "slice": "Read records of this slice beside the guideline: it may not say how to answer them.",
    "everyone": "Everybody is affected: look at the guideline, at new kinds of records and at the gold itself.",
    "pair": "Look at the mistakes they share; ask how the two work. What was taught alike shows here too.",
    "task": "Read the record: correct the known answer or retire the gold.",
}

_OWN_STEPS = {
    "speed": "Look at a few of these answers beside their records. Quick may be skilled; pause only "
    "when they are wrong.",
    "spam": "Read a sample of these answers. If they were given blindly, pause and relabel; if the person reads the "
    "guideline another way, requalify.",
    "straight-lining": "Look at the longest run beside its records; talk with the person before anything else.",
    "gold.leak": "Retire this gold and put fresh gold in its place; ask whether answers are passed on.",
}


def next_step(metric: str, kind: str) -> str:
    """Return the suggested next step for an alarm with its kind of cause."""
    return _OWN_STEPS.get(metric) or _STEPS.get(kind, _STEPS["everyone"])


class Lead(NamedTuple):
    """Where to look at the answers of a person that an alarm is about."""

    person: str
    text: str
    """What is found there, to be followed by their name."""
    wanted: Wanted


_CREW = 12
"""Members of a team whose answers an alarm leads to."""
_LEADS = {
    "gold.accuracy": ("Mistakes on gold", Only.GOLD_MISTAKES, Order.GIVEN),
    "agreement": ("Answers unlike the others'", Only.DIFFERENT, Order.GIVEN),
    "speed": ("The quickest answers", Only.ALL, Order.QUICKEST),
    "spam": ("A sample of the answers", Only.ALL, Order.RANDOM),
    "straight-lining": ("The longest run of equal answers", Only.LONGEST_RUN, Order.GIVEN),
}


def team_of(alarm: Alarm) -> str:
    """Return the team that an alarm about no person is about, or is laid to; empty when there is none."""
    if alarm.people:
        return ""
    kind, _, name = alarm.scope.partition(":")
    return name if kind == "team" else next(_laid_to(alarm, "team"), "")


def _laid_to(alarm: Alarm, kind: str) -> Iterator[str]:
    """What of a kind an alarm is laid to rather than to everybody."""
    narrow = takewhile(lambda each: each.kind != "everyone", alarm.explanations)
    return (each.name for each in narrow if each.kind == kind)


def leads(alarm: Alarm, crew: Sequence[str] = ()) -> list[Lead]:
    """Return where the answers are that an alarm speaks of, from its first to the one that raised it.

    Args:
        alarm: The alarm.
        crew: Members of the team it is about, see `team_of`: read where it names nobody, after those it is laid to.
    """
    text, only, order = _LEADS.get(alarm.metric, ("Answers", Only.ALL, Order.GIVEN))
    beside: dict[str, str] = {}
    if alarm.scope.startswith("pair:"):
        text, only, order = "Mistakes shared by", Only.SHARED_MISTAKES, Order.GIVEN
        first, second = alarm.people[:2]
        beside = {first: second, second: first}
    likely = _laid_to(alarm, "annotator")
    kinds = dict.fromkeys((only, Only.ALL)) if alarm.people else (only,)
    return [
        Lead(
            person,
            text if each is only else "All answers",
            Wanted(
                question=alarm.question,
                since=alarm.since_low,
                until=max(alarm.noticed_at, alarm.since_high),
                only=each,
                order=order if each is only else Order.GIVEN,
                beside=beside.get(person, ""),
            ),
        )
        for person in alarm.people or list(dict.fromkeys([*likely, *crew]))[:_CREW]
        for each in kinds
    ]


def headline(alarm: Alarm, names: Mapping[str, str]) -> str:
    """Return an alarm in a line.

    Args:
        alarm: The alarm.
        names: Handles by person.
    """
    where = place(alarm.scope, names)
    cause = ""
    if alarm.explanations:
        first = alarm.explanations[0]
        cause = f"; likely {because(first.kind, first.name, names)}"
    said = TITLES.get(alarm.metric, alarm.metric)
    before = f" (was {alarm.before.value:.1%})" if alarm.before and alarm.before.defined else ""
    size = f"{alarm.after.value:.1%}{_SIZES.get(alarm.metric, '')}{before}"
    if alarm.metric == "speed":
        size = f"{alarm.after.value:.2f} of the time that others take"
    return f"{said}{where}: {size} since {alarm.since:%Y-%m-%d %H:%M} UTC{cause}."


def place(scope: str, names: Mapping[str, str]) -> str:
    """Return where an alarm is, to follow what it is about; empty for the whole campaign."""
    kind, _, name = scope.partition(":")
    if kind == "pair":
        return ", " + " and ".join(names.get(each, each) for each in name.split(","))
    return f", {kind} {names.get(name, name)}" if name else ""


def because(kind: str, name: str, names: Mapping[str, str]) -> str:
    """Return a cause in words."""
    return f"{kind} {names.get(name, name)}" if name else kind
