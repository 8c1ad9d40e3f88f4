"""Connections for httpx that go only where `bot.fetch.addresses` lets them.

The name is resolved once, the addresses are looked at, and one of these very addresses is connected to: a
name that changes its address between the look and the call (DNS rebinding) gains nothing. TLS goes on
checking the name.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from ipaddress import ip_address

import httpcore
import httpx

from bot.fetch.addresses import Address, AllowedHosts, why_closed

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]

FIRST_TRIES = 3.0  # seconds for an address when another is left: IPv6 that leads nowhere
MOST_ADDRESSES = 4


class ForbiddenAddressError(httpcore.ConnectError):
    """The host has no address that may be connected to."""


async def resolve(host: str, port: int) -> Sequence[str]:
    """The host's addresses in the order in which the system would try them. Raises OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """httpcore's way to open connections, with a look at the address in between."""

    def __init__(self, allowed: AllowedHosts, resolve: Resolve = resolve) -> None:
        self._allowed = allowed
        self._resolve = resolve
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's name
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first address that answers. Raises httpcore.ConnectError, ConnectTimeout."""
        addresses = await self._vetted(host, port)
        for address in addresses[:-1]:
            try:
                return await self._network.connect_tcp(
                    address, port, FIRST_TRIES, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return await self._network.connect_tcp(addresses[-1], port, timeout, local_address, socket_options)

    async def _vetted(self, host: str, port: int) -> list[str]:
        try:
            addresses = [ip_address(found) for found in await self._resolve(host, port)]
        except (OSError, UnicodeError, ValueError) as error:
            raise httpcore.ConnectError(f"{host} cannot be resolved: {error}") from error
        good = [str(address) for address in addresses if self._may(host, port, address)]
        if not good:
            why = why_closed(addresses[0]) if addresses else "none"
            shown = addresses[0] if addresses else "no address"
            raise ForbiddenAddressError(
                f"{host} leads to {shown}, which is {why} (poll.allow_hosts can allow it)"
            )
        return good[:MOST_ADDRESSES]

    def _may(self, host: str, port: int, address: Address) -> bool:
        return not why_closed(address) or self._allowed.admits(host, port, address)


class GuardedTransport(httpx.AsyncBaseTransport):
    """httpx over one pool of guarded connections. Raises httpcore's errors as they are."""

    def __init__(
        self, backend: httpcore.AsyncNetworkBackend, verify: ssl.SSLContext, connections: int
    ) -> None:
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=verify,
            max_connections=connections,
            max_keepalive_connections=min(connections, 10),
            keepalive_expiry=15.0,  # seconds: for redirects and further pages, polls are minutes apart
            network_backend=backend,
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request; the body of the answer is not read yet."""
        url = httpcore.URL(
            scheme=request.url.raw_scheme,
            host=request.url.raw_host,
            port=request.url.port,
            target=request.url.raw_path,
        )
        answer = await self._pool.handle_async_request(
            httpcore.Request(request.method, url, headers=request.headers.raw, extensions=request.extensions)
        )
        return httpx.Response(
            answer.status, headers=answer.headers, stream=_Body(answer), extensions=answer.extensions
        )

    async def aclose(self) -> None:
        """Close every connection."""
        await self._pool.aclose()


class _Body(httpx.AsyncByteStream):
    """The bytes of an answer as they come."""

    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._answer.aiter_stream():
            yield part

    async def aclose(self) -> None:
        await self._answer.aclose()
