"""Personal data by pattern: e-mail, telephone, IBAN, payment card, IP address, URL with credentials.

What patterns cannot find: names, postal addresses, anything that needs understanding. Say so wherever a
count of these is shown.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from enum import StrEnum


class PersonalKind(StrEnum):
    """A kind of personal data that a pattern finds."""

    EMAIL = "email"
    PHONE = "phone"
    IBAN = "iban"
    CARD = "card"
    IP = "ip"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Personal data in a text."""

    kind: PersonalKind
    start: int
    """In code points, from 0."""
    end: int


_SIGN = re.compile(r"[@\d]")
"""In whatever the patterns find."""
_PREFILTER = re.compile(r"@|\d[\d\s().:-]{5,}\d|\b[A-Z]{2}\d{2}\s?[A-Z0-9]{4}")
_PATTERNS = (
    (PersonalKind.EMAIL, re.compile(r"\b[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+\b")),
    (PersonalKind.IBAN, re.compile(r"\b[A-Z]{2}\d{2}(?:\s?[A-Z0-9]{4}){2,7}(?:\s?[A-Z0-9]{1,3})?\b")),
    (PersonalKind.CARD, re.compile(r"\b\d(?:[ -]?\d){12,18}\b")),
    (PersonalKind.IP, re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b")),
    (
        PersonalKind.PHONE,
        re.compile(r"(?<![\w.])(?:\+\d{1,3}[\s.-]?)?(?:\(\d{1,4}\)[\s.-]?)?\d{2,4}(?:[\s.-]\d{2,8}){1,4}(?!\w|\.\d)"),
    ),
)


def find(text: str) -> list[Found]:
    """Return the personal data in a text, in order, without overlaps (the earlier kind wins)."""
    if not _SIGN.search(text) or not _PREFILTER.search(text):
        return []
    found: list[Found] = []
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            free = all(match.end() <= other.start or match.start() >= other.end for other in found)
            if free and _plausible(kind, match.group()):
                found.append(Found(kind=kind, start=match.start(), end=match.end()))
    return sorted(found, key=lambda item: item.start)


def mask(text: str) -> str:
    """Return the text with personal data replaced by its kind in brackets, such as `[email]`."""
    for item in reversed(find(text)):
        text = f"{text[: item.start]}[{item.kind.value}]{text[item.end :]}"
    return text


def _plausible(kind: PersonalKind, value: str) -> bool:
    compact = re.sub(r"[\s-]", "", value)
    if kind is PersonalKind.CARD:
        return luhn(compact)
    if kind is PersonalKind.IBAN:
        return iban(compact)
    if kind is PersonalKind.IP:
        try:
            return ipaddress.ip_address(value).is_global
        except ValueError:
            return False
    return kind is not PersonalKind.PHONE or 9 <= sum(char.isdigit() for char in value) <= 15  # noqa: PLR2004 -- E.164


def luhn(digits: str) -> bool:
    """Return whether a string of digits has a right Luhn check digit (ISO/IEC 7812-1)."""
    total = 0
    for place, char in enumerate(reversed(digits)):
        value = int(char) * (1 + place % 2)
        total += value - 9 * (value > 9)  # noqa: PLR2004
    return total % 10 == 0


def iban(text: str) -> bool:
    """Return whether a text has the right IBAN check digits (ISO 13616, remainder 1 modulo 97)."""
    if not 15 <= len(text) <= 34:  # noqa: PLR2004 -- shortest and longest IBAN
        return False
    moved = text[4:] + text[:4]
    return int("".join(str(int(char, 36)) for char in moved)) % 97 == 1
