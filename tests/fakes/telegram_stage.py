"""Telegram's stage for the adapter contract suite."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import ClassVar

from adapters.telegram.adapter import TelegramAdapter
from adapters.telegram.options import TelegramOptions
from bot.chat.adapter import Adapter
from bot.chat.place import ChatRef
from tests.fakes.clock import FakeClock
from tests.fakes.stage import Can, Failure, Shown
from tests.fakes.telegram import TOKEN, Fault, Sent, TelegramFake
from tests.fakes.telegram_rules import TEXT_LIMIT, RefusedError, bad
from tests.fakes.telegram_text import covered, found_entities

PERSON, ADMIN, MEMBER = 510000001, 510000002, 510000003
GROUP, MOVED_TO = -1001000000001, -1001000000002
ANSWER_SECONDS = 0.3                  # real time that a test spends on an answer that never comes
JOINER = "\N{WORD JOINER}"

FAULTS: dict[Failure, Fault] = {
    Failure.BLOCKED: Fault(refusal=RefusedError(403, "Forbidden: bot was blocked by the user")),
    Failure.REMOVED: Fault(refusal=RefusedError(403, "Forbidden: bot was kicked from the supergroup chat")),
    Failure.NOT_FOUND: Fault(refusal=bad("chat not found")),
    Failure.FORBIDDEN: Fault(refusal=bad("not enough rights to send text messages to the chat")),
    Failure.MOVED: Fault(refusal=RefusedError(
        400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=MOVED_TO)),
    Failure.SLOW_DOWN: Fault(refusal=RefusedError(429, "Too Many Requests: retry after 7", retry_after=7)),
    Failure.UNAUTHORISED: Fault(refusal=RefusedError(401, "Unauthorized")),
    Failure.MALFORMED: Fault(refusal=bad("message is too long")),
    Failure.BROKEN: Fault(html=502),
    Failure.ANSWER_LOST: Fault(stored=True, silent=True),
    Failure.DROPPED: Fault(stored=True, cut=True),
}


class InstantClock:
    """A clock on which every wait is over at once."""

    def __init__(self) -> None:
        self._clock = FakeClock()

    def now(self) -> datetime:
        return self._clock.now()

    def monotonic(self) -> float:
        return self._clock.monotonic()

    async def sleep(self, seconds: float) -> None:
        self._clock.shift(seconds)
        await asyncio.sleep(0)


class TelegramStage:
    """A private chat with one person, and a group with an admin and a member."""

    name: ClassVar[str] = "telegram"
    can: ClassVar[frozenset[Can]] = frozenset(Can) - {Can.NONCE}
    failures: ClassVar[frozenset[Failure]] = frozenset(FAULTS) | {Failure.UNREACHABLE}
    text_limit: ClassVar[int] = TEXT_LIMIT
    right: ClassVar[str] = "Send Messages"
    moved_to: ClassVar[str] = str(MOVED_TO)
    token: ClassVar[str] = TOKEN

    def __init__(self) -> None:
        self.private = ChatRef("telegram", str(PERSON))
        self.group = ChatRef("telegram", str(GROUP))
        # What a second costs in chat limits is the limiter's business, not the adapter's.
        self.telegram = TelegramFake(enforce_rates=False)

    async def start(self) -> None:
        self.telegram.private(PERSON)
        self.telegram.group(GROUP, admins=(ADMIN,), members=(MEMBER,))
        await self.telegram.start()

    async def stop(self) -> None:
        await self.telegram.stop()

    def adapter(self) -> Adapter:
        options = TelegramOptions.model_validate({"token": TOKEN, "api_url": self.telegram.url})
        return TelegramAdapter(options, InstantClock(), answer_seconds=ANSWER_SECONDS)

    def fail_next(self, failure: Failure) -> None:
        self.telegram.fail_next(FAULTS[failure])

    def shown(self, place: ChatRef) -> tuple[Shown, ...]:
        return tuple(map(_as_read, self.telegram.shown(int(place.chat))))

    def accepted(self, place: ChatRef) -> int:
        return len(self.telegram.accepted(int(place.chat)))

    async def types(self, place: ChatRef, line: str, *, admin: bool = True, language: str = "en") -> None:
        self.telegram.person_types(int(place.chat), self._person(place, admin=admin), line, language=language)

    async def presses(self, place: ChatRef, action: str, *, admin: bool = True) -> None:
        sent = next(sent for sent in reversed(self.telegram.shown(int(place.chat))) if action in _actions(sent))
        self.telegram.presses(int(place.chat), self._person(place, admin=admin), sent.id, action)

    async def forbids(self, *, back: bool = False) -> None:
        self.telegram.chats[GROUP].muted = not back

    async def departs(self, place: ChatRef, *, back: bool = False) -> None:
        self.telegram.bot_becomes(int(place.chat), "member" if back else "kicked")

    def _person(self, place: ChatRef, *, admin: bool) -> int:
        return PERSON if place == self.private else ADMIN if admin else MEMBER


def _actions(sent: Sent) -> tuple[str, ...]:
    rows = (sent.markup or {}).get("inline_keyboard", [])
    return tuple(button["callback_data"] for row in rows for button in row)


def _as_read(sent: Sent) -> Shown:
    found = [(entity["type"], covered(sent.text, entity)) for entity in found_entities(sent.text)]
    return Shown(
        id=str(sent.id),
        text=sent.text.replace(JOINER, ""),
        actions=_actions(sent),
        reply_to=None if sent.reply_to is None else str(sent.reply_to),
        silent=sent.silent,
        picture=sent.photo,
        pings=any(kind == "mention" for kind, _ in found),
        links=tuple(text for kind, text in found if kind in {"url", "email"}),
    )
