"""Records shown in guidelines: an image, a chat or a text beside the rule that it is an example of.

In Markdown an image whose address is `record:` and a record's id shows that record. Who reads the guideline sees what
it shows, and no more: an image that a guideline shows is had through the guideline, as one of a task through the task.
"""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

from headwater.annotation import content, images, markdown, queries
from headwater.annotation.exchange import own
from headwater.annotation.exchange.model import Item
from headwater.annotation.model import Standing
from headwater.core.errors import NotFoundError
from headwater.governance.authority import may
from headwater.governance.model import Decision

if TYPE_CHECKING:
    from collections.abc import Collection

    from headwater.annotation.content import Content
    from headwater.annotation.model import Guideline
    from headwater.context import Context

IMAGE = re.compile(rf'<img src="{markdown.RECORD}([^"]*)"(?: alt="([^"]*)")?>')
"""An illustration in HTML that was cleaned: the id of the record, and what is said about it."""
_ADDRESS = re.compile(rf"{markdown.RECORD}([\w.-]+)")


def named(text: str) -> list[str]:
    """Return the ids of the records a guideline shows, each once, in the order of the text."""
    shown = (markdown.illustrated(section.text) for section in markdown.sections(text))
    return list(dict.fromkeys(unescape(found[1]) for html in shown for found in IMAGE.finditer(html)))


def showing(ctx: Context, records: Collection[str]) -> dict[str, Guideline]:
    """Return which of some records people were shown or are about to be, each with the newest version that shows it.

    Versions that are or were published count, and proposed ones; a draft is looked at when it is proposed.
    """
    found: dict[str, Guideline] = {}
    for row in queries.guidelines(ctx):
        # most texts show nothing, and to look for an address is quicker than to read Markdown
        if row.standing is not Standing.DRAFT and not set(_ADDRESS.findall(row.text)).isdisjoint(records):
            found = {each: row for each in named(row.text) if each in records} | found
    return found


def contents(ctx: Context, text: str) -> dict[str, Content]:
    """Return what is shown of the records a guideline shows, by id; one that is gone is left out."""
    wanted = named(text)
    found = {each: content.fetch(ctx, each, lambda: content.Line(places=dict.fromkeys(wanted, 0))) for each in wanted}
    return {record: shown for record, shown in found.items() if shown is not None}


def image(ctx: Context, guideline_id: str, record_id: str) -> images.Image:
    """Return the image of a record that a version of a guideline shows, or that one of its owners may want to show.

    Raises:
        NotFoundError: The guideline does not show the record, the record has no image or was erased.
        ImageError: What is stored is no PNG, JPEG, GIF, WebP, AVIF or BMP.
    """
    shows = record_id in named(queries.guideline(ctx, guideline_id).text)
    found = content.fetch(ctx, record_id) if shows or may(ctx, Decision.GUIDELINE_PUBLISH) else None
    if found is None or not found.image:
        raise NotFoundError(f"This guideline shows no image of a record '{record_id}'.")
    return images.stored(ctx, found.image)


def packed(ctx: Context, text: str) -> dict[str, bytes]:
    """Return a guideline as the files that show it without the platform: `guideline.md` and its `examples`.

    Records are numbered in the order of the text, so that their ids stay here.
    """
    files: dict[str, bytes] = {}
    places: dict[str, str] = {}
    for number, (record, found) in enumerate(contents(ctx, text).items(), 1):
        if found.image and ctx.objects.exists(found.image):
            data = ctx.objects.get(found.image)
            places[record] = f"examples/{number}-{found.image.rpartition('/')[2]}{images.ending(data)}"
            files[places[record]] = data
        else:
            places[record] = f"examples/{number}.jsonl"
            files[places[record]] = b"".join(own.write([Item(id=str(number), content=found.shown)]))
    files["guideline.md"] = _ADDRESS.sub(lambda at: places.get(at[1], "examples/missing"), text).encode()
    return files
