"""Have the libraries write every format, and read what Headwater wrote.

    PYTHON -m tests.annotation.exchange.peers.run write FOLDER images texts
    PYTHON -m tests.annotation.exchange.peers.run read FOLDER images texts      # prints what they see, as JSON

`make interchange` makes the environment of PYTHON for some modules of this folder and calls this.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(act: str, folder: Path, modules: Sequence[str]) -> None:
    """Write or read the files `FORMAT.file` of the formats that some modules know."""
    peers: dict[str, tuple[str, Any, Any]] = {}
    for name in modules:
        peers |= importlib.import_module(f"tests.annotation.exchange.peers.{name}").PEERS
    case = json.loads((Path(__file__).parent / "case.json").read_text(encoding="utf-8"))
    seen: dict[str, Any] = {}
    for form, (_, write, read) in peers.items():
        path = folder / f"{form}.file"
        if act == "write":
            write(case, path)
        elif read is not None:
            seen[form] = read(case, path)
    used = {
        form: [f"{name} {importlib.metadata.version(name)}" for name in libraries.split(", ")]
        for form, (libraries, _, _) in peers.items()
    }
    sys.stdout.write("\n" + json.dumps({"seen": seen, "libraries": used}, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3:])
