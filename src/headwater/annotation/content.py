"""What an annotator sees of a record: its text, turns, responses or image, and never its attributes or ids."""

from __future__ import annotations

import threading
import time
from collections import Counter, OrderedDict
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import WeakKeyDictionary

from headwater.annotation import prose
from headwater.annotation.responses import Facts
from headwater.core.errors import NotFoundError
from headwater.sourcing import queries as sourcing
from headwater.sourcing.items import PICTURE, words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from headwater.context import Context
    from headwater.sourcing.model import Record
    from headwater.storage.records import RecordTables

_KEEP_S = 60.0
"""How long a record fetched ahead is kept: short, so that an erased record is gone from memory too."""
_KEEP = 4096
_LANES = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """A record as shown for annotation."""

    shown: dict[str, Any]
    """`kind`, and what the kind has: `text`, `turns` of role and text, `responses`, `image` with width and height."""
    facts: Facts
    fields: dict[str, str]
    """Texts of the record by field: what rewrites start from. Never sent as a whole."""
    rendered: dict[str, Any]
    """HTML of the texts that are Markdown (see `prose.rendered`); empty when none is."""
    image: str = ""
    """Name of the stored image; people get the image through the task they hold, never its name."""
    attributes: dict[str, object] = field(default_factory=dict)
    """What slices see of the record. Never sent."""

    @property
    def size(self) -> tuple[int, int] | None:
        """Width and height of its image in pixels; None without one, or where they are not known."""
        width, height = self.shown.get("width"), self.shown.get("height")
        return (int(width), int(height)) if self.image and width and height else None


def of_record(record: Record) -> Content:
    """Return what is shown of a record.

    A pair is shown as a chat of two turns; alternatives to rank are `responses` in the payload, texts or mappings
    with `text`; an image is `image` in the payload, the name of a stored object, with its width and height.
    """
    shown, payload = _shown(record), record.payload
    turns = shown.get("turns", ())
    facts = Facts(
        turns=tuple(turn["role"] for turn in turns),
        lengths=tuple(len(turn["text"]) for turn in turns) or (len(record.text),),
        responses=len(shown.get("responses", ())),
        width=_pixels(payload.get("width")),
        height=_pixels(payload.get("height")),
        has_image=bool(payload.get("image")),
    )
    fields = {name: value for name, value in payload.items() if isinstance(value, str)}
    return Content(
        shown=shown,
        facts=facts,
        fields={"text": record.text} | fields,
        rendered=prose.rendered(shown),
        image=str(payload.get("image") or ""),
        attributes=sourcing.fields_of(record),
    )


def exported(record: Record) -> dict[str, Any]:
    """Return a record as it leaves the platform: as it is shown, with the name of its image's file."""
    image = str(record.payload.get("file") or record.payload.get("image") or "")
    return _shown(record) | ({"text": record.text, "image": image} if image else {})


def _shown(record: Record) -> dict[str, Any]:
    payload = record.payload
    text = "" if record.kind == PICTURE else record.text  # the name of a file may tell what is to be found out
    shown: dict[str, Any] = {"kind": record.kind, "text": text, "language": record.language}
    turns = _turns(record)
    if turns:
        shown |= {"kind": "chat", "turns": turns}
    responses = [_text(each) for each in _list(payload.get("responses"))]
    if responses:
        shown["responses"] = responses
    if payload.get("image"):
        shown |= {"image": True, "width": _pixels(payload.get("width")), "height": _pixels(payload.get("height"))}
    return shown


class Line(NamedTuple):
    """Records that will be wanted one after the other."""

    lane: int = 0
    """Where they stand in line; 0 for nowhere."""
    places: Mapping[str, int] = MappingProxyType({})
    """Record → its place there."""


def fetch(ctx: Context, record_id: str, ahead: Callable[[], Line] = Line) -> Content | None:
    """Return what is shown of a record; None when the record was erased.

    Args:
        ctx: The context.
        record_id: The record.
        ahead: Says which records will be wanted soon; asked only when this one is not at hand, so that one read of
            the record table serves many tasks.
    """
    shelf, key = _shelf(ctx.records), (ctx.program, record_id)
    found = shelf.get(key)
    if found is not None:
        return found
    line = ahead()
    with shelf.filling:
        found = shelf.get(key)
        if found is None:
            records = _take(ctx, list({record_id: 0, **line.places}), shelf.guess(line))
            for record in records:
                shelf.put((ctx.program, record.id), of_record(record))
            shelf.learn(line, records)
            found = shelf.get(key)
    return found


def _take(ctx: Context, wanted: list[str], guess: Sequence[int] = ()) -> list[Record]:
    try:
        return sourcing.take(ctx, wanted, guess=guess)
    except NotFoundError:
        if len(wanted) == 1:
            return []
        return [record for each in wanted for record in _take(ctx, [each])]


class _Shelf:
    """A small memory of contents fetched ahead.

    Tasks mostly stand in their lane as their records in the table: how far the two are apart is kept for each lane, and
    tells where the next ones probably are.
    """

    def __init__(self) -> None:
        self._apart: dict[int, int] = {}
        self._kept: OrderedDict[tuple[str, str], tuple[float, Content]] = OrderedDict()
        self._lock = threading.Lock()
        self.filling = threading.Lock()
        """Held while records are read: whoever else misses one of them waits for it and does not read them too."""

    def get(self, key: tuple[str, str]) -> Content | None:
        with self._lock:
            found = self._kept.get(key)
        return found[1] if found and found[0] > time.monotonic() else None

    def put(self, key: tuple[str, str], content: Content) -> None:
        with self._lock:
            self._kept[key] = (time.monotonic() + _KEEP_S, content)
            self._kept.move_to_end(key)
            while len(self._kept) > _KEEP:
                self._kept.popitem(last=False)

    def guess(self, line: Line) -> list[int]:
        """Return where the records of a line are thought to be in the table."""
        apart = self._apart.get(line.lane)
        return [] if apart is None else [place + apart for place in line.places.values()]

    def learn(self, line: Line, records: Sequence[Record]) -> None:
        """Keep how far apart most of a line's places are from those in the table; nothing when no half is alike."""
        apart = Counter(record.seq - line.places[record.id] for record in records if record.id in line.places)
        most, count = apart.most_common(1)[0] if apart and line.lane else (0, 0)
        if 2 * count > apart.total():
            self._apart = dict([*self._apart.items(), (line.lane, most)][-_LANES:])
        else:
            self._apart.pop(line.lane, None)


_shelves: WeakKeyDictionary[RecordTables, _Shelf] = WeakKeyDictionary()


def _shelf(records: RecordTables) -> _Shelf:
    return _shelves.setdefault(records, _Shelf())


def _turns(record: Record) -> list[dict[str, str]]:
    messages = _list(record.payload.get("messages"))
    if messages:
        return [
            {"role": str(each.get("role", "user")), "text": "\n".join(words(each.get("content")))}
            for each in messages
            if isinstance(each, dict)
        ]
    if "reply" in record.payload:
        reply = str(record.payload["reply"])
        return [{"role": "user", "text": record.text}, {"role": "assistant", "text": reply}]
    return []


def _text(value: object) -> str:
    return str(value.get("text", "")) if isinstance(value, dict) else str(value)


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _pixels(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0
