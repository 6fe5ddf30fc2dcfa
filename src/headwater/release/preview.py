"""What the next release of a dataset would hold, its gates, what stays out and why: worked out, nothing kept."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from headwater.governance import queries as governance
from headwater.quality import queries as quality
from headwater.release import service
from headwater.release.model import Gate
from headwater.sourcing import queries as sourcing
from headwater.sourcing import slices

if TYPE_CHECKING:
    from collections.abc import Iterable

    from headwater.context import Context
    from headwater.quality.model import Label
    from headwater.release.model import Difference, Selection, SplitPolicy
    from headwater.sourcing.model import Record

EXAMPLES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class SliceCount:
    """How many members a slice would have."""

    by: str
    """`split`, `label`, `language`, `cohort` or `critical slice`."""
    name: str
    members: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion:
    """Records that stay out for one reason."""

    reason: str
    records: int
    examples: tuple[str, ...]
    """Ids of the first ones, at most twenty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """How many records differ from the release before."""

    added: int
    removed: int
    relabelled: int
    moved: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A release that was worked out and not built."""

    dataset: str
    version: str
    parent: str
    """Version of the release before; empty for the first one."""
    selection: str
    """What is taken, in words."""
    members: int
    counts: tuple[SliceCount, ...]
    gates: tuple[Gate, ...]
    excluded: tuple[Exclusion, ...]
    """Most records first; a record that stays out is counted once."""
    changes: Changes | None
    """None for the first release."""

    @property
    def open(self) -> int:
        """How many gates stand in the way of approval."""
        return sum(1 for gate in self.gates if gate.open)


def preview(ctx: Context, *, dataset: str, selection: Selection, split: SplitPolicy | None = None) -> Preview:
    """Return what a release built now would hold; for those who build releases.

    Raises:
        EmptyReleaseError: No accepted batch holds a label of that selection.
    """
    found = service.outline(ctx, dataset=dataset, selection=selection, split=split)
    return Preview(
        dataset=dataset,
        version=found.version,
        parent=found.parent.version if found.parent else "",
        selection=selection.readable(),
        members=len(found.records),
        counts=tuple(_counts(ctx, found)),
        gates=found.gates,
        excluded=tuple(_excluded(ctx, selection, {record.id for record in found.records})),
        changes=_changes(found.difference) if found.difference else None,
    )


def _changes(found: Difference) -> Changes:
    return Changes(
        added=len(found.added), removed=len(found.removed), relabelled=len(found.relabelled), moved=len(found.moved)
    )


def _counts(ctx: Context, found: service.Outline) -> Iterable[SliceCount]:
    splits = found.membership.members.column("split").to_pylist()
    for by, names in (
        ("split", splits),
        ("label", [label.value for label in found.labels]),
        ("language", [record.language for record in found.records]),
        ("cohort", [label.cohort_id for label in found.labels]),
    ):
        for name, members in sorted(Counter(names).items(), key=lambda each: (-each[1], each[0])):
            yield SliceCount(by=by, name=name, members=members)
    for wanted in governance.program(ctx).charter.critical_slices:
        test = slices.parse(wanted.predicate)
        members = sum(1 for record in found.records if test.matches(sourcing.fields_of(record)))
        yield SliceCount(by="critical slice", name=wanted.name, members=members)


def _excluded(ctx: Context, selection: Selection, kept: set[str]) -> list[Exclusion]:
    """Return why the records of the program that are no members are none."""
    newest = {label.record_id: label for label in quality.accepted_labels(ctx, question=selection.question)}
    every = {label.record_id: label for label in quality.labels(ctx, question=selection.question)}
    every |= newest  # what an accepted batch says of a record counts, whatever came after it
    standing = {row.batch_id: row.verdict.value if row.verdict else "" for row in quality.inspections(ctx)}
    reasons: dict[str, list[str]] = {}
    for record in sourcing.everything(ctx):
        if record.id not in kept:
            reason = _reason(record, every.get(record.id), selection, record.id in newest, standing)
            reasons.setdefault(reason, []).append(record.id)
    return [
        Exclusion(reason=reason, records=len(records), examples=tuple(records[:EXAMPLES]))
        for reason, records in sorted(reasons.items(), key=lambda each: (-len(each[1]), each[0]))
    ]


def _reason(
    record: Record, label: Label | None, selection: Selection, is_accepted: bool, standing: dict[str, str]
) -> str:
    if label is None:
        return f"no label of '{selection.question}'"
    if not is_accepted:
        return f"its batch is {standing.get(label.batch_id) or 'not accepted yet'}"
    if label.confidence < selection.minimum_confidence:
        return f"confidence below {selection.minimum_confidence:g}"
    if selection.where and not slices.parse(selection.where).matches(sourcing.fields_of(record)):
        return f"not in the slice {selection.where}"
    return "its batch was not chosen"
