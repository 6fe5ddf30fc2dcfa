"""A picture made small, for lists."""

from __future__ import annotations

from io import BytesIO

from headwater.vision.header import PictureError

EDGE = 160
"""Pixels of the longer side: twice what a list gives it, for dense screens."""
MOST_PIXELS = 50_000_000
"""A picture with more is not made small: decoding takes four bytes a pixel."""
_QUALITY = 78


def thumbnail(data: bytes, *, edge: int = EDGE) -> bytes:
    """Return a picture as a small WebP file, turned as its camera says and without anything else the file says.

    Args:
        data: The file.
        edge: Length of its longer side in pixels; a smaller picture keeps its size.

    Raises:
        PictureError: It is broken, or has more than `MOST_PIXELS`.
    """
    import PIL.Image  # noqa: PLC0415 -- most processes see no picture
    import PIL.ImageOps  # noqa: PLC0415

    try:
        with PIL.Image.open(BytesIO(data)) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise PictureError(f"it has {picture.width} × {picture.height} pixels")
            picture.draft("RGB", (2 * edge, 2 * edge))  # a JPEG is decoded at a part of its size
            small = PIL.ImageOps.exif_transpose(picture)
            small.thumbnail((edge, edge))
            made = BytesIO()
            small.convert("RGBA" if small.has_transparency_data else "RGB").save(made, "WEBP", quality=_QUALITY)
    except PictureError:
        raise
    except Exception as error:  # whatever a broken file makes a decoder raise
        raise PictureError(f"it cannot be read as a picture: {error}") from error
    return made.getvalue()
