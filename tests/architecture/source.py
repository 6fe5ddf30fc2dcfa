"""The product's source as syntax trees, for the rules no linter knows."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
SOURCE = ROOT / "src" / "headwater"
PARTS = (
    "governance",
    "lineage",
    "sourcing",
    "workforce",
    "annotation",
    "quality",
    "release",
    "training",
    "evaluation",
    "inspection",
    "remediation",
    "compliance",
)
"""The parts that have use cases; the others are kernels, storage or edges."""

type_of_function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """One module of the product."""

    name: str
    """Dotted, below `headwater`: `release.service`."""
    path: Path
    """Its file."""
    tree: ast.Module
    """Its syntax tree."""

    @property
    def part(self) -> str:
        """The part it belongs to."""
        return self.name.partition(".")[0]

    @property
    def kind(self) -> str:
        """What file of the part it is: `model`, `store`, `queries`, `service` or a noun."""
        return self.name.split(".")[1] if "." in self.name else ""

    def functions(self) -> dict[str, type_of_function]:
        """The functions of the module by name, without methods and inner functions."""
        return {node.name: node for node in self.tree.body if isinstance(node, type_of_function)}

    def aliases(self) -> dict[str, str]:
        """What modules and functions of the product the names in this module stand for."""
        found = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("headwater"):
                owner = (node.module or "").removeprefix("headwater").lstrip(".")
                for name in node.names:
                    found[name.asname or name.name] = f"{owner}.{name.name}".lstrip(".")
        return found


@cache
def modules() -> dict[str, Module]:
    """Return every module of the product by its dotted name, without the generated migrations."""
    found = {}
    for path in sorted(SOURCE.rglob("*.py")):
        parts = path.relative_to(SOURCE).with_suffix("").parts
        if "versions" in parts:
            continue
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[name] = Module(name=name, path=path, tree=ast.parse(path.read_text(encoding="utf-8")))
    return found


def body(function: type_of_function) -> list[ast.stmt]:
    """Return the statements of a function after its docstring."""
    return function.body[1:] if ast.get_docstring(function) is not None else function.body


def calls(node: ast.AST) -> set[str]:
    """Return the dotted names of everything called inside a node: `store.add`, `ctx.objects.put`."""
    return {ast.unparse(call.func) for call in ast.walk(node) if isinstance(call, ast.Call)}
