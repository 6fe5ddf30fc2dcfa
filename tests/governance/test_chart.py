from __future__ import annotations

from datetime import UTC, datetime
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headwater.governance import accounts, queries
from headwater.governance.chart import default_chart, problems, resolve
from headwater.governance.model import (
    PERFORMED,
    SYSTEM,
    Cell,
    Charter,
    Decision,
    Involvement,
    Person,
    PersonId,
    Role,
    role_party,
)
from headwater.governance.store import programs as store
from tests.workspaces import Team

D = Decision.RELEASE_APPROVE
R, A, C, I = Involvement  # noqa: E741 -- the four letters


def person(handle: str, *, active: bool = True) -> Person:
    return Person(
        id=PersonId(f"per_{handle}"),
        handle=handle,
        name=handle,
        email="",
        is_admin=False,
        is_active=active,
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


LEE, OPS, EVE, GONE = person("lee"), person("ops"), person("eve"), person("gone", active=False)
TEAM = ((LEE, Role.LEAD), (OPS, Role.OPERATIONS), (EVE, Role.EXPERT))


def cell(how: Involvement, party: str, decision: Decision = D) -> Cell:
    return Cell(decision=decision, involvement=how, party=party)


def messages(*cells: Cell, members=TEAM, people=(LEE, OPS, EVE, GONE), solo: bool = False) -> list[str]:
    """What the lint says of one decision, or of the whole chart."""
    decisions = {item.decision.value for item in cells} | {""}
    found = problems(cells, members, people, solo=solo)
    return [problem.message for problem in found if problem.decision in decisions]


SOUND = (cell(A, "role:lead"), cell(R, "role:operations"))


def test_one_accountable_and_another_responsible_is_sound() -> None:
    assert messages(*SOUND, cell(C, "role:expert")) == []


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ((cell(R, "role:operations"),), "'release.approve' has no Accountable person."),
        ((*SOUND, cell(A, "per_eve")), "'release.approve' has 2 Accountable people."),
        ((cell(A, "role:lead"),), "'release.approve' has nobody Responsible."),
        (
            (cell(A, "role:lead"), cell(R, "per_lee")),
            "The Accountable of 'release.approve' is the only Responsible: nobody can propose to them.",
        ),
        ((*SOUND, cell(C, "role:lead")), "lead is Consulted on 'release.approve' but is never asked."),
        ((*SOUND, cell(C, "per_ops")), "ops is Consulted on 'release.approve' but is never asked."),
        ((*SOUND, cell(I, "role:engineer")), "Nobody holds the role engineer, which 1 entry names."),
        ((*SOUND, cell(I, "per_gone")), "gone has left, but 1 entry names them."),
        ((*SOUND, cell(I, "per_none")), "per_none has left, but 1 entry names them."),
    ],
)
def test_a_hole_is_named(cells: tuple[Cell, ...], message: str) -> None:
    assert messages(*cells) == [message]


def test_somebody_consulted_on_an_act_without_proposal_is_never_asked() -> None:
    act = Decision.INTAKE_RUN
    cells = (cell(A, "role:lead", act), cell(R, "role:operations", act), cell(C, "role:expert", act))
    assert messages(*cells) == ["expert is Consulted on 'intake.run' but is never asked."]


def test_an_accountable_may_perform_alone_what_needs_no_proposal() -> None:
    act = Decision.LINE_STOP
    assert messages(cell(A, "role:lead", act), cell(R, "role:lead", act)) == []


def test_in_a_solo_program_one_person_is_enough() -> None:
    assert messages(cell(A, "role:lead"), cell(R, "role:lead"), solo=True) == []


def test_the_default_chart_of_a_full_team_has_no_holes(team: Team) -> None:
    with team.read() as ctx:
        assert queries.chart_problems(ctx) == []


def test_people_who_leave_open_holes(team: Team) -> None:
    with team.app.act_as(SYSTEM, team.program) as ctx:
        accounts.remove_role(ctx, person=team.lead, role=Role.LEAD)
        accounts.deactivate(ctx, team.engineer)
    with team.read() as ctx:
        found = [problem.message for problem in queries.chart_problems(ctx)]
    assert "'release.approve' has no Accountable person." in found
    assert any("the role engineer" in message for message in found)


