"""The form of a site: its name, hosts, consent and search parameters."""

import re
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from polku.tracking.models import ConsentMode
from polku.tracking.site_actions import SiteInput

if TYPE_CHECKING:
    from polku.tracking.models import Site

MOST_HOSTS: Final = 50
MOST_WORDS: Final = 20
USUAL_SEARCH: Final = ("q", "s", "search", "query")
_HOST = re.compile(
    r"(\*\.)?([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*(:\d{1,5})?"
)
_WORD = re.compile(r"[A-Za-z0-9_.\[\]-]{1,40}")


class SiteForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=120,
        help_text=gettext_lazy("For your colleagues; visitors never see it."),
    )
    hosts = forms.CharField(
        label=gettext_lazy("Hosts"), max_length=8000,
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": "company.com", "spellcheck": "false"}),
        help_text=gettext_lazy(
            "One on each line. company.com means www.company.com too; *.company.com means all below it. "
            "What comes from elsewhere is refused."
        ),
    )  # fmt: skip
    consent = forms.ChoiceField(
        label=gettext_lazy("Before a visitor has agreed"), widget=forms.RadioSelect,
        choices=[
            (ConsentMode.COOKIELESS, gettext_lazy(
                "Without a cookie: visits are counted, and one browser is known for a day only. A cookie comes when "
                "your consent banner says yes."
            )),
            (ConsentMode.ASK, gettext_lazy("Nothing at all: no event is sent until your consent banner says yes.")),
            (ConsentMode.FREE, gettext_lazy(
                "With a cookie at once: only where no consent is needed, such as a portal for customers under contract."
            )),
        ],
        help_text=gettext_lazy("Browsers that object (GPC, Do Not Track) are never recorded, whatever you choose."),
    )  # fmt: skip
    search = forms.CharField(
        label=gettext_lazy("Search parameters"), max_length=1000, required=False,
        help_text=gettext_lazy("What the search of your website calls the words in the address: q in ?q=laser."),
    )  # fmt: skip
    hash_routing = forms.BooleanField(
        label=gettext_lazy("Pages stand behind #"), required=False,
        help_text=gettext_lazy("For single-page applications whose addresses look like company.com/#/pricing."),
    )  # fmt: skip
    is_active = forms.BooleanField(
        label=gettext_lazy("In use"), required=False, initial=True,
        help_text=gettext_lazy("Without it, everything from this site is refused; what was recorded stays."),
    )  # fmt: skip

    def clean_hosts(self) -> tuple[str, ...]:
        words = re.split(r"[\s,;]+", self.cleaned_data["hosts"].strip())
        hosts = tuple(dict.fromkeys(_host(word) for word in words if word))
        if len(hosts) > MOST_HOSTS:
            raise ValidationError(_("At most %(n)s hosts.") % {"n": MOST_HOSTS})
        return hosts

    def clean_search(self) -> tuple[str, ...]:
        words = tuple(dict.fromkeys(word for word in re.split(r"[\s,;]+", self.cleaned_data["search"]) if word))
        for word in words:
            if not _WORD.fullmatch(word):
                raise ValidationError(_("“%(word)s” is no name of a parameter: write q, s, search.") % {"word": word})
        if len(words) > MOST_WORDS:
            raise ValidationError(_("At most %(n)s parameters.") % {"n": MOST_WORDS})
        return words

    def site_input(self) -> SiteInput:
        return SiteInput(**self.cleaned_data)


def first_values(site: "Site | None") -> dict[str, Any]:
    """What the form begins with."""
    if site is None:
        return {"consent": ConsentMode.COOKIELESS, "search": ", ".join(USUAL_SEARCH), "is_active": True}
    return {
        "name": site.name,
        "hosts": "\n".join(site.hosts),
        "consent": site.consent,
        "search": ", ".join(site.search),
        "hash_routing": site.hash_routing,
        "is_active": site.is_active,
    }


def _host(text: str) -> str:
    """The bare host of what somebody typed or pasted; a port stays where it is an unusual one."""
    try:
        netloc = urlsplit(text if "://" in text else f"//{text}").netloc.rpartition("@")[2].lower()
        host = netloc.rstrip(".").removeprefix("www.")
        host = host if host.isascii() else host.encode("idna").decode()
    except (ValueError, UnicodeError):
        host = ""
    for usual in (":80", ":443"):
        host = host.removesuffix(usual)
    if not _HOST.fullmatch(host) or len(host) > 253:
        raise ValidationError(_("“%(text)s” is no host: write company.com.") % {"text": text[:80]})
    return host
