"""Pictures made small."""

from __future__ import annotations

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from headwater.vision import thumbnail as module
from headwater.vision.header import SHOWN, PictureError, header
from headwater.vision.thumbnail import thumbnail
from tests.vision.test_header import picture


@pytest.mark.parametrize("form", SHOWN)
@pytest.mark.parametrize(("size", "small"), [((640, 320), (160, 80)), ((40, 30), (40, 30))])
def test_every_format_becomes_a_small_picture(form: str, size: tuple[int, int], small: tuple[int, int]) -> None:
    assert header(thumbnail(picture(form, size))) == ("image/webp", *small)


def test_it_is_turned_as_its_camera_says_and_says_nothing_else() -> None:
    made = thumbnail(picture("JPEG", (400, 200), orientation=6))
    assert header(made)[1:] == (80, 160)
    with Image.open(BytesIO(made)) as found:
        assert not found.getexif()


def test_what_is_clear_stays_clear() -> None:
    file = BytesIO()
    Image.new("RGBA", (300, 300), (10, 20, 30, 0)).save(file, "PNG")
    with Image.open(BytesIO(thumbnail(file.getvalue()))) as found:
        assert found.convert("RGBA").getchannel("A").getextrema() == (0, 0)


def test_one_with_too_many_pixels_is_not_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_PIXELS", 9_999)
    with pytest.raises(PictureError, match="100 × 100 pixels"):
        thumbnail(picture("PNG", (100, 100)))


@given(form=st.sampled_from(sorted(SHOWN)), cut=st.integers(0, 200), noise=st.binary(max_size=40))
def test_broken_files_are_refused_and_nothing_else(form: str, cut: int, noise: bytes) -> None:
    for data in (noise, picture(form)[:cut] + noise):
        try:
            assert header(thumbnail(data)).media_type == "image/webp"
        except PictureError:
            continue
