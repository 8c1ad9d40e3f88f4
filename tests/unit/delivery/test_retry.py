"""One row for each rule of what follows a failure."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.delivery.retry import (
    LONGEST_WAIT,
    PROOF_WAIT,
    AfterProof,
    Again,
    Attempt,
    CloseChat,
    GiveUp,
    InsteadOfEdit,
    MoveChat,
    Outcome,
    Plainly,
    StopLane,
    after_failure,
    backoff,
)
from bot.errors import Closed, SendError
from bot.model import DeliveryState

NOW = datetime(2030, 1, 7, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
FIRST = Attempt(attempts=1)


def refused(**facts: object) -> SendError:
    return SendError("the platform's words", certainly_not_sent=True, **facts)  # type: ignore[arg-type]


UNKNOWN = SendError("no answer", certainly_not_sent=False)


@pytest.mark.parametrize(
    ("error", "attempt", "outcome"),
    [
        pytest.param(refused(), FIRST, Again(NOW + timedelta(seconds=1)),
                     id="What certainly was not sent is tried again"),
        pytest.param(refused(), Attempt(attempts=50, ambiguous=1), Again(NOW + LONGEST_WAIT),
                     id="What certainly was not sent is tried for as long as it takes"),
        pytest.param(refused(retry_after=35.0), FIRST, Again(NOW + timedelta(seconds=35), told=True),
                     id="A wish to wait is obeyed"),
        pytest.param(refused(retry_after=35.0, whole_bot=True), FIRST,
                     Again(NOW + timedelta(seconds=35), told=True, whole_bot=True),
                     id="A wish for the whole bot stays one for the whole bot"),
        pytest.param(UNKNOWN, FIRST, AfterProof(NOW + PROOF_WAIT),
                     id="After an unknown fate it is sent once more, after proof"),
        pytest.param(UNKNOWN, Attempt(attempts=2, ambiguous=1), GiveUp(DeliveryState.UNKNOWN),
                     id="After a second unknown fate the next message names the event"),
        pytest.param(UNKNOWN, Attempt(attempts=3, ambiguous=1, edit=True), Again(NOW + timedelta(seconds=4)),
                     id="An edit of unknown fate is repeated"),
        pytest.param(UNKNOWN, Attempt(attempts=1, gathered=True), GiveUp(DeliveryState.UNKNOWN),
                     id="A gathered message of unknown fate is not sent again"),
        pytest.param(refused(permanent=True), FIRST, Plainly(),
                     id="A message that the platform finds wrong is sent once without style"),
        pytest.param(refused(permanent=True), replace(FIRST, plain=True), GiveUp(DeliveryState.SENT),
                     id="A plain message that the platform finds wrong is given up"),
        pytest.param(refused(permanent=True), replace(FIRST, edit=True), InsteadOfEdit(),
                     id="A refused edit goes as a message of its own"),
        pytest.param(refused(closed=Closed.BLOCKED), FIRST, CloseChat(Closed.BLOCKED),
                     id="A chat that blocked us is closed at once"),
        pytest.param(refused(closed=Closed.REMOVED), FIRST, CloseChat(Closed.REMOVED),
                     id="A group that put us out is closed at once"),
        pytest.param(refused(closed=Closed.FORBIDDEN), FIRST, CloseChat(Closed.FORBIDDEN),
                     id="A missing right closes until it is back"),
        pytest.param(refused(closed=Closed.NOT_FOUND), FIRST, Again(NOW + HOUR),
                     id="Not found is not believed at once"),
        pytest.param(refused(closed=Closed.NOT_FOUND), replace(FIRST, not_found=NOW - HOUR),
                     CloseChat(Closed.NOT_FOUND), id="Not found is believed when said twice within a day"),
        pytest.param(refused(closed=Closed.NOT_FOUND), replace(FIRST, not_found=NOW - timedelta(minutes=5)),
                     Again(NOW + HOUR), id="Two messages at once are not two days' word"),
        pytest.param(refused(closed=Closed.NOT_FOUND), replace(FIRST, not_found=NOW - 30 * HOUR),
                     Again(NOW + HOUR), id="What was said the day before yesterday does not count"),
        pytest.param(refused(moved_to="-100500"), FIRST, MoveChat("-100500"), id="A moved chat is followed"),
        pytest.param(refused(unauthorised=True, permanent=True), FIRST, StopLane(),
                     id="A refused token stops the lane"),
    ],
)
def test_what_follows_a_failure(error: SendError, attempt: Attempt, outcome: Outcome) -> None:
    decided, reason = after_failure(error, attempt, NOW, 0.5)
    assert decided == outcome
    assert reason.code


@given(attempts=st.integers(0, 10**6), jitter=st.floats(0, 1))
def test_waits_are_never_nothing_and_never_without_end(attempts: int, jitter: float) -> None:
    assert timedelta(0) < backoff(attempts, jitter) <= 1.5 * LONGEST_WAIT


@given(jitter=st.floats(0, 1))
def test_more_attempts_never_mean_sooner(jitter: float) -> None:
    waits = [backoff(attempts, jitter) for attempts in range(1, 30)]
    assert waits == sorted(waits)


@given(ambiguous=st.integers(0, 3), attempts=st.integers(1, 9), gathered=st.booleans())
def test_no_message_is_sent_a_third_time_without_knowing(ambiguous: int, attempts: int, gathered: bool) -> None:
    attempt = Attempt(attempts=attempts, ambiguous=ambiguous, gathered=gathered)
    outcome, _ = after_failure(UNKNOWN, attempt, NOW, 0.5)
    assert isinstance(outcome, AfterProof) == (ambiguous == 0 and not gathered)
