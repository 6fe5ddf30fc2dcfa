"""Skills that work asks for and nobody has: who would be given these tasks, and who can change that."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from headwater.annotation import queries
from headwater.annotation.store import assigning as store
from headwater.governance import queries as governance
from headwater.governance.authority import require
from headwater.governance.model import Decision, Involvement
from headwater.workforce import queries as people

if TYPE_CHECKING:
    from collections.abc import Iterable

    from headwater.context import Context


class Shortage(NamedTuple):
    """A skill that nobody has who answers tasks."""

    skill: str
    granters: tuple[str, ...]
    """Handles of those who can enrol people with it, or vouch for them."""

    @property
    def problem(self) -> str:
        """What is wrong, in a sentence."""
        return f"Nobody who answers tasks has the skill '{self.skill}'."

    @property
    def remedy(self) -> str:
        """What to do, in a sentence."""
        return f"Look how it is written, or let {' or '.join(self.granters) or 'somebody'} enrol people with it."


def of_skills(ctx: Context, skills: Iterable[str]) -> list[Shortage]:
    """Return those of some skills that nobody has, in the order of the alphabet; for those who run campaigns."""
    require(ctx, Decision.CAMPAIGN_OPEN)
    lacking = [skill for skill in sorted(set(skills) - {""}) if not people.holders(ctx, skill)]
    if not lacking:
        return []
    may = set(governance.involved(ctx, Decision.CAMPAIGN_OPEN, Involvement.RESPONSIBLE))
    granters = tuple(dict.fromkeys(person.handle for person, _ in governance.members(ctx) if person.id in may))
    return [Shortage(skill, granters) for skill in lacking]


def of_campaign(ctx: Context, campaign_id: str) -> list[Shortage]:
    """Return the skills that a campaign or its open tasks ask for and nobody has; for those who run campaigns."""
    campaign = queries.campaign(ctx, campaign_id)
    return of_skills(ctx, {campaign.plan.skill, *store.skills_wanted(ctx.db, campaign.id)})
