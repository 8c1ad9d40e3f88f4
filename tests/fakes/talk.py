"""People who talk to the bot without a platform: what they type goes to a real dispatcher over real storage."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot.chat.adapter import Identity
from bot.chat.command import Heard
from bot.chat.definition import Command
from bot.chat.dispatch import Dispatcher
from bot.chat.message import Message, Receipt
from bot.chat.place import ChatKind, ChatRef
from bot.chat.settings import Chat, Settings
from bot.commands import find_commands
from bot.crypt import Keyring, make_keyring
from bot.errors import SendError
from bot.storage import chats, schema
from bot.storage.engine import Database
from tests.fakes.clock import FakeClock

PRIVATE = ChatRef("telegram", "5550001")
GROUP = ChatRef("telegram", "-1005550002")


@dataclass(frozen=True, slots=True)
class Said:
    """One answer: its words, its buttons' actions, and whether only the asker sees it."""

    text: str
    actions: tuple[str, ...]
    only_sender: bool


@dataclass(slots=True)
class Talk:
    """One running bot and whoever talks to it."""

    database: Database
    keyring: Keyring
    clock: FakeClock
    dispatcher: Dispatcher
    said: list[Said] = field(default_factory=list)
    admin: bool = True
    language: str | None = "en"
    rights_fail: bool = False
    reply_fails: bool = False

    async def types(self, line: str, place: ChatRef = PRIVATE, kind: ChatKind = ChatKind.PRIVATE) -> str:
        """Type a line as a person; the answers' words, empty when there was none."""
        name, _, words = line.removeprefix("/").partition(" ")
        heard = self._heard(place, kind)
        return await self._hear(replace(heard, name=name, words=words) if line.startswith("/") else heard)

    async def chooses(self, name: str, options: dict[str, str | int], place: ChatRef = PRIVATE) -> str:
        """Use a command with typed options."""
        return await self._hear(replace(self._heard(place, ChatKind.PRIVATE), name=name, options=options))

    async def presses(self, action: str, place: ChatRef = PRIVATE, kind: ChatKind = ChatKind.PRIVATE) -> str:
        """Press a button."""
        return await self._hear(replace(self._heard(place, kind), action=action))

    async def types_in_group(self, line: str, place: ChatRef = GROUP) -> str:
        """Type a line in a group."""
        return await self.types(line, place, ChatKind.GROUP)

    async def accepts(self, place: ChatRef = PRIVATE, kind: ChatKind = ChatKind.PRIVATE) -> None:
        """Make `place` a chat, as the button does."""
        await self.presses("start:accept", place, kind)

    async def chat(self, place: ChatRef = PRIVATE) -> Chat | None:
        """What storage knows of `place`."""
        async with self.database.reading() as tx:
            return await chats.find(tx, self.keyring, place)

    async def _hear(self, heard: Heard) -> str:
        before = len(self.said)
        await self.dispatcher.dispatch(heard)
        return "\n".join(said.text for said in self.said[before:])

    def _heard(self, place: ChatRef, kind: ChatKind) -> Heard:
        return Heard(
            place=place, kind=kind, at=self.clock.now(), language=self.language, reply=self._reply,
            is_admin=self._is_admin,
        )  # fmt: skip

    async def _is_admin(self) -> bool:
        if self.rights_fail:
            raise SendError("nobody answers", certainly_not_sent=True)
        return self.admin

    async def _reply(self, message: Message, *, only_sender: bool = False) -> Receipt | None:
        if self.reply_fails:
            raise SendError("nobody answers", certainly_not_sent=True)
        actions = tuple(button.action for row in message.buttons for button in row)
        self.said.append(Said(message.text, actions, only_sender))
        return None


@asynccontextmanager
async def talking(folder: Path, commands: Sequence[Command] | None = None) -> AsyncIterator[Talk]:
    """A bot with its own database in `folder`; with the real commands unless others are given."""
    database, keyring, clock = Database(f"sqlite:///{folder}/talk.db"), make_keyring(), FakeClock()
    async with database.writing() as tx:
        await tx.run_sync(schema.metadata.create_all)
    dispatcher = Dispatcher(
        commands=find_commands() if commands is None else commands,
        database=database,
        keyring=keyring,
        clock=clock,
        settings=Settings(),
        identities={"telegram": Identity(handle="@vestka_example_bot", id="4242")},
    )
    try:
        yield Talk(database, keyring, clock, dispatcher)
    finally:
        await database.close()
