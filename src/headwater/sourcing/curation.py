"""Curation: the steps that turn raw items into records, or into rejects with their reasons, a chunk at a time."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from headwater.core.canonical import canonical_json
from headwater.sourcing import marks
from headwater.sourcing.items import PICTURE, Item, compared, reworded, words
from headwater.sourcing.outcomes import Content, Kept, Outcome, Reason, Turned, excerpt, same_as
from headwater.text import columns, language, nearduplicate, normal, personal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from headwater.sourcing.items import Chunk
    from headwater.sourcing.marks import Marks
    from headwater.text.columns import Column


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

    def told(self) -> dict[str, str]:
        """Return its steps in words, by what each looks at."""
        shortest, alike = self.fewest_characters, self.near_duplicate
        return {
            "languages": f"{', '.join(self.languages)}, and texts too short to tell" if self.languages else "all",
            "shortest text": "1 character" if shortest == 1 else f"{shortest:,} characters",
            "personal data": _PERSONAL_DATA.get(self.personal_data, self.personal_data),
            "near duplicates": f"rejected, from a similarity of {alike:g}" if alike <= 1 else "kept",
        }


_PERSONAL_DATA = {"mask": "masked", "reject": "items with it are rejected", "keep": "left as it is"}


class _Repeat(NamedTuple):
    other: str | int
    """A record that was there; or the index of an item in the chunk, or the place of a text among those near."""
    similarity: float | None
    """None when the texts are the same."""


class _Screened(NamedTuple):
    """The items of a chunk after every step that looks at them alone, column by column; by the index of an item."""

    texts: list[str]
    is_simple: NDArray[np.bool_]
    languages: list[str]
    seen: list[dict[str, object]]
    attributes: list[str]
    others: dict[int, Item]
    """Those that are not plain, as they will be kept."""
    refused: dict[int, Reason]
    """What is in the other columns means nothing for these."""

    def compared(self, index: int) -> str:
        """Return what tells an item from others."""
        return _compared(self.others[index]) if index in self.others else self.texts[index]


class Curator:
    """Applies a recipe to chunks of items in their order."""

    def __init__(
        self, recipe: Recipe, source_id: str, known: Marks, near: Callable[[], Iterable[tuple[bytes, bytes]]]
    ) -> None:
        """Start from the records that exist.

        Args:
            recipe: The steps.
            source_id: Where the items come from.
            known: Tells which texts records have already.
            near: Returns the raw ids and the signatures of all records, part by part; asked only when near
                duplicates are looked for.
        """
        self.recipe, self.source_id = recipe, source_id
        self.marks = known
        self._near = _Near(near(), recipe.near_duplicate) if recipe.near_duplicate <= 1 else None

    def apply(self, chunk: Chunk) -> tuple[Outcome, Content]:
        """Return what becomes of the items of a chunk, and what is kept of them; that counts as known from then on."""
        screened = self._screen(chunk)
        reasons = screened.refused
        left = [index for index in range(len(chunk.texts)) if index not in reasons]
        fingerprints = _fingerprints(screened, left)
        known = self.marks.find(fingerprints)
        stays, repeats = self._compare(screened, left, fingerprints, known)
        kept, content = self._named(screened, stays)
        block = self.marks.add(kept.fingerprints, kept.record_ids)
        if self._near:
            self._near.name(kept.record_ids)
        record_of = dict(zip(kept.indices, kept.record_ids, strict=True)) if repeats else {}
        for index, (other, similarity) in repeats.items():
            if similarity is None:
                record = other if isinstance(other, str) else record_of[other]
                what = "picture" if index in chunk.others and chunk.others[index].kind == PICTURE else "text"
                reasons[index] = Reason("duplicate", same_as(what, record))
            elif self._near and isinstance(other, int):
                evidence = f"similarity {similarity:.2f} to {self._near.record(other)}"
                reasons[index] = Reason("near-duplicate", evidence)
        refused = [_turned(chunk, index, reasons[index]) for index in sorted(reasons)]
        before = [other for other, similarity in repeats.values() if similarity is None and isinstance(other, str)]
        return Outcome(kept, refused, block, self.marks.seen(), list(dict.fromkeys(before))), content

    def _screen(self, chunk: Chunk) -> _Screened:
        """Apply the steps that look at an item alone."""
        recipe, refused, others = self.recipe, dict[int, Reason](), dict[int, Item]()
        column = columns.clean(chunk.texts)
        spoken = columns.languages(column)
        if recipe.fewest_characters > 1 or not all(column.texts):
            for index, text in enumerate(column.texts):
                if index not in chunk.others and (reason := self._too_short(text)):
                    refused[index] = reason
        if recipe.languages:
            for index, code in enumerate(spoken):
                if index not in chunk.others and index not in refused and (reason := self._unwanted(code)):
                    refused[index] = reason
        if recipe.personal_data != "keep":
            column = self._unpersonal(column, refused, chunk)
        bins = columns.length_bins(column)
        seen, attributes = _attributes(chunk.attributes, spoken, bins)
        for index, item in chunk.others.items():
            found = self._clean(item)
            if isinstance(found, Reason):
                refused[index] = found
                continue
            others[index], spoken[index] = found
            seen[index] = others[index].attributes
            attributes[index] = _written(seen[index])
        return _Screened(column.texts, column.is_simple, spoken, seen, attributes, others, refused)

    def _unpersonal(self, column: Column, refused: dict[int, Reason], chunk: Chunk) -> Column:
        """Refuse texts with personal data, or return the column with it masked."""
        texts: list[str] = []
        for index in columns.may_be_personal(column):
            found = [] if index in refused or index in chunk.others else personal.find(column.texts[index])
            if found and self.recipe.personal_data == "reject":
                refused[index] = _told(found)
            elif found:
                texts = texts or list(column.texts)
                texts[index] = personal.mask(texts[index])
        return columns.replaced(column, texts) if texts else column

    def _clean(self, item: Item) -> tuple[Item, str] | Reason:
        """Return an item that is not plain as it will be kept, with its language; or why it is turned away."""
        if item.problem:
            return Reason("malformed", item.problem)
        text = normal.clean(item.text)
        payload = {key: normal.clean(value) if isinstance(value, str) else value for key, value in item.payload.items()}
        if reason := self._too_short(text):
            return reason
        clean = replace(item, text=text, payload=payload)
        spoken = language.identify(clean.said)
        if reason := self._unwanted(spoken):
            return reason
        clean = replace(clean, attributes=item.attributes | {"language": spoken})
        if item.kind != PICTURE:
            clean.attributes["length"] = normal.length_bin(text)
        found = self._personal(clean)
        if found and self.recipe.personal_data == "reject":
            return _told(found)
        return (_masked(clean) if found else clean), spoken

    def _personal(self, item: Item) -> list[personal.Found]:
        """Return the personal data in an item that is not plain, unless it may stay."""
        if self.recipe.personal_data == "keep":
            return []
        mine = "" if item.kind == PICTURE else item.text
        return personal.find("\n".join([mine, *words(item.payload)]))

    def _too_short(self, text: str) -> Reason | None:
        if len(text) >= self.recipe.fewest_characters:
            return None
        return Reason("too-short", f"{len(text)} characters, wanted {self.recipe.fewest_characters}")

    def _unwanted(self, spoken: str) -> Reason | None:
        if not self.recipe.languages or spoken in (*self.recipe.languages, language.UNKNOWN):
            return None
        return Reason("language", f"{spoken}, wanted {', '.join(self.recipe.languages)}")

    def _compare(
        self, screened: _Screened, left: Sequence[int], fingerprints: Sequence[bytes], known: Mapping[bytes, str]
    ) -> tuple[dict[bytes, int], dict[int, _Repeat]]:
        """Return the items that stay by their fingerprint, and the others with what they repeat."""
        stays, repeats = dict(zip(fingerprints, left, strict=True)), dict[int, _Repeat]()
        near = self._near
        if near is None and not known and len(stays) == len(left):
            return stays, repeats
        if near:
            near.prepare({each: screened.compared(index) for each, index in stays.items() if each not in known})
        stays = {}
        for fingerprint, index in zip(fingerprints, left, strict=True):
            if fingerprint in known:
                repeats[index] = _Repeat(known[fingerprint], None)
            elif fingerprint in stays:
                repeats[index] = _Repeat(stays[fingerprint], None)
            elif near and (like := near.of(fingerprint)):
                repeats[index] = _Repeat(*like)
            else:
                stays[fingerprint] = index
        return stays, repeats

    def _named(self, screened: _Screened, stays: Mapping[bytes, int]) -> tuple[Kept, Content]:
        """Return the items that stay as records."""
        indices, others = list(stays.values()), screened.others
        kinds, payloads, texts = ["text"] * len(indices), ["{}"] * len(indices), list(_at(screened.texts, indices))
        for place, index in enumerate(indices) if others else ():
            if index in others:
                item = others[index]
                kinds[place], texts[place], payloads[place] = item.kind, item.text, _written(item.payload)
        digests, records = self._digests(screened, indices)
        kept = Kept(
            indices=indices,
            record_ids=records,
            kinds=kinds,
            seen=list(_at(screened.seen, indices)),
            fingerprints=list(stays),
            signatures=self._near.signatures(stays) if self._near else [b""] * len(indices),
        )
        return kept, Content(
            digests=digests,
            texts=texts,
            payloads=payloads,
            attributes=list(_at(screened.attributes, indices)),
            languages=list(_at(screened.languages, indices)),
        )

    def _digests(self, screened: _Screened, indices: Sequence[int]) -> tuple[list[str], list[str]]:
        """Return the digest of each item's content, and the record's id: the digest of content and source."""
        is_simple, others, texts = screened.is_simple.tolist(), screened.others, screened.texts
        contents = [
            b'{"kind":"text","payload":{},"text":"%b"}' % texts[index].encode()
            if is_simple[index] and '"' not in texts[index] and "\\" not in texts[index] and index not in others
            else _content(others[index] if index in others else Item(place=0, text=texts[index]))
            for index in indices
        ]
        hashers = list(map(hashlib.sha256, contents))
        digests = [f"sha256:{hasher.hexdigest()}" for hasher in hashers]
        source = self.source_id.encode()
        for hasher in hashers:
            hasher.update(source)
        return digests, [f"rec_{hasher.hexdigest()[:40]}" for hasher in hashers]


class _Near:
    """The texts that are kept, as near duplicates are looked for among them."""

    def __init__(self, known: Iterable[tuple[bytes, bytes]], threshold: float) -> None:
        self._threshold = threshold
        self._records, signatures = bytearray(), bytearray()
        for records, part in known:
            self._records += records
            signatures += part
        rows = np.frombuffer(signatures, np.uint32).reshape(-1, nearduplicate.PERMUTATIONS)
        self._index = nearduplicate.Index(rows)
        self._fresh: dict[bytes, tuple[NDArray[np.uint32], list[int]]] = {}

    def prepare(self, texts: Mapping[bytes, str]) -> None:
        """Make the signatures of the texts of a chunk, by fingerprint."""
        signatures = nearduplicate.signatures(list(texts.values()))
        both = zip(signatures, nearduplicate.bands(signatures), strict=True)
        self._fresh = dict(zip(texts, both, strict=True))

    def of(self, fingerprint: bytes) -> tuple[int, float] | None:
        """Return the place of the kept text a text is nearly, and how similar it is; without one, keep the text."""
        signature, keys = self._fresh[fingerprint]
        found = self._index.nearest(signature, keys)
        if found is not None and found[1] >= self._threshold:
            return found
        self._index.add(signature, keys)
        return None

    def name(self, records: Sequence[str]) -> None:
        """Say the ids of the texts that were kept since the last time."""
        self._records += marks.raw(records)

    def record(self, place: int) -> str:
        """Return the id of a kept text."""
        return marks.identifier(bytes(self._records[place * marks.RECORD : (place + 1) * marks.RECORD]))

    def signatures(self, fingerprints: Iterable[bytes]) -> list[bytes]:
        """Return the signatures of texts of the chunk."""
        return [self._fresh[each][0].tobytes() for each in fingerprints]


def _content(item: Item) -> bytes:
    return canonical_json({"kind": item.kind, "text": item.text, "payload": item.payload})


def _attributes(
    own: Sequence[dict[str, object]], spoken: Sequence[str], bins: Sequence[str]
) -> tuple[list[dict[str, object]], list[str]]:
    """Return the attributes of texts with those that were found, and both as canonical JSON."""
    pairs = list(zip(spoken, bins, strict=True))
    found = {pair: dict[str, object](zip(("language", "length"), pair, strict=True)) for pair in set(pairs)}
    seen = [found[pair] for pair in pairs]
    as_json = {pair: _written(each) for pair, each in found.items()}
    written = [as_json[pair] for pair in pairs]
    if any(own):
        for index, attributes in enumerate(own):
            if attributes:
                seen[index] = attributes | seen[index]
                written[index] = _written(seen[index])
    return seen, written


def _written(value: object) -> str:
    return canonical_json(value).decode()


def _fingerprints(screened: _Screened, left: Sequence[int]) -> list[bytes]:
    texts, others = list(_at(screened.texts, left)), screened.others
    for place, index in enumerate(left) if others else ():
        if index in others:
            texts[place] = _compared(others[index])
    is_simple = screened.is_simple.copy()
    is_simple[list(others)] = False
    return columns.fingerprints(texts, is_simple[left])


def _at(column: Sequence[Any], indices: Sequence[int]) -> Iterable[Any]:
    return column if len(indices) == len(column) else map(column.__getitem__, indices)


def _told(found: Sequence[personal.Found]) -> Reason:
    return Reason("personal-data", ", ".join(sorted({entry.kind.value for entry in found})))


def _turned(chunk: Chunk, index: int, why: Reason) -> Turned:
    text = chunk.others[index].text if index in chunk.others else chunk.texts[index]
    return Turned(chunk.places[index], why.reason, why.evidence, excerpt(text))


def _compared(item: Item) -> str:
    return compared(item.kind, item.text, item.payload)


def _masked(item: Item) -> Item:
    text = item.text if item.kind == PICTURE else personal.mask(item.text)
    return replace(item, text=text, payload=reworded(item.payload, personal.mask))
