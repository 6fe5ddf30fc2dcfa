"""Many annotators on a served workspace that is hard on them.

Connections break, answers come twice, leases lapse, and the server is killed. Afterwards no acknowledged answer may be
missing, none doubled, and no overlap exceeded. The suite runs it for some seconds; the long run is

    python -m tests.annotation.soak --annotators 200 --minutes 10
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import sqlalchemy as sa

from headwater.annotation.plan import Plan
from headwater.app.application import open_app
from headwater.app.workspace import init
from headwater.governance import accounts
from tests import servers
from tests.annotation import factories
from tests.servers import free_port
from tests.workspaces import PastClock, Team, make_team

OVERLAP = 2
LEASE_S = 6.0
RETRY_S = 0.2
Reply = dict[str, Any]


@dataclass
class Outcome:
    """What happened, as the annotators saw it."""

    acknowledged: Counter[str] = field(default_factory=Counter)
    """Client ids of answers the server said it has, with how often it said so."""
    happened: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, event: str, client_id: str = "") -> None:
        """Count an event, and the answer it acknowledged if any."""
        with self.lock:
            self.happened[event] += 1
            if client_id:
                self.acknowledged[client_id] += 1


class Server:
    """`headwater serve` in a process of its own, which can be killed and started again at the same address."""

    def __init__(self, directory: Path) -> None:
        self.directory, self.port = directory, free_port()
        self.start()

    def start(self) -> None:
        """Start it and wait until it answers."""
        program = Path(sys.executable).with_name("headwater")
        command = [str(program), "--workspace", str(self.directory), "serve", "--port", str(self.port)]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True)
        until = time.monotonic() + 60
        while time.monotonic() < until and self.process.poll() is None:
            with suppress(OSError):
                wire = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
                wire.request("GET", "/api/v1/openapi.json")
                wire.getresponse().read()
                wire.close()
                return
            time.sleep(0.05)
        raise RuntimeError("the server does not answer")

    def kill(self) -> None:
        """End it without warning."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


class Annotator(threading.Thread):
    """One who answers, and to whom things happen."""

    think_s = 1.0
    """Mean time at a task."""

    def __init__(self, campaign: str, token: str, server: Server, outcome: Outcome, until: float, seed: int) -> None:
        super().__init__(daemon=True)
        self.path = f"/api/v1/programs/support/campaigns/{campaign}"
        self.headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self.server, self.outcome, self.until = server, outcome, until
        self.chance = random.Random(seed)
        self.wire = self.connect()

    def connect(self) -> http.client.HTTPConnection:
        """Return a fresh connection."""
        return http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)

    def run(self) -> None:
        """Work until the time is over."""
        task = None
        while time.monotonic() < self.until:
            task = task or self.claim()
            if task is None:
                time.sleep(RETRY_S)
                continue
            time.sleep(self.chance.uniform(0, 2 * self.think_s))
            if self.chance.random() < 0.02:
                self.outcome.note("lease left to lapse")
                time.sleep(LEASE_S + self.chance.random())
            task = self.answer(task)
        self.wire.close()

    def claim(self) -> Reply | None:
        """Ask for a task."""
        reply = self.insist("/claim", {"holding": []})
        return reply["task"] if reply else None

    def answer(self, task: Reply) -> Reply | None:
        """Send the answer to a task, now and then with a mishap, and return the next task."""
        client_id = str(uuid.UUID(int=self.chance.getrandbits(128), version=4))
        body = {"lease_id": task["lease_id"], "token": task["token"], "client_id": client_id}
        body |= {"values": {"topic": self.chance.choice(factories.TOPICS)}, "lead_time_ms": 900}
        mishap = self.chance.random()
        if mishap < 0.05:
            self.break_off("/submit", body)
        twin = None
        if 0.05 < mishap < 0.10:
            twin = threading.Thread(target=self.send_beside, args=(body, client_id))
            twin.start()
        reply = self.insist("/submit", body)
        if twin:
            twin.join()
        if reply is None:
            self.outcome.note("answer refused")
            return None
        self.outcome.note("answer acknowledged", client_id)
        return reply["next"]["task"] if reply["next"] else None

    def break_off(self, path: str, body: Reply) -> None:
        """Send a request and drop the connection before its reply."""
        self.outcome.note("connection dropped")
        with suppress(OSError, http.client.HTTPException):
            self.wire.request("POST", self.path + path, json.dumps(body), self.headers)
        self.wire.close()
        self.wire = self.connect()

    def send_beside(self, body: Reply, client_id: str) -> None:
        """Send the same answer on a second connection at the same time."""
        self.outcome.note("answer sent twice")
        with suppress(OSError, http.client.HTTPException):
            wire = self.connect()
            wire.request("POST", f"{self.path}/submit", json.dumps(body), self.headers)
            reply = wire.getresponse()
            reply.read()
            wire.close()
            if reply.status < 300:
                self.outcome.note("twin acknowledged", client_id)

    def insist(self, path: str, body: Reply) -> Reply | None:
        """Send a request until it has a reply; None when it is refused."""
        while True:
            try:
                self.wire.request("POST", self.path + path, json.dumps(body), self.headers)
                reply = self.wire.getresponse()
                data = reply.read()
            except (OSError, http.client.HTTPException):
                self.outcome.note("server gone")
                self.wire.close()
                self.wire = self.connect()
                time.sleep(RETRY_S)
                continue
            if reply.status >= 500:
                self.outcome.note(f"server error {reply.status} {data[:200].decode()}")
                time.sleep(RETRY_S)
                continue
            found: Reply | None = json.loads(data) if reply.status < 300 else None
            if found is None:
                self.outcome.note(f"refused {json.loads(data)['code']}")
            return found


