"""The HTTP of the Bot API over aiohttp, so that every failure says whether the request can have arrived.

The library's own HTTP puts very different failures into one class; here the phase decides. Nothing was sent
as long as no connection stood (`NotSentError`); from the first byte on nobody can know (`TimedOut`,
`NetworkError`). An address carries the token and a body what people read, so no error names either and none
keeps the error underneath.
"""

from __future__ import annotations

import asyncio
import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import aiohttp
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData

if TYPE_CHECKING:
    from telegram._utils.defaultvalue import DefaultValue

    Seconds = DefaultValue[float] | DefaultValue[None] | float | None

CONNECT_SECONDS = 10.0                # to find a free connection or open one
ANSWER_SECONDS = 20.0                 # without a byte from Telegram; it answers within one in good health
KEEP_SECONDS = 15.0                   # an idle connection is dropped long before Telegram drops it, so that
                                      # no message is lost in the doubt that a half-closed connection leaves

UNSAID_WAIT = 5.0                     # seconds, where a 429 names none
KNOWN_REFUSALS = (400, 401, 403, 404, 409)   # statuses that the library has a class for


class NotSentError(NetworkError):
    """The request certainly did not reach Telegram: no connection stood."""

    __slots__ = ()


class AskedToWaitError(TelegramError):
    """Telegram wants no request for so many `seconds`. The library's own RetryAfter warns when it is read."""

    __slots__ = ("seconds",)

    def __init__(self, seconds: float) -> None:
        super().__init__("Telegram asks us to wait")
        self.seconds = seconds


class AiohttpRequest(BaseRequest):
    """The library's door to HTTP with at most `connections` at a time."""

    __slots__ = ("_answer_seconds", "_connections", "_session")

    def __init__(self, *, connections: int, answer_seconds: float = ANSWER_SECONDS) -> None:
        self._connections = connections
        self._answer_seconds = answer_seconds
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float | None:
        return self._answer_seconds

    async def initialize(self) -> None:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._connections, keepalive_timeout=KEEP_SECONDS),
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=True,
            )

    async def shutdown(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Seconds = BaseRequest.DEFAULT_NONE,
        write_timeout: Seconds = BaseRequest.DEFAULT_NONE,
        connect_timeout: Seconds = BaseRequest.DEFAULT_NONE,
        pool_timeout: Seconds = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """One request, never followed elsewhere. Raises NotSentError, TimedOut or NetworkError.

        Only `read_timeout` is heeded: seconds without a byte. The time to connect is one for all calls.
        """
        if self._session is None:
            raise NotSentError("the connection is closed")
        wait = read_timeout if isinstance(read_timeout, int | float) else self._answer_seconds
        try:
            status, body = await self._exchange(self._session, url, method, request_data, wait)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            problem = name_failure(error)
        else:
            found = examine(status, body)
            if found is None:
                return status, body
            problem = found
        raise problem       # outside the handler: the error underneath may hold the address, thus the token

    async def _exchange(
        self,
        session: aiohttp.ClientSession,
        url: str,
        method: str,
        request_data: RequestData | None,
        wait: float,
    ) -> tuple[int, bytes]:
        timeout = aiohttp.ClientTimeout(total=None, connect=CONNECT_SECONDS, sock_read=wait)
        # What is written slowly is bounded too: aiohttp itself has no time-out for writing.
        async with asyncio.timeout(CONNECT_SECONDS + wait + ANSWER_SECONDS), session.request(
            method,
            url,
            data=_write_form(request_data),
            headers={"User-Agent": self.USER_AGENT},
            timeout=timeout,
            allow_redirects=False,
        ) as response:
            return response.status, await response.read()


def name_failure(error: Exception) -> TelegramError:
    """What a failure of the connection means. The class name is all that is kept of it."""
    name = type(error).__name__
    match error:
        case aiohttp.ClientConnectorError() | aiohttp.ConnectionTimeoutError() | aiohttp.InvalidURL():
            return NotSentError(f"no connection ({name})")
        case TimeoutError():
            return TimedOut(f"no answer in time ({name})")
        case _:
            return NetworkError(f"the connection broke ({name})")


def _write_form(data: RequestData | None) -> aiohttp.FormData | dict[str, str] | None:
    if data is None:
        return None
    if not data.contains_files:
        return data.json_parameters
    form = aiohttp.FormData(data.json_parameters)
    for name, (filename, content, kind) in data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=kind)
    return form


def examine(status: int, body: bytes) -> TelegramError | None:
    """What an answer is too: an error that the library would not tell from others, None where it would.

    Only an answer in the Bot API's own JSON is Telegram's word. A server error is none, even in its JSON: it
    ends waiting calls with "Internal Server Error: restart" although their messages may be on their way.
    """
    if status < HTTPStatus.MULTIPLE_CHOICES:
        return None
    answer = _read_answer(body)
    if answer is None or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return NetworkError(f"HTTP status {status} without an answer of the Bot API")
    seconds = (answer.get("parameters") or {}).get("retry_after")
    if seconds is not None or status == HTTPStatus.TOO_MANY_REQUESTS:
        return AskedToWaitError(float(seconds or UNSAID_WAIT))
    return None if status in KNOWN_REFUSALS else NotSentError(f"refused with HTTP status {status}")


def _read_answer(body: bytes) -> dict[str, Any] | None:
    try:
        answer = json.loads(body)
    except ValueError:
        return None
    return answer if isinstance(answer, dict) and answer.get("ok") is False else None
