"""What a user owns in the rooms above, asked before they are deactivated; web/wiring.py says whom to ask."""

from collections.abc import Callable, Sequence

import msgspec


class Belonging(msgspec.Struct, frozen=True, kw_only=True):
    """So many things of one kind, in words ("12 open leads"), and the page that shows them."""

    words: str
    count: int
    url: str = ""


type Ask = Callable[[int], Sequence[Belonging]]

_asked: list[Ask] = []


def install(asks: Sequence[Ask]) -> None:
    _asked[:] = asks


def installed() -> list[Ask]:
    return list(_asked)


def belongings_of(user_id: int) -> list[Belonging]:
    return [belonging for ask in _asked for belonging in ask(user_id) if belonging.count]
