"""Who passes first where everybody has to wait."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import UTC, datetime

import pytest

from bot.chat.adapter import Scope, Window
from bot.chat.command import Heard
from bot.chat.message import Message, Receipt, plain
from bot.chat.place import ChatKind, ChatRef
from bot.delivery.gate import ANSWER, Gate, HeldError, through
from bot.delivery.limits import Limits
from bot.errors import SendError
from bot.model import DeliveryClass
from tests.fakes.clock import FakeClock

ONE_A_SECOND = (Window(Scope.ALL, 1, 1.0),)


def place(n: int) -> ChatRef:
    return ChatRef("telegram", str(n))


async def settle() -> None:
    """Let everybody reach the next wait."""
    for _ in range(20):
        await asyncio.sleep(0)


class Street:
    """People who queue at a gate; `passed` holds their names in the order in which they got through."""

    def __init__(self, clock: FakeClock, *windows: Window, answers: int | None = None) -> None:
        self.clock = clock
        self.gate = Gate(Limits(windows or ONE_A_SECOND, answers=answers), clock)
        self.passed: list[str] = []
        self.tasks: dict[str, asyncio.Task[None]] = {}

    async def queue(self, name: str, rank: int, where: int) -> None:
        self.tasks[name] = asyncio.create_task(self._pass(name, rank, where))
        await settle()

    async def _pass(self, name: str, rank: int, where: int) -> None:
        async with self.gate.passing(place(where), ChatKind.PRIVATE, rank):
            self.passed.append(name)

    async def close(self) -> None:
        for task in self.tasks.values():
            task.cancel()
            with suppress(asyncio.CancelledError, SendError):
                await task


async def test_answers_pass_first_then_what_is_most_pressing(clock: FakeClock) -> None:
    street = Street(clock)
    await street.queue("first come", int(DeliveryClass.GATHERED), 0)
    await clock.advance(0.1)
    for number, rank in enumerate(reversed(DeliveryClass), start=1):
        await street.queue(rank.name, int(rank), number)
    await street.queue("answer", ANSWER, 9)
    await clock.advance(10)
    assert street.passed == ["first come", "answer", "URGENT", "ORDINARY", "EDIT", "GATHERED"]
    await street.close()


async def test_among_equals_who_came_first_passes_first(clock: FakeClock) -> None:
    street = Street(clock)
    for number in range(5):
        await street.queue(str(number), 0, number)
    await clock.advance(10)
    assert street.passed == list("01234")
    await street.close()


async def test_who_waits_for_its_own_chat_is_passed_by_others(clock: FakeClock) -> None:
    street = Street(clock, Window(Scope.ALL, 30, 1.0), Window(Scope.PRIVATE, 1, 60.0))
    await street.queue("a", 0, 1)
    await clock.advance(0.1)
    await street.queue("a again", 0, 1)
    await street.queue("b", 3, 2)
    await clock.advance(1)
    assert street.passed == ["a", "b"]
    await clock.advance(60)
    assert street.passed == ["a", "b", "a again"]
    await street.close()


async def test_a_flood_of_answers_leaves_alerts_their_part(clock: FakeClock) -> None:
    street = Street(clock, Window(Scope.ALL, 10, 1.0), answers=2)
    for number in range(40):
        await street.queue(f"answer {number}", ANSWER, number)
        await street.queue(f"alert {number}", 0, 100 + number)
    await clock.advance(2.0)
    alerts = [name for name in street.passed if name.startswith("alert")]
    assert len(alerts) >= 14
    assert len(street.passed) - len(alerts) <= 6
    await street.close()


async def test_who_gives_up_waiting_holds_nobody_up(clock: FakeClock) -> None:
    street = Street(clock)
    for number in range(3):
        await street.queue(str(number), 0, number)
    street.tasks["1"].cancel()
    await settle()
    await clock.advance(2.0)
    assert street.passed == ["0", "2"]
    await street.close()


async def test_when_the_whole_bot_must_wait_those_at_the_gate_are_sent_away(clock: FakeClock) -> None:
    street = Street(clock)
    for number in range(2):
        await street.queue(str(number), 0, number)
    await clock.advance(0.1)
    refusal = SendError("too many", certainly_not_sent=True, retry_after=35.0, whole_bot=True)
    street.gate.told_to_wait(place(0), refusal)
    with pytest.raises(HeldError) as held:
        await street.tasks["1"]
    assert held.value.retry_after == 35.0
    await street.queue("later", 0, 5)
    await clock.advance(30)
    assert street.passed == ["0"]
    await clock.advance(6)
    assert street.passed == ["0", "later"]
    await street.close()


async def test_answers_to_commands_go_through_the_gate_and_heed_refusals(clock: FakeClock) -> None:
    gate = Gate(Limits(ONE_A_SECOND), clock)
    refused = SendError("slow down", certainly_not_sent=True, retry_after=7.0)

    async def reply(message: Message, *, only_sender: bool = False) -> Receipt | None:
        raise refused

    async def is_admin() -> bool:
        return True

    async def answer(heard: Heard) -> None:
        with suppress(SendError):
            await heard.reply(plain("an answer"))

    heard = Heard(
        place=place(1), kind=ChatKind.PRIVATE, name="help", at=datetime(2030, 1, 7, tzinfo=UTC), reply=reply,
        is_admin=is_admin,
    )
    await through(gate, answer)(heard)
    assert gate.seconds_until(place(1)) == pytest.approx(7.0)
    assert gate.seconds_until(place(2)) == 0.0
