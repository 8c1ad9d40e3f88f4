"""What one item does to the ledger: it starts an event, joins one, repeats one, or is ignored."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.events.change import changes_between, is_urgent
from bot.events.fold import add, report_of, start
from bot.events.profile import profile_of
from bot.events.similarity import ALERTING, Likeness, compare, view_of
from bot.events.summary import summarise
from bot.model import Assessment, ChangeKind, Decision, Event, EventState, Facts, Item, Reason, Verdict


def decide(item: Item, assessment: Assessment, candidates: Sequence[Event], *, now: datetime) -> Decision:
    """What `item` does to the ledger, with the reasons.

    candidates: the events that changed since `candidate_window(now)`, or what `CandidateIndex.near` left of
    them. An edited article joins the event of its older version. A happening that fits no event starts one,
    whatever else is uncertain: to lose an event is worse than to open one too many.
    """
    if not assessment.relevant:
        return Decision(verdict=Verdict.IGNORED, reasons=(Reason(code="not relevant"), *assessment.reasons))
    older = find_older(item, candidates)
    if older is not None:
        return join(item, assessment, older, (Reason(code="edited article"),), now)
    best, likeness = find_best(item, assessment, candidates)
    if best is not None and likeness is not None and likeness.joins:
        return join(item, assessment, best, likeness.reasons, now)
    if assessment.happening:
        return begin(item, assessment, likeness, now)
    return Decision(
        verdict=Verdict.IGNORED, reasons=(Reason(code="no happening of its own"), *assessment.reasons)
    )


def find_older(item: Item, candidates: Sequence[Event]) -> Event | None:
    """The event that holds the version of this article which the item replaces."""
    if item.replaces is None:
        return None
    return next((e for e in candidates if any(r.item == item.replaces for r in e.reports)), None)


def find_best(
    item: Item, assessment: Assessment, candidates: Sequence[Event]
) -> tuple[Event | None, Likeness | None]:
    """The candidate with the most points; of equal ones an open one, then the one with most reports."""
    view = view_of(item, assessment)
    best: tuple[tuple[float, bool, int, datetime], Event, Likeness] | None = None
    for event in candidates:
        likeness = compare(view, profile_of(event))
        is_open = event.state is EventState.OPEN
        rank = (likeness.points, is_open, len(event.reports), event.started)
        if best is None or rank > best[0]:
            best = (rank, event, likeness)
    return (best[1], best[2]) if best else (None, None)


def begin(item: Item, assessment: Assessment, likeness: Likeness | None, now: datetime) -> Decision:
    """The item starts an event."""
    summary = summarise(start(report_of(item, assessment), id="", number=0, now=now))
    nearest = (Reason(code="unlike the nearest event"), *likeness.reasons) if likeness else ()
    changes = (ChangeKind.STARTED,)
    return Decision(
        verdict=Verdict.STARTS,
        changes=changes,
        urgent=is_urgent(summary, changes),
        reasons=(Reason(code="starts"), *nearest, *assessment.reasons),
    )


def join(
    item: Item, assessment: Assessment, event: Event, reasons: tuple[Reason, ...], now: datetime
) -> Decision:
    """The item joins an event; without anything new it only repeats it, and so it does too late or where the
    event was retracted: what a maintainer took back is not told again by its next copy."""
    if silent := find_silence(event, now):
        return Decision(verdict=Verdict.REPEATS, event=event.id, reasons=(silent, *reasons))
    before = summarise(event)
    after = summarise(add(event, report_of(item, assessment, event)))
    changes = changes_between(before, after, replaced=replaced_facts(item, event))
    return Decision(
        verdict=Verdict.JOINS if changes else Verdict.REPEATS,
        event=event.id,
        changes=changes,
        urgent=is_urgent(after, changes),
        reasons=(*reasons, *assessment.reasons),
    )


def replaced_facts(item: Item, event: Event) -> Facts | None:
    """What the older version of an edited article stated."""
    if item.replaces is None:
        return None
    return next((r.facts for r in event.reports if r.item == item.replaces), None)


def find_silence(event: Event, now: datetime) -> Reason | None:
    """Why a report of this event is recorded without telling anybody, if it is."""
    if event.state is EventState.RETRACTED:
        return Reason(code="recorded silently", words="the event was retracted")
    if now - event.changed > ALERTING:
        days = (now - event.changed).days
        return Reason(code="recorded silently", words=f"last changed {days} days ago")
    return None
