"""How often one address may write to one public page: a bucket of tokens each, in memory.

Generous, because the customers of a shop may share one address.
"""

import ipaddress
import math
from collections import OrderedDict

_LOOPBACK = frozenset({"127.0.0.1", "::1"})


class _Bucket:
    __slots__ = ("filled_at", "tokens")

    def __init__(self, tokens: float, filled_at: float) -> None:
        self.tokens = tokens
        self.filled_at = filled_at


class RateLimit:
    """``burst`` at once, then ``per_second``. Keeps the ``most`` buckets last used: memory stays bounded."""

    def __init__(self, *, burst: int = 60, per_second: float = 1.0, most: int = 20_000) -> None:
        self.burst = burst
        self.per_second = per_second
        self.most = most
        self._buckets: OrderedDict[tuple[str, str], _Bucket] = OrderedDict()

    def wait_seconds(self, address: str, page: str, now: float) -> int:
        """0 when one more is welcome (and counted), else after how many whole seconds the next one is."""
        key = (_neighbourhood(address), page)
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = _Bucket(self.burst, now)
            if len(self._buckets) > self.most:
                self._buckets.popitem(last=False)
        self._buckets.move_to_end(key)
        bucket.tokens = min(self.burst, bucket.tokens + (now - bucket.filled_at) * self.per_second)
        bucket.filled_at = now
        if bucket.tokens >= 1:
            bucket.tokens -= 1
            return 0
        return max(1, math.ceil((1 - bucket.tokens) / self.per_second))


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
