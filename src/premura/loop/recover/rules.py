"""Judgement of the stage, pure: when an answer opens a case, whose it is, and whose authority covers a gesture."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise

CENT = Decimal("0.01")
#: The most a column of the ledger can hold
MOST = Decimal("99999999.99")
_WEIGHT = {"low": 0, "normal": 1, "high": 2}


#: Kinds of rules that are not about one mark: a word, a contact too many, silence after a failure, marks that fall, a
#: promise that is late or nearly due (looked for by the stage that knows promises)
OTHER_KINDS = ("words", "contacts", "silence", "falling", "late", "near")


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What opens a case, at one touchpoint (its code) or anywhere (empty).

    Marks of ``kind`` at or below ``at_most``; one of ``words``; ``at_least`` contacts, days, or falls in a row.
    """

    code: str
    kind: str
    at_most: int = 0
    at_least: int = 0
    words: tuple[str, ...] = ()
    touchpoint: str = ""
    severity: str = "normal"


@dataclass(frozen=True, kw_only=True)
class Mark:
    """One scored answer: which question, of which kind, at which touchpoint (its code, or empty)."""

    question: str
    kind: str
    score: int
    touchpoint: str = ""


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Why a case was opened: this answer met this rule; ``word`` was said, ``count`` are contacts or days."""

    code: str
    kind: str
    touchpoint: str
    severity: str
    question: str = ""
    score: int = 0
    at_most: int = 0
    word: str = ""
    count: int = 0


@dataclass(frozen=True, kw_only=True)
class Said:
    """What somebody wrote in answer to a question, at a touchpoint (its code, or empty)."""

    question: str
    text: str
    touchpoint: str = ""


def reasons_to_open(answers: Iterable[Mark], rules: Iterable[Rule]) -> list[Reason]:
    """The reasons, in the order of the answers: at most one an answer, from the rule that takes it most seriously.

    Between rules of equal severity the one of the touchpoint speaks before the general one, then the lower mark.

    >>> anywhere = Rule(code="low", kind="csat", at_most=2)
    >>> [reason.score for reason in reasons_to_open([Mark(question="q", kind="csat", score=2)], [anywhere])]
    [2]
    >>> reasons_to_open([Mark(question="q", kind="csat", score=3)], [anywhere])
    []
    """
    known = list(rules)
    reasons = []
    for mark in answers:
        met = [rule for rule in known if _meets(mark, rule)]
        if met:
            rule = min(met, key=lambda rule: (-_WEIGHT[rule.severity], not rule.touchpoint, rule.at_most, rule.code))
            reasons.append(_reason(mark, rule))
    return reasons


def words_of(text: str) -> tuple[str, ...]:
    """The words and phrases of a rule, as they are compared; a star at the end stands for any ending.

    >>> words_of("Rimborso, rimbors*, La  restituite ")
    ('rimborso', 'rimbors*', 'la restituite')
    """
    words = (" ".join(_folded(word).split()) for word in text.split(","))
    return tuple(dict.fromkeys(word for word in words if word.strip("* ")))


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold().replace("’", "'"))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def word_said(text: str, words: Sequence[str]) -> str:
    """The first of ``words`` (see :func:`words_of`) that stands in ``text`` as a word of its own; empty of none.

    >>> word_said("Voglio il RIMBORSO, subito", ("rimborso",)), word_said("Rimborsatemi", ("rimborso", "rimbors*"))
    ('rimborso', 'rimbors*')
    >>> word_said("Il rimborsone", ("rimborso",))
    ''
    """
    plain = " ".join(_folded(text).split())
    return next((word for word in words if re.search(_pattern(word), plain)), "")


def _pattern(word: str) -> str:
    ending = r"\w*" if word.endswith("*") else ""
    return rf"(?<!\w){re.escape(word.rstrip('*'))}{ending}(?!\w)"


def reasons_in_words(said: Iterable[Said], rules: Iterable[Rule]) -> list[Reason]:
    """At most one reason a text, from the rule that takes it most seriously.

    >>> rule = Rule(code="refund", kind="words", words=("rimborso",), severity="high")
    >>> [reason.word for reason in reasons_in_words([Said(question="why", text="Un rimborso?")], [rule])]
    ['rimborso']
    """
    known = [rule for rule in rules if rule.kind == "words"]
    reasons = []
    for one in said:
        met = [
            (rule, word)
            for rule in known
            if rule.touchpoint in ("", one.touchpoint) and (word := word_said(one.text, rule.words))
        ]
        if met:
            rule, word = min(met, key=lambda pair: (-_WEIGHT[pair[0].severity], pair[0].code))
            reasons.append(
                Reason(
                    code=rule.code,
                    kind="words",
                    touchpoint=one.touchpoint,
                    severity=rule.severity,
                    question=one.question,
                    word=word,
                )
            )
    return reasons


def contacts_too_many(contacts: Sequence[datetime], at_least: int, within: timedelta) -> list[datetime]:
    """When a customer's contacts about one problem became too many: once in each ``within``. ``contacts`` are in order.

    >>> days = [datetime(2026, 3, day) for day in (1, 4, 9, 10)]
    >>> contacts_too_many(days, 3, timedelta(days=60))
    [datetime.datetime(2026, 3, 9, 0, 0)]
    """
    found: list[datetime] = []
    for place, moment in enumerate(contacts):
        near = place + 1 - bisect_right(contacts, moment - within)
        if near >= at_least and (not found or found[-1] <= moment - within):
            found.append(moment)
    return found


def falls(scores: Sequence[float], times: int) -> bool:
    """Whether each of the last ``times`` marks is below the one before it; in the order in which they were given.

    >>> falls([9, 10, 8, 7], 2), falls([9, 8, 8], 2), falls([9, 8], 2)
    (True, False, False)
    """
    last = scores[-times - 1 :]
    return len(last) == times + 1 and all(later < earlier for earlier, later in pairwise(last))


def gravest_first(rules: Iterable[Rule]) -> list[Rule]:
    """In the order in which they speak: the most serious first."""
    return sorted(rules, key=lambda rule: (-_WEIGHT[rule.severity], rule.code))


def _meets(mark: Mark, rule: Rule) -> bool:
    return mark.kind == rule.kind and mark.score <= rule.at_most and rule.touchpoint in ("", mark.touchpoint)


def _reason(mark: Mark, rule: Rule) -> Reason:
    return Reason(
        code=rule.code,
        kind=mark.kind,
        score=mark.score,
        at_most=rule.at_most,
        touchpoint=mark.touchpoint,
        question=mark.question,
        severity=rule.severity,
    )


def worst(severities: Iterable[str]) -> str:
    """The most serious of them; ``"normal"`` of none.

    >>> worst(["low", "high", "normal"]), worst([])
    ('high', 'normal')
    """
    return max(severities, key=lambda severity: _WEIGHT[severity], default="normal")


def waiting_since(turns: Iterable[tuple[datetime, bool]]) -> datetime | None:
    """Since when the customer waits: each turn says when, and whether the customer waits from then on.

    >>> monday, tuesday, friday = datetime(2026, 3, 16), datetime(2026, 3, 17), datetime(2026, 3, 20)
    >>> waiting_since([(monday, True), (friday, True)]), waiting_since([(monday, True), (tuesday, False)])
    (datetime.datetime(2026, 3, 16, 0, 0), None)
    """
    since: datetime | None = None
    for moment, waits in sorted(turns, key=lambda turn: turn[0]):
        since = (since or moment) if waits else None
    return since


def named_in(text: str, names: Mapping[int, str]) -> set[int]:
    """Who is named in ``text`` with an @ before the whole name, or before the first name where only one has it.

    >>> sorted(named_in("@Ada Bassi e @carlo: guardate", {1: "Ada Bassi", 2: "Carlo Neri", 3: "Ada Zen"}))
    [1, 2]
    """
    plain = " ".join(_folded(text).split())
    firsts = [_folded(name).split()[0] for name in names.values() if name.split()]
    found = set()
    for person, name in names.items():
        whole = " ".join(_folded(name).split())
        first = whole.split(" ")[0]
        spoken = [whole] + ([first] if firsts.count(first) == 1 else [])
        if whole and any(re.search(rf"@{re.escape(word)}(?!\w)", plain) for word in spoken):
            found.add(person)
    return found


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """Somebody who may work on cases: how many open ones they have, and whether they belong to the place itself."""

    person_id: int
    load: int
    of_the_place: bool
    leads: bool = False
    owns: bool = False
    # On duty now; knows the touchpoint well
    on_shift: bool = True
    knows: bool = False


@dataclass(frozen=True)
class Chosen:
    """Whose a new case is; ``why`` are codes: leads, place, everywhere, last, shift, nobody_on_shift, knows, load."""

    person_id: int
    why: tuple[str, ...]


def choose_owner(candidates: Sequence[Candidate], severity: str) -> Chosen | None:
    """Whose a new case is; ``None`` of nobody.

    A serious case goes to somebody who leads (of the place, else of all places) if there is one. Then come the people
    of the place, then those of all places; the owner of the company is everybody's last resort. Among these who is on
    duty comes before who is not, who knows the touchpoint before who does not, then who has the fewest open cases, then
    the lowest id.
    """
    daily = [candidate for candidate in candidates if not candidate.owns]
    here = [candidate for candidate in daily if candidate.of_the_place]
    groups = [("place", here), ("everywhere", daily), ("last", list(candidates))]
    if severity == "high":
        leaders = [("leads", [c for c in here if c.leads]), ("leads", [c for c in daily if c.leads])]
        groups = [*leaders, *groups]
    name, group = next(((name, group) for name, group in groups if group), ("", []))
    if not group:
        return None
    found = min(group, key=lambda c: (not c.on_shift, not c.knows, c.load, c.person_id))
    return Chosen(found.person_id, (name, *_why_of_several(found, group)))


def _why_of_several(found: Candidate, group: Sequence[Candidate]) -> Iterable[str]:
    """What told ``found`` from the others of the group; nothing where there were none."""
    if any(one.on_shift != found.on_shift for one in group):
        yield "shift"
    elif not found.on_shift:
        yield "nobody_on_shift"
    if found.knows:
        yield "knows"
    rivals = [one for one in group if (one.on_shift, one.knows) == (found.on_shift, found.knows)]
    if len(rivals) > 1:
        yield "load"


@dataclass(frozen=True, kw_only=True)
class Authority:
    """What one person may spend and has spent; ``None`` is no limit; without ``may_spend`` there is none to spend."""

    person_id: int
    may_spend: bool
    per_case: Decimal | None = None
    per_month: Decimal | None = None
    spent_on_case: Decimal = Decimal(0)
    spent_in_month: Decimal = Decimal(0)
    rank: int = 0

    @property
    def room(self) -> Decimal | None:
        """What may still be given on this case now without asking; ``None`` is no limit, never below zero."""
        if not self.may_spend:
            return Decimal(0)
        rooms = []
        if self.per_case is not None:
            rooms.append(self.per_case - self.spent_on_case)
        if self.per_month is not None:
            rooms.append(self.per_month - self.spent_in_month)
        return max(min(rooms), Decimal(0)) if rooms else None

    def covers(self, amount: Decimal) -> bool:
        """Whether ``amount`` more stays within both limits. What costs nothing needs no authority."""
        return amount <= 0 or self.room is None or amount <= self.room


def is_above(other: Authority, own: Authority) -> bool:
    """Whether ``other`` may spend more than ``own`` by their limits: who has no more cannot stretch yours."""
    if not other.may_spend or not own.may_spend:
        return other.may_spend
    most = Decimal("Infinity")
    limits = [
        (most if a.per_case is None else a.per_case, most if a.per_month is None else a.per_month) for a in (other, own)
    ]
    return limits[0] > limits[1]


def in_order_of_asking(authorities: Iterable[Authority]) -> list[Authority]:
    """Rising limit per case, no limit last; between equals the lower rank (manager before owner), then the lower id."""

    def order(authority: Authority) -> tuple[bool, Decimal, int, int]:
        return authority.per_case is None, authority.per_case or Decimal(0), authority.rank, authority.person_id

    return sorted((authority for authority in authorities if authority.may_spend), key=order)


def first_covering(amount: Decimal, authorities: Iterable[Authority]) -> Authority | None:
    """The first person to ask whose limits cover ``amount``; ``None`` when nobody's do."""
    return next((authority for authority in in_order_of_asking(authorities) if authority.covers(amount)), None)


