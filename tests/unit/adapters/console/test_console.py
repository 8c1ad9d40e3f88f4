"""What a terminal shows and hears."""

from __future__ import annotations

import asyncio
import io
import os
from collections.abc import AsyncIterator

import pytest

from adapters.console import ADAPTER, HERE, ConsoleAdapter, ConsoleOptions, language_of
from bot.chat.command import Heard
from bot.chat.message import Button, Message, Paragraph, Picture, Span, plain
from bot.errors import SendError
from tests.fakes.clock import FakeClock
from tests.fakes.console_stage import ConsoleStage


@pytest.fixture
async def stage() -> AsyncIterator[ConsoleStage]:
    running = ConsoleStage()
    await running.start()
    yield running
    await running.stop()


def make(
    stdin: io.TextIOBase | None = None, stdout: io.TextIOBase | None = None, **environ: str
) -> ConsoleAdapter:
    return ConsoleAdapter(
        ConsoleOptions(enabled=True), FakeClock(), stdin=stdin or io.StringIO(), stdout=stdout or io.StringIO(),
        environ=environ,
    )  # fmt: skip


MESSAGE = Message(
    paragraphs=(
        Paragraph((Span("Release", bold=True), Span(" · 52 freed"))),
        Paragraph((Span("“52 freed”\nReuters"),), quote=True),
        Paragraph((Span("https://example.org/" + "a" * 200, link=True),)),
    ),
    buttons=((Button("Accept", "a"),), (Button("Decline", "b"),)),
)


async def test_a_message_is_plain_text_outside_of_a_terminal() -> None:
    page = io.StringIO()
    await make(stdout=page).send(HERE, MESSAGE, nonce="n")
    assert page.getvalue().split("\n") == [
        "Release · 52 freed", "│ “52 freed”", "│ Reuters", "https://example.org/" + "a" * 200, "[1] Accept", "[2] Decline",
        "", "",
    ]  # fmt: skip


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


async def test_a_terminal_gets_colour_where_there_is_style_and_nowhere_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    page = Screen()
    await make(stdout=page).send(HERE, MESSAGE, nonce="n")
    assert page.getvalue().startswith("\x1b[1mRelease\x1b[0m · 52 freed\n")
    assert "https://example.org/" + "a" * 200 in page.getvalue()


async def test_a_long_line_on_a_terminal_ends_with_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "40")
    page = Screen()
    link = Span("https://example.org/" + "a" * 60, link=True)
    await make(stdout=page).send(HERE, Message(paragraphs=(Paragraph((Span("a headline "), link)),)), nonce="n")
    assert link.text in page.getvalue()
    page = Screen()
    await make(stdout=page).send(HERE, plain("political prisoners " * 9), nonce="n")
    lines = page.getvalue().split("\n")
    assert max(map(len, lines)) <= 40
    assert {line.strip() for line in lines if line} <= {"political prisoners political prisoners", "political prisoners"}


async def test_what_a_source_wrote_cannot_steer_the_terminal() -> None:
    page = io.StringIO()
    hostile = "a\x1b[2Jb\x07c\rd\x9b31me\u202egpj.exe[red]f[/red]:smile:"
    await make(stdout=page).send(HERE, plain(hostile), nonce="n")
    assert page.getvalue() == "a[2Jbcd31megpj.exe[red]f[/red]:smile:\n\n"


async def test_an_edit_is_printed_once_and_one_that_changes_nothing_is_not() -> None:
    page = io.StringIO()
    adapter = make(stdout=page)
    receipt = await adapter.send(HERE, plain("13 freed"), nonce="n")
    await adapter.edit(HERE, receipt.ids, plain("13 freed"))
    assert await adapter.edit(HERE, receipt.ids, plain("18 freed")) == receipt
    assert page.getvalue() == "13 freed\n\n↻ 18 freed\n\n"


async def test_a_picture_is_its_words() -> None:
    page = io.StringIO()
    message = Message(paragraphs=plain("Since 2024").paragraphs, picture=Picture(b"", "a rising line"))
    await make(stdout=page).send(HERE, message, nonce="n")
    assert page.getvalue() == "Since 2024\n│ a rising line\n\n"


