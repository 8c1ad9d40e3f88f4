"""One attempt at one REST call. It stands in for the `request` of discord.py's HTTP client.

discord.py itself asks up to five times, sleeps through rate limits (its `max_ratelimit_timeout` is never
under 30 seconds) and knows one address for the whole process (`Route.BASE`). Here waiting and trying again
belong to the outbox, which must know what happened, and each adapter has its own address.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Mapping
from typing import Any

import aiohttp
from discord.http import Route

from adapters.discord.buckets import Bucket, Buckets
from adapters.discord.errors import RefusedError, connection_errors, refusal
from bot.clock import Clock
from bot.errors import SendError

CONNECT_WITHIN = 10.0     # seconds, a place in the pool and the TLS handshake included
LOOKS = 3                 # turns of the event loop, after which it knows what pooled connections were closed


class Wire:
    """Raises SendError (mostly RefusedError), nothing else. It logs nothing: URLs of answers hold keys."""

    def __init__(self, api_url: str, token: str, user_agent: str, clock: Clock, answer_within: float) -> None:
        self._api_url = api_url
        self._token = token
        self._user_agent = user_agent
        self._clock = clock
        self._timeout = aiohttp.ClientTimeout(total=CONNECT_WITHIN + answer_within, connect=CONNECT_WITHIN,
                                              sock_read=answer_within)
        self._session: aiohttp.ClientSession | None = None
        self._buckets = Buckets()

    async def request(
        self,
        route: Route,
        *,
        form: Iterable[Mapping[str, Any]] | None = None,
        patient: bool = False,
        **how: Any,
    ) -> Any:
        """The parsed answer, None where it is empty. `how`: what discord.py passes (json, params, reason, …).

        patient: wait for a full bucket to empty, for what must not stop half-way; else that is a SendError.
        """
        while wait := (bucket := self._bucket(route)).wait(self._clock.monotonic()):
            if not patient:
                raise RefusedError("the bucket is empty", status=429, retry_after=wait,
                                   certainly_not_sent=True)
            await self._clock.sleep(wait)
        bucket.remaining -= 1
        bucket.flying += 1
        try:
            status, headers, content = await self._ask(route, _body(form, how), how.get("params"))
        finally:
            bucket.flying -= 1
        self._learn(route, bucket, headers)
        return _read(status, headers, content)

    async def close(self) -> None:
        """Let go of the connections."""
        if self._session is not None:
            await self._session.close()

    async def _ask(
        self, route: Route, body: Mapping[str, Any], params: Any
    ) -> tuple[int, Mapping[str, str], bytes]:
        url = self._api_url + route.url.removeprefix(Route.BASE)
        own = {"User-Agent": self._user_agent, "Authorization": f"Bot {self._token}"}
        how = {"params": params, "headers": own | body.get("headers", {}), "data": body.get("data")}
        for _ in range(LOOKS):
            await asyncio.sleep(0)
        with connection_errors():
            async with self._opened().request(route.method, url, allow_redirects=False, **how) as answer:
                return answer.status, answer.headers, await answer.read()

    def _bucket(self, route: Route) -> Bucket:
        return self._buckets.bucket(route.key, route.major_parameters, self._clock.monotonic())

    def _learn(self, route: Route, bucket: Bucket, headers: Mapping[str, str]) -> None:
        self._buckets.learn(route.key, route.major_parameters, bucket, headers, self._clock.monotonic())

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=self._timeout, cookie_jar=aiohttp.DummyCookieJar())
        return self._session


def _body(form: Iterable[Mapping[str, Any]] | None, how: Mapping[str, Any]) -> Mapping[str, Any]:
    if form is not None:
        data = aiohttp.FormData(quote_fields=False)   # Discord reads the brackets of "files[0]" unquoted
        for field in form:
            data.add_field(**field)
        return {"data": data}
    if "json" in how:
        text = json.dumps(how["json"], ensure_ascii=False, separators=(",", ":"))
        return {"data": text.encode(errors="replace"), "headers": {"Content-Type": "application/json"}}
    return {}


def _read(status: int, headers: Mapping[str, str], content: bytes) -> Any:
    try:
        body = json.loads(content) if content else None
    except ValueError:
        body = None
    if not 200 <= status < 300:
        raise refusal(status, headers, body)
    if content and body is None:
        raise SendError(f"an answer (HTTP {status}) that is not Discord's", certainly_not_sent=False)
    return body
