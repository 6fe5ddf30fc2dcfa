"""Verification of a release directory: every byte, with nothing but the directory.

manifest.json   names the digest of every other file; itself named by the attestation and SHA256SUMS
SHA256SUMS      for `sha256sum -c`; re-made from the manifest and compared
attestation.dsse  in canonical form and signed; its subject is the manifest
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq

from headwater.core import merkle
from headwater.core.canonical import canonical_json, digest_bytes, digest_file
from headwater.core.errors import InvalidError, VerificationError
from headwater.release import attestation

if TYPE_CHECKING:
    from pathlib import Path

MANIFEST = "manifest.json"
SUMS = "SHA256SUMS"
ATTESTATION = "attestation.dsse"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A file that does not hold."""

    file: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What verifying a directory found."""

    dataset: str
    version: str
    digest: str
    files: int
    members: int
    signatures: int
    """0 for a candidate that nobody has approved yet."""
    problems: tuple[Problem, ...]

    @property
    def holds(self) -> bool:
        """Whether every byte is as released."""
        return not self.problems


def verify(directory: Path) -> Verification:
    """Check a release directory against its manifest, sums, member tree and attestation.

    Raises:
        InvalidError: The directory holds no manifest.
    """
    path = directory / MANIFEST
    if not path.is_file():
        raise InvalidError(
            f"'{directory}' is not a release: it has no {MANIFEST}.", remedy="Give the folder that holds it."
        )
    raw = path.read_bytes()
    try:
        manifest = json.loads(raw)
        canonical = canonical_json(manifest) == raw
        files: dict[str, str] = {str(name): str(value) for name, value in manifest["files"].items()}
    except (ValueError, KeyError, AttributeError, TypeError):
        manifest, canonical, files = {}, False, {}
    problems = [] if canonical else [Problem(file=MANIFEST, message="is not the canonical JSON that was released")]
    problems += _check_files(directory, files) + _check_sums(directory, raw, files)
    problems += _check_members(directory, manifest) if not problems else []
    signatures, found = _check_attestation(directory, digest_bytes(raw))
    return Verification(
        dataset=str(manifest.get("dataset", "")),
        version=str(manifest.get("version", "")),
        digest=digest_bytes(raw),
        files=len(files) + 2,
        members=int(manifest.get("members", {}).get("n", 0)),
        signatures=signatures,
        problems=(*problems, *found),
    )


def sums(manifest: bytes, files: dict[str, str]) -> bytes:
    """Return the `SHA256SUMS` file of a release."""
    digests = {MANIFEST: digest_bytes(manifest), **files}
    return "".join(f"{digests[name].removeprefix('sha256:')}  {name}\n" for name in sorted(digests)).encode()


def _check_files(directory: Path, files: dict[str, str]) -> list[Problem]:
    problems = []
    for name, expected in sorted(files.items()):
        path = directory / name
        if not path.is_file():
            problems.append(Problem(file=name, message="is missing"))
        elif (found := digest_file(path)) != expected:
            problems.append(Problem(file=name, message=f"has digest {found}, released was {expected}"))
    known = {MANIFEST, SUMS, ATTESTATION, *files}
    extra = sorted(path.relative_to(directory).as_posix() for path in directory.rglob("*") if path.is_file())
    return problems + [Problem(file=name, message="was not released") for name in extra if name not in known]


def _check_sums(directory: Path, manifest: bytes, files: dict[str, str]) -> list[Problem]:
    path = directory / SUMS
    if not path.is_file():
        return [Problem(file=SUMS, message="is missing")]
    if path.read_bytes() != sums(manifest, files):
        return [Problem(file=SUMS, message="does not match the manifest")]
    return []


def _check_members(directory: Path, manifest: dict[str, Any]) -> list[Problem]:
    leaves = pq.read_table(directory / "members.parquet", columns=["leaf"]).column("leaf").to_pylist()
    root = merkle.root([bytes.fromhex(leaf) for leaf in sorted(leaves)]).hex()
    if root != manifest["members"]["root"] or len(leaves) != manifest["members"]["n"]:
        return [Problem(file="members.parquet", message=f"has tree root {root}, not the manifest's")]
    return []


def _check_attestation(directory: Path, manifest_digest: str) -> tuple[int, list[Problem]]:
    path = directory / ATTESTATION
    if not path.is_file():
        return 0, []
    raw = path.read_bytes()
    try:
        statement = attestation.check(raw)
        subject = statement["subject"][0]["digest"]["sha256"]
    except (VerificationError, KeyError, IndexError, TypeError) as error:
        return 0, [Problem(file=ATTESTATION, message=str(error))]
    if f"sha256:{subject}" != manifest_digest:
        return 0, [Problem(file=MANIFEST, message="is not the manifest that was attested")]
    return len(json.loads(raw)["signatures"]), []
