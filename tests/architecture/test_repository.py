"""What the repository may hold, and what must stand beside it."""

from __future__ import annotations

import re
import subprocess
import tomllib

import pytest

from tests.architecture.source import PARTS, ROOT, modules

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
MACHINE_PATHS = re.compile(rb"(?<![\w./-])/" + rb"(work|root|home|Users)/" + rb"[a-z]")
"""Folders of somebody's own machine."""


def test_no_file_names_a_folder_of_somebodys_machine() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    found = [
        f"{name}: {match.group().decode()}"
        for name in listed.stdout.decode().split("\0")
        if name and (ROOT / name).is_file() and (match := MACHINE_PATHS.search((ROOT / name).read_bytes()))
    ]
    assert not found


def test_every_dependency_has_a_reason_and_a_licence() -> None:
    note = (ROOT / "docs" / "decisions" / "0002-dependencies.md").read_text(encoding="utf-8")
    groups = (
        PROJECT["project"]["dependencies"],
        *PROJECT["project"]["optional-dependencies"].values(),
        *PROJECT["dependency-groups"].values(),
    )
    wanted = {re.split(r"[\[><=~ ]", line)[0] for group in groups for line in group}
    given = set(re.findall(r"^\| ([a-z][a-z0-9-]+) \| [^|]+ \| [^|]+ \|$", note, re.MULTILINE))
    assert given == wanted


def test_every_store_is_protected_by_a_contract_of_its_own() -> None:
    stores = {f"headwater.{part}.store" for part in PARTS if f"{part}.store" in modules()}
    contracts = PROJECT["tool"]["importlinter"]["contracts"]
    kept = {
        module: contract["allowed_importers"]
        for contract in contracts
        if contract["type"] == "protected"
        for module in contract["protected_modules"]
        if module.endswith(".store")
    }
    assert kept == {store: [store.removesuffix(".store")] for store in stores}
