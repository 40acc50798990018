"""How much one address may send to the collector: in memory, bounded, forgetting the address longest silent first."""

import os
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from polku.rules.networks import read_address

MOST_ADDRESSES: Final = 20_000
BURST_SECONDS: Final = 15


class AddressRates:
    """Each address has a bucket of events that refills by the second. An IPv6 household counts as one address."""

    def __init__(self, per_second: float | None = None, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_second = per_second or float(os.environ.get("POLKU_EVENTS_PER_SECOND", "20"))
        self._burst = self._per_second * BURST_SECONDS
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._clock = clock

    def __len__(self) -> int:
        return len(self._left)

    def allows(self, address: str, events: int) -> bool:
        key, now = _household(address), self._clock()
        left, since = self._left.pop(key, (self._burst, now))
        left = min(self._burst, left + (now - since) * self._per_second)
        is_allowed = left >= events
        self._left[key] = (left - events if is_allowed else left, now)
        if len(self._left) > MOST_ADDRESSES:
            self._left.popitem(last=False)
        return is_allowed


def _household(address: str) -> str:
    read = read_address(address) if ":" in address else None
    return ":".join(read.exploded.split(":")[:4]) if read is not None and read.version == 6 else address
