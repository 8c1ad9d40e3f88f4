"""From what was heard to its answer: find the command, read its arguments, check consent and rights, run it.

The only place that turns an error into words. It never raises and logs neither ids nor texts.
"""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from weakref import WeakValueDictionary

import structlog

from bot.chat.adapter import Identity
from bot.chat.command import CommandSpec, Heard
from bot.chat.definition import Command, Context, read_arguments, spec_of
from bot.chat.flood import Flood, Hearing
from bot.chat.message import Message, Paragraph, Span, plain
from bot.chat.place import ChatKind, ChatRef
from bot.chat.settings import Chat, Settings
from bot.clock import Clock
from bot.crypt import Keyring
from bot.errors import PersonError, QueryError, SendError
from bot.languages import Translator, translator
from bot.storage import chats
from bot.storage.engine import Database

log = structlog.get_logger(__name__)

HERE = "▸"                            # stands before the character that a query error points at
SHOWN = 40                            # characters of the query on either side of it


@dataclass(frozen=True, slots=True)
class _Answer:
    message: Message
    only_sender: bool = False


class Dispatcher:
    """Answers what adapters hear. `identities`: platform → who the bot is there, filled as adapters connect.
    `settings`: what a new chat begins with, but for its language."""

    def __init__(
        self,
        *,
        commands: Sequence[Command],
        database: Database,
        keyring: Keyring,
        clock: Clock,
        settings: Settings,
        identities: Mapping[str, Identity] | None = None,
        flood: Flood | None = None,
    ) -> None:
        self._commands = {command.name: command for command in commands}
        self._database = database
        self._keyring = keyring
        self._clock = clock
        self._settings = settings
        self._identities = identities if identities is not None else {}
        self._flood = flood or Flood()
        self._locks: WeakValueDictionary[tuple[str, str], asyncio.Lock] = WeakValueDictionary()

    @property
    def specs(self) -> tuple[CommandSpec, ...]:
        """The commands as platforms register them."""
        return tuple(map(spec_of, self._commands.values()))

    async def dispatch(self, heard: Heard) -> None:
        """Answer a command or a press; a `bot.chat.command.Listener`. Never raises."""
        error = await _run_apart(self._serve(heard))
        if error is None:
            return
        command = self._find(heard)
        log.error(
            "a command failed",
            command=command.name if command else "",
            platform=heard.place.platform,
            error=type(error).__name__,
            at=_frames(error),
        )
        sorry = plain(self._translator(heard, None).text("failed"))
        await _run_apart(self._send(heard, _Answer(sorry, only_sender=True)))

    async def _serve(self, heard: Heard) -> None:
        # One chat's commands are answered one after the other, different chats' side by side.
        async with self._lock(heard.place):
            answer = await self._answer(heard)
        if answer is not None:
            await self._send(heard, answer)

    def _lock(self, place: ChatRef) -> asyncio.Lock:
        return self._locks.setdefault((place.platform, place.chat), asyncio.Lock())

    async def _send(self, heard: Heard, answer: _Answer) -> None:
        try:
            await heard.reply(answer.message, only_sender=answer.only_sender)
        except SendError as error:
            log.info("an answer was lost", platform=heard.place.platform, permanent=error.permanent)

    def _find(self, heard: Heard) -> Command | None:
        return self._commands.get((heard.name or heard.action.partition(":")[0]).lower())

    def _translator(self, heard: Heard, chat: Chat | None) -> Translator:
        return translator(chat.settings.language if chat else heard.language or self._settings.language)

    async def _answer(self, heard: Heard) -> _Answer | None:
        command = self._find(heard)
        if command is None and heard.kind is not ChatKind.PRIVATE:
            return None               # words for another bot, or for people
        hearing = self._flood.hear(heard.place, self._clock.monotonic())
        if hearing is not Hearing.ANSWER and not (command and command.always):
            return self._refuse_flood(heard, hearing)
        if command is None:
            return await self._explain_unknown(heard)
        chat, others = await self._chats(command, heard.place)
        if hearing is not Hearing.ANSWER and chat is None:
            return self._refuse_flood(heard, hearing)
        return await self._obey(command, heard, chat, others)

    def _refuse_flood(self, heard: Heard, hearing: Hearing) -> _Answer | None:
        if hearing is Hearing.IGNORE:
            return None
        return _Answer(plain(self._translator(heard, None).text("flood")), only_sender=True)

    async def _explain_unknown(self, heard: Heard) -> _Answer:
        message_id = "command.unknown" if heard.name or heard.action else "unread"
        async with self._database.reading() as tx:
            chat = await chats.find(tx, self._keyring, heard.place)
        return _Answer(plain(self._translator(heard, chat).text(message_id)), only_sender=True)

    async def _chats(self, command: Command, place: ChatRef) -> tuple[Chat | None, tuple[Chat, ...]]:
        """The chat that a command means: the one here, else the group's only one; else those that exist."""
        async with self._database.reading() as tx:
            here = await chats.find(tx, self._keyring, place)
            if here is not None or command.this_place:
                return here, ()
            others = await chats.in_home(tx, self._keyring, place)
        return (others[0], ()) if len(others) == 1 else (None, others)

    async def _obey(
        self, command: Command, heard: Heard, chat: Chat | None, others: tuple[Chat, ...]
    ) -> _Answer | None:
        context = self._context(heard, chat)
        try:
            message = await _obey(command, heard, context, others)
        except PersonError as error:
            log.debug("a command was refused", command=command.name, why=error.message_id)
            return _Answer(_in_words(error, context.translator), only_sender=True)
        log.debug("a command was answered", command=command.name, platform=heard.place.platform)
        return _Answer(message)

    def _context(self, heard: Heard, chat: Chat | None) -> Context:
        speaker = self._translator(heard, chat)
        return Context(
            place=heard.place,
            kind=heard.kind,
            chat=chat,
            settings=chat.settings if chat else replace(self._settings, language=speaker.language),
            translator=speaker,
            database=self._database,
            keyring=self._keyring,
            clock=self._clock,
            is_admin=heard.is_admin,
            commands=tuple(self._commands.values()),
            identity=self._identities.get(heard.place.platform),
        )


