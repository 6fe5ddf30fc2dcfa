"""Calls to a model's endpoint: secret key, time limit, patience with a busy server, no redirects, no endless reply."""

from __future__ import annotations

import json
import logging
import random
import threading
import time
from base64 import b64encode
from typing import TYPE_CHECKING, Any

import httpx

from headwater.annotation.ports import ModelRefusedError
from headwater.core.errors import UnavailableError

if TYPE_CHECKING:
    from headwater.annotation.ports import Asked
    from headwater.core.settings import ModelSettings

LONGEST_REPLY = 16_000_000
"""Bytes of a reply that are read at most."""
LONGEST_PAUSE_S = 60.0
_BUSY = frozenset({408, 425, 429, 500, 502, 503, 504, 529})
_REFUSED = frozenset({401, 402, 403, 404, 405})
_SHOWN = 300
logging.getLogger("httpx").setLevel(logging.WARNING)  # it logs every address


class Transport:
    """A connection to one endpoint, for several threads."""

    def __init__(self, name: str, settings: ModelSettings) -> None:
        """Use the endpoint of a model.

        Args:
            name: What the model is called in the settings, for messages.
            settings: The model's settings.
        """
        self._name = name
        self._settings = settings
        self._client: httpx.Client | None = None
        self._lock = threading.Lock()

    def close(self) -> None:
        """Close the connections; a later call opens them again."""
        with self._lock:
            if self._client is not None:
                self._client.close()
            self._client = None

    def post(self, url: str, body: object) -> Any:  # noqa: ANN401 -- whatever JSON the endpoint sends
        """Return the JSON an endpoint replies with; a busy or broken one is asked again after a growing pause.

        Raises:
            ModelRefusedError: It refuses the key, is not there, or sends us elsewhere.
            UnavailableError: It did not reply in time or as expected, in every attempt.
        """
        problem, pause = "", self._settings.pause_s
        for attempt in range(self._settings.attempts):
            if attempt:
                time.sleep(pause)
            pause = min(self._settings.pause_s * 2**attempt * random.uniform(0.5, 1.0), LONGEST_PAUSE_S)  # noqa: S311 -- spreads retries
            try:
                status, headers, raw = self._send(url, body)
            except httpx.HTTPError as error:
                problem = _told(type(error).__name__, str(error))
                continue
            self._permitted(url, status, headers, raw)
            if status in _BUSY:
                problem = _status(status, raw)
                pause = max(pause, min(_asked_pause(headers), LONGEST_PAUSE_S))
                continue
            if status >= 400:  # noqa: PLR2004 -- the request itself is wrong: asking again is of no use
                raise UnavailableError(f"Model '{self._name}' answered with {_status(status, raw)}.")
            try:
                return json.loads(raw)
            except ValueError as error:
                problem = _told(f"a reply that is no JSON ({error})", _excerpt(raw))
        tries = self._settings.attempts
        failed = "failed" if tries == 1 else f"failed {tries} times, last"
        raise UnavailableError(f"Model '{self._name}' {failed} with {problem}.")

    def _send(self, url: str, body: object) -> tuple[int, httpx.Headers, bytes]:
        """One call, its reply read to the end within the time limit, which counts from the first byte sent."""
        until = time.monotonic() + self._settings.timeout_s
        with self._open().stream("POST", url, json=body) as reply:
            raw = bytearray()
            for chunk in reply.iter_bytes():
                raw += chunk
                if len(raw) > LONGEST_REPLY:
                    raise httpx.ReadError(f"the reply is longer than {LONGEST_REPLY:,} bytes")
                if time.monotonic() > until:
                    raise httpx.ReadTimeout(f"no whole reply within {self._settings.timeout_s:g} s")
            return reply.status_code, reply.headers, bytes(raw)

    def _open(self) -> httpx.Client:
        with self._lock:
            if self._client is None:
                key = self._settings.key.get_secret_value()
                self._client = httpx.Client(
                    timeout=self._settings.timeout_s,
                    follow_redirects=False,
                    headers={"Authorization": f"Bearer {key}"} if key else {},
                    limits=httpx.Limits(max_connections=self._settings.at_once),
                )
            return self._client

    def _permitted(self, url: str, status: int, headers: httpx.Headers, raw: bytes) -> None:
        if 300 <= status < 400:  # noqa: PLR2004 -- redirects
            there = httpx.URL(url).join(headers.get("location", "")).host
            raise ModelRefusedError(
                f"Model '{self._name}' sends us to '{there}', which is not followed: records and key go nowhere else.",
                remedy=f"Correct 'url' of [models.{self._name}] in the settings.",
            )
        if status in _REFUSED:
            raise ModelRefusedError(
                f"Model '{self._name}' refuses with {_status(status, raw)}.",
                remedy=f"Check 'url' and 'key' of [models.{self._name}] in the settings.",
            )


def _asked_pause(headers: httpx.Headers) -> float:
    try:
        return max(float(headers.get("retry-after", "0")), 0.0)
    except ValueError:
        return 0.0


def _told(what: str, detail: str) -> str:
    return f"{what}: {detail}".removesuffix(": ").removesuffix(".")


def _status(status: int, raw: bytes) -> str:
    return _told(f"status {status}", _excerpt(raw))


def _excerpt(raw: bytes) -> str:
    text = " ".join(raw.decode("utf-8", "replace").split())
    return text[:_SHOWN] + ("…" if len(text) > _SHOWN else "")


def pictured(asked: Asked) -> dict[str, object]:
    """Return the picture of a record as it is sent: its `media_type` and `data` in base64; nothing without one.

    Raises:
        NotFoundError, ImageError: It is not stored, or no image.
    """
    if asked.picture is None:
        return {}
    found = asked.picture()
    return {"image": {"media_type": found.media_type, "data": b64encode(found.data).decode()}}
