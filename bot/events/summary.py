"""What an event says, derived from its reports and nothing else: what alerts are composed of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.events.profile import counted, tellers
from bot.events.remembered import Remembered
from bot.events.voices import group_owners
from bot.model import Action, Event, Kind, Move, Report, Stage, Standing, Topic

GROWS = timedelta(hours=24)  # a number that rises within a day is one count going on, not a quarrel
ODD = 5  # a move that not more than one in so many owners tell of is a misreading
SURE = 2  # owners that must name a person before the name is published (CONTRACT "An alert")
PROGRESS = (Stage.DEMANDED, Stage.REFUSED, Stage.PROPOSED, Stage.DECIDED)


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
class OwnerVoice:
    """An owner that reported, with the outlet under which it did so first."""

    owner: str
    outlet: str
    standing: Standing


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
    def publishable(self) -> tuple[NamedPerson, ...]:
        """The people whose names may be shown to everybody."""
        return tuple(person for person in self.people if person.publishable)


def fold_summary(event: Event) -> EventSummary:
    """Fold an event's reports into what it says. Linear in their number; use `summarise`."""
    reports = event.reports
    return EventSummary(
        topics=event.topics,
        released=released_of(reports),
        still_held=still_held_of(reports),
        moves=moves_of(reports),
        people=people_of(reports),
        owners=owners_of(reports),
        confirmations=len(group_owners(reports)),
        authority=any(is_own_act(report) for report in reports),
        first_seen=min((report.seen for report in reports), default=event.started),
    )


_summaries = Remembered(fold_summary)


def summarise(event: Event) -> EventSummary:
    """What an event says, remembered until it gets another report."""
    return _summaries(event)


def is_own_act(report: Report) -> bool:
    """An authority tells of an act, not of its opinion on one."""
    return report.standing is Standing.OFFICIAL and report.happening and report.kind is Kind.REPORT


def released_of(reports: Sequence[Report]) -> Released | None:
    """The number released, as a range where owners disagree.

    Each owner's newest word counts. "More than 50" beside an exact 52 adds nothing. What grew within a day
    takes the newest. Values of fewer than one in five of the owners who state one are left out.
    """
    said = tellers(reports)
    exact = [r for r in said if not _released(r)[1]]
    standing = drop_outgrown(exact or said)
    claims = claims_of(standing)
    kept = counted({claim.value: len(claim.owners) for claim in claims})
    shown = tuple(claim for claim in claims if claim.value in kept)
    if not shown:
        return None
    values = [claim.value for claim in shown]
    at_least = not exact or (len(shown) == 1 and shown[0].at_least)
    return Released(low=min(values), high=max(values), at_least=at_least, claims=shown)


def _released(report: Report) -> tuple[int, bool]:
    count = report.facts.released
    return (count.value, count.at_least) if count is not None else (0, True)


def drop_outgrown(said: Sequence[Report]) -> list[Report]:
    """Leave out smaller numbers that were all said before a larger one and within a day of it: 4, 8, then 18.

    A smaller number that somebody still says afterwards stays: that is a quarrel, not growth.
    """
    last = {_released(r)[0]: r.seen for r in said}
    first: dict[int, datetime] = {}
    for report in said:
        first.setdefault(_released(report)[0], report.seen)
    return [r for r in said if not outgrown(_released(r)[0], first, last)]


def outgrown(value: int, first: dict[int, datetime], last: dict[int, datetime]) -> bool:
    """Whether a larger number came after the last report of this one, and within a day."""
    return any(
        other > value and timedelta(0) < since - last[value] <= GROWS for other, since in first.items()
    )


