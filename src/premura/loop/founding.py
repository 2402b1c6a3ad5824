"""The company begins: its row, its first person, its places and hours, and what the sector pack brings."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext as _

from premura.core.company.company import the_company, unused_code
from premura.core.company.models import Company, Location, OpeningHours
from premura.core.company.pack import Pack, load_pack
from premura.core.errors import Conflict
from premura.core.history.history import record
from premura.core.staff.models import Person
from premura.core.staff.roles import Role
from premura.loop import wiring


@dataclass(frozen=True, kw_only=True)
class Founding:
    """What somebody says who sets up a company."""

    company: str
    sector: str
    language: str
    person: str
    email: str
    password: str | None
    locations: tuple[str, ...] = field(default_factory=tuple)
    is_demo: bool = False


def found_company(founding: Founding) -> Person:
    """Set up the company and return its owner. Possible once: :class:`Conflict` afterwards."""
    with transaction.atomic():
        if the_company() is not None:
            raise Conflict(
                "already-set-up", _("This company is set up already. Sign in, or ask its owner to invite you.")
            )
        pack = load_pack(founding.sector)
        company = Company.objects.create(
            pk=1,
            name=founding.company,
            sector=pack.code,
            language=founding.language,
            is_demo=founding.is_demo,
            works_on_holidays=pack.works_on_holidays,
        )
        owner = Person.objects.create_user(
            founding.email, founding.password, name=founding.person, role=Role.OWNER, language=founding.language
        )
        add_locations(founding.locations)
        install_hours(pack)
        wiring.install_pack(pack, by=owner)
        record("company.founded", by=owner, about=company, data={"sector": pack.code})
    return owner


def add_locations(names: Iterable[str]) -> list[Location]:
    """The places of the company, each with a code for links and posters; a name that exists is left as it is."""
    taken = set(Location.objects.values_list("code", flat=True))
    places = []
    for name in dict.fromkeys(name.strip() for name in names if name.strip()):
        place, _created = Location.objects.get_or_create(name=name, defaults={"code": unused_code(name, taken)})
        taken.add(place.code)
        places.append(place)
    return places


def install_hours(pack: Pack) -> None:
    """The sector's usual opening hours, to be corrected on the company's page."""
    OpeningHours.objects.bulk_create(
        OpeningHours(weekday=hours.weekday, opens=hours.opens, closes=hours.closes) for hours in pack.hours
    )
