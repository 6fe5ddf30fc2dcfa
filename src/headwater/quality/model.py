"""Words of quality: resolved labels, measures, acceptance of batches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from headwater.core.errors import ConflictError, InvalidError, NotFoundError
from headwater.stats.acceptance.plans import Plan
from headwater.stats.acceptance.switching import State
from headwater.stats.interval import Estimate

MeasureId = NewType("MeasureId", str)


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """The resolved answer of a task on one question."""

    task_id: str
    record_id: str
    question: str
    value: str
    confidence: float
    """Posterior probability of the value, in [0, 1]; of numbers the reliability, of orders a lower bound."""
    beliefs: dict[str, float]
    """What the answers alone say: class or option → its probability, from 0.005; thing → how often it would be put
    first; of a number `low` and `high` of its 95 % interval."""
    method: str
    """How it was resolved: `majority`, `committee`, `continuous`, `bradley-terry`, `adjudicated`, …"""
    answers: int
    """How many answers it came from."""
    batch_id: str
    cohort_id: str
    """The cohort most of its answers came from."""
    guideline_id: str
    """The guideline version those answers were given under."""
    resolved_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One measured quality of a campaign, kept with when and how."""

    id: MeasureId
    campaign_id: str
    metric: str
    """`agreement.alpha`, `agreement.percent`, `gold.accuracy`, …"""
    scope: str
    """What it is limited to, `kind:name` such as `question:topic`, `cohort:coh_…`, `batch:bat_…`; empty for all."""
    estimate: Estimate
    measured_at: datetime
    question: str = ""
    """The question it is about; empty when it is about all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Between:
    """How two annotators agree on the tasks both answered."""

    first: str
    second: str
    percent: Estimate
    kappa: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Confused:
    """How often others gave one label where somebody gave another."""

    given: str
    instead: str
    share: Estimate
    """Of the other answers to those tasks; n counts the tasks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disputed:
    """A task whose answers lie far apart."""

    task_id: str
    record_id: str
    distance: float
    """Mean distance between two of its answers; 1 is the farthest that two labels can be."""
    answers: dict[str, int]
    """Value → how many gave it, most first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """What the newest assessment of a question found, beyond the measures."""

    campaign_id: str
    question: str
    scale: str
    """How far apart two answers are: `nominal`, `ordinal`, `interval`, `MASI`."""
    answers: int
    """Answers that were compared, gold left out."""
    tasks: int
    undecided: int
    """Answers that say the question cannot be decided."""
    shares: dict[str, float]
    """Label → its share of the answers; empty for numbers."""
    confusions: tuple[Confused, ...]
    pairs: tuple[Between, ...]
    disputed: tuple[Disputed, ...]
    """Most disputed first."""
    alpha: Estimate
    seed: int
    assessed_at: datetime
    given: int = 0
    """Answers in force, gold among them."""
    looks: int = 1
    """Which assessment it is; one without new answers is no new one."""
    metric: str = "agreement.alpha"
    """The measure that the question's coefficient is kept as, in groups too; alpha of all answers stands beside it."""
    remark: str = ""
    """What to make of alpha and AC1 where they contradict each other."""


class Verdict(StrEnum):
    """What became of a batch."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    """Goes to rework, with the reason."""
    WAIVED = "waived"
    """Failed its plan and was accepted all the same by the Accountable, with a reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """The inspection of one batch: plan and seed first, then the sample, the judgements, the decision.

    After rework a batch is inspected again, in the next round.
    """

    batch_id: str
    round: int
    """1 for the first inspection; one more after each rework."""
    campaign_id: str
    question: str
    """Whose labels are inspected."""
    maker: str
    """The team that gave most of the labels: severity is kept for its batches in this campaign."""
    plan: Plan
    seed: int
    """Chooses the sample; recorded with the plan, before there is one."""
    sample: tuple[str, ...]
    """Tasks in the order in which they count, as many as the plan can ask for; empty until drawn."""
    inspected: int
    """Tasks of the sample that count so far: judged, with all before them judged too."""
    due: int
    """Tasks of the sample, from the first, that are to be judged by now."""
    errors: tuple[str, ...]
    """Those of the inspected tasks that were found wrong."""
    passed: bool | None
    """What the plan says; None until the count decides."""
    verdict: Verdict | None
    """None until somebody decides."""
    reason: str
    planned_at: datetime
    drawn_at: datetime | None
    decided_at: datetime | None
    reopened_at: datetime | None
    """When its tasks were opened again for rework."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What an inspector found about one sampled task."""

    task_id: str
    given: str
    """The label as it stood."""
    value: str
    """What the inspector says is right."""
    source: str
    """`inspector`, or `ruling` when an expert had settled the task before."""
    reason: str
    by: str
    judged_at: datetime

    @property
    def is_wrong(self) -> bool:
        """Whether the label was wrong."""
        return self.given != self.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How severely the batches of a team in a campaign are inspected, and since when."""

    campaign_id: str
    maker: str
    state: State
    cause: str
    """The batch after which it stands so; empty when somebody decided it, or at the start."""
    by: str
    """Who decided; empty at the start."""
    at: datetime | None


class AlarmState(StrEnum):
    """Where an alarm stands."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    """Somebody looks into it."""
    DECIDED = "decided"


class Remedy(StrEnum):
    """What a person decides about an alarm; nothing happens to anybody without one."""

    DISMISS = "dismiss"
    """Nothing is wrong, or nothing is to be done; the reason says why."""
    PAUSE = "pause"
    """Give the person no more tasks, or pause the campaign when it is not about a person."""
    REQUALIFY = "requalify"
    """Ask the people concerned to go through the guideline and its calibration again; a person gets no tasks before."""
    RELABEL = "relabel"
    """Ask for one more answer, by others, to every task answered there since the change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """How a campaign's answers to a question are watched; fixed when watching begins, so that rates mean something."""

    campaign_id: str
    question: str
    good: float
    """Error rate on gold that is in control."""
    bad: float
    """Error rate on gold that is to be found soon."""
    gold_planned: int
    """Gold answers until the planned end."""
    tasks_planned: int
    level: float
    """Expected false alarms of a campaign without fault up to its planned end, over all charts and checks."""
    looks: int
    """Integrity checks made so far."""
    started_at: datetime
    watched_at: datetime
    """When it was looked at last."""
    answers: int
    """Answers of the campaign there were then."""

    @property
    def gold_run_length(self) -> float:
        """In-control average run length of every gold chart, in gold answers."""
        return max(GOLD_LEVELS * self.gold_planned / (self.level * SPENT["gold"]), 100.0)

    def window_run_length(self, metric: str, *, layers: int = 1) -> float:
        """In-control average run length of a chart of windows, in windows, when each task stands on so many of them."""
        windows = max(self.tasks_planned / WINDOW, 1.0) * layers
        if metric == "agreement":  # and two people's own charts get a point from every pair of answers
            windows += 2 * self.tasks_planned / OWN_WINDOW
        return min(max(windows / (2 * self.level * SPENT[metric]), 10.0), 1e7)

    def look_level(self, check: str, look: int) -> float:
        """Probability of a false finding of an integrity check at a look, from 0; its looks together stay below."""
        return self.level * SPENT[check] / ((look + 1) * (look + 2))


