"""What crosses the border: tasks with content, answers and suggestions, in no format's words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One response to a task: an annotator's answer, or what a model suggested."""

    values: dict[str, Any]
    """Question → answer, in the shapes of `responses`."""
    by: str = ""
    """Pseudonym of the person, or name of the model."""
    id: str = ""
    at: str = ""
    """When it was given, ISO 8601 UTC."""
    score: float | None = None
    """A model's confidence, 0 to 1."""
    provenance: dict[str, Any] = field(default_factory=dict)
    """Schema and guideline version, cohort, time spent, and whatever else belongs to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One task."""

    id: str
    content: dict[str, Any]
    """`kind`, and what the kind has: `text`, `turns` of role and text, `responses`, `image` with width and height in
    pixels, `language`; empty when the record was erased."""
    record: str = ""
    """The record it is about; empty for one that never was in Headwater."""
    batch: str = ""
    attributes: dict[str, Any] = field(default_factory=dict)
    answers: tuple[Reply, ...] = ()
    """In force, oldest first."""
    suggestions: tuple[Reply, ...] = ()
    settled: dict[str, Any] = field(default_factory=dict)
    """Question → what a reviewer or expert ruled; it stands above the answers."""
