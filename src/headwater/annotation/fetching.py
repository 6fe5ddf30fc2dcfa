"""Asking a model about the records of a campaign: begun once, record by record, what fails kept with its reason.

A record is marked before its call goes out and settled in the transaction that keeps its answer. Work that was cut
off goes on with the records that were not asked; one whose reply was lost with the process is a failure, and asked
again only by a later fetch.
"""

from __future__ import annotations

from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from headwater.annotation import content, images, prompts, queries, responses
from headwater.annotation.fetch_model import Failure, Fetch, Fetched
from headwater.annotation.model import PrelabelId, TaskId, UnknownFetchError
from headwater.annotation.ports import Asked, Brief, ModelRefusedError
from headwater.annotation.questions import as_data
from headwater.annotation.store import fetches as store
from headwater.annotation.store import prelabels
from headwater.annotation.store.fetches import Outcome, Waiting
from headwater.annotation.store.prelabels import Prelabel
from headwater.core.errors import HeadwaterError, InvalidError, UnavailableError
from headwater.core.ids import new_id
from headwater.governance import ledger
from headwater.governance.authority import require
from headwater.governance.model import Decision
from headwater.lineage import service as lineage
from headwater.lineage.model import Node
from headwater.sourcing import queries as sourcing

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager

    from headwater.annotation.ports import Prediction, Predictor
    from headwater.annotation.questions import Question
    from headwater.context import Context
    from headwater.storage.objects import ObjectStore

    Act = Callable[[], AbstractContextManager[Context]]

GIVE_UP = 10
"""Calls in a row without any reply after which a fetch stops, to be resumed when the endpoint is back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a model is to be asked."""

    campaign: str
    """Name or id."""
    where: str = ""
    """Only records in this slice."""
    only_open: bool = False
    """Only tasks that still want answers."""
    again: bool = False
    """Also tasks this model proposed an answer for already."""
    limit: int = 0
    """Most records; 0 for all of them."""


def permit(ctx: Context, wanted: Wanted) -> str:
    """Return the id of the campaign about which the actor may have a model asked.

    Raises:
        InvalidError: The limit is negative.
        SliceError: The slice cannot be read.
    """
    require(ctx, Decision.AUTOMATION_CHANGE)
    found = queries.campaign(ctx, wanted.campaign)
    if wanted.limit < 0:
        raise InvalidError(f"At most {wanted.limit} records cannot be asked about; expected 0 for all, or more.")
    if wanted.where:
        sourcing.identifiers(ctx, where=wanted.where)
    return found.id


def begin(ctx: Context, identifier: str, wanted: Wanted, *, model: str, draws: bool = False) -> Fetch:
    """Choose the records a model is to be asked about; done once for a fetch.

    Args:
        ctx: The context.
        identifier: The job's id.
        wanted: Which records.
        model: Name and version of the model.
        draws: Whether it can be asked for marks on images.

    Raises:
        InvalidError: There is nothing to ask, or no question that it can be asked; see also `permit`.
    """
    require(ctx, Decision.AUTOMATION_CHANGE)
    campaign = queries.campaign(ctx, permit(ctx, wanted))
    askable(queries.schema(ctx, campaign.schema_id).questions, draws=draws)
    tasks = store.unasked(ctx.db, campaign.id, model="" if wanted.again else model, only_open=wanted.only_open)
    if wanted.where:
        inside = set(sourcing.identifiers(ctx, where=wanted.where))
        tasks = [each for each in tasks if each[1] in inside]
    tasks = tasks[: wanted.limit or None]
    if not tasks:
        raise InvalidError(
            f"There is nothing to ask '{model}' about in campaign '{campaign.name}'.",
            remedy="The slice is empty, or it answered all of it: ask also about what it answered already.",
        )
    row = Fetch(
        id=identifier,
        campaign_id=campaign.id,
        model=model,
        guideline_id=campaign.guideline_id,
        schema_id=campaign.schema_id,
        actor=ctx.actor,
        records=len(tasks),
        started_at=ctx.clock.now(),
    )
    store.add(ctx.db, row, tasks)
    body = {"fetch": row.id, "model": model, "records": row.records, "guideline": row.guideline_id}
    ledger.append(ctx, "prelabels.asked", subject=campaign.id, body=body)
    return row


