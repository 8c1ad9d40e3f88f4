"""Counting an event's reports one by one, so that the ten-thousandth costs no more than the tenth.

Everything that an event says (`summary`) and everything it is recognised by (`profile`) is read off a tally.
A tally grows with its event and is never handed out; what is read off it never changes.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from bot.events.numbers import Numbers
from bot.events.voices import voices_of
from bot.model import Action, Event, Kind, Move, Report, Stage, Standing, Topic

FRESH = 4  # days within which a happening is reported as news
ODD = 5  # a move that not more than one in so many owners tell of is a misreading
NAMING = 4  # a firm that fewer than one report in so many names is not what all is about
PROGRESS = (Stage.DEMANDED, Stage.REFUSED, Stage.PROPOSED, Stage.DECIDED)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerVoice:
    """An owner that reported, with the outlet under which it did so first."""

    owner: str
    outlet: str
    standing: Standing


class Heard:
    """The moves on sanctions, each at its furthest stage, and which owners tell of them."""

    def __init__(self) -> None:
        self.best: dict[tuple[Action, str], Move] = {}
        self.owners: defaultdict[tuple[Action, str], set[str]] = defaultdict(set)
        self.official: set[tuple[Action, str]] = set()
        self.everybody: set[str] = set()
        self._targets: defaultdict[tuple[Action, str], Counter[str]] = defaultdict(Counter)

    def add(self, report: Report) -> None:
        self.everybody.add(report.owner)
        for move in report.facts.moves:
            key = (move.action, move.by)
            known = self.best.get(key)
            if known is None or PROGRESS.index(move.stage) > PROGRESS.index(known.stage):
                self.best[key] = move
            self.owners[key].add(report.owner)
            self._targets[key][move.target] += 1
            if report.standing is Standing.OFFICIAL:
                self.official.add(key)

    def believed(self, asked: int) -> tuple[Move, ...]:
        """The moves that an official, or more than one in `ODD` of those asked, tell: what the first report
        told does not go at the third."""
        return tuple(
            replace(move, target=self._target(key))
            for key, move in self.best.items()
            if self._is_believed(key, asked)
        )

    def _target(self, key: tuple[Action, str]) -> str:
        """The firm that most name, where not only few of those who tell of the move name one."""
        named = Counter({target: said for target, said in self._targets[key].items() if target})
        return most_common(named) if NAMING * named.total() >= self._targets[key].total() > 0 else ""

    def _is_believed(self, key: tuple[Action, str], asked: int) -> bool:
        said = len(self.owners[key])
        return key in self.official or ODD * said > asked

    def __bool__(self) -> bool:
        return bool(self.best)


class Groups:
    """Confirming owners grouped by shared voices: a union-find over the names of voices."""

    def __init__(self) -> None:
        self._parent: dict[str, str] = {}
        self._owns: set[str] = set()  # roots of groups with an owner that confirms

    def add(self, report: Report) -> None:
        if not report.standing.confirms:
            return
        roots = {self._root(voice) for voice in voices_of(report)}
        top = self._root(report.owner)
        for root in roots:
            self._parent[root] = top
        self._owns -= roots
        self._owns.add(top)

    def _root(self, voice: str) -> str:
        above = self._parent.setdefault(voice, voice)
        while above != voice:
            self._parent[voice] = self._parent[above]
            voice, above = above, self._parent[above]
        return voice

    def __len__(self) -> int:
        return len(self._owns)


class Tally:
    """All that was counted of one event."""

    def __init__(self, event: Event) -> None:
        self.begun: date = event.started.date()
        self.first_seen: datetime | None = None
        self.last: date = self.begun
        self.authority = False
        self.held: tuple[tuple[bool, bool, datetime], Report] | None = None
        self.owners: dict[str, OwnerVoice] = {}
        self.tellers: set[str] = set()  # owners that tell of the happening itself
        self.groups = Groups()
        self.names: dict[str, Counter[str]] = {}  # person → spellings
        self.named_by: defaultdict[str, set[str]] = defaultdict(set)
        self.named_officially: set[str] = set()
        self._numbers = (Numbers(), Numbers(), Numbers())
        self._heard = (Heard(), Heard())
        self._early = 0
        self._days: Counter[date] = Counter()

    def add(self, report: Report) -> None:
        """Count one more report."""
        self.first_seen = min(self.first_seen or report.seen, report.seen)
        self.last = max(self.last, report.published.date())
        self.authority = self.authority or is_own_act(report)
        if report.owner not in self.owners:
            voice = OwnerVoice(owner=report.owner, outlet=report.outlet, standing=report.standing)
            self.owners[report.owner] = voice
        if report.happening:
            self.tellers.add(report.owner)
        self.groups.add(report)
        self._add_day(report)
        self._add_numbers(report)
        self._add_people(report)
        if report.facts.moves:
            for heard in self._heard if report.happening or report.kind is Kind.FOLLOWUP else self._heard[1:]:
                heard.add(report)

    def _add_day(self, report: Report) -> None:
        if (report.published.date() - self.begun).days <= 1:
            self._early += 1
            if report.day is not None and 0 <= (self.begun - report.day).days <= FRESH:
                self._days[report.day] += 1

    def _add_numbers(self, report: Report) -> None:
        released, held = report.facts.released, report.facts.still_held
        if released is not None:
            own = report.happening and report.standing is not Standing.AGGREGATOR
            for numbers in self._numbers[0 if own else 1 if report.happening else 2 :]:
                numbers.add(report, released)
        if held is not None:
            counter = bool(held.by) or report.standing is Standing.NGO
            rank = (counter, not held.at_least, report.published)
            if self.held is None or rank >= self.held[0]:
                self.held = (rank, report)

    def _add_people(self, report: Report) -> None:
        for person in report.facts.people:
            if person.freed:
                self.names.setdefault(person.key, Counter())[person.name] += 1
                if report.standing.confirms:
                    self.named_by[person.key].add(report.owner)
                if report.standing is Standing.OFFICIAL:
                    self.named_officially.add(person.key)

    @property
    def numbers(self) -> Numbers:
        """Whose word on the released number counts: those who tell of the happening itself go first;
        aggregators, then statements and analyses, which also recall other numbers, only where nobody else
        states one."""
        return next((numbers for numbers in self._numbers if numbers), self._numbers[0])

    @property
    def heard(self) -> Heard:
        """Whose word on sanctions counts: what third parties say about them only where nobody else does."""
        return self._heard[0] or self._heard[1]

    def believed(self, topics: Iterable[Topic]) -> tuple[Move, ...]:
        """The moves on sanctions that are no misreading, each at its furthest stage.

        Beside a release all are asked who tell of the happening, not only those who speak of sanctions: there
        a text may recall the easing that came with the last release.
        """
        asked = self.tellers if Topic.RELEASE in topics else self.heard.everybody
        return self.heard.believed(len(asked))

    @property
    def day(self) -> date:
        """The day that most early reports name, if half of them do; else that of the first publication.

        Early: published until the day after the first. What comes later may belong to another day by mistake.
        """
        if not self._days:
            return self.begun
        day, count = max(self._days.items(), key=lambda pair: (pair[1], pair[0]))
        return day if 2 * count >= self._early else self.begun


def most_common(words: Counter[str]) -> str:
    """The word used most often; of equals the shortest, then the first."""
    return min(words, key=lambda word: (-words[word], len(word)))


def is_own_act(report: Report) -> bool:
    """An authority tells of an act, not of its opinion on one."""
    return report.standing is Standing.OFFICIAL and report.happening and report.kind is Kind.REPORT


def tally_of(event: Event, reports: Iterable[Report]) -> Tally:
    """A new tally of these reports."""
    tally = Tally(event)
    for report in reports:
        tally.add(report)
    return tally
