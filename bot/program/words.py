"""An event's facts as short text for tables. For the maintainer, in English."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bot.events.summary import EventSummary, Released, StillHeld
from bot.model import Count, Event, EventState, Move, Reason, Topic

NAMES_SHOWN = 5
OUTLETS_SHOWN = 3


def moment(when: datetime) -> str:
    """In UTC, to the minute."""
    return f"{when:%Y-%m-%d %H:%M}"


def topics(found: Iterable[Topic]) -> str:
    return ", ".join(topic.value for topic in found)


def released(found: Released | None) -> str:
    if found is None:
        return ""
    number = str(found.low) if found.low == found.high else f"{found.low}–{found.high}"
    return f"{number} or more" if found.at_least else number


def still_held(found: StillHeld | None) -> str:
    if found is None:
        return ""
    return f"{found.value}{' or more' * found.at_least} ({found.by or found.outlet}, {found.day})"


def count(found: Count | None) -> str:
    return "" if found is None else f"{found.value}{' or more' * found.at_least}"


def moves(found: Iterable[Move]) -> str:
    return "; ".join(
        f"{move.by or 'somebody'}: {move.action.value} {move.target or 'Belarus'} ({move.stage.value})"
        for move in found
    )


def people(summary: EventSummary) -> str:
    names = [person.name for person in summary.people]
    rest = f" and {len(names) - NAMES_SHOWN} more" if len(names) > NAMES_SHOWN else ""
    return ", ".join(names[:NAMES_SHOWN]) + rest


def reasons(found: Iterable[Reason]) -> str:
    return "; ".join(map(str, found))


EVENT_COLUMNS = ("event", "started (UTC)", "topics", "what", "owners")
EVENT_FIRM = 2                        # of these columns never wrap


def event_row(event: Event, summary: EventSummary) -> tuple[str, ...]:
    """One line for one event, in the columns of EVENT_COLUMNS."""
    retracted = " (retracted)" if event.state is EventState.RETRACTED else ""
    number = released(summary.released)
    what = (f"{number} released" if number else "", moves(summary.moves), people(summary))
    return (
        event.id,
        moment(event.started),
        topics(event.topics) + retracted,
        " · ".join(filter(None, what)),
        f"{len(summary.owners)}: {', '.join(voice.outlet for voice in summary.owners[:OUTLETS_SHOWN])}",
    )
