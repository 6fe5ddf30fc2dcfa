"""Making files that a library wrote survive a power cut: it closes them, but does not wait for the disk."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

_TOGETHER = 8


class Synced:
    """Which files of some folders were synced, and as of when."""

    def __init__(self) -> None:
        """Begin with none."""
        self._upto: dict[str, float] = {}

    def sync(self, root: Path) -> None:
        """Sync what is new or changed in a folder, with the names of it; does nothing where there is no such folder."""
        if not root.is_dir():
            return
        files = [Path(folder, name) for folder, _, names in os.walk(root) for name in names]
        changed = {path: path.stat().st_mtime for path in files}
        fresh = [path for path in files if changed[path] >= self._upto.get(str(path), 0)]
        folders = {folder for path in fresh for folder in path.parents if folder.is_relative_to(root)}
        with ThreadPoolExecutor(_TOGETHER) as pool:  # the file system writes at once what several wait for
            list(pool.map(sync, fresh))
            list(pool.map(sync, [*folders, root.parent]))
        self._upto |= {str(path): changed[path] + 1e-6 for path in fresh}


def sync(path: Path) -> None:
    """Make a file, or the names in a folder, survive a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
