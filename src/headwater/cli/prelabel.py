"""`headwater prelabel`: answers proposed by models."""

from __future__ import annotations

import math
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from headwater.annotation import fetching, prelabels, queries
from headwater.annotation.prelabels import Proposal
from headwater.app import models
from headwater.cli import files
from headwater.cli.session import Json, acting, done, err, follow, reading, show, whoami, workspace
from headwater.sourcing import references

cli = typer.Typer(help="Prelabels: answers proposed by models, and what seeing them does.", no_args_is_help=True)
FETCHES = ("fetch.id", "fetch.model", "fetch.records", "answered", "failed", "left", "tokens_in", "tokens_out", "cost")
MEASURES = ("", "right_", "misled_")
ANCHORING = tuple(f"{what}{who}" for what in MEASURES for who in ("shown", "blinded", "difference"))
Name = Annotated[str, typer.Argument(help="Name or id of the campaign.")]
_EXAMPLE = '{"text": "…", "values": {"topic": "billing"}, "score": 0.8}, or "record" or "file" for "text"'


@cli.command("add")
def add(
    name: Name,
    file: Annotated[Path, typer.Argument(help="JSON lines: record, text or file; values, and score if any.")],
    model: Annotated[str, typer.Option(help="Which model proposes: name and version.")],
) -> None:
    """Take in what a model proposes for records of a campaign."""
    given = files.rows(file, _EXAMPLE)
    values, scores = given.column("values", dict), given.column("score", float, default=math.nan)
    with acting() as ctx:
        campaign = queries.campaign(ctx, name)
        with given.blamed():
            records = references.resolve(ctx, given.rows)
        proposals = [
            Proposal(record=record, values=value, score=None if math.isnan(score) else score)
            for record, value, score in zip(records, values, scores, strict=True)
        ]
        count = prelabels.add(ctx, campaign.id, proposals, model=model)
    hidden = "" if campaign.plan.shows_prelabels else f" Show them with: headwater campaign change '{name}' --prelabels"
    done(f"{count:,} {'answer is' if count == 1 else 'answers are'} proposed by {model}.{hidden}")


@cli.command("models")
def list_models(as_json: Json = False) -> None:
    """List the models of the settings that may be asked."""
    with workspace() as app:
        show(models.known(app.settings), ("name", "kind", "model", "host"), as_json)


@cli.command("fetch")
def fetch(
    name: Name,
    model: Annotated[str, typer.Option(help="A model of the settings; see `headwater prelabel models`.")],
    where: Annotated[str, typer.Option(help="Only records in this slice.")] = "",
    only_open: Annotated[bool, typer.Option("--open", help="Only tasks that still want answers.")] = False,
    again: Annotated[bool, typer.Option(help="Also tasks this model answered already.")] = False,
    limit: Annotated[int, typer.Option(min=0, help="Most records; 0 for all.")] = 0,
) -> None:
    """Ask a model about the records of a campaign, as a durable job; interrupted, it goes on where it was."""
    with workspace(run_jobs=True) as app:
        actor, program = whoami(app)
        models.predictor(app.settings, model)
        wanted = fetching.Wanted(campaign=name, where=where, only_open=only_open, again=again, limit=limit)
        with app.read_as(actor, program) as ctx:
            fetching.permit(ctx, wanted)
        job = app.jobs.start("fetch", {"model": model, "wanted": asdict(wanted)}, program=program, actor=actor)
        result = follow(app, job).result
    if result is None:
        done(f"Cancelled. Continue with: headwater job resume {job}")
        return
    spent = f"; {result['tokens_in']:,} tokens sent, {result['tokens_out']:,} received, cost {result['cost']:.4f}"
    told = spent if result["tokens_in"] or result["cost"] else ""
    done(f"{result['answered']:,} records answered, {result['failed']:,} failed{told}.")
    if result["failed"]:
        err.print(f"See why with: headwater prelabel failures {job}")


@cli.command("fetches")
def fetches(name: Name, as_json: Json = False) -> None:
    """List when which model was asked about a campaign, how far it is and what it took."""
    with reading() as ctx:
        show(fetching.standings(ctx, name), FETCHES, as_json)


@cli.command("failures")
def failures(
    fetch: Annotated[str, typer.Argument(help="Id of the fetch, which is that of its job.")],
    after: Annotated[int, typer.Option(help="Only records after this place.")] = 0,
    limit: Annotated[int, typer.Option(help="Most records to list.")] = 100,
    as_json: Json = False,
) -> None:
    """List the records that got no answer, with the reasons."""
    with reading() as ctx:
        show(fetching.failures(ctx, fetch, after=after, limit=limit), ("place", "record_id", "reason", "at"), as_json)


@cli.command("order")
def order(
    name: Name,
    varied: Annotated[bool, typer.Option(help="Also make every stretch unlike: one from each region.")] = False,
    stretch: Annotated[int, typer.Option(help="Regions, and so tasks in a stretch, 2 to 1,000.")] = 32,
) -> None:
    """Give out first what the model is least sure of, or what is also unlike what came before."""
    first: list[str] = []
    if varied:
        with reading() as ctx:
            first = prelabels.varied(ctx, name, stretch=stretch)
    with acting() as ctx:
        count = prelabels.order(ctx, name, first=first)
    how = f"in stretches of {stretch} unlike ones" if varied else "in the order of the model's confidence"
    done(f"{count:,} open tasks come {how}, the least sure first.")


@cli.command("anchoring")
def anchoring(name: Name, as_json: Json = False) -> None:
    """Show how far annotators are drawn to proposals, against those from whom they were kept by lot."""
    with reading() as ctx:
        show(prelabels.anchoring(ctx, queries.campaign(ctx, name).id), ANCHORING, as_json)
