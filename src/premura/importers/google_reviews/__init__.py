"""Google Business Profile: public reviews as JSON, with stars in words and the owner's replies.

They come as one page, as a list of pages, as one review a line, as reviews of several places at once, or in the archive
that Google Takeout makes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from premura.importers.neutral.errors import SourceError
from premura.importers.neutral.head import Head, Sight
from premura.importers.neutral.safe import bytes_of, json_of, members_of
from premura.importers.neutral.values import Brought, LeftOut, Review

NAME = "Google Business Profile"
_STARS = {"ONE": 1, "TWO": 2, "THREE": 3, "FOUR": 4, "FIVE": 5}
# RFC 3339, sometimes with nanoseconds, which datetime does not know
_TIME = re.compile(r"^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)$")
# The reviews of one place in an archive of Google Takeout
_TAKEOUT = re.compile(r"(?:^|/)reviews[^/]*\.json$")
_PLACE = re.compile(r"locations/([^/]+)")


def recognise(head: Head) -> Sight | None:
    if any(_TAKEOUT.search(member) for member in head.members):
        return Sight(0.9, "reviews")
    start = _start(head)[:8000]
    if not start.startswith(("{", "[")) or (head.header is not None and '"starRating"' not in start):
        return None
    if '"starRating"' in start or ('"reviews"' in start and '"totalReviewCount"' in start):
        return Sight(1.0, "reviews")
    return Sight(0.6, "reviews") if '"reviews"' in start else None


def _start(head: Head) -> str:
    return head.text if head.start[:2] not in (b"\xff\xfe", b"\xfe\xff") else head.start.decode("utf-16", "replace")


def _pages(head: Head) -> Iterator[Any]:
    """Whatever the file holds that may have reviews in it."""
    name = head.path.name
    if head.members:
        for member, content in members_of(head.path).items():
            if _TAKEOUT.search(member):
                document = json_of(content, member.rpartition("/")[2])
                # A place without reviews has a file all the same
                yield document if isinstance(document, Mapping) and document.get("reviews") else {"reviews": []}
        return
    content = bytes_of(head.path)
    lines = [line for line in content.splitlines() if line.strip()]
    if len(lines) > 1 and all(line.strip().startswith(b"{") and line.strip().endswith(b"}") for line in lines):
        yield from (json_of(line, name) for line in lines)
        return
    document = json_of(content, name)
    yield from document if isinstance(document, list) else [document]


def read(head: Head) -> Brought:
    name = head.path.name
    pages = list(_pages(head))
    held = [item for page in pages for item in _reviews(page, name)]
    left: list[LeftOut] = []
    reviews = tuple(review for item in held if (review := _review(item, left)))
    if not held:
        raise SourceError("no-reviews", name=name)
    total = max((_count(page) for page in pages), default=0)
    if total > len(held):
        left.append(LeftOut("more-reviews", "", {"here": len(held), "total": total}))
    return Brought("reviews", reviews=reviews, left_out=tuple(left))


def _reviews(page: Any, name: str) -> list[Any]:
    if isinstance(page, Mapping) and "starRating" in page:
        return [page]
    places = page.get("locationReviews") if isinstance(page, Mapping) else None
    if isinstance(places, list):
        return [_mapping(place).get("review") for place in places]
    found = page.get("reviews") if isinstance(page, Mapping) else None
    if not isinstance(found, list):
        raise SourceError("wrong-shape", name=name, source=NAME, what="reviews")
    return found


def _count(page: Any) -> int:
    total = page.get("totalReviewCount") if isinstance(page, Mapping) else 0
    return total if isinstance(total, int) else 0


def instant(text: object) -> datetime | None:
    """The moment of an RFC 3339 text, its nanoseconds cut to microseconds.

    >>> instant("2024-05-01T10:00:00.123456789Z").isoformat()
    '2024-05-01T10:00:00.123456+00:00'
    """
    found = _TIME.match(text) if isinstance(text, str) else None
    if not found:
        return None
    try:
        return datetime.fromisoformat(f"{found[1]}{(found[2] or '')[:7].ljust(7, '0') if found[2] else ''}"
                                      f"{'+00:00' if found[3] == 'Z' else found[3]}").astimezone(UTC)  # fmt: skip
    except (ValueError, OverflowError):
        return None


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _review(item: Any, left: list[LeftOut]) -> Review | None:
    held = _mapping(item)
    name = str(held.get("name") or "")
    own = str(held.get("reviewId") or name.rpartition("/")[2] or "?")
    stars, written = _STARS.get(str(held.get("starRating"))), instant(held.get("createTime"))
    if stars is None or written is None:
        why = "why-no-stars" if stars is None else "why-no-date"
        left.append(LeftOut("left-review", own[:60], {"why": why}))
        return None
    reviewer, reply = _mapping(held.get("reviewer")), _mapping(held.get("reviewReply"))
    place = _PLACE.search(name)
    return Review(
        own[:120],
        stars,
        str(held.get("comment") or "").strip(),
        written,
        author="" if reviewer.get("isAnonymous") else str(reviewer.get("displayName") or "")[:160],
        place=place[1] if place else "",
        reply=str(reply.get("comment") or "").strip(),
        replied_at=instant(reply.get("updateTime")) if reply.get("comment") else None,
    )
