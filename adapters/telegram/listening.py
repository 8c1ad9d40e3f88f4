"""Long polling: what waits at Telegram is fetched, heard, and confirmed with the next fetch.

The library's own polling logs what people wrote when an update cannot be read, and then asks for the same
update for ever. Here each update is read by itself, and a bad one costs only itself.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    Update,
)

from adapters.telegram.hear import Words, read_update
from adapters.telegram.request import ANSWER_SECONDS, AiohttpRequest
from bot.chat.adapter import Departures, Gone
from bot.chat.command import CommandSpec
from bot.clock import Clock
from bot.errors import SendError

ALLOWED = ("message", "callback_query", "my_chat_member")
POLL_SECONDS = 50                     # Telegram holds an empty answer so long; it allows no more
BATCH_SECONDS = 2.0                   # a batch may take so long before the next is fetched beside it
LANES = 1000                          # chats being served at once; beyond, fetching waits
LONGEST_PAUSE = 30.0                  # seconds between attempts while Telegram cannot be reached
REGISTER_AGAIN = 300.0                # seconds after which a failed registration of commands is tried again

log = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True)
class Listening:
    """One run of listening. Work for one chat is serial, across chats parallel.

    serve: what to do with a command or press; it never raises. errors: the border of the library's errors.
    """

    bot: Bot
    request: AiohttpRequest
    clock: Clock
    own_name: str
    serve: Callable[[Words], Awaitable[None]]
    gone: Departures
    errors: Callable[[], AbstractContextManager[None]]
    _offset: int = 0
    _lanes: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    async def listen(self, commands: Sequence[CommandSpec]) -> None:
        """Until cancelled. Raises SendError only when the token is refused."""
        async with asyncio.TaskGroup() as tasks:
            refused = await self._listen_until_refused(commands, tasks)
        raise refused                     # a task group would wrap it

    async def _listen_until_refused(
        self, commands: Sequence[CommandSpec], tasks: asyncio.TaskGroup
    ) -> SendError:
        failures = 0
        ready = False
        register_at = self.clock.monotonic()
        while True:
            try:
                ready = ready or await self._take_over()
                if self.clock.monotonic() >= register_at:
                    register_at = await self._register_or_later(commands)
                batch = await self._fetch(POLL_SECONDS)
            except SendError as error:
                if error.unauthorised:
                    return error
                failures += 1
                self._note_failure(error, failures)
                await self.clock.sleep(pause_after(failures, error.retry_after))
                continue
            if failures:
                log.info("Telegram answers again")
                failures = 0
            await self._hear(batch, tasks)

    async def answer_waiting(self, commands: Sequence[CommandSpec]) -> int:
        """Hear what waits, and confirm it. Raises SendError."""
        await self._take_over()
        await self._register_or_later(commands)
        count = 0
        while batch := await self._fetch(0):
            async with asyncio.TaskGroup() as tasks:
                count += await self._hear(batch, tasks)
        return count

    # --- fetching -----------------------------------------------------------------------------------

    async def _take_over(self) -> bool:
        """End a webhook that an earlier installation left: with one, Telegram refuses to be polled. And learn
        the bot's name, if it could not be asked when the adapter connected."""
        with self.errors():
            if not self.own_name:
                self.own_name = (await self.bot.get_me()).username or ""
            return await self.bot.delete_webhook(drop_pending_updates=False)

    async def _fetch(self, wait: int) -> list[dict[str, Any]]:
        """What is new; asking confirms everything before. `wait`: seconds until an empty answer."""
        query = {"offset": self._offset, "timeout": wait, "allowed_updates": json.dumps(ALLOWED)}
        with self.errors():
            answer = await self.request.post(
                f"{self.bot.base_url}/getUpdates?{urlencode(query)}", read_timeout=wait + ANSWER_SECONDS
            )
        if not isinstance(answer, list) or not all(_is_update(raw) for raw in answer):
            raise SendError("Telegram's updates cannot be read", certainly_not_sent=True)
        self._offset = max([self._offset, *(raw["update_id"] + 1 for raw in answer)])
        return answer

    def _note_failure(self, error: SendError, failures: int) -> None:
        """Once for each time that Telegram stops answering, not once for each attempt."""
        level = logging.WARNING if failures == 1 else logging.DEBUG
        log.log(level, "cannot ask Telegram for updates: %s", error)

    # --- hearing ------------------------------------------------------------------------------------

    async def _hear(self, batch: Sequence[dict[str, Any]], tasks: asyncio.TaskGroup) -> int:
        """Serve a batch, each chat in its own lane; how many of it were for us. Slow chats stay behind."""
        served = [task for raw in batch if (task := self._open_lane(raw, tasks)) is not None]
        if served:
            await asyncio.wait(served, timeout=BATCH_SECONDS)
        while len(self._lanes) > LANES:
            await asyncio.wait(self._lanes.values(), return_when=asyncio.FIRST_COMPLETED)
            await asyncio.sleep(0)        # lanes are cleared by callbacks of this turn
        return len(served)

    def _open_lane(self, raw: dict[str, Any], tasks: asyncio.TaskGroup) -> asyncio.Task[None] | None:
        told = self._read(raw)
        if told is None:
            return None
        chat = told.place.chat
        work: Coroutine[Any, Any, None] = self._work(self._lanes.get(chat), told)
        task = tasks.create_task(work)
        self._lanes[chat] = task
        task.add_done_callback(lambda done: self._close_lane(chat, done))
        return task

    def _close_lane(self, chat: str, done: asyncio.Task[None]) -> None:
        if self._lanes.get(chat) is done:
            del self._lanes[chat]

    async def _work(self, before: asyncio.Task[None] | None, told: Words | Gone) -> None:
        if before is not None:
            await asyncio.wait([before])
        match told:
            case Gone():
                await self.gone(told)
            case Words():
                await self.serve(told)

    def _read(self, raw: dict[str, Any]) -> Words | Gone | None:
        try:
            update = Update.de_json(raw, self.bot)
            return read_update(update, self.own_name, self.clock.now())
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            log.warning("an update could not be read (%s)", type(error).__name__)
            return None

    # --- the list of commands -----------------------------------------------------------------------

    async def _register_or_later(self, commands: Sequence[CommandSpec]) -> float:
        """Tell Telegram the commands; when to do it again, in seconds of the clock. People can use commands
        that are not in the list, so a failure is no reason to stop. Raises SendError if unauthorised."""
        try:
            await self._register(commands)
        except SendError as error:
            if error.unauthorised:
                raise
            log.warning("the list of commands could not be registered: %s", error)
            return self.clock.monotonic() + max(REGISTER_AGAIN, error.retry_after or 0.0)
        return float("inf")

    async def _register(self, commands: Sequence[CommandSpec]) -> None:
        public = [spec for spec in commands if not spec.private_only]
        scopes = (
            (BotCommandScopeAllPrivateChats(), commands),
            (BotCommandScopeAllGroupChats(), [spec for spec in public if not spec.admin]),
            (BotCommandScopeAllChatAdministrators(), public),
        )
        for language in sorted({code for spec in commands for code in spec.descriptions}):
            for scope, specs in scopes:
                listed = [
                    BotCommand(spec.name, spec.descriptions.get(language, spec.descriptions["en"]))
                    for spec in specs
                ]
                # English is the list for every language that has none of its own.
                code = None if language == "en" else language
                with self.errors():
                    await self.bot.set_my_commands(listed, scope=scope, language_code=code)


def _is_update(raw: object) -> bool:
    return isinstance(raw, dict) and isinstance(raw.get("update_id"), int)


def pause_after(failures: int, retry_after: float | None) -> float:
    """Seconds until the next attempt: doubled each time, never less than the platform wants."""
    return max(min(2.0 ** (failures - 1), LONGEST_PAUSE), retry_after or 0.0)
