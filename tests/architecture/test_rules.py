"""Rules of the architecture that no linter knows."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent.parent / "src" / "headwater"
MODULES = sorted(path for path in SOURCE.rglob("*.py") if "versions" not in path.parts)
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
    "remediation",
)
READS = ("queries", "store", "model", "ports")
GUARDS = frozenset({"require", "require_accountable", "require_admin", "check_attempts"})

FREE = {
    "governance": "decides itself who may: it is where rights come from",
    "lineage.service": "records what an act did that was guarded itself",
}
"""Modules whose functions need no guard of their own, with the reason."""


def _writing_functions() -> list[tuple[Path, ast.FunctionDef]]:
    found = []
    for path in MODULES:
        parts = path.relative_to(SOURCE).with_suffix("").parts
        if parts[0] not in PARTS or parts[1] in READS or parts[0] in FREE or ".".join(parts) in FREE:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found += [
            (path, node)
            for node in tree.body
            if isinstance(node, ast.FunctionDef)
            and not node.name.startswith("_")
            and node.args.args
            and node.args.args[0].arg == "ctx"
            and _writes(node)
        ]
    return found


def _writes(node: ast.FunctionDef) -> bool:
    """Whether a function stores something: calls a writing verb of a store, or the ledger."""
    for call in ast.walk(node):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
            owner = call.func.value
            if isinstance(owner, ast.Name) and owner.id == "ledger" and call.func.attr == "append":
                return True
    return False


def test_every_use_case_that_writes_asks_first_who_decides() -> None:
    unguarded = []
    for path, node in _writing_functions():
        body = node.body[1:] if ast.get_docstring(node) else node.body
        first = body[0]
        call = first.value if isinstance(first, ast.Expr) else None
        name = call.func.id if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) else ""
        if name not in GUARDS:
            unguarded.append(f"{path.relative_to(SOURCE)}:{node.lineno} {node.name}")
    assert not unguarded, unguarded


@pytest.mark.parametrize("limit", [400])
def test_no_module_is_longer_than_400_lines(limit: int) -> None:
    long = {str(path.relative_to(SOURCE)): n for path in MODULES if (n := len(path.read_text().splitlines())) > limit}
    assert not long


def test_no_function_is_longer_than_50_lines_of_code() -> None:
    long = []
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                body = node.body[1:] if ast.get_docstring(node) else node.body
                if body and (node.end_lineno or 0) - body[0].lineno > 50:
                    long.append(f"{path.relative_to(SOURCE)}:{node.lineno} {node.name}")
    assert not long, long
