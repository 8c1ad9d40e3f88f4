"""What an event says, derived from its reports and nothing else: what alerts are composed of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.events.numbers import Camp, Numbers
from bot.events.remembered import Remembered
from bot.events.tally import OwnerVoice, Tally, most_common
from bot.model import Action, Event, Move, Report, Stage, Standing, Topic

SURE = 2  # owners that must name a person before the name is published (CONTRACT "An alert")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A released number and who stands by it."""

    value: int
    at_least: bool
    owners: tuple[str, ...]
    outlets: tuple[str, ...]
    standings: frozenset[Standing]

    @property
    def state_only(self) -> bool:
        """Whether only state media say so."""
        return self.standings == {Standing.STATE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """How many were released: one value where low equals high, else the range of what is claimed."""

    low: int
    high: int
    at_least: bool
    claims: tuple[Claim, ...]  # those the range is made of, the best supported first


@dataclass(frozen=True, slots=True, kw_only=True)
class StillHeld:
    """How many remain, who counts them (empty where the text names nobody) and when it was said."""

    value: int
    at_least: bool
    by: str
    outlet: str
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedPerson:
    """Somebody named as freed, and by how many owners."""

    key: str
    name: str
    owners: int
    official: bool

    @property
    def publishable(self) -> bool:
        """Two owners or an official source published the name."""
        return self.official or self.owners >= SURE


@dataclass(frozen=True, slots=True, kw_only=True)
class EventSummary:
    """What an event says. `confirmations`: owners that confirm, independent of one another.

    authority: an official source reported the act itself, which satisfies any number of confirmations.
    """

    topics: tuple[Topic, ...]
    released: Released | None
    still_held: StillHeld | None
    moves: tuple[Move, ...]
    people: tuple[NamedPerson, ...]
    owners: tuple[OwnerVoice, ...]
    confirmations: int
    authority: bool
    first_seen: datetime

    @property
    def decided(self) -> tuple[Move, ...]:
        """The moves that are more than talk."""
        return tuple(m for m in self.moves if m.stage is Stage.DECIDED and m.action is not Action.THREATENED)

    @property
    def eases(self) -> bool:
        """Whether sanctions are eased, decided or announced."""
        return any(move.action is Action.EASED for move in self.moves)

    @property
    def publishable(self) -> tuple[NamedPerson, ...]:
        """The people whose names may be shown to everybody."""
        return tuple(person for person in self.people if person.publishable)


def read_summary(event: Event, tally: Tally) -> EventSummary:
    """Read off what an event says."""
    return EventSummary(
        topics=event.topics,
        released=released_of(tally.numbers),
        still_held=still_held_of(tally.held[1] if tally.held else None),
        moves=moves_of(tally.believed(event.topics)),
        people=people_of(tally),
        owners=tuple(tally.owners.values()),
        confirmations=len(tally.groups),
        authority=tally.authority,
        first_seen=tally.first_seen or event.started,
    )


_summaries = Remembered(read_summary)


def summarise(event: Event) -> EventSummary:
    """What an event says. Costs little when the event is the one asked for before, with one more report."""
    return _summaries(event)


def released_of(numbers: Numbers) -> Released | None:
    """The number released, as a range where owners disagree (`bot.events.numbers`).

    Each owner's newest word counts. "More than 50" beside an exact 52 adds nothing.
    """
    shown = numbers.shown()
    if not shown:
        return None
    at_least = not numbers.exact
    return Released(
        low=min(shown), high=max(shown), at_least=at_least, claims=claims_of(shown, at_least=at_least)
    )


def claims_of(camps: Mapping[int, Camp], *, at_least: bool) -> tuple[Claim, ...]:
    """Who stands by which number, the best supported first."""
    claims = [
        Claim(
            value=value,
            at_least=at_least,
            owners=tuple(camp.outlets),
            outlets=tuple(camp.outlets.values()),
            standings=frozenset(camp.standings.values()),
        )
        for value, camp in camps.items()
    ]
    return tuple(sorted(claims, key=lambda claim: (-len(claim.owners), -claim.value)))


def still_held_of(report: Report | None) -> StillHeld | None:
    """The newest count of those who remain; one whose counter is named, or that an NGO made, goes first."""
    if report is None or report.facts.still_held is None:
        return None
    count = report.facts.still_held
    return StillHeld(
        value=count.value,
        at_least=count.at_least,
        by=count.by,
        outlet=report.outlet,
        day=report.published.date(),
    )


def moves_of(believed: Sequence[Move]) -> tuple[Move, ...]:
    """The moves that are believed, without threats that were carried out."""
    carried_out = {move.by for move in believed if move.action is not Action.THREATENED}
    return tuple(
        move for move in believed if move.action is not Action.THREATENED or move.by not in carried_out
    )


def people_of(tally: Tally) -> tuple[NamedPerson, ...]:
    """Those named as freed, the most often named first, in the spelling that most reports use."""
    people = [
        NamedPerson(
            key=key,
            name=most_common(spellings),
            owners=len(tally.named_by[key]),
            official=key in tally.named_officially,
        )
        for key, spellings in tally.names.items()
    ]
    return tuple(sorted(people, key=lambda person: -person.owners))
