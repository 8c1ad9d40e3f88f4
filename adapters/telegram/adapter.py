"""Telegram as a chat platform: python-telegram-bot's calls, our rules of what a failure means.

One attempt a call: the library's rate limiter and its polling loop stay unused, because waiting is the
outbox's work and their logs name chats. Rates: https://core.telegram.org/bots/faq ("hitting limits").
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import urlencode

from telegram import (
    Bot,
    BotCommandScopeAllPrivateChats,
    InputFile,
    InputMediaPhoto,
    LinkPreviewOptions,
    ReplyParameters,
)
from telegram import Message as Posted

from adapters.telegram.api import BadEntitiesError, Floods, GoneError, NotModifiedError, send_errors
from adapters.telegram.conversation import Conversation
from adapters.telegram.hear import PLATFORM, Words
from adapters.telegram.listening import Listening
from adapters.telegram.options import TelegramOptions
from adapters.telegram.render import Part, render_buttons, render_parts
from adapters.telegram.request import ANSWER_SECONDS, AiohttpRequest
from adapters.telegram.rights import find_missing
from bot.chat.adapter import Departures, Identity, Scope, Window
from bot.chat.command import CommandSpec, Listener
from bot.chat.message import Message, Receipt
from bot.chat.place import ChatRef
from bot.clock import Clock
from bot.errors import Closed, SendError

CONNECTIONS = 256                     # at 1,000 messages a second and a fifth of a second for each
PART_GAP = 1.0                        # seconds between two messages to one chat, as Telegram wants
DELETE_AT_ONCE = 100                  # messages that one call deletes

log = logging.getLogger(__name__)


class TelegramAdapter:
    """`bot.chat.adapter.Adapter` for Telegram. `answer_seconds`: how long an answer may stay out."""

    name = PLATFORM

    def __init__(
        self, options: TelegramOptions, clock: Clock, *, answer_seconds: float = ANSWER_SECONDS
    ) -> None:
        logging.getLogger("telegram").setLevel(logging.WARNING)   # below, it writes the token, ids and texts
        self.answers: int | None = options.answers_per_second
        self.limits: tuple[Window, ...] = (
            Window(Scope.ALL, options.messages_per_second, 1.0),
            Window(Scope.PRIVATE, 1, 1.0),
            Window(Scope.GROUP, 1, 1.0),
            Window(Scope.GROUP, 20, 60.0),
        )
        self._clock = clock
        self._paid = options.paid_broadcast
        self._requests = (
            AiohttpRequest(connections=CONNECTIONS, answer_seconds=answer_seconds),
            AiohttpRequest(connections=4),
        )
        self._bot = Bot(
            options.token.get_secret_value(),
            base_url=f"{options.api_url}/bot",
            request=self._requests[0],
            get_updates_request=self._requests[1],
        )
        self._floods = Floods()
        self._own_name = ""
        self._own_id = int(options.token.get_secret_value().partition(":")[0])

    # --- the protocol -------------------------------------------------------------------------------

    async def connect(self) -> Identity:
        """Raises SendError; `unauthorised` when the token is refused."""
        for request in self._requests:
            await request.initialize()
        with self._errors():
            own = await self._bot.get_me()
        self._own_name = own.username or ""
        return Identity(handle=f"@{self._own_name}", id=str(own.id))

    async def ask(self) -> None:
        """Raises SendError."""
        with self._errors():
            await self._bot.get_me()

    async def registered(self) -> int:
        """The list that people see in their private chats. Raises SendError."""
        with self._errors():
            return len(await self._bot.get_my_commands(BotCommandScopeAllPrivateChats()))

    async def missing_rights(self, place: ChatRef) -> tuple[str, ...]:
        """A block and a closed topic cannot be seen: see `adapters.telegram.rights`. Raises SendError."""

        async def ask(method: str, parameters: Mapping[str, Any]) -> Any:
            with self._errors(place):
                return await self._requests[0].post(f"{self._bot.base_url}/{method}?{urlencode(parameters)}")

        return await find_missing(ask, _chat(place), self._own_id)

    async def close(self) -> None:
        for request in self._requests:
            await request.shutdown()

    async def listen(self, commands: Sequence[CommandSpec], heard: Listener, gone: Departures) -> None:
        """Raises SendError when the token is refused, which no waiting mends; nothing else."""
        await self._listening(heard, gone).listen(commands)

    async def answer_waiting(
        self, commands: Sequence[CommandSpec], heard: Listener, gone: Departures
    ) -> int:
        """Raises SendError when Telegram does not let us ask."""
        return await self._listening(heard, gone).answer_waiting(commands)

    async def send(
        self, place: ChatRef, message: Message, *, nonce: str, reply_to: str | None = None
    ) -> Receipt:
        """The nonce means nothing to Telegram. A long message goes as several, `PART_GAP` apart; when a later
        one fails, the error says that something can have arrived."""
        return await self._send(place, message, reply_to, paid=self._paid)

    async def answer(self, place: ChatRef, message: Message, *, reply_to: str | None) -> Receipt:
        """The same for an answer to a command, which is never paid for. Raises SendError."""
        return await self._send(place, message, reply_to, paid=False)

    async def _send(
        self, place: ChatRef, message: Message, reply_to: str | None, *, paid: bool
    ) -> Receipt:
        ids: list[str] = []
        parts = render_parts(message, own_name=self._own_name)
        for number, part in enumerate(parts):
            if number:
                await self._clock.sleep(PART_GAP)
            try:
                reply = None if number else reply_to
                posted = await self._post(place, message, part, reply, last=part is parts[-1], paid=paid)
            except SendError as error:
                error.certainly_not_sent &= not number
                raise
            ids.append(str(posted.message_id))
        return Receipt(tuple(ids))

    async def edit(self, place: ChatRef, ids: Sequence[str], message: Message) -> Receipt:
        """Parts that are too many are deleted, parts that are missing are sent."""
        parts = render_parts(message, own_name=self._own_name)
        kept = list(ids[: len(parts)])
        for id_, part in zip(kept, parts, strict=False):
            with suppress(NotModifiedError):
                await self._amend(place, id_, message, part, last=part is parts[-1])
        for part in parts[len(kept) :]:
            await self._clock.sleep(PART_GAP)
            posted = await self._post(place, message, part, None, last=part is parts[-1], paid=False)
            kept.append(str(posted.message_id))
        await self.delete(place, ids[len(parts) :])
        return Receipt(tuple(kept))

    async def delete(self, place: ChatRef, ids: Sequence[str]) -> None:
        numbers = [int(id_) for id_ in ids]
        for start in range(0, len(numbers), DELETE_AT_ONCE):
            with suppress(GoneError), self._errors(place):
                await self._bot.delete_messages(_chat(place), numbers[start : start + DELETE_AT_ONCE])

    # --- sending ------------------------------------------------------------------------------------

    @contextmanager
    def _errors(self, place: ChatRef | None = None) -> Iterator[None]:
        """The border: nothing of the library's gets out."""
        with send_errors(self._floods, place.chat if place else "", self._clock.monotonic()):
            yield

    async def _post(
        self, place: ChatRef, message: Message, part: Part, reply_to: str | None, *, last: bool, paid: bool
    ) -> Posted:
        """Send a part; without its styles when Telegram does not take these. Raises SendError."""
        try:
            with self._errors(place):
                return await self._post_once(place, message, part, reply_to, last=last, paid=paid)
        except BadEntitiesError as error:
            log.warning("a message goes without its styles: %s", error)
            with self._errors(place):
                return await self._post_once(place, message, part.bare(), reply_to, last=last, paid=paid)

    async def _post_once(
        self, place: ChatRef, message: Message, part: Part, reply_to: str | None, *, last: bool, paid: bool
    ) -> Posted:
        markup = render_buttons(message) if last else None
        reply = ReplyParameters(int(reply_to), allow_sending_without_reply=True) if reply_to else None
        thread = int(place.thread) if place.thread else None
        if part.png is not None:
            return await self._bot.send_photo(
                _chat(place),
                InputFile(part.png, filename="picture.png"),
                caption=part.text.text or None,
                caption_entities=part.text.entities() or None,
                has_spoiler=message.spoiler or None,
                disable_notification=message.silent or None,
                protect_content=message.protect or None,
                allow_paid_broadcast=paid or None,
                message_thread_id=thread,
                reply_parameters=reply,
                reply_markup=markup,
            )
        return await self._bot.send_message(
            _chat(place),
            part.text.text,
            entities=part.text.entities() or None,
            link_preview_options=_preview(message),
            disable_notification=message.silent or None,
            protect_content=message.protect or None,
            allow_paid_broadcast=paid or None,
            message_thread_id=thread,
            reply_parameters=reply,
            reply_markup=markup,
        )

    async def _amend(self, place: ChatRef, id_: str, message: Message, part: Part, *, last: bool) -> None:
        """Edit one message, as `_post` sends one. Raises SendError."""
        try:
            with self._errors(place):
                await self._amend_once(place, id_, message, part, last=last)
        except BadEntitiesError as error:
            log.warning("an edit goes without its styles: %s", error)
            with self._errors(place):
                await self._amend_once(place, id_, message, part.bare(), last=last)

    async def _amend_once(
        self, place: ChatRef, id_: str, message: Message, part: Part, *, last: bool
    ) -> None:
        markup = render_buttons(message) if last else None
        if part.png is not None:
            media = InputMediaPhoto(
                InputFile(part.png, filename="picture.png", attach=True),
                caption=part.text.text or None,
                caption_entities=part.text.entities() or None,
                has_spoiler=message.spoiler or None,
            )
            await self._bot.edit_message_media(media, _chat(place), int(id_), reply_markup=markup)
            return
        await self._bot.edit_message_text(
            part.text.text,
            _chat(place),
            int(id_),
            entities=part.text.entities() or None,
            link_preview_options=_preview(message),
            reply_markup=markup,
        )

    # --- hearing ------------------------------------------------------------------------------------

    def _listening(self, heard: Listener, gone: Departures) -> Listening:
        async def serve(words: Words) -> None:
            conversation = Conversation(self, words)
            await heard(conversation.heard())
            await conversation.end_press()

        return Listening(
            bot=self._bot,
            request=self._requests[1],
            clock=self._clock,
            own_name=self._own_name,
            serve=serve,
            gone=gone,
            errors=self._errors,
        )

    async def is_admin(self, place: ChatRef, person: int) -> bool:
        """Whether a person may change a group's settings, asked of Telegram now. Raises SendError."""
        with self._errors(place):
            admins = await self._bot.get_chat_administrators(_chat(place))
        return any(admin.user.id == person for admin in admins)

    async def answer_press(self, query: str, notice: str = "") -> None:
        """End the waiting sign on a pressed button; only the presser sees the notice. Raises SendError."""
        with self._errors():
            await self._bot.answer_callback_query(query, notice or None, show_alert=bool(notice) or None)


def _chat(place: ChatRef) -> int:
    """Raises SendError for an id that cannot be one of Telegram's."""
    try:
        return int(place.chat)
    except ValueError:
        problem = "the id is not one of Telegram's"
    raise SendError(problem, certainly_not_sent=True, permanent=True, closed=Closed.NOT_FOUND)


def _preview(message: Message) -> LinkPreviewOptions:
    return LinkPreviewOptions(is_disabled=not message.preview)
