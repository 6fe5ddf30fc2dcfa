"""`headwater demo`: the whole loop on a real corpus, then the pages to look at."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated

import typer
import uvicorn

from headwater.cli.session import bar, chosen, done
from headwater.core.canonical import plain
from headwater.demo.run import SIMULATED, links, run


def demo(
    directory: Annotated[
        Path | None, typer.Option(help="The workspace; made when missing. By default that of --workspace.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="A slightly different story for each seed.")] = 7,
    serve: Annotated[bool, typer.Option(help="Serve the pages afterwards.")] = True,
    report: Annotated[Path | None, typer.Option(help="Write the numbers to this file as JSON.")] = None,
    port: Annotated[int, typer.Option(help="Port to serve on.")] = 8000,
) -> None:
    """Run the whole loop once on a real corpus; interrupted, it goes on where it was."""
    place = directory or (chosen.workspace if chosen.workspace != Path() else Path("demo-workspace"))
    done(SIMULATED)
    with bar() as display:
        tasks: dict[str, object] = {}

        def progress(name: str, settled: int, total: int) -> None:
            if name not in tasks:
                tasks[name] = display.add_task(name, total=total)
            display.update(tasks[name], completed=settled, total=total)  # type: ignore[arg-type]

        found = run(place, seed=seed, tell=display.console.print, progress=progress)
    if report:
        report.write_text(json.dumps(plain(found), indent=2) + "\n", encoding="utf-8")
        done(f"Wrote the numbers to {report}.")
    if serve:
        base = f"http://127.0.0.1:{port}"
        done("Sign in once with each link:")
        for handle, link in links(place, base=base).items():
            done(f"  {handle:12} {link}")
        os.environ["HEADWATER_WORKSPACE"] = str(place)
        uvicorn.run("headwater.server:build", factory=True, host="127.0.0.1", port=port, log_level="warning")
