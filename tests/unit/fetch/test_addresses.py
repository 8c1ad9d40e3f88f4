from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import ConfigError
from bot.fetch.addresses import AllowedHosts, why_closed

CLOSED = [
    ("this machine", "127.0.0.1 127.8.9.10 ::1 0.0.0.0 ::", "loopback unspecified"),
    ("private networks", "10.0.0.1 172.31.255.255 192.168.1.1 fd00::1 fec0::1", "private"),
    ("the cloud's metadata", "169.254.169.254 fe80::1 fe80::1%eth0", "link-local"),
    ("carrier-grade NAT", "100.64.0.1 100.127.255.254", "shared"),
    ("multicast and broadcast", "224.0.0.1 239.1.1.1 255.255.255.255 ff02::1", "multicast reserved"),
    (
        "IPv4 in IPv6 clothes",
        "::ffff:127.0.0.1 ::ffff:8.8.8.8 ::127.0.0.1 2002:7f00:1:: 64:ff9b::7f00:1",
        "way reserved",
    ),
    ("Teredo", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "reserved"),
    ("addresses of examples", "192.0.2.1 198.51.100.7 203.0.113.9 2001:db8::1", "documentation"),
    ("benchmarks", "198.18.0.1", "benchmarks"),
]


@pytest.mark.parametrize(("addresses", "words"), [row[1:] for row in CLOSED], ids=[row[0] for row in CLOSED])
def test_what_is_not_public_is_closed(addresses: str, words: str) -> None:
    for address in addresses.split():
        why = why_closed(ip_address(address))
        assert why, address
        assert any(word in why for word in words.split()), (address, why)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700:4700::1111", "2a00::1"]
)
def test_public_addresses_are_open(address: str) -> None:
    assert why_closed(ip_address(address)) == ""


@given(st.ip_addresses())
def test_no_address_that_python_calls_private_is_open(address: object) -> None:
    found = ip_address(str(address))
    if (
        found.is_private
        or found.is_loopback
        or found.is_multicast
        or found.is_link_local
        or found.is_unspecified
    ):
        assert why_closed(found) or found in ip_network("192.0.0.0/24")


ALLOWED = AllowedHosts.parse(["127.0.0.1:8000", "feeds.internal:80", "[::1]:9000", "10.1.0.0/16"])

ADMITS = [
    ("the host and port that are named", ("127.0.0.1", 8000, "127.0.0.1"), True),
    ("another port of it is not", ("127.0.0.1", 8001, "127.0.0.1"), False),
    ("a named host, wherever it leads", ("feeds.internal", 80, "192.168.3.4"), True),
    ("in any case and with a last dot", ("Feeds.Internal.", 80, "192.168.3.4"), True),
    ("a name that leads to a named address and port", ("localhost", 8000, "127.0.0.1"), True),
    ("an address in brackets", ("[::1]", 9000, "::1"), True),
    ("a name that leads into the range", ("anything.example", 443, "10.1.2.3"), True),
    ("a name that leads beside it", ("anything.example", 443, "10.2.2.3"), False),
]


@pytest.mark.parametrize(("asked", "admitted"), [row[1:] for row in ADMITS], ids=[row[0] for row in ADMITS])
def test_the_operators_own_hosts_are_admitted(asked: tuple[str, int, str], admitted: bool) -> None:
    host, port, address = asked
    assert ALLOWED.admits(host, port, ip_address(address)) is admitted


COVERS = [
    ("a named host and port", ("127.0.0.1", 8000), True),
    ("a name with its port", ("feeds.internal", 80), True),
    ("localhost is 127.0.0.1", ("localhost", 8000), True),
    ("an address in the range", ("10.1.9.9", 1234), True),
    ("a name that may lead into the range is not known to", ("news.example", 443), False),
    ("another port", ("feeds.internal", 443), False),
]


@pytest.mark.parametrize(("asked", "covered"), [row[1:] for row in COVERS], ids=[row[0] for row in COVERS])
def test_whose_host_it_is_can_be_told_without_resolving(asked: tuple[str, int], covered: bool) -> None:
    assert ALLOWED.covers(*asked) is covered


def test_every_wrong_entry_is_named_by_its_key() -> None:
    with pytest.raises(ConfigError) as caught:
        AllowedHosts.parse(["127.0.0.1:8000", "http://x", "10.0.0.0/40", "x:99999"])
    assert [mistake.key for mistake in caught.value.mistakes] == [f"poll.allow_hosts[{n}]" for n in (1, 2, 3)]
