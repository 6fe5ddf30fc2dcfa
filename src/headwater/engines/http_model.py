"""Models behind a plain HTTP address: a batch of records by POST, a list of values and scores back.

    → {"questions": [{"name": "topic", "kind": "single", "options": […]}], "guideline": "…",
       "records": [{"id": "rec_…", "kind": "text", "text": "…", "turns": […], "responses": […],
                    "image": {"media_type": "image/png", "data": "…base64…"}, "width": 640, "height": 480}]}
    ← {"predictions": [{"id": "rec_…", "value": {"topic": "billing"}, "score": 0.93}, …]}

The list may come bare; without ids it is in the order of the records. With a single question `value` may be the bare
answer. A prediction may say `"error": "…"` in place of a value.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from headwater.annotation.ports import Prediction
from headwater.core.errors import HeadwaterError, UnavailableError
from headwater.engines.transport import Transport, pictured

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headwater.annotation.ports import Asked, Brief
    from headwater.core.settings import ModelSettings


class HttpModel:
    """A model that takes batches of records."""

    draws = True

    def __init__(self, name: str, settings: ModelSettings) -> None:
        """Use the model that is called `name` in the settings."""
        self._settings = settings
        self._transport = Transport(name, settings)
        self.name = settings.model
        self.at_once = settings.at_once
        self.together = settings.together

    def cost(self, tokens_in: int, tokens_out: int) -> float:
        """Return 0: such a model counts no tokens."""
        del tokens_in, tokens_out
        return 0.0

    def close(self) -> None:
        """Close the connections; a later call opens them again."""
        self._transport.close()

    def predict(self, brief: Brief, asked: Sequence[Asked]) -> list[Prediction]:
        """Return the model's value for each record; what the reply lacks is the record's problem."""
        records, found = list[dict[str, object]](), dict[str, Prediction]()
        for each in asked:
            try:
                records.append({"id": each.record, **each.content} | pictured(each))
            except HeadwaterError as error:  # its picture is not there
                found[each.record] = Prediction(record=each.record, problem=error.message)
        left = [each for each in asked if each.record not in found]
        found |= {each.record: each for each in self._answered(brief, records, left)}
        return [found[each.record] for each in asked]

    def _answered(self, brief: Brief, records: list[dict[str, object]], asked: Sequence[Asked]) -> list[Prediction]:
        if not asked:
            return []
        body = {"questions": brief.questions, "guideline": brief.instructions, "records": records}
        try:
            reply = self._transport.post(self._settings.url, body)
        except UnavailableError as error:
            return [Prediction(record=each.record, problem=error.message, is_silent=True) for each in asked]
        rows = reply.get("predictions") if isinstance(reply, dict) else reply
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            problem = "the reply holds no list of predictions"
            return [Prediction(record=each.record, problem=problem) for each in asked]
        if any("id" in row for row in rows):
            by_id = {str(row.get("id")): row for row in rows}
            return [_read(each.record, by_id.get(each.record)) for each in asked]
        if len(rows) != len(asked):
            problem = f"the reply holds {len(rows)} predictions without ids for {len(asked)} records"
            return [Prediction(record=each.record, problem=problem) for each in asked]
        return [_read(each.record, row) for each, row in zip(asked, rows, strict=True)]


def _read(record: str, row: dict[str, Any] | None) -> Prediction:
    if row is None:
        return Prediction(record=record, problem="the reply holds no prediction for it")
    if row.get("error"):
        return Prediction(record=record, problem=f"the model says: {str(row['error'])[:300]}")
    score = row.get("score")
    if score is not None and (isinstance(score, bool) or not isinstance(score, int | float) or not 0 <= score <= 1):
        return Prediction(record=record, problem=f"its score {str(score)[:40]} is no number from 0 to 1")
    if score is not None and math.isnan(score):
        return Prediction(record=record, problem="its score is no number from 0 to 1")
    return Prediction(record=record, answer=row.get("value"), score=score)
