"""Agreement by any measure in every group, worked out when asked for."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from headwater.annotation import queries as annotation
from headwater.annotation import tasks
from headwater.annotation.plan import Plan
from headwater.core.errors import InvalidError
from headwater.governance.model import NotYoursError
from headwater.quality import queries
from headwater.quality.requested import by_measure, offers
from headwater.quality.yardsticks import Distance
from headwater.stats.agreement import krippendorff
from headwater.stats.agreement.intraclass import intraclass
from headwater.stats.agreement.orders import concordance, kendall_distances
from tests.annotation import factories
from tests.quality.factories import answer_all
from tests.quality.test_agreement_edges import typed
from tests.quality.test_assessments import QUESTIONS, careless, place, truthful

if TYPE_CHECKING:
    from headwater.quality.requested import Requested
    from headwater.stats.interval import Estimate
    from tests.workspaces import Team

MARKS = [{"name": "parts", "kind": "spans", "options": ["who", "what"], "required": False}]


def asked(team: Team, campaign: str, question: str, measure: str = "", **options: object) -> dict[str, Estimate]:
    with team.read() as ctx:
        found: Requested = by_measure(ctx, campaign, question=question, measure=measure, **options)  # type: ignore[arg-type]
    return {each.scope: each.estimate for each in found.readings}


def test_every_measure_that_makes_sense_speaks_of_every_group(team: Team) -> None:
    campaign = factories.open_campaign(team, 24, plan=Plan(overlap=3), data=QUESTIONS).id
    for person in team.annotators[:2]:
        answer_all(team, campaign, person, truthful)
    answer_all(team, campaign, team.annotators[2], careless)
    with team.read() as ctx:
        schema = annotation.schema(ctx, annotation.campaign(ctx, campaign).schema_id)
        batch = annotation.batches(ctx, campaign)[0].id
    groups = {"cohort:in-house", f"batch:{batch}", "slice:language = 'en'"}
    for question in ("topic", "urgency", "tags", "minutes", "best"):
        for offer in offers(schema.question(question)):
            if offer.against:
                with team.read() as ctx, pytest.raises(InvalidError, match="cannot be measured by"):
                    by_measure(ctx, campaign, question=question, measure=offer.name)
                continue
            found = asked(team, campaign, question, offer.name, slices=["language = 'en'"])
            assert groups <= set(found), offer.name
            assert {scope.partition(":")[0] for scope in found} >= {"question", "guideline", "time"}
            whole = found[f"question:{question}"]
            assert whole.defined, offer.name
            assert found["cohort:in-house"].value == pytest.approx(whole.value, abs=1e-12)  # everybody is of one team
    labels = asked(team, campaign, "topic", "percent")
    # Half of the tasks: two of three pairs differ there. Of "fault or not" fewer do.
    assert labels["question:topic"].value == pytest.approx(2 / 3, abs=1e-12)
    assert labels["label:fault"].value > 2 / 3
    urgency = np.array([[truthful(f"m {n}")["urgency"]] * 2 + [careless(f"m {n}")["urgency"]] for n in range(24)])
    assert asked(team, campaign, "urgency", "ICC(1,1)")["question:urgency"].value == pytest.approx(
        intraclass(urgency, "ICC(1,1)").value, abs=1e-12
    )
    assert asked(team, campaign, "urgency", "ICC(3,k)")["question:urgency"].value == pytest.approx(
        intraclass(urgency, "ICC(3,k)").value, abs=1e-12
    )
    lists = [_ranks(f"m {n}") for n in range(24)]
    expected = np.mean([concordance(each) for each in lists])
    assert asked(team, campaign, "best", "kendall-w")["question:best"].value == pytest.approx(expected, abs=1e-12)
    things = asked(team, campaign, "best", "alpha")
    assert {"label:x", "label:y", "label:z"} <= set(things)
    apart = kendall_distances(np.array(lists).reshape(-1, 3), thing=1)  # every order a kind of its own
    unit, rater = np.divmod(np.arange(72), 3)
    alone = krippendorff.alpha(unit, rater, np.arange(72), level=apart, resamples=0).value
    assert things["label:y"].value == pytest.approx(alone, abs=1e-12)
    assert things["label:y"].method.startswith("Krippendorff's alpha, Kendall")
    linear = asked(team, campaign, "urgency", "cohen", distance=Distance.LINEAR)["question:urgency"]
    assert linear.method == "Conger's kappa, linear, normal"
    told = json.loads(
        typed(team, "agreement", "by", campaign, "--question", "urgency", "--measure", "fleiss", "--json")
    )
    assert told[0]["measure"] == "fleiss"
    assert "Also: alpha, " in typed(team, "agreement", "by", campaign, "--question", "urgency", "--measure", "fleiss")
    with team.read() as ctx:
        assert queries.latest(ctx, campaign=campaign) == []  # nothing was kept
    with team.read(team.annotators[0]) as ctx, pytest.raises(NotYoursError):
        by_measure(ctx, campaign, question="topic")


def _ranks(text: str) -> list[list[float]]:
    found = []
    for values in (truthful(text), truthful(text), careless(text)):
        order: list[list[str]] = values["best"]["order"]  # type: ignore[index]
        at = {thing: float(where) for where, tied in enumerate(order) for thing in tied}
        found.append([at[thing] for thing in "xyz"])
    return found


def test_marks_are_measured_by_f1_and_gamma_in_every_group_and_label(team: Team) -> None:
    campaign = factories.open_campaign(team, 4, plan=Plan(overlap=2), data=MARKS).id
    for number, person in enumerate(team.annotators[:2]):
        while (given := factories.claim(team, campaign, person)) is not None:
            late = number and place(str(given.content["text"])) % 2
            spans = [{"start": 0, "end": 3, "label": "who"}, {"start": 4, "end": 7 - bool(late), "label": "what"}]
            submission = replace(factories.submission(given), values={"parts": {"spans": spans}})
            with team.act(person) as ctx:
                tasks.submit(ctx, campaign, submission)
    exact, gamma = asked(team, campaign, "parts", "f1"), asked(team, campaign, "parts", "gamma")
    assert exact["question:parts"].value == pytest.approx(3 / 4, abs=1e-12)  # one span of two, in half of the tasks
    assert (exact["label:who"].value, exact["label:what"].value) == (1, 0.5)
    assert exact["label:who"].low < 1
    assert set(gamma) == set(exact)
    assert gamma["label:who"].value == 1 > gamma["question:parts"].value > 0
    assert asked(team, campaign, "parts", "f1-characters")["question:parts"].value > exact["question:parts"].value
