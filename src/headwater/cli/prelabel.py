"""`headwater prelabel`: answers proposed by models."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from headwater.annotation import prelabels, queries
from headwater.annotation.prelabels import Proposal
from headwater.cli.session import Json, acting, done, reading, show
from headwater.core.errors import InvalidError

cli = typer.Typer(help="Prelabels: answers proposed by models, and what seeing them does.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(help="Name or id of the campaign.")]


@cli.command("add")
def add(
    name: Name,
    file: Annotated[Path, typer.Argument(help="JSON lines: record, values, and score if any.")],
    model: Annotated[str, typer.Option(help="Which model proposes: name and version.")],
) -> None:
    """Take in what a model proposes for records of a campaign."""
    proposals = _proposals(file)
    with acting() as ctx:
        campaign = queries.campaign(ctx, name)
        count = prelabels.add(ctx, campaign.id, proposals, model=model)
    hidden = "" if campaign.plan.shows_prelabels else f" Show them with: headwater campaign change '{name}' --prelabels"
    done(f"{count:,} answers are proposed by {model}.{hidden}")


@cli.command("order")
def order(name: Name) -> None:
    """Give out first what the model is least sure of."""
    with acting() as ctx:
        count = prelabels.order(ctx, name)
    done(f"{count:,} open tasks come in the order of the model's confidence, the least sure first.")


@cli.command("anchoring")
def anchoring(name: Name, as_json: Json = False) -> None:
    """Show how far annotators are drawn to proposals, against those from whom they were kept by lot."""
    with reading() as ctx:
        show(prelabels.anchoring(ctx, queries.campaign(ctx, name).id), ("shown", "blinded", "difference"), as_json)


def _proposals(file: Path) -> list[Proposal]:
    found = []
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidError(f"'{file}' cannot be read: {error}.", remedy="Give a UTF-8 file of JSON lines.") from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            score = None if row.get("score") is None else float(row["score"])
            found.append(Proposal(record=str(row["record"]), values=dict(row["values"]), score=score))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise InvalidError(
                f"Line {number} of '{file}' is not as expected: {error}.",
                remedy='Each line is like {"record": "rec_…", "values": {"topic": "billing"}, "score": 0.8}.',
            ) from error
    return found
