"""Comments with what was understood of them: narrowed by what was said, and shown to whom may read it."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, CharField, Count, F, Prefetch, Q, QuerySet, Value, When

from premura.core.staff.models import Person
from premura.core.staff.roles import Ability, may
from premura.loop.listen.models import Answer
from premura.loop.understand import comment_vectors, reads
from premura.loop.understand.counting import Slice, answers_of, visible
from premura.loop.understand.frames import FRAMES, aspects_of
from premura.loop.understand.judgements import current
from premura.loop.understand.models import CommentAspect, CommentReading, ThemeMention
from premura.loop.understand.samples import unjudged
from premura.loop.understand.windows import Window
from premura.stats.compare import Comparison, benjamini_hochberg, compare_shares
from premura.stats.intervals import wilson

UNCERTAIN = "uncertain"
#: The hundredth nearest comment already speaks of something else.
MOST_NEAR = 100
MOST_RANKED = 20_000


@dataclass(frozen=True)
class Said:
    """What a comment must say to be shown; an empty word asks for nothing.

    ``sentiment`` is a label or :data:`UNCERTAIN`; ``aspect`` may be a whole of a frame
    (:mod:`premura.loop.understand.frames`); ``polarity`` counts with ``aspect`` only. ``sample`` keeps those that were
    chosen for people to judge and wait; ``theme`` is the id of one.
    """

    sentiment: str = ""
    aspect: str = ""
    polarity: str = ""
    signal: str = ""
    emotion: str = ""
    sample: str = ""
    theme: str = ""

    def narrow(self, found: QuerySet[Answer]) -> QuerySet[Answer]:
        if self.sentiment == UNCERTAIN:
            found = found.filter(reading__is_uncertain=True)
        elif self.sentiment:
            found = found.filter(reading__sentiment=self.sentiment)
        if self.aspect:
            spoken = CommentAspect.objects.filter(aspect__in=aspects_of(self.aspect)).order_by()
            if self.polarity:
                spoken = spoken.filter(polarity=self.polarity)
            found = found.filter(reading__in=spoken.values("reading"))
        if self.signal:
            found = found.filter(reading__signals__has_key=self.signal)
        if self.theme:
            of_theme = Q(theme=self.theme) | Q(theme__merged_into=self.theme)
            found = found.filter(pk__in=ThemeMention.objects.filter(of_theme).values("answer"))
        if self.sample:
            found = unjudged(found)
        if self.emotion:
            found = found.filter(reading__felt__contains=f"|{self.emotion}|")
        return found


def may_read_personal_data(person: Person) -> bool:
    """Telephone numbers, addresses and names in a text are for those who may call the customer back."""
    return may(person.role, Ability.WORK_CASES)


def comments_understood(
    person: Person, window: Window, said: Said, *, search: str = "", order: str = "worst", **filters: Any
) -> QuerySet[Answer]:
    """:func:`premura.loop.understand.reads.comments`, narrowed by what they say, each with its ``reading``.

    Who may not read personal data cannot search for it either: such texts, and those not read yet, are left out of
    their search. Two queries more for a page of any size.
    """
    found = said.narrow(reads.comments(person, window, search=search, order=order, **filters))
    if search and not may_read_personal_data(person):
        found = found.filter(reading__has_personal_data=False)
    return with_readings(found)


def comments_near(person: Person, window: Window, said: Said, meaning: str, **filters: Any) -> QuerySet[Answer]:
    """The comments nearest in meaning to some words, the nearest first; at most :data:`MOST_NEAR` of them.

    Where the sentence leaves no more than :data:`MOST_RANKED` they are ranked among themselves; else those are kept
    that are among the nearest of all. What lies in the index has no personal data in it.
    """
    found = said.narrow(reads.comments(person, window, **filters)).order_by()
    some = list(found.values_list("pk", flat=True)[: MOST_RANKED + 1])
    near = comment_vectors.nearest_comments(meaning, among=some if len(some) <= MOST_RANKED else None)
    if len(some) > MOST_RANKED:
        seen = set(found.filter(pk__in=near).values_list("pk", flat=True))
        near = [pk for pk in near if pk in seen]
    near = near[:MOST_NEAR]
    rank = Case(*(When(pk=pk, then=at) for at, pk in enumerate(near)), default=len(near))
    return with_readings(found.filter(pk__in=near).order_by(rank))


def with_readings(found: QuerySet[Answer]) -> QuerySet[Answer]:
    """Each comment with its ``reading``, and what people said of it in ``by_people``. Two queries more."""
    told = Prefetch("judgements", queryset=current(), to_attr="by_people")
    return found.select_related("reading").prefetch_related("reading__aspects", told)


def words_for(person: Person, answer: Answer) -> str:
    """The words of a comment as this person may read them: personal data masked, found again if nothing read it yet."""
    reading: CommentReading | None = getattr(answer, "reading", None)
    if may_read_personal_data(person) or (reading and not reading.has_personal_data):
        return answer.text
    from premura.text import find_personal, mask

    return mask(answer.text, find_personal(answer.text))


def judged(answer: Answer) -> Mapping[str, Any] | None:
    """What was understood, the surest first; ``None`` while the comment waits to be read. No query."""
    reading: CommentReading | None = getattr(answer, "reading", None)
    if reading is None:
        return None
    return {
        "sentiment": reading.sentiment,
        "p": reading.p,
        "is_uncertain": reading.is_uncertain,
        "tier": reading.tier,
        "aspects": sorted(
            ((each.aspect, each.polarity, each.p) for each in reading.aspects.all()), key=lambda a: -a[2]
        ),
        "emotions": sorted(((each["label"], each["p"]) for each in reading.emotions), key=lambda e: -e[1]),
        "signals": sorted(((name, each["p"]) for name, each in reading.signals.items()), key=lambda s: -s[1]),
    }


@dataclass(frozen=True)
class Spoken:
    """How many comments speak of one aspect or whole, and how; one that speaks of it well and badly counts in both."""

    aspect: str
    negative: int
    neutral: int
    positive: int

    @property
    def n(self) -> int:
        """Comments that praise or blame it: what the share is of."""
        return self.negative + self.positive

    @property
    def praised(self) -> float | None:
        """The share of praise among praise and blame, 0…1; ``None`` where there is neither."""
        return self.positive / self.n if self.n else None

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's, at 95 %."""
        return wilson(self.positive, self.n)


