"""The one way to the pages of sources: httpx, and around it all that a guest owes and a host may try.

What comes is a Page or a FetchError within `timeout` seconds and `max_bytes` unpacked bytes, from a public
address or one of `poll.allow_hosts`, over at most three redirects within the source's sites.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

import httpcore
import httpx

import bot
from bot.clock import Clock
from bot.errors import ConfigError, FetchError, Mistake
from bot.fetch.addresses import NOBODY, AllowedHosts
from bot.fetch.connect import GuardedBackend, GuardedTransport, Resolve, resolve
from bot.fetch.headers import retry_after
from bot.fetch.hosts import HostGate
from bot.fetch.unpack import ACCEPTED, Unpacker
from bot.model import Page
from bot.sources.kind import SourceRequest
from bot.text.urls import DEFAULT_PORTS, domain_of, host_of, under

REDIRECTS = 3
PERMANENT = frozenset({301, 308})
MOVED = PERMANENT | {302, 303, 307}
BUSY = frozenset({429, 503})  # a Retry-After with these speaks for the whole host


@dataclass(frozen=True, slots=True, kw_only=True)
class NotModified:
    """The server has nothing newer than what the request named."""

    url: str
    headers: Mapping[str, str]
    fetched: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """How pages are fetched; the defaults are those of the configuration.

    timeout: seconds from the start of the request to the last byte, redirects included. max_bytes: unpacked.
    """

    contact: str = ""
    timeout: float = 20.0
    max_bytes: int = 4_000_000
    concurrency: int = 32
    allowed: AllowedHosts = NOBODY


def user_agent(contact: str) -> str:
    """`Vestka/1.0 (+contact)`: who asks, and who to write to. Raises ConfigError."""
    if not (contact.isascii() and contact.isprintable()) or set("()") & set(contact):
        problem = "may hold printable ASCII without brackets, for it stands in a header"
        raise ConfigError([Mistake("bot.contact", problem, "an address of a page or a mailbox")])
    return f"Vestka/{bot.__version__}" + (f" (+{contact})" if contact else "")


def body_hash(body: bytes) -> str:
    """What is equal for equal bodies: servers without validators send the same bytes again and again."""
    return hashlib.sha256(body).hexdigest()


class Fetcher:
    """Fetches pages over one pool; close it by leaving `async with`."""

    def __init__(
        self, manners: Manners, clock: Clock, *, gate: HostGate | None = None, resolve: Resolve = resolve
    ) -> None:
        self._manners = manners
        self._clock = clock
        self._gate = gate or HostGate(clock)
        self._slots = asyncio.Semaphore(manners.concurrency)
        headers = {"User-Agent": user_agent(manners.contact), "Accept-Encoding": ACCEPTED}
        backend = GuardedBackend(manners.allowed, resolve)
        transport = GuardedTransport(backend, httpx.create_ssl_context(), manners.concurrency)
        # Proxies of the environment are passed by: the address must be looked at here, not there.
        self._client = httpx.AsyncClient(transport=transport, headers=headers, timeout=None, trust_env=False)  # noqa: S113 - see _within_time

    async def __aenter__(self) -> Fetcher:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close every connection."""
        await self._client.aclose()

    async def fetch(self, request: SourceRequest) -> Page | NotModified:
        """The page, or that it has not changed. Raises FetchError, with status and wish of the server."""
        host, port = _origin(request.url)
        async with AsyncExitStack() as stack:
            if not self._manners.allowed.covers(host, port):
                self._refuse_while_held(host)
                await stack.enter_async_context(self._gate.turn(host))
                self._refuse_while_held(host)
            await stack.enter_async_context(self._slots)
            return await self._within_time(request)

    def _refuse_while_held(self, host: str) -> None:
        if seconds := self._gate.held_for(host):
            raise FetchError(f"{host} asked to be left alone", status=429, retry_after=seconds)

    async def _within_time(self, request: SourceRequest) -> Page | NotModified:
        try:
            async with asyncio.timeout(self._manners.timeout):
                with _translated():
                    return await self._follow(request)
        except TimeoutError as error:
            raise FetchError(f"no whole answer within {self._manners.timeout:g} seconds") from error

    async def _follow(self, request: SourceRequest) -> Page | NotModified:
        url, permanent = request.url, True
        for hop in range(REDIRECTS + 1):
            async with self._answer(url, request) as response:
                if response.status_code not in MOVED or not request.follow:
                    settled = url if hop and permanent else None
                    return await self._settle(response, request, settled)
                permanent = permanent and response.status_code in PERMANENT
                url = self._next(url, response, request)
        raise FetchError(f"more than {REDIRECTS} redirects")

    @asynccontextmanager
    async def _answer(self, url: str, request: SourceRequest) -> AsyncIterator[httpx.Response]:
        headers = {"Accept": request.accept}
        if request.etag:
            headers["If-None-Match"] = request.etag
        if request.last_modified:
            headers["If-Modified-Since"] = request.last_modified
        response = await self._client.send(
            self._client.build_request("GET", url, headers=headers), stream=True
        )
        try:
            yield response
        finally:
            await response.aclose()

    async def _settle(
        self, response: httpx.Response, request: SourceRequest, permanent: str | None
    ) -> Page | NotModified:
        now, status, headers = self._clock.now(), response.status_code, dict(response.headers)
        if status == HTTPStatus.NOT_MODIFIED and (request.etag or request.last_modified):
            return NotModified(url=str(response.url), headers=headers, fetched=now)
        if status != HTTPStatus.OK:
            raise self._refusal(request.url, status, retry_after(headers, now))
        body = await _read(response, request.max_bytes or self._manners.max_bytes)
        return Page(
            url=str(response.url),
            status=status,
            headers=headers,
            body=body,
            fetched=now,
            permanent_url=permanent,
        )

    def _refusal(self, url: str, status: int, wish: float | None) -> FetchError:
        host, port = _origin(url)
        if wish and status in BUSY and not self._manners.allowed.covers(host, port):
            self._gate.hold(host, wish)
        return FetchError(f"the server answered {_name(status)}", status=status, retry_after=wish)

    def _next(self, url: str, response: httpx.Response, request: SourceRequest) -> str:
        """Where a redirect leads, when it may. Raises FetchError."""
        status = response.status_code
        try:
            target = httpx.URL(url).join(response.headers.get("location", "")).copy_with(fragment=None)
        except (httpx.InvalidURL, ValueError) as error:
            raise FetchError("a redirect leads to no address", status=status) from error
        if not response.headers.get("location") or target.scheme not in DEFAULT_PORTS:
            raise FetchError("a redirect leads to no web address", status=status)
        if httpx.URL(url).scheme == "https" and target.scheme == "http":
            raise FetchError("a redirect leads from https to http", status=status)
        host, port = _origin(str(target))
        if not under(host, (domain_of(request.url), *request.sites)) and not self._is_ours(
            request.url, host, port
        ):
            raise FetchError(
                f"a redirect leads to {host}, which is none of the source's sites", status=status
            )
        return str(target)

    def _is_ours(self, url: str, host: str, port: int) -> bool:
        """Whether a redirect stays among the operator's own hosts; one from outside may not lead to them."""
        return self._manners.allowed.covers(*_origin(url)) and self._manners.allowed.covers(host, port)


