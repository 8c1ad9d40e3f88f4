"""The limits that Discord documents: for the whole bot, for each bucket, for refused requests."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.clock import Clock

GLOBAL_A_SECOND = 50
BUCKET = (5, 5.0)                 # requests, seconds
BAN_AFTER, BAN_WINDOW = 10_000, 600.0


class RefusedError(Exception):
    """An answer that is no success. A str as `body` is a page of a proxy before Discord."""

    def __init__(self, status: int, body: Any, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status)
        self.status, self.body, self.headers = status, body, dict(headers or {})


@dataclass(slots=True)
class _Bucket:
    began: float
    used: int = 0


class Limits:
    """Each method raises RefusedError for what goes over."""

    def __init__(self, clock: Clock, bucket: tuple[int, float], global_limit: int) -> None:
        self._clock, self._bucket, self._global_limit = clock, bucket, global_limit
        self._recent: deque[float] = deque()
        self._invalid: deque[float] = deque()
        self._buckets: dict[tuple[str, str], _Bucket] = {}

    def note_refusal(self, status: int, headers: Mapping[str, str]) -> None:
        """401, 403 and 429 count towards the ban, unless a limit is shared with others."""
        if status in {401, 403, 429} and headers.get("X-RateLimit-Scope") != "shared":
            self._invalid.append(self._clock.monotonic())

    def check_ban(self) -> None:
        now = self._clock.monotonic()
        while self._invalid and self._invalid[0] <= now - BAN_WINDOW:
            self._invalid.popleft()
        if len(self._invalid) >= BAN_AFTER:
            raise RefusedError(429, "<html>You are being rate limited</html>", {"Retry-After": "600"})

    def count_for_all(self) -> None:
        now = self._clock.monotonic()
        while self._recent and self._recent[0] <= now - 1.0:
            self._recent.popleft()
        if len(self._recent) >= self._global_limit:
            wait = round(self._recent[0] + 1.0 - now, 3)
            raise RefusedError(
                429, {"message": "You are being rate limited.", "retry_after": wait, "global": True},
                {"Retry-After": str(int(wait) + 1), "X-RateLimit-Global": "true", "X-RateLimit-Scope": "global"},
            )
        self._recent.append(now)

    def count(self, method: str, words: list[str]) -> dict[str, str]:
        """Draw on the bucket of this route and channel or webhook; {} for routes that have none here."""
        if words[0] not in {"channels", "webhooks"}:
            return {}
        major = "/".join(words[1:3] if words[0] == "webhooks" else words[1:2])
        name = f"{method}-{words[0]}-{words[2] if words[0] == 'channels' and len(words) > 2 else ''}"
        count, seconds = self._bucket
        now = self._clock.monotonic()
        bucket = self._buckets.setdefault((name, major), _Bucket(now))
        if bucket.began + seconds <= now:
            bucket.began, bucket.used = now, 0
        left = round(bucket.began + seconds - now, 3)
        headers = {
            "X-RateLimit-Limit": str(count), "X-RateLimit-Remaining": str(max(0, count - bucket.used - 1)),
            "X-RateLimit-Reset": f"{self._clock.now().timestamp() + left:.3f}",
            "X-RateLimit-Reset-After": f"{left:.3f}", "X-RateLimit-Bucket": name.encode().hex(),
        }
        if bucket.used >= count:
            raise RefusedError(
                429, {"message": "You are being rate limited.", "retry_after": left, "global": False},
                {"Retry-After": str(int(left) + 1), "X-RateLimit-Scope": "user", **headers},
            )
        bucket.used += 1
        return headers
