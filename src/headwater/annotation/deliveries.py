"""Deliveries of vendors: checked row by row, gold scored, a sample inspected, accepted or returned as rework."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from headwater.annotation import content, queries, responses, vendors
from headwater.annotation.store import priors
from headwater.annotation.store import vendors as store
from headwater.annotation.vendor_model import (
    Delivery,
    DeliveryError,
    DeliveryState,
    Package,
    PackageState,
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
    from collections.abc import Iterator, Sequence

    from headwater.context import Context

_KEPT = 1000
"""Most problems kept in words; all of them are counted."""


def receive(ctx: Context, package_id: str, data: bytes) -> Delivery:
    """Check what a vendor delivered row by row, score the hidden gold and draw the sample to inspect.

    Args:
        ctx: The context.
        package_id: The package it is the work on.
        data: JSON lines with `id`, `values` and, if told, `by`.

    Raises:
        DeliveryError: It is no UTF-8 text, or empty.
        VendorStateError: The package is not out, or an earlier delivery waits for a decision.
    """
    require(ctx, Decision.DELIVERY_ACCEPT)
    package = vendors.package(ctx, package_id)
    before = [each for each in store.deliveries(ctx.db, ctx.program) if each.package_id == package.id]
    waiting = any(each.state in {DeliveryState.RECEIVED, DeliveryState.JUDGED} for each in before)
    if package.state is not PackageState.ISSUED or waiting:
        what = "has a delivery that waits for a decision" if waiting else f"is {package.state}"
        raise VendorStateError(f"Package '{package.name}' {what}; nothing can be delivered now.")
    items = store.items(ctx.db, package.id)
    good, problems, rows = _checked(ctx, package, items, data)
    problems += [f"Task {item}: no answer" for item in sorted(items.keys() - good.keys())]
    known = {item: right for item, (_, right) in items.items() if right and item in good}
    work = sorted(good.keys() - known.keys())
    digest = digest_bytes(data)
    generator = np.random.default_rng(int(digest[-16:], 16))
    drawn = generator.choice(len(work), min(int(package.acceptance["sample"]), len(work)), replace=False)
    row = Delivery(
        id=new_id("dlv"),
        package_id=package.id,
        number=len(before) + 1,
        state=DeliveryState.RECEIVED,
        digest=digest,
        rows=rows,
        valid=len(good),
        problems=tuple(problems[:_KEPT]),
        gold_right=sum(responses.agrees(right, good[item]["response"]) for item, right in known.items()),
        gold_total=len(known),
        sample=tuple(work[n] for n in sorted(drawn.tolist())),
        wrong=None,
        received_at=ctx.clock.now(),
        reason="",
    )
    store.add_delivery(ctx.db, ctx.program, row, list(good.values()))
    body = {"delivery": row.id, "digest": digest, "rows": rows, "valid": row.valid, "problems": len(problems)}
    ledger.append(ctx, "delivery.received", subject=package.id, body=body)
    return row


def judge(ctx: Context, identifier: str, *, wrong: Sequence[str]) -> Delivery:
    """Say which answers of the sample are wrong, and put the delivery before the Accountable.

    Raises:
        InvalidError: A task is not in the sample.
        VendorStateError: The delivery was judged already.
    """
    require(ctx, Decision.DELIVERY_ACCEPT)
    row = delivery(ctx, identifier)
    if row.state is not DeliveryState.RECEIVED:
        raise VendorStateError(f"Delivery {row.number} is {row.state}.")
    if strange := sorted(set(wrong) - set(row.sample)):
        raise InvalidError(f"'{strange[0]}' is not in the sample of this delivery.", remedy="Judge the sample alone.")
    found = len(set(wrong))
    store.set_delivery(ctx.db, row.id, wrong=found, state=DeliveryState.JUDGED.value)
    summary = f"Delivery {row.number} of package {vendors.package(ctx, row.package_id).name}: {found} wrong"
    decisions.propose(ctx, Decision.DELIVERY_ACCEPT, subject=row.id, digest=row.digest, summary=summary)
    return replace(row, wrong=found, state=DeliveryState.JUDGED)


def accept(ctx: Context, identifier: str, *, reason: str) -> Delivery:
    """Accept a delivery as the Accountable; its answers stand beside their tasks from now on, under pseudonyms.

    Raises:
        VendorStateError: The sample was not judged, has more wrong answers than the plan allows, or rows are missing.
    """
    require(ctx, Decision.DELIVERY_ACCEPT)
    row = delivery(ctx, identifier)
    package = vendors.package(ctx, row.package_id)
    if why := shortfall(row, package):
        raise VendorStateError(f"Delivery {row.number} cannot be accepted: {why}.", remedy="Return it as rework.")
    decisions.approve(ctx, Decision.DELIVERY_ACCEPT, subject=row.id, digest=row.digest, reason=reason)
    items = store.items(ctx.db, package.id)
    partner = vendors.vendor(ctx, package.vendor_id)
    rows = [
        {
            "record_id": items[each.item_id][0],
            "is_answer": True,
            "author": each.author,
            "given_at": row.received_at.isoformat(timespec="seconds").replace("+00:00", "Z"),
            "score": None,
            "response": each.response,
            "foreign_data": {"id": each.item_id},
            "provenance": {"vendor": partner.name, "package": package.id, "delivery": row.id},
        }
        for each in store.answers_in(ctx.db, row.id)
        if not items[each.item_id][1]
    ]
    priors.add(ctx.db, package.campaign_id, rows)
    store.set_delivery(ctx.db, row.id, state=DeliveryState.ACCEPTED.value, reason=reason)
    store.set_package(ctx.db, package.id, state=PackageState.ACCEPTED.value)
    return replace(row, state=DeliveryState.ACCEPTED, reason=reason)


def send_back(ctx: Context, identifier: str, *, reason: str) -> Delivery:
    """Return a delivery as rework as the Accountable; none of its answers is used."""
    require(ctx, Decision.DELIVERY_ACCEPT)
    row = delivery(ctx, identifier)
    if row.state is not DeliveryState.JUDGED:
        raise VendorStateError(f"Delivery {row.number} is {row.state}.", remedy="Judge its sample first.")
    decisions.refuse(ctx, Decision.DELIVERY_ACCEPT, subject=row.id, reason=reason)
    store.set_delivery(ctx.db, row.id, state=DeliveryState.RETURNED.value, reason=reason)
    return replace(row, state=DeliveryState.RETURNED, reason=reason)


def shortfall(row: Delivery, package: Package) -> str:
    """Return what stands against accepting a delivery; empty when nothing does."""
    if row.state is not DeliveryState.JUDGED or row.wrong is None:
        return f"it is {row.state}, and only a judged one can be"
    if row.valid < package.items:
        return f"{package.items - row.valid} of {package.items} tasks have no valid answer"
    if row.wrong > package.acceptance["accept"]:
        return f"{row.wrong} of {len(row.sample)} inspected are wrong, at most {package.acceptance['accept']} may be"
    return ""


def delivery(ctx: Context, identifier: str) -> Delivery:
    """Return a delivery.

    Raises:
        UnknownVendorError: There is none.
    """
    for each in store.deliveries(ctx.db, ctx.program):
        if each.id == identifier:
            return each
    raise UnknownVendorError(f"There is no delivery '{identifier}' in this program.")


def _checked(
    ctx: Context, package: Package, items: dict[str, tuple[str, dict[str, Any]]], data: bytes
) -> tuple[dict[str, dict[str, Any]], list[str], int]:
    """The answers by task, what is wrong with the other rows, and how many rows there were."""
    questions = queries.schema(ctx, queries.campaign(ctx, package.campaign_id).schema_id).questions
    records = sourcing.present(ctx, [record for record, _ in items.values()])
    good: dict[str, dict[str, Any]] = {}
    problems: list[str] = []
    rows = 0
    for where, row in _rows(data, problems):
        rows += 1
        item = str(row.get("id", ""))
        if item not in items or item in good:
            problems.append(f"{where}: {'a second answer to' if item in good else 'there is no task'} '{item}'")
            continue
        record = records.get(items[item][0])
        facts = content.of_record(record).facts if record else responses.Facts()
        try:
            values = responses.check(questions, row.get("values"), facts)
        except responses.ResponseError as error:
            problems.append(f"{where}, task {item}: {error.message}")
            continue
        by = f"{package.vendor_id}:{row.get('by', '')}"
        author = f"ext_{ctx.keys.hmac('annotator', by.encode())[-16:]}"
        good[item] = {"item_id": item, "response": values, "author": author}
    return good, problems, rows + sum(each.endswith(_NOT_JSON) for each in problems)


_NOT_JSON = "not a JSON object"


def _rows(data: bytes, problems: list[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    try:
        lines = data.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise DeliveryError(f"Byte {error.start + 1} is not UTF-8.", remedy="Have it sent as UTF-8.") from error
    if not any(map(str.strip, lines)):
        raise DeliveryError("The delivery is empty.", remedy="Each line is an object with 'id' and 'values'.")
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            row = None
        if isinstance(row, dict):
            yield f"Line {number}", row
        else:
            problems.append(f"Line {number}: {_NOT_JSON}")
