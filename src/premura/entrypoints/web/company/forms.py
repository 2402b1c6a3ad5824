"""The company's facts, places, hours and days off."""

import re
from datetime import date, time
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.core.validators import URLValidator
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from premura.core.company.models import ClosedDay, Company, Location, OpeningHours

_STRETCH = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\s*[-–]\s*(\d{1,2})(?:[:.](\d{2}))?")


def _review_field(help_text: Any) -> forms.URLField:
    return forms.URLField(
        label=_("Page for public reviews"),
        required=False,
        max_length=300,
        assume_scheme="https",
        validators=[URLValidator(schemes=["http", "https"])],
        help_text=help_text,
    )


class CompanyForm(forms.ModelForm):  # type: ignore[type-arg]
    review_url = _review_field(
        _(
            "Such as your page on Google. Everybody who has answered is led there, whatever they answered: to ask only "
            "happy customers is forbidden by the platforms."
        )
    )

    class Meta:
        model = Company
        fields = (
            "name",
            "language",
            "timezone",
            "works_on_holidays",
            "patron_day",
            "patron_month",
            "minimum_n",
            "silent_after_days",
            "review_url",
        )
        labels = {
            "timezone": _("Time zone"),
            "works_on_holidays": _("We work on public holidays too"),
            "patron_day": _("Patron saint: day"),
            "patron_month": _("Patron saint: month"),
            "minimum_n": _("Fewest answers for a figure"),
            "silent_after_days": _("Silent after (days)"),
        }
        help_texts = {
            "name": _("Customers read it above every survey."),
            "patron_month": _("A local holiday: deadlines skip it, as they skip the national ones."),
            "minimum_n": _("Below this number of answers a figure is grey: too few to decide on."),
            "silent_after_days": _(
                "A customer we served and have not heard for so long is shown as silent, never as satisfied."
            ),
        }

    def clean_timezone(self) -> str:
        zone = str(self.cleaned_data["timezone"])
        if zone not in available_timezones():
            raise forms.ValidationError(_("There is no time zone of this name. In Italy it is Europe/Rome."))
        return zone

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        day, month = data.get("patron_day"), data.get("patron_month")
        if (day is None) != (month is None):
            self.add_error("patron_month", _("Write both the day and the month, or neither."))
        elif day and month:
            try:
                date(2024, month, day)  # a leap year, so that 29 February is a day
            except ValueError:
                self.add_error("patron_day", _("That month has no such day."))
        return data


class LocationForm(forms.ModelForm):  # type: ignore[type-arg]
    review_url = _review_field(_("Where this place has a page of its own; else the company's holds."))

    class Meta:
        model = Location
        fields = ("name", "address", "phone", "review_url")


class ClosedDayForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = ClosedDay
        fields = ("closed_on", "reason")
        labels = {"closed_on": _("Day"), "reason": _("Why")}
        widgets = {"closed_on": forms.DateInput(attrs={"type": "date"})}


class HoursForm(forms.Form):
    """One line a weekday: «8:30-12:30, 14:00-18:00»; an empty line is a day off."""

    def __init__(self, *args: Any, location: Location | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        written: dict[int, list[str]] = {}
        for row in OpeningHours.objects.filter(location=location):
            written.setdefault(row.weekday, []).append(f"{row.opens:%H:%M}-{row.closes:%H:%M}")
        for day, name in WEEKDAYS.items():
            self.fields[f"day_{day}"] = forms.CharField(
                label=name.capitalize(), required=False, initial=", ".join(written.get(day, [])), max_length=80
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.rows: list[tuple[int, time, time]] = []
        for day in WEEKDAYS:
            try:
                self.rows += [(day, *stretch) for stretch in read_stretches(data.get(f"day_{day}", ""))]
            except ValueError:
                self.add_error(f"day_{day}", _("Write stretches of time in order, such as 8:30-12:30, 14:00-18:00."))
        return data


def read_stretches(text: str) -> list[tuple[time, time]]:
    """Stretches of working time written as «8:30-12:30, 14-18», in order and apart; ``ValueError`` otherwise.

    >>> read_stretches("8:30-12:30, 14-18")
    [(datetime.time(8, 30), datetime.time(12, 30)), (datetime.time(14, 0), datetime.time(18, 0))]
    """
    stretches: list[tuple[time, time]] = []
    for part in filter(None, (piece.strip() for piece in re.split(r"[,;]", text))):
        match = _STRETCH.fullmatch(part)
        if match is None:
            raise ValueError(part)
        opens, closes = (time(int(match[i]), int(match[i + 1] or 0)) for i in (1, 3))
        if opens >= closes or (stretches and opens < stretches[-1][1]):
            raise ValueError(part)
        stretches.append((opens, closes))
    return stretches
