"""Who made a release does not approve it, and nothing that was released changes, whoever writes to the database."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from headwater.core.errors import HeadwaterError
from headwater.governance.model import FourEyesError
from headwater.release import service, store
from headwater.release.model import Release, ReleaseId, ReleaseState, Selection, SplitPolicy
from tests.workspaces import Team


def candidate(team: Team, by: str) -> ReleaseId:
    with team.act(by) as ctx:
        row = Release(
            id=ReleaseId("rel_1"),
            dataset="topics",
            version="1.0.0",
            state=ReleaseState.CANDIDATE,
            digest="sha256:" + "0" * 64,
            parent=None,
            path="releases/rel_1",
            members=1,
            built_by=by,
            created_at=ctx.clock.now(),
            selection=Selection(question="topic"),
            split=SplitPolicy(),
        )
        store.insert(ctx.db, row, team.program, ["rec_1"])
    return row.id


def test_whoever_built_a_release_may_not_approve_it_though_another_proposed_it(team: Team) -> None:
    release = candidate(team, team.lead)
    with team.act(team.ops) as ctx:
        service.propose(ctx, release)
    team.app.clock.advance(days=8)  # type: ignore[attr-defined]
    with pytest.raises(FourEyesError), team.act(team.lead) as ctx:
        service.approve(ctx, release, reason="Mine.")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE release SET digest = 'sha256:1'",
        "UPDATE release SET members = 2",
        "UPDATE release_member SET record_id = 'rec_2'",
        "DELETE FROM release_member",
    ],
)
def test_the_database_refuses_to_change_what_was_released(each_team: Team, statement: str) -> None:
    candidate(each_team, each_team.ops)
    with pytest.raises((HeadwaterError, DBAPIError)), each_team.act(each_team.ops) as ctx:
        ctx.db.execute(sa.text(statement))
    with each_team.read() as ctx:
        assert ctx.db.execute(sa.text("SELECT digest, members FROM release")).one() == ("sha256:" + "0" * 64, 1)
        assert ctx.db.execute(sa.text("SELECT record_id FROM release_member")).scalar_one() == "rec_1"
    with each_team.act(each_team.ops) as ctx:
        assert store.set_state(ctx.db, "rel_1", old=["candidate"], new=ReleaseState.APPROVED)
