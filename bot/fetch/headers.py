"""What a server says about time in its headers. Pure; names of headers are lower case.

https://www.rfc-editor.org/rfc/rfc9110#field.retry-after,
https://www.rfc-editor.org/rfc/rfc9111#name-freshness
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

Headers = Mapping[str, str]

LONGEST_VALIDATOR = 500  # characters of an ETag; longer ones are refused by servers anyway
SLACK = timedelta(days=1)  # Last-Modified may lie so far in the future; one is known that says 2038


def retry_after(headers: Headers, now: datetime) -> float | None:
    """Seconds that the server wants to be left alone; a date counts from the server's own clock."""
    said = headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d{1,9}(\.\d{1,6})?", said):
        return float(said)
    until = http_date(said)
    return max(0.0, (until - (http_date(headers.get("date", "")) or now)).total_seconds()) if until else None


def max_age(headers: Headers, now: datetime) -> timedelta | None:
    """How long an answer may be kept: Cache-Control, else Expires. None where it says nothing or "not at
    all".
    """
    control = headers.get("cache-control", "").lower()
    if re.search(r"\bno-(cache|store)\b", control):
        return None
    found = re.search(r"\bmax-age\s*=\s*\"?(\d{1,9})", control)
    if found:
        return timedelta(seconds=int(found[1]) - _age(headers)) if int(found[1]) > _age(headers) else None
    expires = http_date(headers.get("expires", ""))
    left = expires - (http_date(headers.get("date", "")) or now) if expires else timedelta()
    return left if left > timedelta() else None


def validators(headers: Headers, now: datetime) -> tuple[str | None, str | None]:
    """ETag and Last-Modified to give back with the next request, as the server wrote them."""
    etag = headers.get("etag", "").strip()
    modified = headers.get("last-modified", "").strip()
    when = http_date(modified)
    return (
        etag if 0 < len(etag) <= LONGEST_VALIDATOR and etag.isascii() and etag.isprintable() else None,
        modified if when is not None and when <= now + SLACK else None,
    )


def http_date(text: str) -> datetime | None:
    """The moment in a header, in UTC; None where it is none."""
    try:
        moment = parsedate_to_datetime(text.strip()[:60])
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)  # HTTP dates are GMT
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _age(headers: Headers) -> int:
    """How long a cache on the way has kept the answer already."""
    age = headers.get("age", "").strip()
    return int(age) if re.fullmatch(r"\d{1,9}", age) else 0
