"""What every page knows: the company, the menu, the badge of *Today*."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from premura.core.staff.roles import Ability


@dataclass(frozen=True)
class MenuItem:
    name: Any
    url_name: str
    icon: str
    ability: str

    @property
    def url(self) -> str:
        return reverse(self.url_name)


# Front-line people see the first four; the rest needs an ability that they may not have
MENU = (
    MenuItem(_("Today"), "today", "sun", Ability.WORK_CASES),
    MenuItem(_("Customers"), "customers", "users", Ability.SEE),
    MenuItem(_("Listening"), "listening", "ear", Ability.ASK),
    MenuItem(_("Insights"), "insights", "chart", Ability.SEE_INSIGHTS),
    MenuItem(_("Journey"), "journey", "route", Ability.SEE_INSIGHTS),
    MenuItem(_("Recovery"), "recovery", "lifebuoy", Ability.SEE),
    MenuItem(_("Promises"), "promises", "calendar", Ability.SEE),
    MenuItem(_("Improvement"), "improvement", "tool", Ability.SEE),
    MenuItem(_("Team"), "team", "id", Ability.SEE),
    MenuItem(_("Reports"), "reports", "report", Ability.SEE_INSIGHTS),
)


def shell(request: HttpRequest) -> dict[str, Any]:
    """Company and menu for the frame around every page; the middleware has read the company."""
    company = getattr(request, "company", None)
    person = getattr(request, "user", None)
    if person is None or not person.is_authenticated:
        return {"company": company, "person": None}
    area = request.path.strip("/").split("/")[0]
    menu = [item for item in MENU if person.may(item.ability)]
    return {"company": company, "menu": menu, "area": area, "person": person}
