"""Messages about events, composed from their facts in the reader's language (CONTRACT "An alert"). Pure.

Nothing here is translated from a source, and a fact that nobody stated is left out. What a source wrote
stands in quotes below, with its outlet and language, and links are bare. A message fits every platform as
one, so that it can be edited in place: what does not fit is left out from the end, headlines first.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.chat.message import Message, Paragraph, Span
from bot.delivery import words
from bot.delivery.plan import TAKES_BACK
from bot.delivery.words import Reader
from bot.events.summary import EventSummary
from bot.model import ChangeKind, Event, EventChange, EventState, Kind, Report
from bot.text.clean import shorten

LONGEST = 1_800       # characters of one message: Discord takes 2,000, escapes of its marks included
HEADLINES = 3
HEADLINE_LENGTH = 200
GATHERED = 15         # events in one gathered message; the rest is in /latest
SOURCES = 12          # reports on the page of an event

Told = tuple[Event, EventSummary]


def compose_alert(
    event: Event, summary: EventSummary, reader: Reader, *, told_before: bool = False,
    changes: Sequence[EventChange] = (), reply: bool = False, unsure: Sequence[str] = (),
) -> Message:
    """The alert of an event in its newest state.

    told_before: the chat knows of the event; `changes` are those since then, oldest first. reply: it is a
    message of its own and not the earlier one edited, so it says first what it is. unsure: ids of events
    whose message to this chat may have been lost.
    """
    kinds = {change.kind for change in changes}
    if reader.safe:
        return _safe_alert(event, summary, reader, changed=told_before and reply, unsure=unsure)
    if event.state is EventState.RETRACTED:
        lines = _retracted(event, summary, changes, reader)
        return Message(paragraphs=(*lines, *_unsure(unsure, reader)))
    mark = _mark(kinds, told_before, reply)
    return _alert(event, summary, reader, mark=mark, corrected_by=_corrector(event, changes), unsure=unsure)


def compose_gathered(told: Sequence[Told], reader: Reader, *, unsure: Sequence[str] = ()) -> Message:
    """Several events in one message, the newest first."""
    shown = [_listed(event, summary, reader) for event, summary in newest_first(told)[:GATHERED]]
    rest = len(told) - len(shown)
    more = [_line(reader.speaker.count("list.more", rest))] if rest > 0 else []
    first = _bold(reader.speaker.count("list.gathered", len(told)))
    lines = (first, *shown, *more, *_unsure(unsure, reader))
    return Message(paragraphs=lines, protect=reader.safe)


def compose_latest(told: Sequence[Told], reader: Reader) -> Message:
    """The answer to /latest, in the order given."""
    if not told:
        return Message(paragraphs=(_line(reader.speaker.text("list.latest.none")),))
    first = _bold(reader.speaker.text("list.latest"))
    return Message(
        paragraphs=(first, *(_listed(event, summary, reader) for event, summary in told)), protect=reader.safe
    )


def compose_event(
    event: Event, summary: EventSummary, changes: Sequence[EventChange], reader: Reader
) -> Message:
    """The answer to /event: the facts with their sources, and how the event changed."""
    say = reader.speaker.text
    lines = [_head(event, summary, reader), *_facts(event, summary, reader)]
    if not reader.safe:
        lines += [_bold(say("event.sources")), *(_source(report, reader) for report in _reports(event))]
    lines.append(_bold(say("event.history")))
    for change in changes:
        what = say(f"event.change.{change.kind.value}")
        lines.append(_line(say("event.change", at=reader.moment(change.at), what=what)))
    lines.append(_line(say("alert.event", id=event.id)))
    return Message(paragraphs=tuple(lines), protect=reader.safe)


def newest_first(told: Sequence[Told]) -> list[Told]:
    """Events in the order in which people look for them."""
    return sorted(told, key=lambda one: (one[0].started, one[0].number), reverse=True)


# --- an alert -------------------------------------------------------------------------------------------


def _alert(
    event: Event, summary: EventSummary, reader: Reader, *, mark: str, corrected_by: str,
    unsure: Sequence[str],
) -> Message:
    first = words.head(summary, reader)
    if mark:
        first = f"{reader.speaker.text(mark)} · {first}"
    above = [_bold(first), *_facts(event, summary, reader)]
    if corrected_by:
        above.append(_line(reader.speaker.text("alert.corrected.by", who=corrected_by)))
    below = [_line(reader.speaker.text("alert.event", id=event.id)), *_unsure(unsure, reader)]
    headlines = [_headline(report, reader) for report in headlines_of(event, reader.speaker.language)]
    return Message(paragraphs=(*_fitting([*above, *headlines], below), *below))


def _facts(event: Event, summary: EventSummary, reader: Reader) -> list[Paragraph]:
    """What is known besides the first line, a line each."""
    lines = [
        words.quarrel(summary.released, reader),
        words.still_held(summary.still_held, reader),
        *words.moves(summary, reader),
        words.names(summary.people, reader),
        words.owners(summary, event.started, reader),
    ]
    return [_line(line) for line in lines if line]


def _mark(kinds: set[ChangeKind], told_before: bool, reply: bool) -> str:
    """The name of the word that stands before the first line of a message that follows an earlier one."""
    if ChangeKind.CORRECTED in kinds:
        return "alert.correction"
    return "alert.update" if told_before and reply else ""


def _retracted(
    event: Event, summary: EventSummary, changes: Sequence[EventChange], reader: Reader
) -> list[Paragraph]:
    say = reader.speaker.text
    lines = [_head(event, summary, reader), _line(say("alert.retracted.why"))]
    if who := _corrector(event, changes):
        lines.append(_line(say("alert.corrected.by", who=who)))
    return [*lines, _line(say("alert.event", id=event.id))]


def _corrector(event: Event, changes: Sequence[EventChange]) -> str:
    """The outlet whose report made the newest correction."""
    made = [change.item for change in changes if change.kind in TAKES_BACK and change.item is not None]
    outlets = {report.item: report.outlet for report in event.reports}
    return next((outlets[item] for item in reversed(made) if item in outlets), "")


def _unsure(events: Sequence[str], reader: Reader) -> list[Paragraph]:
    if not events:
        return []
    return [_line(reader.speaker.count("alert.unsure", len(events), ids=", ".join(events)))]


# --- safe mode ------------------------------------------------------------------------------------------


def _safe_alert(
    event: Event, summary: EventSummary, reader: Reader, *, changed: bool, unsure: Sequence[str]
) -> Message:
    """Neutral words, a bare number, nothing to follow but the bot's own command."""
    lines = [_line(_safe_line(event, summary, reader, changed)), *_unsure(unsure, reader)]
    return Message(paragraphs=tuple(lines), protect=True)


