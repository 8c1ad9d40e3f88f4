"""Keys and what they seal."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bot.crypt import Keyring, new_key_file, read_key_file
from bot.errors import KeyFileError
from bot.storage.engine import Database
from bot.storage.keys import open_keyring

OLD, NEW = os.urandom(32), os.urandom(32)


def test_what_was_sealed_opens_again_and_never_looks_the_same() -> None:
    keyring = Keyring({1: OLD})
    sealed = keyring.encrypt("chat.ref", "telegram:5")
    assert keyring.decrypt("chat.ref", sealed) == "telegram:5"
    assert sealed != keyring.encrypt("chat.ref", "telegram:5")
    assert len(sealed) == len("telegram:5") + 29


def test_a_value_moved_to_another_column_does_not_open() -> None:
    keyring = Keyring({1: OLD})
    with pytest.raises(KeyFileError, match=r"query\.body"):
        keyring.decrypt("query.body", keyring.encrypt("chat.ref", "a"))


def test_after_a_rotation_old_values_open_and_new_ones_bear_the_new_version() -> None:
    sealed = Keyring({1: OLD}).encrypt("c", "a")
    rotated = Keyring({1: OLD, 2: NEW})
    assert rotated.decrypt("c", sealed) == "a"
    assert rotated.encrypt("c", "a")[0] == 2
    assert rotated.index("a") == Keyring({1: OLD}).index("a")
    with pytest.raises(KeyFileError, match="not in the key file"):
        Keyring({2: NEW}).decrypt("c", sealed)


def test_a_key_file_is_made_for_its_owner_alone_and_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "vestka.key"
    new_key_file(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert read_key_file(path).decrypt("c", read_key_file(path).encrypt("c", "a")) == "a"
    with pytest.raises(KeyFileError, match="never overwritten"):
        new_key_file(path)


@pytest.mark.parametrize(
    ("mode", "problem"), [(0o620, "writable by others"), (0o644, "readable by others")], ids=str
)
def test_a_key_file_that_others_can_touch_is_refused(tmp_path: Path, mode: int, problem: str) -> None:
    path = tmp_path / "vestka.key"
    new_key_file(path)
    path.chmod(mode)
    with pytest.raises(KeyFileError, match=problem):
        read_key_file(path)


@pytest.mark.parametrize("text", ["", "nonsense", "vestka-key 1 AAAA", "vestka-key 0 " + "A" * 43 + "=", "ключ"])
def test_a_file_that_holds_no_key_is_refused_by_name(tmp_path: Path, text: str) -> None:
    path = tmp_path / "vestka.key"
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)
    with pytest.raises(KeyFileError, match="key"):
        read_key_file(path)


async def test_a_key_is_made_only_together_with_a_new_database(sqlite_database: Database, tmp_path: Path) -> None:
    path = tmp_path / "vestka.key"
    with pytest.raises(KeyFileError, match="missing"):
        await open_keyring(sqlite_database, path, may_make=False)
    made = await open_keyring(sqlite_database, path, may_make=True)
    again = await open_keyring(sqlite_database, path, may_make=True)
    assert again.index("a") == made.index("a")
    path.unlink()
    with pytest.raises(KeyFileError, match="missing"):
        await open_keyring(sqlite_database, path, may_make=True)
    assert not path.exists()
    new_key_file(path)
    with pytest.raises(KeyFileError, match="not the one"):
        await open_keyring(sqlite_database, path, may_make=True)
