"""The tables. Encrypted columns end in `_sealed`; everything else is clear on purpose (`docs/privacy.md`).

Times are whole microseconds since 1970 in UTC: exact, ordered and equal on both databases.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class Instant(TypeDecorator[datetime]):
    """An aware moment in UTC, stored as microseconds since 1970."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        return None if value is None else (value - EPOCH) // MICROSECOND

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        return None if value is None else EPOCH + value * MICROSECOND


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite gives row ids by itself only to INTEGER keys.
RowId = BigInteger().with_variant(Integer(), "sqlite")

meta = Table(
    "meta",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

source_state = Table(
    "source_state",
    metadata,
    Column("id", Text, primary_key=True),
    Column("next_poll", Instant, nullable=False),
    Column("why", Text, nullable=False, default=""),  # the reason of next_poll
    Column("polled", Instant),
    Column("succeeded", Instant),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("body_hash", Text),
    Column("failures", Integer, nullable=False, default=0),  # in a row
    Column("problem", Text, nullable=False, default=""),
    Column("baseline_done", Boolean, nullable=False, default=False),
    Column("permanent_url", Text),
    Column("memory", JSON),  # what the kind wants back at its next poll
    Column("switched_off", Boolean, nullable=False, default=False),
)

seen = Table(
    "seen",
    metadata,
    Column("source", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("content_hash", Text, nullable=False),
    Column("first_seen", Instant, nullable=False),
    Column("last_seen", Instant, nullable=False, index=True),
    Column("item", Text, nullable=False),
)

item = Table(
    "item",
    metadata,
    Column("id", Text, primary_key=True),
    Column("source", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("seen", Instant, nullable=False, index=True),
    Column("relevant", Boolean, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("event", Text, index=True),
    Column("reasons", JSON, nullable=False),
    Column("body", JSON),  # the whole Item; null once its text expired
)

event = Table(
    "event",
    metadata,
    Column("id", Text, primary_key=True),
    Column("number", Integer, nullable=False, unique=True),
    Column("topics", Integer, nullable=False),  # bits, see TOPIC_BITS
    Column("started", Instant, nullable=False),
    Column("changed", Instant, nullable=False, index=True),
    Column("change", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("pushed", Boolean, nullable=False, default=False),  # has had a report that was not baseline
    Column("revision", BigInteger, nullable=False, unique=True),  # rises with every write to any event
)

report = Table(
    "report",
    metadata,
    Column("item", Text, primary_key=True),
    Column("event", Text, ForeignKey("event.id"), nullable=False, index=True),
    Column("seen", Instant, nullable=False),
    Column("position", Integer, nullable=False),
    Column("body", JSON, nullable=False),  # the whole Report
    Column("replaced", Boolean, nullable=False, default=False),
)

event_change = Table(
    "event_change",
    metadata,
    Column("event", Text, ForeignKey("event.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("urgent", Boolean, nullable=False),
    Column("item", Text),
    Column("reasons", JSON, nullable=False),
)

fanout = Table(
    "fanout",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("event", Text, ForeignKey("event.id"), nullable=False),
    Column("change", Integer, nullable=False),
    Column("item", Text),  # whose words are matched; null: all reports'
    Column("kinds", JSON, nullable=False),  # ChangeKinds that it tells of
    Column("urgent", Boolean, nullable=False),
    Column("created", Instant, nullable=False),
    Column("mark", BigInteger, nullable=False, default=0),  # last chat done
)

chat = Table(
    "chat",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("ref_index", LargeBinary, nullable=False, unique=True),
    Column("ref_sealed", LargeBinary, nullable=False),
    Column("home_index", LargeBinary, nullable=False, index=True),  # of platform:chat without the thread
    Column("platform", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("topics", Integer, nullable=False),
    Column("language", Text, nullable=False),
    Column("timezone", Text, nullable=False),
    Column("confirm", Integer, nullable=False),  # owners; CONFIRM_OFFICIAL: only an own act
    Column("updates", Text, nullable=False),  # edit, reply or off
    Column("safe", Boolean, nullable=False),
    Column("has_queries", Boolean, nullable=False),
    Column("paused_until", Instant),
    Column("closed", Text),  # a bot.errors.Closed value: nothing is sent
    Column("closed_at", Instant),
    Column("since_event", Integer),  # ledger's number at acceptance
    Column("joined_week", Text, nullable=False),  # ISO week, "2030-W02"
)

query = Table(
    "query",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("chat", RowId, ForeignKey("chat.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("body_sealed", LargeBinary, nullable=False),  # JSON: what was typed, and compiled
    Column("folding", Integer, nullable=False),  # version of the folding it was compiled with
)

delivery = Table(
    "delivery",
    metadata,
    Column("event", Text, ForeignKey("event.id"), primary_key=True),
    Column("chat", RowId, ForeignKey("chat.id", ondelete="CASCADE"), primary_key=True, index=True),
    Column("platform", Text, nullable=False),
    Column("wanted", Integer, nullable=False),  # newest change the chat should know
    Column("told", Integer),  # change it was last shown; null: nothing yet
    Column("class", Integer, nullable=False),  # DeliveryClass: lower goes first
    Column("state", Text, nullable=False),  # DeliveryState
    Column("not_before", Instant, nullable=False),
    Column("owed_since", Instant, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),  # at what is wanted now
    Column("ambiguous", Integer, nullable=False, default=0),  # of these, with unknown fate
    Column("holder", Text),
    Column("held_until", Instant),
    Column("sounded", Instant),  # when a message of it last made a sound
    Column("edited", Instant),  # when it was last edited
    Column("receipt_sealed", LargeBinary),  # JSON: ids of the platform's messages
    Index("ix_delivery_due", "platform", "state", "class", "not_before"),
)

lease = Table(
    "lease",
    metadata,
    Column("name", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("until", Instant, nullable=False),
)
