"""Sizes and names of image files."""

from __future__ import annotations

import re
import struct
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from headwater.annotation.exchange.model import Item

_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_UNSAFE = re.compile(r"[^\w.-]+")


def stem(item: Item) -> str:
    """Return a file name without ending for an item: that of its image when it has one, made safe, else its id."""
    name = PurePosixPath(str(item.content.get("image", "") or item.id).replace("\\", "/")).name
    return _UNSAFE.sub("_", PurePosixPath(name).stem) or "item"


def size_of(head: bytes) -> tuple[int, int]:
    """Return width and height of a PNG, GIF, BMP or JPEG image from its beginning; zeros when they cannot be seen."""
    if head.startswith(b"\x89PNG\r\n\x1a\n") and len(head) >= 24:  # noqa: PLR2004 -- the header's length
        return struct.unpack(">II", head[16:24])
    if head[:6] in {b"GIF87a", b"GIF89a"}:
        return struct.unpack("<HH", head[6:10])
    if head.startswith(b"BM") and len(head) >= 26:  # noqa: PLR2004 -- the header's length
        width, height = struct.unpack("<ii", head[18:26])
        return width, abs(height)
    if head.startswith(b"\xff\xd8"):
        return _jpeg(head)
    return 0, 0


def _jpeg(head: bytes) -> tuple[int, int]:
    place = 2
    while place + 9 < len(head) and head[place] == 0xFF:  # noqa: PLR2004 -- begins every marker
        if head[place + 1] in _FRAMES:
            height, width = struct.unpack(">HH", head[place + 5 : place + 9])
            return width, height
        place += 2 + int(struct.unpack(">H", head[place + 2 : place + 4])[0])
    return 0, 0
