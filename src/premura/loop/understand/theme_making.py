"""Themes nobody had named, made at night: words that many comments share, and which comments say them.

What is a theme stays one: its words are its own, and new ones only join it. So the same comment is in the same theme
from week to week, whatever else is written meanwhile; the label it got at first it keeps.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from premura.core.company.company import local_date, the_company
from premura.core.history.history import record
from premura.loop.listen.models import Answer, Moment, Perspective
from premura.loop.understand.counting import Slice, answers_of, minimum_n
from premura.loop.understand.models import Theme, ThemeMention, ThemeRise
from premura.loop.understand.rules import Rise, rising
from premura.loop.understand.windows import Window

MAKE = "understand.make_themes"
#: So many of the latest comments are looked at; a word counts from so many of them on, and from so large a share.
MOST, LEAST, LEAST_SHARE = 20_000, 8, 0.01
#: What is new is looked for in these days, and how often it came before in those before them.
NEW_DAYS, BEFORE_DAYS = 28, 364
#: A theme that rose is told of once in so many days.
TOLD_FOR = timedelta(days=28)
#: The theme that a mention counts for.
HEAD = Coalesce("theme__merged_into", "theme")


def do_make_themes(_payload: Mapping[str, object]) -> None:
    """The job: see :func:`make_themes`."""
    make_themes(timezone.now())


def make_themes(now: datetime) -> None:
    """Find new themes, put comments into theirs, and say which themes rise; again it changes nothing. Queries fixed."""
    company = the_company()
    comments = list(_comments()[:MOST])
    if company is None or not comments:
        return
    from premura.text.themes import ThemeFinder, find_themes, label_of

    known = list(Theme.objects.all())
    texts = [_without_personal_data(answer) for answer in comments]
    least = max(LEAST, round(LEAST_SHARE * len(texts)))
    words = find_themes(texts, [theme.words for theme in known], least=least)
    new = [Theme(words=list(each), label=label_of(each), found_at=now) for each in words[len(known) :]]
    grown = [theme for theme, mine in zip(known, words, strict=False) if list(mine) != theme.words]
    for theme, mine in zip(known, words, strict=False):
        theme.words = list(mine)
    finder = ThemeFinder(words)
    with transaction.atomic():
        Theme.objects.bulk_update(grown, ["words"])
        for theme in new:
            theme.save()
        themes = [*known, *new]
        places = {
            (themes[at].pk, answer.pk): span for answer in comments for at, span in finder.find(answer.text).items()
        }
        _keep(places, [answer.pk for answer in comments])
        rises = _keep_rises(now)
        if new or rises:
            data = {"new": [theme.pk for theme in new], "rising": [rise.theme_id for rise in rises]}
            record("themes.made", by=None, about=company, at=now, data=data)


def _comments() -> QuerySet[Answer]:
    """What customers wrote, about us or others whom they compare us with, the latest first, as read."""
    found = Answer.objects.filter(kind="text", reading__isnull=False).exclude(text="")
    found = found.filter(response__perspective=Perspective.CUSTOMER, response__moment=Moment.PERCEPTION)
    return found.select_related("reading").order_by("-response__answered_on", "-pk")


def _without_personal_data(answer: Answer) -> str:
    """No name may become the name of a theme."""
    if not answer.reading.has_personal_data:
        return answer.text
    from premura.text import find_personal

    text = answer.text
    for each in find_personal(text):
        start, end = each.span
        text = text[:start] + "." * (end - start) + text[end:]
    return text


def _keep(places: Mapping[tuple[int, int], tuple[int, int]], answers: Iterable[int]) -> None:
    """Who speaks of what, as it is now, for these answers; those of others, and of erased words, stay."""
    looked_at = set(answers)
    kept = {
        (theme, answer): pk
        for pk, theme, answer in ThemeMention.objects.values_list("pk", "theme", "answer")
        if answer in looked_at
    }
    gone = [pk for key, pk in kept.items() if key not in places]
    for at in range(0, len(gone), 500):
        ThemeMention.objects.filter(pk__in=gone[at : at + 500]).delete()
    ThemeMention.objects.bulk_create(
        [
            ThemeMention(theme_id=theme, answer_id=answer, start=start, end=end)
            for (theme, answer), (start, end) in places.items()
            if (theme, answer) not in kept
        ],
        batch_size=1_000,
    )


def new_and_before(now: datetime) -> tuple[Window, Window]:
    """The days in which a theme may be new, and those that say how often it came before."""
    new = Window.ending(local_date(now), NEW_DAYS)
    return new, Window.ending(new.first_day - timedelta(days=1), BEFORE_DAYS)


def mentions_in(comments: QuerySet[Answer]) -> dict[int, int]:
    """How many of these comments speak of each theme, merged ones with what they were merged into. One query."""
    found = ThemeMention.objects.filter(answer__in=comments.order_by().values("pk"))
    return dict(found.values_list(HEAD).annotate(n=Count("answer", distinct=True)))


def rises_in(comments: QuerySet[Answer], before: QuerySet[Answer], least: int) -> dict[int, Rise]:
    """The themes that came up more often than before, beyond chance, and how often. Five queries."""
    shown = set(shown_themes().values_list("pk", flat=True))
    new, old = ({pk: n for pk, n in mentions_in(rows).items() if pk in shown} for rows in (comments, before))
    return rising(new, comments.count(), old, before.count(), least)


def shown_themes() -> QuerySet[Theme]:
    """Those that people look at: not hidden, and not part of another."""
    return Theme.objects.filter(is_hidden=False, merged_into=None)


def _keep_rises(now: datetime) -> list[ThemeRise]:
    new, before = (
        answers_of(Answer.objects.all(), days, Slice()).filter(kind="text", reading__isnull=False)
        for days in new_and_before(now)
    )
    told = set(ThemeRise.objects.filter(found_at__gt=now - TOLD_FOR).values_list("theme", flat=True))
    rises = [
        ThemeRise(
            theme_id=theme,
            found_at=now,
            comments=rise.comments,
            of=rise.of,
            comments_before=rise.comments_before,
            of_before=rise.of_before,
            p=rise.p,
        )
        for theme, rise in rises_in(new, before, minimum_n()).items()
        if theme not in told
    ]
    return ThemeRise.objects.bulk_create(rises)
