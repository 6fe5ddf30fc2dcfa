"""The two sides of the annotation benchmark: the same steps over HTTP against Headwater and against Label Studio."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import httpx
from sqlalchemy.engine import make_url

from benchmarks.harness.campaigns import TEXT, Bench, also_open, open_bench
from benchmarks.harness.servers import Server, serving
from benchmarks.harness.workers import Peer, call
from headwater.governance import accounts
from tests.annotation import factories
from tests.servers import free_port
from tests.sourcing.test_intakes import approved

if TYPE_CHECKING:
    from collections.abc import Iterator

ANNOTATORS = 50
LABEL_STUDIO = Peer(name="label-studio", requirements=("label-studio==1.23.2",))
_PART = 10_000
_CONFIG = (
    '<View><Text name="text" value="$text"/><Choices name="topic" toName="text">'
    '<Choice value="billing"/><Choice value="fault"/><Choice value="praise"/></Choices></View>'
)


class Side(Protocol):
    """What the benchmark asks of either side."""

    server: Server

    def take_in(self, tasks: int) -> float:
        """Import so many texts as tasks of the campaign, and return the seconds it took."""

    def work(self, *, annotators: int, seconds: float, think_s: float = 0.0) -> dict[str, Any]:
        """Let annotators work and return how it went, with the server's CPU in ms per answer."""

    def export(self) -> float:
        """Export the answered campaign, and return the seconds it took."""


def _texts(first: int, count: int) -> list[dict[str, str]]:
    return [{"text": f"new {TEXT.format(place=place)}"} for place in range(first, first + count)]


@dataclass(kw_only=True)
class _Site:
    """A served side, as its annotators see it."""

    side: str
    server: Server
    tokens: list[str]
    scheme: str
    path: str
    http: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        """Open a connection as the first of the people."""
        headers = {"Authorization": f"{self.scheme} {self.tokens[0]}"}
        self.http = httpx.Client(base_url=self.server.url, headers=headers, timeout=1200)

    def work(self, *, annotators: int, seconds: float, think_s: float = 0.0) -> dict[str, Any]:
        """Let annotators work."""
        request = {
            "side": self.side,
            "url": self.server.url,
            "scheme": self.scheme,
            "path": self.path,
            "tokens": self.tokens,
            "annotators": annotators,
            "seconds": seconds,
            "think_s": think_s,
        }
        before = self.server.cpu_s()
        result = call("annotators", request)
        used = self.server.cpu_s() - before
        return result | {"cpu_ms": used * 1e3 / max(1, result["answers"])}

    def fetch(self, path: str) -> float:
        """Read a whole reply piece by piece and return the seconds it took."""
        started = time.perf_counter()
        with self.http.stream("GET", path) as reply:
            reply.raise_for_status()
            size = sum(len(piece) for piece in reply.iter_raw())
        if size < _PART:
            raise RuntimeError(f"The export at {path} holds {size} bytes only.")
        return time.perf_counter() - started


class HeadwaterSide(_Site):
    """Headwater as `headwater serve` runs it."""

    answered: str

    def take_in(self, tasks: int) -> float:
        """Send one file of JSON lines into the campaign and wait for its job."""
        lines = "".join(json.dumps(each) + "\n" for each in _texts(0, tasks)).encode()
        campaign = self.path.rpartition("/")[2]
        started = time.perf_counter()
        params: dict[str, str | int] = {"name": "texts.jsonl", "near_duplicate": 2, "campaign": campaign}
        url = "/api/v1/programs/support/sources/desk/intakes"
        job = self.http.post(url, content=lines, params=params).raise_for_status().json()
        while job["state"] not in ("done", "failed"):
            time.sleep(0.02)
            job = self.http.get(f"/api/v1/programs/support/jobs/{job['id']}").raise_for_status().json()
        if job["state"] == "failed" or job["result"]["tasks"] != tasks:
            raise RuntimeError(f"Not all of {tasks} texts became tasks: {job}")
        return time.perf_counter() - started

    def export(self) -> float:
        """Stream the answers as JSON lines."""
        return self.fetch(f"/api/v1/programs/support/campaigns/{self.answered}/export?format=jsonl")


