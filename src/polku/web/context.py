"""What the frame around every page shows: where to go, what to add, the reader's choices."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.contrib.messages import get_messages
from django.contrib.messages.storage.base import Message
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from polku.accounts.access import Permission, User, permits
from polku.notifications.queries import unread_count

THEMES: tuple[tuple[str, str | Promise], ...] = (
    ("auto", pgettext_lazy("theme", "Auto")),
    ("light", pgettext_lazy("theme", "Light")),
    ("dark", pgettext_lazy("theme", "Dark")),
)


@dataclass(frozen=True)
class Place:
    """A page one can go to. `names` are the other pages that belong to it; without `needs` it is for everyone."""

    name: str
    label: str | Promise
    icon: str
    key: str = ""
    names: frozenset[str] = frozenset()
    needs: Permission | None = None


@dataclass(frozen=True)
class Link:
    """A place as one request sees it."""

    place: Place
    url: str
    is_current: bool


GROUPS: tuple[tuple[Place, ...], ...] = (
    (
        Place("today", _("Today"), "list", "g t"),
        Place("leads", _("Leads"), "route", "g l", frozenset({"lead"})),
        Place("companies", _("Companies"), "building", "g c", frozenset({"company", "person", "people"})),
    ),
    (
        Place("visitors", _("Visitors"), "eye", "g v"),
        Place("capture:imports", _("Imports"), "file-import", "g i", needs=Permission.IMPORT),
        Place("capture:forms", _("Forms"), "forms", "g f", needs=Permission.EDIT_FORMS),
    ),
    (
        Place("playbook:in_force", _("Playbook"), "book", "g p"),
        Place(
            "routing:overflow",
            _("Overflow"),
            "alert-triangle",
            "g o",
            frozenset({"routing:log", "routing:clocks"}),
            Permission.SEE_OVERFLOW,
        ),
        Place("accounts:teams", _("Teams"), "users", needs=Permission.EDIT_TEAMS),
    ),
)
NEW = (
    Place("capture:call_new", _("Log a call"), "phone", "n c", needs=Permission.ADD_LEADS),
    Place("capture:lead_new", _("New lead"), "plus", "n l", needs=Permission.ADD_LEADS),
    Place("capture:imports", _("Import"), "upload", "n i", needs=Permission.IMPORT),
)
OWN = (
    Place("accounts:settings", _("Settings"), "settings", "g s"),
    Place("routing:clocks", _("Running clocks"), "clock"),
    Place("settings_home", _("All settings"), "settings", needs=Permission.SEE_USERS),
    Place("accounts:users", _("Users"), "user", needs=Permission.EDIT_USERS),
)


class Frame:
    """Computed only when a page shows it: a fragment asks the database nothing."""

    themes = THEMES
    languages = settings.LANGUAGES

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.user = getattr(request, "user", None)

    @cached_property
    def groups(self) -> list[list[Link]]:
        return [links for group in GROUPS if (links := self._links(group))]

    @cached_property
    def new(self) -> list[Link]:
        return self._links(NEW)

    @cached_property
    def own(self) -> list[Link]:
        return self._links(OWN)

    @cached_property
    def more(self) -> list[Link]:
        """What does not fit into the bar of a phone."""
        return [link for group in self.groups for link in group if link.place.name not in {"today", "leads"}]

    @cached_property
    def thumb(self) -> list[Link]:
        return [link for group in self.groups for link in group if link.place.name in {"today", "leads"}]

    @cached_property
    def theme(self) -> str:
        """This browser's choice, else the user's setting."""
        choice = self.request.COOKIES.get("polku_theme") or getattr(self.user, "theme", "auto")
        return choice if choice in dict(THEMES) else "auto"

    @cached_property
    def unread(self) -> int:
        return unread_count(self.user) if isinstance(self.user, User) else 0

    @cached_property
    def toasts(self) -> list[dict[str, str]]:

        return toasts(get_messages(self.request))

    def _links(self, places: Iterable[Place]) -> list[Link]:
        allowed = [place for place in places if place.needs is None or self._permits(place.needs)]
        return [self._link(place, url) for place in allowed if (url := address(place.name))]

    def _permits(self, permission: Permission) -> bool:
        return self.user is not None and permits(self.user, permission)

    def _link(self, place: Place, url: str) -> Link:
        match = self.request.resolver_match
        name = match.view_name if match else ""
        inside = url != "/" and self.request.path.startswith(url.rstrip("/") + "/")
        return Link(place, url, is_current=name == place.name or name in place.names or inside)


def address(name: str, *args: object) -> str:
    """The URL of a page, or nothing when this installation does not have it."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def toasts(messages: Iterable[Message]) -> list[dict[str, str]]:
    """Messages as toasts. A message with extra_tags="undo=/url" offers to take the act back."""
    return [
        {"text": str(message.message), "level": message.level_tag, "undo": _undo(message.extra_tags)}
        for message in messages
    ]


def _undo(tags: str | None) -> str:
    found = [tag.removeprefix("undo=") for tag in (tags or "").split() if tag.startswith("undo=/")]
    return found[0] if found and not found[0].startswith("//") else ""


def frame(request: HttpRequest) -> dict[str, Frame]:
    """The context processor."""
    return {"frame": Frame(request)}
