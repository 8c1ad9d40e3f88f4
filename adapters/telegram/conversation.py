"""One command or press on Telegram as the commands see it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from bot.chat.command import Heard
from bot.chat.message import Message, Receipt
from bot.chat.place import ChatKind
from bot.errors import SendError

if TYPE_CHECKING:
    from adapters.telegram.adapter import TelegramAdapter
    from adapters.telegram.hear import Words

NOTICE_LIMIT = 200                    # characters of a notice that only the presser of a button sees

log = logging.getLogger(__name__)


class Conversation:
    """How answers travel back, and how rights are asked for."""

    def __init__(self, adapter: TelegramAdapter, words: Words) -> None:
        self._adapter = adapter
        self._words = words
        self._query = words.query         # until it is answered: each press can be answered once

    def heard(self) -> Heard:
        words = self._words
        return Heard(
            place=words.place,
            kind=words.kind,
            name=words.name,
            words=words.words,
            action=words.action,
            language=words.language,
            at=words.at,
            sender=words.sender,
            command_id=words.message,
            reply=self.reply,
            is_admin=self.is_admin,
        )

    async def is_admin(self) -> bool:
        """Whether the person may change this place's settings, asked of Telegram now. Raises SendError."""
        words = self._words
        if words.kind is ChatKind.PRIVATE or words.speaks_for_chat:
            return True
        if words.person is None:
            return False                  # somebody in the name of a channel: nobody knows who
        return await self._adapter.is_admin(words.place, words.person)

    async def reply(self, message: Message, *, only_sender: bool = False) -> Receipt | None:
        """Only a short plain notice, and only after a press, can be hidden from others. Raises SendError."""
        query = self._query
        if query is not None and only_sender and self._fits_a_notice(message):
            self._query = None
            await self._adapter.answer_press(query, message.text)
            return None
        await self.end_press()
        in_group = self._words.kind is not ChatKind.PRIVATE
        reply_to = self._words.message if in_group else None
        return await self._adapter.answer(self._words.place, message, reply_to=reply_to)

    async def end_press(self) -> None:
        """Let the pressed button rest, if nothing else did. A press that is too old for it is no harm."""
        query, self._query = self._query, None
        if query is None:
            return
        try:
            await self._adapter.answer_press(query)
        except SendError as error:
            log.info("a press could not be answered: %s", error)

    def _fits_a_notice(self, message: Message) -> bool:
        in_group = self._words.kind is not ChatKind.PRIVATE
        plain = not message.buttons and message.picture is None
        return in_group and plain and 0 < len(message.text) <= NOTICE_LIMIT
