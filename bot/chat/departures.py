"""What follows when a platform tells by itself that a chat ended, opened again or moved: CONTRACT's table."""

from __future__ import annotations

from datetime import datetime

from bot.chat.adapter import Gone
from bot.chat.place import ChatKind, ChatRef
from bot.chat.settings import Chat
from bot.crypt import Keyring
from bot.errors import Closed
from bot.storage import chats, deliveries
from bot.storage.engine import Database, Tx


async def depart(database: Database, keyring: Keyring, gone: Gone) -> None:
    """Forget, close, reopen or move every chat of that place; a place that is no chat changes nothing."""
    async with database.writing() as tx:
        for chat in await _concerned(tx, keyring, gone.place):
            await _depart(tx, keyring, chat, gone)


async def _concerned(tx: Tx, keyring: Keyring, place: ChatRef) -> tuple[Chat, ...]:
    """A topic alone where one is named, else the group with all its topics."""
    if place.thread:
        found = await chats.find(tx, keyring, place)
        return (found,) if found else ()
    return await chats.in_home(tx, keyring, place)


async def _depart(tx: Tx, keyring: Keyring, chat: Chat, gone: Gone) -> None:
    if gone.moved_to is not None:
        place = ChatRef(chat.place.platform, gone.moved_to, chat.place.thread)
        await chats.move(tx, keyring, chat.id, place)
    elif gone.closed is None:
        await chats.reopen(tx, chat.id)
        await deliveries.wake(tx, chat.id, gone.at)
    else:
        await end_chat(tx, chat, Closed(gone.closed), gone.at)


async def end_chat(tx: Tx, chat: Chat, closed: Closed, now: datetime) -> None:
    """A private chat that is gone is forgotten, a group is paused and owed nothing; a missing right only
    pauses."""
    if closed is not Closed.FORBIDDEN and chat.kind is ChatKind.PRIVATE:
        await chats.forget(tx, chat.id)
        return
    await chats.close(tx, chat.id, closed, now)
    if closed is not Closed.FORBIDDEN:
        await deliveries.drop(tx, chat.id)
