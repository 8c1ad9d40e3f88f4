"""Discord's rate-limit buckets as its answers tell of them: what would be refused need not leave.

A bucket is named by `X-RateLimit-Bucket` and counts separately for each channel, server or webhook
(discord.com/developers/docs/topics/rate-limits). Until the first answer of a route its bucket is unknown
and lets everything through. Several requests of one bucket may be on their way at once: the server's count
is taken minus those, which may hold one back for an answer too long but never lets one too many out. A
bucket that another process drains is seen with the next answer only.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

KEPT = 4096               # buckets, one a channel and kind of request; beyond it the expired are dropped


@dataclass(slots=True)
class Bucket:
    """remaining: requests that may leave before `until` (monotonic seconds). flying: not yet answered."""

    remaining: float = math.inf
    until: float = -math.inf
    flying: int = 0

    def wait(self, now: float) -> float:
        """Seconds until a request may leave; 0 when it may now."""
        return max(0.0, self.until - now) if self.remaining <= 0 else 0.0


class Buckets:
    """All buckets of a token. `route`: a kind of request; `major`: its channel, server or webhook."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._known: dict[tuple[str, str], Bucket] = {}

    def bucket(self, route: str, major: str, now: float) -> Bucket:
        """The bucket that this request would draw on; one whose window is over is full again."""
        key = (self._names.get(route, route), major)
        if key not in self._known and len(self._known) >= KEPT:
            self._drop_expired(now)
        bucket = self._known.setdefault(key, Bucket())
        if bucket.until <= now:
            bucket.remaining = math.inf
        return bucket

    def learn(self, route: str, major: str, bucket: Bucket, headers: Mapping[str, str], now: float) -> None:
        """Take over what an answer says of the bucket; an answer without these headers says nothing."""
        remaining, resets = headers.get("X-RateLimit-Remaining"), headers.get("X-RateLimit-Reset-After")
        if remaining is None or resets is None:
            return
        if name := headers.get("X-RateLimit-Bucket"):
            self._names[route] = name
            self._known[name, major] = bucket
        bucket.remaining = int(remaining) - bucket.flying
        bucket.until = now + float(resets)

    def _drop_expired(self, now: float) -> None:
        self._known = {key: kept for key, kept in self._known.items() if kept.flying or kept.until > now}
