"""/start: what this is, what is stored, what the risk is; nothing is stored until a button is pressed."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.chat.definition import Command, Context, changes_always
from bot.chat.message import Button, Message, plain
from bot.chat.place import ChatKind
from bot.errors import PersonError
from bot.storage import chats

ACCEPT = "accept"
ACCEPT_SAFE = "safe"
# Who reads these languages is likeliest to be where a phone is searched: the safe button stands first.
SAFE_FIRST = frozenset({"be", "ru"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """None: what a link adds behind /start is not looked at, so that no link can accept for a person."""


async def run(_arguments: Arguments, context: Context) -> Message:
    """The risk text, with buttons where nobody accepted yet."""
    say = context.translator.text
    if context.chat is not None:
        # In safe mode the chat stays neutral whatever is typed.
        what = [] if context.chat.settings.safe else [say("start.what")]
        return plain(*what, say("start.already"))
    lines = ["start.what", "start.stored", "start.risk"]
    if context.kind is ChatKind.PRIVATE:
        lines.append("start.safe")
    return replace(plain(*map(say, [*lines, "start.nothing"])), buttons=_buttons(context))


def _buttons(context: Context) -> tuple[tuple[Button, ...], ...]:
    say = context.translator.text
    accept = Button(say("start.accept"), f"start:{ACCEPT}")
    if context.kind is not ChatKind.PRIVATE:
        return ((accept,),)
    safe = Button(say("start.accept.safe"), f"start:{ACCEPT_SAFE}")
    return ((safe,), (accept,)) if context.translator.language in SAFE_FIRST else ((accept,), (safe,))


async def press(action: str, context: Context) -> Message:
    """Consent. Pressed again, it changes the mode and keeps everything else that the chat has chosen."""
    if action not in {ACCEPT, ACCEPT_SAFE}:
        raise PersonError("press.unknown")
    safe = action == ACCEPT_SAFE and context.kind is ChatKind.PRIVATE
    settings = replace(context.settings, safe=safe)
    async with context.database.writing() as tx:
        await chats.accept(tx, context.keyring, context.place, context.kind, settings, context.clock.now())
    say = context.translator.text
    return plain(say("start.accepted.safe" if safe else "start.accepted"), say("start.next"))


COMMAND = Command(
    name="start",
    arguments=Arguments,
    run=run,
    press=press,
    changes=changes_always,
    needs_chat=False,
    this_place=True,
)
