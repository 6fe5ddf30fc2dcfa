"""Have the libraries write every format, and read what Headwater wrote.

    PYTHON -m tests.annotation.exchange.peers.run write FOLDER
    PYTHON -m tests.annotation.exchange.peers.run read FOLDER      # prints what they see, as JSON

`make interchange` makes the environment of PYTHON and calls this.
"""

from __future__ import annotations

import importlib.metadata
import json
import sys
from pathlib import Path
from typing import Any

from tests.annotation.exchange.peers import images, texts

PEERS: dict[str, tuple[str, Any, Any]] = images.PEERS | texts.PEERS


def main(act: str, folder: Path) -> None:
    """Write or read the files `FORMAT.file`."""
    case = json.loads((Path(__file__).parent / "case.json").read_text(encoding="utf-8"))
    seen: dict[str, Any] = {}
    for form, (_, write, read) in PEERS.items():
        path = folder / f"{form}.file"
        if act == "write":
            write(case, path)
        elif read is not None:
            seen[form] = read(case, path)
    used = {
        form: [f"{name} {importlib.metadata.version(name)}" for name in libraries.split(", ")]
        for form, (libraries, _, _) in PEERS.items()
    }
    sys.stdout.write("\n" + json.dumps({"seen": seen, "libraries": used}, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
