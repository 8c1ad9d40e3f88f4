"""An event from its reports: one report joins, an edited one takes the place of its older version."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.events.summary import summarise
from bot.events.voices import voice_traits
from bot.model import Assessment, ChangeKind, Decision, Event, EventState, Item, Report, Topic, Verdict

QUOTED = 50  # owners of an event that a later report is likely to quote: the first ones


def report_of(item: Item, assessment: Assessment, event: Event | None = None) -> Report:
    """What stays of an item in its event. `event`: the one it joins, to note which outlets it quotes."""
    before = summarise(event).owners[:QUOTED] if event else ()
    return Report(
        item=item.id,
        source=item.source,
        owner=item.owner,
        standing=item.standing,
        outlet=item.outlet,
        url=item.url,
        risk=item.risk,
        title=item.title,
        language=assessment.language if assessment.language != "und" else item.language,
        published=item.published,
        seen=item.seen,
        kind=assessment.kind,
        facts=assessment.facts,
        topics=assessment.topics,
        traits=assessment.traits | voice_traits(item, ((voice.owner, voice.outlet) for voice in before)),
        happening=assessment.happening,
        day=assessment.day,
        replaces=item.replaces,
        baseline=item.baseline,
    )


def start(report: Report, *, id: str, number: int, now: datetime) -> Event:  # noqa: A002 - the model's own word
    """An event with its first report."""
    return Event(
        id=id,
        number=number,
        topics=report.topics,
        started=min(report.published, report.seen),
        changed=now,
        change=1,
        reports=(report,),
    )


def add(event: Event, report: Report) -> Event:
    """An event with one more report. The older version of an edited article leaves, the newer stands last."""
    kept = event.reports
    if report.replaces is not None:
        kept = tuple(older for older in kept if older.item != report.replaces)
    return widen(replace(event, reports=(*kept, report)), report)


def widen(event: Event, report: Report) -> Event:
    """A release turns out to be one half of a deal, or an easing does.

    Only what tells of the happening widens what an event is about: to sanctions when the move is believed, to
    a release when sanctions are eased.
    """
    more = tuple(topic for topic in report.topics if topic not in event.topics) if report.happening else ()
    if not more:
        return event
    wider = replace(event, topics=event.topics + more)
    summary = summarise(wider)
    belongs = bool(summary.moves) if Topic.SANCTIONS in more else summary.eases
    return wider if belongs else event


def apply(
    event: Event | None,
    report: Report,
    decision: Decision,
    *,
    id: str,  # noqa: A002 - the model's own word
    number: int,
    now: datetime,
) -> Event:
    """The event after a decision: `id` and `number` are used when it starts. Raises ValueError when a joined
    event is missing or the item is ignored."""
    match decision.verdict:
        case Verdict.STARTS:
            return start(report, id=id, number=number, now=now)
        case Verdict.JOINS | Verdict.REPEATS if event is not None:
            after = add(event, report)
            return advance(after, decision, now) if decision.changes else replace(after, topics=event.topics)
        case _:
            raise ValueError(f"nothing to apply: {decision.verdict} with event {event and event.id}")


def advance(event: Event, decision: Decision, now: datetime) -> Event:
    """Count the changes that a decision made."""
    state = EventState.RETRACTED if ChangeKind.RETRACTED in decision.changes else event.state
    return replace(event, change=event.change + len(decision.changes), changed=now, state=state)
