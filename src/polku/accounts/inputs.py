"""What the actions of the room are given."""

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

type Week = dict[str, list[tuple[str, str]]]

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class UserChange(msgspec.Struct, frozen=True, kw_only=True):
    """What to change in a user; what is not set stays as it is."""

    name: str | UnsetType = UNSET
    email: str | UnsetType = UNSET
    role: str | UnsetType = UNSET
    is_active: bool | UnsetType = UNSET
    language: str | UnsetType = UNSET
    zone: str | UnsetType = UNSET
    theme: str | UnsetType = UNSET
    mail_notifications: bool | UnsetType = UNSET
    capacity: int | UnsetType = UNSET
    weight: int | UnsetType = UNSET
    languages: list[str] | UnsetType = UNSET
    countries: list[str] | UnsetType = UNSET
    topics: list[str] | UnsetType = UNSET

    def given(self) -> dict[str, Any]:
        values = {field: getattr(self, field) for field in self.__struct_fields__}
        return {field: value for field, value in values.items() if value is not UNSET}
