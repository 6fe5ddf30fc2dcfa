"""Words and sentences of a text, and spans on them: what formats made of tokens need."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_WORD = re.compile(r"\w+|[^\w\s]")


class Word(NamedTuple):
    """A word and its place in code points."""

    text: str
    start: int
    end: int


def split(text: str) -> list[Word]:
    """Return the words of a text: runs of letters and digits, and every other sign that is no space."""
    return [Word(match.group(), match.start(), match.end()) for match in _WORD.finditer(text)]


def tags(words: Sequence[Word], spans: Iterable[dict[str, Any]]) -> list[str]:
    """Return a BIO tag for every word; of spans that overlap the first stays, and edges move out to words' edges."""
    found = ["O"] * len(words)
    for span in sorted(spans, key=lambda each: (each["start"], -each["end"])):
        inside = [n for n, word in enumerate(words) if word.start < span["end"] and word.end > span["start"]]
        if inside and all(found[n] == "O" for n in inside):
            for n in inside:
                found[n] = f"I-{span['label']}"
            found[inside[0]] = f"B-{span['label']}"
    return found


def spans(words: Sequence[Word], found: Sequence[str]) -> list[dict[str, Any]]:
    """Return the spans that tags mark; a tag I without a beginning begins one, as in IOB1."""
    marked: list[dict[str, Any]] = []
    before = "O"
    for word, tag in zip(words, found, strict=True):
        sign, _, label = tag.partition("-")
        if sign in {"I", "E", "M", "L"} and before == label and marked:
            marked[-1]["end"] = word.end
        elif sign != "O" and label:
            marked.append({"start": word.start, "end": word.end, "label": label})
        before = label if sign != "O" else "O"
    return marked
