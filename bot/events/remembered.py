"""What is read off an event, kept until the event gets another report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from bot.events.tally import Tally, tally_of
from bot.model import Event, Report, Topic

Read = TypeVar("Read")
KEPT = 4_096  # events: far more than are open at any time; a few kB each


@dataclass(slots=True)
class Kept(Generic[Read]):
    """A tally with the state of the event that it counts, and what was read off it."""

    first: Report
    last: Report
    length: int
    topics: tuple[Topic, ...]
    tally: Tally
    read: Read


class Remembered(Generic[Read]):
    """A pure function of an event's reports that looks at each report once.

    A report that is added or replaced becomes the last of its event (`fold.add`), so the number of reports,
    the first and the last tell whether anything is new. One more report than last time is counted on top;
    anything else is counted afresh.
    """

    def __init__(self, read: Callable[[Event, Tally], Read]) -> None:
        self._read = read
        self._kept: dict[str, Kept[Read]] = {}

    def __call__(self, event: Event) -> Read:
        reports = event.reports
        if not reports:
            return self._read(event, Tally(event))
        kept = self._kept.get(event.id)
        if kept is not None and kept.first == reports[0] and kept.tally.begun == event.started.date():
            if kept.length == len(reports) and kept.last == reports[-1]:
                return kept.read if kept.topics == event.topics else self._keep(event, kept.tally)
            if kept.length == len(reports) - 1 and kept.last == reports[-2]:
                kept.tally.add(reports[-1])
                return self._keep(event, kept.tally)
        return self._keep(event, tally_of(event, reports))

    def _keep(self, event: Event, tally: Tally) -> Read:
        if len(self._kept) >= KEPT and event.id not in self._kept:
            self._kept.clear()
        read = self._read(event, tally)
        reports = event.reports
        self._kept[event.id] = Kept(
            first=reports[0],
            last=reports[-1],
            length=len(reports),
            topics=event.topics,
            tally=tally,
            read=read,
        )
        return read
