"""`vestka healthcheck`: asks a running Vestka on this machine, without any tool of the system."""

from __future__ import annotations

import os
from http.client import HTTPConnection, HTTPException
from ipaddress import ip_address
from pathlib import Path

import click

from bot.config import Config, load_config
from bot.errors import VestkaError
from bot.program.options import config_option

TIMEOUT_SECONDS = 5.0                 # a container's own limit is longer


@click.command("healthcheck")
@config_option
def command(path: Path | None) -> None:
    """Ask /healthz of the Vestka that runs with this configuration; exit 1 when it is not well."""
    status, text = ask(load_config(path, os.environ))
    if status != 200:
        raise VestkaError(f"not well ({status}): {text.strip()}")
    click.echo(text.strip())


def ask(config: Config) -> tuple[int, str]:
    """Status and words of /healthz. Raises VestkaError when nobody answers."""
    if not config.web.port:
        raise VestkaError("web.port is 0: there is no page to ask")
    host = reachable(config.web.host)
    connection = HTTPConnection(host, config.web.port, timeout=TIMEOUT_SECONDS)
    try:
        connection.request("GET", "/healthz")
        answer = connection.getresponse()
        return answer.status, answer.read(10_000).decode("utf-8", "replace")
    except (OSError, HTTPException) as error:
        raise VestkaError(f"nobody answers at {host} port {config.web.port}: {error}") from error
    finally:
        connection.close()


def reachable(host: str) -> str:
    """An address to ask at where the server listens on `host`: it may listen on all."""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if not address.is_unspecified:
        return host
    return "127.0.0.1" if address.version == 4 else "::1"
