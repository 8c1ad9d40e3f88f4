"""The pages over real HTTP: who is told what."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from ipaddress import ip_network

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import unused_port
from structlog.testing import capture_logs

from bot.web.server import Health, make_web, serve_web
from bot.web.visitor import is_private

HERE = (ip_network("127.0.0.0/8"), ip_network("::1/128"))


@dataclass
class Program:
    """A program whose health the test decides."""

    complaints: tuple[str, ...] = ()
    waiting_for: tuple[str, ...] = ()
    url: str = field(default="")

    async def ask_complaints(self) -> tuple[str, ...]:
        return self.complaints

    async def ask_waiting_for(self) -> tuple[str, ...]:
        return self.waiting_for


@pytest.fixture
async def program() -> AsyncIterator[Program]:
    program = Program()
    health = Health(complaints=program.ask_complaints, waiting_for=program.ask_waiting_for)
    port = unused_port()
    runner = await serve_web(make_web(health, HERE), "127.0.0.1", port)
    assert isinstance(runner, web.AppRunner)
    program.url = f"http://127.0.0.1:{port}"
    yield program
    await runner.cleanup()


async def get(url: str, **headers: str) -> tuple[int, str, dict[str, str]]:
    async with aiohttp.ClientSession() as session, session.get(url, headers=headers) as answer:
        return answer.status, await answer.text(), dict(answer.headers)


async def test_a_program_that_is_well_says_so(program: Program) -> None:
    status, text, headers = await get(f"{program.url}/healthz")
    assert (status, text) == (200, "ok\n")
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "Server" not in headers
    assert "Set-Cookie" not in headers


async def test_the_operator_reads_the_reasons(program: Program) -> None:
    program.complaints = ("intake failed 3 times in a row", "the disk is full")
    status, text, _ = await get(f"{program.url}/healthz")
    assert (status, text) == (503, "intake failed 3 times in a row\nthe disk is full\n")


@pytest.mark.parametrize("header", ["Forwarded", "X-Forwarded-For", "x-forwarded-for"])
async def test_who_comes_through_a_proxy_reads_no_reasons(program: Program, header: str) -> None:
    program.complaints = ("intake failed 3 times in a row",)
    status, text, _ = await get(f"{program.url}/healthz", **{header: "for=203.0.113.7"})
    assert (status, text) == (503, "not well\n")


async def test_a_program_that_still_starts_is_well_but_not_ready(program: Program) -> None:
    program.waiting_for = ("the database is being migrated",)
    assert (await get(f"{program.url}/healthz"))[0] == 200
    status, text, _ = await get(f"{program.url}/readyz")
    assert (status, text) == (503, "the database is being migrated\n")


async def test_a_program_that_is_not_well_is_not_ready(program: Program) -> None:
    program.complaints = ("x",)
    assert (await get(f"{program.url}/readyz"))[0] == 503


async def test_another_page_is_not_found(program: Program) -> None:
    status, _, headers = await get(f"{program.url}/metrics")
    assert status == 404
    assert headers["Referrer-Policy"] == "no-referrer"


async def test_a_taken_port_is_said_once_and_goes_without_pages() -> None:
    program = Program()
    health = Health(complaints=program.ask_complaints, waiting_for=program.ask_waiting_for)
    with socket.socket() as taken, capture_logs() as lines:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert await serve_web(make_web(health, HERE), "127.0.0.1", port) is None
    [line] = lines
    assert (line["log_level"], line["port"]) == ("warning", port)


async def test_port_zero_means_no_pages() -> None:
    program = Program()
    health = Health(complaints=program.ask_complaints, waiting_for=program.ask_waiting_for)
    assert await serve_web(make_web(health, HERE), "127.0.0.1", 0) is None


VISITORS = [
    ("this machine may see", "127.0.0.1", {}, True),
    ("this machine over IPv6 may see", "::1", {}, True),
    ("an IPv4 address in IPv6's clothes is the same", "::ffff:127.0.0.5", {}, True),
    ("another machine may not see", "192.0.2.1", {}, False),
    ("who has no address may not see", None, {}, False),
    ("what is no address may not see", "unix", {}, False),
    ("a proxy's visitor may not see", "127.0.0.1", {"FORWARDED": "for=x"}, False),
    ("a network card's name is no part of the address", "::1%lo", {}, True),
]


@pytest.mark.parametrize(("_why", "address", "headers", "expected"), VISITORS, ids=[row[0] for row in VISITORS])
def test_who_may_see_what_is_the_operators(
    _why: str, address: str | None, headers: dict[str, str], expected: bool
) -> None:
    assert is_private(address, headers, HERE) is expected
