"""The object store: immutable bytes by name, in a local folder or in S3."""

from __future__ import annotations

import hashlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import S3Store

from headwater.core.canonical import digest_bytes
from headwater.core.errors import ConflictError, InvalidError, NotFoundError, UnavailableError
from headwater.storage.syncing import sync

if TYPE_CHECKING:
    from collections.abc import Iterator

    from obstore.store import ClientConfig


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What was stored."""

    name: str
    digest: str
    size: int


def media_name(data: bytes) -> str:
    """Return the name under which media are stored: that of their own digest."""
    hexadecimal = hashlib.sha256(data).hexdigest()
    return f"media/{hexadecimal[:2]}/{hexadecimal}"


class _Backend(Protocol):
    def write(self, name: str, data: bytes, *, overwrite: bool) -> bool: ...
    def read(self, name: str) -> bytes | None: ...
    def names(self, prefix: str) -> Iterator[str]: ...
    def remove(self, name: str) -> None: ...


class ObjectStore:
    """Objects that are written once; a name never changes its bytes."""

    def __init__(self, backend: _Backend) -> None:
        """Use a backend; see `open`."""
        self._backend = backend

    @classmethod
    def open(cls, place: str, **options: str) -> ObjectStore:
        """Open a store.

        Args:
            place: A folder, or `s3://bucket/prefix`.
            **options: Of S3: `endpoint`, `region`, `access_key_id`, … (else from the environment, as
                `AWS_ENDPOINT_URL`, `AWS_REGION`, `AWS_ACCESS_KEY_ID`, …).
        """
        return cls(_S3(place, dict(options)) if place.startswith("s3://") else _Folder(Path(place)))

    def put(self, name: str, data: bytes, *, overwrite: bool = False) -> Stored:
        """Store bytes durably under a name.

        Raises:
            ConflictError: Other bytes are there already and `overwrite` is not set; the same bytes are fine.
            InvalidError: The name is not a plain relative path.
        """
        _check(name)
        if not self._backend.write(name, data, overwrite=overwrite) and self._backend.read(name) != data:
            raise ConflictError(f"The object '{name}' exists with other bytes; objects are written once.")
        return Stored(name=name, digest=digest_bytes(data), size=len(data))

    def put_media(self, data: bytes) -> Stored:
        """Store media under its own digest and return where."""
        return self.put(media_name(data), data)

    def get(self, name: str) -> bytes:
        """Return the bytes under a name.

        Raises:
            NotFoundError: There is no such object.
        """
        _check(name)
        data = self._backend.read(name)
        if data is None:
            raise NotFoundError(f"There is no object '{name}'.")
        return data

    def exists(self, name: str) -> bool:
        """Return whether there is an object of that name."""
        return self._backend.read(name) is not None

    def names(self, prefix: str = "") -> list[str]:
        """Return the names that begin with a prefix, sorted."""
        return sorted(self._backend.names(prefix))

    def delete(self, name: str) -> None:
        """Remove an object; nothing happens when there is none."""
        _check(name)
        self._backend.remove(name)

    def download(self, prefix: str, target: Path) -> list[Path]:
        """Write the objects under a prefix as files below a folder and return their paths."""
        prefix = prefix.rstrip("/") + "/"
        paths = []
        for name in self.names(prefix):
            path = target / name.removeprefix(prefix)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(self.get(name))
            paths.append(path)
        return paths


class _Folder:
    """Files: written beside, synced, then linked into place, so that a name is there whole or not at all."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, name: str, data: bytes, *, overwrite: bool) -> bool:
        path = self.root / name
        if path.exists() and not overwrite:
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        staged = path.with_name(f".{path.name}.{secrets.token_hex(6)}.part")
        with staged.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        try:
            if overwrite:
                staged.replace(path)
            else:
                os.link(staged, path)
        except FileExistsError:
            return False
        finally:
            staged.unlink(missing_ok=True)
        sync(path.parent)
        return True

    def read(self, name: str) -> bytes | None:
        path = self.root / name
        return path.read_bytes() if path.is_file() else None

    def names(self, prefix: str) -> Iterator[str]:
        folder = self.root / prefix.rpartition("/")[0]
        for path in folder.rglob("*"):
            name = path.relative_to(self.root).as_posix()
            if name.startswith(prefix) and path.is_file() and not path.name.endswith(".part"):
                yield name

    def remove(self, name: str) -> None:
        (self.root / name).unlink(missing_ok=True)


class _S3:
    def __init__(self, url: str, options: dict[str, str]) -> None:
        plain = options.pop("allow_http", "")
        client: ClientConfig = {"allow_http": plain == "true"} if plain else {}
        self._store = S3Store.from_url(url, client_options=client, **options)  # type: ignore[arg-type]

    def write(self, name: str, data: bytes, *, overwrite: bool) -> bool:
        try:
            obstore.put(self._store, name, data, mode="overwrite" if overwrite else "create")
        except AlreadyExistsError:
            return False
        except BaseError as error:
            raise UnavailableError(f"The object store did not take '{name}': {error}.") from error
        return True

    def read(self, name: str) -> bytes | None:
        try:
            return bytes(obstore.get(self._store, name).bytes())
        except FileNotFoundError:
            return None
        except BaseError as error:
            raise UnavailableError(f"The object store did not give '{name}': {error}.") from error

    def names(self, prefix: str) -> Iterator[str]:
        folder = prefix.rpartition("/")[0]
        try:
            for chunk in obstore.list(self._store, prefix=folder or None):
                yield from (item["path"] for item in chunk if item["path"].startswith(prefix))
        except BaseError as error:
            raise UnavailableError(f"The object store did not list '{prefix}': {error}.") from error

    def remove(self, name: str) -> None:
        try:
            obstore.delete(self._store, name)
        except FileNotFoundError:
            return
        except BaseError as error:
            raise UnavailableError(f"The object store did not remove '{name}': {error}.") from error


def _check(name: str) -> None:
    parts = name.split("/")
    if not name or name.startswith("/") or any(part in ("", ".", "..") for part in parts):
        raise InvalidError(f"'{name}' is not an object's name: expected a relative path without '..'.")
