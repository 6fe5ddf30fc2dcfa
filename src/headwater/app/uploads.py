"""Files people send: streamed to the workspace's folder `uploads` and kept until the job that wanted them ends."""

from __future__ import annotations

import hashlib
import os
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Self

from headwater.core.canonical import digest
from headwater.core.errors import TooLargeError
from headwater.core.ids import new_id
from headwater.sourcing.model import UnreadableFileError
from headwater.storage.syncing import sync

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    from headwater.core.settings import Settings
    from headwater.storage.jobs import Jobs

_ABANDONED_S = 24 * 3600
_PART = ".part"
_BLOCK = 1_000_000


class Upload:
    """A file as it arrives: written chunk by chunk, and there under its name only when it is whole and on disk.

    Use it in a `with` statement: what was not finished is removed. Parts that a crash left are removed after a day.
    """

    def __init__(self, settings: Settings, name: str, *, key: str = "") -> None:
        """Begin.

        Args:
            settings: The workspace's: its folder and its limit.
            name: The file's name as the sender knows it; only its ending is used.
            key: What makes a repeat of this upload the same upload; a new one each time when empty.
        """
        self._most = settings.max_upload_mb
        self._folder = settings.directory / "uploads"
        self._folder.mkdir(exist_ok=True)
        _sweep(self._folder)
        self._stem = digest([key or new_id("upl")]).removeprefix("sha256:")[:32]
        self._name, self._suffix = name, Path(name).suffix
        self._part = self._folder / f"{new_id('upl')}{_PART}"
        self._file: BinaryIO = self._part.open("wb")
        self._hash, self._size = hashlib.sha256(), 0

    def write(self, chunk: bytes) -> None:
        """Add bytes.

        Raises:
            TooLargeError: The file is longer than the setting `max_upload_mb` allows.
        """
        self._size += len(chunk)
        if self._size > self._most * 1_000_000:
            raise TooLargeError(
                f"The file is longer than {self._most:g} MB.",
                remedy="Raise the setting max_upload_mb, or send the file in parts.",
            )
        self._hash.update(chunk)
        self._file.write(chunk)

    def finish(self) -> Path:
        """Put the file in its place and return where: the same for the same key and bytes.

        Raises:
            UnreadableFileError: Nothing was written.
        """
        if self._size == 0:
            raise UnreadableFileError(f"The file '{self._name}' is empty.", remedy="Send at least one line.")
        self._file.flush()
        os.fsync(self._file.fileno())
        path = self._folder / f"{self._stem}-{self._hash.hexdigest()[:32]}{self._suffix}"
        self._part.replace(path)
        sync(self._folder)
        return path

    def __enter__(self) -> Self:
        """Return the upload."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file; remove it unless it was finished."""
        self._file.close()
        self._part.unlink(missing_ok=True)


def received(settings: Settings, name: str, file: BinaryIO) -> Path:
    """Put a file that a form brought into the folder and return where."""
    with Upload(settings, name) as upload:
        while block := file.read(_BLOCK):
            upload.write(block)
        return upload.finish()


def discard(args: Mapping[str, Any]) -> None:
    """Remove the file of a job whose arguments say by `origin` that it was sent: nobody else needs it."""
    if "origin" in args:
        Path(args["path"]).unlink(missing_ok=True)


def hand_over(jobs: Jobs, kind: str, args: dict[str, Any], *, program: str, actor: str, key: str | None = None) -> str:
    """Start the job that wants a sent file and return its id; without a job the file is removed."""
    try:
        return jobs.start(kind, args, program=program, actor=actor, key=key)
    except Exception:
        discard(args)
        raise


def _sweep(folder: Path) -> None:
    for path in folder.glob(f"*{_PART}"):
        with suppress(FileNotFoundError):  # its own upload ended meanwhile
            if path.stat().st_mtime < time.time() - _ABANDONED_S:
                path.unlink()
