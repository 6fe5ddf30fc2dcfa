"""Corpora that come as installed packages, read from there as a source; never copied."""

from __future__ import annotations

from importlib import resources
from importlib.metadata import PackageNotFoundError, metadata
from typing import TYPE_CHECKING, Any

import yaml

from headwater.core.errors import SettingsError
from headwater.sourcing.items import Item
from headwater.sourcing.model import Provenance

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PACKAGE = "chatterbot-corpus"


def conversations(languages: Iterable[str] = ("english",)) -> Iterator[Item]:
    """Yield question and answer pairs of the installed package `chatterbot-corpus`.

    A conversation of a question with several answers gives one pair for each answer. The attribute `category` is
    the name of the file a pair is in, `folder` the language it is filed under.

    Raises:
        SettingsError: The package is not installed.
    """
    _installed()
    place = 0
    for folder in languages:
        root = resources.files("chatterbot_corpus") / "data" / folder
        for file in sorted(root.iterdir(), key=lambda entry: entry.name):
            if not file.name.endswith(".yml"):
                continue
            category = file.name.removesuffix(".yml")
            for turns in _conversations(yaml.load(file.read_text(encoding="utf-8"), Loader=_Loader)):  # noqa: S506 -- the safe loader, in C
                for reply in turns[1:]:
                    place += 1
                    yield Item(
                        place=place,
                        text=turns[0],
                        kind="pair",
                        payload={"reply": reply},
                        attributes={"category": category, "folder": folder},
                    )


def provenance() -> Provenance:
    """Return the intake form of the corpus, with what its package says about itself."""
    facts = _installed()
    return Provenance(
        title=f"{facts['Name']} {facts['Version']}",
        description="Pairs of questions and answers in about twenty topics and thirty languages.",
        issuer="The ChatterBot project",
        origin=f"Python package {facts['Name']} {facts['Version']}",
        geography="world",
        collected="2014 to 2025",
        method="written and contributed by people",
        intended_use="training and evaluation of a demonstration classifier",
        licence="BSD-3-Clause",
        consent="published under an open licence; no personal data intended",
        retention="as long as the demonstration workspace",
        owner="operations",
    )


def _installed() -> Any:  # noqa: ANN401 -- an e-mail message
    try:
        return metadata(PACKAGE)
    except PackageNotFoundError as error:
        raise SettingsError(
            f"The package {PACKAGE} is not installed.", remedy="Install the demo extra: pip install headwater[demo]"
        ) from error


def _conversations(document: Any) -> list[list[str]]:  # noqa: ANN401 -- YAML
    found = document.get("conversations") if isinstance(document, dict) else None
    return [
        [" ".join(str(turn).split()) if not isinstance(turn, str) else turn for turn in turns if turn is not None]
        for turns in found or []
        if isinstance(turns, list)
    ]


_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
