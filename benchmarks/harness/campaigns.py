"""A workspace with an open campaign of any size, on either database."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from headwater.annotation import batches, campaigns, queries
from headwater.annotation.plan import Plan
from headwater.app.application import open_app
from headwater.app.workspace import init
from headwater.sourcing.curation import Recipe
from headwater.sourcing.items import Item
from tests.annotation import factories
from tests.servers import postgres
from tests.sourcing.test_intakes import approved, take_in
from tests.workspaces import PastClock, Team, make_team

if TYPE_CHECKING:
    from collections.abc import Iterator

TEXT = "message {place}: my invoice shows an amount that I do not understand, please explain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """An open campaign and the people who work in it."""

    team: Team
    campaign: str
    directory: Path


@contextmanager
def database(name: str) -> Iterator[str]:
    """Yield the URL of an empty database: `SQLite` (no server, an empty URL) or a new `PostgreSQL` server."""
    if name == "SQLite":
        yield ""
    else:
        with postgres() as url:
            yield url


@contextmanager
def open_bench(url: str, tasks: int, *, annotators: int = 8, overlap: int = 1) -> Iterator[Bench]:
    """Make a workspace with an open campaign about so many records; it is removed at the end.

    Args:
        url: The database; empty for SQLite.
        tasks: How many tasks the campaign has.
        annotators: How many people work in it.
        overlap: How many answers a task wants.
    """
    with tempfile.TemporaryDirectory(prefix="headwater-bench-") as folder:
        directory = Path(folder) / "workspace"
        init(directory, database_url=url).close()
        with open_app(directory, clock=PastClock()) as app:
            team = make_team(app, annotators=annotators)
            yield Bench(team=team, campaign=_open_campaign(team, tasks, overlap), directory=directory)


def also_open(bench: Bench, name: str) -> str:
    """Open a second campaign like the first, about one record, and return its id; more can be added."""
    team = bench.team
    with team.act(team.ops) as ctx:
        first = queries.campaign(ctx, bench.campaign)
        row = campaigns.create(ctx, name=name, schema_id=first.schema_id, guideline_id=first.guideline_id)
        batches.add(ctx, row.id, name="one", records=batches.select(ctx)[:1])
    factories.open_planned(team, row.id)
    return row.id


def _open_campaign(team: Team, tasks: int, overlap: int) -> str:
    schema, guideline = factories.publish_schema(team), factories.publish_guideline(team)
    with team.act(team.ops) as ctx:
        row = campaigns.create(
            ctx, name="bench", schema_id=schema.id, guideline_id=guideline.id, plan=Plan(overlap=overlap)
        )
    source = approved(team, "first")
    items = [Item(place=place, text=TEXT.format(place=place)) for place in range(1, tasks + 1)]
    taken = take_in(team, source, items, Recipe(near_duplicate=2))
    with team.act(team.ops) as ctx:
        records = batches.select(ctx, where=f"intake_id = '{taken.id}'")
        batches.add(ctx, row.id, name="first", records=records)
    factories.open_planned(team, row.id)
    return row.id