async def _obey(command: Command, heard: Heard, context: Context, others: tuple[Chat, ...]) -> Message:
    arguments = None if heard.action else read_arguments(command, heard.words, heard.options)
    if heard.action or command.changes(arguments):
        await _check_rights(heard)
    if context.chat is None and (command.needs_chat or (command.admin and others)):
        raise _no_chat(others, context.translator)
    if not heard.action:
        return await command.run(arguments, context)
    if command.press is None:
        raise PersonError("press.unknown")
    return await command.press(heard.action.partition(":")[2], context)


async def _check_rights(heard: Heard) -> None:
    if heard.kind is not ChatKind.PRIVATE and not await heard.is_admin():
        raise PersonError(_right_of(heard.place.platform))


def _right_of(platform: str) -> str:
    """The sentence that names the right which a platform asks for; one for all that brought none."""
    try:
        translator("en").text(f"rights.{platform}")
    except LookupError:
        return "rights.other"
    return f"rights.{platform}"


def _no_chat(others: tuple[Chat, ...], speaker: Translator) -> PersonError:
    if not others:
        return PersonError("consent.missing")
    names = (
        speaker.text("home.thread", id=chat.place.thread) if chat.place.thread else speaker.text("home.main")
        for chat in others
    )
    return PersonError("home.several", places=", ".join(names))


def _in_words(error: PersonError, speaker: Translator) -> Message:
    sentence = Paragraph((Span(speaker.text(error.message_id, **error.values)),))
    query = error.values.get("query")
    if not isinstance(error, QueryError) or not isinstance(query, str) or not query:
        return Message(paragraphs=(sentence,))
    start, end = max(0, error.position - SHOWN), error.position + SHOWN
    shown = query[start : error.position] + HERE + query[error.position : end]
    return Message(paragraphs=(sentence, Paragraph((Span(shown, code=True),))))


async def _run_apart(work: Coroutine[Any, Any, None]) -> BaseException | None:
    """Run `work` in a task of its own, so that its failure ends nothing else; the failure."""
    task = asyncio.create_task(work)
    try:
        await asyncio.wait({task})
    finally:
        task.cancel()                 # only where we ourselves were cancelled is it still running
    return None if task.cancelled() else task.exception()


def _frames(error: BaseException) -> str:
    """Where it happened, without the values that an exception's own words may hold."""
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    return " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames))
