"""Models behind an OpenAI-compatible chat-completions endpoint: one record a call, the answer as constrained JSON."""

from __future__ import annotations

import json
import math
import re
from typing import TYPE_CHECKING, Any

from headwater.annotation.ports import Prediction
from headwater.core.errors import HeadwaterError, UnavailableError
from headwater.engines.transport import Transport, pictured

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headwater.annotation.ports import Asked, Brief
    from headwater.core.settings import ModelSettings

_FENCE = re.compile(r"\A\s*```(?:json)?\s*|\s*```\s*\Z")
_ANSWERS = re.compile(r'"answers"\s*:\s*')


class ChatModel:
    """A chat model that answers questions about records."""

    together, draws = 1, False

    def __init__(self, name: str, settings: ModelSettings) -> None:
        """Use the model that is called `name` in the settings."""
        self._settings = settings
        self._transport = Transport(name, settings)
        self.name = settings.model
        self.at_once = settings.at_once

    def cost(self, tokens_in: int, tokens_out: int) -> float:
        """Return the price of tokens."""
        return (tokens_in * self._settings.price_in + tokens_out * self._settings.price_out) / 1e6

    def close(self) -> None:
        """Close the connections; a later call opens them again."""
        self._transport.close()

    def predict(self, brief: Brief, asked: Sequence[Asked]) -> list[Prediction]:
        """Return the model's answer about each record; a refusal or an answer that is no JSON is its problem."""
        return [self._one(brief, each) for each in asked]

    def _one(self, brief: Brief, asked: Asked) -> Prediction:
        try:
            body = self._body(brief, asked)
        except HeadwaterError as error:  # its picture is not there
            return Prediction(record=asked.record, problem=error.message)
        try:
            reply = self._transport.post(f"{self._settings.url.rstrip('/')}/chat/completions", body)
        except UnavailableError as error:
            return Prediction(record=asked.record, problem=error.message, is_silent=True)
        usage = reply.get("usage") if isinstance(reply, dict) else None
        tokens = [_count(usage, name) for name in ("prompt_tokens", "completion_tokens")]
        try:
            choice = reply["choices"][0]
            answer, score = self._read(choice)
        except (KeyError, IndexError, TypeError, AttributeError, ValueError) as error:
            problem = f"the reply is not as expected: {str(error) or type(error).__name__}"
            return Prediction(record=asked.record, problem=problem, tokens_in=tokens[0], tokens_out=tokens[1])
        return Prediction(record=asked.record, answer=answer, score=score, tokens_in=tokens[0], tokens_out=tokens[1])

    def _body(self, brief: Brief, asked: Asked) -> dict[str, object]:
        body: dict[str, object] = {
            "model": self._settings.model,
            "temperature": 0,
            "messages": [
                {"role": "system", "content": brief.instructions},
                {"role": "user", "content": _said(asked)},
            ],
        }
        if self._settings.constrained:
            shape = {"name": "answer", "strict": True, "schema": asked.answer}
            body["response_format"] = {"type": "json_schema", "json_schema": shape}
        if self._settings.confidence == "logprobs":
            body["logprobs"] = True
        return body

    def _read(self, choice: dict[str, Any]) -> tuple[object, float | None]:
        message = choice["message"]
        if message.get("refusal"):
            raise ValueError(f"the model refuses: {str(message['refusal'])[:200]}")
        if choice.get("finish_reason") == "length":
            raise ValueError("it was cut off at the longest reply the endpoint allows")
        text = str(message["content"])
        data = json.loads(_FENCE.sub("", text))
        if not isinstance(data, dict) or not isinstance(data.get("answers"), dict):
            raise TypeError(f"there is no object 'answers' in: {text[:200]}")
        if self._settings.confidence == "none":
            return data["answers"], None
        tokens = (choice.get("logprobs") or {}).get("content") if self._settings.confidence == "logprobs" else None
        score = joint_probability(text, tokens) if tokens else data.get("confidence")
        is_number = isinstance(score, int | float) and not isinstance(score, bool) and math.isfinite(score)
        return data["answers"], min(max(float(score), 0.0), 1.0) if is_number and score is not None else None


def _said(asked: Asked) -> object:
    """Return a record as the parts of a message: its words, and its picture when it has one."""
    found = pictured(asked).get("image")
    if not isinstance(found, dict):
        return asked.text
    address = f"data:{found['media_type']};base64,{found['data']}"
    words = [{"type": "text", "text": asked.text}] if asked.text else []
    return [*words, {"type": "image_url", "image_url": {"url": address}}]


def joint_probability(text: str, tokens: Sequence[dict[str, Any]]) -> float | None:
    """Return the probability the model gave to all its answers together: of the tokens of the object `answers`.

    Args:
        text: The reply.
        tokens: Its tokens in order, each with `token` and `logprob`.

    Returns:
        The product of their probabilities; None when the tokens are not those of the text.
    """
    found = _ANSWERS.search(text)
    if found is None or "".join(str(each["token"]) for each in tokens) != text:
        return None
    first = found.end()
    _, last = json.JSONDecoder().raw_decode(text, first)
    total, place = 0.0, 0
    for each in tokens:
        end = place + len(each["token"])
        if end > first and place < last:
            total += float(each["logprob"])
        place = end
    return math.exp(min(total, 0.0))


def _count(usage: object, name: str) -> int:
    value = usage.get(name) if isinstance(usage, dict) else 0
    return value if isinstance(value, int) and value > 0 else 0
