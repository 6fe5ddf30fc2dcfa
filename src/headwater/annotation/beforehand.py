"""Answers that are there before anybody was asked: right ones that are known, proposed ones, rulings."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from headwater.annotation import content, responses
from headwater.annotation.model import UnknownTaskError
from headwater.sourcing import queries as sourcing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from headwater.annotation.model import Schema
    from headwater.context import Context

_AT_ONCE = 1000


def check(ctx: Context, schema: Schema, given: Mapping[str, Mapping[str, object]], *, said: str) -> None:
    """Check answers to some of the questions against what their records are: texts, turns, responses, image size.

    Conditions do not count, and of the turns of a chat some may be left out.

    Args:
        ctx: The context.
        schema: What is asked.
        given: Record id → question → answer.
        said: What the answers are, for the message.

    Raises:
        UnknownQuestionError: The schema has no such question.
        UnknownTaskError: The program has no such record (any more).
        ResponseError: An answer is none of its question; the message names the record.
    """
    wanted = list(given)
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        there = sourcing.present(ctx, some)
        for record in some:
            asked = [schema.question(name) for name in given[record]]
            if record not in there:
                raise UnknownTaskError(f"{said} record '{record}': there is no such record in this program.")
            always = [replace(each, when=None, required=each.required and not each.per_turn) for each in asked]
            try:
                responses.check(always, given[record], content.of_record(there[record]).facts)
            except responses.ResponseError as error:
                raise responses.ResponseError(f"{said} record '{record}': {error.message}") from error
