"""Independent packages in a process of their own, with the dependencies that their script names."""

from __future__ import annotations

import json
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[2]


@contextmanager
def asking(script: Path) -> Iterator[Callable[[object], Any]]:
    """Yield what sends a question to a script and returns its answer, both as lines of JSON."""
    command = [str(ROOT / ".tools" / "bin" / "uv"), "run", "--quiet", "--no-project", "--script", script.name]
    with subprocess.Popen(command, cwd=script.parent, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as peer:
        assert peer.stdin is not None
        assert peer.stdout is not None
        into, out = peer.stdin, peer.stdout
        assert json.loads(out.readline()) == "ready"

        def ask(question: object) -> Any:
            into.write(json.dumps(question) + "\n")
            into.flush()
            return json.loads(out.readline())

        yield ask
        into.close()
