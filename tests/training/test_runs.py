"""Training runs are registered on approved releases only, and stand in the lineage of both."""

from __future__ import annotations

import pytest

from headwater.governance.model import NotYoursError
from headwater.lineage import queries as lineage
from headwater.release import service as releases
from headwater.training import queries, service
from headwater.training.model import ReleaseNotUsableError, UnknownRunError
from tests.evaluation.factories import release
from tests.workspaces import Team


def test_a_run_is_found_by_its_id_and_its_models_and_traces_to_the_release(team: Team) -> None:
    identifier = release(team)
    with team.act(team.engineer) as ctx:
        row = service.register(ctx, release="topics@1.0.0", name="small", seed=4, params={"C": 2.0})
    with team.read() as ctx:
        assert queries.run(ctx, row.id) == queries.run(ctx, row.model_id) == row
        assert [item.id for item in queries.runs(ctx, release=identifier)] == [row.id]
        assert identifier in {node.id for node in lineage.trace(ctx, row.model_id).nodes}
        assert row.model_id in {node.id for node in lineage.impact(ctx, identifier).nodes}
        with pytest.raises(UnknownRunError):
            queries.run(ctx, "none")


def test_a_withdrawn_release_is_not_trained_on(team: Team) -> None:
    identifier = release(team)
    with team.act(team.ops) as ctx:
        releases.propose_yank(ctx, identifier, summary="mislabelled")
    with team.act(team.lead) as ctx:
        releases.yank(ctx, identifier, reason="mislabelled")
    with team.act(team.engineer) as ctx, pytest.raises(ReleaseNotUsableError, match=r"topics@1.0.0 is yanked"):
        service.register(ctx, release=identifier, name="small")


def test_an_annotator_registers_nothing(team: Team) -> None:
    identifier = release(team)
    with team.act(team.annotators[0]) as ctx, pytest.raises(NotYoursError):
        service.register(ctx, release=identifier, name="small")
