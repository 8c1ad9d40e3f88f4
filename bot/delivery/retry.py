"""What follows when a platform did not take a message. Pure: CONTRACT "What is promised" and its table.

Theory. Only two things can be known of a failure: nothing can have reached the chat, or nobody knows. The
first may be tried for as long as it takes. The second is tried once more, and only after the platform has
answered another call: a network that swallows every answer would swallow that of the copy too. What is of
unknown fate twice is named in the next message to the chat. So a chat sees two copies at most, and misses
nothing unawares.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.errors import Closed, SendError
from bot.model import DeliveryState, Reason

FIRST_WAIT = timedelta(seconds=1)
LONGEST_WAIT = timedelta(minutes=5)   # an outage that ends is noticed within so long
PROOF_WAIT = timedelta(seconds=2)     # what hid the answer is often gone by then
# A chat that was not found is gone when that is said again, at least an hour and at most a day later.
BELIEVED_AFTER = timedelta(hours=1)
BELIEVED_WITHIN = timedelta(days=1)
DOUBLINGS = 9                         # beyond them the wait is the longest one anyway


@dataclass(frozen=True, slots=True)
class Again:
    """Try again at this moment. whole_bot: nothing at all may be sent before; told: the platform named it."""

    at: datetime
    told: bool = False
    whole_bot: bool = False


@dataclass(frozen=True, slots=True)
class AfterProof:
    """Nobody knows whether it arrived: once more from `at` on, after the platform answered another call."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Plainly:
    """The platform finds this message wrong: the same words once more, without any style."""


@dataclass(frozen=True, slots=True)
class InsteadOfEdit:
    """The earlier message cannot be edited any more: its newest state goes as a message of its own."""


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Not tried again. UNKNOWN: the next message to the chat names the event; SENT: trying cannot help."""

    state: DeliveryState


@dataclass(frozen=True, slots=True)
class CloseChat:
    """The platform takes nothing for this chat any more."""

    closed: Closed


@dataclass(frozen=True, slots=True)
class MoveChat:
    """The chat lives on under this id; the message goes there."""

    to: str


@dataclass(frozen=True, slots=True)
class StopLane:
    """The token is refused: nothing is sent on this platform until somebody mends it."""


Outcome = Again | AfterProof | Plainly | InsteadOfEdit | GiveUp | CloseChat | MoveChat | StopLane


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What was tried. attempts: this one included; ambiguous: earlier ones of unknown fate.

    edit: it was to change an earlier message. gathered: it held several events. plain: it had no style.
    not_found: when the platform first said within the last day that it does not know the chat.
    """

    attempts: int
    ambiguous: int = 0
    edit: bool = False
    gathered: bool = False
    plain: bool = False
    not_found: datetime | None = None


def after_failure(  # noqa: PLR0911 (a rule each)
    error: SendError, attempt: Attempt, now: datetime, jitter: float
) -> tuple[Outcome, Reason]:
    """What to do, the strongest rule first. `jitter`: 0 to 1, so that what failed together spreads out."""
    if error.unauthorised:
        return StopLane(), Reason(code="token refused")
    if error.moved_to is not None:
        return MoveChat(error.moved_to), Reason(code="moved")
    if error.closed is not None:
        return _when_closed(error.closed, attempt, now)
    if error.retry_after is not None:
        wait = timedelta(seconds=error.retry_after)
        return Again(now + wait, told=True, whole_bot=error.whole_bot), Reason(code="told to wait")
    if not error.certainly_not_sent:
        return _when_unknown(attempt, now, jitter)
    if error.permanent:
        return _when_refused(attempt)
    return Again(now + backoff(attempt.attempts, jitter)), Reason(code="not sent", words=str(error))


def backoff(attempts: int, jitter: float) -> timedelta:
    """How long to wait after so many attempts: doubling, spread by half of itself to either side."""
    doubled = FIRST_WAIT * 2.0 ** min(max(attempts, 1) - 1, DOUBLINGS)
    return min(LONGEST_WAIT, doubled) * (0.5 + jitter)


def _when_closed(closed: Closed, attempt: Attempt, now: datetime) -> tuple[Outcome, Reason]:
    if closed is not Closed.NOT_FOUND:
        return CloseChat(closed), Reason(code="closed", words=closed.value)
    said = attempt.not_found
    if said is not None and BELIEVED_AFTER <= now - said <= BELIEVED_WITHIN:
        return CloseChat(closed), Reason(code="closed", words="not found twice within a day")
    return Again(now + BELIEVED_AFTER), Reason(code="not found", words="not believed before it is said again")


def _when_unknown(attempt: Attempt, now: datetime, jitter: float) -> tuple[Outcome, Reason]:
    if attempt.edit:
        wait = backoff(attempt.attempts, jitter)
        return Again(now + wait), Reason(code="unknown fate", words="an edit may be repeated")
    if attempt.gathered:
        words = "a gathered message is not sent again"
        return GiveUp(DeliveryState.UNKNOWN), Reason(code="unknown fate", words=words)
    if attempt.ambiguous:
        return GiveUp(DeliveryState.UNKNOWN), Reason(code="unknown fate", words="twice")
    return AfterProof(now + PROOF_WAIT), Reason(code="unknown fate", words="once more, after proof")


def _when_refused(attempt: Attempt) -> tuple[Outcome, Reason]:
    if attempt.edit:
        return InsteadOfEdit(), Reason(code="refused", words="the edit")
    if not attempt.plain:
        return Plainly(), Reason(code="refused", words="once more without style")
    return GiveUp(DeliveryState.SENT), Reason(code="refused", words="in plain words too")
