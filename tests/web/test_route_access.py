"""Every route called as every role: nobody gets what is not theirs, and a new route must say whom it is for."""

from __future__ import annotations

import uuid
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from headwater.annotation import enquiries, gold, tasks
from headwater.annotation import queries as annotation
from headwater.annotation.plan import Plan
from headwater.annotation.submissions import Submission
from headwater.governance import accounts, programs
from headwater.governance import queries as governance
from headwater.governance.model import Role
from tests.annotation import factories
from tests.serving import served
from tests.web import calls
from tests.web.access import DECLARED, ROLES
from tests.web.access_campaigns import CAMPAIGNS
from tests.web.access_quality import QUALITY
from tests.web.access_rights import RIGHTS
from tests.web.access_writes import LATE, WRITES
from tests.web.calls import SAFE, Client, client

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

    from headwater.annotation.handouts import Assignment
    from headwater.annotation.model import Campaign
    from tests.workspaces import Team

SESSION = ("POST /sign-in", "POST /sign-in/link/{secret}", "POST /sign-out", "POST /account/password")
"""Not tried, because they end or begin the sessions with which the others are tried."""
SECRETS = ("GOLDEXPLANATION", "OTHERSANSWER", "OTHERSREASON", "OTHERSNOTE", "OTHERSENQUIRY")
FOREIGN = "FOREIGNPROGRAM"
QUESTIONS = [
    {"name": "topic", "kind": "single", "options": ["billing", "fault"]},
    {"name": "why", "kind": "text", "required": False},
]


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A program with answers and gold, another program, and people of every role who call."""

    clients: dict[str, Client]
    known: dict[str, str]


@pytest.fixture
def world(team: Team) -> Iterator[World]:
    campaign = opened(team)
    given = answered(team, campaign.id)
    with team.read() as ctx:
        batch = annotation.batches(ctx, campaign.id)[0].id
        task = annotation.tasks_of(ctx, batch)[0]
        proposal = governance.proposals(ctx)[0].id
    known = {
        "program": "support",
        "campaign": campaign.id,
        "schema": campaign.schema_id,
        "guideline": campaign.guideline_id,
        "since": campaign.schema_id,
        "batch": batch,
        "task": task.id,
        "record": task.record_id,
        "lease": given.lease_id,
        "token": given.token,
        "person": team.annotators[0],
        "proposal": proposal,
        "question": "topic",
        "tier": "review",
        "act": "cancel",
        "role": "annotator",
        "subject": campaign.id,
        "identifier": campaign.id,
        "to": campaign.schema_id,
        "client": str(uuid.uuid4()),
        "verdict": "accept",
        "values": "{}",
    }
    known |= {f"{name}_id": known[name] for name in ("campaign", "schema", "guideline", "lease", "client")}
    people = {
        "annotator": team.annotators[1],
        "reviewer": team.reviewer,
        "expert": team.expert,
        "ops": team.ops,
        "lead": team.lead,
        "engineer": team.engineer,
        "outsider": outsider(team),
        "anonymous": "",
    }
    with served(team.app) as site, ExitStack() as stack:
        clients = {role: client(team.app, site.url, person) for role, person in people.items()}
        for each in clients.values():
            stack.callback(each.http.close)
        yield World(clients=clients, known=known)


def opened(team: Team) -> Campaign:
    records = factories.put_records(team, [*(f"message {place}" for place in range(6)), "golden message"])
    plan = Plan(overlap=3, gold_rate=0.3, review_rate=1.0)
    campaign = factories.plan_campaign(team, records[:6], plan=plan, data=QUESTIONS)
    with team.act(team.ops) as ctx:
        gold.mark(ctx, campaign.id, {records[6]: {"topic": "fault"}}, explanations={records[6]: SECRETS[0]})
    factories.open_planned(team, campaign.id)
    return campaign


def answered(team: Team, campaign: str) -> Assignment:
    given = factories.claim(team, campaign, team.annotators[0])
    assert given is not None
    values = {"topic": "billing", "why": SECRETS[1]}
    sent = Submission(
        lease_id=given.lease_id, token=given.token, client_id=str(uuid.uuid4()), values=values, note=SECRETS[3]
    )
    with team.act(team.annotators[0]) as ctx:
        tasks.submit(ctx, campaign, sent)
    passed = factories.claim(team, campaign, team.annotators[0])
    assert passed is not None
    with team.act(team.annotators[0]) as ctx:
        held = {"lease_id": passed.lease_id, "token": passed.token}
        asked = [enquiries.ask(ctx, campaign, **held, text=f"{SECRETS[4]} {place}") for place in range(2)]
    with team.act(team.ops) as ctx:
        enquiries.reply(ctx, asked[0].id, text=SECRETS[4])
    with team.act(team.annotators[0]) as ctx:
        tasks.skip(ctx, campaign, lease_id=passed.lease_id, token=passed.token, reason=SECRETS[2])
    return given


def outsider(team: Team) -> str:
    """Return the lead of another program."""
    with team.app.read_as() as ctx:
        admin = governance.first_admin(ctx).id
    with team.app.act_as(admin) as ctx:
        other = programs.create(ctx, slug="other", name=FOREIGN).id
    with team.app.act_as(admin, other) as ctx:
        person = accounts.add_person(ctx, handle="outsider", name="Outsider").id
        accounts.assign_role(ctx, person=person, role=Role.LEAD)
    return person


def declared() -> dict[str, tuple[str, ...]]:
    return {
        line.strip(): roles
        for roles, lines in (*DECLARED, *RIGHTS, *CAMPAIGNS, *QUALITY, *WRITES)
        for line in lines.strip().splitlines()
    }


def is_refused(reply: httpx.Response) -> bool:
    """Whether nothing was given and nothing done."""
    return reply.status_code >= 400 or reply.headers.get("location", "").startswith("/sign-in")


def test_every_route_says_for_whom_it_is_and_none_is_declared_in_vain() -> None:
    registered = [call.name for call in calls.every()]
    assert sorted(set(registered) - set(declared())) == []
    assert sorted(set(declared()) - set(registered)) == []
    assert {role for roles in declared().values() for role in roles} <= set(ROLES)


def test_no_route_takes_what_is_meant_for_another() -> None:
    before: list[calls.Call] = []
    hidden = []
    for call in calls.every():
        path = call.route.path
        hidden += [
            f"{call.name} goes to {each.name}"
            for each in before
            if (each.method, each.is_api) == (call.method, call.is_api) and each.route.path_regex.match(path)
        ]
        before.append(call)
    assert not hidden


def test_nobody_reads_what_is_not_theirs(world: World) -> None:
    wrong = []
    for call in calls.every():
        if call.method not in SAFE:
            continue
        for role, who in world.clients.items():
            reply = who.send(call, world.known)
            if role not in declared()[call.name] and not is_refused(reply):
                wrong.append(f"{role} reads {call.name}: {reply.status_code}")
            if role in declared()[call.name] and reply.status_code in {401, 403, 500}:
                wrong.append(f"{role} is refused {call.name}: {reply.status_code}")
            hidden = SECRETS if role in {"annotator", "outsider", "anonymous", "engineer"} else ()
            hidden = (*hidden, *(() if role == "outsider" else (FOREIGN,)))
            wrong += [f"{role} finds {secret} in {call.name}" for secret in hidden if secret in reply.text]
    assert not wrong


def test_the_secrets_are_where_the_entitled_find_them(world: World) -> None:
    def text(role: str, name: str) -> str:
        (call,) = (each for each in calls.every() if each.name == name)
        return world.clients[role].send(call, world.known).text

    campaign = "GET /api/v1/programs/{program}/campaigns/{campaign}"
    assert SECRETS[0] in text("ops", f"{campaign}/gold")
    assert SECRETS[1] in text("ops", f"{campaign}/export")
    assert SECRETS[2] in text("ops", f"{campaign}/skips")
    for role in ("ops", "reviewer", "expert", "lead"):
        assert SECRETS[3] in text(role, f"{campaign}/comments")
    assert SECRETS[3] in text("reviewer", "GET /p/{program}/campaigns/{campaign}/comments")
    assert SECRETS[3] in text("ops", f"{campaign}/export")
    assert SECRETS[4] in text("ops", "GET /p/{program}/enquiries")
    assert FOREIGN in text("outsider", "GET /api/v1/programs")


def is_refused_by_right(call: calls.Call, role: str, reply: httpx.Response) -> bool:
    """Whether nothing was done because of who asked: strangers to a program are told that there is none."""
    if role == "anonymous":
        return is_refused(reply)
    by_right = {403, 404} if role == "outsider" and "{program}" in call.path else {403}
    return reply.status_code in by_right or (call.name in LATE and is_refused(reply))


def test_everything_is_written_by_exactly_those_it_is_for(world: World) -> None:
    known, wrong = declared(), []
    writes = [call for call in calls.every() if call.method not in SAFE and call.name not in SESSION]
    others = [(call, role) for call in writes for role in ROLES if role not in known[call.name]]
    for call, role in others:  # first, so that what is done does not get in their way
        reply = world.clients[role].send(call, world.known)
        if not is_refused_by_right(call, role, reply):
            wrong.append(f"{role} is not refused {call.name} by right: {reply.status_code}")
    for call in writes:
        for role in set(known[call.name]) - {"lead"} or known[call.name]:  # the Accountable may do whatever others may
            reply = world.clients[role].send(call, world.known)
            if reply.status_code in {401, 403} or reply.status_code >= 500:
                wrong.append(f"{role} is refused {call.name}: {reply.status_code}")
    assert not wrong