def _origin(url: str) -> tuple[str, int]:
    """Host and port of an address that may be asked. Raises FetchError for any other."""
    try:
        parts = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise FetchError("the address cannot be read") from error
    if parts.scheme not in DEFAULT_PORTS or not parts.host:
        raise FetchError("only http and https addresses are fetched")
    if parts.userinfo:
        raise FetchError("addresses with a user name are not fetched")
    return host_of(url) or parts.host, parts.port or DEFAULT_PORTS[parts.scheme]


async def _read(response: httpx.Response, limit: int) -> bytes:
    """The plain body, read only as far as the limit."""
    length = response.headers.get("content-length", "")
    if length.isdecimal() and int(length) > limit:
        raise FetchError(f"the body is larger than {limit:,} bytes")
    unpacker = Unpacker(response.headers.get("content-encoding", ""), limit)
    async for part in response.aiter_raw():
        unpacker.feed(part)
    return unpacker.finish()


def _name(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


@contextmanager
def _translated() -> Iterator[None]:
    """The errors of httpx and httpcore as ours; the address stays out, for it may hold what is private."""
    try:
        yield
    except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
        raise FetchError(f"no connection: {error}") from error
    except (httpcore.ProtocolError, httpcore.UnsupportedProtocol, httpx.InvalidURL, httpx.HTTPError) as error:
        raise FetchError(f"the answer breaks HTTP: {str(error).partition(':')[0][:80]}") from error
    except (httpcore.NetworkError, httpcore.TimeoutException) as error:
        raise FetchError(f"the connection broke: {type(error).__name__}") from error
