"""From a proposal to the use case that carries it out: one inbox for decisions of every part."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headwater.annotation import campaigns, deliveries, guidelines, packages, schemas, vendors
from headwater.governance import charters, decisions, waivers
from headwater.governance.model import Decision
from headwater.quality import acceptance
from headwater.release import service as releases
from headwater.remediation import briefs
from headwater.sourcing import sources

if TYPE_CHECKING:
    from collections.abc import Callable

    from headwater.context import Context
    from headwater.governance.model import Proposal

_APPROVE: dict[Decision, Callable[..., object]] = {
    Decision.CHARTER_CHANGE: charters.approve,
    Decision.RACI_CHANGE: charters.approve_chart,
    Decision.WAIVER_GRANT: waivers.grant,
    Decision.SOURCE_APPROVE: sources.approve,
    Decision.SCHEMA_PUBLISH: schemas.approve,
    Decision.GUIDELINE_PUBLISH: guidelines.approve,
    Decision.CAMPAIGN_OPEN: campaigns.approve,
    Decision.VENDOR_ONBOARD: vendors.approve,
    Decision.PACKAGE_ISSUE: packages.issue,
    Decision.DELIVERY_ACCEPT: deliveries.accept,
    Decision.BATCH_ACCEPT: acceptance.accept,
    Decision.RELEASE_APPROVE: releases.approve,
    Decision.RELEASE_PUBLISH: releases.publish,
    Decision.RELEASE_YANK: releases.yank,
    Decision.BRIEF_AUTHORISE: briefs.authorise,
    Decision.BRIEF_CLOSE: briefs.close,
}
_REFUSE: dict[Decision, Callable[..., object]] = {
    Decision.SOURCE_APPROVE: sources.refuse,
    Decision.SCHEMA_PUBLISH: schemas.refuse,
    Decision.GUIDELINE_PUBLISH: guidelines.refuse,
    Decision.CAMPAIGN_OPEN: campaigns.refuse,
    Decision.PACKAGE_ISSUE: packages.refuse,
    Decision.DELIVERY_ACCEPT: deliveries.send_back,
    Decision.BATCH_ACCEPT: acceptance.reject,
}


def approve(ctx: Context, proposal: Proposal, *, reason: str) -> None:
    """Approve a proposal by the use case of its part, which checks rights, digest and consultation."""
    carry_out = _APPROVE.get(proposal.decision)
    if carry_out is None:
        decisions.approve(ctx, proposal.decision, subject=proposal.subject, digest=proposal.digest, reason=reason)
        return
    carry_out(ctx, proposal.subject, reason=reason)


def refuse(ctx: Context, proposal: Proposal, *, reason: str) -> None:
    """Refuse a proposal; parts that must undo something do."""
    carry_out = _REFUSE.get(proposal.decision)
    if carry_out is None:
        decisions.refuse(ctx, proposal.decision, subject=proposal.subject, reason=reason)
        return
    carry_out(ctx, proposal.subject, reason=reason)
