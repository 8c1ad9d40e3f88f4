"""Everything that can go wrong in Vestka, as one tree. Catch at the height you mean.

VestkaError
  + ConfigError            the configuration or the arguments are wrong: every mistake with its key (exit 2)
  + StorageError           the database cannot be used as it is
      - KeyFileError       the key of the chat references is missing, wrong or badly guarded
  + SourceError            one source failed on this poll; the others go on
      - FetchError         no usable bytes: refused, too large, too slow, a forbidden address
      - ReadError          bytes, but not what this kind of source serves
  + PersonError            words for a person: a message id and values, no text
      - QueryError         a keyword query that cannot be understood, with the position of the mistake
  + SendError              a chat platform did not take a message; only what the core may know
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class VestkaError(Exception):
    """The root of what Vestka raises on purpose."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake in the configuration: the dotted key, what is wrong with it and what would mend it."""

    key: str
    problem: str
    mend: str = ""

    def __str__(self) -> str:
        return f"{self.key}: {self.problem}" + (f" ({self.mend})" if self.mend else "")


class ConfigError(VestkaError):
    """The configuration or the arguments are wrong."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        super().__init__("\n".join(map(str, mistakes)))
        self.mistakes = tuple(mistakes)


class StorageError(VestkaError):
    """The database cannot be used as it is; the sentence says why and what to do."""


class KeyFileError(StorageError):
    """The key file is missing, wrong or readable by others; the sentence says which."""


class SourceError(VestkaError):
    """One source failed on this poll."""


class FetchError(SourceError):
    """No usable bytes came. `retry_after` is the server's wish in seconds, `status` its HTTP status."""

    def __init__(self, problem: str, *, status: int | None = None, retry_after: float | None = None) -> None:
        super().__init__(problem)
        self.status = status
        self.retry_after = retry_after


class ReadError(SourceError):
    """Bytes came, but not what this kind of source serves (an error page, an empty feed, a bomb)."""


class PersonError(VestkaError):
    """A mistake that a person in a chat can mend. `message_id` names the sentence in `messages.po`."""

    def __init__(self, message_id: str, **values: object) -> None:
        super().__init__(message_id)
        self.message_id = message_id
        self.values = values


class QueryError(PersonError):
    """A keyword query that cannot be understood; `position` counts characters from 0."""

    def __init__(self, position: int, message_id: str, **values: object) -> None:
        super().__init__(message_id, position=position + 1, **values)
        self.position = position


class Closed(StrEnum):
    """Why a platform will not take messages for a chat any more, as far as the core may know."""

    BLOCKED = "blocked"            # by the person, or the account is gone
    REMOVED = "removed"            # kicked, left, server removed
    NOT_FOUND = "not_found"        # believed when said twice within a day
    FORBIDDEN = "forbidden"        # a right or topic is missing or closed; it can come back


class SendError(VestkaError):
    """A chat platform did not take a message.

    certainly_not_sent: nothing can have reached the chat; False means nobody can know.
    permanent: trying this message again cannot help.
    retry_after: seconds that the platform wants us to wait; `whole_bot` says that all chats must.
    moved_to: the chat lives on under this id (platform's own spelling).
    closed: the chat itself is closed to us.
    unauthorised: the token is refused, the whole lane must stop.
    """

    def __init__(
        self,
        problem: str,
        *,
        certainly_not_sent: bool,
        permanent: bool = False,
        retry_after: float | None = None,
        whole_bot: bool = False,
        moved_to: str | None = None,
        closed: Closed | None = None,
        unauthorised: bool = False,
    ) -> None:
        super().__init__(problem)
        self.certainly_not_sent = certainly_not_sent
        self.permanent = permanent
        self.retry_after = retry_after
        self.whole_bot = whole_bot
        self.moved_to = moved_to
        self.closed = closed
        self.unauthorised = unauthorised
