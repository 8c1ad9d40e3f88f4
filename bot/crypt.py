"""Encryption of what could endanger a subscriber: chat references, message ids, queries, names.

A value is `version (1 byte) | nonce (12) | AES-256-GCM ciphertext and tag (16)`, bound to its column, so that
a value moved to another column does not open. A chat is found again by HMAC-SHA256 under a key of its own.
All keys are derived (HKDF-SHA256) from the one in the key file, which stays outside database and backups.
"""

from __future__ import annotations

import base64
import binascii
import os
import stat
from collections.abc import Mapping
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot.errors import KeyFileError

KEY_BYTES = 32
NONCE_BYTES = 12
HEADER = "vestka-key"


class Keyring:
    """The keys in force. `keys`: version (1 to 255) → 32 bytes; the highest version encrypts, all decrypt."""

    def __init__(self, keys: Mapping[int, bytes]) -> None:
        if not keys:
            raise KeyFileError("the key file holds no key")
        self.version = max(keys)
        self._ciphers = {number: AESGCM(_derive(key, b"encrypt")) for number, key in keys.items()}
        # The index must stay the same through a rotation, so it hangs on the first key.
        self._index_key = _derive(keys[min(keys)], b"index")

    def encrypt(self, column: str, value: str) -> bytes:
        """`value` sealed for one column ("chat.ref"); two calls never give the same bytes."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._ciphers[self.version].encrypt(nonce, value.encode(), column.encode())
        return bytes([self.version]) + nonce + sealed

    def decrypt(self, column: str, value: bytes) -> str:
        """The inverse of `encrypt`. Raises KeyFileError when no key here opens it."""
        cipher = self._ciphers.get(value[0]) if value else None
        if cipher is None:
            raise KeyFileError(f"a value in {column} was encrypted with a key that is not in the key file")
        try:
            nonce, sealed = value[1 : 1 + NONCE_BYTES], value[1 + NONCE_BYTES :]
            return cipher.decrypt(nonce, sealed, column.encode()).decode()
        except InvalidTag as error:
            raise KeyFileError(f"a value in {column} does not open with this key file") from error

    def index(self, value: str) -> bytes:
        """The keyed hash under which `value` is found again: 32 bytes, equal for equal values."""
        digest = hmac.HMAC(self._index_key, hashes.SHA256())
        digest.update(value.encode())
        return digest.finalize()


def _derive(key: bytes, purpose: bytes) -> bytes:
    return HKDF(hashes.SHA256(), KEY_BYTES, salt=None, info=b"vestka " + purpose).derive(key)


def make_keyring() -> Keyring:
    """A keyring that lives and dies with this process: for databases that do too."""
    return Keyring({1: os.urandom(KEY_BYTES)})


def new_key_file(path: Path) -> None:
    """Write a fresh key, readable by its owner alone. Raises KeyFileError where `path` exists."""
    line = f"{HEADER} 1 {base64.urlsafe_b64encode(os.urandom(KEY_BYTES)).decode()}\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise KeyFileError(f"{path} exists; a key is never overwritten") from error
    except OSError as error:
        raise KeyFileError(f"{path} cannot be written: {error.strerror}") from error
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(line)
        file.flush()
        os.fsync(file.fileno())


def read_key_file(path: Path) -> Keyring:
    """The keyring in `path`. Raises KeyFileError with one sentence that names what is wrong with the file."""
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="ascii")
    except FileNotFoundError as error:
        raise KeyFileError(
            f"the key file {path} is missing; without it the chats in this database cannot be read "
            f"(for a new database: vestka key new {path})"
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise KeyFileError(f"the key file {path} cannot be read: {error}") from error
    _refuse_exposed(path, mode)
    keys: dict[int, bytes] = {}
    for line in filter(str.strip, text.splitlines()):
        number, key = _parse_line(path, line)
        keys[number] = key
    return Keyring(keys)


def _refuse_exposed(path: Path, mode: int) -> None:
    if mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise KeyFileError(f"the key file {path} is writable by others: chmod 600")
    if mode & (stat.S_IRGRP | stat.S_IROTH) and not os.statvfs(path).f_flag & os.ST_RDONLY:
        raise KeyFileError(f"the key file {path} is readable by others: chmod 600")


def _parse_line(path: Path, line: str) -> tuple[int, bytes]:
    try:
        header, number, encoded = line.split()
        version, key = int(number), base64.urlsafe_b64decode(encoded)
    except (ValueError, binascii.Error) as error:
        raise KeyFileError(f"the key file {path} has a line that is no key") from error
    if header != HEADER or not 1 <= version <= 255 or len(key) != KEY_BYTES:
        raise KeyFileError(f"the key file {path} has a line that is no key")
    return version, key
