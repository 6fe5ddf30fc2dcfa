"""The documentation builds, and every link inside it leads somewhere."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

DOCS = Path(__file__).parent.parent.parent / "docs"


def test_the_site_builds_without_a_warning(tmp_path: Path) -> None:
    folders = ("-d", str(tmp_path / "trees"), str(DOCS), str(tmp_path / "site"))
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", *folders]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "<h1>" in (tmp_path / "site" / "reference" / "generated" / "api.html").read_text(encoding="utf-8")
