"""doccano's JSON lines as doccano itself takes them in and writes them; runs in an environment with its server.

Source: doccano (MIT). Its own import and export work on a database made for the purpose; no server is started.
"""

from __future__ import annotations

import importlib.util
import json
import os
import sys
import tempfile
import zipfile
from functools import cache, partial
from pathlib import Path
from typing import Any

Text = dict[str, Any]
SPANS, CLASSES = "SequenceLabeling", "DocumentClassification"


@cache
def _user() -> Any:
    """Make a database of doccano's and return a user in it."""
    home = Path(tempfile.mkdtemp(prefix="doccano-"))
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "config.settings.development",
        "DATABASE_URL": f"sqlite:///{home / 'db.sqlite3'}",
        "MEDIA_ROOT": str(home / "media"),
        "STANDALONE": "True",
    }
    found = importlib.util.find_spec("backend")
    assert found is not None
    assert found.submodule_search_locations
    sys.path.append(found.submodule_search_locations[0])
    import django  # noqa: PLC0415 -- reads its settings from what was just said

    django.setup()
    from django.contrib.auth import get_user_model  # noqa: PLC0415
    from django.core.management import call_command  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    call_command("create_roles")
    return get_user_model().objects.create_user(username="ann", password=None)


def _through(path: Path, kind: str) -> list[dict[str, Any]]:
    """Have doccano take a file in and return the rows that it exports then."""
    user = _user()
    from data_export.celery_tasks import export_dataset  # noqa: PLC0415 -- needs the settings
    from data_import.datasets import load_dataset  # noqa: PLC0415
    from data_import.pipeline.catalog import create_file_format  # noqa: PLC0415
    from data_import.pipeline.readers import FileName  # noqa: PLC0415
    from projects.models import SequenceLabelingProject, TextClassificationProject  # noqa: PLC0415

    shape = SequenceLabelingProject if kind == SPANS else TextClassificationProject
    project = shape.objects.create(
        name=kind, description=kind, project_type=kind, created_by=user, collaborative_annotation=True
    )
    name = FileName(full_path=str(path), generated_name=path.name, upload_name=path.name)
    dataset = load_dataset(kind, create_file_format("JSONL"), [name], project, encoding="utf_8")
    dataset.save(user)
    assert not dataset.errors, [each.dict() for each in dataset.errors]
    with zipfile.ZipFile(export_dataset(project.id, "JSONL")) as packed:
        return [json.loads(line) for line in packed.read("all.jsonl").decode().splitlines()]


def write(case: dict[str, Any], path: Path, *, kind: str) -> None:
    """Write what doccano exports."""
    sent = path.with_suffix(".sent")
    label = "spans" if kind == SPANS else "tags"
    sent.write_text("".join(json.dumps({"text": x["text"], "label": x[label]}) + "\n" for x in case["texts"]))
    rows = _through(sent, kind)
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


def read(_case: dict[str, Any], path: Path, *, kind: str) -> list[Text]:
    """Read a file by doccano."""
    is_spans = kind == SPANS
    return [
        {"text": row["text"], "spans": row["label"] if is_spans else [], "tags": [] if is_spans else row["label"]}
        for row in _through(path, kind)
    ]


PEERS = {
    "doccano": ("doccano", partial(write, kind=SPANS), partial(read, kind=SPANS)),
    "doccano-classes": ("doccano", partial(write, kind=CLASSES), partial(read, kind=CLASSES)),
}
