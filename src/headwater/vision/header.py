"""What a picture's file says of itself: its type and its size as it is seen."""

from __future__ import annotations

from io import BytesIO
from typing import NamedTuple

SHOWN = {
    "PNG": "image/png",
    "JPEG": "image/jpeg",
    "GIF": "image/gif",
    "WEBP": "image/webp",
    "AVIF": "image/avif",
    "BMP": "image/bmp",
}
"""The formats that every browser shows, and runs nothing in."""
_ORIENTATION, _ON_ITS_SIDE = 0x0112, 5


class PictureError(ValueError):
    """The bytes are no picture that can be shown; the message says why."""


class Header(NamedTuple):
    """A picture's type and size."""

    media_type: str
    width: int
    """In pixels, as it is seen: turned as its camera says."""
    height: int


def header(data: bytes) -> Header:
    """Return the type and size of a picture.

    Args:
        data: The file; its beginning is enough for most pictures.

    Raises:
        PictureError: It is broken, or none of `SHOWN`.
    """
    import PIL.Image  # noqa: PLC0415 -- most processes see no picture

    try:
        with PIL.Image.open(BytesIO(data)) as picture:
            kind, (width, height) = picture.format or "", picture.size
            turned = int(picture.getexif().get(_ORIENTATION, 1)) >= _ON_ITS_SIDE
    except PIL.UnidentifiedImageError as error:
        raise PictureError("it is no picture") from error
    except Exception as error:  # whatever a broken file makes a decoder raise
        raise PictureError(f"it cannot be read as a picture: {error}") from error
    if kind not in SHOWN:
        raise PictureError(f"it is a {kind} picture, which browsers do not show; convert it to PNG")
    return Header(SHOWN[kind], *((height, width) if turned else (width, height)))
