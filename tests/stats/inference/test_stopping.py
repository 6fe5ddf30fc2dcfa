"""When a task has enough answers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headwater.stats.inference.stopping import accuracy, coins, posterior


def test_two_who_agree_weigh_what_bayes_says() -> None:
    # 3 classes, a = .8: agreed class .8² = .64, each other (.1)² = .01 → .64 / .66
    assert posterior([1, 1], coins([0.8, 0.8], 3)) == pytest.approx([0.01 / 0.66, 0.64 / 0.66, 0.01 / 0.66], abs=1e-12)


def test_the_better_annotator_outweighs_two_worse_ones() -> None:
    # 2 classes: .95 · .4² = .152 against .05 · .6² = .018
    assert posterior([0, 1, 1], coins([0.95, 0.6, 0.6], 2))[0] == pytest.approx(0.152 / 0.17, abs=1e-12)


def test_what_an_annotator_mixes_up_counts_only_there() -> None:
    # who answers 1 whenever 0 or 1 is true says nothing between them: shares .75 and .25 of the two stay, 2 is out
    table = [[[0.0, 1.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]]
    assert posterior([1], table, [0.6, 0.2, 0.2]) == pytest.approx([0.75, 0.25, 0.0], abs=1e-8)


def test_no_answer_leaves_every_class_as_likely() -> None:
    assert posterior([], coins([], 4)) == pytest.approx([0.25] * 4)


def test_accuracy_is_drawn_to_the_prior() -> None:
    assert accuracy([0, 10, 95], [0, 10, 100]) == pytest.approx([4 / 5, 14 / 15, 99 / 105], abs=1e-12)


@given(st.lists(st.tuples(st.integers(0, 3), st.floats(0.3, 0.99)), max_size=30), st.permutations(range(4)))
def test_the_order_of_answers_and_the_names_of_classes_do_not_matter(
    answers: list[tuple[int, float]], names: list[int]
) -> None:
    codes, right = [code for code, _ in answers], [coin for _, coin in answers]
    found = posterior(codes, coins(right, 4))
    assert found.sum() == pytest.approx(1)
    renamed = posterior([names[code] for code in codes][::-1], coins(right[::-1], 4))
    assert renamed[names] == pytest.approx(found)


def test_labels_taken_at_a_confidence_are_right_that_often() -> None:
    rng, right, total = np.random.default_rng(5), 0, 0
    for _ in range(4000):
        truth, skill = rng.integers(3), rng.uniform(0.6, 0.95, 9)
        wrong = (truth + rng.integers(1, 3, 9)) % 3
        codes = np.where(rng.random(9) < skill, truth, wrong)
        for n in range(2, 10):
            found = posterior(codes[:n], coins(skill[:n], 3))
            if found.max() >= 0.9:
                total, right = total + 1, right + int(found.argmax() == truth)
                break
    assert total > 3500
    assert right / total > 0.9  # stopping at the first crossing overshoots, so that it is more often right
