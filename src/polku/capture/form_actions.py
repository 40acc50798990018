"""Makes and changes web forms."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec
from django.db import transaction

from polku.accounts import actions as accounts_actions
from polku.accounts.models import User
from polku.capture.fields import FieldSpec
from polku.capture.models import Form

KEY_BYTES: Final = 9


class FormInput(msgspec.Struct, frozen=True, kw_only=True):
    """A form as its maker wants it."""

    name: str
    fields: tuple[FieldSpec, ...]
    button: str = ""
    thanks: str = ""
    redirect_url: str = ""
    signal: str = "form_sent"
    topic: str = ""
    consent_text: str = ""
    language: str = "en"
    origins: tuple[str, ...] = ()
    is_active: bool = True


@transaction.atomic
def add_form(given: FormInput, *, now: datetime, by: User | None) -> Form:
    """Make a form with a public address of its own."""
    form = Form(key=secrets.token_urlsafe(KEY_BYTES), created_at=now, created_by=by)
    _apply(form, given)
    form.save()
    accounts_actions.audit(
        "form_added", subject="form", subject_id=form.pk, by=by, now=now, details={"name": form.name}
    )
    return form


@transaction.atomic
def change_form(form_id: int, *, given: FormInput, now: datetime, by: User) -> Form:
    """Change a form; a new consent text is a new version of it."""
    form = Form.objects.select_for_update(no_key=True).get(pk=form_id)
    before = _shown(form)
    if form.consent_text != given.consent_text:
        form.consent_version += 1
    _apply(form, given)
    form.save()
    changed = {field: [before[field], value] for field, value in _shown(form).items() if before[field] != value}
    if changed:
        accounts_actions.audit(
            "form_changed", subject="form", subject_id=form.pk, by=by, now=now, details={"name": form.name} | changed
        )
    return form


@transaction.atomic
def allow_websites(form_id: int, *, origins: Sequence[str], now: datetime, by: User | None) -> Form:
    """Let these websites show the form too; one that any website may show stays so."""
    form = Form.objects.select_for_update(no_key=True).get(pk=form_id)
    missing = [origin for origin in origins if origin not in form.origins]
    if not form.origins or not missing:
        return form
    before = ", ".join(form.origins)
    form.origins = [*form.origins, *missing]
    form.save(update_fields=["origins"])
    details = {"name": form.name, "origins": [before, ", ".join(form.origins)]}
    accounts_actions.audit("form_changed", subject="form", subject_id=form.pk, by=by, now=now, details=details)
    return form


def _apply(form: Form, given: FormInput) -> None:
    for field, value in msgspec.to_builtins(given).items():
        setattr(form, field, list(value) if isinstance(value, list | tuple) else value)


def _shown(form: Form) -> dict[str, str]:
    """What the audit log tells of a form: short texts only."""
    names = ("name", "button", "redirect_url", "signal", "topic", "language", "is_active", "consent_version")
    shown = {name: str(getattr(form, name)) for name in names}
    return shown | {
        "origins": ", ".join(form.origins),
        "fields": ", ".join(f"{field['name']}{'*' if field.get('required') else ''}" for field in form.fields),
        "thanks": form.thanks[:200],
    }
