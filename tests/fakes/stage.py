"""What the adapter contract suite (`tests/contracts/test_adapters.py`) asks of a fake platform.

Each adapter brings one stage in `tests/fakes/`: the fake platform, one private chat and one group
on it, and people who type and press. The suite sees only this; a platform joins with one line in `STAGES`
there.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Protocol

from bot.chat.adapter import Adapter
from bot.chat.place import ChatRef


class Can(StrEnum):
    """What a platform can do; the suite tests the rest only where it can."""

    EDIT = "edit"
    DELETE = "delete"
    HEAR = "hear"                     # people can type commands
    PRESS = "press"                   # messages carry buttons that come back
    WAIT = "wait"                     # what people typed while nobody listened can be asked for later
    REPLY_TO = "reply_to"
    PICTURE = "picture"
    SILENT = "silent"
    NONCE = "nonce"                   # the platform drops the second of two sends with one nonce
    DEPART = "depart"                 # the platform tells that it removed the bot, and that it is back
    GROUP = "group"                   # there are groups, with admins and others


class Failure(StrEnum):
    """How the next sending call fails; every platform says it in its own words."""

    BLOCKED = "blocked"               # by the person
    REMOVED = "removed"               # from the group
    NOT_FOUND = "not_found"
    FORBIDDEN = "forbidden"           # a right is missing
    MOVED = "moved"                   # the group lives on under `moved_to`
    SLOW_DOWN = "slow_down"           # 429: this chat for 7 seconds
    SLOW_DOWN_ALL = "slow_down_all"   # 429 that the platform itself says is for the whole bot: 7 seconds
    UNAUTHORISED = "unauthorised"     # the token is refused
    MALFORMED = "malformed"           # the platform finds the request wrong
    BROKEN = "broken"                 # 502 with a page of HTML; the message was not stored, but who can know
    ANSWER_LOST = "answer_lost"       # stored, never answered: the adapter's own time-out ends it
    DROPPED = "dropped"               # stored, then the connection is cut
    UNREACHABLE = "unreachable"       # nobody listens any more: the suite calls `stop`, never `fail_next`


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A message as its readers see it now. `text` as read, without markup and invisible characters;
    `actions` of its buttons in order."""

    id: str
    text: str
    actions: tuple[str, ...] = ()
    reply_to: str | None = None
    silent: bool = False
    picture: bytes | None = None
    only_sender: bool = False         # hidden from all but the person who asked
    pings: bool = False               # it rings for people whom its text names
    links: tuple[str, ...] = ()       # what can be followed by a touch, as an address


class Stage(Protocol):
    """One fake platform for one test. Class attributes say what it can: cases are listed before it runs.

    name: of the adapter. text_limit: the most that one message takes, in the platform's own counting of the
    letter "x". right: what the platform calls the right that `forbids` takes ("" where there is none).
    moved_to: where `Failure.MOVED` says the group went ("" where groups never move). token: what must never be in a log or an exception ("" where there is none).
    """

    name: ClassVar[str]
    can: ClassVar[frozenset[Can]]
    failures: ClassVar[frozenset[Failure]]
    text_limit: ClassVar[int]
    right: ClassVar[str]
    moved_to: ClassVar[str]
    token: ClassVar[str]

    @property
    def private(self) -> ChatRef:
        """A person's chat with the bot."""
        ...

    @property
    def group(self) -> ChatRef:
        """A group or server channel with one admin and one member who is none."""
        ...

    async def start(self) -> None:
        """Open the fake platform."""
        ...

    async def stop(self) -> None:
        """Close it, whatever happened; a second call does nothing."""
        ...

    def adapter(self) -> Adapter:
        """A new adapter that talks to this platform, not yet connected. The suite closes it."""
        ...

    def fail_next(self, failure: Failure) -> None:
        """The next call that sends, edits or deletes fails so; the one after it works again."""
        ...

    def shown(self, place: ChatRef) -> tuple[Shown, ...]:
        """What stands in this chat now, oldest first: the bot's messages, edited ones as they are now."""
        ...

    def accepted(self, place: ChatRef) -> int:
        """How many messages of the bot the platform ever took for this chat, copies and deleted ones too."""
        ...

    async def types(self, place: ChatRef, line: str, *, admin: bool = True, language: str = "en") -> None:
        """A person in `place` types `line` ("/keywords add potash"): in the group its admin or the other.
        Returns when the platform has it, not when the bot has heard it; where nothing can wait for the bot,
        it first waits until the bot listens."""
        ...

    async def presses(self, place: ChatRef, action: str, *, admin: bool = True) -> None:
        """A person presses the button with this action on the newest message in `place` that has it."""
        ...

    async def forbids(self, *, back: bool = False) -> None:
        """The bot loses the right to write in the group; `back`: it gets it again."""
        ...

    async def departs(self, place: ChatRef, *, back: bool = False) -> None:
        """The bot is put out of the group, or blocked in the private chat; `back`: it is let in again."""
        ...
