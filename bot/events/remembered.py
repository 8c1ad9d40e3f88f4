"""What was folded from an event, kept until the event gets another report."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from bot.model import Event, Report

Folded = TypeVar("Folded")
KEPT = 2_048  # events, about 2 kB each: far more than are open at any time


class Remembered(Generic[Folded]):
    """A pure fold over the reports of an event that is not done twice.

    A report that is added or replaced becomes the last of its event (`fold.add`), so that the number of
    reports, the first and the last one tell whether anything is new.
    """

    def __init__(self, fold: Callable[[Event], Folded]) -> None:
        self._fold = fold
        self._kept: dict[tuple[str, int], tuple[Report, Report, Folded]] = {}

    def __call__(self, event: Event) -> Folded:
        if not event.reports:
            return self._fold(event)
        first, last = event.reports[0], event.reports[-1]
        kept = self._kept.get((event.id, len(event.reports)))
        if kept is not None and kept[0] == first and kept[1] == last:
            return kept[2]
        if len(self._kept) >= KEPT:
            self._kept.clear()
        folded = self._fold(event)
        self._kept[(event.id, len(event.reports))] = (first, last, folded)
        return folded
