"""Words of annotation: schemas, guidelines, campaigns, batches, tasks, leases, answers, reviews, gold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from headwater.annotation.plan import Plan
from headwater.annotation.questions import Question
from headwater.core.errors import ConflictError, InvalidError, NotFoundError
from headwater.governance.model import PersonId, ProgramId

SchemaId = NewType("SchemaId", str)
GuidelineId = NewType("GuidelineId", str)
CampaignId = NewType("CampaignId", str)
BatchId = NewType("BatchId", str)
TaskId = NewType("TaskId", str)
PrelabelId = NewType("PrelabelId", str)
LeaseId = NewType("LeaseId", str)
AnswerId = NewType("AnswerId", str)

EVERYONE = 1_000_000
"""Overlap of tasks that every annotator is to answer: gold and calibration."""
HOLD_LIMIT = 3
"""Most tasks one annotator may hold in one campaign at a time: the one being answered and those fetched ahead."""


class Standing(StrEnum):
    """Where a version of a schema or guideline stands."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"
    """A later version was published; answers given under it stay tied to it."""


class CampaignState(StrEnum):
    """Where a campaign stands."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    OPEN = "open"
    PAUSED = "paused"
    CLOSED = "closed"


class BatchKind(StrEnum):
    """What a batch is for."""

    WORK = "work"
    CALIBRATION = "calibration"
    """Every annotator answers all of it, with feedback, before ordinary tasks: it measures guideline and people."""
    REWORK = "rework"
    """Answered again after a batch was returned or a brief asked for it."""


class Tier(StrEnum):
    """Who a task is for."""

    ANNOTATE = "annotate"
    REVIEW = "review"
    ADJUDICATE = "adjudicate"


class LaneKind(StrEnum):
    """Why tasks stand in a lane; the order below is the order in which lanes are served."""

    CALIBRATION = "calibration"
    GOLD = "gold"
    ASSIGNED = "assigned"
    """Handed to one annotator, or to those who have a skill."""
    RETURNS = "returns"
    """Came back after a lapsed or returned lease, or needs more answers than planned."""
    WORK = "work"


class LeaseState(StrEnum):
    """What became of a lease."""

    LIVE = "live"
    """Held; when its time is over it can be taken back by the next claim."""
    ANSWERED = "answered"
    SKIPPED = "skipped"
    RETURNED = "returned"
    """Given back by the annotator, who may get the task again."""
    LAPSED = "lapsed"
    """Taken back after its time."""
    REVOKED = "revoked"
    """Taken away by a manager; the annotator does not get the task again."""


KEPT = frozenset({LeaseState.LIVE, LeaseState.ANSWERED, LeaseState.SKIPPED, LeaseState.REVOKED})
"""States in which the annotator is not given the task again."""


class Verdict(StrEnum):
    """What a reviewer decides on an answer."""

    ACCEPT = "accept"
    CORRECT = "correct"
    RETURN = "return"


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """One version of a label schema."""

    id: SchemaId
    program: ProgramId
    name: str
    """Stays over versions; unique in the program."""
    version: int
    standing: Standing
    questions: tuple[Question, ...]
    digest: str
    """Of name, version and questions: what an approval binds to."""
    author: PersonId
    created_at: datetime
    published_at: datetime | None

    def question(self, name: str) -> Question:
        """Return the question with a name.

        Raises:
            UnknownQuestionError: There is none.
        """
        for each in self.questions:
            if each.name == name:
                return each
        known = ", ".join(each.name for each in self.questions)
        raise UnknownQuestionError(f"Schema '{self.name}' has no question '{name}'; it has {known}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Guideline:
    """One version of the written rules."""

    id: GuidelineId
    program: ProgramId
    name: str
    version: int
    standing: Standing
    text: str
    """Markdown; a heading that names a label (or `question: label`) opens that label's section."""
    change: str
    """Why this version differs from the one before, in a sentence."""
    digest: str
    author: PersonId
    created_at: datetime
    published_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """A body of annotation work under one schema and guideline."""

    id: CampaignId
    program: ProgramId
    name: str
    state: CampaignState
    schema_id: SchemaId
    guideline_id: GuidelineId
    plan: Plan
    digest: str
    """Of what an approval to open binds to: name, schema, guideline, plan."""
    author: PersonId
    created_at: datetime
    opened_at: datetime | None
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """The unit of acceptance in a campaign."""

    id: BatchId
    campaign_id: CampaignId
    name: str
    kind: BatchKind
    number: int
    """Place in the campaign, from 1."""
    tasks: int
    priority: int
    """Lower is served first."""
    root: str
    """Merkle root of its answers once sealed; empty before."""
    created_at: datetime
    sealed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One record × the campaign's questions."""

    id: TaskId
    campaign_id: CampaignId
    batch_id: BatchId
    record_id: str
    tier: Tier
    wanted: int
    """Answers wanted."""
    answers: int
    need: int
    """Wanted − live leases − answers; the task is given out while this is above 0."""
    about: str
    """The answer under review, or the task under adjudication; empty for ordinary tasks."""
    created_at: datetime

    @property
    def is_done(self) -> bool:
        """Whether it has the answers it wants."""
        return self.answers >= self.wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """The time-limited hold of a task by one annotator. Annotators know tasks only by their leases."""

    id: LeaseId
    token: str
    """Fencing token: only its holder may submit."""
    campaign_id: CampaignId
    task_id: TaskId
    annotator: PersonId
    state: LeaseState
    given_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One annotator's response to a task; never changed, only followed by a later version."""

    id: AnswerId
    lease_id: LeaseId
    campaign_id: CampaignId
    batch_id: BatchId
    task_id: TaskId
    record_id: str
    annotator: PersonId
    cohort_id: str
    schema_id: SchemaId
    guideline_id: GuidelineId
    tier: Tier
    values: dict[str, object]
    """Question → answer, in the shapes of `responses`."""
    version: int
    """1 for the first answer of this annotator to this task, one more at each hand-off."""
    lead_time_ms: int
    """Time at the task as the browser measured it."""
    client_id: str
    """The client's UUID for the submission: the same submission twice is recorded once."""
    prelabel: str
    """What a model had proposed for the task; empty for nothing."""
    is_blinded: bool
    """Whether the proposal was kept from the annotator."""
    is_edited: bool
    """Whether the answer differs from a proposal that was shown."""
    submitted_at: datetime
    superseded_at: datetime | None
    """When a later version or an undo took its place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gold:
    """A task whose right answer is known."""

    task_id: TaskId
    record_id: str
    values: dict[str, object]
    """Question → right answer."""
    explanation: str
    """Feedback shown in calibration."""
    author: PersonId
    created_at: datetime
    retired_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A second-tier check of an answer."""

    answer_id: AnswerId
    task_id: TaskId
    reviewer: PersonId
    verdict: Verdict
    values: dict[str, object]
    """The corrected answer; empty unless the verdict is `correct`."""
    reason: str
    decided_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What a reviewer or adjudicator settled about a task; it stands above the answers."""

    task_id: TaskId
    record_id: str
    question: str
    value: object
    tier: Tier
    answer_id: str
    """The answer it corrects; empty when it settles the whole task."""
    by: PersonId
    decided_at: datetime


class UnknownQuestionError(NotFoundError):
    """The schema has no such question."""

    code = "unknown_question"


class UnknownSchemaError(NotFoundError):
    """There is no such label schema in this program."""

    code = "unknown_schema"


class UnknownGuidelineError(NotFoundError):
    """There is no such guideline in this program."""

    code = "unknown_guideline"


class UnknownCampaignError(NotFoundError):
    """There is no such campaign in this program."""

    code = "unknown_campaign"


class UnknownBatchError(NotFoundError):
    """There is no such batch in this program."""

    code = "unknown_batch"


class UnknownTaskError(NotFoundError):
    """There is no such task here."""

    code = "unknown_task"


class UnknownLeaseError(NotFoundError):
    """You hold no such task."""

    code = "unknown_lease"


class StandingError(ConflictError):
    """This version is not in a standing that allows this."""

    code = "wrong_standing"


class CampaignStateError(ConflictError):
    """The campaign is not in a state that allows this."""

    code = "wrong_campaign_state"


class UnknownFetchError(NotFoundError):
    """There is no such fetch in this program."""

    code = "unknown_fetch"


class LeaseLapsedError(ConflictError):
    """Your hold on this task ended and somebody else has it; your answer was not recorded."""

    code = "lease_lapsed"


class LeaseTokenError(ConflictError):
    """The lease token is not the one that was given out for this task."""

    code = "lease_token"


class AlreadyAnsweredError(ConflictError):
    """This task was already answered with another response."""

    code = "already_answered"


class GoldShownError(ConflictError):
    """A guideline shows this record, so everybody knows its right answer: it cannot be hidden gold."""

    code = "gold_shown"


class GuidelineError(InvalidError):
    """The guideline cannot be used."""

    code = "bad_guideline"