def _safe_line(event: Event, summary: EventSummary, reader: Reader, changed: bool) -> str:
    say = reader.speaker.text
    if event.state is EventState.RETRACTED:
        return say("alert.safe.retracted", id=event.id)
    sentence = "alert.safe.update" if changed else "alert.safe"
    if number := words.bare_number(summary.released, reader):
        return say(sentence, what=number, id=event.id)
    return say(f"{sentence}.plain", id=event.id)


# --- lists ----------------------------------------------------------------------------------------------


def _listed(event: Event, summary: EventSummary, reader: Reader) -> Paragraph:
    say, at = reader.speaker.text, reader.moment(event.started)
    if reader.safe:
        return _line(say("list.line.safe", at=at, id=event.id))
    return _line(say("list.line", at=at, what=_first_words(event, summary, reader), id=event.id))


def _head(event: Event, summary: EventSummary, reader: Reader) -> Paragraph:
    return _bold(_first_words(event, summary, reader))


def _first_words(event: Event, summary: EventSummary, reader: Reader) -> str:
    first = words.head(summary, reader)
    if event.state is EventState.RETRACTED:
        return f"{reader.speaker.text('alert.retracted')} · {first}"
    return first


# --- what sources wrote ---------------------------------------------------------------------------------


def headlines_of(event: Event, language: str) -> list[Report]:
    """The reports whose headlines are quoted: the lowest risk first, one of each owner, reports of the
    happening before comment, the reader's language before others.
    """
    ranked = sorted(
        event.reports,
        key=lambda r: (r.risk.value, r.kind is not Kind.REPORT, r.language != language, r.seen),
    )
    first_of_owner = {report.owner: report for report in reversed(ranked)}
    return [report for report in ranked if first_of_owner[report.owner] is report][:HEADLINES]


def _headline(report: Report, reader: Reader) -> Paragraph:
    title = shorten(report.title, HEADLINE_LENGTH)
    outlet = words.voice(report.outlet, report.language)
    said = Span(reader.speaker.text("alert.headline", title=title, outlet=outlet))
    return Paragraph((said, *_link(report)), quote=True)


def _source(report: Report, reader: Reader) -> Paragraph:
    outlet = words.voice(report.outlet, report.language)
    said = Span(reader.speaker.text("event.source", at=reader.moment(report.published), outlet=outlet))
    return Paragraph((said, *_link(report)))


def _link(report: Report) -> tuple[Span, ...]:
    """The address as it is. That it belongs to the source was seen to when the item was read."""
    return (Span("  "), Span(report.url, link=True)) if report.url else ()


def _reports(event: Event) -> list[Report]:
    return sorted(event.reports, key=lambda report: (report.risk.value, report.seen))[:SOURCES]


def _line(text: str) -> Paragraph:
    return Paragraph((Span(text),))


def _bold(text: str) -> Paragraph:
    return Paragraph((Span(text, bold=True),))


def _fitting(lines: Sequence[Paragraph], below: Sequence[Paragraph]) -> list[Paragraph]:
    """As many lines as fit above those below; the first always."""
    kept = list(lines)
    while len(kept) > 1 and _length([*kept, *below]) > LONGEST:
        kept.pop()
    return kept


def _length(paragraphs: Sequence[Paragraph]) -> int:
    return sum(len(paragraph.text) + 1 for paragraph in paragraphs)
