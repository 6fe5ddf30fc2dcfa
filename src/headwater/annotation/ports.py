"""What annotation needs from outside: models that answer questions about records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from headwater.core.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


class ModelRefusedError(SettingsError):
    """The model's endpoint refuses to work for us: nothing it is asked would be answered."""

    code = "model_refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """What a model is told before any record."""

    instructions: str
    """The questions and the guideline in words."""
    questions: Sequence[Mapping[str, object]]
    """The questions as plain data."""


class Picture(Protocol):
    """A picture as it is sent."""

    @property
    def media_type(self) -> str:
        """Such as `image/png`."""

    @property
    def data(self) -> bytes:
        """The file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A record that a model is asked about."""

    record: str
    content: Mapping[str, object]
    """As annotators see it."""
    text: str
    """The same in words."""
    answer: Mapping[str, object]
    """JSON schema of the answer."""
    picture: Callable[[], Picture] | None = None
    """Reads its picture; None without one. Raises what `images.read` does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """What came of asking about a record."""

    record: str
    answer: object = None
    """Plain data as the model gave it, unchecked."""
    score: float | None = None
    """The model's confidence in it; None when it gives none."""
    problem: str = ""
    """Why there is no answer; empty when there is one."""
    is_silent: bool = False
    """Whether the endpoint gave no reply at all, after every attempt."""
    tokens_in: int = 0
    tokens_out: int = 0


class Predictor(Protocol):
    """A model that may be asked."""

    @property
    def name(self) -> str:
        """Name and version, kept with every answer."""

    @property
    def at_once(self) -> int:
        """Calls under way at a time."""

    @property
    def together(self) -> int:
        """Records in a call."""

    @property
    def draws(self) -> bool:
        """Whether it can be asked for marks on images."""

    def cost(self, tokens_in: int, tokens_out: int) -> float:
        """Return the price of tokens."""

    def close(self) -> None:
        """Close the connections; a later call opens them again."""

    def predict(self, brief: Brief, asked: Sequence[Asked]) -> list[Prediction]:
        """Return what came of asking, one for every record; called from several threads.

        Raises:
            ModelRefusedError: The endpoint refuses the key, is not there, or sends us elsewhere.
        """
