"""Which addresses may be connected to. Pure.

A source, or a redirect of one, must not make Vestka knock at machines behind the firewall. Names are no
proof: what counts is the address that is connected to, after it was resolved (`bot.fetch.connect`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from bot.errors import ConfigError, Mistake

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# https://www.iana.org/assignments/iana-ipv4-special-registry, …/iana-ipv6-special-registry, and the ranges
# that carry an IPv4 address to somewhere else (mapped, compatible, 6to4, Teredo, NAT64). Written out, for
# what Python takes for global has changed between its versions.
CLOSED: tuple[tuple[Network, str], ...] = tuple(
    (ip_network(range_), why)
    for why, ranges in {
        "unspecified": "0.0.0.0/8 ::/128",
        "private": "10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 fc00::/7 fec0::/10",
        "shared with the provider's other customers": "100.64.0.0/10",
        "loopback": "127.0.0.0/8 ::1/128",
        "link-local": "169.254.0.0/16 fe80::/10",
        "multicast": "224.0.0.0/4 ff00::/8",
        "reserved": "192.0.0.0/24 192.88.99.0/24 240.0.0.0/4 100::/64 5f00::/16 2001::/23 ::/96",
        "for documentation": "192.0.2.0/24 198.51.100.0/24 203.0.113.0/24 2001:db8::/32 3fff::/20",
        "for benchmarks": "198.18.0.0/15",
        "a way to another address": "::ffff:0:0/96 ::ffff:0:0:0/96 2002::/16 64:ff9b::/96 64:ff9b:1::/48",
    }.items()
    for range_ in ranges.split()
)


def why_closed(address: Address) -> str:
    """What keeps this address from being a public one; "" when nothing does."""
    if isinstance(address, IPv6Address) and address.scope_id:
        return "link-local"
    return next((why for network, why in CLOSED if address in network), "")


@dataclass(frozen=True, slots=True)
class AllowedHosts:
    """`poll.allow_hosts`: the operator's own machines, which may be private and need no manners."""

    names: frozenset[tuple[str, int]] = frozenset()
    networks: tuple[Network, ...] = ()

    @classmethod
    def parse(cls, entries: Iterable[str]) -> AllowedHosts:
        """From `127.0.0.1:8000`, `[::1]:8000`, `name:port` and ranges. Raises ConfigError."""
        names: set[tuple[str, int]] = set()
        networks: list[Network] = []
        mistakes = []
        for number, entry in enumerate(entries):
            found = re.fullmatch(r"(?:\[([0-9A-Fa-f:.]+)\]|([\w.-]+)):(\d{1,5})", entry)
            try:
                if found and int(found[3]) < 65_536:
                    names.add((_plain(found[1] or found[2]), int(found[3])))
                else:
                    networks.append(ip_network(entry))
            except ValueError:
                problem = f"{entry!r} is neither host:port nor an address range"
                mistakes.append(
                    Mistake(f"poll.allow_hosts[{number}]", problem, 'as in "127.0.0.1:8000" or "10.1.0.0/16"')
                )
        if mistakes:
            raise ConfigError(mistakes)
        return cls(frozenset(names), tuple(networks))

    def admits(self, host: str, port: int, address: Address) -> bool:
        """Whether this address may be connected to although it is not public."""
        return (
            (_plain(host), port) in self.names
            or (str(address), port) in self.names
            or self._in_range(address)
        )

    def covers(self, host: str, port: int) -> bool:
        """Whether this host is the operator's own, as far as can be told without resolving it."""
        plain = _plain(host)
        if (plain, port) in self.names:
            return True
        try:
            address = ip_address("127.0.0.1" if plain == "localhost" else plain)
        except ValueError:
            return False
        return (str(address), port) in self.names or self._in_range(address)

    def _in_range(self, address: Address) -> bool:
        return any(address in network for network in self.networks)


def _plain(host: str) -> str:
    """A host as it is compared: without brackets and last dot, addresses in their one spelling."""
    plain = host.strip("[]").rstrip(".").lower()
    try:
        return str(ip_address(plain))
    except ValueError:
        return plain


NOBODY = AllowedHosts()
