"""Pictures as items: those of a folder or ZIP archive, alone or as a list beside them names them.

A picture is read when it is looked at, and again when it is kept: none stays in memory.
"""

from __future__ import annotations

import shutil
import stat
import tempfile
import zipfile
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Protocol

from headwater.core.errors import NotFoundError
from headwater.sourcing.items import PICTURE, Chunk, Item, chunked
from headwater.sourcing.model import UnreadableFileError
from headwater.storage.objects import media_name
from headwater.vision.header import PictureError, header

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from headwater.storage.objects import ObjectStore

LISTS = (".jsonl", ".ndjson", ".csv")
_TOGETHER = 200
"""Pictures that are taken in together."""
_AT_ONCE = 8
"""Pictures that are stored at a time."""
_STORED = "media/"
_BROKEN = (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, OSError)


class Source(Protocol):
    """Items that may name pictures."""

    @property
    def total(self) -> int:
        """At least as many as there are items."""

    def chunks(self, after: int, most: int) -> Iterator[Chunk]:
        """Yield the items beyond a place, at most so many at a time."""


class Shelf(Protocol):
    """Where the pictures are."""

    names: list[str]
    """Paths of all files, in order."""

    def read(self, name: str) -> bytes:
        """Return a file.

        Raises:
            PictureError: It is not there, too large, or cannot be read.
        """


class Folder:
    """A folder of files, those of its folders among them; hidden ones are passed over."""

    def __init__(self, path: Path, longest: int) -> None:
        """Look what is there.

        Args:
            path: The folder.
            longest: Largest file read, in bytes.
        """
        self._path, self._longest = path, longest
        found = (each.relative_to(path).as_posix() for each in path.rglob("*") if each.is_file())
        self.names = sorted(name for name in found if _is_visible(name))
        self._known = frozenset(self.names)

    def read(self, name: str) -> bytes:
        """Return a file; see `Shelf`."""
        path = self._path / name
        if name not in self._known:
            raise PictureError("it is not beside the list")
        _check_size(path.stat().st_size, self._longest)
        return path.read_bytes()

    def unpacked(self, name: str, most: int) -> Path:
        """Return where a file is, of whatever length."""
        del most
        return self._path / name


class Archive:
    """A ZIP archive of files; hidden ones are passed over."""

    def __init__(self, path: Path, longest: int) -> None:
        """Look what is there.

        Args:
            path: The archive.
            longest: Largest file read, in bytes.

        Raises:
            UnreadableFileError: It is no ZIP archive.
        """
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, NotImplementedError) as error:
            raise UnreadableFileError(
                f"'{path.name}' is no ZIP archive: {error}.", remedy="Pack the folder again."
            ) from error
        self._longest = longest
        files = (each for each in self._zip.infolist() if not each.is_dir() and not _is_link(each))
        self._files = {each.filename: each for each in files if _is_visible(each.filename)}
        self.names = sorted(self._files)
        self._ends: dict[str, list[str]] = {}
        for name in self.names:
            for end in _ends(name):
                self._ends.setdefault(end, []).append(name)

    def read(self, name: str) -> bytes:
        """Return a file by its path, its end or its name, when one has it in the fewest folders; see `Shelf`."""
        if (found := self._found(name) or self._found(PurePosixPath(name).name)) is None:
            raise PictureError("it is not in the archive")
        _check_size(found.file_size, self._longest)
        try:
            return self._zip.read(found)
        except _BROKEN as error:
            raise PictureError(f"it cannot be unpacked: {error}") from error

    def _found(self, end: str) -> zipfile.ZipInfo | None:
        if end in self._files:
            return self._files[end]
        there = sorted(self._ends.get(end, ()), key=_depth)
        alone = there and (len(there) == 1 or _depth(there[0]) < _depth(there[1]))
        return self._files[there[0]] if alone else None

    def unpacked(self, name: str, most: int) -> Path:
        """Return a file of its own with what is under a name; it lasts as long as the archive.

        Raises:
            UnreadableFileError: It is longer than so many bytes, or broken.
        """
        found = self._files[name]
        if found.file_size > most:
            raise UnreadableFileError(f"The list '{name}' is longer than {most / 1e6:,.0f} MB.", remedy="Divide it.")
        self._unpacked = tempfile.NamedTemporaryFile(suffix=PurePosixPath(name).suffix)  # noqa: SIM115 -- is read later
        try:
            with self._zip.open(found) as packed:
                shutil.copyfileobj(packed, self._unpacked)
        except _BROKEN as error:
            raise UnreadableFileError(
                f"The list '{name}' cannot be unpacked: {error}.", remedy="Pack it again."
            ) from error
        self._unpacked.flush()
        return Path(self._unpacked.name)


