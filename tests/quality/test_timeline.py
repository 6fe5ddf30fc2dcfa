"""Answers in the order of time: which were first, and parts of a campaign on their own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tests.quality.simulated import Campaign


def test_the_first_and_second_answers_to_a_task_are_those_given_first() -> None:
    it = Campaign(1, tasks=60)
    frame = it.frame()
    mixed = np.random.default_rng(0).permutation(it.task.size)
    frame = replace(frame, given=replace(frame.given, submitted_at=frame.given.submitted_at[mixed]))
    first, second = frame.firsts()
    moments = frame.given.submitted_at
    assert (np.diff(moments[first]) > 0).all()
    assert (np.diff(moments[second]) > 0).all()
    for task in range(60):
        mine = np.flatnonzero(frame.given.task == task)
        wanted = mine[np.argsort(moments[mine])][:2]
        assert [*first[frame.given.task[first] == task], *second[frame.given.task[second] == task]] == wanted.tolist()


def test_some_answers_of_a_campaign_are_a_campaign_of_their_tasks_alone() -> None:
    it = Campaign(2, tasks=60)
    frame = it.frame(lambda rows: {"slice task": np.array([f"tsk_{code}" for code in it.task[rows]])})
    rows = np.arange(40, 90)
    part = frame.only(rows)
    names = [part.given.task_ids[code] for code in part.given.task]
    assert names == [frame.given.task_ids[code] for code in it.task[rows]]
    assert set(part.given.task_ids) == set(names)
    assert part.given.gold_value.tolist() == frame.given.gold_value[rows].tolist()
    assert part.groups(np.array([3]))["slice task"].tolist() == [names[3]]
