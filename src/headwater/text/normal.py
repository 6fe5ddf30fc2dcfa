"""The normal form of a text: what two texts must share to count as the same."""

from __future__ import annotations

import hashlib
import unicodedata
from bisect import bisect_left


def clean(text: str) -> str:
    """Return the text in NFC without control characters (line breaks and tabs stay) and without outer space."""
    whole = text if text.isascii() else unicodedata.normalize("NFC", text)
    if not whole.replace("\n", "").replace("\t", "").isprintable():
        whole = "".join(
            char for char in whole if char in "\n\t" or unicodedata.category(char)[0] != "C" or char in "\u200c\u200d"
        )
    return whole.strip()


def fold(text: str) -> str:
    """Return the text as it is compared: compatibility form, case folded, white space single."""
    if text.isascii():
        return " ".join(text.lower().split())
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def fingerprint(text: str) -> str:
    """Return the hexadecimal SHA-256 of the folded text; equal for exact duplicates."""
    return hashlib.sha256(fold(text).encode("utf-8", "surrogatepass")).hexdigest()


BIN_ENDS = (5, 20, 80)
"""Most words of each bin but the last."""
BINS = ("1-5", "6-20", "21-80", "81+")


def length_bin(text: str) -> str:
    """Return the length of a text as a bin of words: `1-5`, `6-20`, `21-80`, `81+`."""
    return BINS[bisect_left(BIN_ENDS, len(text.split()))]
