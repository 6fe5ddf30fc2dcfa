"""Images of tasks: handed only to who holds the task, only as types that browsers show and never run."""

from __future__ import annotations

from dataclasses import dataclass
from threading import BoundedSemaphore
from typing import TYPE_CHECKING

from headwater.annotation import content
from headwater.annotation.model import UnknownLeaseError
from headwater.annotation.store import queue
from headwater.core.errors import InvalidError, NotFoundError
from headwater.sourcing import queries as sourcing
from headwater.vision.header import PictureError
from headwater.vision.thumbnail import thumbnail

if TYPE_CHECKING:
    from headwater.context import Context
    from headwater.storage.objects import ObjectStore

SEALED = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Content-Disposition": "inline",
}
"""Headers to send with every image: whatever its bytes are, nothing in them runs."""
_BEGINNINGS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
)
_ENDINGS = {"image/jpeg": ".jpg"}
_making = BoundedSemaphore(2)
"""A list asks for many at once, and each takes the memory of a whole picture while it is made small."""
_BOXED = {b"ftypavif": "image/avif", b"ftypavis": "image/avif"}


class ImageError(InvalidError):
    """The stored object is no image of a type that can be shown."""

    code = "bad_image"


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """An image as it is sent."""

    data: bytes
    media_type: str
    """Read from its first bytes; never what somebody claimed, never SVG."""


def of_lease(ctx: Context, lease_id: str) -> Image:
    """Return the image of a task or case the actor holds or held.

    Raises:
        UnknownLeaseError: The actor never held it.
        NotFoundError: Its record has no image, was erased, or its image is not stored.
        ImageError: What is stored is no PNG, JPEG, GIF, WebP, AVIF or BMP.
    """
    held = queue.get(ctx.db, lease_id, ctx.actor, lock=False)
    if held is None:
        raise UnknownLeaseError(f"You hold no task '{lease_id}'.", remedy="Claim a task.")
    found = content.fetch(ctx, held.record_id)
    if found is None or not found.image:
        raise NotFoundError("This task has no image.")
    return stored(ctx, found.image)


def of_record(ctx: Context, record_id: str) -> Image:
    """Return the image of a record, for those who may read records.

    Raises:
        UnknownRecordError: There is no such record.
        NotFoundError: It has no image, or its image is not stored.
        ImageError: What is stored is no PNG, JPEG, GIF, WebP, AVIF or BMP.
    """
    found = content.of_record(sourcing.record(ctx, record_id))
    if not found.image:
        raise NotFoundError("This record has no image.")
    return stored(ctx, found.image)


def small(image: Image) -> Image:
    """Return an image made small, for lists; as it is where it cannot be. Takes long: not in a transaction."""
    with _making:
        try:
            return Image(data=thumbnail(image.data), media_type="image/webp")
        except PictureError:
            return image


def stored(ctx: Context, name: str) -> Image:
    """Return a stored image by its name, which only who may see it is asked for.

    Raises:
        NotFoundError: It is not stored.
        ImageError: What is stored is no PNG, JPEG, GIF, WebP, AVIF or BMP.
    """
    return read(ctx.objects, name)


def read(objects: ObjectStore, name: str) -> Image:
    """Return a stored image; needs no transaction. Raises what `stored` does."""
    data = objects.get(name)
    return Image(data=data, media_type=media_type(data))


def media_type(data: bytes) -> str:
    """Return the type of an image by its first bytes.

    Raises:
        ImageError: It is of no type that browsers show without running anything in it.
    """
    found = next((name for beginning, name in _BEGINNINGS if data.startswith(beginning)), "")
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        found = "image/webp"
    found = found or _BOXED.get(data[4:12], "")
    if not found:
        raise ImageError(remedy="Store it as PNG, JPEG, GIF, WebP, AVIF or BMP.")
    return found


def ending(data: bytes) -> str:
    """Return the ending of the name of an image's file, with its dot; empty for what `media_type` refuses."""
    try:
        found = media_type(data)
    except ImageError:
        return ""
    return _ENDINGS.get(found, f".{found.removeprefix('image/')}")
