"""The next best thing to do for one customer, with its reason: a list of rules, of which the first that fits is said.

What is late comes before what is open, what was promised before what could be offered; nobody who asked not to be asked
is asked. Pure: it knows only the facts that it is handed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

Code = Literal["keep", "answer", "solve", "due", "propose", "ask_fit", "recover", "ask", "thank", "nothing"]

#: A solution that was proposed this long ago, and of which nobody knows whether it fits, is asked about
FIT_AFTER = timedelta(days=7)
#: Praise is worth a thank-you as long as they remember it
THANK_WITHIN = timedelta(days=30)


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is known of the customer now; instants are empty where there is none.

    ``late_since``, ``due_at``: the first promise that is late, that runs. ``waits_since``: in an open case the customer
    has written last. ``fell_below``: the last mark is below what they had reason to expect, and no case is open.
    ``met_at``: the last contact or gesture.
    """

    late_since: datetime | None = None
    waits_since: datetime | None = None
    case_open_since: datetime | None = None
    due_at: datetime | None = None
    unmet_since: datetime | None = None
    proposed_since: datetime | None = None
    fell_below: bool = False
    is_silent: bool = False
    may_be_asked: bool = True
    praised_at: datetime | None = None
    met_at: datetime | None = None


@dataclass(frozen=True)
class NextStep:
    """``since`` is the instant that the reason speaks of, where there is one."""

    code: Code
    since: datetime | None = None


def next_step(facts: Facts, now: datetime) -> NextStep:
    """The first rule that fits.

    >>> from datetime import datetime, timedelta, timezone
    >>> now = datetime(2026, 3, 19, 9, tzinfo=timezone.utc)
    >>> next_step(Facts(is_silent=True, due_at=now + timedelta(days=2)), now).code
    'due'
    >>> next_step(Facts(is_silent=True, may_be_asked=False), now).code
    'nothing'
    """
    for code, rule in _RULES:
        holds, since = rule(facts, now)
        if holds:
            return NextStep(code, since)
    return NextStep("nothing")


_Rule = Callable[[Facts, datetime], tuple[bool, datetime | None]]


def _praised(facts: Facts, now: datetime) -> bool:
    if facts.praised_at is None or now - facts.praised_at > THANK_WITHIN:
        return False
    return facts.met_at is None or facts.met_at < facts.praised_at


_RULES: tuple[tuple[Code, _Rule], ...] = (
    ("keep", lambda f, now: (f.late_since is not None and f.late_since < now, f.late_since)),
    ("answer", lambda f, _now: (f.waits_since is not None, f.waits_since)),
    ("solve", lambda f, _now: (f.case_open_since is not None, f.case_open_since)),
    ("due", lambda f, _now: (f.due_at is not None, f.due_at)),
    ("propose", lambda f, _now: (f.unmet_since is not None, f.unmet_since)),
    (
        "ask_fit",
        lambda f, now: (f.proposed_since is not None and now - f.proposed_since >= FIT_AFTER, f.proposed_since),
    ),
    ("recover", lambda f, _now: (f.fell_below, None)),
    ("thank", lambda f, now: (_praised(f, now), f.praised_at)),
    ("ask", lambda f, _now: (f.is_silent and f.may_be_asked, None)),
)