class LabelStudioSide(_Site):
    """Label Studio as `label-studio start` runs it."""

    answered: str

    def take_in(self, tasks: int) -> float:
        """Send the tasks as JSON, ten thousand to a request."""
        started = time.perf_counter()
        for first in range(0, tasks, _PART):
            body = _texts(first, min(_PART, tasks - first))
            reply = self.http.post(f"/api/projects/{self.path}/import", json=body)
            reply.raise_for_status()
        return time.perf_counter() - started

    def answer_all(self, tasks: int) -> None:
        """Import tasks that are answered already."""
        result = [{"from_name": "topic", "to_name": "text", "type": "choices", "value": {"choices": ["billing"]}}]
        body = [{"data": each, "annotations": [{"result": result}]} for each in _texts(0, tasks)]
        for first in range(0, tasks, _PART):
            reply = self.http.post(f"/api/projects/{self.answered}/import", json=body[first : first + _PART])
            reply.raise_for_status()

    def export(self) -> float:
        """Fetch the answered project as its own JSON."""
        return self.fetch(f"/api/projects/{self.answered}/export?exportType=JSON&download_all_tasks=false")


@contextmanager
def headwater(url: str, answered: int) -> Iterator[HeadwaterSide]:
    """Serve a workspace with an open campaign, and another whose tasks are answered."""
    with open_bench(url, answered, annotators=ANNOTATORS) as bench:
        campaign = also_open(bench, "work")
        approved(bench.team)
        _answer(bench, answered)
        tokens = [_token(bench, bench.team.ops), *(_token(bench, each) for each in bench.team.annotators)]
        port = free_port()
        binary = Path(sys.executable).with_name("headwater")
        command = (binary, "--workspace", bench.directory, "serve", "--port", port)
        bench.team.app.close()
        with serving(command, f"http://127.0.0.1:{port}") as server:
            path = f"/api/v1/programs/support/campaigns/{campaign}"
            side = HeadwaterSide(side="headwater", server=server, tokens=tokens, scheme="Bearer", path=path)
            side.tokens = side.tokens[1:]  # the first one manages
            side.answered = bench.campaign
            yield side


@contextmanager
def label_studio(url: str, answered: int) -> Iterator[LabelStudioSide]:
    """Serve Label Studio with an empty project, and another whose tasks are answered."""
    with tempfile.TemporaryDirectory(prefix="label-studio-") as folder:
        env = {"LABEL_STUDIO_BASE_DATA_DIR": folder, "COLLECT_ANALYTICS": "false", "LATEST_VERSION_CHECK": "false"}
        env |= {"SENTRY_DSN": "", "FRONTEND_SENTRY_DSN": ""}
        env |= _database(url)
        os.environ.update(env)
        request = {"annotators": ANNOTATORS, "projects": ["work", "answered"], "label_config": _CONFIG}
        made = call("labelstudio_setup", request, peer=LABEL_STUDIO)
        port = free_port()
        binary = LABEL_STUDIO.python().with_name("label-studio")
        with serving((binary, "start", "--no-browser", "-p", port), f"http://127.0.0.1:{port}", env=env) as server:
            work, done = (str(each) for each in made["projects"])
            side = LabelStudioSide(side="label-studio", server=server, tokens=made["tokens"], scheme="Token", path=work)
            side.answered = done
            side.answer_all(answered)
            yield side


def _answer(bench: Bench, tasks: int) -> None:
    person = bench.team.annotators[0]
    held = factories.claim(bench.team, bench.campaign, person)
    for _ in range(tasks):
        if held is None:
            raise RuntimeError("the campaign has no tasks left")
        receipt = factories.answer(bench.team, bench.campaign, person, held, claim_next=True)
        held = receipt.next.assignment if receipt.next else None


def _token(bench: Bench, person: str) -> str:
    with bench.team.app.act_as(person) as ctx:
        return accounts.create_token(ctx, label="bench", may_write=True).secret


def _database(url: str) -> dict[str, str]:
    if not url:
        return {"DJANGO_DB": "sqlite"}
    place = make_url(url)
    return {
        "DJANGO_DB": "default",
        "POSTGRE_NAME": place.database or "",
        "POSTGRE_USER": place.username or "",
        "POSTGRE_PASSWORD": place.password or "",
        "POSTGRE_HOST": place.host or "",
        "POSTGRE_PORT": str(place.port or 5432),
    }
