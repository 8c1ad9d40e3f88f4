"""A Discord gateway: a real websocket that checks who comes, keeps sessions and replays what one missed."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSCloseCode, WSMsgType, web

GUILDS = 1 << 0
PRIVILEGED = (1 << 1) | (1 << 8) | (1 << 15)      # members, presences, message content
KNOWN_INTENTS = (1 << 26) - 1
_DISPATCH, _HEARTBEAT, _IDENTIFY, _RESUME, _RECONNECT, _INVALID, _HELLO, _ACK = 0, 1, 2, 6, 7, 9, 10, 11


class Line:
    """One socket, with Discord's `zlib-stream` compression where the client asked for it."""

    def __init__(self, socket: web.WebSocketResponse, *, compressed: bool) -> None:
        self.socket = socket
        self._zlib = zlib.compressobj() if compressed else None

    async def say(self, op: int, data: Any, *, event: str | None = None, number: int | None = None) -> None:
        text = json.dumps({"op": op, "d": data, "s": number, "t": event})
        with contextlib.suppress(ConnectionError):      # gone: the session keeps it for a resume
            if self._zlib is None:
                await self.socket.send_str(text)
            else:
                packed = self._zlib.compress(text.encode()) + self._zlib.flush(zlib.Z_SYNC_FLUSH)
                await self.socket.send_bytes(packed)


@dataclass(slots=True)
class Session:
    """What one identified client was told."""

    intents: int
    id: str = field(default_factory=lambda: secrets.token_hex(16))
    told: list[tuple[str, Any]] = field(default_factory=list)
    line: Line | None = None

    async def tell(self, event: str, data: Any) -> None:
        self.told.append((event, data))
        if self.line is not None:
            await self.line.say(_DISPATCH, data, event=event, number=len(self.told))


class FakeGateway:
    """`welcome` gives the events of a new session, READY first."""

    def __init__(self, token: Callable[[], str], welcome: Callable[[str], list[tuple[str, Any]]]) -> None:
        self._token = token
        self._welcome = welcome
        self._sessions: dict[str, Session] = {}
        self._runner: web.AppRunner | None = None
        self._change = asyncio.Event()
        self.url = ""
        self.up = True
        self.identified: list[int] = []       # the intents of each IDENTIFY
        self.resumed = 0
        self.heartbeats = 0
        self.granted = GUILDS                 # intents that this application has

    async def start(self) -> None:
        app = web.Application()
        app.router.add_get("/", self._serve)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"ws://127.0.0.1:{self._runner.addresses[0][1]}/"

    async def stop(self) -> None:
        await self.hang_up()
        if self._runner is not None:
            runner, self._runner = self._runner, None
            await runner.cleanup()

    @property
    def connected(self) -> bool:
        """Whether anybody listens now."""
        return any(session.line is not None and not session.line.socket.closed
                   for session in self._sessions.values())

    async def until(self, condition: Callable[[], bool], seconds: float = 5.0) -> None:
        """Wait for something that comes over the network."""
        async with asyncio.timeout(seconds):
            while not condition():
                self._change.clear()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._change.wait(), 0.02)

    async def tell(self, event: str, data: Any) -> None:
        """Dispatch an event to all sessions; those without a socket get it when they resume."""
        for session in list(self._sessions.values()):
            await session.tell(event, data)

    async def hang_up(self, code: int = 4000) -> None:
        """Close every socket; the sessions can be resumed."""
        for session in self._sessions.values():
            if session.line is not None:
                line, session.line = session.line, None
                await line.socket.close(code=code)

    async def ask_to_reconnect(self) -> None:
        """Opcode 7, as before a gateway server is restarted."""
        for session in self._sessions.values():
            if session.line is not None:
                await session.line.say(_RECONNECT, None)

    def forget_sessions(self) -> None:
        """The next RESUME is answered with "invalid session"."""
        self._sessions.clear()

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        if not self.up:
            return web.Response(status=503, text="unavailable")
        if request.query.get("v") != "10" or request.query.get("encoding") != "json":
            return web.Response(status=400, text="v=10 and encoding=json are served here")
        compress = request.query.get("compress")
        if compress not in {None, "zlib-stream"}:
            return web.Response(status=400, text=f"this gateway cannot speak {compress}")
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        line = Line(socket, compressed=compress is not None)
        await line.say(_HELLO, {"heartbeat_interval": 41250})
        await self._attend(line)
        return socket

    async def _attend(self, line: Line) -> None:
        session: Session | None = None
        async for message in line.socket:
            if message.type is not WSMsgType.TEXT:
                continue
            said = json.loads(message.data)
            match said["op"]:
                case 1:
                    self.heartbeats += 1
                    await line.say(_ACK, None)
                case 2:
                    session = await self._identify(line, said["d"])
                case 6:
                    session = await self._resume(line, said["d"])
            self._change.set()
        if session is not None and session.line is line:
            session.line = None
            if line.socket.close_code in {WSCloseCode.OK, WSCloseCode.GOING_AWAY}:
                self._sessions.pop(session.id, None)

    async def _identify(self, line: Line, data: dict[str, Any]) -> Session | None:
        intents = int(data["intents"])
        self.identified.append(intents)
        code = self._objection(data["token"], intents)
        if code is not None:
            await line.socket.close(code=code)
            return None
        session = Session(intents=intents)
        self._sessions[session.id] = session
        session.line = line
        for event, body in self._welcome(session.id):
            await session.tell(event, body)
        return session

    def _objection(self, token: str, intents: int) -> int | None:
        if token != self._token():
            return 4004
        if intents & ~KNOWN_INTENTS:
            return 4013
        return 4014 if intents & PRIVILEGED & ~self.granted else None

    async def _resume(self, line: Line, data: dict[str, Any]) -> Session | None:
        session = self._sessions.get(data["session_id"])
        if data["token"] != self._token():
            await line.socket.close(code=4004)
            return None
        if session is None:
            await line.say(_INVALID, False)
            return None
        self.resumed += 1
        session.line = line
        seen = int(data["seq"] or 0)
        for number, (event, body) in list(enumerate(session.told, start=1))[seen:]:
            await line.say(_DISPATCH, body, event=event, number=number)
        await line.say(_DISPATCH, {}, event="RESUMED", number=len(session.told))
        return session
