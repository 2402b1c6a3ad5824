"""Journeys: installed from a sector pack."""

from premura.core.company.pack import Pack
from premura.core.journeys.models import Journey, Stage, Touchpoint
from premura.core.staff.models import Person


def install_journey(pack: Pack, *, by: Person) -> Journey:
    """The pack's stages and touchpoints; what exists already stays as it is."""
    journey, _ = Journey.objects.get_or_create(code=pack.code, defaults={"name": pack.name})
    for number, given in enumerate(pack.stages):
        stage, _ = Stage.objects.get_or_create(
            journey=journey, code=given.code, defaults={"name": given.name, "position": number}
        )
        for place, point in enumerate(given.touchpoints):
            Touchpoint.objects.get_or_create(
                code=point.code,
                defaults={
                    "stage": stage,
                    "name": point.name,
                    "position": place,
                    "element": point.element,
                    "channel": point.channel,
                    "department": point.department,
                    "is_moment_of_truth": point.moment_of_truth,
                    "standard": point.standard,
                    "target": point.target,
                    "unit": point.unit,
                    "comparison": point.comparison,
                },
            )
    return journey


def touchpoint_named(name: str) -> Touchpoint:
    """The touchpoint that an imported file calls ``name``; a new one is kept apart from the journey's own."""
    wanted = name.strip()
    for touchpoint in Touchpoint.objects.all():
        if wanted.casefold() in {touchpoint.code, *(text.casefold() for text in touchpoint.name.values())}:
            return touchpoint
    journey, _ = Journey.objects.get_or_create(
        code="imported", defaults={"name": {"it": "Importati", "en": "Imported"}}
    )
    stage, _ = Stage.objects.get_or_create(
        journey=journey, code="imported", defaults={"name": {"it": "Importati", "en": "Imported"}, "position": 99}
    )
    from premura.core.company.company import unused_code

    code = unused_code(wanted, set(Touchpoint.objects.values_list("code", flat=True)))
    return Touchpoint.objects.create(
        stage=stage, code=code, name={"it": wanted, "en": wanted}, element="services", is_imported=True
    )


def touchpoint_by_code(code: str) -> Touchpoint | None:
    return Touchpoint.objects.filter(code=code).first() if code else None
