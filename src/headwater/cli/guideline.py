"""`headwater guideline`: the written rules that decide how to answer."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from headwater.annotation import guideline_sections, guidelines, markdown, queries
from headwater.annotation.model import GuidelineError, Standing
from headwater.cli.session import Json, acting, done, out, reading, show

cli = typer.Typer(help="Guidelines: write, propose, approve, compare, search.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(help="Name (the newest version) or id of one version.")]
Reason = Annotated[str, typer.Option(help="Why; kept with the decision.")]


@cli.command("write")
def write(
    name: Annotated[str, typer.Argument(help="Name; stays over versions.")],
    file: Annotated[Path, typer.Argument(help="Markdown; a heading that names a label opens its section.")],
    change: Annotated[str, typer.Option(help="Why it differs from the version before.")] = "",
    propose: Annotated[bool, typer.Option(help="Put it before the Accountable at once.")] = False,
    enquiry: Annotated[str, typer.Option(help="Id of the enquiry because of which it is written.")] = "",
) -> None:
    """Write a version of a guideline: the first of its name, or the next."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise GuidelineError(f"'{file}' cannot be read: {error}.", remedy="Give a UTF-8 file of Markdown.") from error
    with acting() as ctx:
        made = guidelines.create(ctx, name=name, text=text, change=change, enquiry_id=enquiry)
        if propose:
            guidelines.propose(ctx, made.id)
    following = "" if propose else f" Next: headwater guideline propose {name}"
    done(f"Wrote {name} v{made.version} ({made.id}).{following}")


@cli.command("propose")
def propose_version(name: Name) -> None:
    """Put a version before the Accountable; experts are consulted."""
    with acting() as ctx:
        guidelines.propose(ctx, queries.guideline(ctx, name, standing=Standing.DRAFT).id)
    done(f"Proposed. The Accountable approves with: headwater --as HANDLE guideline approve {name} --reason WHY")


@cli.command("approve")
def approve(name: Name, reason: Reason) -> None:
    """Publish a proposed version as the Accountable."""
    with acting() as ctx:
        made = guidelines.approve(ctx, queries.guideline(ctx, name, standing=Standing.PROPOSED).id, reason=reason)
    done(f"Published {made.name} v{made.version}.")


@cli.command("list")
def list_versions(as_json: Json = False) -> None:
    """List all versions."""
    with reading() as ctx:
        show(queries.guidelines(ctx), ("name", "version", "standing", "change", "published_at", "id"), as_json)


@cli.command("show")
def show_version(name: Name, as_json: Json = False) -> None:
    """Print a version."""
    with reading() as ctx:
        found = queries.guideline(ctx, name)
    if as_json:
        show(found, (), as_json)
        return
    out.print(found.text, markup=False, end="")


@cli.command("search")
def search(
    name: Name, words: Annotated[str, typer.Argument(help="Words a section must hold.")], as_json: Json = False
) -> None:
    """List the sections that hold all of some words."""
    with reading() as ctx:
        found = queries.guideline(ctx, name)
    show(markdown.search(found.text, words), ("title", "text"), as_json)


@cli.command("lint")
def lint(
    name: Name,
    schema: Annotated[str, typer.Option(help="Label schema; the one of the guideline's name by default.")] = "",
    as_json: Json = False,
) -> None:
    """List what it lacks for the labels of a schema, by line: sections, examples, tie-breaks."""
    with reading() as ctx:
        found = queries.guideline(ctx, name)
        asked = queries.schema(ctx, schema or found.name)
    show(guideline_sections.remarks(found.text, asked.questions), ("line", "label", "text"), as_json)


@cli.command("compare")
def compare(old: Name, new: Name, as_json: Json = False) -> None:
    """Print what differs between two versions."""
    with reading() as ctx:
        before, after = queries.guideline(ctx, old), queries.guideline(ctx, new)
    lines = markdown.compare(before.text, after.text)
    if as_json:
        show(lines, (), as_json)
        return
    for line in lines:
        style = {"+": "green", "-": "red", "@": "dim"}.get(line.sign, "")
        out.print(f"{line.sign}{line.text}", style=style, markup=False)
