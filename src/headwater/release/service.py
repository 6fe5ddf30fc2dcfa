"""Use cases of releases: build, propose, approve, publish, deprecate, yank."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from headwater.core.canonical import digest_bytes
from headwater.core.errors import ConflictError
from headwater.core.ids import new_id
from headwater.governance import decisions, ledger
from headwater.governance import queries as governance
from headwater.governance.authority import require
from headwater.governance.model import Decision
from headwater.lineage import service as lineage
from headwater.lineage.model import Node
from headwater.quality import queries as quality
from headwater.release import attestation, gates, manifest, queries, store
from headwater.release.members import Membership, assemble
from headwater.release.model import (
    Difference,
    EmptyReleaseError,
    Gate,
    GatesOpenError,
    Release,
    ReleaseId,
    ReleaseState,
    Selection,
    SplitPolicy,
    next_version,
)
from headwater.release.verify import ATTESTATION
from headwater.sourcing import queries as sourcing

if TYPE_CHECKING:
    from collections.abc import Callable

    from headwater.context import Context
    from headwater.quality.model import Label
    from headwater.sourcing.model import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A release worked out but not yet stored: its row and its files."""

    release: Release
    membership: Membership
    files: dict[str, bytes]
    intakes: tuple[str, ...]
    """Those its members came in by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """What a release would hold and where its gates stand, before a file is written."""

    parent: Release | None
    version: str
    policy: SplitPolicy
    labels: list[Label]
    records: list[Record]
    """The records of the labels, in their order."""
    membership: Membership
    difference: Difference | None
    """None when there is no release before."""
    gates: tuple[Gate, ...]


_PUBLISHABLE = (ReleaseState.APPROVED,)
_YANKABLE = (ReleaseState.APPROVED, ReleaseState.PUBLISHED)


def outline(
    ctx: Context,
    *,
    dataset: str,
    selection: Selection,
    split: SplitPolicy | None = None,
    on_phase: Callable[[int], None] = lambda _: None,
) -> Outline:
    """Work out what the next release of a dataset holds, from what is accepted now; changes nothing.

    Args:
        ctx: The context.
        dataset: Its name.
        selection: Which accepted labels are in it.
        split: How members are divided; as in the release before by default.
        on_phase: Told when choosing (0), dividing (1) and measuring (2) begin.

    Raises:
        EmptyReleaseError: No accepted batch holds a label of that selection.
    """
    require(ctx, Decision.RELEASE_BUILD)
    on_phase(0)
    kept = _selected(ctx, selection)
    labels, records = [label for label, _ in kept], [record for _, record in kept]
    on_phase(1)
    parent = queries.newest(ctx, dataset)
    policy = split or (parent.split if parent else SplitPolicy())
    membership = assemble(
        labels,
        records,
        policy,
        keyed_hash=lambda data: ctx.keys.hmac(f"leaf:{ctx.program}", data),
    )
    difference = queries.compare(ctx, parent, membership) if parent else None
    version = next_version(parent.version if parent else None, difference.bump() if difference else "major")
    on_phase(2)
    return Outline(
        parent=parent,
        version=version,
        policy=policy,
        labels=labels,
        records=records,
        membership=membership,
        difference=difference,
        gates=gates.measure(ctx, labels, records),
    )


def assemble_draft(
    ctx: Context,
    *,
    dataset: str,
    selection: Selection,
    split: SplitPolicy | None = None,
    on_phase: Callable[[int], None] = lambda _: None,
) -> Draft:
    """Work out the next release of a dataset with its files; changes nothing.

    Args:
        ctx: The context.
        dataset: Its name.
        selection: Which accepted labels are in it.
        split: How members are divided; as in the release before by default.
        on_phase: Told when choosing (0), dividing (1), measuring (2) and writing (3) begin.

    Raises:
        EmptyReleaseError: No accepted batch holds a label of that selection.
    """
    require(ctx, Decision.RELEASE_BUILD)
    found = outline(ctx, dataset=dataset, selection=selection, split=split, on_phase=on_phase)
    parent = found.parent
    plan = manifest.Plan(
        dataset=dataset,
        version=found.version,
        parent=parent,
        selection=selection,
        split=found.policy,
        gates=found.gates,
        labels=found.labels,
        records=found.records,
    )
    on_phase(3)
    files = manifest.files(ctx, plan, found.membership)
    identifier = ReleaseId(new_id("rel"))
    row = Release(
        id=identifier,
        dataset=dataset,
        version=found.version,
        state=ReleaseState.CANDIDATE,
        digest=digest_bytes(files["manifest.json"]),
        parent=parent.id if parent else None,
        path=f"releases/{identifier}",
        members=found.membership.members.num_rows,
        built_by=ctx.actor,
        created_at=ctx.clock.now(),
        selection=selection,
        split=found.policy,
        gates=found.gates,
    )
    intakes = tuple(sorted({record.intake_id for record in found.records}))
    return Draft(release=row, membership=found.membership, files=files, intakes=intakes)


def _selected(ctx: Context, selection: Selection) -> list[tuple[Label, Record]]:
    """Return the accepted labels of a selection with their records."""
    labels = quality.accepted_labels(ctx, question=selection.question, batches=selection.batches)
    labels = [label for label in labels if label.confidence >= selection.minimum_confidence]
    records = sourcing.take(ctx, [label.record_id for label in labels])
    kept = [
        (label, record) for label, record in zip(labels, records, strict=True) if queries.selects(selection, record)
    ]
    if not kept:
        raise EmptyReleaseError(
            f"There are no {selection.readable()}.", remedy="Accept a batch first, or widen the selection."
        )
    return kept


def build(ctx: Context, *, dataset: str, selection: Selection, split: SplitPolicy | None = None) -> Release:
    """Build a candidate release: its files are in the object store before its row is committed."""
    require(ctx, Decision.RELEASE_BUILD)
    return keep(ctx, assemble_draft(ctx, dataset=dataset, selection=selection, split=split))


def keep(ctx: Context, draft: Draft) -> Release:
    """Store a draft as a candidate, with its lineage.

    Raises:
        ConflictError: Another release of the dataset was stored since the draft was worked out.
    """
    require(ctx, Decision.RELEASE_BUILD)
    row = draft.release
    newest = queries.newest(ctx, row.dataset)
    if (newest.id if newest else None) != row.parent:
        raise ConflictError(
            f"Another release of '{row.dataset}' was built meanwhile: {newest.version if newest else 'none'}.",
            remedy="Build again, or resume the job.",
        )
    for name, data in sorted(draft.files.items()):
        ctx.objects.put(f"{row.path}/{name}", data)
    store.insert(ctx.db, row, ctx.program, draft.membership.members.column("record_id").to_pylist())
    members = draft.membership.members
    used = [Node(id=value, kind="batch", label=value) for value in sorted(set(members.column("batch_id").to_pylist()))]
    used += [
        Node(id=value, kind="cohort", label=value) for value in sorted(set(members.column("cohort_id").to_pylist()))
    ]
    used += [Node(id=value, kind="intake", label=value) for value in draft.intakes]
    if row.parent:
        used.append(Node(id=row.parent, kind="release", label=row.parent))
    made = Node(id=row.id, kind="release", label=f"{row.dataset}@{row.version}", digest=row.digest)
    lineage.record(ctx, activity="release.build", used=used, generated=[made])
    ledger.append(
        ctx,
        "release.built",
        subject=row.id,
        body={"dataset": row.dataset, "version": row.version, "digest": row.digest, "members": row.members},
    )
    return row


def propose(ctx: Context, release: str, *, summary: str = "") -> None:
    """Put a candidate before the Accountable; consulted people are asked."""
    require(ctx, Decision.RELEASE_APPROVE)
    row = queries.release(ctx, release)
    decisions.propose(
        ctx,
        Decision.RELEASE_APPROVE,
        subject=row.id,
        digest=row.digest,
        summary=summary or f"Release {row.dataset}@{row.version} with {row.members:,} members",
        author=row.built_by,
    )


def approve(ctx: Context, release: str, *, reason: str) -> Release:
    """Approve a candidate as the Accountable and sign it.

    Raises:
        GatesOpenError: A gate neither passes nor is waived.
        FourEyesError: The actor built or proposed it.
    """
    require(ctx, Decision.RELEASE_APPROVE)
    row = queries.release(ctx, release)
    blocking = [gate for gate in queries.gates_now(ctx, row) if gate.open]
    if blocking:
        named = "; ".join(
            f"{gates.name(gate)} is {gate.measured.value:.3g}, needs {gate.comparison} {gate.required:g}"
            for gate in blocking
        )
        raise GatesOpenError(
            f"Release {row.dataset}@{row.version} has open gates: {named}.",
            remedy="Repair the data, or ask the Accountable for a waiver.",
        )
    decided = decisions.approve(ctx, Decision.RELEASE_APPROVE, subject=row.id, digest=row.digest, reason=reason)
    statement = attestation.statement(
        row.digest,
        {
            "dataset": row.dataset,
            "version": row.version,
            "program": governance.program(ctx).slug,
            "decision": decided.id,
            "approver": ctx.actor,
            "approvedAt": ctx.clock.now(),
        },
    )
    envelope = attestation.sign(statement, public_key=ctx.keys.public_key, signer=ctx.keys.sign)
    ctx.objects.put(f"{row.path}/{ATTESTATION}", envelope, overwrite=True)
    return _move(ctx, row, (ReleaseState.CANDIDATE,), ReleaseState.APPROVED)


def propose_publication(ctx: Context, release: str) -> None:
    """Put an approved release before the Accountable for publication."""
    require(ctx, Decision.RELEASE_PUBLISH)
    row = queries.release(ctx, release)
    _expect(row, _PUBLISHABLE)
    summary = f"Publish {row.dataset}@{row.version}"
    decisions.propose(ctx, Decision.RELEASE_PUBLISH, subject=row.id, digest=row.digest, summary=summary)


def publish(ctx: Context, release: str, *, reason: str) -> Release:
    """Make an approved release available for training."""
    require(ctx, Decision.RELEASE_PUBLISH)
    row = queries.release(ctx, release)
    decisions.approve(ctx, Decision.RELEASE_PUBLISH, subject=row.id, digest=row.digest, reason=reason)
    return _move(ctx, row, _PUBLISHABLE, ReleaseState.PUBLISHED)


def propose_yank(ctx: Context, release: str, *, summary: str) -> None:
    """Ask the Accountable to withdraw a release."""
    require(ctx, Decision.RELEASE_YANK)
    row = queries.release(ctx, release)
    _expect(row, _YANKABLE)
    decisions.propose(ctx, Decision.RELEASE_YANK, subject=row.id, digest=row.digest, summary=summary)


def yank(ctx: Context, release: str, *, reason: str) -> Release:
    """Withdraw a release: its bytes stay and still verify, new runs may not use it."""
    require(ctx, Decision.RELEASE_YANK)
    row = queries.release(ctx, release)
    decisions.approve(ctx, Decision.RELEASE_YANK, subject=row.id, digest=row.digest, reason=reason)
    return _move(ctx, row, _YANKABLE, ReleaseState.YANKED)


def _move(ctx: Context, row: Release, old: tuple[ReleaseState, ...], new: ReleaseState) -> Release:
    if not store.set_state(ctx.db, row.id, old=[state.value for state in old], new=new):
        _expect(queries.release(ctx, row.id), old)
    ledger.append(ctx, f"release.{new.value}", subject=row.id, body={"digest": row.digest})
    return queries.release(ctx, row.id)


def _expect(row: Release, wanted: tuple[ReleaseState, ...]) -> None:
    if row.state not in wanted:
        named = " or ".join(state.value for state in wanted)
        raise GatesOpenError(f"Release {row.dataset}@{row.version} is {row.state.value}; this needs {named}.")
