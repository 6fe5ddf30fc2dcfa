"""People and rights, inbox, proposals, the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Form, Response

from headwater.app import approvals
from headwater.core.errors import NotFoundError
from headwater.governance import decisions, ledger, notices, queries
from headwater.governance.model import Decision, Involvement, Role
from headwater.web.paging import screenful
from headwater.web.session import Visitor, back, page

if TYPE_CHECKING:
    from headwater.context import Context

router = APIRouter(prefix="/p/{program}")
LETTERS = {
    Involvement.RESPONSIBLE: "R",
    Involvement.ACCOUNTABLE: "A",
    Involvement.CONSULTED: "C",
    Involvement.INFORMED: "I",
}


@router.get("/people")
def people(visitor: Visitor) -> Response:
    """Show the members and the RACI chart, decision by decision."""
    with visitor.reading() as ctx:
        members = queries.members(ctx)
        persons = list({person.id: person for person, _ in members}.values())
        grid = [(which, _letters(ctx, which)) for which in Decision]
        return page(
            visitor,
            ctx,
            "governance/people.html",
            active="people",
            members=members,
            persons=persons if len(persons) <= 12 else persons[:12],  # noqa: PLR2004 -- columns that fit
            grid=grid,
            problems=queries.chart_problems(ctx),
            roles=list(Role),
            everyone=[one for one in queries.everyone(ctx) if one.is_active] if _administers(ctx) else [],
        )


def _administers(ctx: Context) -> bool:
    return queries.person(ctx, ctx.actor).is_admin


def _letters(ctx: Context, which: Decision) -> dict[str, str]:
    found: dict[str, str] = {}
    for how, letter in LETTERS.items():
        for person in queries.involved(ctx, which, how):
            found[person] = found.get(person, "") + letter
    return found


@router.get("/inbox")
def inbox(visitor: Visitor, after: str = "") -> Response:
    """Show the visitor's notices."""
    with visitor.reading() as ctx:
        found = screenful(lambda part: queries.notices(ctx, part=part), after)
        return page(
            visitor, ctx, "governance/inbox.html", active="inbox", notices=found.rows, more=found.more, after=after
        )


@router.post("/inbox")
def receive(visitor: Visitor) -> Response:
    """Give receipt for all notices."""
    with visitor.acting() as ctx:
        notices.receive(ctx)
    return back(visitor, "inbox")


_PLACES = {
    "alm_": "quality/alarms/{}",
    "per_": "workforce",
    "fbk_": "feedback",
    "apl_": "appeals",
    "fnd_": "findings/{}",
    "brf_": "briefs/{}",
    "enq_": "enquiries#{}",
    "comments_": "campaigns/{rest}/comments",
    "deadline_": "campaigns/{rest}",
    "automation_": "campaigns/{rest}/automation",
}
"""Where things are that have no proposal: by the prefix of their id; `rest` is what follows it."""


@router.get("/subject/{subject}")
def subject(visitor: Visitor, subject: str) -> Response:
    """Go from a notice to what it is about."""
    for prefix, place in _PLACES.items():
        if subject.startswith(prefix):
            return back(visitor, place.format(subject, rest=subject.removeprefix(prefix)))
    with visitor.reading() as ctx:
        found = queries.proposals(ctx, subject=subject)
    if not found:
        raise NotFoundError(f"There is no proposal about '{subject}'.")
    return back(visitor, f"decisions/{found[0].id}")


@router.get("/decisions/{proposal}")
def proposal(visitor: Visitor, proposal: str) -> Response:
    """Show a proposal, the opinions on it, and the forms the visitor may use."""
    with visitor.reading() as ctx:
        found = queries.proposal(ctx, proposal)
        if found is None:
            raise NotFoundError(f"There is no proposal '{proposal}'.")
        accountable = queries.involved(ctx, found.decision, Involvement.ACCOUNTABLE)
        return page(
            visitor,
            ctx,
            "governance/proposal.html",
            active="inbox",
            item=found,
            may_decide=ctx.actor in accountable and found.decided_at is None,
            accountable=accountable,
            asked=any(entry.person == ctx.actor and entry.answered_at is None for entry in found.consultations),
            log=queries.decided(ctx, subject=found.subject),
        )


@router.post("/decisions/{proposal}/answer")
def answer(
    visitor: Visitor, proposal: str, supports: Annotated[str, Form()], comment: Annotated[str, Form()] = ""
) -> Response:
    """Take in a consulted person's opinion."""
    with visitor.acting() as ctx:
        decisions.answer(ctx, proposal, supports=supports == "yes", comment=comment)
    return back(visitor, f"decisions/{proposal}")


@router.post("/decisions/{proposal}/{verdict}")
def decide(visitor: Visitor, proposal: str, verdict: str, reason: Annotated[str, Form()]) -> Response:
    """Approve or refuse as the Accountable; the thing itself moves with the decision."""
    with visitor.acting() as ctx:
        found = queries.proposal(ctx, proposal)
        if found is None or verdict not in ("approve", "refuse"):
            raise NotFoundError(f"There is no proposal '{proposal}'.")
        (approvals.approve if verdict == "approve" else approvals.refuse)(ctx, found, reason=reason)
    return back(visitor, f"decisions/{proposal}")


@router.get("/ledger")
def entries(visitor: Visitor, before: int = 0, words: str = "") -> Response:
    """Show the ledger, newest first, and whether it verifies."""
    with visitor.reading() as ctx:
        rows = queries.entries(ctx, before=before, words=words, limit=51)
        audit = ledger.verify(ctx) if not before and not words else None
        return page(
            visitor,
            ctx,
            "governance/ledger.html",
            active="ledger",
            entries=rows[:50],
            more=rows[49].seq if len(rows) > 50 else 0,  # noqa: PLR2004 -- a page
            words=words,
            audit=audit,
        )
