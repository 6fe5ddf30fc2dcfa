"""What a new version of a schema means for answers given under the old one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from headwater.annotation.questions import Kind, Option, Question


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
    """Return what becomes of the answers to each question, old ones in their order, then new ones.

    A fate better than `partial` promises that no answer of the old version is refused under the new one.
    """
    after = {question.name: question for question in new}
    found = [_fate(question, after.get(question.name)) for question in old]
    before = {question.name for question in old}
    return found + [
        Carry(question=question.name, fate=Fate.NEW, detail="asked for the first time")
        for question in new
        if question.name not in before
    ]


def _fate(old: Question, new: Question | None) -> Carry:
    name = old.name
    if new is None:
        return Carry(question=name, fate=Fate.LOST, detail="no longer asked")
    if lost := _lost(old, new):
        return Carry(question=name, fate=Fate.LOST, detail=lost, removed=_removed(old, new))
    removed, narrower, wider = _removed(old, new), _narrower(old, new), _wider(old, new)
    if removed or narrower:
        told = [f"without {', '.join(removed)}"] * bool(removed) + narrower + wider
        return Carry(question=name, fate=Fate.PARTIAL, detail=", ".join(told), removed=removed)
    if wider:
        return Carry(question=name, fate=Fate.WIDENED, detail=", ".join(wider))
    plain = replace(new, text=old.text, help=old.help, options=old.options, relations=old.relations)
    plain = replace(plain, reasons=old.reasons, right_from=old.right_from, tolerance=old.tolerance)
    if plain != old:
        return Carry(question=name, fate=Fate.WIDENED, detail="asked in another way")
    return Carry(question=name, fate=Fate.KEPT, detail="unchanged" if new == old else "put in other words")


def _lost(old: Question, new: Question) -> str:
    """Why no answer can stand; empty when some may."""
    if new.kind is not old.kind or bool(new.per_turn) != bool(old.per_turn):
        return f"was {_sort(old)}, is {_sort(new)}"
    if new.per_turn != old.per_turn and "any" not in (new.per_turn, old.per_turn):
        return f"was asked for {old.per_turn} turns, is for {new.per_turn} turns"
    if old.unit and new.unit != old.unit:
        return f"was in {old.unit}, is in {new.unit or 'no unit'}"
    if old.kind is Kind.RANKING and set(new.values) != set(old.values):
        return "other things are put in order"
    if old.values and old.kind is not Kind.RATING and set(_removed(old, new)) == set(old.values):
        return "every option is another one"
    return ""


def _removed(old: Question, new: Question) -> tuple[str, ...]:
    """Values an answer may have had and may not have now."""
    if old.kind is Kind.RATING:
        (low, high), (new_low, new_high) = old.bounds, new.bounds
        return tuple(str(n) for n in range(int(low), int(high) + 1) if not new_low <= n <= new_high)
    return tuple(value for value in old.values if _may(old, value) and not _may(new, value))


def _may(question: Question, value: str) -> bool:
    """Whether an option may be chosen."""
    inner = {option.parent for option in question.options} if question.leaves_only else set()
    return value in question.values and value not in inner


def _narrower(old: Question, new: Question) -> list[str]:
    """What refuses answers that were allowed, apart from removed values."""
    (low, high), (new_low, new_high) = old.bounds, new.bounds
    found = []
    if old.kind is not Kind.RATING and (new_low > low or new_high < high):
        found.append(f"allows only {new_low:g} to {new_high:g}")
    if new.when != old.when:
        found.append("asked under another condition")
    if new.required and not old.required:
        found.append("needs an answer now")
    if new.per_turn != old.per_turn:
        found.append(f"asked for {new.per_turn} turns instead of {old.per_turn}")
    if old.kind is Kind.SPANS and old.overlapping and not new.overlapping:
        found.append("spans may not overlap any more")
    if new.skeleton and not old.skeleton:
        found.append("an object has each point once")
    if old.kind is Kind.RANKING and old.ties and not new.ties:
        found.append("ties are not allowed any more")
    for name, before, after in (("relation", old.relations, new.relations), ("reason", old.reasons, new.reasons)):
        if gone := _fewer(before, after):
            found.append(f"without the {name}s {', '.join(gone)}")
    return found


def _wider(old: Question, new: Question) -> list[str]:
    """What those who answered could not choose."""
    (low, high), (new_low, new_high) = old.bounds, new.bounds
    found = []
    if added := [value for value in new.values if _may(new, value) and not _may(old, value)]:
        found.append(f"with {', '.join(added)}")
    if (new_low < low or new_high > high) and new_low <= low and new_high >= high:
        found.append(f"allows {new_low:g} to {new_high:g}")
    for name, before, after in (("relation", old.relations, new.relations), ("reason", old.reasons, new.reasons)):
        if more := _fewer(after, before):
            found.append(f"with the {name}s {', '.join(more)}")
    return found


def _fewer(before: Sequence[Option], after: Sequence[Option]) -> list[str]:
    there = {option.value for option in after}
    return [option.value for option in before if option.value not in there]


def _sort(question: Question) -> str:
    return f"{question.kind.value} per turn" if question.per_turn else question.kind.value
