"""What an adapter must know of the commands: their names, options and descriptions, nothing of their work."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.chat.message import Message, Receipt
from bot.chat.place import ChatKind, ChatRef


class OptionType(StrEnum):
    """What may stand in an option."""

    TEXT = "text"
    INTEGER = "integer"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One argument of a command, in the order in which it is typed. A last TEXT takes the rest of the line.

    descriptions: language code → sentence; "en" is always there, at most 100 characters each.
    """

    name: str
    type: OptionType = OptionType.TEXT
    required: bool = False
    choices: tuple[str, ...] = ()
    descriptions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandSpec:
    """One command as platforms register it. `admin`: in groups only admins may use all of it."""

    name: str
    descriptions: Mapping[str, str]
    options: tuple[Option, ...] = ()
    admin: bool = False
    private_only: bool = False


class Reply(Protocol):
    """How an answer travels back to where the command or the press came from."""

    async def __call__(self, message: Message, *, only_sender: bool = False) -> Receipt | None:
        """Send `message`. `only_sender`: hidden from the others where the platform can.

        The receipt is None where the platform keeps no message that could be named later.
        Raises SendError; a lost answer is not sent again.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A command or a button press as an adapter heard it.

    words: what was typed behind the command (Telegram, console); options: typed values by option name
    (Discord); exactly one of them is used. action: a pressed button's action, then `name` is empty.
    is_admin: asked freshly at each use, of the platform itself. sender: "telegram:123", for the list of
    maintainers only, never stored and never logged.
    """

    place: ChatRef
    kind: ChatKind
    name: str = ""
    words: str = ""
    options: Mapping[str, str | int] | None = None
    action: str = ""
    language: str | None = None       # of the person's client, ISO 639-1
    at: datetime
    sender: str = ""
    command_id: str | None = None     # the platform's id of the message that held the command
    reply: Reply
    is_admin: Callable[[], Awaitable[bool]]


Listener = Callable[[Heard], Awaitable[None]]
"""Called by an adapter for each command or press; it never raises."""
