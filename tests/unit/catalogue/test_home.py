"""Where outlets are at home, by the catalogue, by the list and by their address."""

from __future__ import annotations

import pytest

from bot.catalogue.home import country_of, home_of
from bot.model import Source

ADDRESSES = [
    ("a country's ending tells", "https://www.belta.by/president/view/1", "BY"),
    ("the British ending is no ISO code", "https://www.gov.uk/government/news", "GB"),
    ("an outlet in exile is listed", "https://news.zerkalo.io/life/12.html", "BY"),
    ("an ending open to all tells nothing", "https://example.io/news", None),
    ("an ending without a country tells nothing", "https://example.com/news", None),
    ("the Union's institutions are the Union's", "https://www.consilium.europa.eu/en/press", "EU"),
    ("a channel is listed by its name", "https://t.me/s/Pul_1/5207", "BY"),
    ("another channel has no home", "https://t.me/somebody/1", None),
    ("what is no address has no home", "no address", None),
]


@pytest.mark.parametrize(
    ("address", "home"), [row[1:] for row in ADDRESSES], ids=[row[0] for row in ADDRESSES]
)
def test_home_of_an_address(address: str, home: str | None) -> None:
    assert country_of(address) == home


def test_what_the_catalogue_says_goes_before_the_address() -> None:
    source = Source(
        id="a",
        name="A",
        kind="feed",
        url="https://a.example.lt/",
        sites=("example.lt",),
        owner="a",
        country="BY",
    )
    assert home_of(source, "https://a.example.lt/1") == "BY"


def test_an_entry_without_a_link_is_at_home_where_all_sites_are() -> None:
    source = Source(id="a", name="A", kind="feed", url="https://a.by/", sites=("a.by", "b.by"), owner="a")
    assert home_of(source, None) == "BY"
