"""The ledger: entries, verification, checkpoints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Response

from headwater.api.session import Caller, Page, Pages, page_of
from headwater.core.errors import InvalidError
from headwater.governance import ledger, queries
from headwater.governance.chain import Audit, Checkpoint, Growth
from headwater.governance.model import LedgerEntry


@dataclass(frozen=True, slots=True)
class Verification:
    """Whether a chain holds, and what was found."""

    verified: bool
    audit: Audit


router = APIRouter(prefix="/programs/{program}/ledger", tags=["ledger"])


@router.get("")
def entries(caller: Caller, paging: Pages, words: str = "") -> Page[LedgerEntry]:
    """List entries, newest first."""
    if paging.after and not paging.after.isdecimal():
        raise InvalidError(f"'{paging.after}' is not a cursor.", remedy="Pass `next` of the page before.")
    with caller.reading() as ctx:
        rows = queries.entries(ctx, before=int(paging.after or 0), words=words, limit=paging.limit + 1)
    return page_of(rows, paging.limit, lambda row: str(row.seq))


@router.get("/verification")
def verify(caller: Caller) -> Verification:
    """Walk the chain again; names the first entry that does not hold."""
    with caller.reading() as ctx:
        audit = ledger.verify(ctx)
        return Verification(verified=audit.verified, audit=audit)


@router.get("/checkpoint")
def checkpoint(caller: Caller) -> Checkpoint:
    """Return a signed checkpoint, to be kept in a second place."""
    with caller.reading() as ctx:
        return ledger.checkpoint(ctx)


@router.get("/growth")
def growth(caller: Caller, size: Annotated[int, Query(ge=0)]) -> Growth:
    """Prove that the chain still begins with the entries of a checkpoint of that size, without showing them."""
    with caller.reading() as ctx:
        return ledger.growth(ctx, size)


@router.get("/export", response_class=Response)
def export(caller: Caller) -> Response:
    """Return the chain as lines of canonical JSON, which `headwater audit verify --file` checks anywhere."""
    with caller.reading() as ctx:
        return Response(b"".join(ledger.export(ctx)), media_type="application/jsonl")
