"""The archive of a work package: tasks, questions and rules, and exactly what to send back, for any tool."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from headwater.annotation import content, handouts, illustrations, images, made_up, queries, shapes
from headwater.annotation.delivery_rows import FIELDS, LONGEST_NAME, LONGEST_S, PASSED_BY, TASK
from headwater.annotation.exchange import label_studio, own
from headwater.annotation.exchange.label_studio_config import config
from headwater.annotation.exchange.model import Item
from headwater.annotation.questions import Kind, as_data
from headwater.core.canonical import canonical_json, digest_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from headwater.annotation.questions import Question
    from headwater.annotation.responses import Facts
    from headwater.annotation.vendor_model import Package
    from headwater.context import Context
    from headwater.sourcing.model import Record

SERVED = "/data/local-files/?d="
"""Where Label Studio serves files of its own disk, by their path below the folder it was told."""
_LOOKED_AT = 200
"""Most tasks among which one is chosen that shows most of the questions."""
_LETTER = """\
Work package {name} of campaign {campaign}: {count} tasks for {vendor}, due {due} UTC.

What is in it
  tasks.jsonl           the tasks, one on each line: "id", and what to look at in "content"{media}
  guideline.md          the rules that decide how to answer
  schema.json           the questions as Headwater keeps them
  example.jsonl         lines as they are sent back: made up, but of the right shape for two of the tasks
  delivery.schema.json  JSON Schema (2020-12) of such a line
  labelling.xml, label_studio.json   the questions and the tasks for Label Studio
  manifest.json         the SHA-256 of every file, and how the delivery is accepted

What to send back
One file, UTF-8, with one line of JSON for each task of tasks.jsonl, in any order:

  {{"id": "itm_...", "values": {{"question": answer, ...}}, "by": "a pseudonym", "seconds": 12.5}}

  id       of the task
  values   an answer to each question below, by its name
  by       who answered, by a pseudonym of yours, at most {longest_name} characters; may be left out
  seconds  the time at the task, 0 to {longest_s}; may be left out
Other keys are refused, but for {passed_by}, which are passed by.

What cannot be decided is answered with its reason in place of the answer: {{"cannot_decide": "the text breaks off"}}.
A row that is no answer is listed to us with its line and the reason; two different rows on one task are none.

The questions
{questions}

Label Studio
Make a project with labelling.xml and import label_studio.json. Answer every task once, export as JSON (not JSON-MIN),
and send that file in place of the lines. Keep "{task}" in the data of a task: it is its id.{served}
{lost}

