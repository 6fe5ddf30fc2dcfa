"""Answers of an accepted delivery: given by the vendor's cohort, closing their tasks, judged on hidden gold."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from headwater.annotation import adaptive, content, likeness, queries, responses
from headwater.annotation.model import LeaseState, Tier
from headwater.annotation.store import answers, away, returns, tasks, trust
from headwater.annotation.store import campaigns as store
from headwater.annotation.store import vendors as packages
from headwater.annotation.vendor_model import PackageState
from headwater.core.ids import new_id
from headwater.governance import ledger
from headwater.governance.authority import require
from headwater.governance.model import Decision
from headwater.lineage import service as lineage
from headwater.lineage.model import Node
from headwater.sourcing import queries as sourcing
from headwater.workforce import service as workforce

if TYPE_CHECKING:
    from headwater.annotation.store.vendors import PackageItem
    from headwater.annotation.vendor_model import Delivery, Package, Vendor
    from headwater.context import Context
    from headwater.workforce.model import Cohort

_CHUNK = 2_000


def worker(ctx: Context, vendor_id: str, name: str) -> str:
    """Return the pseudonym of one of a vendor's people: the same in every delivery, no way back without the key.

    Answers without a name count as those of one person.
    """
    return f"ext_{ctx.keys.hmac('annotator', f'{vendor_id}:{name}'.encode())[-16:]}"


def take_in(ctx: Context, package: Package, delivery: Delivery, partner: Vendor) -> int:
    """Make the answers of a delivery answers to their tasks; returns how many came into force.

    Left out are answers whose place somebody else filled after the package was overdue, and those of a person who has
    answered the task before (gold goes out with every package). Answers to hidden gold are judged like all others.
    """
    require(ctx, Decision.DELIVERY_ACCEPT)
    cohort = workforce.vendor_cohort(
        ctx, team=partner.name, package=package.id, guideline_id=package.guideline_id, batch_id=package.batch_id
    )
    items = packages.items(ctx.db, package.id)
    given = packages.answers_in(ctx.db, delivery.id)
    count = 0
    for start in range(0, len(given), _CHUNK):
        count += _take_in(ctx, package, cohort, items, given[start : start + _CHUNK])
    for each in store.batches(ctx.db, package.campaign_id):
        store.recount_batch(ctx.db, each.id, tasks.done(ctx.db, each.id))
    answers.reset_closed(ctx.db, package.campaign_id)
    _trace(ctx, package, delivery, cohort)
    body = {"delivery": delivery.id, "cohort": cohort.id, "answers": count, "left_out": len(given) - count}
    ledger.append(ctx, "delivery.used", subject=package.id, body=body)
    return count


def _take_in(ctx: Context, package: Package, cohort: Cohort, items: Mapping[str, PackageItem], given: list[Any]) -> int:
    """Take in some of the answers."""
    before = away.answered_by(ctx.db, [items[each.item_id].task_id for each in given])
    fresh = {
        items[each.item_id].task_id: each for each in given if (items[each.item_id].task_id, each.author) not in before
    }
    owned = package.state is PackageState.ISSUED
    filled = away.fill(ctx.db, package.campaign_id, list(fresh), owned=owned)
    used = {task: each for task, each in fresh.items() if task in filled}
    records = sourcing.present(ctx, [items[each.item_id].record_id for each in used.values()])
    asked = queries.schema(ctx, package.schema_id).questions
    leases, rows = [], []
    sums: dict[str, dict[str, int]] = {}
    for task, each in used.items():
        item = items[each.item_id]
        record = records.get(item.record_id)
        facts = (content.of_record(record).facts if record else responses.Facts()).as_data()
        common = _common(package, cohort, each) | {"task_id": task}
        lease, row = new_id("lea"), new_id("ans")
        leases.append(_lease(ctx, package, common) | {"id": lease, "answer_id": row, "facts": facts})
        rows.append(_answer(ctx, item.record_id, each, common) | {"id": row, "lease_id": lease})
        mine = sums.setdefault(each.author, {"answers": 0, "judged": 0, "correct": 0, "lead_time_ms": 0})
        mine["answers"] += 1
        mine["judged"] += bool(item.known)
        mine["correct"] += bool(item.known) and likeness.agrees(asked, item.known, each.response)
        mine["lead_time_ms"] += each.lead_time_ms
    away.add(ctx.db, leases, rows)
    key = {"cohort_id": cohort.id, "campaign_id": package.campaign_id, "batch_id": package.batch_id}
    for author, mine in sums.items():
        answers.tally_up(ctx.db, annotator=author, at=ctx.clock.now(), sums=mine, **key)
    _widen(ctx, package, list(used))
    return len(used)


def _common(package: Package, cohort: Cohort, each: Any) -> dict[str, Any]:  # noqa: ANN401 -- a row
    return {
        "campaign_id": package.campaign_id,
        "batch_id": package.batch_id,
        "annotator": each.author,
        "cohort_id": cohort.id,
        "schema_id": package.schema_id,
        "guideline_id": package.guideline_id,
        "client_id": each.delivery_id,
        "version": 1,
        "prelabel": "",
        "is_blinded": False,
    }


def _lease(ctx: Context, package: Package, common: dict[str, Any]) -> dict[str, Any]:
    now = ctx.clock.now()
    return common | {
        "token": secrets.token_hex(16),
        "state": LeaseState.ANSWERED.value,
        "kept": 1,
        "given_at": package.issued_at or now,
        "expires_at": now,
        "version": 0,
        "next_id": "",
        "reason": "",
    }


def _answer(ctx: Context, record: str, each: Any, common: dict[str, Any]) -> dict[str, Any]:  # noqa: ANN401 -- a row
    return common | {
        "record_id": record,
        "tier": Tier.ANNOTATE.value,
        "values": each.response,
        "lead_time_ms": each.lead_time_ms,
        "is_edited": False,
        "submitted_at": ctx.clock.now(),
        "superseded_at": None,
    }


def _widen(ctx: Context, package: Package, filled: list[str]) -> None:
    """Let tasks whose answers leave doubt want one more, where the campaign's overlap adapts."""
    plan = queries.campaign(ctx, package.campaign_id).plan
    if not plan.most_overlap:
        return
    questions = adaptive.decisive(queries.schema(ctx, package.schema_id).questions)
    done = {each.id for each in tasks.full(ctx.db, filled) if each.wanted < plan.most_overlap}
    given = [each for each in answers.of_tasks(ctx.db, ctx.program, filled) if each.task_id in done]
    people = sorted({each.annotator for each in given})
    judged = answers.judged(ctx.db, package.campaign_id, people)
    known = adaptive.Evidence(judged, trust.of(ctx.db, package.campaign_id, people))
    for task in sorted(done):
        mine = [each for each in given if each.task_id == task]
        if adaptive.confidence(questions, mine, known) < plan.confidence:
            returns.widen(ctx.db, task)


def _trace(ctx: Context, package: Package, delivery: Delivery, cohort: Cohort) -> None:
    out = Node(id=package.id, kind="package", label=package.name, digest=package.digest)
    came = Node(id=delivery.id, kind="delivery", label=f"delivery {delivery.number}", digest=delivery.digest)
    group = Node(id=cohort.id, kind="cohort", label=f"{cohort.team} cohort")
    lineage.record(ctx, activity="delivery.receive", used=[out], generated=[came])
    lineage.record(ctx, activity="delivery.accept", used=[came], generated=[group])
