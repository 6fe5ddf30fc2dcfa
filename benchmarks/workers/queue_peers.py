"""Job queues of others: one job is finished and the next one fetched."""

import asyncio
import contextlib
import pickle
import sqlite3
import tempfile
import time
from pathlib import Path
from typing import Any

from clock import repeated, repeated_async, reply, request

PAYLOAD = {"text": "my invoice shows an amount that I do not understand, please explain"}
CHUNK = 50_000


def persist_queue(tasks: int, runs: int) -> dict[str, Any]:
    """SQLite: `persistqueue.SQLiteAckQueue`; its table is filled in one go, because `put` commits every job."""
    from persistqueue import SQLiteAckQueue

    with tempfile.TemporaryDirectory() as folder:
        queue = SQLiteAckQueue(folder, auto_commit=True)
        queue.put(PAYLOAD)
        rows = ((pickle.dumps(PAYLOAD), time.time()) for _ in range(tasks - 1))
        with sqlite3.connect(Path(folder, "data.db")) as filling:
            filling.executemany("INSERT INTO ack_queue_default (data, timestamp, status) VALUES (?, ?, '0')", rows)
        queue = SQLiteAckQueue(folder, auto_commit=True)
        held = [queue.get(raw=True) for _ in range(8)]

        def finish_and_fetch() -> None:
            queue.ack(id=held.pop(0)["pqid"])
            held.append(queue.get(raw=True))

        return repeated(finish_and_fetch, runs)


async def procrastinate(url: str, tasks: int, runs: int) -> dict[str, Any]:
    """PostgreSQL: procrastinate's manager, without its worker around it; its jobs are deferred in batches."""
    from procrastinate import App, PsycopgConnector, jobs

    app = App(connector=PsycopgConnector(conninfo=url))
    async with app.open_async():
        await app.schema_manager.apply_schema_async()
        job = jobs.Job(id=None, queue="bench", lock=None, queueing_lock=None, task_name="label", task_kwargs=PAYLOAD)
        for start in range(0, tasks, CHUNK):
            await app.job_manager.batch_defer_jobs_async([job] * min(CHUNK, tasks - start))
        await app.connector.execute_query_async("ANALYZE")
        worker = await app.job_manager.register_worker()
        held = [await app.job_manager.fetch_job(["bench"], worker) for _ in range(8)]

        async def finish_and_fetch() -> None:
            await app.job_manager.finish_job(held.pop(0), jobs.Status.SUCCEEDED, delete_job=False)
            held.append(await app.job_manager.fetch_job(["bench"], worker))

        return await repeated_async(finish_and_fetch, runs)


asked = request()
with contextlib.redirect_stdout(None):
    if asked["url"]:
        url = asked["url"].replace("+psycopg", "")
        times = asyncio.run(procrastinate(url, asked["tasks"], asked["runs"]))
    else:
        times = persist_queue(asked["tasks"], asked["runs"])
reply(**times)
