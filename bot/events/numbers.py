"""How many were released, when owners disagree.

Theory. Numbers of one event differ for four reasons, each with its sign. *Growth*: a count goes on, every
smaller number was said before the much larger one, within a day: the newest holds. *Quarrel*: the state
counts 18, a rights group 15; the numbers are close and each has its owners: a range. *Part*: "14 foreigners",
"six Lithuanians" of 52: much smaller: left out. *Misreading*, or a total over months: few say it: left out.

Needs: each owner's newest word. Known to fail: while fewer than three owners have spoken, a misread larger
number is believed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.model import Count, Report, Standing

GROWS = timedelta(hours=24)  # a number that rises within a day is one count going on, not a quarrel
ODD = 5  # a number that less than one in so many owners state is a misreading
CLOSE = 1.5  # numbers further apart than this factor are no quarrel: one is a part of the other
SURE = 2  # owners that must state a much larger number before it is believed against others


@dataclass(slots=True)
class Camp:
    """Those who state one number, by owner, and from when to when they do."""

    outlets: dict[str, str] = field(default_factory=dict)
    standings: dict[str, Standing] = field(default_factory=dict)
    times: dict[str, datetime] = field(default_factory=dict)

    def add(self, report: Report) -> None:
        """One more owner."""
        self.outlets[report.owner] = report.outlet
        self.standings[report.owner] = report.standing
        self.times[report.owner] = report.seen

    def drop(self, owner: str) -> None:
        """An owner changed its mind."""
        for told in (self.outlets, self.standings, self.times):
            told.pop(owner, None)

    @property
    def span(self) -> tuple[datetime, datetime]:
        """When it was stated first and last."""
        return min(self.times.values()), max(self.times.values())


class Numbers:
    """Who states which number, each owner with its newest word only."""

    def __init__(self) -> None:
        self.exact: defaultdict[int, Camp] = defaultdict(Camp)
        self.floors: defaultdict[int, Camp] = defaultdict(Camp)
        self._stated: dict[str, Count] = {}

    def add(self, report: Report, count: Count) -> None:
        """An owner states a number; what it said before is forgotten."""
        older = self._stated.get(report.owner)
        if older is not None:
            camps = self._camps(older)
            camps[older.value].drop(report.owner)
            if not camps[older.value].outlets:
                del camps[older.value]
        self._stated[report.owner] = count
        self._camps(count)[count.value].add(report)

    def _camps(self, count: Count) -> defaultdict[int, Camp]:
        return self.floors if count.at_least else self.exact

    def __bool__(self) -> bool:
        return bool(self._stated)

    def stated(self) -> Mapping[int, Camp]:
        """The numbers that are no misreading: those of the whole, of its parts, and of its growth."""
        return drop_odd(self.exact or self.floors)

    def shown(self) -> Mapping[int, Camp]:
        """The numbers that hold: one, or those of a quarrel."""
        camps = drop_outgrown(self.stated())
        if len(camps) < 2:
            return camps
        main = max(camps, key=lambda value: (len(camps[value].outlets), value))
        return {value: camp for value, camp in camps.items() if holds(value, len(camp.outlets), main)}


def drop_odd(camps: Mapping[int, Camp]) -> Mapping[int, Camp]:
    """Without the numbers of less than one in `ODD` owners. With up to five owners each counts."""
    stated = sum(len(camp.outlets) for camp in camps.values())
    return {value: camp for value, camp in camps.items() if ODD * len(camp.outlets) >= stated}


def drop_outgrown(camps: Mapping[int, Camp]) -> Mapping[int, Camp]:
    """Without much smaller numbers, all said before a larger one and within a day of it: 4, 8, then 18."""
    if len(camps) < 2:
        return camps
    return {value: camp for value, camp in camps.items() if not is_outgrown(value, camps)}


def is_outgrown(value: int, camps: Mapping[int, Camp]) -> bool:
    """Whether a much larger number came after the last report of this one, within a day, well supported."""
    camp = camps[value]
    needed = min(SURE, len(camp.outlets))
    return any(
        larger > value * CLOSE
        and len(other.outlets) >= needed
        and timedelta(0) < other.span[0] - camp.span[1] <= GROWS
        for larger, other in camps.items()
    )


def holds(value: int, owners: int, main: int) -> bool:
    """Whether a number stands beside the best supported one."""
    if value < main:
        return value * CLOSE >= main
    return value <= main * CLOSE or owners >= SURE
