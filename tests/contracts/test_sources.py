"""What every kind of source and every entry of the catalogue owes."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from bot.catalogue import catalogue_sources, owner_of
from bot.catalogue.source_table import read_source
from bot.errors import Mistake, ReadError
from bot.model import Entry, Page, Source, Standing, Topic
from bot.normalise import normalise
from bot.sources.kind import UnknownKindError, kind_names, load_kind

ROOT = Path(__file__).parents[2]
CASES = ROOT / "tests" / "data" / "sources"
SAMPLES = ROOT.parent / "shared" / "samples"
FETCHED = datetime(2030, 1, 7, 12, 0, tzinfo=UTC)
WEEK = timedelta(days=7)


def cases() -> list[Path]:
    return sorted(CASES.glob("*/*.expect.json"))


def page(body: bytes, url: str, headers: Mapping[str, str]) -> Page:
    return Page(url=url, status=200, headers=headers, body=body, fetched=FETCHED)


def source(kind: str, url: str, **options: Any) -> Source:
    return Source(
        id="case", name="Case", kind=kind, url=url, sites=("news.example",), owner="case", options=options
    )


def shown(entry: Entry) -> dict[str, Any]:
    published = entry.published.isoformat().replace("+00:00", "Z") if entry.published else None
    return {
        "key": entry.key,
        "url": entry.url,
        "title": entry.title,
        "summary": entry.summary,
        "published": published,
        "day_only": entry.day_only,
        "publisher": entry.publisher,
    }


def test_there_is_a_case_for_every_kind() -> None:
    assert len(cases()) >= 30
    assert {case.parent.name for case in cases()} == set(kind_names())


@pytest.mark.parametrize(
    "expectation", cases(), ids=lambda path: f"{path.parent.name}-{path.name.split('.')[0]}"
)
def test_a_captured_page_is_read_as_its_expectation_says(expectation: Path) -> None:
    """`why` says what the case is for; of each entry only the keys that stand there are compared."""
    wanted = json.loads(expectation.read_text(encoding="utf-8"))
    assert wanted["why"]
    body = next(
        file
        for file in expectation.parent.glob(f"{expectation.name.removesuffix('.expect.json')}.*")
        if file != expectation
    ).read_bytes()
    url = wanted.get("url", "https://news.example/feed/all.xml")
    kind = load_kind(expectation.parent.name)
    owner = source(kind.name, url, **wanted.get("options", {}))
    if "refused" in wanted:
        with pytest.raises(ReadError) as caught:
            kind.read(page(body, url, wanted.get("headers", {})), owner, None)
        assert wanted["refused"] in str(caught.value)
        return
    reading = kind.read(page(body, url, wanted.get("headers", {})), owner, None)
    assert len(reading.entries) == len(wanted["entries"])
    for entry, expected in zip(reading.entries, wanted["entries"], strict=True):
        assert {key: shown(entry)[key] for key in expected} == expected
    assert wanted.get("degraded", "") in reading.degraded
    assert bool(wanted.get("degraded")) == bool(reading.degraded)
    assert (reading.ttl.total_seconds() if reading.ttl else None) == wanted.get("ttl")
    for entry in reading.entries:
        item = normalise(entry, owner, seen=FETCHED, baseline=False, language="und")
        assert item.published <= FETCHED
        assert item.title


def test_a_kind_exports_its_name_and_a_frozen_model_of_its_options() -> None:
    for name in kind_names():
        kind = load_kind(name)
        assert kind.name == name
        assert issubclass(kind.options, BaseModel)
        assert kind.options.model_config.get("frozen")
        assert kind.options.model_config.get("extra") == "forbid"
        assert kind.requests(source(name, "https://news.example/x"), None, FETCHED)


def test_an_unknown_kind_is_named_with_the_known_ones() -> None:
    with pytest.raises(UnknownKindError, match=r"'gopher' is no kind of source; known: .*feed"):
        load_kind("gopher")
    with pytest.raises(UnknownKindError):
        load_kind("reading")


# --- every sample ---------------------------------------------------------------------------------------


def samples(*folders: str) -> list[Path]:
    return sorted(file for folder in folders for file in (SAMPLES / folder).glob("*") if file.is_file())


needs_samples = pytest.mark.skipif(not SAMPLES.exists(), reason="no folder of samples beside the checkout")


@needs_samples
def test_every_sample_feed_is_read_or_refused_with_a_reason() -> None:
    read, refused = {}, {}
    for file in samples("feeds"):
        try:
            reading = load_kind("feed").read(
                page(file.read_bytes(), "https://news.example/f", {}),
                source("feed", "https://news.example/f"),
                None,
            )
            read[file.name] = len(reading.entries)
        except ReadError as error:
            refused[file.name] = str(error)
    assert len(read) >= 17
    assert set(refused) == {
        "miniflux_windows-1252-incorrect-prolog.xml",
        "reader_empty.rss",
    }  # neither says a thing
    assert all(refused.values())


@needs_samples
@pytest.mark.parametrize("file", samples("attacks"), ids=lambda file: file.name)
def test_every_attack_is_refused_at_once_and_touches_nothing(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = file.read_bytes()
    monkeypatch.setattr(socket, "socket", _forbidden)
    monkeypatch.setattr("builtins.open", _forbidden)
    started = time.perf_counter()
    with pytest.raises(ReadError):
        load_kind("feed").read(
            page(body, "https://news.example/f", {}), source("feed", "https://news.example/f"), None
        )
    assert time.perf_counter() - started < 1


def _forbidden(*arguments: object, **_: object) -> None:
    raise AssertionError(f"opened {arguments}")


# --- the catalogue --------------------------------------------------------------------------------------


def catalogue() -> list[Source]:
    mistakes: list[Mistake] = []
    found = [
        read_source(table, f"the catalogue's {table.get('id')}", mistakes, folder=ROOT)
        for table in catalogue_sources()
    ]
    assert mistakes == []
    return [each for each in found if each is not None]


def test_every_entry_of_the_catalogue_is_whole() -> None:
    entries = catalogue()
    assert len({entry.id for entry in entries}) == len(entries)
    for entry in entries:
        assert entry.url.startswith("https://"), entry.id
        assert entry.languages, entry.id
        assert entry.every is not None, entry.id
        assert timedelta(minutes=5) <= entry.every <= timedelta(days=1), entry.id
        assert entry.checked if entry.enabled else entry.reason, entry.id
    for table in catalogue_sources():
        assert {
            "id",
            "name",
            "kind",
            "url",
            "sites",
            "owner",
            "standing",
            "languages",
            "risk",
            "every",
        } <= set(table)


def test_the_catalogue_hears_all_sides() -> None:
    on = [entry for entry in catalogue() if entry.enabled]
    assert len(on) == 10
    assert {Standing.OFFICIAL, Standing.INDEPENDENT, Standing.STATE} <= {entry.standing for entry in on}
    assert {"be", "ru", "en"} <= {language for entry in on for language in entry.languages}
    assert {"A", "B", "C"} == {entry.risk.value for entry in on}
    assert len({entry.owner for entry in on}) == 10
    assert set(Topic) == {topic for entry in on for topic in entry.topics}


def test_one_site_has_one_owner_and_one_standing() -> None:
    owners: dict[str, tuple[str, Standing]] = {}
    for entry in catalogue():
        for site in entry.sites:
            assert owners.setdefault(site, (entry.owner, entry.standing)) == (entry.owner, entry.standing)


OWNERS = [
    ("a domain of the catalogue has its owner", "belta.by", ("by-state", Standing.STATE)),
    ("and so has a host under it", "www.gov.uk", ("uk-gov", Standing.OFFICIAL)),
    ("a source that is off has an owner too", "spring96.org", ("viasna", Standing.NGO)),
    ("any other domain stands for itself", "example.org", ("example.org", Standing.INDEPENDENT)),
    ("www. makes no other owner", "www.example.org", ("example.org", Standing.INDEPENDENT)),
    ("a look-alike is somebody else", "belta.by.example.org", ("belta.by.example.org", Standing.INDEPENDENT)),
]


@pytest.mark.parametrize(("domain", "owner"), [row[1:] for row in OWNERS], ids=[row[0] for row in OWNERS])
def test_a_domain_has_an_owner(domain: str, owner: tuple[str, Standing]) -> None:
    assert owner_of(domain) == owner


def test_the_documents_say_what_the_catalogue_says() -> None:
    documented = [
        line
        for line in (ROOT / "docs" / "sources.md").read_text(encoding="utf-8").splitlines()
        if line.startswith("| `")
    ]
    assert sorted(documented) == sorted(_row(table) for table in catalogue_sources())


def _row(table: Mapping[str, Any]) -> str:
    if table.get("enabled", True):
        languages = ", ".join(table["languages"])
        topics = ", ".join(table.get("topics", Topic))
        cells = [
            table["name"],
            table["kind"],
            table["owner"],
            table["standing"],
            languages,
            topics,
            table["risk"],
            table["every"],
            table["checked"],
        ]
    else:
        cells = [
            table["name"],
            table["kind"],
            table["owner"],
            table["standing"],
            table["risk"],
            table["reason"],
        ]
    return " | ".join([f"| `{table['id']}`", *cells]) + " |"
