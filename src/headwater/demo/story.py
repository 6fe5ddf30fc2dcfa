"""The stage of the demonstration: a workspace, its people, and acts that each happen once.

Killed at any moment and run again, the demonstration goes on: every act is remembered in the transaction that
did it, long steps go on where they were, and everything random is drawn from the seed and from what it is about.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from headwater.app.application import App, open_app
from headwater.app.workspace import init
from headwater.core.errors import ConflictError
from headwater.core.settings import FILE_NAME
from headwater.demo import content
from headwater.demo.lots import Lots
from headwater.demo.people import HURRIED_TEAM, ROLES, Behaviour, Hurry, cohorts, hurry
from headwater.governance import accounts, decisions, programs, queries
from headwater.governance.model import SYSTEM, Decision, ProposalState, Role
from headwater.storage.once import once
from headwater.workforce import service as workforce
from headwater.workforce.model import Affiliation

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from headwater.context import Context

SLUG = "support"


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A demonstration under way."""

    app: App
    program: str
    seed: int
    people: dict[str, str]
    """Person by handle."""
    teams: tuple[Behaviour, ...]
    """The simulated annotators' behaviour, planted by the seed."""
    tell: Callable[[str], None]
    """Told what happens, one line at a time."""
    progress: Callable[[str, int, int], None]
    """Told how far a long step is: its name, done, total."""

    def act(self, handle: str) -> AbstractContextManager[Context]:
        """Open a write transaction as a person."""
        return self.app.act_as(self.people[handle], self.program)

    def read(self, handle: str = "operations") -> AbstractContextManager[Context]:
        """Open a read transaction as a person."""
        return self.app.read_as(self.people[handle], self.program)

    def once(self, key: str, handle: str, act: Callable[[Context], dict[str, Any]]) -> dict[str, Any]:
        """Let a person do something once; a rerun gets what came of it."""
        with self.act(handle) as ctx:
            return once(ctx, f"demo:{key}", lambda: act(ctx))

    def rng(self, *about: object) -> np.random.Generator:
        """Return a generator that depends only on the seed and on what it is about."""
        return np.random.default_rng([self.seed, *(zlib.crc32(str(part).encode()) for part in about)])

    def members(self, team: str) -> list[str]:
        """Return the handles of a team's annotators."""
        size = next(each.size for each in self.teams if each.team == team)
        return [f"{team}-{number}" for number in range(1, size + 1)]

    @property
    def hurry(self) -> Hurry:
        """Who hurries in the first campaign, and how."""
        return hurry(self.members(HURRIED_TEAM), self.rng("hurry"))

    def decide(self, key: str, subject: str, decision: Decision, approve: Callable[[Context], object]) -> None:
        """Let the expert be heard where consulted, then let the lead approve."""

        def heard(ctx: Context) -> dict[str, Any]:
            for proposal in queries.proposals(ctx, state=ProposalState.OPEN, subject=subject):
                asked = {item.person for item in proposal.consultations if item.answered_at is None}
                if proposal.decision is decision and ctx.actor in asked:
                    decisions.answer(ctx, proposal.id, supports=True, comment="No objection from the domain.")
            return {}

        def approved(ctx: Context) -> dict[str, Any]:
            approve(ctx)
            return {}

        self.once(f"{key}:heard", "expert", heard)
        self.once(f"{key}:approved", "lead", approved)


def begin(
    directory: Path, *, seed: int, tell: Callable[[str], None], progress: Callable[[str, int, int], None]
) -> Story:
    """Open the demonstration's workspace, made when it is not there, with its program and people.

    Raises:
        ConflictError: The workspace is of a demonstration with another seed.
    """
    if not (directory / FILE_NAME).exists():
        init(directory).close()
    app = open_app(directory)
    with app.act_as(SYSTEM) as ctx:
        made = once(ctx, "demo:seed", lambda: {"seed": seed})
    if made["seed"] != seed:
        app.close()
        raise ConflictError(
            f"'{directory}' holds the demonstration of seed {made['seed']}.",
            remedy=f"Run it with --seed {made['seed']}, or choose another --directory.",
        )
    teams = cohorts(np.random.default_rng(seed))
    with app.act_as(SYSTEM) as ctx:
        program = once(ctx, "demo:program", lambda: _program(ctx))["program"]
    with app.act_as(SYSTEM, program) as ctx:
        people = once(ctx, "demo:people", lambda: _people(ctx, teams))
    lots = Lots.of(directory / "keys", seed=seed, handles={person: handle for handle, person in people.items()})
    app = replace(app, keys=lots)
    story = Story(app=app, program=program, seed=seed, people=people, teams=teams, tell=tell, progress=progress)
    story.once("enrol", "operations", lambda ctx: _enrol(ctx, story))
    return story


def _program(ctx: Context) -> dict[str, Any]:
    program = programs.create(
        ctx,
        slug=SLUG,
        name="Support assistant",
        purpose=content.PURPOSE,
        targets=content.TARGETS,
        standards=content.STANDARDS,
        critical_slices=content.CRITICAL_SLICES,
    )
    return {"program": program.id}


def _people(ctx: Context, teams: tuple[Behaviour, ...]) -> dict[str, Any]:
    roles = dict(ROLES) | {"reviewer": Role.REVIEWER}
    roles |= {f"{each.team}-{n}": Role.ANNOTATOR for each in teams for n in range(1, each.size + 1)}
    people = {}
    for handle, role in roles.items():
        name = handle.capitalize() if role is not Role.ANNOTATOR else f"Simulated annotator {handle}"
        people[handle] = accounts.add_person(ctx, handle=handle, name=name).id
        accounts.assign_role(ctx, person=people[handle], role=role)
    return people


def _enrol(ctx: Context, story: Story) -> dict[str, Any]:
    for each in story.teams:
        affiliation = Affiliation.VENDOR if each.team.startswith("vendor") else Affiliation.IN_HOUSE
        for handle in story.members(each.team):
            person = story.people[handle]
            workforce.enrol(ctx, person, team=each.team, skills=[f"team:{each.team}"], affiliation=affiliation)
    return {}
