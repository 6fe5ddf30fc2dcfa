"""Have Headwater and the libraries of every file format read what the other wrote:

    make interchange      # makes the environment with the libraries, then runs this

What the libraries wrote is kept in `tests/annotation/exchange/made/peers` for the tests, and which libraries were met
in `checked.json` there, from which the reference page of formats tells it.
"""  # noqa: D415 -- ends in a command

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.harness.workers import ROOT, Peer
from scripts import exchange
from tests.annotation.exchange import interchange

LIBRARIES = Peer(
    name="interchange",
    requirements=(
        "argilla==2.8.0",
        "conllu==6.0.0",
        "datasets==5.2.0",
        "datumaro==1.13.12",
        "label-studio-sdk==2.0.19",
        "openai==3.57.0",
        "pycocotools==2.0.11",
        "spacy==3.8.18",
        "transformers==5.24.0",
    ),
    bare=("trl==1.16.0",),
)
DOCCANO = Peer(
    name="doccano", requirements=("doccano==1.8.4", "marshmallow==3.26.1", "numpy==1.26.4", "setuptools==79.0.1")
)
"""doccano asks for its libraries of 2023 in part only; these are the newest that it starts with."""
ENVIRONMENTS = {LIBRARIES: ("images", "texts"), DOCCANO: ("doccano",)}
"""The modules of `peers/` that run in each."""


def main() -> None:
    """Exchange files both ways, keep what the libraries wrote, and tell every difference."""
    wrong = []
    with tempfile.TemporaryDirectory() as held:
        theirs, ours = Path(held) / "theirs", Path(held) / "ours"
        theirs.mkdir()
        ours.mkdir()
        libraries = _call("write", theirs, "libraries")
        for name in libraries:
            interchange.write(name, ours / f"{name}.file")
            wrong += _differences(
                f"Headwater reads {name}", interchange.expected(name, ours=False), _seen(name, theirs)
            )
        seen = _call("read", ours, "seen")
        for name, found in seen.items():
            told = interchange.pictures(found) if found and "boxes" in found[0] else found
            wrong += _differences(f"a library reads {name}", interchange.expected(name, ours=True), told)
        if wrong:
            raise SystemExit("\n".join(wrong))
        shutil.rmtree(interchange.MADE, ignore_errors=True)
        interchange.MADE.mkdir(parents=True)
        for name in libraries:
            shutil.copy(theirs / f"{name}.file", interchange.MADE / f"{name}.file")
    checked = {name: {"libraries": used, "reads": name in seen} for name, used in libraries.items()}
    exchange.CHECKED.write_text(json.dumps(checked, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    exchange.PAGE.write_text(exchange.page(), encoding="utf-8")
    print(f"{len(libraries)} kinds of files read, {len(seen)} read back by a library.")


def _call(act: str, folder: Path, wanted: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for peer, modules in ENVIRONMENTS.items():
        found |= _called(peer, act, folder, *modules)[wanted]
    return found


def _called(peer: Peer, act: str, folder: Path, *modules: str) -> dict[str, Any]:
    quiet = {"PYTHONPATH": str(ROOT), "HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1"}
    done = subprocess.run(
        [peer.python(), "-m", "tests.annotation.exchange.peers.run", act, folder, *modules],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        cwd=ROOT,
        env=os.environ | quiet,
    )
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def _seen(name: str, folder: Path) -> object:
    return interchange.seen(name, folder / f"{name}.file")


def _differences(what: str, wanted: object, found: object) -> list[str]:
    return [] if wanted == found else [f"{what}:\n  expected {json.dumps(wanted)}\n  found    {json.dumps(found)}"]


if __name__ == "__main__":
    main()
