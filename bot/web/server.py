"""The web server: health for whoever watches, and no trace of who reads."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass

import structlog
from aiohttp import web

from bot.config_types import Network
from bot.web.visitor import is_private

log = structlog.get_logger(__name__)

HEADERS = {
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
SHUTDOWN_SECONDS = 2.0                # pages are small: whoever has not got one by then asks again

Complaints = Callable[[], Awaitable[tuple[str, ...]]]
"""What keeps the program from its work, a sentence each; nothing: it is well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """`complaints`: why the program is not well. `waiting_for`: why it does not work yet."""

    complaints: Complaints
    waiting_for: Complaints


def make_web(health: Health, private_from: Collection[Network]) -> web.Application:
    """The pages, not yet served."""

    async def healthz(request: web.Request) -> web.Response:
        return _answer(request, await health.complaints(), private_from)

    async def readyz(request: web.Request) -> web.Response:
        return _answer(request, await health.waiting_for() or await health.complaints(), private_from)

    pages = web.Application()
    pages.router.add_get("/healthz", healthz)
    pages.router.add_get("/readyz", readyz)
    pages.on_response_prepare.append(_add_headers)
    return pages


async def serve_web(pages: web.Application, host: str, port: int) -> web.AppRunner | None:
    """Serve until `cleanup` of what is returned. None when `port` is 0 or, with one warning, taken."""
    if port == 0:
        return None
    runner = web.AppRunner(pages, access_log=None, shutdown_timeout=SHUTDOWN_SECONDS)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        await runner.cleanup()
        why = error.strerror or str(error)
        log.warning("no pages: the address cannot be taken", host=host, port=port, why=why)
        return None
    log.info("pages", host=host, port=port)
    return runner


async def _add_headers(_: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(HEADERS)
    response.headers.pop("Server", None)


def _answer(request: web.Request, reasons: tuple[str, ...], operators: Collection[Network]) -> web.Response:
    if not reasons:
        return web.Response(text="ok\n")
    words = reasons if is_private(request.remote, request.headers, operators) else ("not well",)
    return web.Response(status=503, text="\n".join(words) + "\n")
