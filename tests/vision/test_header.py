"""What a picture's file says of itself, whatever its bytes are."""

from __future__ import annotations

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from headwater.vision.header import SHOWN, PictureError, header


def picture(form: str, size: tuple[int, int] = (7, 4), *, orientation: int = 1) -> bytes:
    """Return a picture's file."""
    file, image = BytesIO(), Image.new("RGB", size, (90, 60, 30))
    exif = image.getexif()
    exif[0x0112] = orientation
    image.save(file, form, **({"exif": exif} if form in {"JPEG", "PNG", "WEBP"} else {}))
    return file.getvalue()


@pytest.mark.parametrize("form", SHOWN)
def test_type_and_size_are_read(form: str) -> None:
    assert header(picture(form)) == (SHOWN[form], 7, 4)


@pytest.mark.parametrize(("orientation", "size"), [(1, (7, 4)), (3, (7, 4)), (6, (4, 7)), (8, (4, 7))])
def test_the_size_is_the_one_that_is_seen(orientation: int, size: tuple[int, int]) -> None:
    assert header(picture("JPEG", orientation=orientation))[1:] == size


def test_a_beginning_is_enough() -> None:
    assert header(picture("PNG", (2000, 1000))[:200]) == ("image/png", 2000, 1000)


def test_what_browsers_do_not_show_is_refused() -> None:
    with pytest.raises(PictureError, match="TIFF picture, which browsers do not show"):
        header(picture("TIFF"))
    with pytest.raises(PictureError, match="no picture"):
        header(b'<svg xmlns="http://www.w3.org/2000/svg"/>')


@given(form=st.sampled_from(sorted(SHOWN)), cut=st.integers(0, 60), noise=st.binary(max_size=40), at=st.integers(0, 60))
def test_broken_files_are_refused_and_nothing_else(form: str, cut: int, noise: bytes, at: int) -> None:
    whole = picture(form)
    for data in (noise, whole[:cut], whole[:at] + noise + whole[at:]):
        try:
            found = header(data)
        except PictureError:
            continue
        assert found.media_type in SHOWN.values()
