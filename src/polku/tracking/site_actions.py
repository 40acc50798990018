"""Makes and changes sites: the websites that carry the script."""

import secrets
from datetime import datetime
from typing import Final

import msgspec
from django.db import transaction

from polku.accounts import actions as accounts_actions
from polku.accounts.models import User
from polku.tracking.models import ConsentMode, Site

KEY_BYTES: Final = 9
SECRET_BYTES: Final = 32


class SiteInput(msgspec.Struct, frozen=True, kw_only=True):
    """A site as its maker wants it. `hosts` are bare: company.fi means www.company.fi too, *.company.fi all below."""

    name: str
    hosts: tuple[str, ...]
    consent: str = str(ConsentMode.COOKIELESS)
    search: tuple[str, ...] = ()
    hash_routing: bool = False
    is_active: bool = True


@transaction.atomic
def make_site(given: SiteInput, *, now: datetime, by: User | None) -> Site:
    """Make a site with a public key and a secret of its own."""
    site = Site(key=secrets.token_urlsafe(KEY_BYTES), secret=_secret(), created_at=now)
    _apply(site, given)
    site.save()
    accounts_actions.audit(
        "site_added", subject="site", subject_id=site.pk, by=by, now=now, details={"name": site.name}
    )
    return site


@transaction.atomic
def change_site(site_id: int, *, given: SiteInput, now: datetime, by: User) -> Site:
    """Change a site; its key and secret stay."""
    site = Site.objects.select_for_update(no_key=True).get(pk=site_id)
    before = _shown(site)
    _apply(site, given)
    site.save()
    changed = {field: [before[field], value] for field, value in _shown(site).items() if before[field] != value}
    if changed:
        accounts_actions.audit(
            "site_changed", subject="site", subject_id=site.pk, by=by, now=now, details={"name": site.name} | changed
        )
    return site


@transaction.atomic
def new_secret(site_id: int, *, now: datetime, by: User) -> str:
    """Renew the secret that signs who has logged in; the old one proves nothing from now on."""
    site = Site.objects.select_for_update(no_key=True).get(pk=site_id)
    site.secret = _secret()
    site.save(update_fields=["secret"])
    accounts_actions.audit(
        "site_secret_renewed", subject="site", subject_id=site.pk, by=by, now=now, details={"name": site.name}
    )
    return site.secret


def _secret() -> str:
    return secrets.token_urlsafe(SECRET_BYTES)


def _apply(site: Site, given: SiteInput) -> None:
    for field, value in msgspec.to_builtins(given).items():
        setattr(site, field, list(value) if isinstance(value, list | tuple) else value)


def _shown(site: Site) -> dict[str, str]:
    """What the audit log tells of a site; never its secret."""
    shown = {name: str(getattr(site, name)) for name in ("name", "consent", "hash_routing", "is_active")}
    return shown | {"hosts": ", ".join(site.hosts), "search": ", ".join(site.search)}
