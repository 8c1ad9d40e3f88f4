"""Addresses as they may be kept and shown: canonical, of known sites, and never in disguise.

What comes out is rebuilt from its parts in ASCII, so that a browser reads the very host that was checked here
(backslashes, user names, percent signs in the host and numbers that turn into addresses are refused, hosts in
other alphabets stand as punycode). The rules that browsers follow: https://url.spec.whatwg.org/#url-parsing
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit

import idna

DEFAULT_PORTS = {"http": 80, "https": 443}
MAX_LENGTH = 2_000  # characters; longer ones are cut by programs on the way to the reader
KEPT_IN_PATH = "/%:@!$&'()*+,;=~-._"  # RFC 3986 pchar, and what is escaped already

# Control characters, backslashes and half characters, which programs read differently; `///host` names a host
# to a browser and a path to Python.
MISREAD = re.compile(r"[\x00-\x1f\x7f-\x9f\\\ud800-\udfff]|^/{3}")

TRACKING = re.compile(
    r"utm_.*|at_.*|ns_.*|maca|oc|wt_mc|fbclid|gclid|gclsrc|dclid|yclid|ysclid|msclkid|twclid|igshid|igsh|mc_[ce]id"
    r"|xtor|cmp|cmpid|icid|intcmp|_openstat|_ga|_gl|srsltid|ref_src",
    re.IGNORECASE,
)

# Endings under which strangers register names. Short on purpose: those of the countries and hosts that news
# on Belarus comes from. Known to fail: for another country's second level, `domain_of` gives the ending
# itself, so that two strangers there would count as one site; `sites` in the configuration settles it.
SHARED = """
co.uk org.uk ac.uk me.uk ltd.uk com.ua org.ua in.ua net.ua kiev.ua kyiv.ua lviv.ua com.pl org.pl net.pl edu.pl
waw.pl com.by net.by org.by com.ru org.ru net.ru msk.ru spb.ru co.il org.il com.au net.au org.au co.nz co.jp
com.tr com.br com.cn co.in co.kr co.za com.mx com.ge org.ge com.kz org.kz
github.io gitlab.io pages.dev web.app netlify.app vercel.app herokuapp.com blogspot.com wordpress.com
substack.com medium.com tumblr.com livejournal.com ghost.io amazonaws.com cloudfront.net azureedge.net
workers.dev fastly.net
"""
SHARED_ENDINGS = frozenset(SHARED.split())


def canonical_url(url: str, base: str | None = None) -> str | None:
    """The one spelling of an http(s) address, without tracking parameters and fragment; None where it is
    none.

    A port other than the scheme's own is kept: whether it may be linked is `belongs`'s question.
    """
    parts = _split(url, base)
    if parts is None:
        return None
    host, port = _host_of(parts), _port_of(parts)
    if host is None or port is None:
        return None
    shown_port = "" if port == DEFAULT_PORTS[parts.scheme] else f":{port}"
    query = _identity(parts.query)
    path = quote(_without_dots(parts.path) or "/", safe=KEPT_IN_PATH)
    canonical = f"{parts.scheme}://{host}{shown_port}{path}" + (f"?{query}" if query else "")
    return canonical if len(canonical) <= MAX_LENGTH else None


def url_key(url: str) -> str:
    """What stays equal when a site moves from http to https, drops `www.` or a last slash; `url` is
    canonical.
    """
    rest = url.partition("://")[2].removeprefix("www.")
    path, mark, query = rest.partition("?")
    return path.rstrip("/") + mark + query


def belongs(url: str, sites: Iterable[str], *, also: str | None = None) -> bool:
    """Whether a canonical address lies on one of the sites, at the scheme's own port.

    also: an address whose exact host and port count too, that of the source itself.
    """
    parts = urlsplit(url)
    if also is not None and parts.netloc == urlsplit(also).netloc.lower():
        return True
    return parts.port is None and under(parts.hostname or "", sites)


def under(host: str, sites: Iterable[str]) -> bool:
    """Whether a host is one of the domains or lies under one."""
    host = host.rstrip(".").lower()
    return any(host == site or host.endswith(f".{site}") for site in sites)


def domain_of(address: str) -> str:
    """The registrable domain of a URL or host: `news.example.co.uk` gives `example.co.uk`; "" for none."""
    host = host_of(address) or ""
    if is_address(host):
        return host
    labels = host.split(".")
    kept = 3 if ".".join(labels[-2:]) in SHARED_ENDINGS else 2
    return ".".join(labels[-kept:])


def host_of(address: str) -> str | None:
    """The host of a URL, or of an address without a scheme, as ASCII in lower case; None where it is none."""
    parts = _split(address if "://" in address else f"https://{address}", None)
    return _host_of(parts) if parts else None


def is_address(host: str) -> bool:
    """Whether a host is a numeric address, not a name."""
    return host.startswith("[") or _last_label_is_number(host)


def _split(url: str, base: str | None) -> SplitResult | None:
    """The parts of an http(s) address that no browser would read in another way."""
    text = url.strip(" \t\r\n\f")
    if not 0 < len(text) <= 2 * MAX_LENGTH or MISREAD.search(text):
        return None
    try:
        parts = urlsplit(urljoin(base, text) if base else text)
    except ValueError:  # unbalanced brackets, hosts that change under normalisation
        return None
    plain = "@" not in parts.netloc and parts.scheme in DEFAULT_PORTS
    return parts if plain and parts.hostname else None


def _port_of(parts: SplitResult) -> int | None:
    try:
        return DEFAULT_PORTS[parts.scheme] if parts.port is None else parts.port or None
    except ValueError:  # out of range, or no number
        return None


def _host_of(parts: SplitResult) -> str | None:
    host = parts.hostname or ""
    if "[" in parts.netloc:
        return _ipv6(host)
    return _ascii_host(host)


def _ipv6(host: str) -> str | None:
    try:
        return None if "%" in host else f"[{IPv6Address(host)}]"
    except AddressValueError:
        return None


@lru_cache(maxsize=4096)  # a feed's links share a few hosts; encoding is the dearest step
def _ascii_host(host: str) -> str | None:
    if not host.isascii() or "xn--" in host:
        try:
            host = idna.encode(host, uts46=True).decode()
        except (idna.IDNAError, UnicodeError):
            return None
    host = host.removesuffix(".").lower()
    if len(host) > 253 or not re.fullmatch(r"[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*", host):
        return None
    if _last_label_is_number(host):
        return _ipv4(host)
    return host


def _last_label_is_number(host: str) -> bool:
    return re.fullmatch(r"\d+|0x[0-9a-f]*", host.rpartition(".")[2]) is not None


def _ipv4(host: str) -> str | None:
    try:
        return str(IPv4Address(host))
    except AddressValueError:
        return None


def _without_dots(path: str) -> str:
    """RFC 3986, 5.2.4, also for escaped dots: `/a/../b` is `/b`."""
    if "/." not in path and "%2e" not in path.lower():
        return path
    kept: list[str] = []
    segments = path.split("/")[1:]
    for number, segment in enumerate(segments):
        plain = unquote(segment) if "%2e" in segment.lower() else segment
        if plain == "..":
            kept = kept[:-1]
        elif plain != ".":
            kept.append(segment)
        if plain in {".", ".."} and number == len(segments) - 1:
            kept.append("")
    return "/" + "/".join(kept)


def _identity(query: str) -> str:
    """The query without what only says where the reader came from, in the order given."""
    pairs = (pair for pair in query.split("&") if pair and not TRACKING.fullmatch(pair.partition("=")[0]))
    return quote("&".join(pairs), safe=KEPT_IN_PATH + "?[]")
