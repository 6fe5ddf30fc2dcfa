"""Curation: the steps that turn a raw item into a record, or into a reject with its reason."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from headwater.core.canonical import canonical_json
from headwater.text import language, nearduplicate, normal, personal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    Signature = NDArray[np.uint32]
    Twins = Callable[[Sequence[str]], dict[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """The steps of an intake and their parameters; kept with the intake."""

    languages: tuple[str, ...] = ()
    """Languages to keep (ISO 639-1); all when empty. Texts too short to tell (`und`) are kept."""
    fewest_characters: int = 1
    personal_data: str = "mask"
    """`mask` replaces it, `reject` turns the item away, `keep` leaves it."""
    near_duplicate: float = 0.75
    """Least similarity at which a text is a near duplicate of a kept one; above 1 switches the step off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One raw item as read: where it stood, and what it holds or why it cannot be read."""

    place: int
    text: str = ""
    kind: str = "text"
    payload: dict[str, object] = field(default_factory=dict)
    attributes: dict[str, object] = field(default_factory=dict)
    problem: str = ""
    """Why the item cannot be read; empty when it can."""


class Kept(NamedTuple):
    """An item that becomes a record."""

    item: Item
    record_id: str
    digest: str
    language: str
    fingerprint: str
    signature: bytes


class Turned(NamedTuple):
    """An item that is turned away."""

    item: Item
    reason: str
    evidence: str


class _Clean(NamedTuple):
    """An item that passed every step that looks at it alone."""

    item: Item
    """As it will be kept."""
    language: str
    whole: str
    fingerprint: str


class Curator:
    """Applies a recipe to items in their order; what it keeps must be there for `twins` before it is asked again."""

    def __init__(
        self, recipe: Recipe, source_id: str, twins: Twins, known: Callable[[], list[tuple[str, bytes]]]
    ) -> None:
        """Start from the records that exist.

        Args:
            recipe: The steps.
            source_id: Where the items come from.
            twins: Returns those of some fingerprints that records have already, with the records' ids.
            known: Returns the ids and signatures of all records; asked only when near duplicates are looked for.
        """
        self.recipe, self.source_id = recipe, source_id
        self._twins, self._by_fingerprint = twins, dict[str, str]()
        self._ids: list[str] = []
        self._index = None
        if recipe.near_duplicate <= 1:
            kept = known()
            self._ids, self._index = [record for record, _ in kept], _index(kept)

    def apply(self, items: Sequence[Item]) -> list[Kept | Turned]:
        """Return what becomes of each item."""
        cleaned = [self._clean(item) for item in items]
        self._by_fingerprint = self._twins([each.fingerprint for each in cleaned if isinstance(each, _Clean)])
        fresh = {
            each.fingerprint: each.whole
            for each in cleaned
            if isinstance(each, _Clean) and each.fingerprint not in self._by_fingerprint
        }
        signatures = nearduplicate.signatures(list(fresh.values()))
        keys = nearduplicate.bands(signatures) if self._index is not None else [[]] * len(signatures)
        marks = dict(zip(fresh, zip(signatures, keys, strict=True), strict=True))
        return [
            each if isinstance(each, Turned) else self._settle(item, each, marks)
            for item, each in zip(items, cleaned, strict=True)
        ]

    def _clean(self, item: Item) -> _Clean | Turned:
        if item.problem:
            return Turned(item, "malformed", item.problem)
        text = normal.clean(item.text)
        payload = {key: normal.clean(value) if isinstance(value, str) else value for key, value in item.payload.items()}
        if len(text) < self.recipe.fewest_characters:
            return Turned(item, "too-short", f"{len(text)} characters, wanted {self.recipe.fewest_characters}")
        whole = _whole(text, payload)
        spoken = language.identify(whole)
        if self.recipe.languages and spoken not in (*self.recipe.languages, language.UNKNOWN):
            return Turned(item, "language", f"{spoken}, wanted {', '.join(self.recipe.languages)}")
        found = [] if self.recipe.personal_data == "keep" else personal.find(whole)
        if found and self.recipe.personal_data == "reject":
            return Turned(item, "personal-data", ", ".join(sorted({entry.kind.value for entry in found})))
        if found:
            text = personal.mask(text)
            payload = {key: personal.mask(value) if isinstance(value, str) else value for key, value in payload.items()}
            whole = _whole(text, payload)
        attributes = item.attributes | {"language": spoken, "length": normal.length_bin(text)}
        kept = Item(place=item.place, text=text, kind=item.kind, payload=payload, attributes=attributes)
        return _Clean(kept, spoken, whole, normal.fingerprint(whole))

    def _settle(self, item: Item, clean: _Clean, marks: Mapping[str, tuple[Signature, list[int]]]) -> Kept | Turned:
        """Return what becomes of an item in the light of those kept before it."""
        same = self._by_fingerprint.get(clean.fingerprint)
        if same is not None:
            return Turned(item, "duplicate", f"same text as {same}")
        signature, keys = marks[clean.fingerprint]
        near = self._index.nearest(signature, keys) if self._index is not None else None
        if near is not None and near[1] >= self.recipe.near_duplicate:
            return Turned(item, "near-duplicate", f"similarity {near[1]:.2f} to {self._ids[near[0]]}")
        kept = clean.item
        content = canonical_json({"kind": kept.kind, "text": kept.text, "payload": kept.payload})
        digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
        record = f"rec_{hashlib.sha256(content + self.source_id.encode()).hexdigest()[:40]}"
        self._by_fingerprint[clean.fingerprint] = record
        if self._index is not None:
            self._index.add(signature, keys)
            self._ids.append(record)
        return Kept(kept, record, digest, clean.language, clean.fingerprint, signature.tobytes())


def _index(known: list[tuple[str, bytes]]) -> nearduplicate.Index:
    signatures = np.frombuffer(b"".join(raw for _, raw in known), np.uint32)
    return nearduplicate.Index(signatures.reshape(-1, nearduplicate.PERMUTATIONS))


def _whole(text: str, payload: dict[str, object]) -> str:
    reply = payload.get("reply")
    return f"{text}\n{reply}" if isinstance(reply, str) else text
