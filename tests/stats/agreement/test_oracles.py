"""Agreement beside independent packages on random answers: missing ones, two raters, few labels, every scale."""

import math
from pathlib import Path

import numpy as np
import pytest
import scipy
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from headwater.stats.agreement import many_raters
from headwater.stats.agreement.intraclass import Form, intraclass
from headwater.stats.agreement.krippendorff import alpha
from headwater.stats.agreement.orders import concordance
from headwater.stats.agreement.patterns import count, from_table
from headwater.stats.agreement.two_raters import cohen, cohen_standard_error, scott
from headwater.stats.agreement.weights import weights
from headwater.stats.bootstrap import Resampling
from tests.stats.peers import asking

CLOSE = pytest.approx
PLAIN = Resampling(resamples=0)
FEW = settings(max_examples=30)


@pytest.fixture(scope="module")
def ask():
    with asking(Path(__file__).with_name("oracles.py")) as send:
        yield lambda what, table, **asked: send({"what": what, "table": np.asarray(table).tolist()} | asked)


@st.composite
def answered(draw, least=0, raters=5):
    """Draw units × raters of labels 1 to q with 0 for missing, and q."""
    labels = draw(st.integers(2, 5))
    shape = (draw(st.integers(2, 9)), draw(st.integers(2, raters)))
    return draw(arrays(np.int64, shape, elements=st.integers(least, labels))), labels


def long(table):
    task, annotator = np.nonzero(table)
    return task, annotator, table[task, annotator]


@FEW
@given(answered(), st.sampled_from(["nominal", "ordinal", "interval", "ratio"]))
def test_alpha_is_that_of_krippendorff(ask, drawn, level):
    table, labels = drawn
    task, annotator, answer = long(table)
    ours = alpha(task, annotator, answer.astype(float), level=level, resamples=0)
    theirs = ask("alpha", table, labels=labels, level=level)
    if ours.defined:
        assert ours.value == CLOSE(theirs, abs=1e-9)
    else:  # krippendorff refuses, divides by zero or says 1 where nothing can be told
        assert ours.note
        assert isinstance(theirs, dict) or math.isnan(theirs) or theirs == 1


@FEW
@given(answered(), st.sampled_from(["identity", "linear", "quadratic", "ordinal", "ratio"]))
def test_coefficients_are_those_of_irrcac(ask, drawn, weighting):
    table, labels = drawn
    table = table[:, table.any(axis=0)]  # irrCAC's Conger is nan as soon as one rater gave no answer at all
    assume(table.size and (table > 0).sum(axis=1).max() > 1)
    task, annotator, answer = long(table)
    theirs = ask("corrected", table, labels=labels, weighting=weighting)
    counts = count(task, annotator, answer - 1, labels=labels)
    ours = {
        name: getattr(many_raters, name)(counts, weighting=weighting, resampling=PLAIN)
        for name in ("fleiss", "gwet", "brennan_prediger")
    }
    ours["conger"] = many_raters.conger(task, annotator, answer - 1, labels=labels, weighting=weighting)
    for name, found in ours.items():
        if not found.defined or len(np.unique(answer)) == 1:  # where irrCAC divides by zero or says 1
            assert found.note
            assert math.isnan(theirs[name]) or theirs[name] == 1
        else:
            assert found.value == CLOSE(theirs[name], abs=1e-9), name


@FEW
@given(arrays(np.int64, (3, 3), elements=st.integers(0, 30)), st.sampled_from(["identity", "linear", "quadratic"]))
def test_cohens_kappa_and_its_error_are_those_of_statsmodels(ask, table, weighting):
    ours = cohen(table, weighting=weighting, resampling=PLAIN)
    assume(ours.defined)
    theirs = ask("cohen", table, weighting=weighting)
    assert ours.value == CLOSE(theirs["kappa"], abs=1e-9)
    assert cohen_standard_error(table, weights(weighting, 3)) == CLOSE(theirs["error"], abs=1e-9)


@FEW
@given(answered(least=1))
def test_fleiss_and_scott_are_those_of_statsmodels(ask, drawn):
    table, labels = drawn
    assume(len(np.unique(table)) > 1)
    counts = (table[:, :, None] == np.arange(1, labels + 1)).sum(axis=1)
    theirs = ask("fleiss", counts)
    assert many_raters.fleiss(from_table(counts), resampling=PLAIN).value == CLOSE(theirs, abs=1e-9)
    if table.shape[1] == 2:
        joint = np.zeros((labels, labels), np.int64)
        np.add.at(joint, (table[:, 0] - 1, table[:, 1] - 1), 1)
        assert scott(joint, resampling=PLAIN).value == CLOSE(theirs, abs=1e-9)


@FEW
@given(arrays(np.int64, st.tuples(st.integers(2, 7), st.integers(2, 4)), elements=st.integers(0, 9)))
def test_intraclass_correlations_follow_from_what_regressions_leave(table):
    n, k = table.shape
    thing, rater = (np.eye(size)[place.ravel()] for size, place in zip((n, k), np.indices((n, k)), strict=True))

    def left(*columns):
        design = np.column_stack([np.ones(n * k), *columns])
        return float(((table.ravel() - design @ np.linalg.lstsq(design, table.ravel())[0]) ** 2).sum())

    residual = left(thing, rater)
    rows, columns = (left(rater) - residual) / (n - 1), (left(thing) - residual) / (k - 1)
    error, within = residual / ((n - 1) * (k - 1)), left(thing) / (n * (k - 1))
    assume(error > 1e-9 and rows > error)  # below, the mean's formulas leave the range of a correlation
    expected = {  # Shrout & Fleiss 1979
        Form.ONE_WAY: (rows - within) / (rows + (k - 1) * within),
        Form.RANDOM: (rows - error) / (rows + (k - 1) * error + k * (columns - error) / n),
        Form.MIXED: (rows - error) / (rows + (k - 1) * error),
        Form.ONE_WAY_MEAN: (rows - within) / rows,
        Form.RANDOM_MEAN: (rows - error) / (rows + (columns - error) / n),
        Form.MIXED_MEAN: (rows - error) / rows,
    }
    for form, value in expected.items():
        assert intraclass(table, form).value == CLOSE(value, abs=1e-9), form


@FEW
@given(arrays(np.int64, st.tuples(st.integers(2, 6), st.integers(3, 7)), elements=st.integers(0, 4)))
def test_kendalls_w_is_friedmans_statistic_over_its_most(table):
    raters, things = table.shape
    assume(any(len(set(row)) > 1 for row in table))
    expected = scipy.stats.friedmanchisquare(*table.T).statistic / (raters * (things - 1))
    assert concordance(table) == CLOSE(expected, abs=1e-9)


def test_a_mean_of_ratings_that_contradict_each_other_has_no_reliability():
    opposed = [[1, 3], [3, 1], [1, 3], [3, 1]]
    assert intraclass(opposed, Form.ONE_WAY).value == CLOSE(-1)
    found = intraclass(opposed, Form.ONE_WAY_MEAN)
    assert math.isnan(found.value)
    assert "contradict" in found.note
