"""Who is owed what. Pure: an event and what is new about it, a chat's settings; the answer with its reason.

`terms_of` says what a fan-out order means for all chats; storage works it off by `INSERT … SELECT` over the
settings that are kept in clear. `owed` says the same of one chat, and a test compares the two. `handle` is
asked once more when a delivery is claimed, for what can have changed since: a pause, an hour that is full,
a long stop.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.chat.settings import CONFIRM_OFFICIAL, Chat, Settings, Updates
from bot.events.change import is_grave
from bot.events.summary import EventSummary
from bot.model import ChangeKind, Delivery, DeliveryClass, Event, EventState, Fanout, Reason, Terms

TAKES_BACK = frozenset({ChangeKind.CORRECTED, ChangeKind.RETRACTED})
ONLY_FOR_WAITING = frozenset({ChangeKind.SUPPORTED})   # its alert says nothing new to those who have it
BETWEEN_EDITS = timedelta(minutes=2)  # CONTRACT "What is promised"
GATHERED_FOR = timedelta(days=7)      # what a pause or a long stop held back is told of for so long
COPIES = 2                            # attempts of unknown fate, at most; one at a gathered message
HOUR = timedelta(hours=1)


# --- whom an order owes ---------------------------------------------------------------------------------


def terms_of(event: Event, summary: EventSummary, order: Fanout) -> Terms:
    """What the order means for the chats, whatever their queries."""
    kinds = frozenset(order.kinds)
    return Terms(
        event=event.id, number=event.number, change=order.change, topics=event.topics,
        owners=summary.confirmations, official=summary.authority,
        first=_first_class(event, summary), again=_again_class(kinds), corrects=bool(kinds & TAKES_BACK),
    )


def _first_class(event: Event, summary: EventSummary) -> DeliveryClass | None:
    if event.state is EventState.RETRACTED:
        return None
    return DeliveryClass.URGENT if is_grave(summary) else DeliveryClass.ORDINARY


def _again_class(kinds: Collection[ChangeKind]) -> DeliveryClass | None:
    if TAKES_BACK.intersection(kinds):
        return DeliveryClass.URGENT
    return DeliveryClass.EDIT if set(kinds) - ONLY_FOR_WAITING - {ChangeKind.STARTED} else None


@dataclass(frozen=True, slots=True)
class Owed:
    """What a chat is owed: how pressing, and from when on."""

    delivery_class: DeliveryClass
    not_before: datetime


def owed(  # noqa: PLR0911 (a rule each)
    chat: Chat, terms: Terms, *, known: bool, matches: bool, now: datetime
) -> tuple[Owed | None, Reason]:
    """What this chat is owed by these terms. known: it has a delivery of the event already. matches: its
    queries let one of the items through, or it has none."""
    settings = chat.settings
    if known:
        return _owed_again(settings, terms, now)
    if terms.first is None:
        return None, Reason(code="retracted")
    if not matches:
        return None, Reason(code="no query matches")
    if not set(settings.topics) & set(terms.topics):
        return None, Reason(code="other topics")
    if not is_confirmed(settings.confirm, terms):
        return None, Reason(code="not confirmed", words=f"{terms.owners} of {settings.confirm}")
    if chat.closed is not None:
        return None, Reason(code="closed", words=chat.closed)
    if chat.since_event is not None and terms.number <= chat.since_event:
        return None, Reason(code="older than the chat")
    until = settings.paused_until
    not_before = until if until is not None and until > now else now
    return Owed(terms.first, not_before), Reason(code="first message")


def _owed_again(settings: Settings, terms: Terms, now: datetime) -> tuple[Owed | None, Reason]:
    if terms.again is None:
        return None, Reason(code="nothing new")
    if settings.updates is Updates.OFF and not terms.corrects:
        return None, Reason(code="updates off")
    return Owed(terms.again, now), Reason(code="changed")


def is_confirmed(confirm: int, terms: Terms) -> bool:
    """Whether enough owners report for a chat that asks for `confirm` of them."""
    return confirm <= terms.owners or (terms.official and confirm <= CONFIRM_OFFICIAL)


# --- what happens to a delivery that was claimed --------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Show:
    """How it is shown: as a first message, by editing the earlier one, as a message of its own."""

    first: bool = False
    edit: bool = False
    reply: bool = False
    silent: bool = False


@dataclass(frozen=True, slots=True)
class Hold:
    """Not now: again from this moment on, in the class that it then has."""

    until: datetime
    delivery_class: DeliveryClass


@dataclass(frozen=True, slots=True)
class Drop:
    """The chat need not know."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """As many attempts of unknown fate as there may be: the chat's next message names the event."""


