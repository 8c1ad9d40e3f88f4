"""The words of the house as types: Source → Page → Entry → Item → Assessment → Event → EventChange.

A type's name tells the stage. All are frozen; times are aware UTC; tuples inside.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Any


class Topic(StrEnum):
    """What people can ask to be told of."""

    RELEASE = "release"
    SANCTIONS = "sanctions"


class Standing(StrEnum):
    """What kind of voice an owner is. The first three count for confirmation."""

    OFFICIAL = "official"
    NGO = "ngo"
    INDEPENDENT = "independent"
    STATE = "state"
    AGGREGATOR = "aggregator"

    @property
    def confirms(self) -> bool:
        """Whether a report of such an owner counts when a chat asks for several owners."""
        return self in {Standing.OFFICIAL, Standing.NGO, Standing.INDEPENDENT}


class Risk(StrEnum):
    """Danger of a source's link to a reader inside Belarus: A state page or foreign government,
    B foreign media, C declared or presumed "extremist" there."""

    A = "A"
    B = "B"
    C = "C"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A configured place that is read. `options` are the extra keys of its kind, validated by the kind."""

    id: str
    name: str
    kind: str
    url: str
    sites: tuple[str, ...]            # registrable domains that its links may have
    owner: str
    standing: Standing = Standing.INDEPENDENT
    languages: tuple[str, ...] = ()
    country: str | None = None        # ISO 3166, where its outlet is at home; None: what its address tells
    topics: tuple[Topic, ...] = (Topic.RELEASE, Topic.SANCTIONS)   # that it can be expected to tell of
    risk: Risk = Risk.C
    every: timedelta | None = None    # None: poll.every
    enabled: bool = True
    reason: str = ""                  # dated, why it is off
    checked: str = ""                 # month when it was last seen working
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Bytes as fetched: the body unpacked, the headers with lower-case names."""

    url: str                          # where the redirects ended
    status: int
    headers: Mapping[str, str]
    body: bytes
    fetched: datetime
    permanent_url: str | None = None  # where permanent redirects lead, when all were permanent


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing exactly as the source gave it. `key` names it within its source for as long as the source
    lists it; `published` is None where the source gives no usable date."""

    key: str
    url: str | None
    title: str
    summary: str = ""
    published: datetime | None = None
    day_only: bool = False            # the source gave a day without a time
    publisher: str | None = None      # the outlet behind an aggregator's entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One cleaned entry. It never changes: an edited article is a new Item that replaces the old one.

    url is canonical, https or http, and None where it does not belong to the source's sites.
    published is never later than `seen` and falls back on it; `dated` tells whether the source said it.
    """

    id: str
    source: str                       # source id
    owner: str
    standing: Standing
    outlet: str                       # name to show
    key: str
    url: str | None
    title: str
    summary: str
    language: str                     # ISO 639-1, "und" where unknown
    published: datetime
    dated: bool
    seen: datetime
    content_hash: str
    risk: Risk = Risk.C
    replaces: str | None = None       # id of the Item that this one supersedes
    baseline: bool = False            # came with the first poll of its source


# --- what we think of an Item ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why something was decided: a code that tests and statistics use, and the words it was read from."""

    code: str
    words: str = ""

    def __str__(self) -> str:
        return f"{self.code}: {self.words}" if self.words else self.code


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A number of people with the words it was read from; `at_least` for "over 1,200", "mindestens 13"."""

    value: int
    quote: str
    at_least: bool = False
    by: str = ""                      # who says so, where the text names them


class Action(StrEnum):
    """What is done to sanctions."""

    IMPOSED = "imposed"
    EXTENDED = "extended"
    EASED = "eased"                   # lifted, suspended, waived, delisted, licensed too
    THREATENED = "threatened"


class Stage(StrEnum):
    """How far a move has come."""

    DECIDED = "decided"
    PROPOSED = "proposed"             # announced, agreed in principle, planned
    DEMANDED = "demanded"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One move on sanctions. `by` is US, EU, UK, Canada or another short English name of who decides."""

    action: Action
    by: str
    target: str
    stage: Stage
    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person as an Item names them. `key` is equal for the same name in any spelling or script."""

    name: str
    key: str
    freed: bool = True                # among those released, not only mentioned


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What an Item states, and nothing that it does not."""

    released: Count | None = None     # in this event
    still_held: Count | None = None
    moves: tuple[Move, ...] = ()
    people: tuple[Person, ...] = ()


class Kind(StrEnum):
    """What sort of text it is. Only a report tells of a happening by itself."""

    REPORT = "report"
    FOLLOWUP = "followup"             # something after a happening: arrivals, names, refusals to leave
    STATEMENT = "statement"           # somebody welcomes, demands, thanks
    ANALYSIS = "analysis"             # background, commentary, round-up


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """What we think of an Item, with reasons. Pure in the item's text and date.

    day: the day on which the text says the main happening took place, where it says so.
    happening: the text tells of a happening that may start an event (not background, not a demand).
    traits: what is compared across languages to find the same happening: folded names, numbers, places,
    lexicon concepts, each as "kind:value" ("person:cixanousk", "number:52", "concept:exile").
    """

    relevant: bool
    topics: tuple[Topic, ...] = ()
    kind: Kind = Kind.REPORT
    happening: bool = False
    facts: Facts = field(default_factory=Facts)
    day: date | None = None
    language: str = "und"
    traits: frozenset[str] = frozenset()
    reasons: tuple[Reason, ...] = ()


