"""How the documentation is built."""

from __future__ import annotations

import sys
from importlib.metadata import version as version_of
from pathlib import Path
from typing import TYPE_CHECKING

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from scripts import reference  # noqa: E402 -- found through the line above

if TYPE_CHECKING:
    from sphinx.application import Sphinx

project = "Headwater"
copyright = "the Headwater contributors"  # noqa: A001 -- Sphinx's name
version = release = version_of("headwater")

extensions = ["myst_parser", "sphinx_copybutton"]
myst_enable_extensions = ["colon_fence", "deflist", "fieldlist", "smartquotes"]
myst_heading_anchors = 4
exclude_patterns = ["_build"]
nitpicky = True

html_theme = "furo"
html_title = "Headwater"
html_copy_source = False
copybutton_exclude = ".linenos, .gp, .go"


def setup(app: Sphinx) -> None:
    """Write the reference before Sphinx looks for pages."""
    app.connect("config-inited", lambda *_: reference.write(HERE / "reference" / "generated"))
