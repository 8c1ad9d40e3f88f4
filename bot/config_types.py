"""What may stand in a configuration besides text and numbers: times, sizes, addresses, URLs."""

from __future__ import annotations

import re
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator

Network = IPv4Network | IPv6Network

SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
BYTES = {"B": 1, "KB": 1000, "MB": 1000**2, "GB": 1000**3, "KIB": 1024, "MIB": 1024**2, "GIB": 1024**3}


class WrongValueError(ValueError):
    """A value that cannot stand under its key: what is wrong, and what would mend it."""

    def __init__(self, problem: str, mend: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.mend = mend


def parse_duration(value: object) -> timedelta:
    """`"90s"`, `"5m"`, `"24h"`, `"30d"`, `"2w"` as a span of time above zero. Raises WrongValueError."""
    if isinstance(value, timedelta):
        return value
    mend = 'a number and s, m, h, d or w, as in "5m" or "24h"'
    text = value.strip() if isinstance(value, str) else ""
    found = re.fullmatch(r"(\d{1,9}(?:\.\d{1,3})?)\s*([smhdw])", text)
    if found is None:
        raise WrongValueError(f"{value!r} is no duration", mend)
    seconds = float(found[1]) * SECONDS[found[2]]
    if not 0 < seconds < 100 * 365 * SECONDS["d"]:
        raise WrongValueError(f"{value!r} is out of range", "more than nothing, less than a hundred years")
    return timedelta(seconds=seconds)


def parse_size(value: object) -> int:
    """`"4MB"`, `"512kB"`, `"1MiB"` in bytes; 1 kB is 1,000 bytes, 1 KiB 1,024. Raises WrongValueError."""
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    text = value.strip().upper() if isinstance(value, str) else ""
    found = re.fullmatch(r"(\d{1,9})\s*([KMG]?I?B)", text)
    if found is None or not int(found[1]):
        raise WrongValueError(f"{value!r} is no size", 'a number above 0 and kB, MB or GB, as in "4MB"')
    return int(found[1]) * BYTES[found[2]]


def parse_whole(value: object) -> object:
    """Refuses true and false where a number belongs: pydantic would read them as 1 and 0."""
    if isinstance(value, bool):
        raise WrongValueError(f"{str(value).lower()} is no number", "a whole number without quotation marks")
    return value


def parse_web_address(value: object) -> str:
    """An http or https URL with a host. Raises WrongValueError."""
    mend = "a whole address, as in https://example.org/path"
    if not isinstance(value, str):
        raise WrongValueError(f"{value!r} is no URL", mend)
    try:
        parts = urlsplit(value)
        good = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        good = False
    if not good or re.search(r"\s", value):
        raise WrongValueError(f"{value!r} is no http or https URL", mend)
    return value


def parse_optional_web_address(value: object) -> str:
    """An http or https URL, or nothing."""
    return "" if value == "" else parse_web_address(value)


def parse_database_url(value: object) -> str:
    """The address of a database that Vestka can use; the value is not repeated, for it holds a password."""
    mend = "sqlite:///path/to/file.db or postgresql://user:password@host/name"
    if not isinstance(value, str):
        raise WrongValueError("is no text", mend)
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise WrongValueError(f"is no URL: {error}", mend) from error
    if parts.scheme == "sqlite":
        if host or not parts.path.removeprefix("/"):
            raise WrongValueError("names no file", mend)
    elif parts.scheme not in {"postgresql", "postgres"}:
        raise WrongValueError(f"{parts.scheme or 'no scheme'!r} is no database that Vestka can use", mend)
    elif not parts.path.removeprefix("/"):
        raise WrongValueError("names no database", mend)
    return value


def parse_network(value: object) -> Network:
    """An address or a range in CIDR notation. Raises WrongValueError."""
    if isinstance(value, IPv4Network | IPv6Network):
        return value
    try:
        return ip_network(str(value))
    except ValueError as error:
        problem = f"{value!r} is no address range: {error}"
        raise WrongValueError(problem, 'as in "10.0.0.0/8" or "::1"') from error


def parse_allowed_host(value: object) -> str:
    """`host:port` or a range in CIDR notation. Raises WrongValueError."""
    text = str(value)
    if re.fullmatch(r"(\[[0-9a-fA-F:.]+\]|[\w.-]+):\d{1,5}", text) and int(text.rpartition(":")[2]) < 65_536:
        return text
    try:
        ip_network(text)
    except ValueError as error:
        mend = 'as in "127.0.0.1:8000" or "10.1.0.0/16"'
        raise WrongValueError(f"{value!r} is neither host:port nor an address range", mend) from error
    return text


def parse_time_zone(value: object) -> str:
    """The name of a time zone that this machine knows. Raises WrongValueError."""
    try:
        return ZoneInfo(str(value)).key
    except (KeyError, ValueError, OSError) as error:      # unknown, ill-formed, the name of a folder
        raise WrongValueError(f"{value!r} is no time zone", 'a name as in "Europe/Vilnius"') from error


def parse_account(value: object) -> str:
    """`platform:id`, the form in which people and chats are named in the configuration."""
    if isinstance(value, str) and re.fullmatch(r"[a-z]+:[^\s:]+", value):
        return value
    raise WrongValueError(f"{value!r} names nobody", 'platform and id, as in "telegram:123"')


def parse_optional_account(value: object) -> str:
    """`platform:id`, or nothing."""
    return "" if value == "" else parse_account(value)


Duration = Annotated[timedelta, BeforeValidator(parse_duration)]
Size = Annotated[int, BeforeValidator(parse_size)]
Whole = Annotated[int, BeforeValidator(parse_whole)]
OptionalWebAddress = Annotated[str, BeforeValidator(parse_optional_web_address)]
DatabaseUrl = Annotated[str, BeforeValidator(parse_database_url)]
Range = Annotated[Network, BeforeValidator(parse_network)]
AllowedHost = Annotated[str, BeforeValidator(parse_allowed_host)]
TimeZone = Annotated[str, BeforeValidator(parse_time_zone)]
Account = Annotated[str, BeforeValidator(parse_account)]
OptionalAccount = Annotated[str, BeforeValidator(parse_optional_account)]
