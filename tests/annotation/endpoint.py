"""A model's endpoint on a real socket, which also misbehaves."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Reply = tuple[int, object, dict[str, str]]
"""Status, body (JSON, or bytes as they are) and headers."""
KEY = "sk-the-secret-key"


class Endpoint:
    """What was asked of the endpoint, and how it answers."""

    def __init__(self) -> None:
        self.url = ""
        self.bodies: list[dict[str, Any]] = []
        self.keys: set[str] = set()
        self.asked: Counter[str] = Counter()
        """How often each text was asked about."""
        self.most = 0
        """Calls under way together, at most."""
        self.slow_s = 0.0
        self.answer: Callable[[str, int], Reply] = lambda _text, _time: chat("billing")
        """From the text and how often it was asked, the reply."""
        self._flying = 0
        self._lock = threading.Lock()

    def reply(self, body: dict[str, Any], key: str) -> Reply:
        """Answer one call."""
        if "records" in body:
            text = "+".join(str(each["text"]) for each in body["records"])
        else:
            text = str(body["messages"][-1]["content"])
        with self._lock:
            self.bodies.append(body)
            self.keys.add(key)
            self.asked[text] += 1
            times = self.asked[text]
            self._flying += 1
            self.most = max(self.most, self._flying)
        time.sleep(self.slow_s)
        try:
            return self.answer(text, times)
        finally:
            with self._lock:
                self._flying -= 1


def chat(topic: object, *, confidence: object = 0.9, **more: object) -> Reply:
    """Return a chat completion that gives a topic."""
    text = json.dumps({"answers": {"topic": topic, "urgency": None}, "confidence": confidence})
    return said(text, **more)


def said(text: str, **more: object) -> Reply:
    """Return a chat completion of any text."""
    choice = {"message": {"role": "assistant", "content": text}, "finish_reason": "stop"} | more
    return 200, {"choices": [choice], "usage": {"prompt_tokens": 100, "completion_tokens": 10}}, {}


@contextmanager
def endpoint() -> Iterator[Endpoint]:
    """Serve an endpoint on a free port until the block ends."""
    found = Endpoint()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            status, data, headers = found.reply(body, self.headers.get("authorization", ""))
            raw = data if isinstance(data, bytes) else json.dumps(data).encode()
            try:
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)
            except OSError:
                self.close_connection = True  # the caller did not wait

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    found.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield found
    server.shutdown()
    server.server_close()
