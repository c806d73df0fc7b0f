"""Slow down who guesses links: counted in this process alone, so that a guess never costs a write."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address

MOST_MISSES = 30
WINDOW = timedelta(minutes=5)
MOST_ADDRESSES = 10_000
_NETWORK_BITS_OF_V6 = 64


class Guesses:
    """Counts links that opened nothing, by the network address that asked.

    Whoever misses more than `most` times in a window is slowed down until the window ends. A window begins
    with the first miss. Only the latest `most_addresses` are remembered, so that memory stays bounded.
    """

    def __init__(
        self, *, most: int = MOST_MISSES, window: timedelta = WINDOW, most_addresses: int = MOST_ADDRESSES
    ) -> None:
        self._most = most
        self._window = window
        self._most_addresses = most_addresses
        self._misses: OrderedDict[str, tuple[datetime, int]] = OrderedDict()

    def are_too_many(self, address: str, *, now: datetime) -> bool:
        """Say whether an address has to wait."""
        began_at, misses = self._misses.get(_network(address), (now, 0))
        return misses >= self._most and now - began_at < self._window

    def missed(self, address: str, *, now: datetime) -> None:
        """Count a link that opened nothing."""
        network = _network(address)
        began_at, misses = self._misses.pop(network, (now, 0))
        if now - began_at >= self._window:
            began_at, misses = now, 0
        self._misses[network] = (began_at, misses + 1)
        if len(self._misses) > self._most_addresses:
            self._misses.popitem(last=False)

    def forget(self) -> None:
        """Begin anew."""
        self._misses.clear()


def _network(address: str) -> str:
    """Return what one guesser has: an address of IPv4, a network of 64 bits of IPv6."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return ""
    if isinstance(parsed, IPv6Address):
        return str(int(parsed) >> (128 - _NETWORK_BITS_OF_V6))
    return address
