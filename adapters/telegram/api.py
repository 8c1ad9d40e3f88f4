"""What Telegram's refusals mean to us: the only place that knows its sentences.

A 4xx in the Bot API's own JSON is a refusal, so the message certainly was not sent. No error made here
carries the library's error with it (`from None`): that one can hold chat ids.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    TelegramError,
)

from adapters.telegram.request import AskedToWaitError, NotSentError
from bot.errors import Closed, SendError

CLOSED: tuple[tuple[str, Closed], ...] = (
    ("bot was blocked by the user", Closed.BLOCKED),
    ("user is deactivated", Closed.BLOCKED),
    ("input_user_deactivated", Closed.BLOCKED),
    ("user_is_blocked", Closed.BLOCKED),
    ("bot was kicked", Closed.REMOVED),
    ("bot is not a member", Closed.REMOVED),
    ("group chat was deactivated", Closed.REMOVED),
    ("channel_private", Closed.REMOVED),
    # A deleted group may be one that became a supergroup; the move is told apart from it, so it is not
    # believed at once.
    ("the group chat was deleted", Closed.NOT_FOUND),
    ("chat not found", Closed.NOT_FOUND),
    ("peer_id_invalid", Closed.NOT_FOUND),
    ("user not found", Closed.NOT_FOUND),
    ("can't initiate conversation", Closed.NOT_FOUND),
    ("not enough rights", Closed.FORBIDDEN),
    ("have no rights to send", Closed.FORBIDDEN),
    ("need administrator rights", Closed.FORBIDDEN),
    ("chat_write_forbidden", Closed.FORBIDDEN),
    ("chat_send_plain_forbidden", Closed.FORBIDDEN),
    ("chat_send_photos_forbidden", Closed.FORBIDDEN),
    ("chat_restricted", Closed.FORBIDDEN),
    ("topic_closed", Closed.FORBIDDEN),
    ("topic_deleted", Closed.FORBIDDEN),
    ("message thread not found", Closed.FORBIDDEN),
)
"""Part of Telegram's sentence, in lower case → what it says about the chat. The first that fits counts."""

NOT_MODIFIED = "message is not modified"
BAD_ENTITIES = ("can't parse entities", "can't parse messageentity", "entity_bounds_invalid")
ALREADY_GONE = ("message to delete not found", "message identifier is not specified")
FORBIDDEN_WITHOUT_SENTENCE = Closed.FORBIDDEN
"""A 403 in words that we do not know: a right that can come back, so that nobody is forgotten by mistake."""

SAME_MOMENT = 1.0
"""Seconds: refusals of two chats this close together are taken for one limit."""


class NotModifiedError(SendError):
    """The message already reads like this."""


class BadEntitiesError(SendError):
    """Telegram does not accept the styles; the bare words may go."""


class GoneError(SendError):
    """The message that was to be deleted is not there."""


@dataclass(slots=True)
class Floods:
    """Whether a 429 is for one chat or for the whole bot; Telegram does not say.

    Theory: needs the refusals of one process in order. A chat's own limit refuses that chat; the bot's limit
    refuses whoever comes next. So a refusal is for the chat that it names, until another chat is refused
    within `SAME_MOMENT`. Fails where two chats exceed their own limits at once: then all wait for the longer
    of the two, which is slow and harmless.
    """

    chat: str = ""
    at: float = float("-inf")

    def is_whole_bot(self, chat: str, now: float) -> bool:
        """Note a refusal of `chat` ("" where the call named none)."""
        recent = now - self.at <= SAME_MOMENT and self.chat != chat
        self.chat, self.at = chat, now
        return recent or not chat


@contextmanager
def send_errors(floods: Floods, chat: str, now: float) -> Iterator[None]:
    """Turn the library's errors into ours. Raises SendError."""
    try:
        yield
    except TelegramError as error:
        raise read_error(error, floods, chat, now) from None


def read_error(error: TelegramError, floods: Floods, chat: str, now: float) -> SendError:
    """What one error of the library means."""
    if isinstance(error, AskedToWaitError):
        return SendError(
            error.message,
            certainly_not_sent=True,
            retry_after=error.seconds,
            whole_bot=floods.is_whole_bot(chat, now),
        )
    if isinstance(error, BadRequest | Forbidden):     # before NetworkError: BadRequest is one there
        return _read_refusal(error)
    return _read_failure(error)


def _read_failure(error: TelegramError) -> SendError:
    match error:
        case ChatMigrated():
            moved_to = str(error.new_chat_id)
            return SendError("the group became a supergroup", certainly_not_sent=True, moved_to=moved_to)
        case InvalidToken():
            return SendError(
                "Telegram refuses the token", certainly_not_sent=True, permanent=True, unauthorised=True
            )
        case Conflict():
            return SendError(
                "another program asks Telegram for the updates of this bot", certainly_not_sent=True
            )
        case NotSentError():
            return SendError(error.message, certainly_not_sent=True)
        case NetworkError():
            return SendError(error.message, certainly_not_sent=False)
        case _:
            return SendError("Telegram's answer cannot be read", certainly_not_sent=False)


def _read_refusal(error: BadRequest | Forbidden) -> SendError:
    sentence = error.message.lower()
    if NOT_MODIFIED in sentence:
        return NotModifiedError("unchanged", certainly_not_sent=True, permanent=True)
    if any(gone in sentence for gone in ALREADY_GONE):
        return GoneError("gone already", certainly_not_sent=True, permanent=True)
    if any(words in sentence for words in BAD_ENTITIES):
        return BadEntitiesError(_without_numbers(error.message), certainly_not_sent=True, permanent=True)
    closed = next((meaning for words, meaning in CLOSED if words in sentence), None)
    if closed is None and isinstance(error, Forbidden):
        closed = FORBIDDEN_WITHOUT_SENTENCE
    return SendError(_without_numbers(error.message), certainly_not_sent=True, permanent=True, closed=closed)


def _without_numbers(sentence: str) -> str:
    """Telegram's words as a log may keep them: short, no id in them."""
    return re.sub(r"-?\d{5,}", "…", sentence)[:120]
