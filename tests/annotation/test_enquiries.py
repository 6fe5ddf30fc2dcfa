"""Questions to the owners of a guideline: asked about a task, answered once, seen by whom they concern."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from headwater.annotation import enquiries, guidelines
from headwater.annotation.enquiry_model import RepliedError, State, UnansweredError, UnknownEnquiryError
from headwater.annotation.model import LeaseTokenError
from headwater.core.errors import InvalidError
from headwater.governance import queries as governance
from headwater.governance.model import NotYoursError
from tests.annotation import factories

if TYPE_CHECKING:
    from headwater.annotation.enquiry_model import Enquiry
    from tests.workspaces import Team


def asked(team: Team, *, text: str = "Is an outage a fault?") -> Enquiry:
    campaign = factories.open_campaign(team, 2).id
    person = team.annotators[0]
    held = factories.claim(team, campaign, person)
    assert held is not None
    with team.act(person) as ctx:
        return enquiries.ask(ctx, campaign, lease_id=held.lease_id, token=held.token, text=text, section="fault")


def notices(team: Team, person: str) -> list[str]:
    with team.read(person) as ctx:
        return [each.text for each in governance.notices(ctx) if each.kind == "enquiry"]


def test_a_question_reaches_the_responsible_and_its_reply_who_asked(each_team: Team) -> None:
    row = asked(each_team)
    assert notices(each_team, each_team.ops) == ["A question about 'fault': Is an outage a fault?"]
    assert not notices(each_team, each_team.annotators[1])
    with each_team.act(each_team.ops) as ctx:
        told = enquiries.reply(ctx, row.id, text="It is.")
    assert (told.reply, told.replied_by) == ("It is.", each_team.ops)
    assert notices(each_team, row.author) == ["Your question was answered: It is."]
    with each_team.act(each_team.ops) as ctx, pytest.raises(RepliedError):
        enquiries.reply(ctx, row.id, text="It is not.")


def test_others_than_owners_see_their_own_questions_only(team: Team) -> None:
    row = asked(team)
    for person, expected in ((team.ops, [row.id]), (row.author, [row.id]), (team.annotators[1], [])):
        with team.read(person) as ctx:
            assert [each.id for each in enquiries.listed(ctx, state=State.WAITING)] == expected
    with team.read(team.annotators[1]) as ctx, pytest.raises(UnknownEnquiryError):
        enquiries.find(ctx, row.id)


def test_only_the_holder_of_a_task_asks_and_only_owners_reply(team: Team) -> None:
    row = asked(team)
    with team.act(row.author) as ctx, pytest.raises(NotYoursError):
        enquiries.reply(ctx, row.id, text="I say so.")
    held = factories.claim(team, row.campaign_id, team.annotators[1])
    assert held is not None
    with team.act(team.annotators[1]) as ctx, pytest.raises(LeaseTokenError):
        enquiries.ask(ctx, row.campaign_id, lease_id=held.lease_id, token="0" * 32, text="Why?")


def test_a_published_reply_is_read_by_everybody_without_who_asked(each_team: Team) -> None:
    row = asked(each_team)
    other = each_team.annotators[1]
    factories.work_through(each_team, row.campaign_id, other, limit=1)
    with each_team.act(each_team.ops) as ctx:
        with pytest.raises(UnansweredError):
            enquiries.publish(ctx, row.id)
        enquiries.reply(ctx, row.id, text="It is.")
        enquiries.publish(ctx, row.id)
        enquiries.publish(ctx, row.id)
    with each_team.read(other) as ctx:
        (seen,) = enquiries.listed(ctx, state=State.PUBLISHED)
        assert (seen.text, seen.reply, seen.author, seen.record_id, seen.task_id) == (row.text, "It is.", "", "", "")
        assert enquiries.published(ctx, row.guideline_id) == [seen] == enquiries.listed(ctx)
        assert enquiries.mine(ctx, row.campaign_id) == []
    told = notices(each_team, other)
    assert told == [f"A question about guideline topic was answered for everybody: {row.text}"]
    assert len(notices(each_team, row.author)) == 1
    with each_team.act(each_team.ops) as ctx:
        enquiries.publish(ctx, row.id, withdrawn=True)
    with each_team.read(other) as ctx:
        assert enquiries.listed(ctx) == enquiries.published(ctx, row.guideline_id) == []


def test_only_owners_publish(team: Team) -> None:
    row = asked(team)
    with team.act(team.ops) as ctx:
        enquiries.reply(ctx, row.id, text="It is.")
    for person in (row.author, team.annotators[1]):
        with team.act(person) as ctx, pytest.raises(NotYoursError):
            enquiries.publish(ctx, row.id)


def test_a_published_reply_stays_beside_later_versions_of_the_guideline(team: Team) -> None:
    row = asked(team)
    with team.act(team.ops) as ctx:
        enquiries.reply(ctx, row.id, text="It is.")
        enquiries.publish(ctx, row.id)
    later = factories.publish_guideline(team, factories.TEXT + "\nMore.\n")
    with team.read(team.annotators[1]) as ctx:
        assert [each.id for each in enquiries.published(ctx, later.id)] == [row.id]


def test_who_asked_is_told_when_the_change_it_led_to_is_published(each_team: Team) -> None:
    row = asked(each_team)
    with each_team.act(each_team.ops) as ctx:
        with pytest.raises(UnknownEnquiryError):
            guidelines.create(ctx, name="other", text="# Other", enquiry_id=row.id)
        text = f"{factories.TEXT}\nOutages are faults.\n"
        made = guidelines.create(ctx, name="topic", text=text, change="Outages.", enquiry_id=row.id)
        guidelines.propose(ctx, made.id)
        assert enquiries.find(ctx, row.id).change_id == made.id
    factories.let_consultation_lapse(each_team)
    with each_team.act(each_team.lead) as ctx:
        guidelines.approve(ctx, made.id, reason="Yes.")
    with each_team.read(row.author) as ctx:
        told = [each.text for each in governance.notices(ctx) if each.subject == made.id]
    assert told == ["Your question led to Guideline topic v2, which was published. Outages."]


@pytest.mark.parametrize("text", ["  ", "x" * 2001])
def test_a_question_has_words_and_an_end(team: Team, text: str) -> None:
    with pytest.raises(InvalidError):
        asked(team, text=text)
