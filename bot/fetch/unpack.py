"""Bodies made plain under a limit: what is compressed a thousandfold stops when the limit is reached, not
after.
"""

from __future__ import annotations

import zlib

from bot.errors import FetchError

ACCEPTED = "gzip, deflate"


class Unpacker:
    """Takes the bytes of a body as they come and gives the plain ones, `limit` bytes of them at most."""

    def __init__(self, encoding: str, limit: int) -> None:
        self._names = [
            name for name in encoding.lower().replace(" ", "").split(",") if name not in {"", "identity"}
        ]
        if self._names not in ([], ["gzip"], ["x-gzip"], ["deflate"]):
            raise FetchError(f"the body is packed as {encoding!r:.60}, which was not asked for")
        self._limit = limit
        self._packed = 0
        self._plain = bytearray()
        self._engine = self._fresh(b"") if self._names else None

    def feed(self, part: bytes) -> None:
        """Take the next bytes. Raises FetchError when the plain body is over the limit, or not packed as
        said.
        """
        self._packed += len(part)
        if self._packed > self._limit:
            raise self._too_large()
        if not self._names:
            self._plain += part
            return
        if self._packed == len(part):
            self._engine = self._fresh(part)
        self._inflate(part)

    def finish(self) -> bytes:
        """The plain body. Raises FetchError when the packed one ended early."""
        if self._engine is not None and self._packed and not self._engine.eof:
            raise FetchError("the packed body ends early")
        return bytes(self._plain)

    def _fresh(self, start: bytes) -> zlib._Decompress:
        """Some servers send `deflate` bare: its first byte is no zlib header (RFC 1950, 2.2)."""
        if self._names == ["deflate"]:
            return zlib.decompressobj(
                zlib.MAX_WBITS if start[:1] and start[0] & 0x0F == 8 else -zlib.MAX_WBITS
            )
        return zlib.decompressobj(16 + zlib.MAX_WBITS)

    def _inflate(self, part: bytes) -> None:
        while part and self._engine is not None:
            try:
                self._plain += self._engine.decompress(part, self._limit - len(self._plain) + 1)
            except zlib.error as error:
                raise FetchError(f"the body is not packed as {self._names[0]}: {error}") from error
            if len(self._plain) > self._limit:
                raise self._too_large()
            part = self._engine.unconsumed_tail or self._next_member()

    def _next_member(self) -> bytes:
        """What follows the end of a gzip member, when it is another one; other bytes there mean nothing."""
        rest = self._engine.unused_data if self._engine is not None else b""
        if not rest.startswith(b"\x1f\x8b"):
            return b""
        self._engine = self._fresh(rest)
        return rest

    def _too_large(self) -> FetchError:
        return FetchError(f"the body is larger than {self._limit:,} bytes")