class Stored:
    """Pictures that are in the object store already."""

    def __init__(self, objects: ObjectStore) -> None:
        """Name none: they are known by the names of their objects."""
        self.names: list[str] = []
        self._objects = objects

    def read(self, name: str) -> bytes:
        """Return a file; see `Shelf`."""
        problem = "it is not stored here; put the list and its pictures into one folder or ZIP archive"
        if not name.startswith(_STORED):
            raise PictureError(problem)
        try:
            return self._objects.get(name)
        except NotFoundError as error:
            raise PictureError(problem) from error


class Alone:
    """All files of a shelf, each an item."""

    def __init__(self, shelf: Shelf) -> None:
        """Take them in their order."""
        self._names = shelf.names
        self.total = len(self._names)

    def chunks(self, after: int, most: int) -> Iterator[Chunk]:
        """Yield the items beyond a place, at most so many at a time."""
        for start in range(after, self.total, most):
            yield Chunk.of(
                [_item(start + place, each) for place, each in enumerate(self._names[start : start + most], 1)]
            )


class Listed:
    """Items that are read once, in their order."""

    total = 0

    def __init__(self, items: Iterable[Item]) -> None:
        """Read nothing yet."""
        self._items = items

    def chunks(self, after: int, most: int) -> Iterator[Chunk]:
        """Yield the items beyond a place, at most so many at a time."""
        return chunked(self._items, after=after, most=most)


class Pictures:
    """Items with what is to be known of the pictures they name."""

    def __init__(self, items: Source, shelf: Shelf, *, base: str = "", most: int = _TOGETHER) -> None:
        """Read nothing yet.

        Args:
            items: The items.
            shelf: Where their pictures are.
            base: What the names of pictures are relative to.
            most: Most items at a time.
        """
        self.total, self._items, self._shelf, self._base, self._most = items.total, items, shelf, base, most

    def __iter__(self) -> Iterator[Item]:
        """Yield the items."""
        for chunk in self.chunks(0, self._most):
            yield from chunk.items()

    def chunks(self, after: int, most: int) -> Iterator[Chunk]:
        """Yield the items beyond a place, at most so many at a time."""
        for chunk in self._items.chunks(after, min(most, self._most)):
            for index, item in chunk.others.items():
                if "image" in item.payload and not item.problem:
                    chunk.others[index] = self._seen(item)
            yield chunk

    def _seen(self, item: Item) -> Item:
        name = str(item.payload["image"])
        path = str(PurePosixPath(self._base, name))
        try:
            data = self._shelf.read(path)
            found = header(data)
        except PictureError as error:
            return replace(item, problem=f"picture '{name}': {error}")
        size = {"width": found.width, "height": found.height}
        if isinstance(self._shelf, Stored):
            return replace(item, payload=item.payload | size)
        stored = {"image": media_name(data), "file": name}
        return replace(item, payload=item.payload | stored | size, media=partial(self._shelf.read, path))


def keep(objects: ObjectStore, items: Iterable[Item]) -> None:
    """Store the pictures of items that are kept, before anything names them; again is the same."""
    wanted = [item.media for item in items if item.media is not None]
    if wanted:
        with ThreadPoolExecutor(min(_AT_ONCE, len(wanted)), "pictures") as pool:  # a store keeps one waiting
            for _ in pool.map(lambda read: objects.put_media(read()), wanted):
                pass


def _item(place: int, name: str) -> Item:
    folder = str(PurePosixPath(name).parent)
    attributes: dict[str, object] = {} if folder == "." else {"folder": folder}
    return Item(place=place, kind=PICTURE, text=name, payload={"image": name}, attributes=attributes)


def _depth(name: str) -> int:
    return name.count("/")


def _ends(name: str) -> list[str]:
    parts = PurePosixPath(name).parts
    return ["/".join(parts[start:]) for start in range(len(parts))]


def _is_visible(name: str) -> bool:
    return not any(part.startswith((".", "__MACOSX")) for part in PurePosixPath(name).parts)


def _is_link(entry: zipfile.ZipInfo) -> bool:
    return stat.S_ISLNK(entry.external_attr >> 16)


def _check_size(size: int, longest: int) -> None:
    if size > longest:
        raise PictureError(f"it is larger than {longest / 1e6:g} MB; raise max_line_mb or make it smaller")
