"""The files of a release: members, labels, cards, and the manifest that names every digest.

Nothing here depends on the moment or the machine of the build: the same inputs give the same bytes. `created` is
the time of the newest label, not of the build.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from headwater.core.canonical import canonical_json, digest_bytes, plain
from headwater.governance import queries as governance
from headwater.release import cards
from headwater.release.members import Membership, parquet
from headwater.release.verify import MANIFEST, SUMS, sums
from headwater.sourcing import queries as sourcing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headwater.context import Context
    from headwater.quality.model import Label
    from headwater.release.model import Gate, Release, Selection, SplitPolicy
    from headwater.sourcing.model import Record, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a release will say about itself."""

    dataset: str
    version: str
    parent: Release | None
    selection: Selection
    split: SplitPolicy
    gates: tuple[Gate, ...]
    labels: Sequence[Label]
    records: Sequence[Record]


def files(ctx: Context, plan: Plan, membership: Membership) -> dict[str, bytes]:
    """Return every file of a candidate by name; the attestation is added when it is approved."""
    sources = [sourcing.source(ctx, name) for name in sorted({record.source_id for record in plan.records})]
    facts = _facts(ctx, plan, membership, sources)
    made = {
        "members.parquet": parquet(membership.members),
        "labels.parquet": parquet(membership.labels),
        "croissant.json": canonical_json(cards.croissant(facts)),
        "dps.json": canonical_json(cards.provenance_standards(facts)),
        "provenance.json": canonical_json(cards.prov(facts)),
        "spdx.json": canonical_json(cards.spdx(facts)),
        "README.md": cards.readme(facts).encode(),
        "DATASHEET.md": cards.datasheet(facts).encode(),
    }
    digests = {name: digest_bytes(data) for name, data in made.items()}
    facts |= {
        "files": digests,
        "members": {
            "root": membership.root,
            "n": membership.members.num_rows,
            "digest": digests["members.parquet"],
        },
    }
    manifest = canonical_json(facts)
    return {**made, MANIFEST: manifest, SUMS: sums(manifest, digests)}


def _facts(ctx: Context, plan: Plan, membership: Membership, sources: Sequence[Source]) -> dict[str, Any]:
    program = governance.program(ctx)
    newest = max(label.resolved_at for label in plan.labels)
    cohorts = Counter(label.cohort_id for label in plan.labels)
    return {
        "schema": "headwater-release/1",
        "program": program.slug,
        "program_name": program.name,
        "purpose": program.charter.purpose,
        "solo": program.charter.solo,
        "dataset": plan.dataset,
        "version": plan.version,
        "parent": None if plan.parent is None else {"version": plan.parent.version, "digest": plan.parent.digest},
        "created": str(plain(newest)),
        "builder": f"headwater/{version('headwater')}",
        "selection": {"text": plan.selection.readable(), **plain_dict(asdict(plan.selection))},
        "split": plain_dict(asdict(plan.split)),
        "counts": {
            "splits": dict(Counter(membership.members.column("split").to_pylist())),
            "labels": dict(Counter(label.value for label in plan.labels)),
            "languages": dict(Counter(record.language for record in plan.records)),
            "cohorts": dict(cohorts),
            "batches": dict(Counter(label.batch_id for label in plan.labels)),
            "methods": dict(Counter(label.method for label in plan.labels)),
            "answers": sum(label.answers for label in plan.labels),
        },
        "guidelines": sorted({label.guideline_id for label in plan.labels}),
        "gates": [plain_dict(asdict(gate)) for gate in plan.gates],
        "sources": [
            {"id": source.id, "name": source.name, "kind": source.kind, **asdict(source.provenance)}
            for source in sources
        ],
        "intakes": sorted({record.intake_id for record in plan.records}),
    }


def plain_dict(value: dict[str, Any]) -> dict[str, Any]:
    """Return a mapping with only what JSON has."""
    found = plain(value)
    if not isinstance(found, dict):
        raise TypeError("expected a mapping")
    return found
