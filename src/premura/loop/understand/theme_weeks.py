"""A theme week by week: in which share of the comments it came up, with the limits of its everyday variation."""

from collections import defaultdict
from datetime import date
from typing import Any

from django.db.models import Count

from premura.core.staff.models import Person
from premura.loop.understand.courses import Course, course_of
from premura.loop.understand.models import ThemeMention
from premura.loop.understand.theme_making import HEAD
from premura.loop.understand.theme_reads import comments_of
from premura.loop.understand.windows import Window
from premura.stats import top_box


def theme_weeks(person: Person, window: Window, least: int, **filters: Any) -> dict[int, Course]:
    """Theme → the weeks of ``window`` in which anybody commented. The limits follow the comments of each week; weeks
    with fewer than ``least`` have no part in them. Two queries.
    """
    comments = comments_of(person, window, filters)
    of: dict[date, int] = dict(comments.values_list("response__week_on").annotate(n=Count("pk")))
    said: dict[int, dict[date, int]] = defaultdict(dict)
    rows = ThemeMention.objects.filter(answer__in=comments.values("pk")).order_by()
    keys = rows.values_list(HEAD, "answer__response__week_on")
    for theme, week, n in keys.annotate(n=Count("answer", distinct=True)):
        said[theme][week] = n
    courses = {}
    for theme, found in said.items():
        shares = {week: (found.get(week, 0), n) for week, n in of.items()}
        estimates = {week: top_box(*pair) for week, pair in shares.items()}
        courses[theme] = course_of(estimates, "week", least=least, shares=shares)
    return courses
