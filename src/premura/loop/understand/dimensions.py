"""Breakdowns and filters in words: what a dimension is called, what its values are called, the same in every place."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from premura.core.channels import Channel
from premura.core.company.models import Location
from premura.core.i18n import in_language
from premura.core.journeys.models import Touchpoint
from premura.core.languages import CHOICES
from premura.loop.listen.models import Moment, Perspective, Subject, Survey, SurveyVersion
from premura.loop.understand.counting import BANDS, Key

Text = str | Promise
LANGUAGES: Mapping[str, Text] = dict(CHOICES)
#: Breakdown → what it is called.
NAMES: Mapping[str, Text] = {
    "touchpoint": gettext_lazy("touchpoint"),
    "location": gettext_lazy("location"),
    "channel": gettext_lazy("channel"),
    "week": gettext_lazy("week"),
    "month": gettext_lazy("month"),
    "survey": gettext_lazy("survey"),
    "question": gettext_lazy("question"),
    "segment": pgettext_lazy("of customers", "segment"),
    "language": pgettext_lazy("of the answers", "language"),
    "band": gettext_lazy("who would recommend us"),
    "subject": gettext_lazy("company"),
    "perspective": gettext_lazy("point of view"),
    "moment": gettext_lazy("expected or found"),
}
PERSPECTIVES: Mapping[str, Text] = {
    Perspective.CUSTOMER.value: gettext_lazy("from customers"),
    Perspective.STAFF.value: gettext_lazy("from the staff"),
    Perspective.OBSERVER.value: gettext_lazy("from observers"),
    Perspective.PROSPECT.value: gettext_lazy("from people who are not customers yet"),
}
MOMENTS: Mapping[str, Text] = {
    Moment.PERCEPTION.value: gettext_lazy("on what they found"),
    Moment.EXPECTATION.value: gettext_lazy("on what they expected"),
}
PERIODIC = ("week", "month")


def none_of(by: str) -> str:
    """What those are called that have none."""
    return {
        "touchpoint": _("the whole experience"),
        "location": _("no location"),
        "segment": _("no segment"),
        "band": _("not asked whether they would recommend us"),
    }.get(by, _("not known"))


def labels(by: str, keys: Iterable[Key]) -> dict[Key, str]:
    """What the keys of a breakdown are called, in the reader's language. At most one query."""
    wanted = set(keys) - {None}
    if by == "touchpoint":
        return {row.pk: str(row) for row in Touchpoint.objects.filter(pk__in=wanted)}
    if by == "survey":
        return {row.pk: row.with_side for row in Survey.objects.filter(pk__in=wanted).select_related("subject")}
    named: Mapping[str, Any] = {"location": Location, "subject": Subject}
    if by in named:
        return dict(named[by].objects.filter(pk__in=wanted).values_list("pk", "name"))
    if by == "question":
        return questions(wanted)
    fixed: Mapping[str, Mapping[Any, Text]] = {
        "channel": dict(Channel.choices),
        "language": LANGUAGES,
        "perspective": PERSPECTIVES,
        "moment": MOMENTS,
        "band": {group.code: group.name for group in BANDS},
    }
    known = fixed.get(by, {})
    return {key: str(known.get(key, key)) for key in wanted}


def questions(codes: Iterable[str], survey: int | None = None) -> dict[str, str]:
    """The words of questions by their code, as they were asked last; all questions of ``survey`` where one is given.

    One query.
    """
    wanted = set(codes)
    versions = SurveyVersion.objects.order_by("published_at", "pk")
    if survey is not None:
        versions = versions.filter(survey=survey)
    result = {code: code for code in wanted}
    for definition in versions.values_list("definition", flat=True):
        for question in definition.get("questions", ()):
            code = question.get("code", "")
            if code and (survey is not None or code in wanted):
                result[code] = in_language(question.get("text")) or code
    return result
