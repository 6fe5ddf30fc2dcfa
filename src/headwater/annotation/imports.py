"""Tasks coming in from another tool: records through an intake, a batch about them, and the answers they came with.

Suggestions of models are kept with their task; on demand they also become prelabels, which annotators here begin from.
Answers from elsewhere are kept apart from those given here: they were given under other rules, by people no cohort
knows. They are exported with their task, and count in no measure.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import islice
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from headwater.annotation import batches, content, prelabels, queries, responses
from headwater.annotation.exchange.model import Codec, ExchangeError, Item, Reply
from headwater.annotation.model import Batch
from headwater.annotation.store import priors as store
from headwater.annotation.store import tasks
from headwater.core.errors import InvalidError
from headwater.governance import ledger
from headwater.governance.authority import require
from headwater.governance.model import Decision
from headwater.sourcing import intakes
from headwater.sourcing import queries as sourcing
from headwater.sourcing.curation import Recipe
from headwater.sourcing.items import Item as RawItem
from headwater.sourcing.model import Intake, Record
from headwater.sourcing.pictures import Archive, Listed, Pictures

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from headwater.annotation.questions import Question
    from headwater.context import Context
    from headwater.storage.database import Database

    Act = Callable[[], AbstractContextManager[Context]]

MARK = "imported"
"""The attribute that says which task of the file a record was."""
FOREIGN = "foreign"
"""Where a record's payload keeps what the format said of its task beyond its content."""
ASKED = "the campaign asks about its record already"
_STEP = 1_000
_LARGEST, _LONGEST = 100_000_000, 10_000_000_000
"""Bytes of a picture, and of a file of tasks, in an archive."""
_ARCHIVE = b"PK\x03\x04"
_ENDINGS = frozenset({".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".bmp"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """An answer that could not be kept."""

    task: str
    """The task's id in the file."""
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What came of a file."""

    intake: Intake
    """Its rejects tell which tasks became no record, and why."""
    batch: Batch
    known: int
    """Tasks about records that were in the program before."""
    answers: int
    suggestions: int
    prelabels: int
    """Tasks whose suggestion became a prelabel."""
    refused: tuple[Refused, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What is imported, and as what."""

    path: Path
    codec: Codec
    source: str
    """Name of an approved source."""
    batch: str
    """Name of the new batch."""
    name: str
    """What the file is called in the intake."""
    personal_data: str = "keep"
    """`keep`, or `reject`; masking would move the offsets of spans."""
    as_prelabels: bool = False
    """Whether the surest suggestion of each task becomes its prelabel."""


def permit(ctx: Context, campaign_id: str, origin: Origin) -> tuple[Question, ...]:
    """Return the questions of a campaign that the actor may import into from a source.

    Raises:
        InvalidError: Personal data would be masked.
        SourceNotApprovedError: The source is not approved.
    """
    require(ctx, Decision.CAMPAIGN_OPEN)
    intakes.permit(ctx, origin.source)
    if origin.as_prelabels:
        require(ctx, Decision.AUTOMATION_CHANGE)
    if origin.personal_data not in {"keep", "reject"}:
        raise InvalidError("Personal data is kept or rejected in an import: masking would move the offsets of spans.")
    return queries.schema(ctx, queries.campaign(ctx, campaign_id).schema_id).questions


def run(act: Act, database: Database, campaign_id: str, origin: Origin) -> Imported:
    """Take a file in: records first, in chunks, then a batch of tasks about them with the answers they came with.

    Args:
        act: Opens a write transaction as whoever imports.
        database: For the record table's commit, which is outside any transaction.
        campaign_id: The campaign; its schema says what an answer is.
        origin: The file.

    Raises:
        ExchangeError: The file is not in its format; the message names the place. What was taken in before it stays.
        InvalidError: Nothing in the file is about a record that is new to the campaign.
    """
    with act() as ctx:
        begun = begin(ctx, campaign_id, origin)
    take(act, database, campaign_id, origin, begun)
    with act() as ctx:
        return keep(ctx, campaign_id, origin, begun)


def begin(ctx: Context, campaign_id: str, origin: Origin) -> str:
    """Check that the whole file is sound, begin its intake and return the intake's id."""
    require(ctx, Decision.CAMPAIGN_OPEN)
    questions = permit(ctx, campaign_id, origin)
    for _ in _Bundle(origin).read(questions):
        pass  # before anything is taken in
    recipe = Recipe(personal_data=origin.personal_data, near_duplicate=2.0)
    return intakes.start(ctx, source=origin.source, origin=origin.name, recipe=recipe).id


def take(
    act: Act,
    database: Database,
    campaign_id: str,
    origin: Origin,
    intake_id: str,
    *,
    on_progress: Callable[[int], None] | None = None,
) -> Intake:
    """Turn the file's tasks into records, chunk by chunk; cut off, it goes on after the last chunk."""
    with act() as ctx:
        questions = permit(ctx, campaign_id, origin)
    bundle = _Bundle(origin)
    raw = (_raw(place, item) for place, item in enumerate(bundle.read(questions), 1))
    items = Pictures(Listed(raw), bundle.pictures) if bundle.pictures else raw
    return intakes.run(act, database, intake_id, items, on_progress=on_progress)


def keep(ctx: Context, campaign_id: str, origin: Origin, intake_id: str) -> Imported:
    """Make the batch about the records that were taken in, with the answers they came with.

    A task that says the same as a record from before, or as another task of the file, is about that record; where the
    campaign asks about it already, what came with it is left out.
    """
    require(ctx, Decision.CAMPAIGN_OPEN)
    questions = permit(ctx, campaign_id, origin)
    intake = sourcing.intake(ctx, intake_id)
    meant = _meant(ctx, intake)
    fresh = set(tasks.unasked(ctx.db, queries.campaign(ctx, campaign_id).id, sorted(set(meant.values()))))
    if not fresh:
        raise InvalidError(
            f"None of the {intake.read} tasks of '{origin.name}' is about a record that is new to the campaign.",
            remedy=f"Import into another campaign, or see what was turned away: headwater intake rejects {intake.id}",
        )
    chosen = list(dict.fromkeys(record for record in meant.values() if record in fresh))
    batch = batches.add(ctx, campaign_id, name=origin.batch, records=chosen)
    items = enumerate(_Bundle(origin).read(questions), 1)
    found = _keep(ctx, intake, batch, questions, _matched(ctx, items, meant, fresh))
    proposed = _propose(ctx, found, origin, chosen) if origin.as_prelabels else 0
    return replace(found, prelabels=proposed, known=len(chosen) - intake.added)


class _Bundle:
    """A file of tasks, alone or packed with the pictures that it names."""

    def __init__(self, origin: Origin) -> None:
        """Look what is there.

        Raises:
            ExchangeError: An archive does not hold exactly one file of the format.
            UnreadableFileError: It is no archive.
        """
        self._codec, self._path = origin.codec, origin.path
        self.pictures: Archive | None = None
        with origin.path.open("rb") as file:
            if file.read(len(_ARCHIVE)) != _ARCHIVE:
                return
        self._archive = archive = Archive(origin.path, _LARGEST)  # what was unpacked lasts as long
        if origin.codec.suffix != "zip":
            found = [name for name in archive.names if name.endswith(f".{origin.codec.suffix}")]
            if len(found) != 1:
                raise ExchangeError(
                    f"'{origin.name}' holds {len(found)} files that end in '.{origin.codec.suffix}'.",
                    remedy="Pack one export with its pictures.",
                )
            self._path = archive.unpacked(found[0], _LONGEST)
        if any(PurePosixPath(name).suffix.lower() in _ENDINGS for name in archive.names):
            self.pictures = archive

    def read(self, questions: Sequence[Question]) -> Iterator[Item]:
        """Yield the tasks."""
        yield from self._codec.read(self._path, questions)


def _raw(place: int, item: Item) -> RawItem:
    shown = item.content
    payload: dict[str, object] = {}
    if turns := shown.get("turns"):
        payload["messages"] = [{"role": each["role"], "content": each["text"]} for each in turns]
    payload |= {name: shown[name] for name in ("responses", "image", "width", "height") if name in shown}
    if item.foreign:
        payload[FOREIGN] = item.foreign
    kind = "chat" if "messages" in payload else "image" if "image" in payload and not shown.get("text") else "text"
    text = str(shown.get("text") or shown.get("image") or "")
    return RawItem(place=place, text=text, kind=kind, payload=payload, attributes=item.attributes | {MARK: str(place)})


def _meant(ctx: Context, intake: Intake) -> dict[int, str]:
    """Return the record that each task of the file is about, by place: one of its own, or one that says the same."""
    made = sourcing.everything(ctx, where=f"intake_id = '{intake.id}'")
    found = {int(str(each.attributes[MARK])): str(each.id) for each in made} | sourcing.repeats(ctx, intake.id)
    return dict(sorted(found.items()))


def _matched(
    ctx: Context, items: Iterator[tuple[int, Item]], meant: Mapping[int, str], fresh: Collection[str]
) -> Iterator[tuple[Item, Record | None]]:
    """Yield the tasks with their records; with none where the campaign asks about it already."""
    while some := list(islice(items, _STEP)):
        wanted = {meant[place] for place, _ in some if meant.get(place) in fresh}
        records = sourcing.present(ctx, sorted(wanted))
        for place, item in some:
            if place in meant:
                yield item, records.get(meant[place])


def _keep(
    ctx: Context,
    intake: Intake,
    batch: Batch,
    questions: Sequence[Question],
    found: Iterator[tuple[Item, Record | None]],
) -> Imported:
    refused: list[Refused] = []
    rows: list[dict[str, Any]] = []
    counts = {True: 0, False: 0}
    for item, record in found:
        if record is None:
            refused += [Refused(task=item.id, reason=ASKED)] if item.answers or item.suggestions else []
            continue
        facts = content.of_record(record).facts
        for is_answer, replies in ((True, item.answers), (False, item.suggestions)):
            for reply in replies:
                reason = _problem(questions, reply, item, record, facts)
                if reason:
                    refused.append(Refused(task=item.id, reason=reason))
                    continue
                counts[is_answer] += 1
                rows.append(_row(ctx, record, reply, is_answer=is_answer))
        if len(rows) >= _STEP:
            store.add(ctx.db, batch.campaign_id, rows)
            rows = []
    store.add(ctx.db, batch.campaign_id, rows)
    body = {"batch": batch.id, "intake": intake.id, "answers": counts[True], "refused": len(refused)}
    ledger.append(ctx, "answers.imported", subject=batch.campaign_id, body=body)
    return Imported(
        intake=intake,
        batch=batch,
        known=0,
        answers=counts[True],
        suggestions=counts[False],
        prelabels=0,
        refused=tuple(refused),
    )


def _propose(ctx: Context, found: Imported, origin: Origin, records: Sequence[str]) -> int:
    """Make the surest suggestion of each task its prelabel, by the model that suggested it; in chunks."""
    campaign, count = found.batch.campaign_id, 0
    for start in range(0, len(records), _STEP):
        surest = dict[str, Any]()
        for row in store.of_records(ctx.db, campaign, records[start : start + _STEP]):
            known = surest.get(row.record_id)
            if not row.is_answer and (known is None or (row.score or 0.0) > (known.score or 0.0)):
                surest[row.record_id] = row
        by_model: dict[str, list[prelabels.Proposal]] = {}
        for record, row in surest.items():
            score = row.score if row.score is not None and 0 <= row.score <= 1 else None
            proposal = prelabels.Proposal(record=record, values=row.response, score=score)
            by_model.setdefault(row.author.strip() or f"imported from {origin.name}"[:200], []).append(proposal)
        count += sum(prelabels.add(ctx, campaign, rows, model=model) for model, rows in by_model.items())
    return count


def _problem(questions: Sequence[Question], reply: Reply, item: Item, record: Record, facts: responses.Facts) -> str:
    """Why a reply cannot be kept; what was required here was not asked there, so it may be missing."""
    spanned = any(isinstance(each, dict) and "spans" in each for each in reply.values.values())
    if spanned and record.text != str(item.content.get("text", "")):
        return "its record is written otherwise, as text is cleaned when it is taken in: the offsets of its spans moved"
    try:
        responses.check([replace(each, required=False) for each in questions], reply.values, facts)
    except responses.ResponseError as error:
        return error.message
    return ""


def _row(ctx: Context, record: Record, reply: Reply, *, is_answer: bool) -> dict[str, Any]:
    known = reply.by.startswith("ann_") or "@" not in reply.by
    author = reply.by if known else f"ext_{ctx.keys.hmac('annotator', reply.by.encode())[-16:]}"
    return {
        "record_id": record.id,
        "is_answer": is_answer,
        "author": author[:200],
        "given_at": reply.at[:40],
        "score": reply.score,
        "response": reply.values,
        "foreign_data": {"id": reply.id} | reply.foreign,
        "provenance": reply.provenance,
    }
