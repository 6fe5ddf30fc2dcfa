"""What the documentation tells people to type works.

A page's `console` blocks (lines after `$`) and `python` blocks run in order, in a folder of the page's own.
A block with a caption is a file of that name. Blocks marked `shell` are for the reader: they serve, install or clone.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
FENCE = re.compile(
    r"^(?P<fence>`{3,})(\{code-block\} *)?(?P<language>\w+)\n"
    r"(:caption: (?P<name>[\w.-]+)\n\n?)?"
    r"(?P<code>.*?)^(?P=fence)$",
    re.MULTILINE | re.DOTALL,
)
RUN = frozenset({"console", "python"})
PAGES = sorted(
    str(page.relative_to(ROOT))
    for page in (ROOT / "README.md", *(ROOT / "docs").rglob("*.md"))
    if any(block["language"] in RUN for block in FENCE.finditer(page.read_text(encoding="utf-8")))
)


@pytest.mark.parametrize("page", PAGES)
def test_the_code_on_a_page_runs(page: str, tmp_path: Path) -> None:
    script = []
    for block in FENCE.finditer((ROOT / page).read_text(encoding="utf-8")):
        if block["name"]:
            (tmp_path / block["name"]).write_text(block["code"], encoding="utf-8")
        elif block["language"] == "console":
            script.append(typed(block["code"]))
        elif block["language"] == "python":
            script.append(f"python -W error - <<'END OF BLOCK'\n{block['code']}END OF BLOCK")
    done = _run("\n".join(script), tmp_path)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"


def typed(block: str) -> str:
    """Return what a reader types of a console block: the lines after `$` and their continuations after `>`."""
    return "\n".join(line[2:] for line in block.splitlines() if line.startswith(("$ ", "> ")))


def test_only_what_follows_the_prompt_is_typed() -> None:
    assert typed("$ echo one \\\n>   two\none two\n$ true\n") == "echo one \\\n  two\ntrue"


def _run(script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HEADWATER_")}
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-euxo", "pipefail", "-c", script],
        cwd=folder,
        env=kept | {"PATH": path},
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
