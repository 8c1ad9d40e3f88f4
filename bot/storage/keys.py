"""The key that a database's chats are encrypted with: found, made with a new database, or refused."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot.crypt import Keyring, new_key_file, read_key_file
from bot.errors import KeyFileError
from bot.storage import meta
from bot.storage.engine import Database

CHECK = "key_check"                   # name in `meta`: what the database's own key makes of this very word


async def open_keyring(database: Database, path: Path, *, may_make: bool) -> Keyring:
    """The keyring of this database from the file at `path`, made only together with a new database.

    Raises KeyFileError with one sentence: no key for an existing database, a wrong key, a badly guarded file.
    """
    async with database.reading() as tx:
        expected = await meta.read(tx, CHECK)
    keyring = await asyncio.to_thread(_read_or_make, path, may_make=may_make and expected is None)
    own = keyring.index(CHECK).hex()
    if expected is None:
        async with database.writing() as tx:
            expected = await meta.write_once(tx, CHECK, own)
    if expected != own:
        raise KeyFileError(f"the key file {path} is not the one this database was made with")
    return keyring


def _read_or_make(path: Path, *, may_make: bool) -> Keyring:
    if may_make and not path.exists():
        new_key_file(path)
    return read_key_file(path)
