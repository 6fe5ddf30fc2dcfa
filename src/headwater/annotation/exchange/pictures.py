"""Sizes and names of image files."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from headwater.vision.header import PictureError, header

if TYPE_CHECKING:
    from headwater.annotation.exchange.model import Item

_UNSAFE = re.compile(r"[^\w.-]+")


class Stems:
    """Paths without ending for the files about items: those of their images, made safe, else their ids; each once."""

    def __init__(self) -> None:
        """Nothing is named yet."""
        self._taken: set[str] = set()

    def __call__(self, item: Item) -> str:
        """Return the path of an item's file."""
        name = str(item.content.get("image", "") or item.id).replace("\\", "/")
        path = PurePosixPath(PurePosixPath(name).name if name.startswith("/") or "://" in name else name)
        safe = [_UNSAFE.sub("_", part) for part in (*path.parts[:-1], path.stem) if part != ".."]
        found = first = "/".join(part for part in safe if part) or "item"
        again = 1
        while found in self._taken:
            again += 1
            found = f"{first}-{again}"
        self._taken.add(found)
        return found


def size_of(head: bytes) -> tuple[int, int]:
    """Return width and height of an image from its beginning, as it is seen; zeros when they cannot be told."""
    try:
        found = header(head)
    except PictureError:
        return 0, 0
    return found.width, found.height
