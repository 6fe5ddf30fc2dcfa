"""What a new version of a schema means for answers given under the old one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from headwater.annotation.questions import CHOICES, Kind, Question


class Fate(StrEnum):
    """What becomes of the answers to a question."""

    KEPT = "kept"
    """They stand as they are."""
    WIDENED = "widened"
    """They stand, but whoever gave them could not choose what is new."""
    PARTIAL = "partial"
    """Those that are still allowed stand; the others must be given again."""
    LOST = "lost"
    """None stands under the new version; they stay tied to the old one."""
    NEW = "new"
    """There are none yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Carry:
    """What becomes of the answers to one question."""

    question: str
    fate: Fate
    detail: str
    removed: tuple[str, ...] = ()
    """Values that are not allowed any more."""


def carries_over(old: Sequence[Question], new: Sequence[Question]) -> list[Carry]:
    """Return what becomes of the answers to each question, old ones in their order, then new ones."""
    after = {question.name: question for question in new}
    found = [_fate(question, after.get(question.name)) for question in old]
    before = {question.name for question in old}
    return found + [
        Carry(question=question.name, fate=Fate.NEW, detail="asked for the first time")
        for question in new
        if question.name not in before
    ]


def still_answers(carry: Carry, value: object) -> bool:
    """Return whether one old answer stands under the new version."""
    if carry.fate in (Fate.LOST, Fate.NEW):
        return False
    given = value if isinstance(value, list) else [value]
    return not any(str(each) in carry.removed for each in given)


def _fate(old: Question, new: Question | None) -> Carry:
    name = old.name
    if new is None:
        return Carry(question=name, fate=Fate.LOST, detail="no longer asked")
    if new.kind is not old.kind or bool(new.per_turn) != bool(old.per_turn):
        return Carry(question=name, fate=Fate.LOST, detail=f"was {_sort(old)}, is {_sort(new)}")
    if old.kind in CHOICES or old.options or new.options:
        return _options_fate(old, new)
    (low, high), (new_low, new_high) = old.bounds, new.bounds
    if new_low > low or new_high < high:
        return _bounds_fate(old, new)
    if (new_low, new_high) != (low, high):
        return Carry(question=name, fate=Fate.WIDENED, detail=f"allows {new_low:g} to {new_high:g}")
    return _asked_alike(old, new)


def _options_fate(old: Question, new: Question) -> Carry:
    removed = tuple(value for value in old.values if value not in new.values)
    added = [value for value in new.values if value not in old.values]
    parts = [f"without {', '.join(removed)}"] * bool(removed) + [f"with {', '.join(added)}"] * bool(added)
    if removed and len(removed) == len(old.values):
        return Carry(question=old.name, fate=Fate.LOST, detail="every option is another one", removed=removed)
    if removed:
        return Carry(question=old.name, fate=Fate.PARTIAL, detail=", ".join(parts), removed=removed)
    if added:
        return Carry(question=old.name, fate=Fate.WIDENED, detail=", ".join(parts))
    return _asked_alike(old, new)


def _bounds_fate(old: Question, new: Question) -> Carry:
    (low, high), (new_low, new_high) = old.bounds, new.bounds
    removed: tuple[str, ...] = ()
    if old.kind is Kind.RATING:
        removed = tuple(str(n) for n in range(int(low), int(high) + 1) if not new_low <= n <= new_high)
    return Carry(
        question=old.name, fate=Fate.PARTIAL, detail=f"allows only {new_low:g} to {new_high:g}", removed=removed
    )


def _asked_alike(old: Question, new: Question) -> Carry:
    if new.when != old.when:
        return Carry(question=old.name, fate=Fate.PARTIAL, detail="asked under another condition")
    if replace(new, text=old.text, help=old.help, options=old.options) != old:
        return Carry(question=old.name, fate=Fate.WIDENED, detail="asked in another way")
    words = (new.text, new.help, new.options) != (old.text, old.help, old.options)
    return Carry(question=old.name, fate=Fate.KEPT, detail="put in other words" if words else "unchanged")


def _sort(question: Question) -> str:
    return f"{question.kind.value} per turn" if question.per_turn else question.kind.value
