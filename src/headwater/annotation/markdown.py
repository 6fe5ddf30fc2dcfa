"""Guidelines as text: Markdown to HTML that cannot run, sections per label, differences between versions."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from functools import lru_cache

import nh3
from markdown_it import MarkdownIt

_HEADING = re.compile(r"(?m)^(#{1,6})[ \t]+(.+?)[ \t]*#*[ \t]*$")
_NOT_WORD = re.compile(r"[^a-z0-9]+")
_FENCE = re.compile(r"(?m)^(```|~~~)")
_TAGS = frozenset(
    [
        "a",
        "blockquote",
        "br",
        "code",
        "del",
        "em",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "li",
        "ol",
        "p",
        "pre",
        "s",
        "strong",
        "table",
        "tbody",
        "td",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)
RECORD = "record:"
"""What the address of an image begins with when it shows a record of the program."""
_ATTRIBUTES = {"a": {"href", "title"}, "td": {"align"}, "th": {"align"}, "ol": {"start"}}
_SCHEMES = frozenset(["http", "https", "mailto"])
_ELSEWHERE = re.compile(rf'<img (?!src="{RECORD})[^>]*>')
_REL = "noopener noreferrer nofollow"
_parser = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable(["table", "strikethrough"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Part of a guideline under one heading."""

    title: str
    anchor: str
    """Unique in the guideline; what a link points to."""
    level: int
    """1 to 6; 0 for what stands before the first heading."""
    text: str
    """Markdown below the heading, without deeper sections."""
    line: int = 1
    """Of the heading, from 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a comparison of two texts."""

    sign: str
    """`+`, `-` or a space."""
    text: str


@lru_cache(maxsize=512)
def render(text: str) -> str:
    """Return the HTML of a Markdown text: no raw HTML, scripts, styles, images or active links survive."""
    return clean(_parser.render(text))


@lru_cache(maxsize=512)
def illustrated(text: str) -> str:
    """Return the HTML of a Markdown text as `render` does, with images whose address names a record left in."""
    html = nh3.clean(
        _parser.render(text),
        tags={*_TAGS, "img"},
        attributes=_ATTRIBUTES | {"img": {"src", "alt"}},
        url_schemes={*_SCHEMES, RECORD.rstrip(":")},
        link_rel=_REL,
        attribute_filter=lambda tag, name, value: None if _is_astray(tag, name, value) else value,
    )
    return _ELSEWHERE.sub("", html)


def clean(html: str) -> str:
    """Return HTML with only what a text needs: no scripts, styles, images, handlers or active links survive."""
    return nh3.clean(html, tags=set(_TAGS), attributes=_ATTRIBUTES, url_schemes=set(_SCHEMES), link_rel=_REL)


def _is_astray(tag: str, name: str, value: str) -> bool:
    """Whether an address is a record's where none may be, or none where one must be."""
    return name in {"src", "href"} and value.startswith(RECORD) != (tag == "img")


@lru_cache(maxsize=128)
def sections(text: str) -> tuple[Section, ...]:
    """Return the sections of a guideline in order; headings inside code blocks are text."""
    fences = [match.start() for match in _FENCE.finditer(text)]
    headings = [each for each in _HEADING.finditer(text) if sum(at < each.start() for at in fences) % 2 == 0]
    first = headings[0].start() if headings else len(text)
    found = [Section(title="", anchor="top", level=0, text=text[:first].strip())] if text[:first].strip() else []
    used: dict[str, int] = {section.anchor: 1 for section in found}
    for number, heading in enumerate(headings):
        end = headings[number + 1].start() if number + 1 < len(headings) else len(text)
        anchor = _NOT_WORD.sub("-", heading[2].lower()).strip("-") or "section"
        used[anchor] = used.get(anchor, 0) + 1
        if used[anchor] > 1:
            anchor = f"{anchor}-{used[anchor]}"
        body = text[heading.end() : end].strip()
        line = text.count("\n", 0, heading.start()) + 1
        found.append(Section(title=heading[2], anchor=anchor, level=len(heading[1]), text=body, line=line))
    return tuple(found)


def section_of(text: str, question: str, value: str) -> Section | None:
    """Return the section about a label: headed `value`, `question: value` or `question` (in that order), if any."""
    titles = {section.title.casefold().strip("`*_ "): section for section in reversed(sections(text))}
    for wanted in (f"{question}: {value}", value, question):
        if wanted.casefold() in titles:
            return titles[wanted.casefold()]
    return None


def search(text: str, words: str) -> list[Section]:
    """Return the sections that hold every word, in order."""
    wanted = words.casefold().split()
    return [
        section
        for section in sections(text)
        if all(word in f"{section.title}\n{section.text}".casefold() for word in wanted)
    ]


def compare(old: str, new: str, *, around: int = 3) -> list[Line]:
    """Return the lines that differ, with a few around them; empty when nothing does."""
    lines = difflib.unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=around)
    return [Line(sign=line[0], text=line[1:]) for line in lines if not line.startswith(("---", "+++"))]
