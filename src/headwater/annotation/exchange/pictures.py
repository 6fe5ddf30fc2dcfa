"""Sizes and names of image files."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from headwater.vision.header import PictureError, header

if TYPE_CHECKING:
    from headwater.annotation.exchange.model import Item

_UNSAFE = re.compile(r"[^\w.-]+")


def stem(item: Item) -> str:
    """Return a file name without ending for an item: that of its image when it has one, made safe, else its id."""
    name = PurePosixPath(str(item.content.get("image", "") or item.id).replace("\\", "/")).name
    return _UNSAFE.sub("_", PurePosixPath(name).stem) or "item"


def size_of(head: bytes) -> tuple[int, int]:
    """Return width and height of an image from its beginning, as it is seen; zeros when they cannot be told."""
    try:
        found = header(head)
    except PictureError:
        return 0, 0
    return found.width, found.height
