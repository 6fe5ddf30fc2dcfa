"""Feedback on answers reaches their authors, who may appeal against it once."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import httpx
import pytest

from headwater.annotation import appeals, queries, reviews, tasks
from headwater.annotation.appeal_model import (
    AppealState,
    AppealStateError,
    Kind,
    NotContestableError,
    UnknownFeedbackError,
)
from headwater.annotation.model import Verdict
from headwater.annotation.plan import Plan
from headwater.annotation.reviews import Opinion
from headwater.annotation.submissions import Submission
from headwater.core.errors import ConflictError, InvalidError
from headwater.governance import queries as governance
from headwater.governance.model import FourEyesError, NotYoursError
from tests.annotation.factories import answer, claim, open_campaign, work_through
from tests.quality.test_agreement_edges import caller
from tests.serving import served

if TYPE_CHECKING:
    from tests.workspaces import Team


def review(team: Team, campaign: str, verdict: Verdict, *, reviewer: str = "", topic: str = "fault") -> None:
    """Decide on the next answer under review."""
    with team.act(reviewer or team.reviewer) as ctx:
        given = reviews.claim_review(ctx, campaign).assignment
        assert given is not None
        values = {"topic": topic} if verdict is Verdict.CORRECT else {}
        sent = Submission(lease_id=given.lease_id, token=given.token, client_id=str(uuid.uuid4()), values=values)
        reviews.decide(ctx, campaign, sent, Opinion(verdict=verdict, reason="rule 4" if verdict != "accept" else ""))


def reviewed(team: Team, verdict: Verdict) -> tuple[str, str]:
    """Have one answer reviewed; returns the campaign and what its author reads about it."""
    campaign = open_campaign(team, 1, plan=Plan(review_rate=1.0)).id
    work_through(team, campaign, team.annotators[0])
    review(team, campaign, verdict)
    with team.read(team.annotators[0]) as ctx:
        return campaign, appeals.mine(ctx)[0].feedback.id


def test_a_correction_that_changes_nothing_is_refused(team: Team) -> None:
    campaign = open_campaign(team, 1, plan=Plan(review_rate=1.0)).id
    work_through(team, campaign, team.annotators[0])
    with pytest.raises(InvalidError, match="is what was answered"):
        review(team, campaign, Verdict.CORRECT, topic="billing")
    review(team, campaign, Verdict.ACCEPT)


def test_what_is_accepted_is_what_was_answered(team: Team) -> None:
    campaign = open_campaign(team, 1, plan=Plan(review_rate=1.0)).id
    work_through(team, campaign, team.annotators[0])
    with team.act(team.reviewer) as ctx:
        given = reviews.claim_review(ctx, campaign).assignment
    assert given is not None
    for topic in ("fault", "billing"):
        once = str(uuid.uuid4())
        sent = Submission(lease_id=given.lease_id, token=given.token, client_id=once, values={"topic": topic})
        with team.act(team.reviewer) as ctx:
            if topic == "billing":
                reviews.decide(ctx, campaign, sent, Opinion(verdict=Verdict.ACCEPT))
                continue
            with pytest.raises(InvalidError, match="differs from what was answered"):
                reviews.decide(ctx, campaign, sent, Opinion(verdict=Verdict.ACCEPT))


def test_a_returned_answer_stays_with_its_author_when_all_are_given_back(team: Team) -> None:
    campaign = open_campaign(team, 2, plan=Plan(review_rate=1.0)).id
    author = team.annotators[0]
    work_through(team, campaign, author, limit=1)
    review(team, campaign, Verdict.RETURN)
    again = claim(team, campaign, author)
    assert again is not None
    with team.act(author) as ctx:
        assert tasks.give_back_all(ctx, campaign) == 0
    back = claim(team, campaign, author)
    assert back is not None
    assert (back.lease_id, back.draft, back.note) == (again.lease_id, {"topic": "billing"}, "rule 4")


def test_a_case_is_read_and_decided_over_the_api(team: Team) -> None:
    campaign = open_campaign(team, 1, plan=Plan(review_rate=1.0)).id
    work_through(team, campaign, team.annotators[0])
    with served(team.app) as server, httpx.Client(base_url=f"{server.url}/api/v1/programs/support") as http:
        call, path = caller(team, http), f"/campaigns/{campaign}"
        held = call("POST", f"{path}/reviews/claim", {"holding": []}, by=team.reviewer)["task"]
        (given,) = call("GET", f"{path}/leases/{held['lease_id']}/case", by=team.reviewer)
        call("GET", f"{path}/leases/{held['lease_id']}/case", by=team.annotators[0], status=403)
        assert (set(given), given["values"]) == ({"answer_id", "values"}, {"topic": "billing"})
        said = {"verdict": "correct", "values": {"topic": "fault"}, "reason": "rule 4", "client_id": str(uuid.uuid4())}
        sent = {"lease_id": held["lease_id"], "token": held["token"], **said}
        assert call("POST", f"{path}/reviews/submit", sent, by=team.reviewer)["task"] is None
    with team.read(team.annotators[0]) as ctx:
        assert appeals.mine(ctx)[0].feedback.settled == {"topic": "fault"}


def test_the_author_reads_what_a_reviewer_did_and_why(each_team: Team) -> None:
    team = each_team
    campaign = open_campaign(team, 3, plan=Plan(review_rate=1.0)).id
    author, other = team.annotators[:2]
    work_through(team, campaign, author)
    for verdict in (Verdict.ACCEPT, Verdict.CORRECT, Verdict.RETURN):
        review(team, campaign, verdict)
    with team.read(author) as ctx:
        found = appeals.mine(ctx)
        assert [each.feedback.kind for each in found] == [Kind.RETURNED, Kind.CORRECTED, Kind.ACCEPTED]
        assert [each.feedback.reason for each in found] == ["rule 4", "rule 4", ""]
        assert (found[1].feedback.given["topic"], found[1].feedback.settled["topic"]) == ("billing", "fault")
        assert not any(each.feedback.by for each in found)  # reviewers are not named
        assert [each.is_contestable for each in found] == [True, True, False]
        assert [each.feedback.kind for each in appeals.mine(ctx, before=found[0].feedback.id)] == [
            "corrected",
            "accepted",
        ]
        told = [each.text for each in governance.notices(ctx) if each.kind == "feedback"]
        assert sorted(told) == [
            "A reviewer corrected an answer of yours: rule 4",
            "A reviewer returned an answer of yours; its task is on your desk again: rule 4",
        ]
        assert appeals.my_counts(ctx)[Kind.RETURNED] == 1
    with team.read(other) as ctx:
        assert not appeals.mine(ctx)


def test_an_upheld_appeal_lets_the_authors_answer_stand_above_the_correction(each_team: Team) -> None:
    team = each_team
    campaign, feedback = reviewed(team, Verdict.CORRECT)
    with team.act(team.annotators[0]) as ctx:
        made = appeals.appeal(ctx, feedback, reason="rule 5 goes first")
    with team.read(team.expert) as ctx:
        assert governance.notices(ctx)[0].kind == "appeal"
        assert appeals.appeals(ctx) == [made]
        assert set(queries.settled(ctx, campaign, question="topic").values()) == {"fault"}
    with team.act(team.expert) as ctx:
        done = appeals.rule(ctx, made.id, upheld=True, reason="it does")
        assert (done.state, done.ruled_by) == (AppealState.UPHELD, team.expert)
    with team.read(team.annotators[0]) as ctx:
        assert set(queries.settled(ctx, campaign, question="topic").values()) == {"billing"}
        assert appeals.mine(ctx)[0].feedback.kind is Kind.UPHELD
        assert governance.notices(ctx)[0].text == "Your appeal was upheld: your answer stands: it does"
    with team.read(team.ops) as ctx:
        (line,) = appeals.reviewers(ctx, campaign)
        assert (line.reviews, line.appeals, line.upheld.value, line.upheld.n) == (1, 1, 1.0, 1)
        assert 0 < line.upheld.low < 1


def test_an_upheld_appeal_against_a_return_puts_the_answer_into_force_again(each_team: Team) -> None:
    team = each_team
    campaign, feedback = reviewed(team, Verdict.RETURN)
    author = team.annotators[0]
    with team.read() as ctx:
        assert queries.progress(ctx, campaign).done == 0
    with team.act(author) as ctx:
        made = appeals.appeal(ctx, feedback, reason="it is right")
    with team.act(team.expert) as ctx:
        appeals.rule(ctx, made.id, upheld=True, reason="it is")
    with team.read() as ctx:
        assert queries.progress(ctx, campaign).done == 1
        columns = queries.answers(ctx, campaign)
        assert [columns.values[code] for code in columns.value] == ["billing"]
    assert claim(team, campaign, author) is None


@pytest.mark.parametrize("is_taken", [False, True])
def test_an_answer_whose_time_was_over_stands_again_while_nobody_has_its_place(team: Team, *, is_taken: bool) -> None:
    campaign, feedback = reviewed(team, Verdict.RETURN)
    author, other = team.annotators[:2]
    with team.act(author) as ctx:
        made = appeals.appeal(ctx, feedback, reason="it is right")
    team.app.clock.advance(days=4)  # type: ignore[attr-defined]
    taken = claim(team, campaign, other)
    assert taken is not None
    if not is_taken:
        with team.act(other) as ctx:
            tasks.give_back(ctx, campaign, lease_id=taken.lease_id, token=taken.token, holding=[taken.lease_id])
            tasks.give_back_all(ctx, campaign)
    with team.act(team.expert) as ctx:
        appeals.rule(ctx, made.id, upheld=True, reason="it is")
    with team.read() as ctx:
        assert queries.progress(ctx, campaign).done == int(not is_taken)
        assert set(queries.settled(ctx, campaign, question="topic").values()) == {"billing"}


def test_a_returned_answer_is_not_given_back_without_a_reason(team: Team) -> None:
    campaign, _ = reviewed(team, Verdict.RETURN)
    author = team.annotators[0]
    again = claim(team, campaign, author)
    assert again is not None
    assert again.as_data()["returned"] is True
    with team.act(author) as ctx, pytest.raises(ConflictError, match="without a reason: rule 4"):
        tasks.give_back(ctx, campaign, lease_id=again.lease_id, token=again.token)
    answer(team, campaign, author, again, topic="fault")
    with team.act(author) as ctx:
        undone = tasks.undo(ctx, campaign, lease_id=again.lease_id, token=again.token).assignment
    assert undone is not None
    assert (undone.note, undone.draft) == ("rule 4", {"topic": "fault"})
    with team.act(author) as ctx:
        tasks.skip(ctx, campaign, lease_id=again.lease_id, token=again.token, reason="I cannot tell")
    fresh = claim(team, campaign, team.annotators[1])
    assert fresh is not None
    assert (fresh.note, "returned" in fresh.as_data()) == ("", False)


def test_a_dismissed_appeal_leaves_everything_as_the_reviewer_left_it(team: Team) -> None:
    campaign, feedback = reviewed(team, Verdict.RETURN)
    author = team.annotators[0]
    with team.act(author) as ctx:
        made = appeals.appeal(ctx, feedback, reason="it is right")
    with team.act(team.expert) as ctx:
        appeals.rule(ctx, made.id, upheld=False, reason="rule 4 says otherwise")
    again = claim(team, campaign, author)
    assert again is not None
    answer(team, campaign, author, again, topic="fault")
    with team.act(team.expert) as ctx, pytest.raises(AppealStateError, match="rule 4 says otherwise"):
        appeals.rule(ctx, made.id, upheld=True, reason="after all")
    with team.read(team.ops) as ctx:
        (line,) = appeals.reviewers(ctx, campaign)
        assert (line.upheld.value, line.upheld.n) == (0.0, 1)


@pytest.mark.parametrize("upheld", [True, False])
def test_the_author_reads_what_stands_after_a_ruling_and_how_many_of_their_answers_do(team: Team, upheld: bool) -> None:
    _, feedback = reviewed(team, Verdict.CORRECT)
    with team.act(team.annotators[0]) as ctx:
        made = appeals.appeal(ctx, feedback, reason="it is right")
    with team.act(team.expert) as ctx:
        appeals.rule(ctx, made.id, upheld=upheld, reason="so it is")
    with team.read(team.annotators[0]) as ctx:
        stands = {"topic": "billing" if upheld else "fault"}
        assert [each.feedback.settled for each in appeals.mine(ctx)] == [stands, stands]
        share = appeals.my_share(ctx)
        assert (share.value, share.n) == (float(upheld), 1)


def test_an_appeal_is_made_once_in_time_and_about_ones_own_answer(team: Team) -> None:
    _, feedback = reviewed(team, Verdict.CORRECT)
    author, other = team.annotators[:2]
    with team.act(other) as ctx, pytest.raises(UnknownFeedbackError):
        appeals.appeal(ctx, feedback, reason="not mine")
    team.app.clock.advance(days=8)  # type: ignore[attr-defined]
    with team.act(author) as ctx, pytest.raises(NotContestableError, match="ended at"):
        appeals.appeal(ctx, feedback, reason="late")
    team.app.clock.advance(days=-7)  # type: ignore[attr-defined]
    with team.act(author) as ctx:
        appeals.appeal(ctx, feedback, reason="rule 5")
        with pytest.raises(NotContestableError, match="once"):
            appeals.appeal(ctx, feedback, reason="rule 5 once more")


def test_neither_reviewer_nor_author_nor_an_annotator_rules(team: Team) -> None:
    campaign = open_campaign(team, 1, plan=Plan(review_rate=1.0)).id
    work_through(team, campaign, team.annotators[0])
    review(team, campaign, Verdict.CORRECT, reviewer=team.expert)
    with team.act(team.annotators[0]) as ctx:
        made = appeals.appeal(ctx, appeals.mine(ctx)[0].feedback.id, reason="rule 5")
    with team.act(team.expert) as ctx, pytest.raises(FourEyesError):
        appeals.rule(ctx, made.id, upheld=False, reason="I was right")
    with team.act(team.annotators[1]) as ctx, pytest.raises(NotYoursError):
        appeals.rule(ctx, made.id, upheld=True, reason="a friend")


def test_an_experts_ruling_reaches_those_who_answered_otherwise(team: Team) -> None:
    campaign = open_campaign(team, 1, plan=Plan(overlap=2)).id
    first, second = team.annotators[:2]
    work_through(team, campaign, first, topic="billing")
    work_through(team, campaign, second, topic="fault")
    with team.act(team.expert) as ctx:
        task = queries.disagreements(ctx, campaign)[0].task_id
        reviews.settle(ctx, campaign, task, {"topic": "fault"}, reason="broken, not billed")
    with team.read(first) as ctx:
        assert appeals.mine(ctx)[0].feedback.differs
        assert [each.text for each in governance.notices(ctx)] == [
            "An expert settled a task otherwise than you answered it: broken, not billed"
        ]
    with team.read(second) as ctx:
        assert not appeals.mine(ctx)[0].feedback.differs
        assert not governance.notices(ctx)
