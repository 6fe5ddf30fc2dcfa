"""Vendors, work packages, deliveries: tables and SQL."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from headwater.annotation.vendor_model import (
    Delivery,
    DeliveryState,
    Judgement,
    Package,
    PackageState,
    Vendor,
    VendorState,
)
from headwater.storage.database import WHOLE, Moment, Part, insert, metadata, newest_first

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headwater.storage.database import Connection

vendor = sa.Table(
    "vendor",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("program", sa.String(40), nullable=False),
    sa.Column("name", sa.String(64), nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("terms", sa.Text, nullable=False),
    sa.Column("digest", sa.String(80), nullable=False),
    sa.Column("author", sa.String(40), nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.UniqueConstraint("program", "name"),
)

package = sa.Table(
    "work_package",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("program", sa.String(40), nullable=False),
    sa.Column("campaign_id", sa.String(40), nullable=False),
    sa.Column("batch_id", sa.String(40), nullable=False),
    sa.Column("vendor_id", sa.String(40), nullable=False),
    sa.Column("schema_id", sa.String(40), nullable=False),
    sa.Column("guideline_id", sa.String(40), nullable=False),
    sa.Column("name", sa.String(120), nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("digest", sa.String(80), nullable=False),
    sa.Column("items", sa.Integer, nullable=False),
    sa.Column("acceptance", sa.JSON, nullable=False),
    sa.Column("due_at", Moment, nullable=False),
    sa.Column("author", sa.String(40), nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("issued_at", Moment),
    sa.Column("deleted_at", Moment),
    sa.Column("certificate", sa.String(80), nullable=False),
    sa.Index("ix_work_package_campaign", "campaign_id", "state"),
    sa.Index("ix_work_package_program", "program", "vendor_id"),
)

package_item = sa.Table(
    "package_item",
    metadata,
    sa.Column("package_id", sa.String(40), primary_key=True),
    sa.Column("item_id", sa.String(40), primary_key=True),
    sa.Column("task_id", sa.String(40), nullable=False),
    sa.Column("record_id", sa.String(80), nullable=False),
    sa.Column("known", sa.JSON, nullable=False),
    info={"append_only": True},
    sqlite_with_rowid=False,
)
"""`known` are the right answers of hidden gold, empty for every other task; they never leave."""

delivery = sa.Table(
    "delivery",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("program", sa.String(40), nullable=False),
    sa.Column("package_id", sa.String(40), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("digest", sa.String(80), nullable=False),
    sa.Column("rows", sa.Integer, nullable=False),
    sa.Column("valid", sa.Integer, nullable=False),
    sa.Column("complete", sa.Integer, nullable=False),
    sa.Column("problems", sa.JSON, nullable=False),
    sa.Column("gold_right", sa.Integer, nullable=False),
    sa.Column("gold_total", sa.Integer, nullable=False),
    sa.Column("sample", sa.JSON, nullable=False),
    sa.Column("wrong", sa.Integer),
    sa.Column("failed", sa.JSON, nullable=False),
    sa.Column("received_at", Moment, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("used", sa.Integer, nullable=False),
    sa.UniqueConstraint("package_id", "number"),
)

delivered = sa.Table(
    "delivered",
    metadata,
    sa.Column("delivery_id", sa.String(40), primary_key=True),
    sa.Column("item_id", sa.String(40), primary_key=True),
    sa.Column("response", sa.JSON, nullable=False),
    sa.Column("author", sa.String(80), nullable=False),
    sa.Column("lead_time_ms", sa.Integer, nullable=False),
    info={"append_only": True},
    sqlite_with_rowid=False,
)

delivery_judgement = sa.Table(
    "delivery_judgement",
    metadata,
    sa.Column("delivery_id", sa.String(40), primary_key=True),
    sa.Column("item_id", sa.String(40), primary_key=True),
    sa.Column("is_wrong", sa.Boolean, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("judged_by", sa.String(40), nullable=False),
    sa.Column("judged_at", Moment, nullable=False),
)
"""One row per inspected answer, the newest judgement of it while the delivery is open."""


class PackageItem(NamedTuple):
    """A task of a package."""

    task_id: str
    record_id: str
    known: dict[str, Any]
    """Right answers of hidden gold; empty for every other task."""


def add_vendor(db: Connection, program: str, row: Vendor) -> None:
    """Store a vendor."""
    db.execute(vendor.insert().values(program=program, **asdict(row)))


def set_vendor_state(db: Connection, identifier: str, state: VendorState) -> None:
    """Change where a vendor stands."""
    db.execute(vendor.update().where(vendor.c.id == identifier).values(state=state.value))


def vendors(db: Connection, program: str) -> list[Vendor]:
    """Return the vendors of a program by name."""
    found = db.execute(sa.select(vendor).where(vendor.c.program == program).order_by(vendor.c.name))
    return [Vendor(**_without_program(row) | {"state": VendorState(row.state)}) for row in found]


def add_package(db: Connection, program: str, row: Package, items: Sequence[dict[str, Any]]) -> None:
    """Store a package and what is in it."""
    db.execute(package.insert().values(program=program, **asdict(row)))
    db.execute(package_item.insert(), [{"package_id": row.id} | each for each in items])


def set_package(db: Connection, identifier: str, **values: object) -> None:
    """Change where a package stands."""
    db.execute(package.update().where(package.c.id == identifier).values(**values))


def packages(db: Connection, program: str, *, part: Part = WHOLE) -> list[Package]:
    """Return the packages of a program, newest first."""
    found = db.execute(newest_first(sa.select(package).where(package.c.program == program), package.c.id, part))
    return [Package(**_without_program(row) | {"state": PackageState(row.state)}) for row in found]


def items(db: Connection, package_id: str) -> dict[str, PackageItem]:
    """Return the tasks of a package by the ids under which they are out."""
    found = db.execute(sa.select(package_item).where(package_item.c.package_id == package_id))
    return {row.item_id: PackageItem(row.task_id, row.record_id, row.known) for row in found}


def add_delivery(db: Connection, program: str, row: Delivery, answers: Sequence[dict[str, Any]]) -> None:
    """Store a delivery and the answers in it."""
    values = asdict(row) | {"problems": list(row.problems), "sample": list(row.sample)}
    db.execute(delivery.insert().values(program=program, **values))
    if answers:
        db.execute(delivered.insert(), [{"delivery_id": row.id} | each for each in answers])


def set_delivery(db: Connection, identifier: str, **values: object) -> None:
    """Change where a delivery stands."""
    db.execute(delivery.update().where(delivery.c.id == identifier).values(**values))


def deliveries(db: Connection, program: str, *, package_id: str = "", part: Part = WHOLE) -> list[Delivery]:
    """Return the deliveries of a program or of one package of it, newest first."""
    query = sa.select(delivery).where(delivery.c.program == program)
    if package_id:
        query = query.where(delivery.c.package_id == package_id)
    found = db.execute(newest_first(query, delivery.c.id, part))
    return [
        Delivery(
            **_without_program(row)
            | {
                "state": DeliveryState(row.state),
                "problems": tuple(row.problems),
                "sample": tuple(row.sample),
            }
        )
        for row in found
    ]


def answers_in(db: Connection, delivery_id: str, *, only: Sequence[str] = ()) -> list[Any]:
    """Return the answers of a delivery: item, response, author, lead time; those to some tasks on demand."""
    query = sa.select(delivered).where(delivered.c.delivery_id == delivery_id)
    if only:
        query = query.where(delivered.c.item_id.in_(only))
    return list(db.execute(query.order_by(delivered.c.item_id)))


def judge(db: Connection, delivery_id: str, row: Judgement) -> None:
    """Store what was found about an answer, in place of what was found before."""
    changed = {"is_wrong": row.is_wrong, "reason": row.reason, "judged_by": row.by, "judged_at": row.at}
    statement = insert(db, delivery_judgement).values(delivery_id=delivery_id, item_id=row.item_id, **changed)
    db.execute(statement.on_conflict_do_update(index_elements=["delivery_id", "item_id"], set_=changed))


def judgements(db: Connection, delivery_id: str) -> dict[str, Judgement]:
    """Return what was found about the answers of a sample, by task, in the order in which it was found."""
    query = sa.select(delivery_judgement).where(delivery_judgement.c.delivery_id == delivery_id)
    return {
        row.item_id: Judgement(
            item_id=row.item_id, is_wrong=row.is_wrong, reason=row.reason, by=row.judged_by, at=row.judged_at
        )
        for row in db.execute(query.order_by(delivery_judgement.c.judged_at, delivery_judgement.c.item_id))
    }


def _without_program(row: Any) -> dict[str, Any]:  # noqa: ANN401 -- a row
    return {name: value for name, value in row._mapping.items() if name != "program"}  # noqa: SLF001 -- its documented name
