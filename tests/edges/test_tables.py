"""Tables of the command line: estimates in brief, their methods once below, nothing lost and nothing folded oddly."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from headwater.cli import tables
from headwater.cli.console import out
from headwater.cli.tables import show
from headwater.stats.interval import Estimate, undefined

if TYPE_CHECKING:
    from collections.abc import Callable

ALPHA = Estimate(value=0.7351, low=0.7049, high=0.767, n=1681, method="Krippendorff's alpha, bootstrap")
RIGHT = Estimate(value=0.5, low=0.1, high=0.9, n=4, method="wilson")


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., list[str]]:
    """Print rows in a width and return the lines."""

    def lines(rows: list[dict[str, object]], width: int = 240) -> list[str]:
        monkeypatch.setattr(out, "width", width)
        show(rows, tuple(rows[0]))
        return [line.rstrip() for line in capsys.readouterr().out.splitlines()]

    return lines


def test_a_method_that_all_estimates_share_is_said_once_without_a_number(printed: Callable[..., list[str]]) -> None:
    lines = printed([{"of": "topic", "estimate": ALPHA}, {"of": "tone", "estimate": replace(ALPHA, value=0.71)}])
    assert lines == [
        "of     estimate",
        "topic  0.735 [0.705, 0.767] n = 1,681",
        "tone   0.710 [0.705, 0.767] n = 1,681",
        "95 % intervals: Krippendorff's alpha, bootstrap.",
    ]


def test_several_methods_have_numbers_in_order_of_appearance(printed: Callable[..., list[str]]) -> None:
    lines = printed([{"gold": RIGHT, "alpha": ALPHA}, {"gold": None, "alpha": ALPHA}])
    assert lines[1:] == [
        "0.500 [0.100, 0.900] n = 4 (1)  0.735 [0.705, 0.767] n = 1,681 (2)",
        "–                               0.735 [0.705, 0.767] n = 1,681 (2)",
        "(1) 95 % intervals: wilson.",
        "(2) 95 % intervals: Krippendorff's alpha, bootstrap.",
    ]


def test_what_has_no_interval_no_value_or_another_confidence_says_so(printed: Callable[..., list[str]]) -> None:
    lines = printed(
        [
            {"estimate": replace(RIGHT, confidence=0.975)},
            {"estimate": replace(RIGHT, low=math.nan, high=math.nan)},
            {"estimate": undefined("Only one label was given.", n=3, method="wilson")},
            {"estimate": undefined("Nothing was counted.", n=0, method="wilson")},
        ]
    )
    assert lines[1:] == [
        "0.500 [0.100, 0.900] n = 4 (1)",
        "0.500 n = 4 (2)",
        "undefined n = 3 (3)",
        "undefined n = 0 (4)",
        "(1) 97.5 % intervals: wilson.",
        "(2) Without an interval: wilson.",
        "(3) Undefined: wilson: Only one label was given.",
        "(4) Undefined: wilson: Nothing was counted.",
    ]


def test_estimates_inside_a_cell_are_in_brief_too(printed: Callable[..., list[str]]) -> None:
    lines = printed([{"by": {"gold": RIGHT, "all": (RIGHT, RIGHT)}}])
    brief = "0.500 [0.100, 0.900] n = 4"
    assert lines[1:] == [f"gold {brief}, all ({brief}, {brief})", "95 % intervals: wilson."]


def test_a_record_says_its_estimate_in_full(capsys: pytest.CaptureFixture[str]) -> None:
    show({"estimate": RIGHT}, ("estimate",))
    assert capsys.readouterr().out.rstrip() == "estimate  0.500 (95% interval 0.100 to 0.900, n = 4, wilson)"


def test_in_a_narrow_terminal_words_wrap_before_ids_and_moments_fold(printed: Callable[..., list[str]]) -> None:
    ident, moment = "cmp_01a22d5db268773c9fcde00613bf825b", datetime(2026, 5, 4, 10, 30, 15, tzinfo=UTC)
    text = "A rather long sentence that may well wrap, as sentences do."
    lines = printed([{"id": ident, "at": moment, "text": text}], 80)
    assert lines[1] == f"{ident}  2026-05-04 10:30:15Z  A rather long"
    assert lines[2].strip() == "sentence that may"


def test_where_estimates_do_not_fit_in_a_line_n_stands_below_them(printed: Callable[..., list[str]]) -> None:
    lines = printed([{"first": RIGHT, "second": RIGHT}], 45)
    assert lines[:3] == [
        "first                 second",
        "0.500 [0.100, 0.900]  0.500 [0.100, 0.900]",
        "n = 4                 n = 4",
    ]


def test_numbers_stand_below_each_other_by_their_last_digits(printed: Callable[..., list[str]]) -> None:
    assert printed([{"tasks": 7}, {"tasks": 1234}]) == ["tasks", "    7", " 1234"]
    assert printed([{"seconds": "9.5"}, {"seconds": None}, {"seconds": "12.0"}])[1:] == [
        "    9.5",
        "      –",
        "   12.0",
    ]


def test_counts_and_their_ends_are_whole_numbers(printed: Callable[..., list[str]]) -> None:
    count = Estimate(value=4, low=4.0, high=5.0, n=681, method="Spearman-Brown")
    assert printed([{"needed": count}])[1] == "4 [4, 5] n = 681"


def test_sentences_in_a_list_stand_below_each_other(printed: Callable[..., list[str]]) -> None:
    assert printed([{"a": ("One.", "Two."), "b": ("x", "y")}])[1:] == ["One.  x, y", "Two."]


def test_columns_say_names_for_ids_and_shares_in_percent(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [
        {"release_id": "rel_1", "share": 0.04408, "of": {"part": 1}},
        {"release_id": "", "share": 0.5, "of": {"part": 20}},
    ]
    release = tables.called({"rel_1": "topics@1.0.0"}, "release_id")
    show(rows, tables.columns(("release", "share"), release=release, share=tables.percent("share")))
    show(rows, ("of.part",))
    assert [line.rstrip() for line in capsys.readouterr().out.splitlines()] == [
        "release       share",
        "topics@1.0.0   4.4%",
        "–             50.0%",
        "part",
        "   1",
        "  20",
    ]


def test_an_empty_list_says_what_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    show([], ("id",))
    show([], ("id",), empty="No campaign yet.")
    assert capsys.readouterr().out.splitlines() == ["Nothing here yet.", "No campaign yet."]
