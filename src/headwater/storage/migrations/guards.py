"""Triggers for what must never change, on both databases.

A table says so in its `info`: `{"append_only": True}`, or `{"frozen": ("digest", "path")}` for columns that
keep their first value. The migration of its part installs the trigger.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic import op

if TYPE_CHECKING:
    from collections.abc import Sequence


def append_only(table: str) -> None:
    """Refuse every update and delete of a table's rows."""
    message = f"rows of {table} are append-only"
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
            )
        return
    op.execute(_function(f"{table}_append_only", f"RAISE EXCEPTION '{message}';"))
    op.execute(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_append_only()"
    )


def frozen(table: str, columns: Sequence[str]) -> None:
    """Refuse every change of the given columns of a table's rows."""
    message = f"{', '.join(columns)} of {table} never change"
    changed = " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in columns)
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"CREATE TRIGGER {table}_frozen BEFORE UPDATE ON {table} WHEN {changed} "
            f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
        )
        return
    differs = " OR ".join(f"NEW.{name}::text IS DISTINCT FROM OLD.{name}::text" for name in columns)
    body = f"IF {differs} THEN RAISE EXCEPTION '{message}'; END IF; RETURN NEW;"
    op.execute(_function(f"{table}_frozen", body))
    op.execute(f"CREATE TRIGGER {table}_frozen BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_frozen()")


def _function(name: str, body: str) -> str:
    return f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$"
