"""Words of work done by outside partners: vendors, work packages, deliveries, scorecards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from headwater.core.errors import ConflictError, InvalidError, NotFoundError
from headwater.stats.interval import Estimate, undefined, wilson


class VendorState(StrEnum):
    """Where a vendor stands."""

    PROPOSED = "proposed"
    ONBOARDED = "onboarded"


class PackageState(StrEnum):
    """Where a work package stands."""

    PREPARED = "prepared"
    ISSUED = "issued"
    OVERDUE = "overdue"
    """Nothing came in time and its tasks went back to the queue; what comes late fills the places still free."""
    ACCEPTED = "accepted"
    """A delivery of it was accepted."""
    REFUSED = "refused"
    """The Accountable did not issue it; its tasks are in the queue again."""
    WITHDRAWN = "withdrawn"
    """Taken back from the vendor; its tasks are in the queue again."""


OUT = frozenset({PackageState.ISSUED, PackageState.OVERDUE})
"""States in which a vendor may deliver."""


class DeliveryState(StrEnum):
    """Where a delivery stands."""

    RECEIVED = "received"
    JUDGED = "judged"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    """As rework, with the reasons; the next delivery of the package follows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vendor:
    """An outside partner."""

    id: str
    name: str
    state: VendorState
    terms: str
    """What was agreed: region, subcontractors, confidentiality, deletion."""
    digest: str
    """Of name and terms: what the approval binds to."""
    author: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """What is handed to a vendor, sealed."""

    id: str
    campaign_id: str
    batch_id: str
    vendor_id: str
    schema_id: str
    """The questions its answers are checked against."""
    guideline_id: str
    """The version in it; its answers are given under that."""
    name: str
    state: PackageState
    digest: str
    """SHA-256 of the archive."""
    items: int
    """Tasks in it, hidden gold among them."""
    acceptance: dict[str, Any]
    """Plan of acceptance: standard, AQL, sample, most wrong items."""
    due_at: datetime
    author: str
    created_at: datetime
    issued_at: datetime | None
    deleted_at: datetime | None
    """When the vendor certified that it keeps nothing."""
    certificate: str
    """SHA-256 of the certificate's document; empty when it came as text alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What an inspector found about one answer of a sample."""

    item_id: str
    is_wrong: bool
    reason: str
    """Why it is wrong; the vendor reads it with the rework."""
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampled:
    """An answer of a sample as its inspector sees it."""

    item_id: str
    content: dict[str, Any]
    """As annotators see it; empty when the record was erased."""
    values: dict[str, Any]
    """Question → answer."""
    judgement: Judgement | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What a vendor handed back."""

    id: str
    package_id: str
    number: int
    state: DeliveryState
    digest: str
    """SHA-256 of the file."""
    rows: int
    valid: int
    """Rows that are an answer to a task of the package."""
    complete: int
    """Tasks with an answer from this delivery or, where that was not returned, from the one before, and those whose
    record was erased meanwhile: they need none."""
    problems: tuple[str, ...]
    """Place and reason of every row that is none, which answers came again as they failed, and what is missing; the
    first thousand."""
    gold_right: int
    gold_total: int
    """Rows that answer hidden gold."""
    sample: tuple[str, ...]
    """Ids of the tasks to inspect."""
    wrong: int | None
    """Wrong answers in the sample; None before it was judged."""
    failed: dict[str, str]
    """Task → why it comes back as rework: no valid answer, or wrong in the sample. Hidden gold is never told."""
    received_at: datetime
    reason: str
    used: int
    """Answers that came into force when it was accepted; less than all when places were filled meanwhile."""

    @property
    def gold(self) -> Estimate:
        """Share of hidden gold that is right."""
        return _share(self.gold_right, self.gold_total)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scorecard:
    """What a vendor's work measured, over all its deliveries."""

    vendor: Vendor
    packages: int
    deliveries: int
    gold: Estimate
    """Hidden gold right."""
    sampled: Estimate
    """Inspected answers right."""
    valid: Estimate
    """Rows that were an answer."""
    first_time: Estimate
    """Packages accepted with their first delivery, of those decided."""
    on_time: Estimate
    """Deliveries that came before the package was due."""


class UnknownVendorError(NotFoundError):
    """There is no such vendor, package or delivery in this program."""

    code = "unknown_vendor"


class VendorStateError(ConflictError):
    """The vendor, package or delivery is not in a state that allows this."""

    code = "wrong_vendor_state"


class DeliveryError(InvalidError):
    """The delivery cannot be read."""

    code = "bad_delivery"


def scorecard(vendor: Vendor, packages: list[Package], deliveries: list[Delivery]) -> Scorecard:
    """Return what a vendor's work measured; shares of nothing are undefined."""
    due = {each.id: each.due_at for each in packages}
    judged = [each for each in deliveries if each.wrong is not None]
    first = [each for each in deliveries if each.number == 1 and each.state in _DECIDED]
    inspected = sum(len(each.sample) for each in judged)
    return Scorecard(
        vendor=vendor,
        packages=len(packages),
        deliveries=len(deliveries),
        gold=_share(sum(each.gold_right for each in deliveries), sum(each.gold_total for each in deliveries)),
        sampled=_share(inspected - sum(each.wrong or 0 for each in judged), inspected),
        valid=_share(sum(each.valid for each in deliveries), sum(each.rows for each in deliveries)),
        first_time=_share(sum(each.state is DeliveryState.ACCEPTED for each in first), len(first)),
        on_time=_share(sum(each.received_at <= due[each.package_id] for each in deliveries), len(deliveries)),
    )


_DECIDED = frozenset({DeliveryState.ACCEPTED, DeliveryState.RETURNED})


def _share(right: int, total: int) -> Estimate:
    return wilson(right, total) if total else undefined("nothing yet", n=0, method="Wilson score")
