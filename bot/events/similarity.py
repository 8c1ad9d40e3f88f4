"""How much an item speaks of the same happening as an event: points for and against, each with its reason.

Theory. A happening is pinned down by few things that cross languages: the day, the number released, who was
freed, who moved which sanctions in which direction. Each is a piece of evidence that can be misread, so none
decides alone (but days too far apart): they add up, and `JOIN` points make a match. What an item does not
say is worth nothing either way. Two numbers on one day are growth or conflict and cost nothing; two numbers
on different days are two events. What tells of no happening of its own (a thank-you, a refusal to leave, an
analysis) must be about something already known, so it needs less.

A report without number, names or moves cannot tell two events apart; near an event it is taken for one more
on it, since a new event always brings reports that say more.

Needs: facts and day from the assessment. Known to fail: two groups freed on one day by separate decisions
become one event; a report without number, day or names a week late starts a second event.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from bot.events.profile import Profile
from bot.model import Action, Assessment, Facts, Item, Kind, Reason, Topic

JOIN = 2.0  # points that make an item part of an event
ALERTING = timedelta(days=14)  # how long an event alerts after its last change (CONTRACT "What is promised")
ALONE = 0.5  # points of one person in both: who it is says more
NEAR = 3  # days in which a report that says little is taken for one more of the last event
FAR = -100.0  # nothing can make up for it

TIGHTEN = frozenset({Action.IMPOSED, Action.EXTENDED, Action.THREATENED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One piece of evidence: points for (+) or against (-) the same happening."""

    points: float
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """All evidence on one pair of item and event."""

    points: float
    reasons: tuple[Reason, ...]

    @property
    def joins(self) -> bool:
        return self.points >= JOIN


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """An item as similarity sees it. `told` is the day its text names, `day` that or the publication's."""

    topics: frozenset[Topic]
    facts: Facts
    people: frozenset[str]
    moves: frozenset[tuple[Action, str]]
    mentioned: frozenset[str]
    told: date | None
    day: date
    published: date
    happening: bool


def view_of(item: Item, assessment: Assessment) -> View:
    """What similarity looks at. A told day after the publication only announces: then the latter counts."""
    published = (item.published if item.dated else item.seen).date()
    told = assessment.day if assessment.day is not None and assessment.day <= published else None
    return View(
        topics=frozenset(assessment.topics),
        facts=assessment.facts,
        people=frozenset(person.key for person in assessment.facts.people if person.freed),
        moves=frozenset((move.action, move.by) for move in assessment.facts.moves),
        mentioned=frozenset(t.partition(":")[2] for t in assessment.traits if t.startswith("person:")),
        told=told,
        day=told or published,
        published=published,
        happening=assessment.happening and assessment.kind is Kind.REPORT,
    )


def gap_of(view: View, profile: Profile) -> int:
    """Days between the item and the event: from the day its text names or from its publication, whichever is
    nearer, since days are misread. What tells of no happening is measured from the last report too."""
    days = {view.day, view.published}
    gap = min(abs((day - profile.day).days) for day in days)
    if not view.happening:
        return min(gap, abs((view.published - profile.last).days))
    return gap


def weigh_day(view: View, profile: Profile, gap: int) -> list[Evidence]:
    """The nearer the likelier; beyond the alerting window nothing but a day that the text names can match."""
    if gap > ALERTING.days:
        return [Evidence(points=FAR, reason=Reason(code="too far apart", words=f"{gap} days"))]
    points = 3.0 - gap if gap <= 2 else (0.0 if gap <= 6 else -1.0)
    words = "same day" if gap == 0 else f"{gap} day{'s' if gap > 1 else ''} apart"
    found = [Evidence(points=points, reason=Reason(code="day", words=words))]
    if view.happening and view.told is not None and abs((view.told - profile.day).days) > 1:
        found.append(Evidence(points=-1.0, reason=Reason(code="names another day", words=str(view.told))))
    return found


def weigh_number(view: View, profile: Profile, gap: int) -> Evidence | None:
    """The number released. On one day numbers grow and differ; on different days they tell events apart."""
    count = view.facts.released
    known = profile.numbers
    if count is None or not known:
        return None
    shown = "/".join(map(str, sorted(known)))
    if count.value in known:
        points = 4.0 if count.value > 1 else ALONE
        return Evidence(points=points, reason=Reason(code="same number", words=str(count.value)))
    if near(count.value, known) or (count.at_least and any(0.7 * n <= count.value < n for n in known)):
        return Evidence(points=3.0, reason=Reason(code="near number", words=f"{count.value}, {shown}"))
    if count.value <= len(view.people & profile.people):
        return None  # one of the group is told of by himself
    against = weigh_other_number(count.value < max(known), published_gap(view, profile, gap), view.happening)
    return Evidence(points=against, reason=Reason(code="other number", words=f"{count.value}, {shown}"))


def published_gap(view: View, profile: Profile, gap: int) -> int:
    """Days from the event to the publication. The day and the names that a report of a new group gives are
    often those of the last group, which it recalls; its number in the headline is its own."""
    return abs((view.published - profile.day).days) if view.happening else gap