def claims_of(said: Iterable[Report]) -> tuple[Claim, ...]:
    """Reports by the value they state, the best supported first."""
    by_value: dict[int, list[Report]] = defaultdict(list)
    for report in said:
        by_value[_released(report)[0]].append(report)
    claims = [
        Claim(
            value=value,
            at_least=all(_released(r)[1] for r in group),
            owners=tuple(r.owner for r in group),
            outlets=tuple(r.outlet for r in group),
            standings=frozenset(r.standing for r in group),
        )
        for value, group in by_value.items()
    ]
    return tuple(sorted(claims, key=lambda claim: (-len(claim.owners), -claim.value)))


def still_held_of(reports: Iterable[Report]) -> StillHeld | None:
    """The newest count of those who remain; one whose counter is named, or that an NGO made, goes first."""
    best: tuple[tuple[bool, bool, datetime], StillHeld] | None = None
    for report in reports:
        count = report.facts.still_held
        if count is None:
            continue
        counter = bool(count.by) or report.standing is Standing.NGO
        rank = (counter, not count.at_least, report.published)
        held = StillHeld(
            value=count.value,
            at_least=count.at_least,
            by=count.by,
            outlet=report.outlet,
            day=report.published.date(),
        )
        if best is None or rank >= best[0]:
            best = (rank, held)
    return best[1] if best else None


def moves_of(reports: Sequence[Report]) -> tuple[Move, ...]:
    """One move for each actor and action, at its furthest stage; the first text that reached it is kept.

    Where many speak of moves, one that a single owner read differently is left out, unless it is official.
    """
    best: dict[tuple[Action, str], Move] = {}
    for report in tell_of_moves(reports):
        for move in report.facts.moves:
            known = best.get((move.action, move.by))
            if known is None or PROGRESS.index(move.stage) > PROGRESS.index(known.stage):
                best[(move.action, move.by)] = move
    heard = hear_moves(reports)
    carried_out = {by for action, by in heard if action is not Action.THREATENED}
    return tuple(
        move
        for (action, by), move in best.items()
        if (action, by) in heard and (action is not Action.THREATENED or by not in carried_out)
    )


def tell_of_moves(reports: Iterable[Report]) -> list[Report]:
    """The reports whose word on sanctions counts: not what is said about them by third parties."""
    stated = [report for report in reports if report.facts.moves]
    return [r for r in stated if r.happening or r.kind is Kind.FOLLOWUP] or stated


def hear_moves(reports: Iterable[Report]) -> frozenset[tuple[Action, str]]:
    """The moves that an official or more than one in `ODD` of the owners who tell of any stand by."""
    owners: dict[tuple[Action, str], set[str]] = defaultdict(set)
    official: set[tuple[Action, str]] = set()
    everybody = set()
    for report in tell_of_moves(reports):
        everybody.add(report.owner)
        for move in report.facts.moves:
            owners[(move.action, move.by)].add(report.owner)
            if report.standing is Standing.OFFICIAL:
                official.add((move.action, move.by))
    return frozenset(
        key for key, said in owners.items() if key in official or ODD * len(said) > len(everybody)
    )


def people_of(reports: Iterable[Report]) -> tuple[NamedPerson, ...]:
    """Those named as freed, the most often named first; the spelling of the first report is kept."""
    names: dict[str, str] = {}
    owners: dict[str, set[str]] = defaultdict(set)
    official: set[str] = set()
    for report in reports:
        for person in report.facts.people:
            if person.freed:
                names.setdefault(person.key, person.name)
                if report.standing.confirms:
                    owners[person.key].add(report.owner)
                if report.standing is Standing.OFFICIAL:
                    official.add(person.key)
    people = [
        NamedPerson(key=k, name=n, owners=len(owners[k]), official=k in official) for k, n in names.items()
    ]
    return tuple(sorted(people, key=lambda person: -person.owners))


def owners_of(reports: Iterable[Report]) -> tuple[OwnerVoice, ...]:
    """Each owner once, in the order of their first reports."""
    found: dict[str, OwnerVoice] = {}
    for r in reports:
        found.setdefault(r.owner, OwnerVoice(owner=r.owner, outlet=r.outlet, standing=r.standing))
    return tuple(found.values())
