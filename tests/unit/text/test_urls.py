from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.urls import MAX_LENGTH, belongs, canonical_url, domain_of, host_of, under, url_key

HOSTILE = Path(__file__).parents[4] / "shared" / "hostile"

CANONICAL = [
    ("tracking goes", "https://news.example/a?utm_source=x&at_medium=RSS&maca=de&fbclid=1&oc=5#top", "https://news.example/a"),
    ("what names the article stays", "https://news.example/?p=12&utm_source=x", "https://news.example/?p=12"),
    ("parameters keep their order", "https://news.example/?b=2&a=1", "https://news.example/?b=2&a=1"),
    ("a name that only begins like tracking stays", "https://news.example/?octopus=1", "https://news.example/?octopus=1"),
    ("host and scheme are lowered, the path is not", "HTTPS://News.Example/Path", "https://news.example/Path"),
    ("a last dot of the host goes", "https://spring96.org./en", "https://spring96.org/en"),
    ("the scheme's own port goes", "https://news.example:443/a", "https://news.example/a"),
    ("another port stays, for belongs to see", "https://news.example:8443/a", "https://news.example:8443/a"),
    ("no path is /", "https://news.example", "https://news.example/"),
    ("dots are walked", "https://news.example/a/../b/./c", "https://news.example/b/c"),
    ("escaped dots too", "https://news.example/a/%2e%2E/b", "https://news.example/b"),
    ("letters beyond ASCII are escaped", "https://news.example/навіны/1 2", "https://news.example/%D0%BD%D0%B0%D0%B2%D1%96%D0%BD%D1%8B/1%202"),
    ("what is escaped stays so", "https://news.example/a%20b", "https://news.example/a%20b"),
    ("another alphabet stands as punycode", "https://bеlta.by/x", "https://xn--blta-v4d.by/x"),
    ("a whole foreign host too", "https://прокуратура.бел/", "https://xn--80aa2apegcbrhd.xn--90ais/"),
    ("letters in disguise are what they look like", "https://ⓔⓧⓐⓜⓟⓛⓔ.com/", "https://example.com/"),
    ("space around goes", " \n https://news.example/a\t", "https://news.example/a"),
    ("a relative one is joined", "../b?x=1", "https://base.example/b?x=1"),
    ("one without a scheme too", "//other.example/x", "https://other.example/x"),
    ("an address stands in brackets", "http://[2001:DB8::1]/x", "http://[2001:db8::1]/x"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("url", "canonical"), [row[1:] for row in CANONICAL], ids=[row[0] for row in CANONICAL]
)
def test_an_address_has_one_spelling(url: str, canonical: str) -> None:
    assert canonical_url(url, "https://base.example/a/c") == canonical
    assert canonical_url(canonical) == canonical


NONE = [
    ("another scheme", "javascript:alert(1)"),
    ("a file", "file:///etc/passwd"),
    ("mail", "mailto:a@b.example"),
    ("a user name", "https://news.example@evil.example/"),
    ("a password", "https://user:pw@news.example/"),
    ("a backslash, which browsers take for a slash", "https://evil.example\\@news.example/"),
    ("a control character", "https://news.example/\x00"),
    ("a line break inside", "https://news.exa\nmple/"),
    ("three slashes, which browsers take for two", "///evil.example/"),
    ("a percent sign in the host", "https://news%2eexample/"),
    ("a number that is an address", "http://2130706433/"),
    ("an octal one", "http://0177.0.0.1/"),
    ("a hexadecimal one", "http://0x7f000001/"),
    ("a short one", "http://127.1/"),
    ("a port out of range", "https://news.example:99999/"),
    ("port 0", "https://news.example:0/"),
    ("no host", "https:///x"),
    ("an empty label", "https://news..example/"),
    ("a label without end", "https://" + "a" * 64 + ".example/"),
    ("a false punycode", "https://xn--a.example/"),
    ("brackets that never close", "https://[::1/"),
    ("an interface in the address", "https://[fe80::1%25eth0]/"),
    ("half a character", "https://news.example/\ud800"),
    ("length without end", "https://news.example/" + "a" * MAX_LENGTH),
]  # fmt: skip


@pytest.mark.parametrize("url", [row[1] for row in NONE], ids=[row[0] for row in NONE])
def test_what_two_programs_might_read_differently_is_no_address(url: str) -> None:
    assert canonical_url(url) is None


@given(st.text(max_size=60) | st.from_regex(r"https?://[\w.@:\\\[\]%-]{1,20}/?.{0,10}", fullmatch=True))
def test_whatever_comes_the_result_is_plain_and_stable(text: str) -> None:
    canonical = canonical_url(text)
    if canonical is not None:
        assert canonical.isascii()
        assert canonical.isprintable()
        assert "@" not in urlsplit(canonical).netloc
        assert canonical_url(canonical) == canonical


SITES = ("news.example", "gov.uk")

BELONGS = [
    ("the site itself", "https://news.example/a", True),
    ("a host under it", "https://ru.news.example/a", True),
    ("its name in front of another", "https://news.example.evil.example/", False),
    ("its name at the end of another", "https://evilnews.example/", False),
    ("www.gov.uk in front of another", "https://www.gov.uk.evil.example/", False),
    ("http", "http://news.example/a", True),
    ("another port", "https://news.example:8443/a", False),
    ("the source's own host and port", "http://127.0.0.1:8000/a", True),
    ("another port of it", "http://127.0.0.1:8001/a", False),
]


@pytest.mark.parametrize(("url", "result"), [row[1:] for row in BELONGS], ids=[row[0] for row in BELONGS])
def test_a_link_belongs_to_its_sources_sites(url: str, result: bool) -> None:
    assert belongs(url, SITES, also="http://127.0.0.1:8000/feed") is result


DOMAINS = [
    ("https://www.svaboda.org/a/1.html", "svaboda.org"),
    ("news.bbc.co.uk", "bbc.co.uk"),
    ("https://someone.github.io/x", "someone.github.io"),
    ("https://www.consilium.europa.eu/en", "europa.eu"),
    ("http://127.0.0.1:8000/", "127.0.0.1"),
    ("http://[::1]:8000/", "[::1]"),
    ("localhost", "localhost"),
    ("no host at all", ""),
]


@pytest.mark.parametrize(("address", "domain"), DOMAINS)
def test_the_domain_is_what_somebody_registered(address: str, domain: str) -> None:
    assert domain_of(address) == domain


def test_a_key_does_not_see_scheme_www_and_last_slash() -> None:
    assert url_key("http://www.news.example/a/") == url_key("https://news.example/a") == "news.example/a"
    assert url_key("https://news.example/a?p=1") != url_key("https://news.example/a?p=2")


def test_hosts_are_compared_whole() -> None:
    assert under("a.news.example.", ["news.example"])
    assert not under("xnews.example", ["news.example"])
    assert host_of("https://User@news.example") is None


needs_hostile = pytest.mark.skipif(
    not HOSTILE.exists(), reason="no folder of hostile inputs beside the checkout"
)


@needs_hostile
def test_a_browser_reads_the_host_that_we_read() -> None:
    """Over the cases that browsers are tested with: what we give has the host that they find, or is none."""
    cases = json.loads((HOSTILE / "urltestdata.json").read_text(encoding="utf-8"))
    checked = 0
    for case in cases:
        ours = canonical_url(case["input"], case.get("base")) if isinstance(case, dict) else None
        if ours is None:
            continue
        parts = urlsplit(ours)
        assert not case.get("failure"), case
        assert f"{parts.scheme}:" == case["protocol"], case
        assert f"{parts.hostname}" == case["hostname"].strip("[]").removesuffix("."), case
        assert (str(parts.port) if parts.port else "") == case["port"], case
        checked += 1
    assert checked > 100


@needs_hostile
def test_no_address_of_a_forged_request_belongs_to_a_site() -> None:
    lines = (HOSTILE / "ssrf_urls.txt").read_text(encoding="utf-8").splitlines()
    ours = [url for line in lines if (url := canonical_url(line))]
    assert len(lines) > 50
    assert not any(belongs(url, SITES) for url in ours)
