"""The terminal as a chat: alerts are printed, commands are typed, numbers press buttons.

Its one person is the maintainer, who started the program. Where standard input is closed or no terminal, it
only prints. What was printed cannot be changed or removed: an edit prints the new state behind a mark.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from typing import TextIO

from pydantic import BaseModel, ConfigDict
from rich.console import Console, Group
from rich.style import Style
from rich.text import Text

from bot.chat.adapter import AdapterPart, Departures, Identity, OwnPlace, Window
from bot.chat.command import CommandSpec, Heard, Listener
from bot.chat.message import Button, Message, Paragraph, Receipt, Span
from bot.chat.place import ChatKind, ChatRef
from bot.clock import Clock
from bot.errors import SendError

HERE = ChatRef("console", "terminal")
PERSON = "console:maintainer"
QUOTE = "│ "
EDITED = "↻ "
REMEMBERED = 500                      # printed messages whose words are kept: an equal edit prints nothing
LONGEST_LINE = 4096                   # characters; a terminal's own limit for one typed line
# What a source wrote must not steer the terminal: control characters but line and tab, directions of text.
STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


class ConsoleOptions(BaseModel):
    """The table `[adapters.console]`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    enabled: bool = False


class ConsoleAdapter:
    """Prints to `stdout`, hears lines from `stdin`; both are this process's own unless given."""

    name = "console"
    limits: tuple[Window, ...] = ()
    answers: int | None = None

    def __init__(
        self,
        _options: ConsoleOptions,
        clock: Clock,
        *,
        stdin: TextIO | None = None,
        stdout: TextIO | None = None,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self._clock = clock
        self._stdin = stdin if stdin is not None else sys.stdin
        # Colour and lines that end with a word on a terminal, plain text as it is elsewhere.
        self._console = Console(file=stdout, markup=False, highlight=False, emoji=False)
        self._language = language_of(os.environ if environ is None else environ)
        self._printed: OrderedDict[str, str] = OrderedDict()
        self._count = 0
        self._lines: asyncio.Queue[str | None] | None = None
        self.buttons: tuple[Button, ...] = ()     # those that numbers press now

    async def connect(self) -> Identity:
        """There is nothing to open."""
        return Identity(handle="console", id="terminal")

    async def ask(self) -> None:
        """A terminal always answers."""

    async def listen(self, commands: Sequence[CommandSpec], heard: Listener, gone: Departures) -> None:
        """Hear typed lines until cancelled; where nothing can be typed, hear nothing until then."""
        if _is_terminal(self._stdin):
            lines = self._reading()
            while (line := await lines.get()) is not None:
                if line.strip():
                    await heard(self._understand(line.strip()))
        await asyncio.get_running_loop().create_future()

    async def answer_waiting(
        self, commands: Sequence[CommandSpec], heard: Listener, gone: Departures
    ) -> int:
        """A terminal keeps nothing for later."""
        return 0

    async def send(
        self, place: ChatRef, message: Message, *, nonce: str, reply_to: str | None = None
    ) -> Receipt:
        """Print the message. Raises SendError where standard output is closed."""
        self._count += 1
        name = str(self._count)
        self._print(name, message)
        return Receipt((name,))

    async def edit(self, place: ChatRef, ids: Sequence[str], message: Message) -> Receipt:
        """Print the new state, unless it is what stands there already. Raises SendError."""
        if self._printed.get(ids[0]) != message.text:
            self._print(ids[0], message, mark=EDITED)
        return Receipt(tuple(ids))

    async def delete(self, place: ChatRef, ids: Sequence[str]) -> None:
        """What was printed stays; its words are not kept here any longer."""
        for name in ids:
            self._printed.pop(name, None)

    async def registered(self) -> int | None:
        """A terminal keeps no list of commands."""
        return None

    async def missing_rights(self, place: ChatRef) -> tuple[str, ...]:
        """Whoever started the program reads its terminal."""
        return ()

    async def close(self) -> None:
        """There is nothing to let go of: the thread that reads ends with the process."""

    # --- printing -------------------------------------------------------------------------------------------

    def _print(self, name: str, message: Message, *, mark: str = "") -> None:
        first, *others = _lines_of(message)
        marked = Text.assemble((mark, "bold"), first, no_wrap=first.no_wrap, overflow=first.overflow)
        try:
            self._console.print(Group(marked, *others), soft_wrap=not self._console.is_terminal, crop=False)
            self._console.file.flush()
        except (OSError, ValueError) as error:
            raise SendError("standard output is closed", certainly_not_sent=False) from error
        self._remember(name, message)

    def _remember(self, name: str, message: Message) -> None:
        self.buttons = tuple(button for row in message.buttons for button in row) or self.buttons
        self._printed[name] = message.text
        while len(self._printed) > REMEMBERED:
            self._printed.popitem(last=False)

    # --- hearing --------------------------------------------------------------------------------------------

    def _reading(self) -> asyncio.Queue[str | None]:
        """Lines as they are typed, None at the end. One thread reads for as long as the process lives: a read
        of a terminal cannot be cancelled."""
        if self._lines is None:
            self._lines = asyncio.Queue()
            loop = asyncio.get_running_loop()
            arguments = (self._stdin.fileno(), loop, self._lines)
            threading.Thread(target=_read_lines, args=arguments, name="console", daemon=True).start()
        return self._lines

    def _understand(self, line: str) -> Heard:
        name, words, action = "", "", ""
        if line.startswith("/"):
            name, _, words = line[1:].partition(" ")
        elif line.isdecimal() and len(line) <= 2 and 1 <= int(line) <= len(self.buttons):
            action = self.buttons[int(line) - 1].action
        return Heard(
            place=HERE, kind=ChatKind.PRIVATE, name=name, words=words.strip(), action=action, sender=PERSON,
            language=self._language, at=self._clock.now(), reply=self._reply, is_admin=_is_admin,
        )

    async def _reply(self, message: Message, *, only_sender: bool = False) -> Receipt | None:
        return await self.send(HERE, message, nonce="")


async def _is_admin() -> bool:
    return True                       # whoever sits at the terminal could read the key file, too


def language_of(environ: Mapping[str, str]) -> str | None:
    """The person's language as POSIX names it ("be_BY.UTF-8" is "be"); None for the C locale."""
    name = next((environ[key] for key in ("LC_ALL", "LC_MESSAGES", "LANG") if environ.get(key)), "")
    code = re.match(r"[a-z]{2,3}(?=$|[_.@])", name)
    return code[0] if code else None


def _is_terminal(stream: TextIO | None) -> bool:
    try:
        return stream is not None and stream.isatty()
    except ValueError:                # closed
        return False


def _read_lines(descriptor: int, loop: asyncio.AbstractEventLoop, lines: asyncio.Queue[str | None]) -> None:
    rest = b""
    while data := _read(descriptor):
        *whole, rest = (rest + data).split(b"\n")
        for line in whole:
            if not _tell(loop, lines, line.decode(errors="replace")):
                return
    _tell(loop, lines, None)


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, LONGEST_LINE)
    except OSError:                   # the terminal went away: the end, as for an empty read
        return b""


