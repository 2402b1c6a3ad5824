"""Keep a number of connections busy with POST requests from one process, without a library in the way."""

import json
import secrets
import select
import socket
import statistics
import time
from dataclasses import dataclass, field


@dataclass
class Result:
    """What was answered in ``seconds``: how many with which status, how long each took."""

    seconds: float = 0.0
    statuses: dict[int, int] = field(default_factory=dict)
    times: list[float] = field(default_factory=list)

    @property
    def kept(self) -> int:
        return self.statuses.get(201, 0)

    @property
    def per_second(self) -> float:
        return self.kept / self.seconds

    def quantile(self, share: float) -> float:
        """Milliseconds within which that share was answered."""
        return statistics.quantiles(self.times, n=1000)[round(share * 1000) - 1] * 1000


def request(slug: str, number: int) -> bytes:
    """One submission with its own key, from an address of its own because the rate limit is per address."""
    body = json.dumps(
        {
            "key": secrets.token_urlsafe(12),
            "language": "it",
            "answers": {
                "nps": number % 11,
                "csat": number % 5 + 1,
                "comment": "Tutto bene, grazie; il furgone era pulito.",
            },
        }
    ).encode()
    customer = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    head = (
        f"POST /s/{slug} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
        f"x-forwarded-for: {customer}\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def run(port: int, requests: list[bytes], *, connections: int, seconds: float) -> Result:
    """Send ``requests`` round and round for ``seconds`` on ``connections`` connections, one at a time on each."""
    result = Result()
    poll = select.epoll()
    sockets = {}
    for _ in range(connections):
        one = socket.create_connection(("127.0.0.1", port))
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sockets[one.fileno()] = one
        poll.register(one.fileno(), select.EPOLLIN)
    waiting = iter(requests)
    sent_at = {}
    start = time.perf_counter()
    for number, one in sockets.items():
        one.sendall(next(waiting))
        sent_at[number] = time.perf_counter()
    end = start + seconds
    open_requests = len(sockets)
    while open_requests:
        for number, _event in poll.poll(5):
            data = sockets[number].recv(4096)
            head, _, rest = data.partition(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r")[0])
            while len(rest) < length:
                rest += sockets[number].recv(4096)
            now = time.perf_counter()
            status = int(data[9:12])
            result.statuses[status] = result.statuses.get(status, 0) + 1
            result.times.append(now - sent_at[number])
            following = next(waiting, None) if now < end else None
            if following is None:
                open_requests -= 1
                continue
            sockets[number].sendall(following)
            sent_at[number] = time.perf_counter()
    result.seconds = time.perf_counter() - start
    for one in sockets.values():
        one.close()
    return result
