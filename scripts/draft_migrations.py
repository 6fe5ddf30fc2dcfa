"""Write the migration of every part from its tables, in the order of the parts.

Until the first release each part has one migration, which is written anew when its tables change:

    python scripts/draft_migrations.py
"""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

import sqlalchemy as sa
from alembic.autogenerate import produce_migrations, render_python_code
from alembic.runtime.migration import MigrationContext

from headwater.storage.database import Moment, metadata

PARTS = {
    "storage": ("once", "pins", "jobs"),
    "governance": ("store",),
    "lineage": ("store",),
    "sourcing": ("store",),
    "workforce": ("store",),
    "annotation": ("store",),
    "quality": ("store",),
    "release": ("store",),
    "training": ("store",),
    "evaluation": ("store",),
    "remediation": ("store",),
    "compliance": ("store",),
    "inspection": ("store",),
}
SOURCE = Path(__file__).parent.parent / "src" / "headwater"
HEADER = '''"""Tables of {part}."""

import sqlalchemy as sa
from alembic import op
{guards}
revision = "{revision}"
down_revision = {previous}


def upgrade() -> None:
    """Make the tables."""
    {body}
'''


def draft(part: str, tables: set[str], revision: str, previous: str | None) -> str:
    """Return the migration of one part's tables."""
    engine = sa.create_engine("sqlite://")
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "include_object": lambda item, name, kind, _reflected, _other: (
                    name in tables
                    if kind == "table"
                    else getattr(item, "table", None) is None or item.table.name in tables
                ),
                "render_item": lambda _kind, item, _context: "sa.BigInteger()" if isinstance(item, Moment) else False,
            },
        )
        vars(context.impl)["_skip_functional_indexes"] = lambda *_: None  # none is there that it could mistake for them
        operations = produce_migrations(context, metadata).upgrade_ops
        assert operations is not None
        body = render_python_code(
            operations,
            render_item=lambda _kind, item, _context: "sa.BigInteger()" if isinstance(item, Moment) else False,
        )
    body = "\n".join(line for line in body.splitlines() if "# ###" not in line).strip()
    guards = []
    for name in sorted(tables):
        info = metadata.tables[name].info
        if info.get("append_only"):
            guards.append(f'append_only("{name}")')
        if columns := info.get("frozen"):
            guards.append(f'frozen("{name}", {tuple(columns)!r})')
    names = sorted({guard.partition("(")[0] for guard in guards})
    return HEADER.format(
        part=part,
        revision=revision,
        previous=f'"{previous}"' if previous else "None",
        guards=f"\nfrom headwater.storage.migrations.guards import {', '.join(names)}\n" if names else "",
        body="\n    ".join([body, *guards]),
    )


def main() -> None:
    """Write the files and format them."""
    folder = SOURCE / "storage" / "migrations" / "versions"
    previous, number = None, 0
    for old in folder.glob("0*.py"):
        old.unlink()
    known: set[str] = set()
    for part, modules in PARTS.items():
        for module in modules:
            if (SOURCE / part / f"{module}.py").exists() or (SOURCE / part / module / "__init__.py").exists():
                _load(f"headwater.{part}.{module}")
        tables = set(metadata.tables) - known
        known |= tables
        if not tables:
            continue
        number += 1
        revision = f"{number:04d}_{part}"
        (folder / f"{revision}.py").write_text(draft(part, tables, revision, previous), encoding="utf-8")
        previous = revision
    subprocess.run([sys.executable, "-m", "ruff", "format", "-q", str(folder)], check=True)


def _load(name: str) -> None:
    module = importlib.import_module(name)
    for path in getattr(module, "__path__", []):
        for file in sorted(Path(path).glob("*.py")):
            if file.stem != "__init__":
                importlib.import_module(f"{name}.{file.stem}")


if __name__ == "__main__":
    main()
