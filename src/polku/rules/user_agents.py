"""A user agent in a few words, fit to be stored; the whole one tells too much about a person and never is."""

import re
from enum import StrEnum
from functools import lru_cache
from typing import Final

import msgspec
from ua_parser import Parser
from ua_parser.basic import Resolver
from ua_parser.loaders import load_lazy_builtins

LONGEST_USER_AGENT: Final = 512
LONGEST_PART: Final = 40


class Form(StrEnum):
    DESKTOP = "desktop"
    PHONE = "phone"
    TABLET = "tablet"
    OTHER = "other"  # television sets, consoles, programs


class Device(msgspec.Struct, frozen=True, kw_only=True):
    """Browser with its major version and system without one, both empty when unknown."""

    browser: str = ""
    system: str = ""
    form: Form = Form.OTHER


def reduced(user_agent: str) -> Device:
    """What may be kept of a user agent."""
    return _reduced(user_agent[:LONGEST_USER_AGENT])


# Without the library's own cache and without its models of devices, which take as long as all the rest.
_PARSER: Final = Parser(Resolver(load_lazy_builtins()))
_SYSTEMS: Final = {
    "Mac OS X": "macOS", "Ubuntu": "Linux", "Debian": "Linux", "Fedora": "Linux", "Red Hat": "Linux", "SUSE": "Linux",
    "Linux Mint": "Linux", "Arch Linux": "Linux", "Gentoo": "Linux", "CentOS": "Linux", "Chromium OS": "Chrome OS",
}  # fmt: skip
_DESKTOPS: Final = frozenset({"Windows", "macOS", "Linux", "Chrome OS", "FreeBSD", "OpenBSD", "NetBSD", "Solaris"})
_PHONES: Final = frozenset({"Windows Phone", "BlackBerry OS", "KaiOS", "Symbian OS", "Firefox OS", "HarmonyOS"})
_TABLET = re.compile(r"ipad|\btablet(?! pc)|\bsilk/(?!.*mobile)|kindle|playbook", re.IGNORECASE)
_TELEVISION = re.compile(r"\btv\b|smart-?tv|googletv|android tv|\baft[a-z]+\b|bravia|crkey|\bquest\b", re.IGNORECASE)


@lru_cache(maxsize=4096)
def _reduced(user_agent: str) -> Device:
    text = "".join(letter for letter in user_agent if letter.isprintable())
    browser, system = _PARSER.parse_user_agent(text), _PARSER.parse_os(text)
    name = _SYSTEMS.get(system.family, system.family) if system else ""
    number = f" {browser.major}" if browser and browser.major else ""
    return Device(
        browser=f"{browser.family[: LONGEST_PART - 8]}{number[:8]}" if browser else "",
        system=name[:LONGEST_PART],
        form=_form(name, text),
    )


def _form(system: str, text: str) -> Form:
    """Tablets with Android leave out the word Mobile; those of Apple may pass for a Mac, which cannot be told."""
    if _TELEVISION.search(text):
        return Form.OTHER
    if _TABLET.search(text):
        return Form.TABLET
    if system == "Android":
        return Form.PHONE if "Mobile" in text else Form.TABLET
    if system in _PHONES or system == "iOS":
        return Form.PHONE
    return Form.DESKTOP if system in _DESKTOPS else Form.OTHER
