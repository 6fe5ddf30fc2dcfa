"""Keys of a workspace: an Ed25519 signing key and a keyed hash, in files only their owner can read."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from typing import TYPE_CHECKING, Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from headwater.core.errors import SettingsError

if TYPE_CHECKING:
    from pathlib import Path

_SIGNING = "signing.key"
_HASHING = "hashing.key"


class Keys:
    """The secrets of a workspace; they never leave it."""

    def __init__(self, signing: bytes, hashing: bytes) -> None:
        """Take the raw 32-byte Ed25519 seed and the 32-byte hashing secret."""
        self._signing = Ed25519PrivateKey.from_private_bytes(signing)
        self._hashing = hashing
        self.public_key = self._signing.public_key().public_bytes_raw()

    @classmethod
    def create(cls, directory: Path) -> Self:
        """Make new keys in a folder that holds none yet."""
        staged = directory.with_name(f".{directory.name}.{secrets.token_hex(6)}")
        staged.mkdir(mode=0o700, parents=True)
        for name in (_SIGNING, _HASHING):
            descriptor = os.open(staged / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(secrets.token_bytes(32))
                file.flush()
                os.fsync(file.fileno())
        staged.rename(directory)
        return cls.load(directory)

    @classmethod
    def load(cls, directory: Path) -> Self:
        """Read the keys of a workspace.

        Raises:
            SettingsError: A key file is missing or damaged.
        """
        try:
            return cls((directory / _SIGNING).read_bytes(), (directory / _HASHING).read_bytes())
        except (OSError, ValueError) as error:
            raise SettingsError(
                f"The keys in '{directory}' cannot be read: {error}.", remedy="Restore the folder from a backup."
            ) from error

    def sign(self, data: bytes) -> bytes:
        """Return the Ed25519 signature of the data (64 bytes)."""
        return self._signing.sign(data)

    def hmac(self, purpose: str, data: bytes) -> str:
        """Return the hexadecimal HMAC-SHA256 of the data under the key of a purpose.

        Each purpose has a key of its own, so hashes of one purpose tell nothing about another's.
        """
        key = hmac.digest(self._hashing, purpose.encode(), "sha256")
        return hmac.new(key, data, hashlib.sha256).hexdigest()
