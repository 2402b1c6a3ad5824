"""How often one address may write to one public page: a bucket of tokens each, in memory.

Generous, because the customers of a shop may share one address.
"""

import ipaddress
import math

_LOOPBACK = frozenset({"127.0.0.1", "::1"})


class RateLimit:
    """``burst`` at once, then ``per_second``. Keeps at least half of the ``most`` buckets last used, and never more
    than ``most``: memory stays bounded.

    A bucket is one number, the moment at which it is full again. Those that were used lately stand in one dictionary,
    the earlier ones in another, which is dropped whole: nothing is moved about for each request.
    """

    def __init__(self, *, burst: int = 60, per_second: float = 1.0, most: int = 20_000) -> None:
        self.burst = burst
        self.per_second = per_second
        self.most = most
        self._lately: dict[tuple[str, str], float] = {}
        self._earlier: dict[tuple[str, str], float] = {}

    def wait_seconds(self, address: str, page: str, now: float) -> int:
        """0 when one more is welcome (and counted), else after how many whole seconds the next one is."""
        key = (_neighbourhood(address), page)
        full_at = self._lately.get(key) or self._earlier.get(key) or now
        tokens = min(self.burst, self.burst - (full_at - now) * self.per_second)
        if tokens < 1 - 1e-6:  # moments are added up: the last bits of a number are no reason to refuse
            return max(1, math.ceil((1 - tokens) / self.per_second))
        if len(self._lately) >= self.most // 2:
            self._earlier, self._lately = self._lately, {}
        self._lately[key] = max(full_at, now) + 1 / self.per_second
        return 0


def _neighbourhood(address: str) -> str:
    """The address; of IPv6 the network of 64 bits, because one line of a provider has all of those.

    >>> _neighbourhood("192.0.2.7"), _neighbourhood("2001:db8:1:2:3::4")
    ('192.0.2.7', '2001:db8:1:2::/64')
    """
    if ":" not in address:
        return address
    try:
        return str(ipaddress.ip_network(f"{address}/64", strict=False))
    except ValueError:
        return address


def caller(peer: str, forwarded: str) -> str:
    """Where a request comes from; a proxy on this machine names the customer at the end of its list.

    >>> caller("127.0.0.1", "192.0.2.9, 192.0.2.7"), caller("192.0.2.1", "10.0.0.1")
    ('192.0.2.7', '192.0.2.1')
    """
    return peer if peer not in _LOOPBACK else forwarded.rpartition(",")[2].strip() or peer
