"""Deliveries of vendors: checked row by row, gold scored, a sample inspected, accepted or returned as rework."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from headwater.annotation import (
    content,
    delivery_rows,
    images,
    likeness,
    packing,
    queries,
    responses,
    vendor_answers,
    vendors,
)
from headwater.annotation.phrases import legible
from headwater.annotation.store import vendors as store
from headwater.annotation.vendor_model import (
    OUT,
    Delivery,
    DeliveryError,
    DeliveryState,
    Judgement,
    Package,
    PackageState,
    Sampled,
    UnknownVendorError,
    VendorStateError,
)
from headwater.core.canonical import digest_bytes
from headwater.core.errors import InvalidError
from headwater.core.ids import new_id
from headwater.governance import decisions, ledger
from headwater.governance.authority import require
from headwater.governance.model import Decision
from headwater.sourcing import queries as sourcing

if TYPE_CHECKING:
    from headwater.annotation.delivery_rows import Row
    from headwater.annotation.store.vendors import PackageItem
    from headwater.context import Context

_KEPT = 1000
"""Most problems kept in words; all of them are counted."""
_MISSING = "no answer"


def receive(ctx: Context, package_id: str, data: bytes) -> Delivery:
    """Check what a vendor delivered row by row, score the hidden gold and draw the sample to inspect.

    After rework only the tasks that came back need to be in it; all others keep their answers of the delivery before,
    and the sample is drawn anew from all of them.

    Args:
        ctx: The context.
        package_id: The package it is the work on.
        data: JSON lines with `id`, `values` and, if told, `by` and `seconds`, or an export of Label Studio.

    Raises:
        DeliveryError: It is no UTF-8 text, empty, an array that cannot be read, or no row of it is an answer.
        VendorStateError: The package is not out, or an earlier delivery waits for a decision.
    """
    require(ctx, Decision.DELIVERY_ACCEPT)
    package = vendors.package(ctx, package_id)
    before = store.deliveries(ctx.db, ctx.program, package_id=package.id)
    waiting = any(each.state in {DeliveryState.RECEIVED, DeliveryState.JUDGED} for each in before)
    if package.state not in OUT or waiting:
        what = "has a delivery that waits for a decision" if waiting else f"is {package.state}"
        raise VendorStateError(f"Package '{package.name}' {what}; nothing can be delivered now.")
    items = store.items(ctx.db, package.id)
    asked = queries.schema(ctx, package.schema_id).questions
    rows = list(delivery_rows.read(data, asked))
    found = _checked(ctx, package, items, rows)
    if not found.good and not found.gone:
        raise DeliveryError(
            f"None of the {len(rows):,} rows is an answer to a task of package '{package.name}'; the first: "
            f"{found.problems[0].rstrip('.')}.",
            remedy="Nothing was taken in. README.txt in the package says what to send, example.jsonl shows it.",
        )
    earlier = store.answers_in(ctx.db, before[0].id) if before else []
    answers = _kept(before, earlier, found) | found.good
    missing = sorted(items.keys() - answers.keys() - found.gone)
    failed = {item: found.reasons.get(item, _MISSING) for item in missing}
    problems = [*found.problems, *_unchanged(before, earlier, found)]
    problems += [f"Task {item}: {_MISSING}" for item in missing if item not in found.reasons]
    known = {item: each.known for item, each in items.items() if each.known}
    work = sorted(answers.keys() - known.keys())
    judged = sorted(found.good.keys() & known.keys())
    digest = digest_bytes(data)
    row = Delivery(
        id=new_id("dlv"),
        package_id=package.id,
        number=len(before) + 1,
        state=DeliveryState.RECEIVED,
        digest=digest,
        rows=len(rows),
        valid=len(found.good),
        complete=len(answers) + len(found.gone),
        problems=tuple(problems[:_KEPT]),
        gold_right=sum(likeness.agrees(asked, known[item], answers[item]["response"]) for item in judged),
        gold_total=len(judged),
        sample=_drawn(work, int(package.acceptance["sample"]), digest),
        wrong=None,
        failed=failed,
        received_at=ctx.clock.now(),
        reason="",
        used=0,
    )
    store.add_delivery(ctx.db, ctx.program, row, list(answers.values()))
    body = {"delivery": row.id, "digest": digest, "rows": row.rows, "valid": row.valid, "problems": len(problems)}
    ledger.append(ctx, "delivery.received", subject=package.id, body=body)
    return row if row.sample else _finish(ctx, row)


def sample(ctx: Context, identifier: str) -> list[Sampled]:
    """Return the sample of a delivery with what its tasks show, what was answered and what was found about it."""
    require(ctx, Decision.DELIVERY_ACCEPT)
    row = delivery(ctx, identifier)
    items = store.items(ctx.db, row.package_id)
    records = sourcing.present(ctx, [items[item].record_id for item in row.sample])
    given = {each.item_id: each.response for each in store.answers_in(ctx.db, row.id, only=row.sample)}
    judged = store.judgements(ctx.db, row.id)
    found = []
    for item in row.sample:
        record = records.get(items[item].record_id)
        shown = content.of_record(record).shown if record else {}
        found.append(Sampled(item_id=item, content=shown, values=given[item], judgement=judged.get(item)))
    return found


def image(ctx: Context, identifier: str, item: str) -> images.Image:
    """Return the image of a sampled task.

    Raises:
        NotFoundError: The task is not in the sample, has no image, or its record was erased.
        ImageError: What is stored is no image that browsers show.
    """
    require(ctx, Decision.DELIVERY_ACCEPT)
    row = delivery(ctx, identifier)
    found = None
    if item in row.sample:
        found = content.fetch(ctx, store.items(ctx.db, row.package_id)[item].record_id)
    if found is None or not found.image:
        raise UnknownVendorError(f"Delivery {row.number} samples no task '{item}' with an image.")
    return images.stored(ctx, found.image)


def inspect(ctx: Context, identifier: str, item: str, *, wrong: bool, reason: str = "") -> Delivery:
    """Say whether one answer of the sample is wrong; the last one puts the delivery before the Accountable.

    Until then an answer can be judged again.

    Raises:
        InvalidError: The task is not in the sample, or is wrong without a reason.
        VendorStateError: The delivery was judged already.
    """
    require(ctx, Decision.DELIVERY_ACCEPT)
    row = _open(ctx, identifier)
    _judge(ctx, row, item, wrong=wrong, reason=reason)
    return _finish(ctx, row)


def judge(ctx: Context, identifier: str, *, wrong: Mapping[str, str]) -> Delivery:
    """Say which answers of the sample are wrong and why, and that the others are right (see `inspect`).

    Args:
        ctx: The context.
        identifier: The delivery.
        wrong: Task → why its answer is wrong; the vendor reads it.
    """
    require(ctx, Decision.DELIVERY_ACCEPT)
    row = _open(ctx, identifier)
    for item in (*wrong, *(each for each in row.sample if each not in wrong)):
        _judge(ctx, row, item, wrong=item in wrong, reason=wrong.get(item, ""))
    return _finish(ctx, row)


def accept(ctx: Context, identifier: str, *, reason: str) -> Delivery:
    """Accept a delivery as the Accountable: its answers become answers of the vendor's cohort and close their tasks.

    Raises:
        VendorStateError: The sample was not judged, has more wrong answers than the plan allows, or rows are missing.
    """
    require(ctx, Decision.DELIVERY_ACCEPT)
    row = delivery(ctx, identifier)
    package = vendors.package(ctx, row.package_id)
    if why := shortfall(row, package):
        raise VendorStateError(f"Delivery {row.number} cannot be accepted: {why}.", remedy=_next(row))
    decisions.approve(ctx, Decision.DELIVERY_ACCEPT, subject=row.id, digest=row.digest, reason=reason)
    used = vendor_answers.take_in(ctx, package, row, vendors.vendor(ctx, package.vendor_id))
    store.set_delivery(ctx.db, row.id, state=DeliveryState.ACCEPTED.value, reason=reason, used=used)
    store.set_package(ctx.db, package.id, state=PackageState.ACCEPTED.value)
    return replace(row, state=DeliveryState.ACCEPTED, reason=reason, used=used)


def send_back(ctx: Context, identifier: str, *, reason: str) -> Delivery:
    """Return a delivery as rework as the Accountable; none of its answers is used yet.

    What failed goes back, see `rework`; the tasks stay with the vendor until the package is withdrawn or overdue.
    """
    require(ctx, Decision.DELIVERY_ACCEPT)
    row = delivery(ctx, identifier)
    if row.state is not DeliveryState.JUDGED:
        why = f"Delivery {row.number} is {row.state}; only a judged one is returned."
        raise VendorStateError(why, remedy=_next(row))
    decisions.refuse(ctx, Decision.DELIVERY_ACCEPT, subject=row.id, reason=reason)
    store.set_delivery(ctx.db, row.id, state=DeliveryState.RETURNED.value, reason=reason)
    return replace(row, state=DeliveryState.RETURNED, reason=reason)


def rework(ctx: Context, identifier: str) -> list[dict[str, Any]]:
    """Return what a vendor does again after a return: id, content as in the package, the answer that failed and why.

    Hidden gold is not in it for being wrong. Left out are tasks whose record was erased: they need no answer.

    Raises:
        VendorStateError: The delivery was not returned.
    """
    require(ctx, Decision.DELIVERY_ACCEPT)
    row = delivery(ctx, identifier)
    if row.state is not DeliveryState.RETURNED:
        raise VendorStateError(f"Delivery {row.number} is {row.state}; only a returned one has rework.")
    items = store.items(ctx.db, row.package_id)
    asked = queries.schema(ctx, vendors.package(ctx, row.package_id).schema_id).questions
    records = sourcing.present(ctx, [items[item].record_id for item in row.failed])
    given = {each.item_id: each.response for each in store.answers_in(ctx.db, row.id) if each.item_id in row.failed}
    found = []
    for item, why in sorted(row.failed.items()):
        record = records.get(items[item].record_id)
        if record is not None:
            shown = packing.task(ctx, record, asked).shown
            found.append({"id": item, "content": shown, "values": given.get(item), "reason": why})
    return found


def shortfall(row: Delivery, package: Package) -> str:
    """Return what stands against accepting a delivery; empty when nothing does."""
    if row.state is not DeliveryState.JUDGED or row.wrong is None:
        return f"it is {row.state}, and only a judged one can be"
    if row.complete < package.items:
        return f"{package.items - row.complete} of {package.items} tasks have no valid answer"
    if row.wrong > package.acceptance["accept"]:
        return f"{row.wrong} of {len(row.sample)} inspected are wrong, at most {package.acceptance['accept']} may be"
    return ""


def _next(row: Delivery) -> str:
    """What to do with a delivery that cannot be accepted or returned as it stands."""
    if row.state is DeliveryState.RECEIVED:
        return "Judge its sample first."
    return "Return it as rework." if row.state is DeliveryState.JUDGED else "It was decided already."


def delivery(ctx: Context, identifier: str) -> Delivery:
    """Return a delivery.

    Raises:
        UnknownVendorError: There is none.
    """
    for each in store.deliveries(ctx.db, ctx.program):
        if each.id == identifier:
            return each
    raise UnknownVendorError(f"There is no delivery '{identifier}' in this program.")


def _open(ctx: Context, identifier: str) -> Delivery:
    row = delivery(ctx, identifier)
    if row.state is not DeliveryState.RECEIVED:
        raise VendorStateError(f"Delivery {row.number} is {row.state}.", remedy="Its sample was judged already.")
    return row


def _judge(ctx: Context, row: Delivery, item: str, *, wrong: bool, reason: str) -> None:
    if item not in row.sample:
        raise InvalidError(f"'{item}' is not in the sample of this delivery.", remedy="Judge the sample alone.")
    if wrong and not reason.strip():
        raise InvalidError(f"'{item}' needs a reason: the vendor reads why it is wrong.")
    found = Judgement(item_id=item, is_wrong=wrong, reason=reason.strip()[:500], by=ctx.actor, at=ctx.clock.now())
    store.judge(ctx.db, row.id, found)


def _finish(ctx: Context, row: Delivery) -> Delivery:
    """Put a delivery whose whole sample was judged before the Accountable."""
    judged = store.judgements(ctx.db, row.id)
    if len(judged) < len(row.sample):
        return row
    wrong = {item: each.reason for item, each in judged.items() if each.is_wrong}
    failed = row.failed | wrong
    store.set_delivery(ctx.db, row.id, wrong=len(wrong), failed=failed, state=DeliveryState.JUDGED.value)
    summary = f"Delivery {row.number} of package {vendors.package(ctx, row.package_id).name}: {len(wrong)} wrong"
    decisions.propose(ctx, Decision.DELIVERY_ACCEPT, subject=row.id, digest=row.digest, summary=summary)
    return replace(row, wrong=len(wrong), failed=failed, state=DeliveryState.JUDGED)


def _drawn(work: list[str], size: int, digest: str) -> tuple[str, ...]:
    """The sample; its seed is the delivery's own digest, so that anybody can draw it again."""
    generator = np.random.default_rng(int(digest[-16:], 16))
    drawn = generator.choice(len(work), min(size, len(work)), replace=False)
    return tuple(work[n] for n in sorted(drawn.tolist()))