Rework
Work that fails comes back as a file of JSON lines: the tasks to do again under the same ids, the answer if there was
one, and why it fails. Send those alone, as lines or from Label Studio; the rest stands.
"""
_SERVED = """
For the pictures, start it with LABEL_STUDIO_LOCAL_FILES_SERVING_ENABLED=true and, as
LABEL_STUDIO_LOCAL_FILES_DOCUMENT_ROOT, the folder into which this was unpacked, and add its folder media to the project
as a local storage; there is no need to synchronise it."""


class Packed(NamedTuple):
    """A task as it is packed."""

    shown: dict[str, Any]
    """Its content: as annotators see it, with the place of its picture and the texts that rewrites begin from."""
    picture: bytes
    """Empty when it has none that is stored."""
    facts: Facts


def task(ctx: Context, record: Record, questions: Sequence[Question]) -> Packed:
    """Return a task about a record, as it leaves."""
    found = content.of_record(record)
    begun = handouts.originals(questions, found.fields)
    shown, picture = found.shown | ({"originals": begun} if begun else {}), b""
    if found.image and ctx.objects.exists(found.image):
        picture = ctx.objects.get(found.image)
        shown["image"] = f"media/{found.image.rpartition('/')[2]}{images.ending(picture)}"
    return Packed(shown, picture, found.facts)


def archive(ctx: Context, row: Package, records: Mapping[str, Record], about: Mapping[str, str]) -> bytes:
    """Return the archive of a package: the same bytes for the same content.

    Args:
        ctx: The context.
        row: The package; its digest is not looked at.
        records: What the tasks are about, by the ids under which they go out.
        about: Names of the vendor and the campaign.
    """
    schema = queries.schema(ctx, row.schema_id)
    packed = {item: task(ctx, records[item], schema.questions) for item in sorted(records)}
    files = {each.shown["image"]: each.picture for each in packed.values() if each.picture}
    files |= _tasks(packed, schema.questions)
    files |= illustrations.packed(ctx, queries.guideline(ctx, row.guideline_id).text)
    files |= _asked(packed, schema.questions)
    files["README.txt"] = _letter(row, packed, schema.questions, about).encode()
    listed = {name: {"sha256": digest_bytes(data), "bytes": len(data)} for name, data in files.items()}
    facts = dict(about) | {"package": row.id, "due": row.due_at.isoformat(), "acceptance": row.acceptance}
    files["manifest.json"] = canonical_json(facts | {"tasks": len(packed), "schema": schema.digest, "files": listed})
    return _zipped(files)


def _tasks(packed: Mapping[str, Packed], questions: Sequence[Question]) -> dict[str, bytes]:
    """The tasks, as JSON lines and as Label Studio imports them."""
    items = [Item(id=item, content=each.shown) for item, each in packed.items()]
    theirs = [replace(each, attributes={TASK: each.id}, content=each.content | _served(each.content)) for each in items]
    return {
        "tasks.jsonl": b"".join(own.write(items)),
        "label_studio.json": b"".join(label_studio.write(theirs, questions)),
    }


def _served(shown: Mapping[str, Any]) -> dict[str, str]:
    image = shown.get("image")
    return {"image": f"{SERVED}{image}"} if isinstance(image, str) else {}


def _asked(packed: Mapping[str, Packed], questions: Sequence[Question]) -> dict[str, bytes]:
    """The questions, and what an answer to them is."""
    lines = "".join(f"{json.dumps(each, ensure_ascii=False)}\n" for each in _examples(packed, questions))
    row = _row_schema(questions)
    return {
        "schema.json": canonical_json({"questions": [as_data(each) for each in questions]}),
        "labelling.xml": config(questions).encode(),
        "example.jsonl": lines.encode(),
        "delivery.schema.json": f"{json.dumps(row, ensure_ascii=False, indent=1)}\n".encode(),
    }


def _examples(packed: Mapping[str, Packed], questions: Sequence[Question]) -> list[dict[str, object]]:
    """Two lines: the task that shows most of the questions, answered, and another one that cannot be decided."""
    some = list(packed)[:_LOOKED_AT]
    made = {item: made_up.answers(questions, packed[item].facts) for item in some}
    best = max(some, key=lambda item: len(made[item]))
    other = next(item for item in some if item != best)
    lines = {best: made[best], other: made_up.undecided(questions, packed[other].facts)}
    return [{"id": item, "values": values, "by": "jo", "seconds": 12.5} for item, values in lines.items() if values]


def _row_schema(questions: Sequence[Question]) -> dict[str, Any]:
    answers = {each.name: shapes.schema_of(each) for each in questions}
    known = {
        "id": {"type": "string"},
        "values": {"type": "object", "properties": answers, "additionalProperties": False},
        "by": {"type": ["string", "null"], "maxLength": LONGEST_NAME},
        "seconds": {"type": ["number", "null"], "minimum": 0, "maximum": LONGEST_S},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A line of the delivery",
        "description": "The shape alone: which questions a task is asked, and places in its text or image, are checked "
        "when the delivery is received.",
        "type": "object",
        "properties": {name: known[name] for name in FIELDS} | dict.fromkeys(PASSED_BY, True),
        "required": ["id", "values"],
        "additionalProperties": False,
    }


def _letter(row: Package, packed: Mapping[str, Packed], questions: Sequence[Question], about: Mapping[str, str]) -> str:
    made: dict[str, object] = {}
    for each in _examples(packed, questions)[:1]:
        made = each["values"]  # type: ignore[assignment]
    pictures = any(isinstance(each.shown.get("image"), str) for each in packed.values())
    return _LETTER.format(
        name=row.name,
        count=f"{len(packed):,}",
        **about,
        due=f"{row.due_at:%Y-%m-%d %H:%M}",
        media='; "image" is a file in media' if pictures else "",
        longest_name=LONGEST_NAME,
        longest_s=f"{LONGEST_S:,}",
        passed_by=", ".join(PASSED_BY),
        questions="\n".join(_section(each, made) for each in questions),
        served=_SERVED if pictures else "",
        task=TASK,
        lost=_lost(questions, packed.values()),
    )


def _section(question: Question, made: Mapping[str, object]) -> str:
    lines = [question.text, question.help, *shapes.described(question)]
    if question.name in made:
        shown = json.dumps({question.name: made[question.name]}, ensure_ascii=False)
        lines.append(f"Example: {shown[1:-1]}")
    return "\n".join([f"\n{question.name} ({question.kind})", *(f"  {line}" for line in lines if line)])


def _lost(questions: Sequence[Question], packed: Iterable[Packed]) -> str:
    """What cannot be answered in Label Studio."""
    _, missing = label_studio.CODEC.carried(questions)
    chats = any(each.facts.turns for each in packed)
    missing += [each.name for each in questions if each.kind is Kind.SPANS and chats]
    said = "It cannot say that a question cannot be decided. A delivery that needs that is sent as lines."
    named = ", ".join(dict.fromkeys(missing))
    return f"{said}\nIt does not ask: {named}. Where they are required, send lines." if missing else said


def _zipped(files: Mapping[str, bytes]) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as made:
        for name in sorted(files):
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            made.writestr(info, files[name])
    return sink.getvalue()
