"""Gives the versions there are their state and their first saved text."""

from django.db import migrations
from django.db.models import Case, Value, When


def fill(apps, schema_editor):
    """By when they were in force; the text of each is the only one that is known."""
    version, saved = apps.get_model("playbook", "Version"), apps.get_model("playbook", "SavedText")
    state = Case(
        When(superseded_at__isnull=False, then=Value("superseded")),
        When(in_force_at__isnull=False, then=Value("in_force")),
        default=Value("draft"),
    )
    version.objects.update(state=state)
    saved.objects.bulk_create(
        saved(
            version=row,
            text=row.text,
            content_hash=row.content_hash,
            is_readable=True,
            at=row.created_at,
            by_id=row.created_by_id,
        )
        for row in version.objects.order_by("number")
    )


def empty(apps, schema_editor):
    """Nothing to do on the way back: the tables go."""


class Migration(migrations.Migration):
    dependencies = [("playbook", "0002_signatures")]

    operations = [migrations.RunPython(fill, empty)]
