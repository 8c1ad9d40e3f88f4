"""What an event is recognised by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.events.remembered import Remembered
from bot.events.tally import Tally, counted
from bot.model import Action, Event, Topic


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """An event as similarity sees it.

    day: the day of the happening. last: the newest day on which a report was published.
    numbers: the released values that count (see `counted`), `floors` the "at least" values.
    """

    topics: frozenset[Topic]
    day: date
    last: date
    numbers: frozenset[int]
    floors: frozenset[int]
    people: frozenset[str]
    moves: frozenset[tuple[Action, str]]


def read_profile(event: Event, tally: Tally) -> Profile:
    """Read off what an event is recognised by."""
    numbers = tally.numbers
    return Profile(
        topics=frozenset(event.topics),
        day=tally.day,
        last=tally.last,
        numbers=counted({value: len(camp.outlets) for value, camp in numbers.exact.items()}),
        floors=frozenset(numbers.floors),
        people=frozenset(tally.names),
        moves=frozenset(tally.heard.best),
    )


_profiles = Remembered(read_profile)


def profile_of(event: Event) -> Profile:
    """What an event is recognised by."""
    return _profiles(event)
