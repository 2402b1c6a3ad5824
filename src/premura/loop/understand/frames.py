"""Code frames: what comments speak of, put together into a few wholes. Two come with every company: the seven elements
of an experience that touchpoints carry as well (row S23), and the four parts of a service encounter, which are also
offered as themes of interviews and groups (row S24).

What belongs to no whole (of the encounter: the price, the waiting, the handling of complaints; of both: a company's own
aspects) is in none: a whole says how many comments speak of any of its aspects, and is not a share of all of them.
"""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from premura.core.journeys.models import Element

ELEMENTS, ENCOUNTER = "elements", "encounter"
#: Frame → whole → its aspects
FRAMES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    ELEMENTS: {
        "elements-products": ("product",),
        "elements-services": ("waiting", "delivery", "billing", "amenities", "wifi"),
        "elements-premises": ("premises", "cleanliness", "location", "other_customers"),
        "elements-communication": ("information", "web_phone"),
        "elements-people": ("staff",),
        "elements-value": ("price",),
        "elements-complaints": ("complaints",),
    },
    ENCOUNTER: {
        "encounter-environment": ("premises", "cleanliness", "location"),
        "encounter-staff": ("staff",),
        "encounter-supports": ("product", "delivery", "billing", "web_phone", "information", "amenities", "wifi"),
        "encounter-others": ("other_customers",),
    },
}
WHOLES: Mapping[str, tuple[str, ...]] = {name: of for wholes in FRAMES.values() for name, of in wholes.items()}
ENCOUNTER_NAMES: Mapping[str, str | Promise] = {
    "encounter-environment": pgettext_lazy("part of an encounter", "environment"),
    "encounter-staff": pgettext_lazy("part of an encounter", "staff"),
    "encounter-supports": pgettext_lazy("part of an encounter", "supports"),
    "encounter-others": pgettext_lazy("part of an encounter", "other customers"),
}
#: What each whole is called, in the reader's language
WHOLE_NAMES: Mapping[str, str | Promise] = {
    **{f"elements-{element.value}": element.label for element in Element},
    **ENCOUNTER_NAMES,
}


def aspects_of(name: str) -> tuple[str, ...]:
    """The aspects that belong to a whole; an aspect is a whole of its own.

    >>> aspects_of("encounter-others")
    ('other_customers',)
    >>> aspects_of("waiting")
    ('waiting',)
    """
    return WHOLES.get(name, (name,))
