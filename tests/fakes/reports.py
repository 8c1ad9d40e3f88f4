"""Items and assessments in few words, for tests of events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from bot.events.candidates import CandidateIndex
from bot.events.change import alert_of
from bot.events.decide import decide
from bot.events.fold import apply, report_of
from bot.model import (
    Action,
    Assessment,
    Count,
    Decision,
    Event,
    Facts,
    Item,
    Kind,
    Move,
    Person,
    Stage,
    Standing,
    Topic,
    Verdict,
)


def at(text: str) -> datetime:
    """A moment in UTC, written like 2031-05-04 12:30."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def item(
    moment: str,
    *,
    owner: str = "daily",
    name: str = "",
    standing: Standing = Standing.INDEPENDENT,
    title: str = "A title",
    summary: str = "",
    replaces: str | None = None,
    published: str | None = None,
) -> Item:
    """An item seen at `moment`, published then too unless another moment is given."""
    id_ = name or f"{owner}@{moment}"
    return Item(
        id=id_,
        source=owner,
        owner=owner,
        standing=standing,
        outlet=owner.title(),
        key=id_,
        url=None,
        title=title,
        summary=summary,
        language="en",
        published=at(published or moment),
        dated=True,
        seen=at(moment),
        content_hash=id_,
        replaces=replaces,
    )


def release(
    number: int | None = None,
    *,
    people: Sequence[str] = (),
    held: int | None = None,
    held_by: str = "",
    kind: Kind = Kind.REPORT,
    happening: bool = True,
    at_least: bool = False,
    day: date | None = None,
    moves: Sequence[Move] = (),
) -> Assessment:
    """What is thought of a text on a release; with moves, on a deal."""
    return Assessment(
        relevant=True,
        topics=(Topic.RELEASE, Topic.SANCTIONS) if moves else (Topic.RELEASE,),
        kind=kind,
        happening=happening,
        facts=Facts(
            released=None if number is None else Count(value=number, quote=str(number), at_least=at_least),
            still_held=None if held is None else Count(value=held, quote=str(held), by=held_by),
            people=tuple(Person(name=name, key=name.casefold()) for name in people),
            moves=tuple(moves),
        ),
        day=day,
        language="en",
    )


def move(action: Action, by: str = "EU", *, stage: Stage = Stage.DECIDED, target: str = "firms") -> Move:
    """One move on sanctions."""
    return Move(action=action, by=by, target=target, stage=stage, quote=f"{by} {action}")


def sanctions(*moves: Move, kind: Kind = Kind.REPORT, happening: bool = True) -> Assessment:
    """What is thought of a text on sanctions."""
    return Assessment(
        relevant=True,
        topics=(Topic.SANCTIONS,),
        kind=kind,
        happening=happening,
        facts=Facts(moves=moves),
        language="en",
    )


@dataclass
class Ledger:
    """Decides one item after the other, as intake does, and keeps what came of it."""

    events: dict[str, Event] = field(default_factory=dict)
    index: CandidateIndex = field(default_factory=CandidateIndex)
    alerts: list[str] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)

    def take(self, item: Item, assessment: Assessment) -> Event | None:
        """The event after the item, None when it was ignored."""
        decision = decide(item, assessment, self.index.near(item, assessment), now=item.seen)
        self.decisions.append(decision)
        if decision.verdict is Verdict.IGNORED:
            self.alerts.append("none")
            return None
        before = self.events.get(decision.event or "")
        number = len(self.events) + 1
        report = report_of(item, assessment, before)
        after = apply(before, report, decision, id=f"e{number}", number=number, now=item.seen)
        self.alerts.append(alert_of(decision, before, after))
        self.events[after.id] = after
        self.index.put(after)
        return after
