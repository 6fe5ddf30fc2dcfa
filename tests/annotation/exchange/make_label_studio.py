"""Have Label Studio itself make the file that the tests read: its own project, people, answers and export.

    cd tests/annotation/exchange && DATABASE_NAME=/tmp/ls.sqlite3 PYTHON_OF_LABEL_STUDIO make_label_studio.py

PYTHON_OF_LABEL_STUDIO has label-studio 1.23.2 installed. What is made is committed in `made/`.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "label_studio.core.settings.label_studio")

import django
import label_studio

sys.path.insert(0, str(Path(label_studio.__file__).parent))  # its own modules are imported by their short names
django.setup()

from django.core.management import call_command  # noqa: E402
from organizations.models import Organization  # noqa: E402
from rest_framework.test import APIClient  # noqa: E402
from users.models import User  # noqa: E402

MADE = Path(__file__).parent / "made"
SIZE = {"original_width": 640, "original_height": 480, "image_rotation": 0}
TEXTS = ("Ada paid the invoice of 20 €.", "The café's machine 😀 is broken.", "Thanks!")


def result(name: str, to: str, kind: str, **rest: object) -> dict[str, Any]:
    """Return a region as the workspace sends it."""
    return {
        "id": f"{name}{rest.pop('n', 1)}",
        "from_name": name,
        "to_name": to,
        "type": kind,
        "origin": "manual",
    } | rest


def span(n: int, text: str, start: int, end: int, label: str) -> dict[str, Any]:
    """Return a labelled stretch of text."""
    value = {"start": start, "end": end, "text": text[start:end], "labels": [label]}
    return result("parts", "text", "labels", n=n, value=value)


RESULTS = [
    [
        result("topic", "text", "choices", value={"choices": ["Billing"]}),
        result("tone", "text", "choices", value={"choices": ["calm", "short"]}),
        result("place", "text", "taxonomy", value={"taxonomy": [["Europe", "Italy"], ["Asia"]]}),
        result("urgency", "text", "rating", value={"rating": 5}),
        result("amount", "text", "number", value={"number": 20.5}),
        result("reply", "text", "textarea", value={"text": ["Thank you, Ada."]}),
        span(1, TEXTS[0], 0, 3, "person"),
        span(2, TEXTS[0], 13, 20, "thing"),
        {"type": "relation", "from_id": "parts1", "to_id": "parts2", "direction": "right", "labels": ["owns"]},
    ],
    [
        result("topic", "text", "choices", value={"choices": ["fault"]}),
        span(1, TEXTS[1], 9, 16, "thing"),
        result(
            "boxes",
            "photo",
            "rectanglelabels",
            value={"x": 12.5, "y": 25, "width": 50, "height": 33.3, "rotation": 0, "rectanglelabels": ["dent"]},
            **SIZE,
        ),
        result(
            "outline",
            "photo",
            "polygonlabels",
            value={"points": [[1.5, 2], [30, 2.5], [20, 40]], "closed": True, "polygonlabels": ["edge"]},
            **SIZE,
        ),
        result(
            "points",
            "photo",
            "keypointlabels",
            value={"x": 50, "y": 75, "width": 0.5, "keypointlabels": ["screw"]},
            **SIZE,
        ),
    ],
]

call_command("migrate", verbosity=0)
people = [User.objects.create_user(f"person{n}@example.org", "a long enough password 1") for n in range(2)]
organisation = Organization.create_organization(created_by=people[0], title="fixtures")
for person in people:
    if not organisation.has_user(person):
        organisation.add_user(person)
    person.active_organization = organisation
    person.save()
clients = [APIClient() for _ in people]
for client, person in zip(clients, people, strict=True):
    client.force_authenticate(person)


def call(client: APIClient, method: str, path: str, body: object = None) -> Any:
    """Call the API and return what it says."""
    reply = getattr(client, method)(f"/api/{path}", body, format="json")
    if reply.status_code >= 300:
        raise SystemExit(f"{method} {path}: {reply.status_code} {reply.content[:500]!r}")
    return reply


config = (MADE / "config.xml").read_text(encoding="utf-8")
project = call(clients[0], "post", "projects/", {"title": "made", "label_config": config, "maximum_annotations": 2})
number = project.json()["id"]
tasks = [{"data": {"text": text, "photo": f"/data/{n}.png", "domain": "shop"}} for n, text in enumerate(TEXTS)]
call(clients[0], "post", f"projects/{number}/import", tasks)
from tasks.models import Task  # noqa: E402

ids = list(Task.objects.filter(project_id=number).order_by("id").values_list("id", flat=True))
for place, regions in enumerate(RESULTS):
    call(clients[0], "post", f"tasks/{ids[place]}/annotations/", {"result": regions, "lead_time": 12.5})
call(clients[1], "post", f"tasks/{ids[0]}/annotations/", {"result": [RESULTS[1][0]], "lead_time": 3.25})
call(clients[1], "post", f"tasks/{ids[2]}/annotations/", {"result": [], "was_cancelled": True})
call(
    clients[0],
    "post",
    "predictions/",
    {"task": ids[2], "result": [RESULTS[0][0]], "score": 0.83, "model_version": "model-3"},
)
found = call(clients[0], "get", f"projects/{number}/export?exportType=JSON&download_all_tasks=true")
body = b"".join(found.streaming_content) if found.streaming else found.content
tidy = json.loads(body)
(MADE / "label_studio.json").write_text(json.dumps(tidy, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
