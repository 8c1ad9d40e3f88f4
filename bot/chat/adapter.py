"""What Vestka asks of a chat platform. One module or folder under `adapters/` each; one from elsewhere
registers its `AdapterPart` as an entry point in the group `vestka.adapters`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

from bot.chat.command import CommandSpec, Listener
from bot.chat.message import Message, Receipt
from bot.chat.place import ChatKind, ChatRef

if TYPE_CHECKING:
    from pydantic import BaseModel

    from bot.clock import Clock


class Scope(StrEnum):
    """Which messages share one window."""

    ALL = "all"                       # every message of the bot
    PRIVATE = "private"               # one private chat
    GROUP = "group"                   # one group, channel or server channel


@dataclass(frozen=True, slots=True)
class Window:
    """At most `count` messages of one scope in any `seconds`."""

    scope: Scope
    count: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who the bot is on this platform: shown to people so that they can tell it from look-alikes."""

    handle: str
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """A platform told by itself that a chat ended, opened again or moved."""

    place: ChatRef
    kind: ChatKind
    closed: str | None = None         # a bot.errors.Closed value; None: it is open (again)
    moved_to: str | None = None
    at: datetime


Departures = Callable[[Gone], Awaitable[None]]
"""Called by an adapter when a platform tells that a chat ended or moved; it never raises."""


class Adapter(Protocol):
    """One connected platform. Sends are one attempt each: waiting and trying again is the outbox's work.

    answers: how many messages of each window answers to commands may take; None: the platform does not
    count them in these windows.
    """

    name: str
    limits: tuple[Window, ...]
    answers: int | None

    async def connect(self) -> Identity:
        """Open what sending needs and ask the platform who the bot is. Raises SendError."""
        ...

    async def ask(self) -> None:
        """Any cheap call that the platform answers: it proves that answers come through. Raises SendError."""
        ...

    async def listen(self, commands: Sequence[CommandSpec], heard: Listener, gone: Departures) -> None:
        """Register the commands, hear people until cancelled. Passing failures are mended inside.
        Raises SendError (`unauthorised`) when the token is refused: listening again cannot help."""
        ...

    async def answer_waiting(
        self, commands: Sequence[CommandSpec], heard: Listener, gone: Departures
    ) -> int:
        """Hear what already waits, wait for no more; how much (0 where none is kept)."""
        ...

    async def send(
        self, place: ChatRef, message: Message, *, nonce: str, reply_to: str | None = None
    ) -> Receipt:
        """One attempt. `nonce`: equal for attempts at the same message; platforms that can, drop the second.
        Raises SendError and nothing else."""
        ...

    async def edit(self, place: ChatRef, ids: Sequence[str], message: Message) -> Receipt:
        """Show `message` in the place of an earlier one. Unchanged is a success. Raises SendError."""
        ...

    async def delete(self, place: ChatRef, ids: Sequence[str]) -> None:
        """Remove messages where the platform allows; gone already is a success. Raises SendError."""
        ...

    async def registered(self) -> int | None:
        """How many commands the platform offers to people in a private chat with the bot; None where it
        keeps no list. Raises SendError."""
        ...

    async def missing_rights(self, place: ChatRef) -> tuple[str, ...]:
        """What keeps the bot from speaking there, replies and pictures included: a right ("Send Messages") or
        a fact ("removed from the group"), each in the platform's own English words. Empty: nothing that the
        platform tells of. Sends no message. Raises SendError where the platform does not tell."""
        ...

    async def close(self) -> None:
        """Let go of connections. Safe after a failed `connect`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPlace:
    """A chat that stands in the configuration: its consent is the maintainer's, it exists from the start."""

    place: ChatRef
    kind: ChatKind
    language: str | None = None       # None: bot.language


def _no_places(_options: Any) -> Sequence[OwnPlace]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AdapterPart:
    """What a module under `adapters/` exports as ADAPTER.

    options: the frozen pydantic model of its table in the configuration.
    configured: whether these options ask for the adapter at all (a token is there, it is enabled).
    own_places: chats that need nobody's press, such as the maintainer's own terminal.
    """

    name: str
    options: type[BaseModel]
    configured: Callable[[Any], bool]
    create: Callable[[Any, Clock], Adapter]
    own_places: Callable[[Any], Sequence[OwnPlace]] = _no_places
