"""Who is listed in the workforce: everybody who may answer, enrolled or not, for those who run campaigns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headwater.workforce import queries, service

if TYPE_CHECKING:
    from tests.workspaces import Team


def test_who_may_answer_is_listed_before_anybody_enrols_them(team: Team) -> None:
    first, second = team.annotators[:2]
    with team.act(team.ops) as ctx:
        service.enrol(ctx, first, team="alpine")
    with team.read(team.ops) as ctx:
        rows = queries.annotators(ctx)
    assert [row.person for row in rows if row.version] == [first]
    assert {row.person for row in rows} >= set(team.annotators)
    assert [(row.team, row.person) for row in rows] == sorted((row.team, row.person) for row in rows)
    with team.act(team.ops) as ctx:
        service.stop(ctx, second, reason="errors on gold")
    with team.read(second) as ctx:
        assert {row.person: bool(row.stop) for row in queries.annotators(ctx)} == {first: False, second: True}
    with team.read(team.annotators[2]) as ctx:  # others who were never enrolled are not listed
        assert {row.person for row in queries.annotators(ctx)} == {first, second, team.annotators[2]}
