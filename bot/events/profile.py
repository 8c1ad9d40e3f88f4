"""What similarity needs to know of an event, folded once from its reports and remembered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from bot.model import Action, Event, Report, Standing, Topic

KEPT_PROFILES = 2_048  # events; about 2 kB each, far more than are ever open


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


def newest_by_owner(reports: Iterable[Report]) -> dict[str, Report]:
    """Of each owner the newest report that states a released number. An owner counts once."""
    newest: dict[str, Report] = {}
    for report in reports:
        if report.facts.released is not None and report.standing is not Standing.AGGREGATOR:
            newest[report.owner] = report
    if newest:
        return newest
    return {report.owner: report for report in reports if report.facts.released is not None}


def main_day(event: Event) -> date:
    """The day most reports name, if at least a third of them name one day; else the first publication's."""
    first = event.started.date()
    days = Counter(r.day for r in event.reports if r.day is not None and abs((r.day - first).days) <= 14)
    if not days:
        return first
    day, count = max(days.items(), key=lambda pair: (pair[1], pair[0]))
    return day if 3 * count >= len(event.reports) else first


def make_profile(event: Event) -> Profile:
    """Fold the reports of an event. Linear in their number; use `profile_of`."""
    reports = event.reports
    exact: Counter[int] = Counter()
    floors: set[int] = set()
    for report in newest_by_owner(reports).values():
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


_remembered: dict[tuple[str, int, int], tuple[Report, Report, Profile]] = {}


def profile_of(event: Event) -> Profile:
    """`make_profile`, remembered: a report that is added or replaced becomes the last one of its event."""
    if not event.reports:
        return make_profile(event)
    key = (event.id, event.change, len(event.reports))
    found = _remembered.get(key)
    if found is not None and found[0] == event.reports[0] and found[1] == event.reports[-1]:
        return found[2]
    if len(_remembered) >= KEPT_PROFILES:
        _remembered.clear()
    profile = make_profile(event)
    _remembered[key] = (event.reports[0], event.reports[-1], profile)
    return profile