def soak(team: Team, *, seconds: float, kills: int, tasks: int) -> Outcome:
    """Let the team's annotators work on a campaign for some seconds while the server is killed so many times."""
    campaign = factories.open_campaign(team, tasks, plan=Plan(overlap=OVERLAP, lease_minutes=LEASE_S / 60)).id
    tokens = []
    for person in team.annotators:
        with team.app.act_as(person) as ctx:
            tokens.append(accounts.create_token(ctx, label="soak", may_write=True).secret)
    server, outcome = Server(team.app.settings.directory), Outcome()
    until = time.monotonic() + seconds
    people = [Annotator(campaign, token, server, outcome, until, seed) for seed, token in enumerate(tokens)]
    for each in people:
        each.start()
    for _ in range(kills):
        time.sleep(seconds / (kills + 1))
        server.kill()
        server.start()
    for each in people:
        each.join(60)
    server.kill()
    return outcome


def faults(team: Team, outcome: Outcome) -> list[str]:
    """Return everything that is wrong with the answers the workspace holds, as sentences."""
    with team.read() as ctx:
        kept = Counter(ctx.db.execute(sa.text("SELECT client_id FROM answer")).scalars())
        pairs = ctx.db.execute(sa.text("SELECT task_id, annotator FROM answer")).all()
        need = sa.text(
            "SELECT t.id, t.wanted - t.answers - t.need - count(l.id) FROM task AS t LEFT JOIN lease AS l"
            " ON l.task_id = t.id AND l.state = 'live' GROUP BY t.id, t.wanted, t.answers, t.need"
        )
        balance = ctx.db.execute(need).all()
        tallied = ctx.db.execute(sa.text("SELECT sum(answers) FROM tally")).scalar_one()
        counted = ctx.db.execute(sa.text("SELECT sum(answers) FROM task")).scalar_one()
    per_task = Counter(task for task, _ in pairs)
    found = [f"lost: {each}" for each in outcome.acknowledged if each not in kept]
    found += [f"doubled: {each}" for each, times in kept.items() if times > 1]
    found += [f"answered twice by one person: {each}" for each, times in Counter(pairs).items() if times > 1]
    found += [f"{times} answers to {task}" for task, times in per_task.items() if times > OVERLAP]
    found += [f"{task} counts {off} places too few or many" for task, off in balance if off]
    found += [f"{tallied} tallied, {len(pairs)} kept"] if tallied != len(pairs) else []
    found += [f"{counted} counted at tasks, {len(pairs)} kept"] if counted != len(pairs) else []
    return found


def main() -> None:
    """Run the long soak on both databases and print what happened."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--annotators", type=int, default=200)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--think", type=float, default=1.0, help="Mean seconds at a task.")
    parser.add_argument("--kills", type=int, default=2)
    parser.add_argument("--tasks", type=int, default=100_000)
    asked = parser.parse_args()
    Annotator.think_s = asked.think
    for name in ("SQLite", "PostgreSQL"):
        with servers.postgres() if name == "PostgreSQL" else nullcontext("") as url, TemporaryDirectory() as folder:
            directory = Path(folder) / "workspace"
            init(directory, database_url=url).close()
            with open_app(directory, clock=PastClock()) as app:
                team = make_team(app, annotators=asked.annotators)
                outcome = soak(team, seconds=asked.minutes * 60, kills=asked.kills, tasks=asked.tasks)
                wrong = faults(team, outcome)
        head = f"{name}: {len(outcome.acknowledged):,} answers acknowledged, {len(wrong)} faults"
        lines = [f"  {event}: {times:,}" for event, times in outcome.happened.most_common()]
        sys.stdout.write("\n".join([head, *lines, *(f"  FAULT {sentence}" for sentence in wrong[:20]), ""]))


if __name__ == "__main__":
    main()
