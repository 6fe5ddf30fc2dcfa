"""Running each side in a process of its own, so that neither pays for the other's memory or imports.

A worker is a script in `benchmarks/workers/` that reads a JSON request from its standard input and prints a JSON
reply as its last line.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
WORKERS = ROOT / "benchmarks" / "workers"
_UV = ROOT / ".tools" / "bin" / "uv"
_ENVIRONMENTS = ROOT / ".tools" / "benchmarks"


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """A program we are compared with, installed in an environment that the benchmark makes itself."""

    name: str
    """The folder of the environment; peers that fit together may share one."""
    requirements: tuple[str, ...]
    """Pinned, so that a figure can be repeated."""
    bare: tuple[str, ...] = ()
    """Those installed without what they ask for: packages of which a part is used that needs none of it."""

    def python(self) -> Path:
        """Return the environment's interpreter, installing what is missing."""
        folder = _ENVIRONMENTS / self.name
        interpreter = folder / "bin" / "python"
        stamp = folder / "requirements.json"
        wanted = json.dumps([*self.requirements, *self.bare])
        if not stamp.exists() or stamp.read_text(encoding="utf-8") != wanted:
            print(f"Installing {', '.join(self.requirements)} …", flush=True)
            subprocess.run([_UV, "venv", "-q", "--clear", "--python", sys.executable, folder], check=True)
            subprocess.run([_UV, "pip", "install", "-q", "--python", interpreter, *self.requirements], check=True)
            if self.bare:
                bare: list[str | Path] = [_UV, "pip", "install", "-q", "--no-deps", "--python", interpreter, *self.bare]
                subprocess.run(bare, check=True)
            stamp.write_text(wanted, encoding="utf-8")
        return interpreter


def call(worker: str, request: dict[str, Any], *, peer: Peer | None = None, timeout_s: float = 3600) -> dict[str, Any]:
    """Run a worker and return its reply.

    Args:
        worker: The script's name in `benchmarks/workers/`, without its ending.
        request: What it reads.
        peer: Whose environment it runs in; Headwater's own when None.
        timeout_s: When to give up.

    Raises:
        subprocess.CalledProcessError: The worker failed; its errors were printed.
    """
    interpreter = Path(sys.executable) if peer is None else peer.python()
    inherited = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    inherited |= {"PYTHONPATH": str(ROOT)} if peer is None else {}
    limits = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    done = subprocess.run(
        [interpreter, WORKERS / f"{worker}.py"],
        input=json.dumps(request),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=timeout_s,
        env=inherited | limits,
        cwd=ROOT,
    )
    reply: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return reply
