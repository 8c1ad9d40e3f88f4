"""What is read off an event, kept until the event gets another report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from bot.events.tally import Tally, tally_of
from bot.model import Event, Report

Read = TypeVar("Read")
KEPT = 4_096  # events: far more than are open at any time; a few kB each


@dataclass(slots=True)
class Kept(Generic[Read]):
    """What was read off the newest state of an event, and of the one before, and the tally of the newest."""

    tally: Tally
    newest: tuple[Event, Read]
    older: tuple[Event, Read] | None = None


class Remembered(Generic[Read]):
    """A pure function of an event's reports that looks at each report once.

    A report that is added or replaced becomes the last of its event (`fold.add`), so the number of reports,
    the first and the last tell whether anything is new. One more report than last time is counted on top;
    anything else is counted afresh. Deciding asks for the state before and after a report in turn: both stay.
    """

    def __init__(self, read: Callable[[Event, Tally], Read]) -> None:
        self._read = read
        self._kept: dict[str, Kept[Read]] = {}

    def __call__(self, event: Event) -> Read:
        if not event.reports:
            return self._read(event, Tally(event))
        kept = self._kept.get(event.id)
        if kept is None:
            return self._begin(event)
        known, read = kept.newest
        if is_same(known, event):
            return read
        if kept.older is not None and is_same(kept.older[0], event):
            return kept.older[1]
        if not is_next(known, event):
            return self._begin(event)
        if len(event.reports) > len(known.reports):
            kept.tally.add(event.reports[-1])
        kept.older, kept.newest = kept.newest, (event, self._read(event, kept.tally))
        return kept.newest[1]

    def _begin(self, event: Event) -> Read:
        if len(self._kept) >= KEPT:
            self._kept.clear()
        tally = tally_of(event, event.reports)
        kept = self._kept[event.id] = Kept(tally, (event, self._read(event, tally)))
        return kept.newest[1]


def is_same(known: Event, event: Event) -> bool:
    """Whether two states of an event have the same reports and topics."""
    return (
        len(known.reports) == len(event.reports)
        and known.topics == event.topics
        and known.started == event.started
        and is_equal(known.reports[-1], event.reports[-1])
        and is_equal(known.reports[0], event.reports[0])
    )


def is_next(known: Event, event: Event) -> bool:
    """Whether an event is the known one with at most one more report, or with other topics."""
    more = len(event.reports) - len(known.reports)
    return (
        more in {0, 1}
        and known.started == event.started
        and is_equal(known.reports[-1], event.reports[-1 - more])
        and is_equal(known.reports[0], event.reports[0])
    )


def is_equal(one: Report, other: Report) -> bool:
    """Equal, found out quickly where it is one object."""
    return one is other or one == other