def _tell(loop: asyncio.AbstractEventLoop, lines: asyncio.Queue[str | None], line: str | None) -> bool:
    """Hand a line over; False where nobody listens any more."""
    try:
        loop.call_soon_threadsafe(lines.put_nowait, line)
    except RuntimeError:              # the loop is closed: the program ends
        return False
    return True


# --- from a message to a terminal's text ----------------------------------------------------------------


def _lines_of(message: Message) -> Iterator[Text]:
    for paragraph in message.paragraphs:
        yield _render(paragraph)
    if message.picture is not None:
        yield Text(QUOTE + _harmless(message.picture.alt), style="italic")
    buttons = (button for row in message.buttons for button in row)
    for number, button in enumerate(buttons, start=1):
        yield Text(f"[{number}] {_harmless(button.label)}", style="cyan")
    yield Text()                      # a blank line between messages


def _render(paragraph: Paragraph) -> Text:
    """A link stays in one piece, so that it can be copied and touched; other lines end with a word."""
    lines = Text.assemble(*((_harmless(span.text), _style(span)) for span in paragraph.spans)).split("\n")
    mark = QUOTE if paragraph.quote else ""
    shown = Text("\n").join(Text.assemble((mark, "dim"), line) for line in lines)
    if any(span.link for span in paragraph.spans):
        shown.no_wrap, shown.overflow = True, "ignore"
    return shown


def _style(span: Span) -> Style:
    return Style(
        bold=span.bold or None,
        italic=span.italic or None,
        underline=span.link or None,
        color="green" if span.code else None,
    )


def _harmless(text: str) -> str:
    return STEERING.sub("", text)


def _own_places(_options: ConsoleOptions) -> tuple[OwnPlace, ...]:
    return (OwnPlace(place=HERE, kind=ChatKind.PRIVATE, language=language_of(os.environ)),)


ADAPTER = AdapterPart(
    name="console",
    options=ConsoleOptions,
    configured=lambda options: bool(options.enabled),
    create=ConsoleAdapter,
    own_places=_own_places,
)
