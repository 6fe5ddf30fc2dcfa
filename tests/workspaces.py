"""Fixtures: migrated workspaces on both databases, and a program with a team in its roles."""

from __future__ import annotations

import shutil
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from headwater.app.application import App, open_app
from headwater.app.workspace import init
from headwater.governance import accounts, programs, queries
from headwater.governance.model import Role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from headwater.context import Context
    from headwater.governance.model import CriticalSlice


class FakeClock:
    """A clock the test moves."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def now(self) -> datetime:
        """Return the moment, one millisecond later at each call."""
        self.moment += timedelta(milliseconds=1)
        return self.moment

    def advance(self, **parts: float) -> None:
        """Move forward, as `timedelta` counts."""
        self.moment += timedelta(**parts)


class PastClock:
    """The real time of a month ago, moved forward to let consultations end, yet never past the present.

    For workspaces that another process serves, whose clock is the machine's.
    """

    def __init__(self) -> None:
        self.offset = timedelta(days=-30)

    def now(self) -> datetime:
        """Return the moment."""
        return datetime.now(UTC) + self.offset

    def advance(self, **parts: float) -> None:
        """Move forward, as `timedelta` counts."""
        self.offset += timedelta(**parts)


@pytest.fixture(scope="session")
def _template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("template") / "workspace"
    init(directory).close()
    return directory


@pytest.fixture
def clock() -> FakeClock:
    """The time in `app` and `each_app`."""
    return FakeClock()


@pytest.fixture
def app(_template: Path, tmp_path: Path, clock: FakeClock) -> Iterator[App]:
    """A fresh workspace on SQLite."""
    directory = tmp_path / "workspace"
    shutil.copytree(_template, directory)
    with open_app(directory, clock=clock) as opened:
        yield opened


@pytest.fixture(scope="session")
def _postgres_template(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    url = _create_database(postgres_url, "template0")
    directory = tmp_path_factory.mktemp("template-postgres") / "workspace"
    init(directory, database_url=url).close()
    return url, directory


@pytest.fixture
def postgres_app(
    postgres_url: str, _postgres_template: tuple[str, Path], tmp_path: Path, clock: FakeClock
) -> Iterator[App]:
    """A fresh workspace on PostgreSQL."""
    template, template_directory = _postgres_template
    url = _create_database(postgres_url, make_url(template).database or "")
    directory = tmp_path / "workspace-postgres"
    shutil.copytree(template_directory, directory)
    file = directory / "headwater.toml"
    file.write_text(file.read_text().replace(template, url))
    with open_app(directory, clock=clock) as opened:
        yield opened
    _execute(postgres_url, f'DROP DATABASE "{make_url(url).database}" WITH (FORCE)')


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def each_app(request: pytest.FixtureRequest) -> App:
    """A fresh workspace, once on SQLite and once on PostgreSQL."""
    chosen: App = request.getfixturevalue("app" if request.param == "sqlite" else "postgres_app")
    return chosen


_counter = iter(range(1_000_000))


def _create_database(server: str, template: str) -> str:
    name = f"hw_{next(_counter)}_{id(template) % 100_000}_{datetime.now(UTC):%H%M%S%f}"
    _execute(server, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return make_url(server).set(database=name).render_as_string(hide_password=False)


def _execute(server: str, statement: str) -> None:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """A program "support" and its people, by their ids."""

    app: App
    program: str
    lead: str
    ops: str
    expert: str
    engineer: str
    reviewer: str
    annotators: tuple[str, ...]

    def act(self, person: str) -> AbstractContextManager[Context]:
        """Open a write transaction as a person of the team."""
        return self.app.act_as(person, self.program)

    def read(self, person: str = "") -> AbstractContextManager[Context]:
        """Open a read transaction as a person of the team; the operations person by default."""
        return self.app.read_as(person or self.ops, self.program)


def make_team(app: App, *, annotators: int = 4, critical_slices: Sequence[CriticalSlice] = ()) -> Team:
    """Make a program with a lead, operations, an expert, an engineer, a reviewer and annotators."""
    with app.read_as() as ctx:
        admin = queries.first_admin(ctx).id
    with app.act_as(admin) as ctx:
        program = programs.create(ctx, slug="support", name="Support assistant", critical_slices=critical_slices).id
    named = {
        "lead": Role.LEAD,
        "ops": Role.OPERATIONS,
        "expert": Role.EXPERT,
        "engineer": Role.ENGINEER,
        "reviewer": Role.REVIEWER,
    }
    everyone = named | {f"ann{number}": Role.ANNOTATOR for number in range(1, annotators + 1)}
    people = {}
    with app.act_as(admin, program) as ctx:
        for handle, role in everyone.items():
            people[handle] = accounts.add_person(ctx, handle=handle, name=handle.capitalize()).id
            accounts.assign_role(ctx, person=people[handle], role=role)
    return Team(
        app=app,
        program=program,
        annotators=tuple(people[f"ann{number}"] for number in range(1, annotators + 1)),
        **{handle: people[handle] for handle in named},
    )


@pytest.fixture
def team(app: App) -> Team:
    """A program with its people on SQLite."""
    return make_team(app)


@pytest.fixture
def each_team(each_app: App) -> Team:
    """A program with its people, once on SQLite and once on PostgreSQL."""
    return make_team(each_app)


@pytest.fixture
def team_of() -> Callable[..., Team]:
    """The function that makes a team in a workspace of one's own."""
    return make_team