@dataclass(slots=True, kw_only=True)
class _Found:
    """What a file held."""

    gone: frozenset[str]
    """Tasks whose record was erased since they went out: nobody needs an answer to them any more."""
    good: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Answers by task."""
    problems: list[str] = field(default_factory=list)
    reasons: dict[str, str] = field(default_factory=dict)
    """Task → why its row is no answer."""
    first: dict[str, Row] = field(default_factory=dict)
    """Task → the first row about it."""


def _kept(before: list[Delivery], earlier: list[Any], found: _Found) -> dict[str, dict[str, Any]]:
    """The answers of the delivery before that did not fail and are not given anew."""
    names = ("item_id", "response", "author", "lead_time_ms")
    left_out = found.reasons.keys() | found.gone | (before[0].failed.keys() if before else set())
    return {
        each.item_id: {name: getattr(each, name) for name in names} for each in earlier if each.item_id not in left_out
    }


def _unchanged(before: list[Delivery], earlier: list[Any], found: _Found) -> list[str]:
    """Answers that were found wrong before and came again as they were: taken, since the vendor may be right."""
    failed = before[0].failed if before else {}
    same = {each.item_id for each in earlier if found.good.get(each.item_id, {}).get("response") == each.response}
    return [
        f"Task {item}: answered as before, which was wrong: {failed[item]}" for item in sorted(same & failed.keys())
    ]


def _checked(ctx: Context, package: Package, items: dict[str, PackageItem], rows: list[Row]) -> _Found:
    questions = queries.schema(ctx, package.schema_id).questions
    records = sourcing.present(ctx, [each.record_id for each in items.values()])
    there = {item: records[each.record_id] for item, each in items.items() if each.record_id in records}
    found = _Found(gone=frozenset(items.keys() - there.keys()))
    for row in rows:
        problem = row.problem if row.item in items or not row.item else f"there is no task '{row.item}'"
        if row.item in found.gone:
            problem = "its record was erased, the answer is not needed"
        elif row.item in items:
            problem = _repeated(found, row) or problem
        if not problem:
            try:
                values = responses.check(questions, row.values, content.of_record(there[row.item]).facts)
            except responses.ResponseError as error:
                problem = error.message
            else:
                found.good[row.item] = {
                    "item_id": row.item,
                    "response": values,
                    "author": vendor_answers.worker(ctx, package.vendor_id, row.by),
                    "lead_time_ms": row.lead_time_ms,
                }
        if problem:
            found.problems.append(legible(f"{row.place}: {problem}"))
            if row.item in there and row.item not in found.good:
                found.reasons.setdefault(row.item, legible(problem))
    return found


def _repeated(found: _Found, row: Row) -> str:
    """What is wrong about a further row on a task: of two that differ nobody knows which one is meant."""
    first = found.first.setdefault(row.item, row)
    if first is row:
        return ""
    if first.values == row.values and not row.problem:
        return f"a second answer to the task, the same as in {first.where}"
    found.good.pop(row.item, None)
    found.reasons[row.item] = f"a second answer to the task, another one than in {first.where}"
    return found.reasons[row.item]
