"""Files that jobs write: there under their name only when they are whole and on disk."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Self

from headwater.core.errors import NotFoundError
from headwater.core.ids import new_id
from headwater.storage.syncing import sync

if TYPE_CHECKING:
    from types import TracebackType

    from headwater.storage.jobs import JobStatus

KEPT_S = 7 * 24 * 3600
"""How long a file stays for whoever asked for it."""


class Target:
    """A file as it is written; leaving the `with` block puts it in its place, an error leaves nothing."""

    def __init__(self, path: Path) -> None:
        """Begin to write the file at a path."""
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._part = path.parent / f".{path.name}.{new_id('prt')}"
        self.file: BinaryIO = self._part.open("w+b")

    @classmethod
    def of_job(cls, workspace: Path, job: str, name: str) -> Self:
        """Begin the file of a job, below the workspace's folder `exports`; files of a week ago are removed."""
        folder = workspace / "exports"
        for old in folder.glob("*/*"):
            if old.stat().st_mtime < time.time() - KEPT_S:
                old.unlink(missing_ok=True)
        return cls(folder / job / name)

    def __enter__(self) -> Self:
        """Return the target."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Put the file in its place, or remove it after an error."""
        if kind is None:
            self.file.flush()
            os.fsync(self.file.fileno())
            self.file.close()
            self._part.replace(self.path)
            sync(self.path.parent)
        else:
            self.file.close()
            self._part.unlink(missing_ok=True)


def of_job(workspace: Path, status: JobStatus) -> Path:
    """Return the file that a job wrote for whoever asked for it.

    Raises:
        NotFoundError: It wrote none, is not done, or the file was removed after a week.
    """
    path = Path(str((status.result or {}).get("path", "")))
    if workspace / "exports" / status.id != path.parent or not path.is_file():
        raise NotFoundError(
            f"Job {status.id} has no file to give.", remedy="Files are there once a job is done, and for a week."
        )
    return path
