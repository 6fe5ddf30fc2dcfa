"""The reference pages of the documentation, generated from the code itself.

Sphinx writes them at every build (`docs/conf.py`), so they cannot disagree with the program:

    python scripts/reference.py FOLDER
"""

from __future__ import annotations

import ast
import enum
import importlib
import inspect
import pkgutil
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import typer.main

import headwater
from headwater.api.application import build as build_api
from headwater.api.errors import status_of
from headwater.cli.main import build as build_cli
from headwater.cli.main import exit_code
from headwater.core.errors import HeadwaterError
from headwater.core.settings import Settings
from headwater.governance.chart import default_chart
from headwater.governance.model import PERFORMED, Decision, Involvement

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from headwater.app.application import App

METHODS = ("get", "post", "put", "patch", "delete")


def write(folder: Path) -> None:
    """Write every page into a folder, leaving those that are up to date untouched."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, page in PAGES.items():
        path, text = folder / f"{name}.md", page()
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def settings() -> str:
    """Return the page of every setting."""
    rows = [
        (
            f"`{name}`",
            f"`HEADWATER_{name.upper()}`",
            _code(_default(field.default)),
            field.description or "",
        )
        for name, field in Settings.model_fields.items()
    ]
    return _page(
        "Settings",
        "A workspace keeps its settings in `headwater.toml`; an environment variable wins over the file.",
        _table(("Setting", "Variable", "Default", "Meaning"), rows),
    )


def errors() -> str:
    """Return the page of every error code."""
    rows = [
        (f"`{kind.code}`", str(status_of(kind())), str(exit_code(kind())), _first_line(kind))
        for kind in sorted(error_classes(), key=lambda kind: kind.code)
    ]
    return _page(
        "Errors",
        "Every error has a code that does not change. The API answers with a problem document (RFC 9457) that "
        "carries it; a command prints one line and exits with the number given here. A message names the culprit, "
        "what was expected and what to do next.",
        _table(("Code", "HTTP status", "Exit code", "Meaning"), rows),
    )


def error_classes() -> set[type[HeadwaterError]]:
    """Return every class of error the product can raise."""
    for module in pkgutil.walk_packages(headwater.__path__, "headwater."):
        if ".migrations" not in module.name:
            importlib.import_module(module.name)
    found, left = set(), [HeadwaterError]
    while left:
        kind = left.pop()
        found.add(kind)
        left += kind.__subclasses__()
    return found


def decisions() -> str:
    """Return the page of every decision: who is involved by default, and which use cases ask for it."""
    return _page(
        "Decisions",
        "Acts that only some may perform. A *performed* act is done by a Responsible person alone; any other is "
        "proposed by a Responsible person and approved by the Accountable, who must be somebody else. A program's "
        "own RACI chart may differ from the defaults given here. Each decision lists the use cases that ask for it.",
        *map(_decision, Decision),
    )


def _decision(decision: Decision) -> str:
    how = "Performed" if decision in PERFORMED else "Proposed, then approved"
    parties = {
        letter: [
            cell.party.removeprefix("role:")
            for cell in default_chart()
            if cell.decision is decision and cell.involvement is letter
        ]
        for letter in Involvement
    }
    involved = ". ".join(f"{letter.capitalize()}: {', '.join(names)}" for letter, names in parties.items() if names)
    asking = [f"* {line}" for line in use_cases().get(decision.name, ["Nothing asks for it yet."])]
    return "\n\n".join((f"## `{decision}`", f"{how}. {involved}.", "\n".join(asking)))


@cache
def use_cases() -> dict[str, list[str]]:
    """Return the use cases that ask for each decision, by the decision's name."""
    found: dict[str, list[str]] = {}
    source = Path(headwater.__path__[0])
    for path in sorted(source.rglob("*.py")):
        for function in ast.parse(path.read_text(encoding="utf-8")).body:
            if not isinstance(function, ast.FunctionDef) or function.name.startswith("_"):
                continue
            place = ".".join((*path.relative_to(source).with_suffix("").parts, function.name))
            for node in ast.walk(function):
                if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "Decision":
                    meaning = (ast.get_docstring(function) or "").partition("\n")[0]
                    line = f"`{place}`: {meaning}"
                    if line not in found.setdefault(node.attr, []):
                        found[node.attr].append(line)
    return found


def commands() -> str:
    """Return the page of every command with its arguments and options."""
    root = typer.main.get_command(build_cli())
    return _page("Commands", *(_command(names, command) for names, command in _walk(("headwater",), root)))


def _walk(names: tuple[str, ...], command: Any) -> Iterator[tuple[tuple[str, ...], Any]]:  # noqa: ANN401 -- Typer's own
    if not command.hidden:
        yield names, command
        for name, inner in sorted(getattr(command, "commands", {}).items()):
            yield from _walk((*names, name), inner)


def _command(names: tuple[str, ...], command: Any) -> str:  # noqa: ANN401 -- Typer's own
    shown = [parameter for parameter in command.params if not getattr(parameter, "hidden", False)]
    rows = [
        (
            ", ".join(f"`{option}`" for option in (*parameter.opts, *parameter.secondary_opts))
            if parameter.param_type_name == "option"
            else f"`{parameter.name.upper()}`",
            "required" if parameter.required else _code(_default(parameter.default)),
            getattr(parameter, "help", None) or "",
        )
        for parameter in shown
    ]
    heading = f"{'#' * min(len(names) + 1, 4)} `{' '.join(names)}`"
    return f"{heading}\n\n{inspect.cleandoc(command.help or '')}\n\n{_table(('Parameter', 'Default', 'Meaning'), rows)}"


def api() -> str:
    """Return the page of every operation of the HTTP API."""
    schema = build_api(cast("App", None)).openapi()
    operations = [
        (operation.get("tags", ["other"])[0], method.upper(), path, operation)
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
        if method in METHODS
    ]
    sections = []
    for tag in sorted({tag for tag, *_ in operations}):
        rows = [
            (f"`{method}`", f"`/api/v1{path}`", operation.get("description", operation["summary"]).partition("\n")[0])
            for kind, method, path, operation in operations
            if kind == tag
        ]
        sections.append(f"## {tag.capitalize()}\n\n{_table(('Method', 'Path', 'Meaning'), rows)}")
    served = "A running server shows every field at `/api/v1/docs` and the schema at `/api/v1/openapi.json`."
    return _page("HTTP API", schema["info"]["description"], served, *sections)


def _default(value: object) -> str:
    if isinstance(value, enum.Enum):
        return str(value.value)
    hidden = value is None or value is False or callable(value) or "Secret" in type(value).__name__
    return "" if hidden else str(value)


def _code(text: str) -> str:
    return f"`{text}`" if text else ""


def _first_line(thing: object) -> str:
    return (inspect.getdoc(thing) or "").partition("\n")[0]


def _table(columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [" | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in row) for row in rows]
    if not lines:
        return ""
    return "\n".join(f"| {line} |" for line in (" | ".join(columns), " | ".join("---" for _ in columns), *lines))


def _page(title: str, *blocks: str) -> str:
    return "\n\n".join((f"# {title}", "<!-- Generated by scripts/reference.py. -->", *filter(None, blocks))) + "\n"


PAGES: dict[str, Callable[[], str]] = {
    "commands": commands,
    "api": api,
    "settings": settings,
    "errors": errors,
    "decisions": decisions,
}
"""Every page by its name under `docs/reference/`."""

if __name__ == "__main__":
    write(Path(sys.argv[1]))
