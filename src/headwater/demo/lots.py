"""Where hidden gold falls in the demonstration: drawn from the seed, so that one seed tells one story."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Self

from headwater.storage.keys import Keys

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class Lots(Keys):
    """A workspace's keys whose lots for gold come from the seed and from names: keys and ids differ between runs.

    Only the demonstration draws so. Served afterwards, its workspace draws with its own secret again.
    """

    seed: int
    handles: Mapping[str, str]
    """Handle by person."""

    @classmethod
    def of(cls, directory: Path, *, seed: int, handles: Mapping[str, str]) -> Self:
        """Return the keys in a folder, with these lots."""
        found = cls.load(directory)
        found.seed, found.handles = seed, handles
        return found

    def hmac(self, purpose: str, data: bytes) -> str:
        """Return the keyed hash of the workspace, of a lot for gold (`campaign:person:what`) that of seed and names."""
        if purpose != "gold":
            return super().hmac(purpose, data)
        _, person, what = data.decode().split(":", 2)
        return hashlib.sha256(f"{self.seed}:{self.handles.get(person, person)}:{what}".encode()).hexdigest()
