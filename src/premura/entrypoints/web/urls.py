"""Every address of the staff's pages, one area a line."""

from django.urls import include, path

AREAS = {
    "": "start",
    "today/": "today",
    "customers/": "customers",
    "listening/": "listening",
    "insights/": "insights",
    "insights/readings/": "readings",
    "journey/": "journey",
    "recovery/": "recovery",
    "c/": "progress",
    "t/": "tell",
    "ideas/": "ideas",
    "stories/": "stories",
    "promises/": "promises",
    "improvement/": "improvement",
    "team/": "team",
    "reports/": "reports",
    "company/": "company",
    "mail/": "mail",
    "importing/": "importing",
    "search/": "search",
    "patterns/": "patterns",
}

urlpatterns = [
    path("account/", include("allauth.urls")),
    *(path(address, include(f"premura.entrypoints.web.{area}.urls")) for address, area in AREAS.items()),
]
