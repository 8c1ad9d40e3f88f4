"""How much of what people type is answered: a token bucket for each chat and one for all.

Pure but for its own memory; the moment is handed in.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """`burst` at once, then `per_second`."""

    burst: float
    per_second: float


# A person who taps through /help and three settings is never stopped; a script is, after ten commands.
ONE_CHAT = Rate(burst=10, per_second=1 / 6)
# More than platforms let us answer: 30 messages a second on Telegram, of which answers are a part.
ALL_CHATS = Rate(burst=100, per_second=30)
# Chats remembered at once; the one that was silent longest is forgotten, and has a full bucket again.
REMEMBERED = 20_000


class Hearing(StrEnum):
    """What becomes of a command."""

    ANSWER = "answer"
    WARN = "warn"                     # the first one too many: say so once, until half of the burst is back
    IGNORE = "ignore"


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float
    warned: bool = False

    def take(self, rate: Rate, now: float) -> bool:
        self.tokens = min(rate.burst, self.tokens + max(0.0, now - self.at) * rate.per_second)
        self.at = now
        self.warned = self.warned and self.tokens < rate.burst / 2
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


class Flood:
    """The buckets of this process."""

    def __init__(
        self, chat: Rate = ONE_CHAT, everyone: Rate = ALL_CHATS, remembered: int = REMEMBERED
    ) -> None:
        self._rate = chat
        self._everyone_rate = everyone
        self._remembered = remembered
        self._everyone = _Bucket(everyone.burst, 0.0)
        self._chats: OrderedDict[Hashable, _Bucket] = OrderedDict()

    def hear(self, chat: Hashable, now: float) -> Hearing:
        """What becomes of a command that `chat` sent at `now` (seconds on a clock that never jumps)."""
        bucket = self._chats.pop(chat, None) or _Bucket(self._rate.burst, now)
        self._chats[chat] = bucket
        while len(self._chats) > self._remembered:
            self._chats.popitem(last=False)
        if not bucket.take(self._rate, now):
            if bucket.warned or not self._everyone.take(self._everyone_rate, now):
                return Hearing.IGNORE
            bucket.warned = True
            return Hearing.WARN
        return Hearing.ANSWER if self._everyone.take(self._everyone_rate, now) else Hearing.IGNORE
