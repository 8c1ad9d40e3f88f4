"""What is new about an event and deserves telling, and what does not."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from bot.events.summary import EventSummary, Released
from bot.events.tally import PROGRESS
from bot.model import (
    Action,
    ChangeKind,
    Decision,
    Event,
    EventChange,
    Facts,
    Stage,
    Topic,
    Verdict,
)

CONFIRMED_BY = 2  # owners
SUPPORTED_BY = 3  # owners: the most that a chat can ask for with /confirm
NAMES_GROW = 2.0  # names are told again when there are so many times as many
SILENT = frozenset({ChangeKind.SUPPORTED})  # told only to chats that waited for it
URGENT = frozenset({ChangeKind.CORRECTED, ChangeKind.RETRACTED})


def changes_between(
    before: EventSummary, after: EventSummary, *, replaced: Facts | None = None
) -> tuple[ChangeKind, ...]:
    """What the newer state of an event says that the older did not. `replaced`: facts of an edited article's
    older version; a number withdrawn that way is a correction."""
    found = [
        (ChangeKind.CORRECTED, is_corrected(before.released, after.released, replaced)),
        (ChangeKind.WIDENED, set(after.topics) > set(before.topics)),
        (ChangeKind.NUMBER, is_other_number(before.released, after.released)),
        (ChangeKind.MOVE, has_moved(before, after)),
        (ChangeKind.NAMES, has_names(len(before.publishable), len(after.publishable))),
        (ChangeKind.CONFIRMED, before.confirmations < CONFIRMED_BY <= after.confirmations),
        (ChangeKind.SUPPORTED, is_supported(after) and not is_supported(before)),
    ]
    kinds = [kind for kind, is_new in found if is_new]
    if ChangeKind.CORRECTED in kinds and ChangeKind.NUMBER in kinds:
        kinds.remove(ChangeKind.NUMBER)
    return tuple(kinds)


def is_other_number(before: Released | None, after: Released | None) -> bool:
    """A number became known, or the range that is shown changed."""
    if after is None:
        return False
    return before is None or (before.low, before.high) != (after.low, after.high)


def is_corrected(before: Released | None, after: Released | None, replaced: Facts | None) -> bool:
    """An owner took back, in an edited article, a number that was shown and is now shown no more.

    A number that only grew is no correction.
    """
    if replaced is None or replaced.released is None or before is None or after is None:
        return False
    value = replaced.released.value
    return value in {before.low, before.high} and value > after.high


def has_moved(before: EventSummary, after: EventSummary) -> bool:
    """Somebody made a first move on sanctions, or an earlier one came further."""
    known = {(move.action, move.by): PROGRESS.index(move.stage) for move in before.moves}
    return any(PROGRESS.index(move.stage) > known.get((move.action, move.by), -1) for move in after.moves)


def has_names(before: int, after: int) -> bool:
    """Names became fit to publish, or far more of them did."""
    return after > 0 and (before == 0 or after >= NAMES_GROW * before)


def is_supported(summary: EventSummary) -> bool:
    """A third owner, or an authority's own act."""
    return summary.authority or summary.confirmations >= SUPPORTED_BY


def is_urgent(summary: EventSummary, changes: tuple[ChangeKind, ...]) -> bool:
    """CONTRACT "Urgent": the first message of an event in which people were freed or a sanction was decided,
    and every correction or retraction."""
    if URGENT & set(changes):
        return True
    return ChangeKind.STARTED in changes and is_grave(summary)


def is_grave(summary: EventSummary) -> bool:
    """People were freed or a sanction was imposed, eased or extended, not only announced."""
    return Topic.RELEASE in summary.topics or any(
        move.stage is Stage.DECIDED and move.action is not Action.THREATENED for move in summary.moves
    )


def changes_of(decision: Decision, event: Event, *, item: str, at: datetime) -> tuple[EventChange, ...]:
    """The numbered changes that a decision made of `event`, as it stands after it, the newest last."""
    first = event.change - len(decision.changes) + 1
    return tuple(
        EventChange(
            event=event.id,
            number=first + offset,
            kind=kind,
            at=at,
            urgent=is_change_urgent(kind, decision),
            item=item,
            reasons=decision.reasons,
        )
        for offset, kind in enumerate(decision.changes)
    )


def is_change_urgent(kind: ChangeKind, decision: Decision) -> bool:
    """Of one change among those of a decision."""
    return kind in URGENT or (kind is ChangeKind.STARTED and decision.urgent)


def alert_of(
    decision: Decision, before: Event | None, after: Event | None
) -> Literal["new", "update", "none"]:
    """What a default chat is shown by this decision: its first message, something new, or nothing."""
    if after is None or not decision.changes:
        return "none"
    if decision.verdict is Verdict.STARTS or before is None:
        return "new"
    return "update" if set(decision.changes) - SILENT else "none"
