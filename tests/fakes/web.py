"""A web server on 127.0.0.1 that does what a script says, the unkind things too.

    async with FakeWeb() as web:
        web.serve("/feed", Answer(body=rss, etag='"1"'))
        web.serve("/moved", Answer.redirect("/feed", status=301))
        web.url("/feed")            # http://127.0.0.1:PORT/feed
        web.host                    # 127.0.0.1:PORT, for poll.allow_hosts
        web.asked("/feed")          # the requests that came for it

Several answers for one path are given one after the other, the last one again and again.
"""

from __future__ import annotations

import asyncio
import gzip as gzip_module
import zlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request as it came, names of headers in lower case."""

    path: str
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is answered. etag, last_modified: sent, and a request that names them gets 304.

    packing: gzip, deflate or raw-deflate. length: a Content-Length that may lie; None: the true one.
    drip: the body goes out in pieces of `bytes`, `seconds` apart. endless: the body is repeated until the other
    side hangs up. hang: nothing is answered at all. raw: these bytes instead of an answer. cut: the connection
    closes after so many bytes of the body. hold: answered only once this is set.
    """

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    etag: str | None = None
    last_modified: str | None = None
    packing: str | None = None
    length: int | None = None
    drip: tuple[int, float] | None = None
    endless: bool = False
    hang: bool = False
    raw: bytes | None = None
    cut: int | None = None
    hold: asyncio.Event | None = None

    @staticmethod
    def redirect(to: str, status: int = 302) -> Answer:
        """An answer that leads elsewhere."""
        return Answer(status=status, headers={"Location": to})


class FakeWeb:
    """The server; `busiest` is the most requests that were under way at once."""

    def __init__(self) -> None:
        self._answers: dict[str, list[Answer]] = {}
        self._log: list[Asked] = []
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._port = 0
        self._under_way = 0
        self.busiest = 0

    async def __aenter__(self) -> FakeWeb:
        self._server = await asyncio.start_server(self._greet, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def host(self) -> str:
        """Host and port, as `poll.allow_hosts` wants them."""
        return f"127.0.0.1:{self._port}"

    def url(self, path: str) -> str:
        """The address of a path."""
        return f"http://{self.host}{path}"

    def serve(self, path: str, *answers: Answer) -> None:
        """Answer this path so from now on."""
        self._answers[path] = list(answers)

    def asked(self, path: str | None = None) -> list[Asked]:
        """The requests that came so far, for one path or all."""
        return [request for request in self._log if path is None or request.path == path]

    async def _greet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                while await self._serve_one(reader, writer):
                    pass
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _serve_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """One request on a connection; whether another may follow."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        path = head[0].split(" ")[1]
        pairs = (line.partition(": ") for line in head[1:] if line)
        request = Asked(path=path, headers={name.lower(): value for name, _, value in pairs})
        self._log.append(request)
        self._under_way += 1
        self.busiest = max(self.busiest, self._under_way)
        try:
            return await self._answer(self._next(path), request, writer)
        finally:
            self._under_way -= 1

    def _next(self, path: str) -> Answer:
        answers = self._answers.get(path) or self._answers.get(path.partition("?")[0])
        if not answers:
            return Answer(status=404, body=b"nothing here")
        return answers.pop(0) if len(answers) > 1 else answers[0]

    async def _answer(self, answer: Answer, request: Asked, writer: asyncio.StreamWriter) -> bool:
        if answer.hold is not None:
            await answer.hold.wait()
        if answer.hang:
            await asyncio.Event().wait()
        if answer.raw is not None:
            writer.write(answer.raw)
            await writer.drain()
            return False
        same = _unchanged(answer, request)
        body = b"" if same else _packed(answer)
        writer.write(_head(answer, HTTPStatus.NOT_MODIFIED if same else answer.status, len(body)))
        await self._send(writer, answer, body)
        return answer.cut is None and not answer.endless

    async def _send(self, writer: asyncio.StreamWriter, answer: Answer, body: bytes) -> None:
        if answer.drip:
            size, seconds = answer.drip
            for start in range(0, len(body), size):
                writer.write(body[start : start + size])
                await writer.drain()
                await asyncio.sleep(seconds)
            return
        if not answer.endless:
            writer.write(body[: answer.cut])
            await writer.drain()
        while answer.endless:
            writer.write(b"%x\r\n%b\r\n" % (len(body), body))
            await writer.drain()
            await asyncio.sleep(0)


def _unchanged(answer: Answer, request: Asked) -> bool:
    """RFC 9110, 13.2.2: If-None-Match goes before If-Modified-Since."""
    wanted = request.headers.get("if-none-match")
    if wanted is not None:
        return answer.etag is not None and answer.etag in wanted
    return (
        answer.last_modified is not None and request.headers.get("if-modified-since") == answer.last_modified
    )


def _packed(answer: Answer) -> bytes:
    match answer.packing:
        case "gzip":
            return gzip_module.compress(answer.body)
        case "deflate":
            return zlib.compress(answer.body)
        case "raw-deflate":
            return zlib.compress(answer.body)[2:-4]
        case _:
            return answer.body


def _head(answer: Answer, status: int, length: int) -> bytes:
    headers = {"Content-Type": "application/rss+xml; charset=utf-8", **answer.headers}
    if answer.etag:
        headers["ETag"] = answer.etag
    if answer.last_modified:
        headers["Last-Modified"] = answer.last_modified
    if answer.packing:
        headers.setdefault("Content-Encoding", answer.packing.removeprefix("raw-"))
    if answer.endless:
        headers["Transfer-Encoding"] = "chunked"
    elif status != HTTPStatus.NOT_MODIFIED:
        headers["Content-Length"] = str(length if answer.length is None else answer.length)
    lines = [f"HTTP/1.1 {status} -", *(f"{name}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
