"""What Discord's refusals mean to us: one table of its JSON error codes, one mapping of broken connections.

Codes: discord.com/developers/docs/topics/opcodes-and-status-codes#json-json-error-codes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp

from bot.errors import Closed, SendError

BANNED_FOR = 600.0        # seconds: a block for too many refused requests, which comes without a JSON body
SLOW_DOWN_FOR = 5.0       # seconds: a 429 that names no time; the longest of the common buckets


class RefusedError(SendError):
    """A SendError that remembers Discord's own words for it. `code` is 0 where Discord gave none."""

    def __init__(self, problem: str, *, status: int = 0, code: int = 0, **facts: Any) -> None:
        super().__init__(problem, **facts)
        self.status = status
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What one error code says."""

    words: str
    permanent: bool = True
    closed: Closed | None = None


FORUM_CODES = frozenset({40058, 50008})   # no plain message in a forum channel, in a non-text channel

BY_CODE: Mapping[int, Meaning] = {
    10003: Meaning(words="unknown channel", closed=Closed.NOT_FOUND),
    10008: Meaning(words="unknown message"),
    10013: Meaning(words="unknown user", closed=Closed.BLOCKED),
    10062: Meaning(words="the interaction is over"),
    30046: Meaning(words="too many edits of a message older than an hour"),
    40005: Meaning(words="the request is too large"),
    40060: Meaning(words="the interaction was answered already"),
    40067: Meaning(words="this forum wants a tag on each post", closed=Closed.FORBIDDEN),
    40333: Meaning(words="Discord's network refused the request", permanent=False),
    50001: Meaning(words="missing access", closed=Closed.FORBIDDEN),
    50006: Meaning(words="an empty message"),
    50007: Meaning(words="this user takes no messages from the bot", closed=Closed.BLOCKED),
    50013: Meaning(words="missing permissions", closed=Closed.FORBIDDEN),
    50035: Meaning(words="invalid form body"),
    50083: Meaning(words="the thread is archived"),
    50278: Meaning(words="no server is shared with this user", closed=Closed.REMOVED),
    160002: Meaning(words="a reply needs Read Message History", closed=Closed.FORBIDDEN),
    160005: Meaning(words="the thread is locked", closed=Closed.FORBIDDEN),
    200000: Meaning(words="the server's AutoMod stopped the message"),
}


def refusal(status: int, headers: Mapping[str, str], body: Any) -> RefusedError:
    """The error for an answer that is no success. `body` is the parsed JSON, None where it was none."""
    code = int(body.get("code") or 0) if isinstance(body, dict) else 0
    known = BY_CODE.get(code)
    if known is not None and status < 500:
        return RefusedError(
            _problem(known.words, status, code, body), status=status, code=code,
            certainly_not_sent=True, permanent=known.permanent, closed=known.closed,
        )
    if status == 429:
        return _slow_down(headers, body)
    if status >= 500:
        return _broken(status, code, body)
    return _by_status(status, code, body)


def _by_status(status: int, code: int, body: Any) -> RefusedError:
    """A 403 or 404 without JSON comes from something before Discord, so it tells nothing of the chat."""
    said = isinstance(body, dict)
    words = {401: "the token is refused", 403: "forbidden", 404: "not found"}.get(status, "refused")
    return RefusedError(
        _problem(words, status, code, body), status=status, code=code,
        certainly_not_sent=True,
        permanent=said and status != 401,
        closed=Closed.FORBIDDEN if status == 403 and said else None,
        unauthorised=status == 401,
    )


def _slow_down(headers: Mapping[str, str], body: Any) -> RefusedError:
    said = body if isinstance(body, dict) else {}
    scope = headers.get("X-RateLimit-Scope", "")
    seconds = said.get("retry_after") or headers.get("Retry-After") or (SLOW_DOWN_FOR if said else BANNED_FOR)
    return RefusedError(
        "too many requests", status=429, code=int(said.get("code") or 0),
        certainly_not_sent=True,
        retry_after=float(seconds),
        whole_bot=not said or bool(said.get("global")) or scope == "global",
    )


def _broken(status: int, code: int, body: Any) -> RefusedError:
    """502 and 503 in Discord's own JSON: no one was there to take the request. 500, a proxy's time-out and
    a page of HTML: it may have been taken before things broke."""
    refused = status in {502, 503} and isinstance(body, dict)
    return RefusedError(_problem("Discord is broken", status, code, None), status=status, code=code,
                   certainly_not_sent=refused)


def _problem(words: str, status: int, code: int, body: Any) -> str:
    fields = ", ".join(_fields(body.get("errors"))) if isinstance(body, dict) else ""
    return f"Discord: {words} (HTTP {status}, code {code})" + (f": {fields}" if fields else "")


def _fields(errors: Any, path: str = "") -> Iterator[str]:
    """"content: BASE_TYPE_MAX_LENGTH": names and codes only, for Discord's sentences can repeat our text."""
    if not isinstance(errors, dict):
        return
    for name, inside in errors.items():
        if name == "_errors" and isinstance(inside, list):
            yield from (f"{path}: {error.get('code', '?')}" for error in inside if isinstance(error, dict))
        else:
            yield from _fields(inside, f"{path}.{name}".lstrip("."))


@contextmanager
def connection_errors() -> Iterator[None]:
    """Raise SendError for a failed connection: before it stood nothing was sent, afterwards nobody knows."""
    try:
        yield
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
        raise SendError("Discord cannot be reached", certainly_not_sent=True) from error
    except TimeoutError as error:
        raise SendError("Discord did not answer in time", certainly_not_sent=False) from error
    except (aiohttp.ClientError, OSError) as error:
        raise SendError("the connection to Discord broke", certainly_not_sent=False) from error