@dataclass(frozen=True)
class Trend:
    """Shares of all comments that blame (praise) an aspect, these days minus the days before. ``p_blame`` and
    ``p_praise`` are corrected for all the differences of the table (Benjamini and Hochberg).
    """

    blame: Comparison
    praise: Comparison
    p_blame: float
    p_praise: float


def trends(
    person: Person, window: Window, said: Said, spoken: Sequence[Spoken], *, frame: str = "", **filters: Any
) -> dict[str, Trend]:
    """How what they speak of changed against the days before; nothing where either has no comments. Three queries."""
    now, before = (_read(person, days, said, filters).count() for days in (window, window.previous))
    if not (now and before):
        return {}
    earlier = {row.aspect: row for row in spoken_of(person, window.previous, said, frame=frame, **filters)}
    pairs = {}
    for row in spoken:
        old = earlier.get(row.aspect, Spoken(row.aspect, 0, 0, 0))
        blame = compare_shares(row.negative, now, old.negative, before)
        pairs[row.aspect] = blame, compare_shares(row.positive, now, old.positive, before)
    corrected = iter(benjamini_hochberg(each.p or 0.0 for pair in pairs.values() for each in pair))
    return {name: Trend(*pair, next(corrected), next(corrected)) for name, pair in pairs.items()}


def _read(person: Person, window: Window, said: Said, filters: Mapping[str, Any]) -> QuerySet[Answer]:
    found = answers_of(visible(person), window, Slice.of(filters), person=person)
    return said.narrow(found.filter(kind="text", reading__isnull=False)).order_by()


def spoken_of(person: Person, window: Window, said: Said, *, frame: str = "", **filters: Any) -> list[Spoken]:
    """Every aspect that comments of these days speak of, the most blamed first; with ``frame`` every whole of it, in
    its order, also those of which nobody speaks. A comment that speaks of two aspects of one whole in the same way
    counts once. One query.
    """
    seen = _read(person, window, said, filters)
    found = CommentAspect.objects.filter(reading__answer__in=seen.values("pk")).order_by()
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    whole: Any = F("aspect")
    if frame:
        kinds = (When(aspect__in=aspects, then=Value(name)) for name, aspects in FRAMES[frame].items())
        whole = Case(*kinds, output_field=CharField())
    rows = found.annotate(whole=whole).filter(whole__isnull=False).values("whole", "polarity")
    for row in rows.annotate(comments=Count("reading", distinct=True)):
        counts[row["whole"]][row["polarity"]] = row["comments"]
    names = FRAMES[frame] if frame else list(counts)
    spoken = [Spoken(name, *(counts[name][how] for how in ("negative", "neutral", "positive"))) for name in names]
    return spoken if frame else sorted(spoken, key=lambda row: (-row.negative, -row.positive, row.aspect))
