"""Every format carries what its declaration says, and no more: the loss matrix is what happens."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from headwater.annotation.exchange.formats import CODECS, Format
from headwater.annotation.exchange.model import ExchangeError, Feature
from scripts import exchange
from tests.annotation.exchange.samples import SAMPLES, Sample

if TYPE_CHECKING:
    from headwater.annotation.exchange.model import Codec


def test_every_format_has_a_codec_and_every_feature_a_sample() -> None:
    assert set(CODECS) == set(Format)
    assert set(SAMPLES) == set(Feature)


@pytest.mark.parametrize("form", Format)
@pytest.mark.parametrize("feature", Feature)
def test_a_feature_survives_a_round_trip_as_far_as_the_format_says(
    form: Format, feature: Feature, tmp_path: Path
) -> None:
    codec = CODECS[form]
    outcomes = {_outcome(codec, sample, tmp_path / f"{n}.{codec.suffix}") for n, sample in enumerate(SAMPLES[feature])}
    carried = "whole" if "whole" in outcomes else "part" if "part" in outcomes else "not"
    loss = codec.carries.get(feature)
    declared = "not" if loss is None else "part" if loss else "whole"
    assert carried == declared


def test_the_page_of_formats_is_what_the_declarations_say() -> None:
    page = Path("docs/reference/formats.md").read_text(encoding="utf-8")
    assert page == exchange.page(), "run: python scripts/exchange.py"


def _outcome(codec: Codec, sample: Sample, path: Path) -> str:
    path.write_bytes(b"".join(codec.write([sample.item], sample.questions)))
    try:
        back = list(codec.read(path, sample.questions))
    except ExchangeError:
        assert codec.name == "yolo", "only an image of unknown size cannot be read back"
        return "not"
    wanted, found = sample.seen([sample.item]), sample.seen(back)
    if _alike(wanted, found):
        return "whole"
    return "part" if _holds(found) else "not"


def _holds(found: object) -> bool:
    """Whether anything is there at all."""
    if isinstance(found, list | tuple):
        return any(map(_holds, found))
    if isinstance(found, dict):
        return any(_holds(value) for value in found.values())
    return bool(found)


def _alike(wanted: object, found: object) -> bool:
    if isinstance(wanted, dict) and isinstance(found, dict):
        return wanted.keys() == found.keys() and all(_alike(wanted[key], found[key]) for key in wanted)
    if isinstance(wanted, list | tuple) and isinstance(found, list | tuple):
        return len(wanted) == len(found) and all(map(_alike, wanted, found))
    if isinstance(wanted, float) and isinstance(found, int | float):
        return math.isclose(wanted, found, abs_tol=1e-6)
    return wanted == found
