from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from adapters.discord.errors import BY_CODE, connection_errors, refusal
from bot.errors import Closed, SendError

JSON_429 = {"message": "You are being rate limited.", "retry_after": 1.5, "global": False}
NOT_SENT = {"certainly_not_sent": True}
FOR_GOOD = NOT_SENT | {"permanent": True}
PASSING = NOT_SENT | {"permanent": False, "closed": None, "unauthorised": False}

CODES: list[tuple[str, int, int, dict[str, Any]]] = [
    ("an unknown channel is not found", 404, 10003, FOR_GOOD | {"closed": Closed.NOT_FOUND}),
    ("an unknown message closes nothing", 404, 10008, FOR_GOOD | {"closed": None}),
    ("an unknown user is gone", 404, 10013, FOR_GOOD | {"closed": Closed.BLOCKED}),
    ("an interaction that is over", 404, 10062, FOR_GOOD | {"closed": None}),
    ("an old message that takes no edit", 429, 30046, FOR_GOOD | {"closed": None, "retry_after": None}),
    ("a request too large", 413, 40005, FOR_GOOD | {"closed": None}),
    ("an interaction answered before", 400, 40060, FOR_GOOD | {"closed": None}),
    ("a forum that wants tags", 400, 40067, FOR_GOOD | {"closed": Closed.FORBIDDEN}),
    ("a refusal of Discord's network says nothing of the chat", 403, 40333, PASSING),
    ("missing access is a right", 403, 50001, FOR_GOOD | {"closed": Closed.FORBIDDEN}),
    ("an empty message", 400, 50006, FOR_GOOD | {"closed": None}),
    ("a user who takes no messages has blocked us", 403, 50007, FOR_GOOD | {"closed": Closed.BLOCKED}),
    ("missing permissions are a right", 403, 50013, FOR_GOOD | {"closed": Closed.FORBIDDEN}),
    ("a malformed request", 400, 50035, FOR_GOOD | {"closed": None}),
    ("an archived thread takes no edit", 400, 50083, FOR_GOOD | {"closed": None}),
    ("a user who left every server", 403, 50278, FOR_GOOD | {"closed": Closed.REMOVED}),
    ("a reply without the history", 400, 160002, FOR_GOOD | {"closed": Closed.FORBIDDEN}),
    ("a locked thread is closed", 403, 160005, FOR_GOOD | {"closed": Closed.FORBIDDEN}),
    ("a word that AutoMod stops", 400, 200000, FOR_GOOD | {"closed": None}),
]

STATUSES: list[tuple[str, int, dict[str, str], Any, dict[str, Any]]] = [
    ("401 stops the lane", 401, {}, {"message": "401: Unauthorized", "code": 0},
     NOT_SENT | {"unauthorised": True, "closed": None}),
    ("401 without JSON stops it too", 401, {}, None, NOT_SENT | {"unauthorised": True}),
    ("403 with a code that nobody knows closes the chat", 403, {}, {"code": 99999},
     FOR_GOOD | {"closed": Closed.FORBIDDEN}),
    ("403 from a proxy closes nothing", 403, {}, None, PASSING),
    ("404 from a proxy closes nothing", 404, {}, None, PASSING),
    ("400 with a code that nobody knows is for good", 400, {}, {"code": 99999}, FOR_GOOD | {"closed": None}),
    ("429 of a channel", 429, {"X-RateLimit-Scope": "user"}, JSON_429,
     PASSING | {"retry_after": 1.5, "whole_bot": False}),
    ("429 shared with others is not ours", 429, {"X-RateLimit-Scope": "shared"}, JSON_429,
     PASSING | {"retry_after": 1.5, "whole_bot": False}),
    ("429 of the whole bot", 429, {"X-RateLimit-Scope": "global"}, JSON_429 | {"global": True},
     PASSING | {"retry_after": 1.5, "whole_bot": True}),
    ("429 from the proxy is a ban", 429, {"Retry-After": "600"}, None,
     PASSING | {"retry_after": 600.0, "whole_bot": True}),
    ("429 without a time waits all the same", 429, {}, {"message": "slow"},
     PASSING | {"retry_after": 5.0, "whole_bot": False}),
    ("500 may have been taken", 500, {}, {"message": "500: Internal Server Error", "code": 0},
     {"certainly_not_sent": False, "permanent": False, "closed": None}),
    ("502 in Discord's words was not taken", 502, {}, {"message": "502: Bad Gateway", "code": 0}, PASSING),
    ("502 with a page may have been taken", 502, {}, None, {"certainly_not_sent": False, "closed": None}),
    ("503 when overloaded was not taken", 503, {}, {"message": "overloaded", "code": 130000}, PASSING),
    ("504 may have been taken", 504, {}, None, {"certainly_not_sent": False, "permanent": False}),
]


def facts(error: SendError, names: dict[str, Any]) -> dict[str, Any]:
    return {name: getattr(error, name) for name in names}


@pytest.mark.parametrize(("status", "code", "expected"), [row[1:] for row in CODES], ids=[row[0] for row in CODES])
def test_each_code_means(status: int, code: int, expected: dict[str, Any]) -> None:
    error = refusal(status, {}, {"message": "whatever", "code": code, "retry_after": 3, "global": False})

    assert facts(error, expected) == expected
    assert error.code == code


def test_every_code_of_the_table_has_its_row() -> None:
    assert {code for _, _, code, _ in CODES} == set(BY_CODE)


@pytest.mark.parametrize(("status", "headers", "body", "expected"), [row[1:] for row in STATUSES],
                         ids=[row[0] for row in STATUSES])
def test_each_status_means(status: int, headers: dict[str, str], body: Any, expected: dict[str, Any]) -> None:
    assert facts(refusal(status, headers, body), expected) == expected


def test_a_malformed_request_names_its_fields_and_repeats_no_words() -> None:
    body = {"code": 50035, "message": "Invalid Form Body", "errors": {
        "embeds": {"0": {"url": {"_errors": [{"code": "URL_TYPE", "message": "secret words"}]}}},
        "content": {"_errors": [{"code": "BASE_TYPE_MAX_LENGTH", "message": "secret words"}]}}}

    problem = str(refusal(400, {}, body))

    assert "embeds.0.url: URL_TYPE, content: BASE_TYPE_MAX_LENGTH" in problem
    assert "secret" not in problem


@pytest.mark.parametrize(("error", "certain"), [
    pytest.param(aiohttp.ConnectionTimeoutError(), True, id="no connection in time: nothing was sent"),
    pytest.param(aiohttp.SocketTimeoutError(), False, id="no answer in time: nobody knows"),
    pytest.param(TimeoutError(), False, id="too slow altogether: nobody knows"),
    pytest.param(aiohttp.ServerDisconnectedError(), False, id="cut off: nobody knows"),
    pytest.param(aiohttp.ClientPayloadError(), False, id="half an answer: nobody knows"),
    pytest.param(ConnectionResetError(), False, id="reset: nobody knows"),
])
def test_a_broken_connection_means(error: Exception, *, certain: bool) -> None:
    with pytest.raises(SendError) as failed, connection_errors():
        raise error

    assert failed.value.certainly_not_sent is certain
    assert not failed.value.permanent
    assert failed.value.closed is None
