"""`headwater person`, `token`: accounts, roles, passwords, personal tokens."""

from __future__ import annotations

from typing import Annotated

import typer

from headwater.app import serving
from headwater.cli.session import Json, acting, chosen, done, lines, reading, show, whoami, workspace
from headwater.cli.tables import called, columns
from headwater.core.settings import load
from headwater.governance import accounts, queries
from headwater.governance.model import Role

person = typer.Typer(help="People, their roles and how they sign in.", no_args_is_help=True)
token = typer.Typer(help="Personal API tokens.", no_args_is_help=True)

Handle = Annotated[str, typer.Argument(help="A person's handle.")]


@person.command("add")
def add(
    handle: Handle,
    name: Annotated[str, typer.Option(help="Full name.")] = "",
    email: Annotated[str, typer.Option(help="E-mail address.")] = "",
    role: Annotated[list[Role] | None, typer.Option(help="Role in the program; may be repeated.")] = None,
    admin: Annotated[bool, typer.Option("--admin", help="May add people and programs.")] = False,
) -> None:
    """Add a person, with roles in the program."""
    with workspace() as app:
        actor, program = whoami(app, in_program=bool(role))
        with app.act_as(actor, program) as ctx:
            made = accounts.add_person(ctx, handle=handle, name=name or handle, email=email, is_admin=admin)
            for each in role or []:
                accounts.assign_role(ctx, person=made.id, role=each)
    done(f"Added {handle}. Let them in with: headwater person link {handle}")


@person.command("list")
def list_people(as_json: Json = False) -> None:
    """List the people of the workspace."""
    with reading(in_program=False) as ctx:
        show(queries.everyone(ctx), ("handle", "name", "is_admin", "is_active", "id"), as_json)


@person.command("role")
def assign(
    handle: Handle,
    role: Annotated[Role, typer.Argument(help="The role.")],
    remove: Annotated[bool, typer.Option(help="Take the role away.")] = False,
) -> None:
    """Give a person a role in the program, or take it away."""
    with acting() as ctx:
        found = queries.person_by_handle(ctx, handle)
        (accounts.remove_role if remove else accounts.assign_role)(ctx, person=found.id, role=role)
    done("Done.")


@person.command("password")
def password(
    handle: Handle,
    secret: Annotated[
        str,
        typer.Option(prompt="New password", hide_input=True, confirmation_prompt=True, help="Asked for when missing."),
    ],
) -> None:
    """Set a person's password."""
    with acting(in_program=False) as ctx:
        accounts.set_password(ctx, person=queries.person_by_handle(ctx, handle).id, password=secret)
    done("Set.")


@person.command("link")
def link(handle: Handle) -> None:
    """Print a link that signs a person in once."""
    settings = load(chosen.workspace)
    with acting(in_program=False) as ctx:
        secret = accounts.sign_in_link(ctx, person=queries.person_by_handle(ctx, handle).id)
    lines([f"{serving.address(settings)}/sign-in/link/{secret}"])


@person.command("deactivate")
def deactivate(handle: Handle) -> None:
    """Let a person act no more; what they did stays."""
    with acting(in_program=False) as ctx:
        accounts.deactivate(ctx, queries.person_by_handle(ctx, handle).id)
    done("Deactivated.")


@person.command("activate")
def activate(handle: Handle) -> None:
    """Let a person who had left act again, in the roles they still hold."""
    with acting(in_program=False) as ctx:
        accounts.activate(ctx, queries.person_by_handle(ctx, handle).id)
    done("Activated.")


@person.command("admin")
def admin(
    handle: Handle,
    remove: Annotated[bool, typer.Option("--remove", help="Make them one no more.")] = False,
) -> None:
    """Make a person an administrator of the workspace."""
    with acting(in_program=False) as ctx:
        accounts.set_admin(ctx, queries.person_by_handle(ctx, handle).id, is_admin=not remove)
    done("Done.")


@token.command("create")
def create(
    label: Annotated[str, typer.Argument(help="What it is for.")],
    write: Annotated[bool, typer.Option(help="It may change things, not only read.")] = False,
    here: Annotated[bool, typer.Option("--here", help="Only for the chosen program, not for all of yours.")] = False,
    days: Annotated[float, typer.Option(help="Days until it expires, at most 366.")] = 90.0,
) -> None:
    """Make a personal token and print its secret once."""
    with acting(in_program=here) as ctx:
        made = accounts.create_token(ctx, label=label, may_write=write, program=ctx.program, days=days)
    lines([made.secret])


@token.command("list")
def list_tokens(as_json: Json = False) -> None:
    """List your tokens."""
    with reading(in_program=False) as ctx:
        rows, slugs = accounts.tokens(ctx), {each.id: each.slug for each in queries.programs(ctx)}
    shown = columns(("id", "label", "may_write", "program", "expires_at"), program=called(slugs, "program"))
    show(rows, shown, as_json, empty="You have no token.")


@token.command("revoke")
def revoke(token_id: Annotated[str, typer.Argument(help="A token's id.")]) -> None:
    """End one of your tokens."""
    with acting(in_program=False) as ctx:
        accounts.revoke_token(ctx, token_id)
    done("Revoked.")
