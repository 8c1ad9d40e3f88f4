"""When the next message to a place may leave. Pure: the clock is passed in, in seconds that never jump.

Theory. A platform counts a message when it arrives; we know only when we sent it and when the answer came.
The arrival lies between the two. So a message is held against its window from when it is sent until
`seconds` after the latest moment at which it can have arrived: the answer, less the way back. What the way
there and the way back take at least, together, is nearly the shortest round trip of the last minutes; what
a message's round trip exceeds it by is the doubt, and is added to its window. With steady round trips next
to nothing is lost; with a slow one, what it was slower. It follows that no sliding window of the platform
holds more than `count`: of the messages that arrived within one, each was still held when the last of them
was sent. That is certain until the shortest is known (`ENOUGH` round trips) and, after that, while a way
can not be shorter than `SURE` of the shortest seen.

Needs: every send is begun with `took` and ended with `answered`. A message that hangs is held for `DOUBT`
longer, not for ever, so that one slow chat does not stop the others: this is where a platform that stalls
for longer than `DOUBT` and then reads everything at once can count more than we do. A platform that counts
in another way than by sliding windows is not known to us; what it says (`told_to_wait`) wins over all of
this.

Messages of the whole bot are also spread evenly: a burst needs many connections at once, each opened first,
and so has unsteady round trips, which cost more than the spreading.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterable
from dataclasses import dataclass, field

from bot.chat.adapter import Scope, Window
from bot.chat.place import ChatKind, ChatRef

DOUBT = 1.0          # seconds after its start by which a message has arrived, answered or not
MARGIN = 0.004       # seconds added to every window: two clocks and their timers' grain, 1 ms each
CATCH_UP = 0.1       # seconds by which the even spread may lag and be caught up: a long turn of the loop
ENOUGH = 20          # round trips before the shortest of them is believed
SURE = 0.8           # the part of the shortest round trip seen that every one takes; costs 1 % at 50 ms
MINUTE = 60.0
GROUP_ANSWERS = 4    # a group's answers may take one message in so many: 5 of Telegram's 20 a minute
SWEEP_AFTER = 1000   # places that may gather before the idle ones are forgotten


@dataclass(slots=True, eq=False)
class _Log:
    """What one window holds: messages in flight, and of the others when they can last have arrived."""

    count: int
    seconds: float
    spread: bool = False
    flying: dict[int, float] = field(default_factory=dict)      # ticket → started, oldest first
    arrived: list[float] = field(default_factory=list)          # heap
    due: float = -math.inf

    def took(self, number: int, now: float) -> None:
        self.flying[number] = now
        if self.spread:
            self.due = max(self.due, now - CATCH_UP) + (self.seconds + MARGIN) / self.count

    def answered(self, number: int, now: float) -> None:
        if (started := self.flying.pop(number, None)) is not None:
            heapq.heappush(self.arrived, min(now, started + DOUBT))

    def ready_at(self, now: float, way: float) -> float:
        """When one more may leave; rather too early than too late while some are in flight: ask again."""
        self._forget(now, way)
        if len(self.flying) + len(self.arrived) < self.count:
            return self.due
        earliest = self.arrived[0] if self.arrived else math.inf
        if self.flying:
            earliest = min(earliest, now, next(iter(self.flying.values())) + DOUBT)
        return max(self._held_until(earliest, way), self.due)

    def is_idle(self, now: float, way: float) -> bool:
        self._forget(now, way)
        return not self.flying and not self.arrived

    def _forget(self, now: float, way: float) -> None:
        while self.arrived and self._held_until(self.arrived[0], way) <= now:
            heapq.heappop(self.arrived)
        while self.flying:
            number, started = next(iter(self.flying.items()))
            if self._held_until(started + DOUBT, way) > now:
                break
            del self.flying[number]

    def _held_until(self, arrived: float, way: float) -> float:
        return arrived - way + self.seconds + MARGIN


@dataclass(slots=True)
class _Shortest:
    """The shortest round trip of the last one to two minutes: a changed route is believed after that."""

    since: float = -math.inf
    before: float = math.inf
    current: float = math.inf
    seen: int = 0

    def note(self, seconds: float, now: float) -> None:
        self.seen += 1
        if now - self.since >= MINUTE:
            self.before = self.current if now - self.since < 2 * MINUTE else math.inf
            self.since, self.current = now, math.inf
        self.current = min(self.current, seconds)

    @property
    def seconds(self) -> float:
        """What the way there and back certainly takes."""
        return 0.0 if self.seen < ENOUGH else SURE * min(self.before, self.current, DOUBT)


@dataclass(frozen=True, slots=True)
class Ticket:
    """A message on its way; it goes back to `Limits.answered`."""

    number: int
    started: float
    logs: tuple[_Log, ...]


class Limits:
    """The windows of one bot on one platform, as its adapter declares them.

    Answers to commands share them; of the whole bot's messages they take at most `answers` in each window,
    of a group's one in four, and so cannot hold alerts up. None: the platform counts answers elsewhere, and
    no window here holds them. Who goes first when both may is the caller's choice.
    """

    def __init__(self, windows: Iterable[Window], *, answers: int | None = None) -> None:
        self._windows = tuple(windows)
        whole = [window for window in self._windows if window.scope is Scope.ALL]
        self._all = tuple(_Log(window.count, window.seconds, spread=window.count > 1) for window in whole)
        self._counts_answers = answers is not None
        self._answers = tuple(_Log(min(answers or 0, window.count), window.seconds) for window in whole)
        self._places: dict[tuple[str, str, bool], tuple[_Log, ...]] = {}
        self._waits: dict[tuple[str, str] | None, float] = {}
        self._shortest = _Shortest()
        self._number = 0
        self._sweep_at = SWEEP_AFTER

    @property
    def per_second(self) -> float:
        """How many messages the whole bot may send in a second; infinite where no window says."""
        return min((log.count / log.seconds for log in self._all), default=math.inf)

    def ready_at(self, place: ChatRef, now: float, *, answer: bool = False) -> float:
        """When a message to `place` may leave: `now` if at once. Ask again at that moment: while messages are
        in flight it is the earliest that can be, not a promise."""
        return max(self.bot_ready_at(now, answer=answer), self.place_ready_at(place, now, answer=answer))

    def bot_ready_at(self, now: float, *, answer: bool = False) -> float:
        """The same for the bot as a whole, whatever the place."""
        logs = self._logs_of_the_bot(answer=answer)
        way = self._shortest.seconds
        return max(now, self._waits.get(None, now), *(log.ready_at(now, way) for log in logs))

    def place_ready_at(self, place: ChatRef, now: float, *, answer: bool = False) -> float:
        """The same for this place, whatever the bot as a whole may."""
        way = self._shortest.seconds
        keys = () if answer and not self._counts_answers else _keys(place, answer=answer)
        logs = [log for key in keys for log in self._places.get(key, ())]
        told = self._waits.get((place.platform, place.chat), now)
        return max(now, told, *(log.ready_at(now, way) for log in logs))

    def took(self, place: ChatRef, kind: ChatKind, now: float, *, answer: bool = False) -> Ticket:
        """A message leaves. Every ticket goes to `answered` when its answer or its failure is there."""
        logs = list(self._logs_of_the_bot(answer=answer))
        for key in () if answer and not self._counts_answers else _keys(place, answer=answer):
            logs.extend(self._places.setdefault(key, self._logs_of_a_place(kind, answer=key[2])))
        self._number += 1
        for log in logs:
            log.took(self._number, now)
        self._sweep(now)
        return Ticket(self._number, now, tuple(logs))

    def answered(self, ticket: Ticket, now: float) -> None:
        """The platform answered, or will not."""
        self._shortest.note(now - ticket.started, now)
        for log in ticket.logs:
            log.answered(ticket.number, now)

    def told_to_wait(self, place: ChatRef | None, seconds: float, now: float) -> None:
        """The platform said so, of one place or of the whole bot (None). Its word wins over our windows."""
        key = None if place is None else (place.platform, place.chat)
        self._waits[key] = max(self._waits.get(key, now), now + seconds)

    def _logs_of_the_bot(self, *, answer: bool) -> tuple[_Log, ...]:
        if not answer:
            return self._all
        return self._all + self._answers if self._counts_answers else ()

    def _logs_of_a_place(self, kind: ChatKind, *, answer: bool) -> tuple[_Log, ...]:
        scope = Scope.PRIVATE if kind is ChatKind.PRIVATE else Scope.GROUP
        windows = [window for window in self._windows if window.scope is scope]
        if not answer:
            return tuple(_Log(window.count, window.seconds) for window in windows)
        if scope is Scope.PRIVATE:
            return ()
        return tuple(_Log(max(1, window.count // GROUP_ANSWERS), window.seconds) for window in windows)

    def _sweep(self, now: float) -> None:
        """Forget idle places once they are many: memory must not grow with the chats ever written to."""
        if len(self._places) < self._sweep_at:
            return
        way = self._shortest.seconds
        places = self._places.items()
        busy = {key: logs for key, logs in places if not all(log.is_idle(now, way) for log in logs)}
        self._places = busy
        self._waits = {key: until for key, until in self._waits.items() if until > now}
        self._sweep_at = max(SWEEP_AFTER, 2 * len(busy))


def _keys(place: ChatRef, *, answer: bool) -> tuple[tuple[str, str, bool], ...]:
    """Topics of one group share its window: the thread is left out."""
    shared = (place.platform, place.chat, False)
    return (shared, (place.platform, place.chat, True)) if answer else (shared,)
