"""A terminal's stage for the adapter contract suite: a pseudo-terminal to type into, a page to print on."""

from __future__ import annotations

import io
import os
import re
from typing import ClassVar

from adapters.console import EDITED, HERE, QUOTE, ConsoleAdapter, ConsoleOptions
from bot.chat.adapter import Adapter
from bot.chat.place import ChatRef
from tests.fakes.clock import FakeClock
from tests.fakes.stage import Can, Failure, Shown

BUTTON = re.compile(r"\[\d+\] ")


class Pages(io.StringIO):
    """Remembers what each call printed: one message each."""

    def __init__(self) -> None:
        super().__init__()
        self.printed: list[str] = []

    def write(self, text: str) -> int:
        self.printed.append(text)
        return len(text)


class ConsoleStage:
    """The one chat of a terminal; it has no groups, no failures of its own and nothing can be unprinted."""

    name: ClassVar[str] = "console"
    can: ClassVar[frozenset[Can]] = frozenset({Can.HEAR, Can.PRESS})
    failures: ClassVar[frozenset[Failure]] = frozenset()
    text_limit: ClassVar[int] = 100_000
    right: ClassVar[str] = ""
    moved_to: ClassVar[str] = ""
    token: ClassVar[str] = ""

    def __init__(self) -> None:
        self.private = self.group = HERE
        self.pages = Pages()
        self._adapter: ConsoleAdapter | None = None

    async def start(self) -> None:
        self._keyboard, terminal = os.openpty()
        self._stdin = os.fdopen(terminal, encoding="utf-8")

    async def stop(self) -> None:
        if self._keyboard >= 0:
            # The adapter's thread may stand in a read of the terminal: hanging up ends it.
            os.close(self._keyboard)
            self._keyboard = -1

    def adapter(self) -> Adapter:
        self._adapter = ConsoleAdapter(
            ConsoleOptions(enabled=True), FakeClock(), stdin=self._stdin, stdout=self.pages, environ={}
        )
        return self._adapter

    def fail_next(self, failure: Failure) -> None:
        raise NotImplementedError("a terminal does not fail")

    def shown(self, place: ChatRef) -> tuple[Shown, ...]:
        actions = tuple(button.action for button in self._adapter.buttons) if self._adapter else ()
        return tuple(
            Shown(id=str(number), text=_as_read(text), actions=actions if "\n[1] " in text else ())
            for number, text in enumerate(self.pages.printed, start=1)
        )

    def accepted(self, place: ChatRef) -> int:
        return len(self.pages.printed)

    async def types(self, place: ChatRef, line: str, *, admin: bool = True, language: str = "en") -> None:
        os.write(self._keyboard, f"{line}\n".encode())

    async def presses(self, place: ChatRef, action: str, *, admin: bool = True) -> None:
        actions = self.shown(place)[-1].actions
        await self.types(place, str(actions.index(action) + 1))

    async def forbids(self, *, back: bool = False) -> None:
        raise NotImplementedError("a terminal has no rights")

    async def departs(self, place: ChatRef, *, back: bool = False) -> None:
        raise NotImplementedError("a terminal puts nobody out")


def _as_read(text: str) -> str:
    lines = (line.removeprefix(QUOTE) for line in text.removeprefix(EDITED).split("\n"))
    return "\n".join(line for line in lines if not BUTTON.match(line)).strip("\n")
