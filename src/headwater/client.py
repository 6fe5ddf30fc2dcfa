"""A small typed client of the HTTP API.

from headwater.client import Client

with Client("http://127.0.0.1:8000", token="hw_…", program="support") as headwater:
    for record in headwater.each("records", where="language = 'en'"):
        print(record["text"])
"""

from __future__ import annotations

import time
import uuid
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import httpx

from headwater.core import errors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from types import TracebackType

_KINDS: dict[int, type[errors.HeadwaterError]] = {
    401: errors.UnauthenticatedError,
    403: errors.ForbiddenError,
    404: errors.NotFoundError,
    409: errors.ConflictError,
    412: errors.StaleError,
    422: errors.InvalidError,
    429: errors.LimitError,
    503: errors.UnavailableError,
}


class Seen(NamedTuple):
    """What was shown, and which version of it."""

    data: Any
    tag: str
    """Its `ETag`; empty for what has no versions."""


class Client:
    """A connection to a Headwater server as the owner of a token, in one program."""

    def __init__(self, url: str, *, token: str, program: str, timeout_s: float = 30.0) -> None:
        """Open the connection lazily.

        Args:
            url: Where the server is, without a path.
            token: A personal token, from `headwater token create`.
            program: Short name of the program.
            timeout_s: Seconds to wait for a reply.
        """
        self._http = httpx.Client(
            base_url=f"{url.rstrip('/')}/api/v1/programs/{program}/",
            headers={"Authorization": f"Bearer {token}"},
            timeout=timeout_s,
        )

    def get(self, path: str, **query: object) -> Any:  # noqa: ANN401 -- JSON
        """Return what the API shows at a path below the program.

        Raises:
            HeadwaterError: The server refused; the same classes as in Python.
        """
        return self._reply(self._http.get(path, params=_given(query)))

    def post(self, path: str, body: object = None, *, key: str = "") -> Any:  # noqa: ANN401 -- JSON
        """Do something once and return the reply; repeated safely under the same idempotency key."""
        headers = {"Idempotency-Key": key or str(uuid.uuid4())}
        return self._reply(self._http.post(path, json=body, headers=headers))

    def seen(self, path: str) -> Seen:
        """Return what the API shows at a path, with the tag of the version that was seen; see `put` and `patch`."""
        response = self._http.get(path)
        return Seen(data=self._reply(response), tag=response.headers.get("etag", ""))

    def put(self, path: str, body: object, *, tag: str = "", key: str = "") -> Any:  # noqa: ANN401 -- JSON
        """Replace a thing and return the reply.

        Args:
            path: Where the thing is, below the program.
            body: What it becomes.
            tag: Of the version that was `seen`; with it, nobody else's change is overwritten.
            key: The idempotency key; made up when empty.

        Raises:
            StaleError: Somebody changed it since.
        """
        return self._change("PUT", path, body, tag, key)

    def patch(self, path: str, body: object, *, tag: str = "", key: str = "") -> Any:  # noqa: ANN401 -- JSON
        """Change parts of a thing and return the reply; see `put`."""
        return self._change("PATCH", path, body, tag, key)

    def delete(self, path: str, *, key: str = "") -> None:
        """End a thing."""
        self._change("DELETE", path, None, "", key)

    def take_in(self, source: str, file: Path, *, key: str = "", **recipe: object) -> dict[str, Any]:
        """Send a file to be taken in from a source and return the job that does it; see `wait`.

        Args:
            source: Name of an approved source.
            file: JSONL, CSV or plain text; streamed, however large.
            key: The same key never takes the file in twice.
            **recipe: `language`, `personal_data`, `near_duplicate`; `campaign` and `batch` to have it asked about.
        """
        headers = {"Idempotency-Key": key or str(uuid.uuid4())}
        query = _given({"name": file.name, **recipe})
        with file.open("rb") as body:
            job: dict[str, Any] = self._reply(
                self._http.post(f"sources/{source}/intakes", params=query, content=body, headers=headers)
            )
        return job

    def wait(self, job: str, on_progress: Callable[[dict[str, Any]], None] | None = None) -> dict[str, Any]:
        """Wait until a job has ended, telling its progress, and return its result.

        Raises:
            ConflictError: The job failed or was cancelled; the message says why.
        """
        while True:
            status = self.get(f"jobs/{job}")
            if on_progress:
                on_progress(status)
            if status["state"] == "done":
                return dict(status["result"] or {})
            if status["state"] in ("failed", "cancelled"):
                raise errors.ConflictError(f"Job {job} is {status['state']}: {status['error']}")
            time.sleep(0.2)

    def claim(self, campaign: str) -> dict[str, Any] | None:
        """Return a task to answer, or None when there is none for you."""
        task: dict[str, Any] | None = self.post(f"campaigns/{campaign}/claim", {})["task"]
        return task

    def submit(self, campaign: str, task: dict[str, Any], values: dict[str, Any]) -> dict[str, Any] | None:
        """Record the answer to a task, once however often it is sent, and return the next one or None."""
        body = {"lease_id": task["lease_id"], "token": task["token"], "values": values}
        body["client_id"] = str(uuid.uuid5(uuid.NAMESPACE_URL, task["lease_id"]))
        following: dict[str, Any] | None = (self.post(f"campaigns/{campaign}/submit", body)["next"] or {}).get("task")
        return following

    def each(self, path: str, **query: object) -> Iterator[dict[str, Any]]:
        """Yield every item of a list, fetching pages as they are needed."""
        after = None
        while True:
            response = self._http.get(path, params=_given(query | {"after": after}))
            page = self._reply(response)
            yield from page if isinstance(page, list) else page["items"]
            if isinstance(page, list):
                following = response.links.get("next", {}).get("url")
                after = httpx.URL(following).params["after"] if following else None
            else:
                after = page["next"]
            if after is None:
                return

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    def __enter__(self) -> Self:
        """Return the client."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connection."""
        self.close()

    def _change(self, method: str, path: str, body: object, tag: str, key: str) -> Any:  # noqa: ANN401 -- JSON
        headers = {"Idempotency-Key": key or str(uuid.uuid4())} | ({"If-Match": tag} if tag else {})
        return self._reply(self._http.request(method, path, json=body, headers=headers))

    @staticmethod
    def _reply(response: httpx.Response) -> Any:  # noqa: ANN401 -- JSON
        if response.is_success:
            return response.json() if response.content else None
        try:
            problem = response.json()
        except ValueError:
            problem = {"detail": response.text[:200]}
        kind = _KINDS.get(response.status_code, errors.HeadwaterError)
        raise kind(str(problem.get("detail", response.reason_phrase)), remedy=str(problem.get("remedy", "")))


def _given(query: dict[str, object]) -> dict[str, Any]:
    return {name: value for name, value in query.items() if value is not None}
