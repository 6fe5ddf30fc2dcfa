"""Label Studio's database with people, their tokens and empty projects, made inside its own environment."""

import os
import sys
from pathlib import Path

from clock import reply, request

asked = request()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "label_studio.core.settings.label_studio")

import django  # noqa: E402 - after its settings are chosen
import label_studio  # noqa: E402

sys.path.insert(0, str(Path(label_studio.__file__).parent))  # its own modules are imported by their short names
django.setup()

from django.core.management import call_command  # noqa: E402
from organizations.models import Organization  # noqa: E402
from projects.models import Project  # noqa: E402
from rest_framework.authtoken.models import Token  # noqa: E402
from users.models import User  # noqa: E402

call_command("migrate", verbosity=0)
people = [
    User.objects.create_user(f"annotator{place}@example.org", "a long enough password 1")
    for place in range(asked["annotators"])
]
organisation = Organization.create_organization(created_by=people[0], title="bench")
for person in people:
    if not organisation.has_user(person):
        organisation.add_user(person)
    person.active_organization = organisation
    person.save()
organisation.jwt.legacy_api_tokens_enabled = True
organisation.jwt.save()
projects = [
    Project.objects.create(
        title=title,
        label_config=asked["label_config"],
        organization=organisation,
        created_by=people[0],
        maximum_annotations=1,
        is_published=True,
    )
    for title in asked["projects"]
]
tokens = [Token.objects.get_or_create(user=person)[0].key for person in people]
reply(tokens=tokens, projects=[project.id for project in projects], version=label_studio.__version__)
