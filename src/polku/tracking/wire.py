"""What the script sends: the shapes of a request's body, bounded in every direction."""

from typing import Annotated, Final

import msgspec
from msgspec import Meta

LARGEST: Final = 32_768
MOST_EVENTS: Final = 50
LONGEST_URL: Final = 2_048
IDENTIFIED: Final = "identified"
# What only a form, a colleague or a mail can say; a script that claims it would be believed by nobody.
RESERVED: Final = frozenset({
    "quote_requested", "demo_requested", "call", "call_logged", "meeting", "referral", "reply", "email_reply",
    "email_sent", "email_open", "email_click", "email_received", "unsubscribed", "webinar_attended",
    "webinar_registered", "contact_requested", "imported", "form_submitted", "chat_started", "login",
})  # fmt: skip

type Url = Annotated[str, Meta(max_length=LONGEST_URL)]
type Detail = Annotated[str, Meta(max_length=500)] | int | float | bool | None
type Details = Annotated[dict[Annotated[str, Meta(max_length=40)], Detail], Meta(max_length=12)]


class Event(msgspec.Struct, frozen=True, gc=False, rename={"id": "i", "kind": "k", "age": "a", "url": "u",
                                                            "referrer": "r", "details": "d"}):  # fmt: skip
    """One event. `age` is how many milliseconds before the sending it happened, by the browser's own steady clock."""

    id: Annotated[str, Meta(pattern=r"^[a-z0-9-]{8,40}$")]
    kind: Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
    url: Url
    age: Annotated[float, Meta(ge=0, le=1e12)] = 0
    referrer: Url = ""
    details: Details = {}


class Posted(msgspec.Struct, frozen=True, rename={"site": "s", "visitor": "v", "consent": "c", "events": "e"}):
    """One request of a page. `consent` is 1 or 0 once the visitor was asked."""

    site: Annotated[str, Meta(max_length=24)]
    events: Annotated[list[Event], Meta(min_length=1, max_length=MOST_EVENTS)]
    visitor: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{16,40}$")] | None = None
    consent: Annotated[int, Meta(ge=0, le=1)] | None = None


read = msgspec.json.Decoder(Posted).decode
