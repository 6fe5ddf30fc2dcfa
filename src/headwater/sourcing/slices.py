"""Slices: a small, safe language of conditions over the attributes of records.

    language = 'es' and domain in ('billing', 'refund') and not words < 3

`=`, `!=`, `<`, `<=`, `>`, `>=`, `in (…)`, `and`, `or`, `not`, parentheses; text in single quotes (a quote is
doubled inside), numbers, `true`, `false`, `null`. A field a record does not have is null, and null is equal
only to null.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from headwater.core.errors import InvalidError
from headwater.sourcing import conditions
from headwater.sourcing.conditions import Condition, Value

DEEPEST = 40

_TOKEN = re.compile(
    r"\s*(?:(?P<number>-?\d+(?:\.\d+)?)|(?P<text>'(?:[^']|'')*')|(?P<word>[A-Za-z_][\w.]*)|(?P<sign>!=|<=|>=|[=<>(),]))"
)


class SliceError(InvalidError):
    """The slice cannot be read."""

    code = "bad_slice"


class UnknownFieldError(SliceError):
    """The slice names a field that records do not have."""

    code = "unknown_slice_field"


@dataclass(frozen=True, slots=True)
class Slice:
    """A condition that was read."""

    text: str
    fields: frozenset[str]
    """Attributes it looks at."""
    condition: Condition

    def matches(self, attributes: Mapping[str, object]) -> bool:
        """Return whether a record with these attributes is in the slice."""
        return self.condition.test(attributes)

    def check(self, known: frozenset[str]) -> None:
        """Return only when every field is one of the known ones.

        Raises:
            UnknownFieldError: A field is not; the message names it and the known ones.
        """
        for name in sorted(self.fields - known):
            raise UnknownFieldError(
                f"The slice '{self.text}' names the field '{name}', which no record has.",
                remedy=f"Known fields: {', '.join(sorted(known)) or 'none yet'}.",
                field=name,
            )


class _Token(NamedTuple):
    kind: str
    text: str
    at: int


def parse(text: str) -> Slice:
    """Read a slice; the empty text is the slice of everything.

    Raises:
        SliceError: It is not in the language; the message says where.
    """
    reader = _Reader(text)
    if not reader.tokens:
        return Slice(text, frozenset(), conditions.ALWAYS)
    condition = reader.either(0)
    if reader.peek() is not None:
        raise reader.unexpected("'and', 'or' or the end")
    return Slice(text, frozenset(reader.fields), condition)


class _Reader:
    def __init__(self, text: str) -> None:
        self.text, self.place, self.fields = text, 0, set[str]()
        self.tokens: list[_Token] = []
        at = 0
        while text[at:].strip():
            match = _TOKEN.match(text, at)
            if match is None:
                sign = text[at:].strip()[0]
                raise SliceError(
                    f"The slice '{text}' has {sign} at character {text.index(sign, at) + 1}, which means nothing.",
                    remedy="Text stands in single quotes: language = 'es'." if sign == '"' else "",
                )
            kind = str(match.lastgroup)
            self.tokens.append(_Token(kind, match.group(kind), match.start(kind) + 1))
            at = match.end()

    def peek(self) -> _Token | None:
        return self.tokens[self.place] if self.place < len(self.tokens) else None

    def take(self, *texts: str) -> bool:
        token = self.peek()
        if token and token.kind in ("word", "sign") and token.text.lower() in texts:
            self.place += 1
            return True
        return False

    def unexpected(self, wanted: str) -> SliceError:
        token = self.peek()
        where = f"at character {token.at} stands '{token.text}'" if token else "it ends"
        return SliceError(f"The slice '{self.text}' expects {wanted} where {where}.")

    def unquoted(self, token: _Token) -> SliceError:
        before, meant = self.text[: token.at - 1], _MEANT.get(token.text.lower())
        text = f"{before}'{token.text}'"
        return SliceError(
            f"The slice '{self.text}' has the bare word '{token.text}' at character {token.at}, where a value stands.",
            remedy=f"Write {before}{meant}; for the text, {text}." if meant else f"Text stands in quotes: {text}.",
        )

    def either(self, depth: int) -> Condition:
        parts = [self.both(depth)]
        while self.take("or"):
            parts.append(self.both(depth))
        return parts[0] if len(parts) == 1 else conditions.either(parts)

    def both(self, depth: int) -> Condition:
        parts = [self.one(depth)]
        while self.take("and"):
            parts.append(self.one(depth))
        return parts[0] if len(parts) == 1 else conditions.both(parts)

    def one(self, depth: int) -> Condition:
        if depth > DEEPEST:
            raise SliceError(f"The slice nests deeper than {DEEPEST} levels.")
        if self.take("not"):
            return conditions.opposite(self.one(depth + 1))
        if self.take("("):
            inside = self.either(depth + 1)
            if not self.take(")"):
                raise self.unexpected("')'")
            return inside
        return self.comparison()

    def comparison(self) -> Condition:
        token = self.peek()
        if token is None or token.kind != "word":
            raise self.unexpected("a field")
        self.place += 1
        name = token.text
        self.fields.add(name)
        if self.take("in"):
            return conditions.either([conditions.equal(name, value) for value in self.listed()])
        if self.take("="):
            return conditions.equal(name, self.value())
        if self.take("!="):
            return conditions.opposite(conditions.equal(name, self.value()))
        for sign in ("<=", ">=", "<", ">"):
            if self.take(sign):
                return conditions.ordered(name, sign, self.value())
        raise self.unexpected("=, !=, <, <=, >, >= or in")

    def listed(self) -> list[Value]:
        if not self.take("("):
            raise self.unexpected("'('")
        values = [self.value()]
        while self.take(","):
            values.append(self.value())
        if not self.take(")"):
            raise self.unexpected("')'")
        return values

    def value(self) -> Value:
        token = self.peek()
        if token is not None and token.kind == "word" and token.text.lower() not in _WORDS:
            raise self.unquoted(token)
        if token is None or token.kind == "sign":
            raise self.unexpected("a value such as 'text' or 3")
        self.place += 1
        if token.kind == "number":
            return float(token.text)
        return token.text[1:-1].replace("''", "'") if token.kind == "text" else _WORDS[token.text.lower()]


_WORDS: dict[str, Value] = {"true": True, "false": False, "null": None}
_MEANT = {"yes": "true", "on": "true", "no": "false", "off": "false", "none": "null", "nil": "null"}
"""Words for values in other languages, and what they are here."""
