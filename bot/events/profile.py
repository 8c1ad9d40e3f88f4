"""What an event is recognised by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.events.remembered import Remembered
from bot.events.tally import Tally
from bot.model import Action, Event, Topic


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """An event as similarity sees it.

    day: the day of the happening. last: the newest day on which a report was published.
    numbers: the released numbers that are stated, of the whole, its parts and its growth.
    """

    topics: frozenset[Topic]
    day: date
    last: date
    numbers: frozenset[int]
    people: frozenset[str]
    surnames: frozenset[str]
    moves: frozenset[tuple[Action, str]]


def read_profile(event: Event, tally: Tally) -> Profile:
    """Read off what an event is recognised by."""
    return Profile(
        topics=frozenset(event.topics),
        day=tally.day,
        last=tally.last,
        numbers=frozenset(tally.numbers.stated()),
        people=frozenset(tally.names),
        surnames=frozenset(person.partition("/")[0] for person in tally.names),
        moves=frozenset((move.action, move.by) for move in tally.believed(event.topics)),
    )


_profiles = Remembered(read_profile)


def profile_of(event: Event) -> Profile:
    """What an event is recognised by."""
    return _profiles(event)
