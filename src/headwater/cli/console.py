"""Where commands write, and the options of `headwater` itself: all that a command needs before its part is loaded."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

out = Console(soft_wrap=True, highlight=False, markup=False, width=None if sys.stdout.isatty() else 240)
err = Console(stderr=True, soft_wrap=True, highlight=False, markup=False)


@dataclass(slots=True, kw_only=True)
class Globals:
    """The options of `headwater` itself."""

    workspace: Path = Path()
    handle: str = ""
    program: str = ""


chosen = Globals()
