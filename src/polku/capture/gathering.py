"""Gathers single captures that arrive at the same time into one batch: those that came while the last was written.

A capture costs about forty statements whether it is one or fifty, so under load one transaction serves many callers,
and a caller alone waits for nobody. Each caller gets its own outcome; a batch that fails is done again one by one, so
that a capture is only ever refused for its own fault.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from threading import Condition, Event, local

import msgspec
from django.db import connection, transaction

from polku.accounts.models import User
from polku.capture.actions import receive
from polku.capture.inputs import Captured, Outcome

MOST = 50
PATIENCE = 0.01

type Then = Callable[[Outcome], None]
type Store = Callable[[], Captured | None]


class _Ticket(msgspec.Struct, eq=False):
    """One caller's capture and what became of it. `turn` is set when that is known, or when it is theirs to lead."""

    store: Store
    now: datetime
    by: User | None
    then: Then | None
    turn: Event
    is_done: bool = False
    outcome: Outcome | None = None
    problem: BaseException | None = None

    def answer(self) -> Outcome | None:
        if self.problem is not None:
            raise self.problem
        return self.outcome


class _Queue:
    """The waiting callers; at most one of them writes."""

    def __init__(self) -> None:
        self._lock = Condition()
        self._waiting: deque[_Ticket] = deque()
        self._is_led = False
        self._coming = 0

    def expect(self) -> None:
        with self._lock:
            self._coming += 1

    def expect_no_more(self) -> None:
        with self._lock:
            self._coming -= 1
            if not self._coming:
                self._lock.notify_all()

    def join(self, ticket: _Ticket) -> bool:
        """Stand in line; True when nobody leads, so that the caller must."""
        with self._lock:
            self._waiting.append(ticket)
            leads, self._is_led = not self._is_led, True
            return leads

    def take(self) -> list[_Ticket]:
        """The next that may share a transaction: those on behalf of one user, and who comes within a moment."""
        with self._lock:
            self._lock.wait_for(lambda: not self._coming or len(self._waiting) >= MOST, timeout=PATIENCE)
            batch = [self._waiting.popleft()]
            while self._waiting and len(batch) < MOST and self._waiting[0].by == batch[0].by:
                batch.append(self._waiting.popleft())
            return batch

    def pass_on(self) -> None:
        """Let the next in line lead, or nobody."""
        with self._lock:
            if self._waiting:
                self._waiting[0].turn.set()
            else:
                self._is_led = False


_queue = _Queue()
_own = local()


@contextmanager
def expected() -> Iterator[None]:
    """While this thread reads what will probably be a capture, until it stands in line or is done otherwise."""
    _queue.expect()
    _own.is_expected = True
    try:
        yield
    finally:
        _arrive()


def _arrive() -> None:
    if getattr(_own, "is_expected", False):
        _own.is_expected = False
        _queue.expect_no_more()


def receive_one(item: Captured, *, now: datetime, by: User | None = None, then: Then | None = None) -> Outcome:
    """Receive one capture, together with others that arrive meanwhile. `then` runs in the same transaction.

    Inside a transaction of the caller's it is received by itself, for its fate is the caller's.
    """
    outcome = receive_stored(lambda: item, now=now, by=by, then=then)
    assert outcome is not None
    return outcome


def receive_stored(store: Store, *, now: datetime, by: User | None = None, then: Then | None = None) -> Outcome | None:
    """Store something and receive what that makes, in one transaction; None when it makes nothing."""
    ticket = _Ticket(store, now, by, then, Event())
    if connection.in_atomic_block:
        _write([ticket])
        return ticket.answer()
    leads = _queue.join(ticket)
    _arrive()
    if not leads:
        ticket.turn.wait()
    while not ticket.is_done:
        _serve(_queue.take())
    return ticket.answer()


def _serve(batch: Sequence[_Ticket]) -> None:
    """Write a batch and wake its callers; whoever stands first in line then leads on."""
    try:
        _write_or_split(batch)
    finally:
        _queue.pass_on()
        for ticket in batch:
            ticket.turn.set()


def _write_or_split(batch: Sequence[_Ticket]) -> None:
    try:
        _write(batch)
    except Exception as problem:
        if len(batch) == 1:
            batch[0].problem, batch[0].is_done = problem, True
            return
        for ticket in batch:
            _write_or_split([ticket])


def _write(batch: Sequence[_Ticket]) -> None:
    with transaction.atomic():
        stored = [(ticket, item) for ticket in batch if (item := ticket.store()) is not None]
        outcomes = receive([item for _, item in stored], now=batch[-1].now, by=batch[0].by)
        for (ticket, _), outcome in zip(stored, outcomes, strict=True):
            if ticket.then is not None:
                ticket.then(outcome)
    for (ticket, _), outcome in zip(stored, outcomes, strict=True):
        ticket.outcome = outcome
    for ticket in batch:
        ticket.is_done = True
