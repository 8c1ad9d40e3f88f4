"""The ledger as other programs read it: one JSON object an event."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.events.summary import EventSummary, summarise
from bot.model import Event, EventChange
from bot.storage.encode import to_json


def event_as_json(event: Event, changes: Sequence[EventChange] = ()) -> dict[str, Any]:
    """An event with what it says, who reported it and how it changed."""
    return {
        "id": event.id,
        "number": event.number,
        "topics": [topic.value for topic in event.topics],
        "state": event.state.value,
        "started": event.started.isoformat(),
        "changed": event.changed.isoformat(),
        **_says(summarise(event)),
        "reports": [to_json(report) for report in event.reports],
        "changes": [to_json(change) for change in changes],
    }


def _says(summary: EventSummary) -> dict[str, Any]:
    released, held = summary.released, summary.still_held
    return {
        "released": released
        and {"low": released.low, "high": released.high, "at_least": released.at_least},
        "still_held": held and to_json(held),
        "sanctions": [
            {"action": move.action.value, "by": move.by, "target": move.target, "stage": move.stage.value}
            for move in summary.moves
        ],
        "people": [{"name": person.name, "publishable": person.publishable} for person in summary.people],
        "owners": [voice.owner for voice in summary.owners],
        "confirmations": summary.confirmations,
        "authority": summary.authority,
    }
