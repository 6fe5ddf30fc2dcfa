"""Nothing in the product is too long to read in one sitting."""

from __future__ import annotations

import ast

from tests.architecture.source import ROOT, body, modules, type_of_function

LONGEST_MODULE = 400
LONGEST_FUNCTION = 50
LONGEST_TEST_MODULE = 500
LONGEST_ELEMENT = 300
LONGEST_TEMPLATE = 80
VAGUE = frozenset({"utils", "util", "helpers", "helper", "manager", "base", "misc", "common"})


def test_no_module_is_longer_than_400_lines() -> None:
    assert not _longer("src/headwater/**/*.py", LONGEST_MODULE, without="versions")


def test_no_test_module_is_longer_than_500_lines() -> None:
    assert not _longer("tests/**/*.py", LONGEST_TEST_MODULE)


def test_no_template_is_longer_than_80_lines_and_no_element_than_300() -> None:
    assert not _longer("src/headwater/web/templates/**/*.html", LONGEST_TEMPLATE)
    assert not _longer("src/headwater/web/static/**/*.js", LONGEST_ELEMENT, without="vendor")


def test_no_function_is_longer_than_50_lines_after_its_docstring() -> None:
    long = [
        f"{module.name}.{node.name} (line {node.lineno}): {length}"
        for module in modules().values()
        for node in ast.walk(module.tree)
        if isinstance(node, type_of_function) and (length := _length(node)) > LONGEST_FUNCTION
    ]
    assert not long


def test_a_package_holds_only_its_docstring_in_its_init() -> None:
    full = [
        module.name
        for module in modules().values()
        if module.path.name == "__init__.py" and module.name and len(module.tree.body) > 1
    ]
    assert not full


def test_no_module_has_a_vague_name() -> None:
    assert not [name for name in modules() if VAGUE & set(name.split("."))]


def _length(function: type_of_function) -> int:
    statements = body(function)
    return (statements[-1].end_lineno or 0) - statements[0].lineno + 1 if statements else 0


def _longer(pattern: str, limit: int, *, without: str = "") -> dict[str, int]:
    return {
        str(path.relative_to(ROOT)): lines
        for path in sorted(ROOT.glob(pattern))
        if without not in path.parts and (lines := len(path.read_text(encoding="utf-8").splitlines())) > limit
    }
