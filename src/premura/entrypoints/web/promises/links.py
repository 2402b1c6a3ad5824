"""Where the object of a commitment is: its case, or what a later stage's ``about`` names."""

from django.urls import NoReverseMatch, reverse

from premura.loop.promise.models import Commitment

#: ``about`` names an object as "action:7"; its page has the name before the colon
PAGES = frozenset({"action", "cause", "survey", "customer", "defect", "target", "card"})


def link_of(commitment: Commitment) -> str:
    """The page where the commitment is worked on; its own page when it has no other object."""
    if commitment.case_id:
        return reverse("case", args=[commitment.case_id])
    name, _colon, pk = commitment.about.partition(":")
    if name in PAGES and pk.isdigit():
        try:
            return reverse(name, args=[int(pk)])
        except NoReverseMatch:
            pass
    return reverse("promise", args=[commitment.pk])