def weigh_other_number(smaller: bool, gap: int, happening: bool) -> float:
    """A smaller number the day after is a part of the group or a quarrel; a larger one may be a new group."""
    if gap == 0 or (gap == 1 and smaller):
        return 0.0
    if gap == 1:
        return -1.0
    return -8.0 if happening else -3.0


def near(value: int, known: frozenset[int]) -> bool:
    """Within 4 %: 50, 51 and 52 are one group counted thrice, 30 and 32 are two groups."""
    return any(abs(value - number) <= 0.04 * max(value, number) for number in known)


def weigh_people(view: View, profile: Profile, gap: int) -> Evidence | None:
    """Who was freed. Nobody is freed twice within the window, so a shared name says much."""
    if not profile.people:
        return None
    if not view.people:
        return weigh_mentions(view, profile)
    shared = view.people & profile.people
    if shared:
        points = 4.0 if len(shared) == 1 else 5.0
        return Evidence(points=points, reason=Reason(code="same people", words=", ".join(sorted(shared)[:3])))
    if kin := {key.split("/")[0] for key in view.people} & profile.surnames:
        return Evidence(points=3.0, reason=Reason(code="same surnames", words=", ".join(sorted(kin)[:3])))
    if gap <= 1:
        return None
    return Evidence(points=-2.0, reason=Reason(code="other people", words=", ".join(sorted(view.people)[:3])))


def weigh_mentions(view: View, profile: Profile) -> Evidence | None:
    """What frees nobody by name but speaks of somebody freed in the event is likely to be about the event."""
    shared = view.mentioned & profile.surnames
    if not shared:
        return None
    return Evidence(points=4.0, reason=Reason(code="speaks of", words=", ".join(sorted(shared)[:3])))


def weigh_moves(view: View, profile: Profile, gap: int) -> list[Evidence]:
    """Who moved sanctions, and in which direction. Allies act in concert on one day, not over a week."""
    if not view.moves or not profile.moves:
        return []
    mine, theirs = {by for _, by in view.moves}, {by for _, by in profile.moves}
    found = []
    if mine & theirs:
        found.append(
            Evidence(points=2.0, reason=Reason(code="same actor", words=", ".join(sorted(mine & theirs))))
        )
    else:
        found.append(
            Evidence(
                points=-1.0 if gap == 0 else -3.0,
                reason=Reason(code="other actor", words=", ".join(sorted(mine))),
            )
        )
    return [*found, weigh_actions({a for a, _ in view.moves}, {a for a, _ in profile.moves}, gap)]


def weigh_actions(mine: set[Action], theirs: set[Action], gap: int) -> Evidence:
    """A threat and the decision it announces are one story; tightening and easing are two."""
    words = ", ".join(sorted(mine))
    if mine & theirs:
        return Evidence(points=2.0, reason=Reason(code="same action", words=words))
    if mine <= TIGHTEN and theirs <= TIGHTEN:
        threat = Action.THREATENED in mine | theirs
        return Evidence(
            points=1.0 if threat or gap == 0 else -3.0, reason=Reason(code="kindred action", words=words)
        )
    return Evidence(points=-2.0 if gap == 0 else -4.0, reason=Reason(code="opposite action", words=words))


def eases(moves: frozenset[tuple[Action, str]]) -> bool:
    """Whether sanctions are eased in it."""
    return any(action is Action.EASED for action, _ in moves)


def compare(view: View, profile: Profile) -> Likeness:
    """All evidence for and against this item telling of this event."""
    gap = gap_of(view, profile)
    evidence = weigh_day(view, profile, gap)
    both = view.topics & profile.topics
    if Topic.RELEASE in both:
        evidence += filter(None, (weigh_number(view, profile, gap), weigh_people(view, profile, gap)))
    if Topic.SANCTIONS in both and (Topic.RELEASE not in both or eases(view.moves)):
        evidence += weigh_moves(view, profile, gap)
    if not both:
        evidence.append(weigh_deal(view, profile, gap))
    if not view.happening:
        evidence.append(Evidence(points=2.0, reason=Reason(code="about something known")))
    elif both and gap > 0:
        evidence += filter(None, (weigh_little(view, profile, gap),))
    return Likeness(points=sum(e.points for e in evidence), reasons=tuple(e.reason for e in evidence))


def weigh_little(view: View, profile: Profile, gap: int) -> Evidence | None:
    """What reports without number, names or moves are worth.

    One cannot open a second event beside one of the last days. And an event of such reports alone, often a
    misreading, must not swallow the first good report of the next day.
    """
    if not (view.facts.released or view.people or view.moves):
        near = 1 < gap <= NEAR
        return Evidence(points=JOIN, reason=Reason(code="says little")) if near else None
    if not (profile.numbers or profile.people or profile.moves):
        return Evidence(points=-1.0, reason=Reason(code="the event says little"))
    return None


def weigh_deal(view: View, profile: Profile, gap: int) -> Evidence:
    """A release and an easing on one day are two halves of one deal; nothing else joins the two topics."""
    half = view.moves if Topic.SANCTIONS in view.topics else profile.moves
    if gap <= 1 and eases(half):
        return Evidence(points=1.0, reason=Reason(code="one deal", words="release and easing together"))
    return Evidence(points=FAR, reason=Reason(code="other topic"))