async def test_a_closed_output_is_a_send_error() -> None:
    page = io.StringIO()
    adapter = make(stdout=page)
    page.close()
    with pytest.raises(SendError):
        await adapter.send(HERE, plain("lost"), nonce="n")


class Ears:
    def __init__(self) -> None:
        self.heard: list[Heard] = []
        self.more = asyncio.Event()

    async def hear(self, heard: Heard) -> None:
        self.heard.append(heard)
        self.more.set()

    async def wait(self, count: int) -> list[Heard]:
        async with asyncio.timeout(10):
            while len(self.heard) < count:
                self.more.clear()
                await self.more.wait()
        return self.heard


async def nobody(_: object) -> None:
    return


TYPED = [
    ("a command with words", "/keywords add  potash", ("keywords", "add  potash", "")),
    ("a command alone", "  /latest ", ("latest", "", "")),
    ("free text", "hello", ("", "", "")),
    ("the number of a button", "2", ("", "", "b")),
    ("a number that no button has", "3", ("", "", "")),
    ("letters of another script", "/event ў", ("event", "ў", "")),
]


@pytest.mark.parametrize(("line", "expected"), [row[1:] for row in TYPED], ids=[row[0] for row in TYPED])
async def test_a_typed_line_is_heard(stage: ConsoleStage, line: str, expected: tuple[str, str, str]) -> None:
    adapter, ears = stage.adapter(), Ears()
    await adapter.send(HERE, MESSAGE, nonce="n")
    task = asyncio.create_task(adapter.listen((), ears.hear, nobody))
    await stage.types(HERE, "")
    await stage.types(HERE, line)
    [heard] = await ears.wait(1)
    task.cancel()
    assert (heard.name, heard.words, heard.action) == expected
    assert await heard.is_admin()


@pytest.mark.parametrize("closed", [True, False])
async def test_without_a_terminal_it_only_prints(closed: bool) -> None:
    page, stdin = io.StringIO(), io.StringIO("/latest\n")
    if closed:
        stdin.close()
    adapter, ears = make(stdin=stdin, stdout=page), Ears()
    task = asyncio.create_task(adapter.listen((), ears.hear, nobody))
    await adapter.send(HERE, plain("52 freed"), nonce="n")
    await asyncio.sleep(0.05)
    assert (task.done(), ears.heard, page.getvalue()) == (False, [], "52 freed\n\n")
    task.cancel()


async def test_a_terminal_that_hangs_up_ends_hearing_but_not_printing() -> None:
    keyboard, terminal = os.openpty()
    page = io.StringIO()
    adapter = make(stdin=os.fdopen(terminal), stdout=page)
    task = asyncio.create_task(adapter.listen((), Ears().hear, nobody))
    await asyncio.sleep(0.02)
    os.close(keyboard)
    await asyncio.sleep(0.05)
    await adapter.send(HERE, plain("52 freed"), nonce="n")
    assert (task.done(), page.getvalue()) == (False, "52 freed\n\n")
    task.cancel()


LOCALES = [
    ("a full name", {"LANG": "be_BY.UTF-8"}, "be"),
    ("a bare code", {"LANG": "ru"}, "ru"),
    ("LC_ALL wins", {"LANG": "en_US.UTF-8", "LC_ALL": "be_BY"}, "be"),
    ("messages win over LANG", {"LANG": "en_US", "LC_MESSAGES": "pl_PL"}, "pl"),
    ("the C locale is no language", {"LANG": "C.UTF-8"}, None),
    ("POSIX is none either", {"LANG": "POSIX"}, None),
    ("nothing is set", {}, None),
]


@pytest.mark.parametrize(
    ("environ", "expected"), [row[1:] for row in LOCALES], ids=[row[0] for row in LOCALES]
)
def test_the_persons_language_is_the_locales(environ: dict[str, str], expected: str | None) -> None:
    assert language_of(environ) == expected


def test_it_is_configured_where_it_is_enabled_and_has_a_place_of_its_own() -> None:
    assert not ADAPTER.configured(ADAPTER.options())
    assert ADAPTER.configured(ADAPTER.options.model_validate({"enabled": True}))
    assert [own.place for own in ADAPTER.own_places(ADAPTER.options())] == [HERE]
