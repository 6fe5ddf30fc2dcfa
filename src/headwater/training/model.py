"""Words of training: runs and models."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NewType

from headwater.core.errors import ConflictError, NotFoundError

RunId = NewType("RunId", str)
ModelId = NewType("ModelId", str)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A job that consumed a release, and the model it made."""

    id: RunId
    model_id: ModelId
    release_id: str
    name: str
    """Name of the kind of model; retrains of a release share it."""
    seed: int
    params: dict[str, object]
    model_digest: str
    """Digest of the model's bytes, or of what defines it."""
    metrics: dict[str, float]
    """What training itself measured."""
    registered_by: str
    registered_at: datetime


class UnknownRunError(NotFoundError):
    """There is no such training run."""

    code = "unknown_run"


class ReleaseNotUsableError(ConflictError):
    """Only an approved or published release may be trained on."""

    code = "release_not_usable"
