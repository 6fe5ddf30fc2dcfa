"""Records that are written in Markdown, as HTML that cannot run: an aid to reading beside the text as it stands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from markdown_it import MarkdownIt

from headwater.annotation import markdown

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST = 50_000
"""Longest text that is rendered, in characters."""
_SIGNS = re.compile(
    r"(?m)\*\*\S|__\S|`|~~|\]\(|^ {0,3}(?:#{1,6} |[-*+] |\d{1,9}[.)] |>|\||~~~)|(?<!\w)[*_]\w[^*_\n]*[*_](?!\w)"
)
_parser = (
    MarkdownIt("commonmark", {"html": False, "linkify": False, "breaks": True})
    .enable(["table", "strikethrough"])
    .disable("image")
)
"""Line breaks count, as they do in a chat; an image stays text, so that nothing of a record is left out."""


def rendered(shown: Mapping[str, Any]) -> dict[str, Any]:
    """Return the HTML of the texts of a record, in the shape it is shown in; empty when none is Markdown.

    Args:
        shown: What is shown of it: `text`, `turns` of role and text, `responses`.

    Returns:
        `text`, `turns` and `responses` with HTML for every text, empty for one that is plain.
    """
    turns = [_html(turn["text"]) for turn in shown.get("turns", ())]
    responses = [_html(text) for text in shown.get("responses", ())]
    text = "" if turns else _html(shown.get("text", ""))
    return {"text": text, "turns": turns, "responses": responses} if any((text, *turns, *responses)) else {}


def _html(text: str) -> str:
    return markdown.clean(_parser.render(text)) if len(text) <= LONGEST and _SIGNS.search(text) else ""
