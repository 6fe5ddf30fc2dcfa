"""Many texts at once: which of them are simple, so that only the others need care.

A simple text is printable ASCII, one space between its words and none around them. It is its own clean form, its
folded form is its lower case, and it has one word more than it has spaces. Which texts are simple, may hold personal
data or have letters enough for their language to be told is asked of all of them in one pass of native code; the rest
goes through the functions for one text, so a column says of each text exactly what they say.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from headwater.text import language, normal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]

_NOT_SIMPLE = r"[^ -~]|^ | $|  |^$"
_LETTERS = f"(?:[A-Za-z][^A-Za-z]*){{{language.FEWEST_LETTERS}}}"
_DIGIT = r"[0-9\x{80}-\x{10FFFF}]"
"""Whatever Python takes for a digit, and more."""
_BETWEEN = r"[0-9\x00-\x20().:\-\x{80}-\x{10FFFF}]"
_PERSONAL = f"@|{_DIGIT}{_BETWEEN}{{5,}}{_DIGIT}|[A-Z]{{2}}{_DIGIT}{{2}}{_BETWEEN}?[A-Z0-9]{{4}}"
"""Holds of every text that `personal.find` looks at closely."""


class Column(NamedTuple):
    """Texts in their clean form."""

    texts: list[str]
    values: pa.StringArray
    """The same texts."""
    is_simple: Mask


def clean(texts: Sequence[str]) -> Column:
    """Return the clean form of each text (see `normal.clean`)."""
    try:
        values = pa.array(texts, pa.string())
    except UnicodeEncodeError:  # half a surrogate pair somewhere
        texts = [normal.clean(text) for text in texts]
        values = pa.array(texts, pa.string())
    needs_care = _matches(values, _NOT_SIMPLE)
    if not needs_care.any():
        return Column(list(texts), values, ~needs_care)
    cleaned = list(texts)
    for place in np.flatnonzero(needs_care).tolist():
        cleaned[place] = normal.clean(cleaned[place])
    values = pa.array(cleaned, pa.string())
    return Column(cleaned, values, ~_matches(values, _NOT_SIMPLE))


def replaced(column: Column, texts: list[str]) -> Column:
    """Return a column some of whose texts were replaced by others, which count as not simple."""
    same = np.fromiter((old is new for old, new in zip(column.texts, texts, strict=True)), bool, len(texts))
    return Column(texts, pa.array(texts, pa.string()), column.is_simple & same)


def languages(column: Column) -> list[str]:
    """Return the language of each text (see `language.identify`)."""
    is_told = _matches(column.values, _LETTERS)
    found = language.detect([text for text, told in zip(column.texts, is_told.tolist(), strict=True) if told])
    if is_told.all():
        return found
    rest = iter(found)
    return [
        next(rest) if told else language.UNKNOWN if simple else language.identify(text)
        for text, told, simple in zip(column.texts, is_told.tolist(), column.is_simple.tolist(), strict=True)
    ]


def may_be_personal(column: Column) -> list[int]:
    """Return the places of the texts in which `personal.find` may find something: it finds nothing in the others."""
    places: list[int] = np.flatnonzero(_matches(column.values, _PERSONAL)).tolist()
    return places


def fingerprints(texts: Sequence[str], is_simple: Mask) -> list[bytes]:
    """Return the digest of each folded text, of which `normal.fingerprint` is the hexadecimal form."""
    if is_simple.all():
        return [hashlib.sha256(text.lower().encode()).digest() for text in texts]
    return [
        hashlib.sha256(text.lower().encode() if simple else normal.fold(text).encode("utf-8", "surrogatepass")).digest()
        for text, simple in zip(texts, is_simple.tolist(), strict=True)
    ]


def length_bins(column: Column) -> list[str]:
    """Return the length of each text as a bin of words (see `normal.length_bin`)."""
    words = pc.count_substring(column.values, " ").to_numpy() + 1
    bins = list(map(normal.BINS.__getitem__, np.searchsorted(normal.BIN_ENDS, words).tolist()))
    for place in np.flatnonzero(~column.is_simple).tolist():
        bins[place] = normal.length_bin(column.texts[place])
    return bins


def _matches(values: pa.StringArray, pattern: str) -> Mask:
    found: Mask = pc.match_substring_regex(values, pattern).to_numpy(zero_copy_only=False)
    return found