LEVEL = 0.1
"""Expected false alarms of a campaign without fault: one such campaign in ten has one."""
SPENT = {
    "gold": 0.25,
    "agreement": 0.15,
    "label.mix": 0.1,
    "speed": 0.25,
    "spam": 0.05,
    "straight-lining": 0.05,
    "copying": 0.05,
    "gold.leak": 0.05,
    "gold.doubt": 0.05,
}
"""Shares of the level; speed has the most because a crowd says little about how much paces may differ."""
GOLD_LEVELS = 3
"""A gold answer stands on the chart of the campaign, of its team and of its annotator."""
WINDOW = 50
"""Tasks to a point of the campaign's charts of agreement and of the label mix."""
OWN_WINDOW = 25
"""Tasks to a point of an annotator's own chart of agreement."""
FIRST_LOOK = 250
"""Answers at the first integrity check; every further one comes when they have doubled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A candidate for what an alarm came with, and what speaks for it."""

    kind: str
    """`annotator`, `team`, `guideline`, `slice` or `everyone`."""
    name: str
    inside: Estimate
    """Rate in its answers after the change."""
    outside: Estimate
    """Rate in all other answers."""
    gain: float
    """Log-likelihood gained over one rate for all, in nats."""
    adjusted: float
    """Exact p of the excess, over all candidates."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """Something that went out of control, for a person to decide on."""

    id: str
    campaign_id: str
    question: str
    metric: str
    """`gold.accuracy`, `agreement`, `label.mix`, or an integrity check."""
    scope: str
    """Empty for the campaign; `team:…`, `annotator:per_…`, `pair:per_…,per_…` or `task:tsk_…`."""
    state: AlarmState
    since: datetime
    """Where the change most likely lies."""
    since_low: datetime
    since_high: datetime
    """Its 95 % interval; of an integrity check the first and the last answer it looked at."""
    noticed_at: datetime
    """The answer that made it an alarm."""
    before: Estimate | None
    """The rate before the change."""
    after: Estimate
    """The rate from the change to the alarm; an alarm is raised at a peak, so it lies a little too high."""
    rule: str
    """The chart or test, its limits, and how often it errs."""
    explanations: tuple[Explanation, ...]
    """What it may come with, best first; empty when nothing stands out."""
    advice: str
    """The suggested next step."""
    raised_at: datetime
    decided_by: str
    remedy: Remedy | None
    reason: str
    decided_at: datetime | None

    @property
    def about(self) -> str:
        """Kind of its proposed cause, its own scope's when none stands out."""
        return self.explanations[0].kind if self.explanations else self.scope.partition(":")[0] or "everyone"

    @property
    def people(self) -> tuple[str, ...]:
        """The annotators it names, by scope or as its first cause."""
        kind, _, names = self.scope.partition(":")
        named = names.split(",") if kind in ("annotator", "pair") else []
        first = self.explanations[:1]
        named += [each.name for each in first if each.kind == "annotator"]
        return tuple(dict.fromkeys(named))


class UnknownAlarmError(NotFoundError):
    """There is no such alarm in this program."""

    code = "unknown_alarm"


class AlarmStateError(ConflictError):
    """The alarm was decided on already."""

    code = "alarm_decided"


class NotAssessableError(ConflictError):
    """There is too little here to measure."""

    code = "not_assessable"


class BatchOpenError(ConflictError):
    """The batch still has open tasks."""

    code = "batch_open"


class UnknownMetricError(InvalidError):
    """There is no such metric."""

    code = "unknown_metric"


class InspectionStateError(ConflictError):
    """The inspection of this batch is not at the step that allows this."""

    code = "wrong_inspection_state"


class AlreadyJudgedError(ConflictError):
    """Somebody else judged this task of the sample otherwise."""

    code = "already_judged"
