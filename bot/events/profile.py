"""What similarity needs to know of an event, folded once from its reports and remembered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from bot.events.remembered import Remembered
from bot.model import Action, Event, Report, Standing, Topic

FRESH = 4  # days within which a happening is reported as news


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """An event as similarity sees it.

    day: the day of the happening: what most reports that name a day say, else when the first was published.
    last: the newest day on which a report was published.
    numbers: the released values that count (see `counted`), `floors` the "at least" values.
    """

    topics: frozenset[Topic]
    day: date
    last: date
    numbers: frozenset[int]
    floors: frozenset[int]
    people: frozenset[str]
    moves: frozenset[tuple[Action, str]]
    traits: Mapping[str, int]
    reports: int


def counted(owners: Mapping[int, int]) -> frozenset[int]:
    """The values that at least one in five of the owners who state one stand by.

    Needs: value → number of owners. With up to five owners each value counts, so that 15 and 18 stay a
    range; among fifty, three who took "14 foreigners" for the whole do not. Fails when the first few
    reports are all wrong: then their value counts until enough others came.
    """
    stated = sum(owners.values())
    return frozenset(value for value, count in owners.items() if 5 * count >= stated)


def tellers(reports: Iterable[Report]) -> list[Report]:
    """The reports whose word on the released number counts: of each owner the newest that states one, in the
    order they arrived.

    Those that tell of the happening itself go first; statements and analyses, which also recall other
    numbers, and aggregators are heard only where nobody else states one.
    """
    stated = [report for report in reports if report.facts.released is not None]
    own = [r for r in stated if r.happening and r.standing is not Standing.AGGREGATOR]
    newest: dict[str, Report] = {}
    for report in own or [r for r in stated if r.happening] or stated:
        newest.pop(report.owner, None)
        newest[report.owner] = report
    return list(newest.values())


def main_day(event: Event) -> date:
    """The day that most of the early reports name, if half of them name one; else the first publication's.

    Early: published until the day after the first. What comes later may belong to another day by mistake.
    """
    first = event.started.date()
    early = [report for report in event.reports if (report.published.date() - first).days <= 1]
    days = Counter(r.day for r in early if r.day is not None and 0 <= (first - r.day).days <= FRESH)
    if not days:
        return first
    day, count = max(days.items(), key=lambda pair: (pair[1], pair[0]))
    return day if 2 * count >= len(early) else first


def make_profile(event: Event) -> Profile:
    """Fold the reports of an event. Linear in their number; use `profile_of`."""
    reports = event.reports
    exact: Counter[int] = Counter()
    floors: set[int] = set()
    for report in tellers(reports):
        count = report.facts.released
        if count is not None and count.at_least:
            floors.add(count.value)
        elif count is not None:
            exact[count.value] += 1
    traits: Counter[str] = Counter()
    for report in reports:
        traits.update(report.traits)
    return Profile(
        topics=frozenset(event.topics),
        day=main_day(event),
        last=max((report.published.date() for report in reports), default=event.started.date()),
        numbers=counted(exact),
        floors=frozenset(floors),
        people=frozenset(p.key for r in reports for p in r.facts.people if p.freed),
        moves=frozenset((move.action, move.by) for r in reports for move in r.facts.moves),
        traits=traits,
        reports=len(reports),
    )


profile_of = Remembered(make_profile)
