from __future__ import annotations

import numpy as np
import pytest

from headwater.core.errors import InvalidError
from headwater.stats.inference.choose import infer
from tests.stats.inference.crowds import confused_crowd


def test_the_automatic_choice_takes_a_model_where_workers_differ() -> None:
    crowd = confused_crowd(np.random.default_rng(2))
    found = infer(crowd.task, crowd.worker, crowd.label)
    assert found.method == "dawid-skene"


def test_one_class_only_is_said_to_tell_nothing() -> None:
    found = infer([0, 0, 1], [0, 1, 0], [0, 0, 0])
    assert found.method == "majority"
    assert found.warnings


def test_arrays_of_different_length_are_refused() -> None:
    with pytest.raises(InvalidError, match="equally long"):
        infer([0, 1], [0], [0, 1])


def test_an_unknown_method_is_refused_with_the_names_of_the_others() -> None:
    with pytest.raises(InvalidError, match="majority, weighted"):
        infer([0, 1], [0, 1], [0, 1], method="guess")
