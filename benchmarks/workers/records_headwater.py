"""Headwater: a workspace with so many records, asked through its queries and through its pages."""

import multiprocessing
import tempfile
import time
from functools import partial
from itertools import islice
from pathlib import Path

import httpx
import pyarrow as pa
from clock import reply, request, timed
from items import CASES, DOMAINS, rows

from headwater.app.application import App, open_app
from headwater.app.workspace import init
from headwater.governance import accounts
from headwater.governance import queries as governance
from headwater.governance.model import SYSTEM, CriticalSlice
from headwater.sourcing import coverage, intakes, queries, sources
from headwater.sourcing.curation import Recipe
from headwater.sourcing.items import Item
from headwater.sourcing.model import Provenance, SourceKind
from tests.serving import served
from tests.workspaces import PastClock, Team, make_team

STEP = 50_000
TAKEN_IN = 1_000
CRITICAL = tuple(
    CriticalSlice(name=f"rare {name}", predicate=f"domain = '{name}' and language = 'es'", minimum=10_000_000)
    for name in DOMAINS[:3]
)
PAGES = {"front page": "", "sources page": "sources"} | {
    f"records page, {name}": f"records?where={where}&words={words}" for name, (where, words) in CASES.items()
}


def fill(team: Team, count: int) -> None:
    """Put the records into the table, the last of them by an intake."""
    app, given, start = team.app, rows(count - TAKEN_IN), 0
    while part := list(islice(given, STEP)):
        size = len(part)
        ids = [f"rec_{place:040x}" for place in range(start, start + size)]
        same = {"source_id": "src_bench", "intake_id": "int_bench", "kind": "text", "payload": "{}"}
        columns = {name: [value] * size for name, value in same.items()}
        texts, attributes, languages = zip(*part, strict=True)
        columns |= {"record_id": ids, "digest": ids, "text": list(texts), "attributes": list(attributes)}
        columns |= {"language": list(languages)}
        table = pa.table(columns | {"created_at": pa.array([app.clock.now()] * size, pa.timestamp("us", tz="UTC"))})
        pin = app.records.append(app.database, team.program, table)
        with team.act(team.ops) as ctx:
            app.records.confirm(ctx.db, team.program, pin)
        start += size


def take_in(team: Team) -> None:
    """Take in the last records, and say what production looks like."""
    named = ("title", "issuer", "origin", "method", "intended_use", "consent")
    form = Provenance(**dict.fromkeys(named, "benchmark"), licence="CC0-1.0")
    with team.act(team.ops) as ctx:
        source = sources.register(ctx, name="bench", kind=SourceKind.SYNTHETIC, provenance=form)
        sources.propose(ctx, source.id)
    with team.act(team.lead) as ctx:
        sources.approve(ctx, source.id, reason="Made for the benchmark.")
    items = [Item(place=place, text=text) for place, (text, _, _) in enumerate(rows(TAKEN_IN), 1)]
    with team.act(team.ops) as ctx:
        begun = intakes.start(ctx, source=source.id, origin="bench", recipe=Recipe(near_duplicate=2))
        coverage.profile(ctx, [{"domain": name} for name in DOMAINS for _ in range(9)], by=["domain"])
    intakes.run(lambda: team.act(team.ops), team.app.database, begun.id, items)


def pages(app: App, runs: int) -> dict[str, dict[str, float]]:
    """Return the first and the median time of each page, in ms, of a process that has just begun to serve."""
    first, median = {}, {}
    with app.act_as(SYSTEM) as ctx:
        lead = next(person.id for person in governance.everyone(ctx) if person.handle == "lead")
        token = accounts.follow_link(ctx, accounts.sign_in_link(ctx, person=lead))
    with (
        served(app) as site,
        httpx.Client(base_url=f"{site.url}/p/support/", cookies={"hw_session": token}, timeout=600) as client,
    ):
        for name, path in PAGES.items():
            get = partial(client.get, path)
            started = time.perf_counter()
            get().raise_for_status()
            first[name] = (time.perf_counter() - started) * 1e3
            median[name] = timed(get, runs)["wall"] * 1e3
    return {"first": first, "pages": median}


def build(directory: Path, count: int) -> None:
    """Make the workspace; in a process of its own, so that its memory is not counted."""
    init(directory).close()
    with open_app(directory, clock=PastClock()) as app:
        team = make_team(app, critical_slices=CRITICAL)
        fill(team, count)
        take_in(team)


def main() -> None:
    """Answer the benchmark."""
    asked = request()
    with tempfile.TemporaryDirectory(prefix="headwater-bench-") as folder:
        directory = Path(folder) / "workspace"
        maker = multiprocessing.get_context("spawn").Process(target=build, args=(directory, asked["records"]))
        maker.start()
        maker.join()
        if maker.exitcode:
            raise RuntimeError("the workspace could not be made")
        with open_app(directory) as app:
            seen, times = pages(app, asked["runs"]), {}
            with app.read_as() as ctx:
                program = governance.program_of(ctx, "support", governance.first_admin(ctx).id)
            with app.act_as(SYSTEM, program.id) as ctx:
                for name, (where, words) in CASES.items():
                    times[name] = timed(partial(queries.records, ctx, where=where, words=words), asked["runs"])["wall"]
    reply(queries={name: value * 1e3 for name, value in times.items()}, **seen)


if __name__ == "__main__":
    main()