Handling = Show | Hold | Drop | Doubt


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """What the outbox knows when it claims: the clock, what sounded in the chat within the hour, its last
    edit.

    kinds: what is new about the event since the chat was last shown it.
    """

    now: datetime
    max_age: timedelta
    max_per_hour: int
    sounded: int = 0
    edited: datetime | None = None
    kinds: frozenset[ChangeKind] = frozenset()


def handle(delivery: Delivery, chat: Chat, event: Event, moment: Moment) -> tuple[Handling, Reason]:
    """What becomes of a claimed delivery."""
    handling, reason = _handle(delivery, chat, event, moment)
    if isinstance(handling, Show) and (handling.first or handling.reply) and _may_have_come(delivery):
        return Doubt(), Reason(code="unknown fate", words=f"{delivery.ambiguous} times")
    return handling, reason


def _may_have_come(delivery: Delivery) -> bool:
    gathered = delivery.delivery_class is DeliveryClass.GATHERED
    return delivery.ambiguous >= (1 if gathered else COPIES)


def _handle(delivery: Delivery, chat: Chat, event: Event, moment: Moment) -> tuple[Handling, Reason]:
    """The strongest rule first."""
    now = moment.now
    if chat.closed is not None:
        return Hold(now + HOUR, delivery.delivery_class), Reason(code="closed", words=chat.closed)
    if (until := chat.settings.paused_until) is not None and until > now:
        later = DeliveryClass.GATHERED if delivery.told is None else delivery.delivery_class
        return Hold(until, later), Reason(code="paused")
    if now - delivery.owed_since > GATHERED_FOR:
        return Drop(), Reason(code="too old to be gathered")
    if delivery.told is None:
        return _handle_first(delivery, chat, event, moment)
    return _handle_again(delivery, chat, moment)


def _handle_first(
    delivery: Delivery, chat: Chat, event: Event, moment: Moment
) -> tuple[Handling, Reason]:
    if event.state is EventState.RETRACTED:
        return Drop(), Reason(code="retracted before it was told")
    if delivery.delivery_class is DeliveryClass.GATHERED:
        return Show(first=True), Reason(code="gathered")
    if _was_held_back(delivery, chat, moment):
        return Hold(moment.now, DeliveryClass.GATHERED), Reason(code="held back for long")
    if delivery.delivery_class is not DeliveryClass.URGENT and moment.sounded >= moment.max_per_hour:
        return Hold(next_hour(moment.now), DeliveryClass.GATHERED), Reason(code="the hour is full")
    return Show(first=True), Reason(code="first message")


def _handle_again(delivery: Delivery, chat: Chat, moment: Moment) -> tuple[Handling, Reason]:
    can_edit = bool(delivery.receipt)
    if moment.kinds & TAKES_BACK:
        return Show(edit=can_edit, reply=True), Reason(code="corrected")
    match chat.settings.updates:
        case Updates.OFF:
            return Drop(), Reason(code="updates off")
        case Updates.REPLY if moment.sounded >= moment.max_per_hour:
            return Hold(next_hour(moment.now), DeliveryClass.EDIT), Reason(code="the hour is full")
        case Updates.REPLY:
            return Show(reply=True), Reason(code="replies asked for")
        case Updates.EDIT if not can_edit:
            return Show(reply=True, silent=True), Reason(code="nothing to edit")
        case Updates.EDIT:
            return _handle_edit(moment)


def _handle_edit(moment: Moment) -> tuple[Handling, Reason]:
    if moment.edited is not None and moment.now - moment.edited < BETWEEN_EDITS:
        return Hold(moment.edited + BETWEEN_EDITS, DeliveryClass.EDIT), Reason(code="edited just now")
    return Show(edit=True), Reason(code="edited")


def _was_held_back(delivery: Delivery, chat: Chat, moment: Moment) -> bool:
    """By a pause of the chat that is over, or because the bot stood still."""
    until = chat.settings.paused_until
    paused = until is not None and delivery.owed_since < until <= moment.now
    return paused or moment.now - delivery.owed_since > moment.max_age


def next_hour(now: datetime) -> datetime:
    """The end of the hour in which `now` is."""
    return now.replace(minute=0, second=0, microsecond=0) + HOUR
