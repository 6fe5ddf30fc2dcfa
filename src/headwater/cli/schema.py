"""`headwater schema`: the questions of campaigns and their closed answers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
import yaml

from headwater.annotation import changes, moves, queries, schemas
from headwater.annotation.exchange import label_studio_config
from headwater.annotation.model import Standing
from headwater.annotation.questions import as_data
from headwater.cli import files
from headwater.cli.session import Json, acting, done, err, out, reading, show

cli = typer.Typer(help="Label schemas: write, propose, approve, compare.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(help="Name (the newest version) or id of one version.")]
Reason = Annotated[str, typer.Option(help="Why; kept with the decision.")]


@cli.command("write")
def write(
    name: Annotated[str, typer.Argument(help="Name; stays over versions.")],
    file: Annotated[Path, typer.Argument(help="YAML or JSON: a list of questions.")],
    propose: Annotated[bool, typer.Option(help="Put it before the Accountable at once.")] = False,
) -> None:
    """Write a version of a schema: the first of its name, or the next; says which answers carry over."""
    written = files.read(file)
    with acting() as ctx:
        earlier = queries.schemas(ctx, name=name)
        with written.blamed():
            made = schemas.create(ctx, name=name, data=written.data)
        if propose:
            schemas.propose(ctx, made.id)
    done(f"Wrote {name} v{made.version} ({made.id})." + ("" if propose else f" Next: headwater schema propose {name}"))
    if earlier:
        show(changes.carries_over(earlier[0].questions, made.questions), ("question", "fate", "detail"))


@cli.command("convert")
def convert(
    name: Annotated[str, typer.Argument(help="Name; stays over versions.")],
    file: Annotated[Path, typer.Argument(help="Label Studio's labelling configuration.", exists=True, dir_okay=False)],
) -> None:
    """Write a version of a schema from a labelling configuration of Label Studio; names what has no counterpart."""
    found = label_studio_config.to_schema(file.read_bytes())
    with acting() as ctx:
        made = schemas.create(ctx, name=name, data=[as_data(each) for each in found.questions])
    done(f"Wrote {name} v{made.version} ({made.id}). Next: headwater schema propose {name}")
    for each in found.left_out:
        done(f"Left out: {each}")


@cli.command("labelling")
def labelling(name: Name) -> None:
    """Print the labelling configuration of Label Studio that asks the same questions."""
    with reading() as ctx:
        found = queries.schema(ctx, name).questions
    out.print(label_studio_config.config(found), end="")
    for each in label_studio_config.from_schema(found).left_out:
        err.print(f"Left out: {each}")


@cli.command("propose")
def propose_version(name: Name) -> None:
    """Put a version before the Accountable."""
    with acting() as ctx:
        schemas.propose(ctx, queries.schema(ctx, name, standing=Standing.DRAFT).id)
    done(f"Proposed. The Accountable approves with: headwater --as HANDLE schema approve {name} --reason WHY")


@cli.command("approve")
def approve(name: Name, reason: Reason) -> None:
    """Publish a proposed version as the Accountable."""
    with acting() as ctx:
        made = schemas.approve(ctx, queries.schema(ctx, name, standing=Standing.PROPOSED).id, reason=reason)
    done(f"Published {made.name} v{made.version}.")


@cli.command("list")
def list_versions(as_json: Json = False) -> None:
    """List all versions."""
    with reading() as ctx:
        show(queries.schemas(ctx), ("name", "version", "standing", "published_at", "id"), as_json)


@cli.command("show")
def show_version(name: Name, as_json: Json = False) -> None:
    """Print the questions of a version, in the form that `write` reads."""
    with reading() as ctx:
        found = queries.schema(ctx, name)
    data = [as_data(question) for question in found.questions]
    if as_json:
        show({"id": found.id, "name": found.name, "version": found.version, "questions": data}, (), as_json)
        return
    out.print(yaml.safe_dump(data, sort_keys=False, allow_unicode=True), markup=False, end="")


@cli.command("compare")
def compare(old: Name, new: Name, as_json: Json = False) -> None:
    """Say what becomes of answers given under one version in another."""
    with reading() as ctx:
        before, after = queries.schema(ctx, old), queries.schema(ctx, new)
    show(changes.carries_over(before.questions, after.questions), ("question", "fate", "detail"), as_json)


@cli.command("move")
def move(
    campaign: Annotated[str, typer.Argument(help="Name or id of the campaign.")],
    version: Annotated[str, typer.Argument(help="Version to go on under; the published one by default.")] = "",
    reopen: Annotated[bool, typer.Option(help="Give out again what has answers that do not stand.")] = False,
    preview: Annotated[bool, typer.Option(help="Only say what would become of the answers.")] = False,
    as_json: Json = False,
) -> None:
    """Move a campaign to another published version of its schema; what was answered stays tied to the old one."""
    if preview:
        with reading() as ctx:
            found = moves.preview(ctx, campaign, version or moves.newest(ctx, campaign).id)
        show(found.lines, ("carry.question", "carry.fate", "carry.detail", "answers", "stand"), as_json)
        if found.gold and not as_json:
            err.print(found.gold)
        return
    with acting() as ctx:
        made = moves.move(ctx, campaign, version or moves.newest(ctx, campaign).id, reopen=reopen)
        asked = queries.schema(ctx, made.schema_id)
    done(f"{made.name} is now at version {made.version} and asks under {asked.name} v{asked.version}.")