def run(act: Act, identifier: str, predictor: Predictor, on_progress: Callable[[int, int], None]) -> Fetched:
    """Ask about every record that waits; what is under way when it is stopped is still waited for and kept.

    Args:
        act: Opens a write transaction as whoever fetches.
        identifier: The fetch.
        predictor: The model.
        on_progress: Told how many records are done, of how many; raises to stop.

    Raises:
        ModelRefusedError: The endpoint refuses; what it was asked last waits again.
        UnavailableError: It gave no reply to several calls in a row.
    """
    with act() as ctx:
        errand = _errand(ctx, identifier, predictor)
    with ThreadPoolExecutor(predictor.at_once, thread_name_prefix="fetch") as pool:
        flying: set[Future[list[Prediction]]] = set()
        finished: set[Future[list[Prediction]]] = set()
        try:
            while True:
                with act() as ctx:
                    error = errand.keep(ctx, finished)
                    free = 0 if error else predictor.at_once - len(flying)
                    calls = [errand.take(ctx) for _ in range(free)]
                finished = set()
                if error:
                    raise error
                flying |= {errand.send(pool, call) for call in calls if call}
                on_progress(errand.done, errand.fetch.records)
                if not flying:
                    break
                finished, flying = wait(flying, return_when=FIRST_COMPLETED)
        finally:
            if finished or flying:  # they were paid for
                wait(flying)
                with act() as ctx:
                    errand.keep(ctx, finished | flying)
            predictor.close()
    with act() as ctx:
        return _finish(ctx, errand.fetch)


def standings(ctx: Context, campaign_id: str) -> list[Fetched]:
    """Return the fetches of a campaign with how far they are and what they took, newest first."""
    require(ctx, Decision.BATCH_ACCEPT)
    return store.standings(ctx.db, queries.campaign(ctx, campaign_id).id)


def failures(ctx: Context, fetch_id: str, *, after: int = 0, limit: int = 100) -> list[Failure]:
    """Return the records of a fetch that got no answer, with the reasons, from the one after `after`.

    Raises:
        UnknownFetchError: There is no such fetch in the program.
    """
    require(ctx, Decision.BATCH_ACCEPT)
    found = store.get(ctx.db, fetch_id)
    if found is None or found.campaign_id not in {each.id for each in queries.campaigns(ctx)}:
        raise UnknownFetchError(f"There is no fetch '{fetch_id}' in this program.")
    return store.failures(ctx.db, fetch_id, after=after, limit=limit)


def askable(questions: Sequence[Question], *, draws: bool) -> tuple[Question, ...]:
    """Return the questions that can be asked: in words, and those for marks on images of a model that draws.

    Raises:
        InvalidError: None can.
    """
    found = tuple(each for each in questions if draws or each.kind in prompts.ASKABLE)
    if not found:
        raise InvalidError("No question of the schema can be put to a model in words.")
    return found


