"""What a chat reads: in the shape of the contract, in its language, and never more than was stated."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.chat.message import Message
from bot.chat.settings import Settings
from bot.delivery.compose import (
    LONGEST,
    compose_alert,
    compose_event,
    compose_gathered,
    compose_latest,
    headlines_of,
)
from bot.delivery.words import DECIDERS, Reader, every_move, reader_of
from bot.events.summary import summarise
from bot.languages import translator
from bot.model import (
    Action,
    ChangeKind,
    Count,
    Event,
    EventChange,
    EventState,
    Facts,
    Kind,
    Move,
    Person,
    Report,
    Risk,
    Stage,
    Standing,
    Topic,
)

NOON = datetime(2030, 9, 11, 12, 0, tzinfo=UTC)
EASED = Move(action=Action.EASED, by="US", target="Belavia", stage=Stage.DECIDED, quote="q")
IHAR = Person(name="Ihar Losik", key="ihar")
MIKOLA = Person(name="Mikola Statkevich", key="mikola")


def make_report(outlet: str, minutes: int = 0, **values: object) -> Report:
    plain = {
        "item": f"item of {outlet}", "source": outlet.lower(), "owner": outlet.lower(),
        "standing": Standing.INDEPENDENT, "outlet": outlet, "url": f"https://{outlet.lower()}.example/1",
        "risk": Risk.B, "title": f"What {outlet} calls it", "language": "en",
        "published": NOON + timedelta(minutes=minutes), "seen": NOON + timedelta(minutes=minutes),
        "kind": Kind.REPORT, "facts": Facts(), "topics": (Topic.RELEASE,), "traits": frozenset(),
        "happening": True,
    }
    return Report(**(plain | values))  # type: ignore[arg-type]


def freed(number: int, **values: object) -> Facts:
    return Facts(released=Count(value=number, quote=str(number), at_least=False), **values)  # type: ignore[arg-type]


def make_event(*reports: Report, topics: tuple[Topic, ...] = (Topic.RELEASE,), **values: object) -> Event:
    plain = {
        "id": "7f3k", "number": 1, "topics": topics, "started": NOON + timedelta(minutes=5),
        "changed": NOON, "change": 1, "reports": reports,
    }
    return Event(**(plain | values))  # type: ignore[arg-type]


def reader(language: str = "en", **values: object) -> Reader:
    plain = {"speaker": translator(language), "zone": ZoneInfo("Europe/Warsaw"), "now": NOON}
    return Reader(**(plain | values))  # type: ignore[arg-type]


def alert(event: Event, who: Reader | None = None, **values: object) -> Message:
    return compose_alert(event, summarise(event), who or reader(), **values)  # type: ignore[arg-type]


def changed(kind: ChangeKind, item: str | None = None) -> EventChange:
    return EventChange(event="7f3k", number=2, kind=kind, at=NOON, urgent=True, item=item)


BIG_RELEASE = make_event(
    make_report("Reuters", facts=freed(52, people=(MIKOLA, IHAR), moves=(EASED,))),
    make_report(
        "Viasna", 1, standing=Standing.NGO, risk=Risk.C,
        facts=freed(52, people=(MIKOLA, IHAR), still_held=Count(value=1200, quote="", by="Viasna")),
    ),
    make_report("LRT", 2, facts=freed(52, moves=(EASED,))),
    topics=(Topic.RELEASE, Topic.SANCTIONS),
)


def test_an_alert_has_the_shape_of_the_contract() -> None:
    assert alert(BIG_RELEASE).text.splitlines() == [
        "Release · 52 freed",
        "About 1,200 still held (Viasna, 11 September)",
        "US eases sanctions on Belavia",
        "Among them: Mikola Statkevich, Ihar Losik",
        "3 owners: Reuters, Viasna, LRT · first 14:05",
        "“What Reuters calls it” Reuters, en  https://reuters.example/1",
        "“What LRT calls it” LRT, en  https://lrt.example/1",
        "“What Viasna calls it” Viasna, en  https://viasna.example/1",
        "Event 7f3k",
    ]


def test_an_alert_speaks_belarusian_and_russian() -> None:
    be, ru = (alert(BIG_RELEASE, reader(code)).text for code in ("be", "ru"))
    assert be.startswith("Вызваленне · 52 чалавекі\nЗа кратамі застаюцца каля 1\u00a0200 чалавек (Viasna, 11 верасня)")
    assert "ЗША: санкцыі аслаблены (Belavia)" in be
    assert ru.startswith("Освобождение · 52 человека")
    assert "3 источника: Reuters, Viasna, LRT · впервые 14:05" in ru


def test_a_fact_that_nobody_stated_is_left_out() -> None:
    assert alert(make_event(make_report("Reuters", url=None))).text.splitlines() == [
        "Release",
        "single source: Reuters · first 14:05",
        "“What Reuters calls it” Reuters, en",
        "Event 7f3k",
    ]


def test_sanctions_alone_lead_with_what_was_decided() -> None:
    planned = Move(action=Action.IMPOSED, by="EU", target="", stage=Stage.PROPOSED, quote="q")
    report = make_report("Reuters", facts=Facts(moves=(planned, EASED)), topics=(Topic.SANCTIONS,))
    lines = alert(make_event(report, topics=(Topic.SANCTIONS,))).text.splitlines()
    assert lines[:2] == ["Sanctions · US eases sanctions on Belavia", "EU plans sanctions on Belarus"]


@pytest.mark.parametrize(
    ("standings", "line"),
    [
        pytest.param([Standing.INDEPENDENT], "Among them: names follow", id="One owner's names follow"),
        pytest.param([Standing.INDEPENDENT, Standing.NGO], "Among them: Ihar Losik", id="Two owners' are told"),
        pytest.param([Standing.OFFICIAL], "Among them: Ihar Losik", id="An official source's are told"),
        pytest.param([Standing.STATE, Standing.STATE], "Among them: names follow", id="State media count not"),
    ],
)
def test_names_are_told_once_they_are_sure(standings: list[Standing], line: str) -> None:
    reports = [
        make_report(f"Outlet{n}", standing=standing, facts=freed(5, people=(IHAR,)))
        for n, standing in enumerate(standings)
    ]
    assert line in alert(make_event(*reports)).text.splitlines()


def test_a_reader_who_follows_a_person_is_told_the_name_at_once() -> None:
    event = make_event(make_report("Reuters", facts=freed(5, people=(IHAR, MIKOLA))))
    who = reader(follows=frozenset({"ihar"}))
    assert "Among them: Ihar Losik (single source)" in alert(event, who).text.splitlines()


def test_numbers_that_differ_are_a_range_with_who_says_which() -> None:
    event = make_event(
        make_report("Viasna", facts=freed(15)), make_report("LRT", 3000, facts=freed(18)),
        make_report("Reuters", 3001, facts=freed(15)),
    )
    lines = alert(event).text.splitlines()
    assert lines[0] == "Release · 15–18 freed"
    assert lines[1].startswith("Reports differ: 15 (")
    assert "18 (LRT)" in lines[1]


def test_at_least_is_said() -> None:
    report = make_report("Reuters", facts=Facts(released=Count(value=13, quote="mindestens 13", at_least=True)))
    assert alert(make_event(report)).text.startswith("Release · at least 13 freed")


def test_state_media_alone_are_called_so() -> None:
    event = make_event(make_report("Gazette", standing=Standing.STATE, risk=Risk.A))
    assert "state media or aggregator only: Gazette · first 14:05" in alert(event).text


def test_the_lowest_risk_stands_first_and_an_owner_once() -> None:
    event = make_event(
        make_report("Exile", risk=Risk.C), make_report("Wire", 1), make_report("Gazette", 2, risk=Risk.A),
        make_report("Wire", 3, item="second"), make_report("Other", 4),
    )
    assert [report.outlet for report in headlines_of(event, "en")] == ["Gazette", "Wire", "Other"]


def test_headlines_in_the_readers_language_stand_before_others_of_equal_risk() -> None:
    event = make_event(make_report("English"), make_report("Беларус", 1, language="be"))
    assert [report.outlet for report in headlines_of(event, "be")] == ["Беларус", "English"]


def test_headlines_are_quotes_and_links_are_bare() -> None:
    quotes = [paragraph for paragraph in alert(BIG_RELEASE).paragraphs if paragraph.quote]
    assert len(quotes) == 3
    links = [span for paragraph in quotes for span in paragraph.spans if span.link]
    assert links[0].text == "https://reuters.example/1"


def test_in_safe_mode_nothing_names_anybody_or_leads_anywhere() -> None:
    message = alert(BIG_RELEASE, reader(safe=True))
    assert message.text == "News for you: 52 · /event 7f3k"
    assert message.protect
    assert not any(span.link for paragraph in message.paragraphs for span in paragraph.spans)


def test_in_safe_mode_an_event_without_a_number_is_only_news() -> None:
    assert alert(make_event(make_report("Reuters")), reader(safe=True)).text == "News for you · /event 7f3k"


def test_in_safe_mode_a_retraction_stays_neutral() -> None:
    event = dataclasses.replace(BIG_RELEASE, state=EventState.RETRACTED)
    assert alert(event, reader(safe=True), told_before=True, reply=True).text == "No longer valid · /event 7f3k"


@pytest.mark.parametrize("language", ["en", "be", "ru"])
def test_the_page_of_an_event_in_safe_mode_names_no_outlet_person_or_link(language: str) -> None:
    changes = [changed(ChangeKind.STARTED, "item of Reuters")]
    page = compose_event(BIG_RELEASE, summarise(BIG_RELEASE), changes, reader(language, safe=True)).text
    for betrayal in ("Viasna", "Reuters", "LRT", "Losik", "Belavia", "https"):
        assert betrayal not in page


def test_an_edited_alert_is_the_alert_in_its_newest_state() -> None:
    told = alert(BIG_RELEASE, told_before=True, changes=[changed(ChangeKind.NUMBER)])
    assert told.text == alert(BIG_RELEASE).text


def test_a_reply_says_first_that_it_is_an_update() -> None:
    told = alert(BIG_RELEASE, told_before=True, changes=[changed(ChangeKind.NUMBER)], reply=True)
    assert told.text.startswith("Update · Release · 52 freed")


def test_a_correction_says_so_and_who_corrected() -> None:
    change = changed(ChangeKind.CORRECTED, "item of Viasna")
    for reply in (False, True):
        told = alert(BIG_RELEASE, told_before=True, changes=[change], reply=reply)
        assert told.text.startswith("Correction · Release · 52 freed")
        assert "Corrected by Viasna" in told.text


def test_a_retraction_is_a_fixed_sentence_with_the_source_that_corrected() -> None:
    event = dataclasses.replace(BIG_RELEASE, state=EventState.RETRACTED)
    change = changed(ChangeKind.RETRACTED, "item of LRT")
    assert alert(event, told_before=True, changes=[change], reply=True).text.splitlines() == [
        "Withdrawn · Release · 52 freed",
        "This report proved wrong or was taken back.",
        "Corrected by LRT",
        "Event 7f3k",
    ]


def test_a_message_that_may_have_been_lost_is_named_by_the_next_one() -> None:
    assert alert(BIG_RELEASE, unsure=["ab2c"]).text.endswith("Perhaps you did not get the message on event ab2c")


def test_an_alert_never_outgrows_one_message() -> None:
    people = tuple(Person(name=f"Name {'x' * 80} {n}", key=str(n)) for n in range(60))
    moves = tuple(
        Move(action=Action.IMPOSED, by=f"Country {'y' * 90} {n}", target="z" * 300, stage=Stage.DECIDED, quote="")
        for n in range(30)
    )
    event = make_event(*(
        make_report(f"Outlet {'o' * 99} {n}", n, title="t" * 900, url=f"https://o{n}.example/" + "u" * 500,
                    facts=freed(52, people=people, moves=moves))
        for n in range(30)
    ))
    message = alert(event)
    assert 500 < len(message.text) <= LONGEST
    assert message.text.splitlines()[-1] == "Event 7f3k"


def test_gathered_events_are_one_message_with_the_newest_first() -> None:
    older = dataclasses.replace(BIG_RELEASE, id="old2", number=2, started=NOON - timedelta(days=2))
    told = [(event, summarise(event)) for event in (older, BIG_RELEASE)]
    assert compose_gathered(told, reader()).text.splitlines() == [
        "2 events gathered for you",
        "14:05 · Release · 52 freed · /event 7f3k",
        "9 September, 14:00 · Release · 52 freed · /event old2",
    ]


def test_many_gathered_events_end_with_how_many_more_there_are() -> None:
    told = [(dataclasses.replace(BIG_RELEASE, number=n), summarise(BIG_RELEASE)) for n in range(40)]
    assert compose_gathered(told, reader()).text.splitlines()[-1] == "and 25 more: /latest"


def test_gathered_events_in_safe_mode_tell_nothing() -> None:
    text = compose_gathered([(BIG_RELEASE, summarise(BIG_RELEASE))], reader(safe=True)).text
    assert text.splitlines() == ["1 event gathered for you", "14:05 · /event 7f3k"]


def test_latest_without_events_says_so() -> None:
    assert compose_latest([], reader()).text == "No events yet."


def test_latest_marks_what_was_withdrawn() -> None:
    event = dataclasses.replace(BIG_RELEASE, state=EventState.RETRACTED)
    text = compose_latest([(event, summarise(event))], reader()).text
    assert text.splitlines()[1] == "14:05 · Withdrawn · Release · 52 freed · /event 7f3k"


def test_the_page_of_an_event_has_facts_sources_and_history() -> None:
    changes = [changed(ChangeKind.STARTED), changed(ChangeKind.CONFIRMED)]
    lines = compose_event(BIG_RELEASE, summarise(BIG_RELEASE), changes, reader()).text.splitlines()
    assert lines[0] == "Release · 52 freed"
    assert "14:00 · Reuters, en  https://reuters.example/1" in lines
    assert lines[-4:] == ["History", "14:00 · first report", "14:00 · confirmed by a second owner", "Event 7f3k"]


@pytest.mark.parametrize("language", ["en", "be", "ru"])
def test_every_kind_of_change_move_and_decider_has_its_words(language: str) -> None:
    speaker = translator(language)
    for sentence in every_move():
        assert speaker.text(sentence, by="US", target="x")
    for kind in ChangeKind:
        assert speaker.text(f"event.change.{kind.value}")
    for decider in DECIDERS:
        assert speaker.text(f"alert.by.{decider}")


def test_times_are_those_of_the_chats_zone() -> None:
    settings = Settings(timezone="Asia/Tokyo", safe=True)
    who = reader_of(settings, translator("en"), NOON)
    assert who.moment(NOON) == "21:00"
    assert who.safe
