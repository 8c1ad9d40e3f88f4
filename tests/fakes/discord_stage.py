"""Discord as the contract suite over all adapters sees it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from adapters.discord.adapter import DiscordAdapter
from adapters.discord.options import DiscordOptions
from bot.chat.adapter import Adapter
from bot.chat.place import ChatRef
from bot.clock import SystemClock
from tests.fakes.discord import BROKEN_PAGE, TOKEN, FakeDiscord, Fault, speaks
from tests.fakes.discord_reading import read
from tests.fakes.discord_rules import refused
from tests.fakes.discord_world import MANAGE_GUILD, Said
from tests.fakes.stage import Can, Failure, Shown

ADMIN, MEMBER = 71, 72
_SCRIPTED: Mapping[Failure, Fault] = {
    Failure.BLOCKED: Fault(status=403, body=refused(50007), only=speaks),
    Failure.NOT_FOUND: Fault(status=404, body=refused(10003), only=speaks),
    Failure.FORBIDDEN: Fault(status=403, body=refused(50013), only=speaks),
    Failure.SLOW_DOWN: Fault(
        status=429, body={"message": "You are being rate limited.", "retry_after": 7.0, "global": False},
        headers={"Retry-After": "7", "X-RateLimit-Scope": "user"}, only=speaks),
    Failure.SLOW_DOWN_ALL: Fault(
        status=429, body={"message": "You are being rate limited.", "retry_after": 7.0, "global": True},
        headers={"Retry-After": "7", "X-RateLimit-Scope": "global"}, only=speaks),
    Failure.UNAUTHORISED: Fault(status=401, body={"message": "401: Unauthorized", "code": 0}, only=speaks),
    Failure.MALFORMED: Fault(status=400, body=refused(50035, errors={}), only=speaks),
    Failure.BROKEN: Fault(status=502, body=BROKEN_PAGE, only=speaks),
    Failure.ANSWER_LOST: Fault(takes=True, hangs=True, only=speaks),
    Failure.DROPPED: Fault(takes=True, only=speaks),
}


class DiscordStage:
    """A `tests.fakes.stage.Stage`. A server that put the bot out answers like one that took a right away (50001),
    so `Failure.REMOVED` is not among its failures."""

    name: ClassVar[str] = "discord"
    can: ClassVar[frozenset[Can]] = frozenset(Can) - {Can.WAIT}
    failures: ClassVar[frozenset[Failure]] = frozenset(_SCRIPTED) | {Failure.UNREACHABLE}
    text_limit: ClassVar[int] = 2000
    right: ClassVar[str] = "Send Messages"
    moved_to: ClassVar[str] = ""
    token: ClassVar[str] = TOKEN

    def __init__(self) -> None:
        # the size of a bucket is Discord's to choose: here five in a fifth of a second, so that nobody waits
        self.discord = FakeDiscord(bucket=(5, 0.2))
        self._guild = self.discord.add_guild()
        self.group = ChatRef("discord", self.discord.add_channel(self._guild))
        self.private = ChatRef("discord", self.discord.open_dm(ADMIN))

    async def start(self) -> None:
        await self.discord.start()

    async def stop(self) -> None:
        await self.discord.stop()

    def adapter(self) -> Adapter:
        options = DiscordOptions.model_validate({
            "token": TOKEN, "api_url": self.discord.api_url, "gateway_url": self.discord.gateway_url,
        })
        return DiscordAdapter(options, SystemClock(), answer_within=0.3)

    def fail_next(self, failure: Failure) -> None:
        self.discord.fail_next(replace(_SCRIPTED[failure]))

    def shown(self, place: ChatRef) -> tuple[Shown, ...]:
        return tuple(map(_shown, self.discord.messages(place.chat)))

    def accepted(self, place: ChatRef) -> int:
        return len(self.discord.accepted(place.chat))

    async def types(self, place: ChatRef, line: str, *, admin: bool = True, language: str = "en") -> None:
        await self._until_somebody_listens()
        name, *words = line.removeprefix("/").split()
        locale = "ru" if language == "ru" else "en-US"     # a person who reads Belarusian has no locale there
        await self.discord.person_uses(place.chat, *_who(admin=admin), name, self._options(name, words),
                                       locale=locale)

    async def presses(self, place: ChatRef, action: str, *, admin: bool = True) -> None:
        await self._until_somebody_listens()
        await self.discord.presses(place.chat, *_who(admin=admin), action)

    async def forbids(self, *, back: bool = False) -> None:
        await (self.discord.allow if back else self.discord.forbid)(self.group.chat)

    async def departs(self, place: ChatRef, *, back: bool = False) -> None:
        await self._until_somebody_listens()
        if place == self.private:
            self.discord.place(place.chat).refuses = None if back else (403, 50007)
        elif back:
            await self.discord.invite(self._guild)
        else:
            await self.discord.remove_guild(self._guild)

    async def _until_somebody_listens(self) -> None:
        for _ in range(10):                 # turns of the loop: let the server read that somebody hung up
            await asyncio.sleep(0)
        gateway = self.discord.gateway
        await gateway.until(lambda: gateway.connected and bool(self.discord.commands))

    def _options(self, name: str, words: list[str]) -> dict[str, str | int]:
        """The words as a person would fill them in: one each, the rest into the last."""
        found = (command["options"] for command in self.discord.commands if command["name"] == name)
        known: list[dict[str, Any]] = next(found, [])
        if len(words) > len(known):
            words = [*words[: len(known) - 1], " ".join(words[len(known) - 1:])]
        return {option["name"]: int(word) if option["type"] == 4 else word
                for option, word in zip(known, words, strict=False)}


def _who(*, admin: bool) -> tuple[int, int]:
    return (ADMIN, MANAGE_GUILD) if admin else (MEMBER, 0)


def _shown(said: Said) -> Shown:
    reading = read(said.content)
    return Shown(
        id=str(said.id), text=reading.text.replace("\u200b", ""), actions=said.actions, reply_to=said.reply_to,
        silent=said.silent, picture=said.files[0] if said.files else None, only_sender=said.hidden,
        pings=bool(reading.of("mention")) or (said.allowed_mentions or {}).get("parse") != [],
        links=tuple(reading.of("link") + reading.of("masked") + reading.of("invite")),
    )
