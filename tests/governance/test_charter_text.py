from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headwater.core.errors import InvalidError
from headwater.governance.chart import default_chart
from headwater.governance.charter_text import chart_data, chart_of, charter_data, charter_of
from headwater.governance.model import Cell, Charter, ChartError, CriticalSlice, Decision, Involvement, Role, Standard

EMPTY = Charter(version=1, purpose="", targets=(), standards=(), critical_slices=(), chart=default_chart())
IDS = {"lee": "per_1", "ops.two": "per_2"}
HANDLES = {identifier: handle for handle, identifier in IDS.items()}

words = st.text(st.characters(codec="utf-8", exclude_characters="\n"), max_size=20)
standards = st.builds(
    Standard,
    metric=st.from_regex(r"[a-z]+(\.[a-z]+)?", fullmatch=True),
    comparison=st.sampled_from([">=", "<=", "="]),
    value=st.integers(-(10**9), 10**9).map(lambda n: n / 10**7),
    scope=st.sampled_from(["", "intent", "language = 'es'"]),
)
slices = st.builds(CriticalSlice, name=words, predicate=words, minimum=st.integers(0, 10**6))
charters = st.builds(
    replace,
    st.just(EMPTY),
    purpose=words,
    targets=st.lists(words).map(tuple),
    standards=st.lists(standards).map(tuple),
    critical_slices=st.lists(slices).map(tuple),
    solo=st.booleans(),
)
parties = st.sampled_from([*(f"role:{role}" for role in Role), *HANDLES])
charts = st.frozensets(
    st.builds(
        lambda decision, how, party: Cell(decision=decision, involvement=how, party=party),
        st.sampled_from(Decision),
        st.sampled_from(Involvement),
        parties,
    )
)


@given(charters)
def test_a_charter_written_down_reads_back_as_it_was(charter: Charter) -> None:
    assert charter_of(charter_data(charter), EMPTY) == charter


@given(charts)
def test_a_chart_written_down_reads_back_as_it_was(cells: frozenset[Cell]) -> None:
    assert set(chart_of(chart_data(cells, HANDLES), IDS)) == cells


def test_what_a_file_leaves_out_stays_as_it_is() -> None:
    current = replace(EMPTY, purpose="Help", targets=("fewer calls",))
    assert charter_of({"targets": []}, current) == replace(EMPTY, purpose="Help")


def test_one_party_may_stand_without_a_list() -> None:
    assert chart_of({"line.stop": {"accountable": "@lee", "responsible": "lead"}}, IDS) == (
        Cell(decision=Decision.LINE_STOP, involvement=Involvement.ACCOUNTABLE, party="per_1"),
        Cell(decision=Decision.LINE_STOP, involvement=Involvement.RESPONSIBLE, party="role:lead"),
    )


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ([], "A charter is a mapping of purpose"),
        ({"goal": "x"}, "'goal' is no part of a charter"),
        ({"purpose": 3}, "'purpose' holds text, not 3"),
        ({"targets": "one"}, "'targets' is a list"),
        ({"standards": ["alpha > 0.7"]}, "'alpha > 0.7' is not a standard"),
        ({"standards": [7]}, "'7' is not a standard"),
        ({"critical_slices": [{"name": "a"}]}, "is not a critical slice"),
        ({"critical_slices": [{"name": "a", "predicate": "b", "minimum": "2"}]}, "is not a critical slice"),
        ({"critical_slices": ["a"]}, "is not a critical slice"),
        ({"solo": "yes"}, "'solo' is true or false"),
    ],
)
def test_a_charter_that_cannot_be_read_names_the_culprit(data: object, message: str) -> None:
    with pytest.raises(InvalidError, match=message):
        charter_of(data, EMPTY)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ([], "mapping of decisions"),
        ({"release.aprove": {}}, "'release.aprove' is not a decision"),
        ({"line.stop": "lead"}, "'line.stop' needs a mapping of responsible"),
        ({"line.stop": {"owner": "lead"}}, "'line.stop' needs a mapping of responsible"),
        ({"line.stop": {"informed": "boss"}}, "line.stop.informed names 'boss', which is not a role"),
        ({"line.stop": {"informed": ["@boss"]}}, "line.stop.informed names '@boss', whom nobody knows"),
    ],
)
def test_a_chart_that_cannot_be_read_names_the_culprit(data: object, message: str) -> None:
    with pytest.raises(ChartError, match=message):
        chart_of(data, IDS)