# --- events ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One Item's part in an Event, kept for good: who reported what, where and when."""

    item: str
    source: str
    owner: str
    standing: Standing
    outlet: str
    url: str | None
    risk: Risk
    title: str
    language: str
    published: datetime
    seen: datetime
    kind: Kind
    facts: Facts
    topics: tuple[Topic, ...]
    traits: frozenset[str]
    happening: bool
    day: date | None = None
    replaces: str | None = None
    baseline: bool = False


class EventState(StrEnum):
    """Whether an event still stands."""

    OPEN = "open"
    RETRACTED = "retracted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One happening, reported by one or more Items.

    number orders events for good; id is what people type. `change` is the number of its newest EventChange.
    `reports` holds the newest version of each item in the order they arrived.
    """

    id: str
    number: int
    topics: tuple[Topic, ...]
    started: datetime                 # when its first report was published, at most `seen` of that report
    changed: datetime                 # of the newest change
    change: int
    state: EventState = EventState.OPEN
    reports: tuple[Report, ...] = ()


class ChangeKind(StrEnum):
    """What is new about an Event."""

    STARTED = "started"
    CONFIRMED = "confirmed"           # a second owner
    SUPPORTED = "supported"           # a third owner, or an authority's own act: told only where waited for
    NUMBER = "number"                 # the number released became known or changed
    NAMES = "names"
    WIDENED = "widened"               # it has a second topic: a release turned out to be part of a deal
    MOVE = "move"                     # a formal step on sanctions, or proposed became decided
    CORRECTED = "corrected"
    RETRACTED = "retracted"


@dataclass(frozen=True, slots=True, kw_only=True)
class EventChange:
    """One numbered change. `urgent`: people were freed, a sanction was decided, or it is a correction."""

    event: str
    number: int
    kind: ChangeKind
    at: datetime
    urgent: bool
    item: str | None
    reasons: tuple[Reason, ...] = ()


class Verdict(StrEnum):
    """What an Item does to the ledger."""

    STARTS = "starts"
    JOINS = "joins"
    REPEATS = "repeats"               # joins without anything new
    IGNORED = "ignored"               # irrelevant, or relevant without a happening of its own


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What the decider says of one Item: `event` is None when it starts one or is ignored."""

    verdict: Verdict
    event: str | None = None
    changes: tuple[ChangeKind, ...] = ()
    urgent: bool = False
    reasons: tuple[Reason, ...] = ()


# --- deliveries -----------------------------------------------------------------------------------------


class DeliveryClass(IntEnum):
    """What goes first. A raised delivery keeps the more pressing of its classes until it was sent."""

    URGENT = 0                        # people were freed, a sanction was decided, a correction
    ORDINARY = 1                      # any other first message, a reply that sounds
    EDIT = 2                          # an earlier message is brought up to date, without a sound
    GATHERED = 3                      # waits for the one message that gathers several


class DeliveryState(StrEnum):
    """Where a delivery stands."""

    OWED = "owed"                     # to be sent from `not_before` on
    CLAIMED = "claimed"               # waits for its turn in one process; owed again when that dies
    SENDING = "sending"               # under way; of unknown fate when its holder dies
    SENT = "sent"                     # the chat was shown `told`
    UNKNOWN = "unknown"               # twice of unknown fate: the chat's next message names the event


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What a chat must come to know of an event, as it was claimed: one row of the outbox."""

    event: str
    chat: int
    platform: str
    wanted: int
    told: int | None
    delivery_class: DeliveryClass
    attempts: int
    ambiguous: int
    owed_since: datetime
    edited: datetime | None
    receipt: tuple[str, ...]          # ids of the platform's messages that show it, empty before the first


@dataclass(frozen=True, slots=True, kw_only=True)
class Fanout:
    """An order to bring an event's change (or one item's words) to the chats, worked off in slices.

    item: whose words are matched against queries; None: those of all reports. mark: last chat done.
    created: when it was decided, which is when the chats began to be owed.
    """

    id: int
    event: str
    change: int
    item: str | None
    kinds: tuple[ChangeKind, ...]
    urgent: bool
    mark: int
    created: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What planning found out about an order: whom it owes, as far as settings kept in clear tell.

    owners: how many confirm the event; official: an authority's own act satisfies any number.
    first: class of a first message, None where nobody gets one any more. again: class for those who were
    told, None where they need not know.
    corrects: told to those with `updates off` too.
    """

    event: str
    number: int
    change: int
    topics: tuple[Topic, ...]
    owners: int
    official: bool
    first: DeliveryClass | None
    again: DeliveryClass | None
    corrects: bool = False
