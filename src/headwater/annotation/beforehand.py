"""Answers that are there before anybody was asked: right ones that are known, and proposed ones."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from headwater.annotation import responses

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from headwater.annotation.questions import Question


def check(question: Callable[[str], Question], given: Mapping[str, Mapping[str, object]], *, said: str) -> None:
    """Check answers to some of the questions, by record, before any record is looked at.

    Args:
        question: Returns the question of a name.
        given: Record id → question → answer. Labels per turn are left to the record's own check.
        said: What the answers are, for the message.

    Raises:
        ResponseError: An answer is none of its question; the message names the record.
    """
    for record, values in given.items():
        asked = [each for each in map(question, values) if not each.per_turn]
        try:
            always = [replace(each, when=None) for each in asked]
            responses.check(always, {each.name: values[each.name] for each in asked}, responses.Facts())
        except responses.ResponseError as error:
            raise responses.ResponseError(f"{said} record '{record}': {error.message}") from error
