"""Why the collector refused something, in words, and what can be done about it."""

from typing import TYPE_CHECKING, Final

import msgspec
from django.utils.translation import gettext_lazy as _

from polku.tracking.refusals import Why

if TYPE_CHECKING:
    from django.utils.functional import Promise


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A reason: its name, what it means, what to do. `is_fine`: refused as it should be."""

    name: "str | Promise"
    means: "str | Promise"
    do: "str | Promise" = ""
    is_fine: bool = False


WORDS: Final[dict[str, Told]] = {
    Why.BOT: Told(
        name=_("Bot"), means=_("A program that says so itself, such as a crawler or a monitor."),
        do=_("Nothing: bots are counted below and never scored."), is_fine=True,
    ),
    Why.SPAM_REFERRER: Told(
        name=_("Spam referrer"), means=_("It claims to come from a website that is known for spam."),
        do=_("Nothing: nobody was really there."), is_fine=True,
    ),
    Why.PRIVACY_SIGNAL: Told(
        name=_("Objection"), means=_("The browser says Global Privacy Control or Do Not Track."),
        do=_("Nothing: their wish is kept."), is_fine=True,
    ),
    Why.CONSENT_WITHHELD: Told(
        name=_("No consent"), means=_("The visitor said no, or has not been asked and the site waits for the answer."),
        do=_("If nobody ever agrees, look whether your consent banner calls polku('consent', true)."), is_fine=True,
    ),
    Why.FOREIGN_HOST: Told(
        name=_("Foreign host"), means=_("It was sent from a website that is not listed for the site."),
        do=_("If the host in the sample is yours, add it to the site. If not, somebody has copied your pages."),
    ),
    Why.UNKNOWN_SITE: Told(
        name=_("Unknown site"), means=_("The key belongs to no site in use."),
        do=_("Copy the snippet again from the page of the site, or put the site in use."),
    ),
    Why.TOO_OLD: Told(
        name=_("Too old"), means=_("It happened more than a day before it was sent."),
        do=_("Seldom and harmless: a computer that slept with the page open."),
    ),
    Why.TOO_LARGE: Told(
        name=_("Too large"), means=_("The request was larger than 32 kB."),
        do=_("Send fewer details with your own events."),
    ),
    "too_many": Told(
        name=_("Too many events"), means=_("One request held more than 50 events."),
        do=_("Only a program of your own can do that: let it send them in parts."),
    ),
    Why.MALFORMED: Told(
        name=_("Unreadable"), means=_("It is not what the script sends."),
        do=_("If a program of yours sends it, the sample names the fault. Else somebody is trying doors."),
    ),
    Why.UNPROVEN: Told(
        name=_("Unproven"), means=_("It claimed who somebody is, or something only Polku can know, without proof."),
        do=_("If log-ins are refused, compare the hash and the secret of the site. Links of old mails end here too."),
    ),
    Why.RATE: Told(
        name=_("Too fast"), means=_("More came from one address than people can click; it was asked to wait."),
        do=_("If it is your own office or a test, it passes by itself."),
    ),
    Why.BUSY: Told(
        name=_("Busy"), means=_("More came than could be written down; browsers were asked to send it again."),
        do=_("If it happens daily, the machine or its disk is too slow."),
    ),
    Why.NOT_POST: Told(
        name=_("Not a POST"), means=_("Somebody opened the collector’s address as if it were a page."),
        do=_("Nothing: the address is only for the script."),
    ),
}  # fmt: skip


def told(reason: str) -> Told:
    """The words of a reason; one without words is shown by its name."""
    return WORDS.get(reason) or Told(name=reason.replace("_", " "), means="")