def to_cents(amount: Decimal) -> Decimal:
    """Rounded half up to the cent.

    >>> to_cents(Decimal("0.125"))
    Decimal('0.13')
    """
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def summed(total: Decimal | None) -> Decimal:
    """A sum that a database made of amounts, to the cent: SQLite adds decimals as binary fractions.

    >>> summed(Decimal("0.00999999999999979")), summed(None)
    (Decimal('0.01'), Decimal('0.00'))
    """
    return to_cents(total or Decimal(0))


def cost(rule: str, own_cost: Decimal, amount: Decimal | None) -> Decimal:
    """What a remedy costs, to the cent: nothing, its own cost, the amount given, or ``own_cost`` per cent of it.

    >>> cost("percent", Decimal(15), Decimal("33.30"))
    Decimal('5.00')
    """
    if rule == "none":
        return Decimal("0.00")
    if rule == "fixed":
        return to_cents(own_cost)
    if amount is None:
        raise ValueError("an amount is needed")
    return to_cents(amount) if rule == "amount" else to_cents(amount * own_cost / 100)


def band(score: int, borders: Sequence[int]) -> int:
    """Which class a score lies in, from 0; ``borders`` are the lowest scores of the classes, rising.

    >>> [band(score, (0, 7, 9)) for score in (6, 7, 9)]
    [0, 1, 2]
    """
    return sum(score >= border for border in borders) - 1


def is_recovered(before: int, after: int, borders: Sequence[int]) -> bool:
    """Whether the later mark lies in a higher class than the earlier one.

    >>> is_recovered(2, 8, (0, 7, 9)), is_recovered(2, 6, (0, 7, 9))
    (True, False)
    """
    return band(after, borders) > band(before, borders)
