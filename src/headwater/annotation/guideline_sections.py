"""A guideline's sections per label: rules, right and wrong examples, tie-breaks; and what is missing, by line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from headwater.annotation import markdown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from headwater.annotation.markdown import Section
    from headwater.annotation.questions import Question

_MARK = re.compile(
    r"^\s*(?:[-*+]\s+|\d+[.)]\s+)?(?:\*\*|__|[*_])?(right|wrong|tie-?breaks?)(?:\*\*|__|[*_])?\s*[:.](?:\*\*|__|[*_])?\s*(.*)$",
    re.IGNORECASE,
)
_LABEL = re.compile(r"[\w.+-]+")
_TIES = re.compile(r"tie-?breaks?", re.IGNORECASE)
_PLAIN = frozenset(
    {"rules", "examples", "general", "scope", "notes", "overview", "introduction", "glossary", "changes"}
)
"""Headings beside labels that name no label."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelSection:
    """What a guideline says about one label."""

    question: str
    label: str
    title: str
    anchor: str
    line: int
    """Of its heading, from 1."""
    rules: str
    """Markdown: everything that is no example and no tie-break."""
    right: tuple[str, ...]
    wrong: tuple[str, ...]
    """In the order of the text; the first wrong one is the pair of the first right one, and so on."""
    ties: tuple[str, ...]
    """What decides between this label and another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """Something that the author of a guideline may want to repair before it is published."""

    line: int
    """From 1; 0 when it is about the whole text."""
    question: str
    label: str
    """The label, or the heading that names none."""
    text: str


def of_labels(text: str, questions: Sequence[Question]) -> list[LabelSection]:
    """Return the sections about labels in the order of questions and options; labels without one are left out.

    A section belongs to a label when its heading is the label or `question: label`. Deeper headings are part of it.
    Lines that begin with `Right:`, `Wrong:` or `Tie-break:` are its examples and tie-breaks, and so are the paragraphs
    and items below a heading `Tie-breaks`.
    """
    found = markdown.sections(text)
    titles = {_plain(each.title): place for place, each in reversed(list(enumerate(found))) if each.level}
    sections = []
    for question, label in _labels(questions):
        place = titles.get(_plain(f"{question.name}: {label}"), titles.get(_plain(label)))
        if place is not None:
            sections.append(_section(question.name, label, found[place], _below(found, place)))
    return sections


def remarks(text: str, questions: Sequence[Question]) -> list[Remark]:
    """Return what is missing or strange in a guideline for some questions, in the order of lines.

    Remarked are labels without a section, sections that name a label that is none, and sections of labels without a
    right and a wrong example or without a tie-break. Only a guideline for at least one closed answer gets any.
    """
    sections = of_labels(text, questions)
    there = {(each.question, each.label) for each in sections}
    found = [
        Remark(line=0, question=question.name, label=label, text=f"'{label}' has no section: add a heading '{label}'.")
        for question, label in _labels(questions)
        if (question.name, label) not in there
    ]
    found += _unknown(text, questions, sections)
    for each in sections:
        lacks = [f"a line '{name}: …'" for name, has in (("Right", each.right), ("Wrong", each.wrong)) if not has]
        lacks += [] if each.ties else ["a line 'Tie-break: …' that decides between it and its neighbours"]
        if lacks:
            said = f"'{each.label}' lacks {', '.join(lacks)}."
            found.append(Remark(line=each.line, question=each.question, label=each.label, text=said))
    return sorted(found, key=lambda each: each.line)


def changed(old: str, new: str) -> list[str]:
    """Return the titles of the sections that differ between two versions, gone ones too; in order."""
    before = {each.title: each.text for each in markdown.sections(old)}
    after = {each.title: each.text for each in markdown.sections(new)}
    titles = [title for title in after if before.get(title) != after[title]]
    return [title or "the beginning" for title in (*titles, *(title for title in before if title not in after))]


def _labels(questions: Sequence[Question]) -> Iterator[tuple[Question, str]]:
    for question in questions:
        for option in question.options:
            yield question, option.value


def _unknown(text: str, questions: Sequence[Question], sections: Sequence[LabelSection]) -> list[Remark]:
    """Headings that name a question with a label that is none, or stand like a label among labels."""
    known = {_plain(label) for _, label in _labels(questions)} | {_plain(each.name) for each in questions}
    known |= {_plain(f"{question.name}: {label}") for question, label in _labels(questions)}
    names = {_plain(each.name): each.name for each in questions if each.options}
    levels = {each.level for each in markdown.sections(text) if each.line in {one.line for one in sections}}
    found = []
    for each in markdown.sections(text):
        asked, _, label = each.title.partition(":")
        question = names.get(_plain(asked), "") if label else ""
        plain = _plain(each.title)
        alike = each.level in levels and _LABEL.fullmatch(plain) and plain not in _PLAIN and not _TIES.fullmatch(plain)
        if each.level and plain not in known and (question or alike):
            name = label.strip() if question else each.title
            said = f"'{name}' is no label{f' of {question!r}' if question else ''}: rename the section, or the label."
            found.append(Remark(line=each.line, question=question, label=name, text=said))
    return found


def _below(found: Sequence[Section], place: int) -> list[Section]:
    """The deeper sections that follow one."""
    below = []
    for each in found[place + 1 :]:
        if each.level <= found[place].level:
            break
        below.append(each)
    return below


def _section(question: str, label: str, head: Section, below: Sequence[Section]) -> LabelSection:
    parts: dict[str, list[str]] = {"right": [], "wrong": [], "tie": [], "rules": []}
    for each in (head, *below):
        ties = each is not head and _TIES.fullmatch(_plain(each.title)) is not None
        if each is not head and not ties:
            parts["rules"].append(f"**{each.title}**")
        _sort(each.text, parts, otherwise="tie" if ties else "rules")
    return LabelSection(
        question=question,
        label=label,
        title=head.title,
        anchor=head.anchor,
        line=head.line,
        rules="\n".join(parts["rules"]).strip(),
        right=tuple(parts["right"]),
        wrong=tuple(parts["wrong"]),
        ties=tuple(parts["tie"]),
    )


def _sort(text: str, parts: dict[str, list[str]], *, otherwise: str) -> None:
    """Sort the lines of a text; a line that follows a marked one without a gap continues it."""
    current = ""
    for line in text.splitlines():
        mark = _MARK.match(line)
        if mark:
            kind = mark[1].lower()
            current = kind if kind in parts else "tie"
            parts[current].append(mark[2].strip())
        elif not line.strip():
            current = ""
            if otherwise == "rules":
                parts["rules"].append("")
        elif current and line[:1].isspace():
            parts[current][-1] = f"{parts[current][-1]} {line.strip()}".strip()
        else:
            current = ""
            parts[otherwise].append(line.strip().removeprefix("- ") if otherwise == "tie" else line)


def _plain(title: str) -> str:
    return title.casefold().strip("`*_ ")
