"""The models of the settings, each by its adapter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from headwater.core.errors import NotFoundError

if TYPE_CHECKING:
    from headwater.annotation.ports import Predictor
    from headwater.core.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownModel:
    """A model that may be asked, without its key."""

    name: str
    """What the settings call it."""
    kind: str
    """`chat` or `http`."""
    model: str
    """Name and version, kept with every answer."""
    host: str
    """Where records are sent."""


class UnknownModelError(NotFoundError):
    """The settings name no such model."""

    code = "unknown_predictor"


def known(settings: Settings) -> list[KnownModel]:
    """Return the models of the settings by name."""
    return [
        KnownModel(name=name, kind=each.kind, model=each.model, host=urlsplit(each.url).netloc.rpartition("@")[2])
        for name, each in sorted(settings.models.items())
    ]


def predictor(settings: Settings, name: str) -> Predictor:
    """Return a model of the settings, ready to be asked.

    Raises:
        UnknownModelError: The settings name no such model.
    """
    found = settings.models.get(name)
    if found is None:
        raise UnknownModelError(
            f"The settings name no model '{name}'; they name {', '.join(sorted(settings.models)) or 'none'}.",
            remedy=f"Describe it as [models.{name}] in headwater.toml.",
        )
    from headwater.engines import chat, http_model  # noqa: PLC0415 -- most servers ask none: it is 7 MB of memory

    return chat.ChatModel(name, found) if found.kind == "chat" else http_model.HttpModel(name, found)
