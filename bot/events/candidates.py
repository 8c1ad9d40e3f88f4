"""Which events an item could be about: few of many, found cheaply."""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import islice

from bot.events.profile import profile_of
from bot.events.similarity import NEAR, View, view_of
from bot.model import Assessment, Event, Item, Report

WINDOW = timedelta(days=30)  # since the last change: two weeks in which events alert, as long again silently
FEW = 16  # candidates that are compared in full
CROWD = 128  # events looked at under one key, the newest: never so many in the field, but the cost stays flat


def candidate_window(now: datetime) -> datetime:
    """Events whose last change is older than this are no candidates."""
    return now - WINDOW


class CandidateIndex:
    """Events by what they can be found by: their day, numbers, people, and who moves sanctions.

    Replaces an event when it is put again under the same id. Memory: about 1 kB an event.
    """

    def __init__(self, events: Iterable[Event] = ()) -> None:
        self._events: dict[str, Event] = {}
        self._keys: dict[str, frozenset[str]] = {}
        self._found: defaultdict[str, dict[str, None]] = defaultdict(dict)
        self._holds: dict[str, str] = {}  # item → event
        for event in events:
            self.put(event)

    def put(self, event: Event) -> None:
        """Add an event, or its newer state."""
        keys, known = event_keys(event), self._keys.get(event.id, frozenset())
        for key in known - keys:
            self._lose(key, event.id)
        for key in keys - known:
            self._found[key][event.id] = None
        older = self._events.get(event.id)
        for report in event.reports if older is None else newer_reports(event, older):
            self._holds[report.item] = event.id
        self._events[event.id] = event
        self._keys[event.id] = keys

    def drop(self, event_id: str) -> None:
        """Forget an event, if it is there."""
        for key in self._keys.pop(event_id, frozenset()):
            self._lose(key, event_id)
        event = self._events.pop(event_id, None)
        for report in event.reports if event else ():
            self._holds.pop(report.item, None)

    def _lose(self, key: str, event_id: str) -> None:
        found = self._found.get(key, {})
        found.pop(event_id, None)
        if not found:
            self._found.pop(key, None)

    def near(self, item: Item, assessment: Assessment) -> tuple[Event, ...]:
        """At most `FEW` events that share most with the item, the newest first among equals."""
        holder = self._holds.get(item.replaces or "")
        if holder in self._events:
            return (self._events[holder],)
        shared: Counter[str] = Counter()
        for key in item_keys(view_of(item, assessment)):
            shared.update(islice(reversed(self._found.get(key, {})), CROWD))
        few = heapq.nlargest(FEW, shared, key=lambda event: (shared[event], self._events[event].started))
        return tuple(self._events[event] for event in few)


def newer_reports(event: Event, older: Event) -> tuple[Report, ...]:
    """The reports that an event got since an older state of it."""
    known = len(older.reports)
    grew = known > 0 and len(event.reports) >= known and event.reports[known - 1] == older.reports[-1]
    return event.reports[known:] if grew else event.reports


def event_keys(event: Event) -> frozenset[str]:
    """What an event is found by."""
    profile = profile_of(event)
    keys = {f"day:{day}" for day in days_around(profile.day, NEAR)}
    keys.update(f"number:{number}" for number in profile.numbers)
    keys.update(f"person:{person}" for person in profile.people)
    keys.update(
        f"by:{by}:{week_of(profile.day) + shift}" for _, by in profile.moves for shift in range(-2, 3)
    )
    keys.update(f"week:{week_of(profile.day) + shift}" for shift in (0, 1, 2))
    return frozenset(keys)


def item_keys(view: View) -> Iterator[str]:
    """What could find an event for this item. The day alone finds it only where the item says little else."""
    yield f"day:{view.day}"
    if view.day != view.published:
        yield f"day:{view.published}"
    if view.facts.released is not None:
        yield f"number:{view.facts.released.value}"
    yield from (f"person:{person}" for person in view.people)
    yield from (f"by:{by}:{week_of(view.day)}" for by in {by for _, by in view.moves})
    if not view.happening:
        yield f"week:{week_of(view.published)}"


def days_around(day: date, span: int) -> Iterator[date]:
    """The days from `span` before to `span` after."""
    return (day + timedelta(days=shift) for shift in range(-span, span + 1))


def week_of(day: date) -> int:
    """Weeks are numbered through, without regard to years."""
    return day.toordinal() // 7
