"""Annotators at work over HTTP: each answers, gets the next task, thinks, and so on for some seconds.

The same loop drives both sides; only the requests differ. A turn is timed from sending the answer to holding the next
task, whatever number of requests that takes.
"""

import json
import statistics
import threading
import time
import uuid
from collections import Counter
from typing import Any
from urllib.parse import urlsplit

from clock import reply, request
from wire import Wire

Task = dict[str, Any]


def pick(found: Task | None, name: str) -> Task | None:
    """Return what an answer holds under a name, None when there is nothing."""
    return found[name] if found else None


class Annotator(threading.Thread):
    """One annotator with a connection of their own."""

    def __init__(self, asked: dict[str, Any], token: str, begin: threading.Barrier, place: int) -> None:
        super().__init__(daemon=True)
        self.asked, self.begin, self.place = asked, begin, place
        headers = {"Authorization": f"{asked['scheme']} {token}", "Content-Type": "application/json"}
        self.wire = Wire(urlsplit(asked["url"]).netloc, headers)
        self.turns_ms: list[float] = []
        self.done: list[str] = []
        self.problems: Counter[str] = Counter()

    def call(self, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 - whatever JSON holds
        """Send a request and return what came back, None for an error."""
        status, data = self.wire.ask(method, path, b"" if body is None else json.dumps(body).encode())
        if status >= 400:
            self.problems[f"{status} {data[:120].decode(errors='replace')}"] += 1
            return None
        return json.loads(data)

    def run(self) -> None:
        """Work until the time is over."""
        task = self.first()
        self.begin.wait()
        pause = self.asked["think_s"]
        time.sleep(pause * self.place / self.asked["annotators"])
        until = time.perf_counter() + self.asked["seconds"]
        while task is not None and time.perf_counter() < until:
            started = time.perf_counter()
            task = self.turn(task)
            self.turns_ms.append((time.perf_counter() - started) * 1e3)
            if pause:
                time.sleep(max(0.0, pause - (time.perf_counter() - started)))

    def first(self) -> Task | None:
        """Return the first task."""
        raise NotImplementedError

    def turn(self, task: Task) -> Task | None:
        """Answer a task and return the next one."""
        raise NotImplementedError


class Headwater(Annotator):
    """Submitting brings the next task."""

    def first(self) -> Task | None:
        """Claim."""
        found = self.call("POST", f"{self.asked['path']}/claim", {"holding": []})
        return pick(found, "task")

    def turn(self, task: Task) -> Task | None:
        """Submit."""
        body = {
            "lease_id": task["lease_id"],
            "token": task["token"],
            "client_id": str(uuid.uuid4()),
            "values": {"topic": "billing"},
            "lead_time_ms": 900,
        }
        receipt = self.call("POST", f"{self.asked['path']}/submit", body)
        if receipt is None:
            return self.first()
        self.done.append(json.dumps(task["content"]))  # every text is asked about once
        return pick(receipt["next"], "task")


class LabelStudio(Annotator):
    """Submitting and asking for the next task are two requests, as its own page sends them."""

    def first(self) -> Task | None:
        """Ask for the next task."""
        return pick({"task": self.call("GET", f"/api/projects/{self.asked['path']}/next")}, "task")

    def turn(self, task: Task) -> Task | None:
        """Send an annotation, then ask for the next task."""
        result = [{"from_name": "topic", "to_name": "text", "type": "choices", "value": {"choices": ["billing"]}}]
        path = f"/api/tasks/{task['id']}/annotations/?project={self.asked['path']}"
        if self.call("POST", path, {"result": result, "lead_time": 0.9}) is not None:
            self.done.append(str(task["id"]))
        return self.first()


def main() -> None:
    """Let everybody work and tell how it went."""
    asked = request()
    kind = Headwater if asked["side"] == "headwater" else LabelStudio
    begin = threading.Barrier(asked["annotators"] + 1)
    tokens = asked["tokens"][: asked["annotators"]]
    people = [kind(asked, token, begin, place) for place, token in enumerate(tokens)]
    for person in people:
        person.start()
    begin.wait()
    started = time.perf_counter()
    for person in people:
        person.join()
    elapsed = time.perf_counter() - started
    turns = sorted(each for person in people for each in person.turns_ms)
    given = Counter(task for person in people for task in person.done)
    cuts = statistics.quantiles(turns, n=100)
    problems: Counter[str] = Counter()
    for person in people:
        problems.update(person.problems)
    reply(
        p50=cuts[49],
        p99=cuts[98],
        answers=sum(given.values()),
        doubled=sum(times - 1 for times in given.values()),
        elapsed_s=elapsed,
        problems=dict(problems.most_common(3)),
    )


main()
