"""Agreement on spans, boxes, outlines and masks of a campaign: every group, every page, and those who mark nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from headwater.annotation import queries as annotation
from headwater.annotation.masks import rle_of
from headwater.annotation.plan import Plan
from headwater.quality import assessments, explorer, queries
from headwater.stats.agreement import marks
from tests.annotation import factories
from tests.quality.factories import answer_all

if TYPE_CHECKING:
    from collections.abc import Callable

    from headwater.stats.interval import Estimate
    from tests.workspaces import Team

KINDS = ("spans", "boxes", "polygons", "mask")
QUESTIONS = [{"name": kind, "kind": kind, "options": ["part", "fault"], "required": False} for kind in KINDS]


def drawn(*, shift: int = 0, slips: bool = False) -> Callable[[str], dict[str, object]]:
    """Return somebody who marks two things of each task, too far right, and calls some another label or misses them."""

    def answer(text: str) -> dict[str, object]:
        number = int(text.rsplit(" ", 1)[1])
        label = "fault" if (number % 2 == 0) ^ (slips and number % 4 == 0) else "part"
        if slips and number % 5 == 0:
            return {}
        left = 5 + shift + number % 3
        picture = np.zeros((30, 40), np.bool_)
        picture[5:15, left : left + 10] = True
        corners = [[left, 5], [left + 10, 5], [left + 10, 15], [left, 15]]
        return {
            "spans": {"spans": [{"id": "1", "start": shift, "end": 5 + shift, "label": label}]},
            "boxes": [{"x": left, "y": 5, "width": 10, "height": 10, "label": label}],
            "polygons": [{"points": corners, "label": label}],
            "mask": [{"label": label, "rle": rle_of(picture)}],
        }

    return answer


@pytest.fixture
def campaign(team: Team) -> str:
    image = {"image": "a.png", "width": 40, "height": 30}
    records = factories.put_records(team, [f"message {place}" for place in range(20)], payloads=[image] * 20)
    found = factories.open_campaign(team, records, plan=Plan(overlap=3), data=QUESTIONS).id
    for person, choose in zip(team.annotators, (drawn(), drawn(shift=1), drawn(slips=True)), strict=False):
        assert answer_all(team, found, person, choose) == 20
    return found


def assessed(team: Team, campaign: str, question: str) -> dict[tuple[str, str], Estimate]:
    with team.act(team.ops) as ctx:
        rows = assessments.assess(ctx, campaign, question=question, slices=["language = 'en'"])
    return {(row.metric, row.scope): row.estimate for row in rows}


def test_marks_are_measured_in_every_group_like_closed_answers(team: Team, campaign: str) -> None:
    with team.read() as ctx:
        guideline = annotation.campaign(ctx, campaign).guideline_id
    values = {}
    for kind in KINDS:
        found = assessed(team, campaign, kind)
        whole = found["agreement.alpha", f"question:{kind}"]
        assert whole.low < whole.value < whole.high
        assert (whole.n, "IoU" in whole.method) == (20, True)
        scopes = {scope for metric, scope in found if metric == "agreement.alpha"}
        assert {"label:part", "label:fault", "cohort:in-house", f"guideline:{guideline}"} <= scopes
        assert {"slice:language = 'en'"} <= scopes
        assert len([scope for scope in scopes if scope.startswith("time:")]) == 1
        assert ("gold.accuracy", "") not in found
        assert ("agreement.f1", f"question:{kind}") in found
        others = [found["agreement.with_others", f"annotator:{person}"].value for person in team.annotators[:3]]
        assert others[2] < min(others[:2])
        values[kind] = whole.value
    # Boxes, outlines and masks are the same squares.
    assert values["boxes"] == pytest.approx(values["polygons"], abs=1e-9)
    assert values["boxes"] == pytest.approx(values["mask"], abs=1e-9)


def test_spans_have_gamma_and_f1_by_strictness(team: Team, campaign: str) -> None:
    found = assessed(team, campaign, "spans")
    figures = {metric: estimate for (metric, scope), estimate in found.items() if scope == "question:spans"}
    assert 0 < figures["agreement.gamma"].value < 1
    assert "expected disorder ±" in figures["agreement.gamma"].method
    # Of three pairs one draws alike, where no slip is made; all of them within three characters.
    assert figures["agreement.f1"].value < figures["agreement.f1_overlap"].value
    assert figures["agreement.f1_boundaries"].value == pytest.approx(figures["agreement.f1_overlap"].value, abs=1e-12)
    assert all(each.low <= each.value <= each.high for each in figures.values())


def test_the_value_is_that_of_the_boxes_by_hand(team: Team, campaign: str) -> None:
    task, owner, label, corners = [], [], [], []
    for number in range(20):
        for person, choose in enumerate((drawn(), drawn(shift=1), drawn(slips=True))):
            for box in choose(f"x {number}").get("boxes", []):  # type: ignore[attr-defined]
                task.append(number)
                owner.append(person)
                label.append(["part", "fault"].index(box["label"]))
                corners.append((box["x"], 5, box["x"] + 10, 15))
    overlap = marks.of_boxes(corners)
    things = marks.match(task, owner, label, overlap, np.argwhere(np.ones((20, 3))))
    expected = marks.alpha(things, label, overlap).value
    found = assessed(team, campaign, "boxes")["agreement.alpha", "question:boxes"]
    assert found.value == pytest.approx(expected, abs=1e-12)


def test_disputes_confusions_and_pairs_of_marks_are_kept(team: Team, campaign: str) -> None:
    for kind in KINDS:
        assessed(team, campaign, kind)
        with team.read() as ctx:
            (whole,) = queries.assessments(ctx, campaign=campaign, question=kind)
            explored = explorer.explore(ctx, campaign, question=kind, labels=("part", "fault"))
        assert (whole.answers, whole.tasks) == (60, 20)
        assert {(each.given, each.instead) for each in whole.confusions} >= {("fault", "part"), ("part", "(nothing)")}
        assert len(whole.pairs) == 3
        assert whole.pairs[0].kappa.low <= whole.pairs[0].kappa.value
        assert whole.disputed[0].answers == {"fault": 2, "part": 1} or "(nothing)" in whole.disputed[0].answers
        assert sum(whole.shares.values()) == pytest.approx(1)
        assert {rule.label for rule in explored.rules} >= {"part", "fault"}
        spoken = explored.examples[0].voices[0].value
        assert spoken.startswith(("part: ", "fault: "))
        assert "{" not in spoken
