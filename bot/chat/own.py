"""Chats that stand in the configuration: nobody accepts there, the maintainer did by writing them down."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from bot.chat.adapter import OwnPlace
from bot.chat.settings import Settings
from bot.clock import Clock
from bot.crypt import Keyring
from bot.languages import translator
from bot.storage import chats
from bot.storage.engine import Database


async def open_own_places(
    database: Database, keyring: Keyring, clock: Clock, places: Iterable[OwnPlace], settings: Settings
) -> None:
    """Make each place a chat that begins with `settings`, in its own language; one that is there stays so."""
    for own in places:
        async with database.writing() as tx:
            if await chats.find(tx, keyring, own.place) is None:
                language = translator(own.language or settings.language).language
                begun = replace(settings, language=language)
                await chats.accept(tx, keyring, own.place, own.kind, begun, clock.now())