@dataclass(slots=True, kw_only=True)
class _Errand:
    """A fetch under way in this process."""

    fetch: Fetch
    predictor: Predictor
    objects: ObjectStore
    questions: tuple[Question, ...]
    brief: Brief
    done: int
    silent: int = 0
    """Calls in a row without a reply."""
    records: dict[str, content.Content] = field(default_factory=dict)
    calls: dict[Future[list[Prediction]], list[Waiting]] = field(default_factory=dict)

    def take(self, ctx: Context) -> list[Waiting]:
        """Mark the records of one call as asked; those that are gone fail at once."""
        while found := store.take(ctx.db, self.fetch.id, self.predictor.together):
            there = sourcing.present(ctx, [each.record_id for each in found])
            gone = [each for each in found if each.record_id not in there]
            self._settle(ctx, [Outcome(each.place, "its record was erased", 0, 0, 0.0) for each in gone])
            self.records |= {key: content.of_record(record) for key, record in there.items()}
            if kept := [each for each in found if each.record_id in there]:
                return kept
        return []

    def send(self, pool: ThreadPoolExecutor, call: list[Waiting]) -> Future[list[Prediction]]:
        """Let one call go out."""
        asked = []
        for each in call:
            one = self.records[each.record_id]
            schema = prompts.answer_schema(self.questions, one.facts)
            picture = partial(images.read, self.objects, one.image) if one.image else None
            words = prompts.shown(one.shown)
            asked.append(Asked(record=each.record_id, content=one.shown, text=words, answer=schema, picture=picture))
        future = pool.submit(self.predictor.predict, self.brief, asked)
        self.calls[future] = call
        return future

    def keep(self, ctx: Context, finished: set[Future[list[Prediction]]]) -> HeadwaterError | None:
        """Keep what came of calls; returns why no more are to go out, or None."""
        refusal: HeadwaterError | None = None
        for future in finished:
            call, error = self.calls.pop(future, []), future.exception()
            if error is None:
                self._keep(ctx, call, future.result())
            elif isinstance(error, ModelRefusedError):
                refusal = error
                store.put_back(ctx.db, self.fetch.id, [each.place for each in call])
            else:
                reason = f"asking failed: {type(error).__name__}: {error}"
                self._settle(ctx, [Outcome(each.place, reason, 0, 0, 0.0) for each in call])
        if refusal is None and self.silent >= GIVE_UP:
            refusal = UnavailableError(
                f"Model '{self.predictor.name}' gave no reply to {self.silent} calls in a row.",
                remedy="Resume the job when it is back; see the reasons among the failures.",
            )
        return refusal

    def _keep(self, ctx: Context, call: list[Waiting], predictions: list[Prediction]) -> None:
        self.silent = self.silent + 1 if all(each.is_silent for each in predictions) else 0
        now, rows, outcomes = ctx.clock.now(), [], []
        for waiting, each in zip(call, predictions, strict=True):
            one, reason = self.records.pop(waiting.record_id), each.problem
            values: dict[str, object] = {}
            if not reason:
                try:
                    values = prompts.understand(self.questions, each.answer, one.shown, one.facts)
                except responses.ResponseError as error:
                    reason = error.message
            if not reason:
                rows.append(
                    Prelabel(
                        id=PrelabelId(new_id("pre")),
                        campaign_id=self.fetch.campaign_id,
                        task_id=TaskId(waiting.task_id),
                        values=values,
                        score=each.score,
                        model=self.fetch.model,
                        created_at=now,
                    )
                )
            cost = self.predictor.cost(each.tokens_in, each.tokens_out)
            outcomes.append(Outcome(waiting.place, reason, each.tokens_in, each.tokens_out, cost))
        if rows:
            prelabels.add(ctx.db, rows)
        self._settle(ctx, outcomes)

    def _settle(self, ctx: Context, outcomes: list[Outcome]) -> None:
        store.settle(ctx.db, self.fetch.id, outcomes, ctx.clock.now())
        self.done += len(outcomes)


def _errand(ctx: Context, identifier: str, predictor: Predictor) -> _Errand:
    require(ctx, Decision.AUTOMATION_CHANGE)
    found = store.get(ctx.db, identifier)
    if found is None:
        raise UnknownFetchError(f"There is no fetch '{identifier}'.")
    if found.model != predictor.name:
        raise InvalidError(
            f"This fetch asks '{found.model}', and the settings now name '{predictor.name}'.",
            remedy="Begin another fetch: answers of two models are not mixed.",
        )
    store.lose(ctx.db, identifier, ctx.clock.now())
    questions = askable(queries.schema(ctx, found.schema_id).questions, draws=predictor.draws)
    guideline = queries.guideline(ctx, found.guideline_id).text
    brief = Brief(
        instructions=prompts.instructions(questions, guideline), questions=[as_data(each) for each in questions]
    )
    (standing,) = store.standings(ctx.db, found.campaign_id, fetch_id=identifier)
    done = standing.answered + standing.failed
    objects = ctx.objects
    return _Errand(fetch=found, predictor=predictor, objects=objects, questions=questions, brief=brief, done=done)


def _finish(ctx: Context, fetch: Fetch) -> Fetched:
    (standing,) = store.standings(ctx.db, fetch.campaign_id, fetch_id=fetch.id)
    body = {
        "fetch": fetch.id,
        "model": fetch.model,
        "answered": standing.answered,
        "failed": standing.failed,
        "tokens": [standing.tokens_in, standing.tokens_out],
    }
    ledger.append(ctx, "prelabels.fetched", subject=fetch.campaign_id, body=body)
    used = [
        Node(id=f"model:{fetch.model}", kind="model", label=fetch.model),
        Node(id=fetch.guideline_id, kind="guideline", label=fetch.guideline_id),
    ]
    made = Node(id=fetch.id, kind="fetch", label=f"Answers of {fetch.model}")
    lineage.record(ctx, activity="prelabel.fetch", used=used, generated=[made])
    return standing
