"""Agreement behind a release is measured over all its campaigns together."""

from __future__ import annotations

import numpy as np
import pytest

from headwater.annotation import batches, campaigns
from headwater.annotation import queries as annotation
from headwater.annotation.plan import Plan
from headwater.quality import pooling
from headwater.stats.agreement import krippendorff
from tests.annotation import factories
from tests.quality.factories import answer_all
from tests.workspaces import Team

OVERLAP = Plan(overlap=2)


def test_a_campaign_of_one_label_is_measured_with_the_others_not_alone(team: Team) -> None:
    ids = factories.put_records(team, [f"message {place}" for place in range(18)])
    first = factories.open_campaign(team, ids[:12], plan=OVERLAP)
    with team.act(team.ops) as ctx:
        documents = {"schema_id": first.schema_id, "guideline_id": first.guideline_id}
        second = campaigns.create(ctx, name="second", plan=OVERLAP, **documents)
        batches.add(ctx, second.id, name="one", records=ids[12:])
    factories.open_planned(team, second.id)
    mixed, narrow = first.id, second.id
    answer_all(team, mixed, team.annotators[0], lambda text: {"topic": _of(text)})
    answer_all(team, mixed, team.annotators[1], lambda text: {"topic": "praise" if text == "message 3" else _of(text)})
    answer_all(team, narrow, team.annotators[0], lambda _: {"topic": "billing"})
    answer_all(team, narrow, team.annotators[1], lambda text: {"topic": "fault" if text == "message 13" else "billing"})
    with team.read() as ctx:
        all_ = [batch.id for each in (mixed, narrow) for batch in annotation.batches(ctx, each)]
        found = pooling.agreement(ctx, "agreement.alpha", question="topic", batches=all_)
        alone = pooling.agreement(
            ctx, "agreement.alpha", question="topic", batches=[batch.id for batch in annotation.batches(ctx, narrow)]
        )
        rows = [annotation.answers(ctx, each, question="topic") for each in (mixed, narrow)]
        nothing = pooling.agreement(ctx, "agreement.alpha", question="absent", batches=all_)
    tasks = np.concatenate([rows[0].task, rows[1].task + 100])
    people = np.concatenate([np.array(each.annotator_ids)[each.annotator] for each in rows])
    values = np.concatenate([np.array(each.values)[each.value] for each in rows])
    codes = [np.unique(column, return_inverse=True)[1] for column in (people, values)]
    expected = krippendorff.alpha(tasks, *codes)
    assert found.value == pytest.approx(expected.value, abs=1e-12)
    assert found.n == expected.n
    assert alone.value < 0.5 < found.value
    assert not nothing.defined


def _of(text: str) -> str:
    return ("billing", "fault")[int(text.rsplit(" ", 1)[-1]) % 2]
