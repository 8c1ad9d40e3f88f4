"""Who is asking: the operator or the public."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from ipaddress import IPv6Address, ip_address

from bot.config_types import Network

# A proxy on this machine makes each reader look like 127.0.0.1; it gives itself away by one of these.
PROXY_HEADERS = ("forwarded", "x-forwarded-for")


def is_private(address: str | None, headers: Mapping[str, str], private_from: Collection[Network]) -> bool:
    """Whether a request may see what is for the operator only. Header names are compared without case."""
    names = {name.lower() for name in headers}
    if address is None or not names.isdisjoint(PROXY_HEADERS):
        return False
    try:
        ip = ip_address(address.partition("%")[0])   # a link-local address names its network card
    except ValueError:
        return False
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    return any(ip in network for network in private_from)
