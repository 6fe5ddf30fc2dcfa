"""Use cases of sources: register, describe, propose, approve, retire."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from license_expression import ExpressionError, get_spdx_licensing

from headwater.core.canonical import digest
from headwater.core.errors import ConflictError, StaleError
from headwater.core.ids import new_id
from headwater.governance import decisions, ledger
from headwater.governance.authority import require
from headwater.governance.model import Decision
from headwater.lineage import service as lineage
from headwater.lineage.model import Node
from headwater.sourcing import queries, store
from headwater.sourcing.model import (
    REQUIRED,
    IncompleteSourceError,
    Provenance,
    Source,
    SourceId,
    SourceKind,
    SourceState,
)

if TYPE_CHECKING:
    from headwater.context import Context


def register(ctx: Context, *, name: str, kind: SourceKind, provenance: Provenance) -> Source:
    """Register a source as a draft.

    Raises:
        ConflictError: The program has a source of that name.
        IncompleteSourceError: The licence is not an SPDX expression.
    """
    require(ctx, Decision.SOURCE_APPROVE)
    if store.sources(ctx.db, ctx.program, identifier=name):
        raise ConflictError(f"There is a source '{name}' already.", remedy="Choose another name.")
    check_licence(provenance.licence)
    source = Source(
        id=SourceId(new_id("src")),
        name=name,
        kind=kind,
        state=SourceState.DRAFT,
        provenance=provenance,
        created_by=ctx.actor,
        created_at=ctx.clock.now(),
        described_by=ctx.actor,
        version=1,
    )
    store.add_source(ctx.db, source, ctx.program)
    lineage.record(ctx, activity="source.register", used=[], generated=[Node(id=source.id, kind="source", label=name)])
    ledger.append(ctx, "source.registered", subject=source.id, body={"name": name, "kind": kind})
    return source


def describe(ctx: Context, source_id: str, *, provenance: Provenance, version: int | None = None) -> Source:
    """Replace the intake form of a source; an approved one becomes a draft again.

    Raises:
        StaleError: The form changed since `version`.
    """
    require(ctx, Decision.SOURCE_APPROVE)
    source = queries.source(ctx, source_id)
    if version is not None and version != source.version:
        raise StaleError(f"Source '{source.name}' is at version {source.version}, you changed {version}.")
    check_licence(provenance.licence)
    changed = {"provenance": asdict(provenance), "state": SourceState.DRAFT.value, "described_by": ctx.actor}
    store.update_source(ctx.db, source.id, **changed)
    ledger.append(ctx, "source.described", subject=source.id, body={"digest": digest(asdict(provenance))})
    return queries.source(ctx, source.id)


def propose(ctx: Context, source_id: str) -> Source:
    """Put a source before the Accountable.

    Raises:
        IncompleteSourceError: Required fields of its form are empty; the message names them.
    """
    require(ctx, Decision.SOURCE_APPROVE)
    source = queries.source(ctx, source_id)
    holes = [name for name in REQUIRED if not str(getattr(source.provenance, name)).strip()]
    if holes:
        raise IncompleteSourceError(
            f"The form of source '{source.name}' lacks: {', '.join(holes)}.",
            remedy="Fill them (--issuer, --origin, --method, --use, --consent of `source add`), then propose again.",
        )
    summary = f"Source {source.name} ({source.kind.value}, {source.provenance.licence})"
    form = {"digest": _digest(source), "summary": summary, "author": source.described_by}
    decisions.propose(ctx, Decision.SOURCE_APPROVE, subject=source.id, **form)
    store.set_source_state(ctx.db, source.id, SourceState.PROPOSED)
    return replace(source, state=SourceState.PROPOSED)


def approve(ctx: Context, source_id: str, *, reason: str) -> Source:
    """Approve a source as the Accountable; from now on it may be taken in."""
    require(ctx, Decision.SOURCE_APPROVE)
    source = queries.source(ctx, source_id)
    decisions.approve(ctx, Decision.SOURCE_APPROVE, subject=source.id, digest=_digest(source), reason=reason)
    store.set_source_state(ctx.db, source.id, SourceState.APPROVED)
    ledger.append(ctx, "source.approved", subject=source.id, body={"digest": _digest(source)})
    return replace(source, state=SourceState.APPROVED)


def refuse(ctx: Context, source_id: str, *, reason: str) -> Source:
    """Refuse a source as the Accountable; it is a draft again."""
    require(ctx, Decision.SOURCE_APPROVE)
    source = queries.source(ctx, source_id)
    decisions.refuse(ctx, Decision.SOURCE_APPROVE, subject=source.id, reason=reason)
    store.set_source_state(ctx.db, source.id, SourceState.DRAFT)
    return replace(source, state=SourceState.DRAFT)


def retire(ctx: Context, source_id: str) -> Source:
    """Let nothing more be taken in from a source; what came from it stays."""
    require(ctx, Decision.SOURCE_APPROVE)
    source = queries.source(ctx, source_id)
    store.set_source_state(ctx.db, source.id, SourceState.RETIRED)
    ledger.append(ctx, "source.retired", subject=source.id, body={})
    return replace(source, state=SourceState.RETIRED)


def check_licence(expression: str) -> None:
    """Return only when a licence is empty or an SPDX expression of known licences and `LicenseRef-…`.

    Raises:
        IncompleteSourceError: It is neither.
    """
    words = [
        word for word in expression.replace("(", " ").replace(")", " ").split() if word not in ("AND", "OR", "WITH")
    ]
    if all(word.startswith("LicenseRef-") for word in words):
        return
    try:
        info = get_spdx_licensing().validate(expression)
    except (ExpressionError, AttributeError) as error:  # the library's own error handling can fail
        raise IncompleteSourceError(
            f"'{expression}' is not an SPDX licence expression.", remedy="For example MIT or CC-BY-4.0."
        ) from error
    unknown = [symbol for symbol in info.invalid_symbols if not str(symbol).startswith("LicenseRef-")]
    if unknown or (info.errors and not info.invalid_symbols):
        raise IncompleteSourceError(
            f"'{expression}' is not an SPDX licence expression: {'; '.join(info.errors)}.",
            remedy="For example MIT, CC-BY-4.0, or LicenseRef-our-contract for a private licence.",
        )


def _digest(source: Source) -> str:
    return digest({"name": source.name, "kind": source.kind, "provenance": asdict(source.provenance)})