PEOPLE = (LEE, OPS, EVE, GONE)
parties = st.sampled_from([*(role_party(role) for role in Role), *(str(item.id) for item in PEOPLE), "per_none"])
charts = st.frozensets(st.builds(cell, st.sampled_from(Involvement), parties, st.sampled_from(Decision)), max_size=60)
memberships = st.frozensets(st.tuples(st.sampled_from(PEOPLE), st.sampled_from(Role)), max_size=8)


@given(charts, memberships, st.booleans())
def test_a_decision_without_a_hole_can_be_taken(
    chart: frozenset[Cell], members: frozenset[tuple[Person, Role]], solo: bool
) -> None:
    rows = sorted(members, key=lambda item: (item[0].handle, item[1]))
    holes = {problem.decision for problem in problems(tuple(chart), rows, PEOPLE, solo=solo)}
    for decision in set(Decision) - {Decision(name) for name in holes if name}:
        accountable = resolve(chart, rows, decision, A)
        responsible = resolve(chart, rows, decision, R)
        consulted = resolve(chart, rows, decision, C)
        assert len(accountable) == 1
        assert responsible
        assert {*accountable, *responsible} <= {item.id for item in PEOPLE if item.is_active}
        if decision in PERFORMED:
            assert not consulted
        elif not solo:
            assert set(responsible) - set(accountable), "nobody could propose"


@given(charts, memberships, st.booleans(), st.randoms(use_true_random=False))
def test_the_lint_does_not_depend_on_the_order_of_entries(
    chart: frozenset[Cell], members: frozenset[tuple[Person, Role]], solo: bool, random: Random
) -> None:
    cells, rows = sorted(chart), sorted(members, key=lambda item: (item[0].handle, item[1]))
    shuffled, mixed = random.sample(cells, len(cells)), random.sample(rows, len(rows))
    assert problems(cells, rows, PEOPLE, solo=solo) == problems(shuffled, mixed, PEOPLE, solo=solo)


@given(st.sampled_from(Decision), st.sampled_from(Role))
def test_the_default_chart_breaks_visibly_when_a_role_is_empty(decision: Decision, role: Role) -> None:
    everybody = [(person(each.value), each) for each in Role if each is not role]
    found = problems(default_chart(), everybody, [item for item, _ in everybody], solo=False)
    assert any(f"Nobody holds the role {role.value}" in problem.message for problem in found)
    assert (role is Role.LEAD) == (f"'{decision.value}' has no Accountable person." in [p.message for p in found])


def test_the_database_means_the_same_people_as_the_chart(each_team: Team) -> None:
    """Rights are asked in SQL and shown by rules in Python: the two must never disagree."""
    random = Random(7)
    with each_team.read() as ctx:
        everybody = [item.id for item in queries.everyone(ctx)]
    with each_team.app.act_as(SYSTEM, each_team.program) as ctx:
        accounts.deactivate(ctx, each_team.engineer)
    names = [*(role_party(role) for role in Role), *everybody]
    for _ in range(12):
        cells = {
            cell(how, random.choice(names), decision)
            for decision in random.sample(sorted(Decision), 6)
            for how in Involvement
            for _ in range(2)
        }
        with each_team.app.act_as(SYSTEM, each_team.program) as ctx:
            enforce(ctx.db, each_team.program, cells)
            members = queries.members(ctx)
            for decision in {item.decision for item in cells}:
                for how in Involvement:
                    assert queries.involved(ctx, decision, how) == resolve(cells, members, decision, how)
                acting = {who for who in everybody if store.may_act(ctx.db, each_team.program, who, decision)}
                assert acting == {*resolve(cells, members, decision, R), *resolve(cells, members, decision, A)}


def enforce(db, program: str, cells: set[Cell]) -> None:
    charter = Charter(
        version=1, purpose="", targets=(), standards=(), critical_slices=(), chart=tuple(sorted(cells)), solo=False
    )
    store.enforce(db, program, charter)
