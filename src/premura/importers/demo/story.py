"""What happens in the demo company, as plain values: who came when, what went well or badly, what they said.

Pure and seeded: the same seed and day give the same story. The truth behind it is in :func:`quality`: deliveries in
the first
place were late until the firm changed how it loads its trucks; invoices were unclear, and the leaflet it printed
changed nothing.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

WEEKS = 78
PLACES = ("Vicenza", "Padova", "Bassano del Grappa")
CUSTOMERS = 230
# theme → tone → language → lines
Lines = dict[str, dict[str, dict[str, dict[str, list[str]]]]]
# Share of the contacts that each theme has
THEMES = {"counter": 22, "delivery": 28, "machine": 18, "billing": 22, "phone": 10}
TRUCKS_CHANGED_WEEK = 46
LEAFLET_WEEK = 52


@dataclass(frozen=True)
class Persona:
    """A customer: number, language, home place, how demanding (added to every mark)."""

    number: int
    language: str
    place: int
    mildness: float
    works_for: int | None
    answers: float


@dataclass(frozen=True)
class Visit:
    """One contact and, when they were asked and answered, what they said."""

    week: int
    met_at: datetime
    customer: Persona
    place: int
    theme: str
    is_asked: bool
    answered_at: datetime | None = None
    channel: str = "link"
    marks: dict[str, int] = field(default_factory=dict)
    comment: str = ""
    waited_minutes: int | None = None


def quality(theme: str, place: int, week: int) -> float:
    """The truth: mean experience from 1 to 5 at this theme, place and week."""
    if theme == "delivery" and place == 0:
        return 4.25 if week >= TRUCKS_CHANGED_WEEK else 2.95
    if theme == "billing":
        return 3.2  # before the leaflet and after it
    return {"counter": 4.4, "delivery": 4.2, "machine": 4.25, "phone": 4.0}[theme]


def personas(seed: int) -> list[Persona]:
    """The customers of the firm."""
    chance = random.Random(seed)  # noqa: S311  # a story, not a secret
    return [
        Persona(
            number=number,
            language="en" if chance.random() < 0.14 else "it",
            place=chance.choices(range(3), (6, 3, 2))[0],
            mildness=chance.gauss(0, 0.35),
            works_for=chance.randrange(12) if chance.random() < 0.3 else None,
            answers=min(0.95, max(0.05, chance.gauss(0.6, 0.2))),
        )
        for number in range(CUSTOMERS)
    ]


def visits(seed: int, people: list[Persona], last_day: date, lines: Lines) -> Iterator[Visit]:
    """Eighteen months of contacts, day by day, the last one on ``last_day``; local wall time without zone.

    Each week has a chance of its own, so that the day on which the demo is filled changes the calendar, not the story.
    """
    first_monday = last_day - timedelta(days=last_day.weekday() + 7 * (WEEKS - 1))
    for week in range(WEEKS):
        chance = random.Random(seed * 1000 + week)  # noqa: S311  # a story, not a secret
        monday = first_monday + timedelta(weeks=week)
        week_visits = [_visit(chance, people, week, monday, lines) for _ in range(round(chance.gauss(32, 4)))]
        # Building sites sleep in August and at Christmas
        if monday.month == 8 or (monday.month == 12 and monday.day > 18):
            week_visits = week_visits[::2]
        yield from sorted((v for v in week_visits if v.met_at.date() <= last_day), key=lambda v: v.met_at)


def _visit(chance: random.Random, people: list[Persona], week: int, monday: date, lines: Lines) -> Visit:
    who = chance.choices(people, [1 + 6 * (p.number % 7 == 0) for p in people])[0]
    place = who.place if chance.random() < 0.9 else chance.randrange(3)
    theme = chance.choices(list(THEMES), list(THEMES.values()))[0]
    day = monday + timedelta(days=chance.choices(range(6), (5, 5, 5, 5, 5, 1))[0])
    met = datetime.combine(day, time(chance.choice((8, 9, 10, 11, 14, 15, 16, 17)), chance.randrange(60)))
    felt = quality(theme, place, week) + who.mildness + chance.gauss(0, 0.75)
    asked = chance.random() < (0.9 if theme in ("delivery", "billing") else 0.65)
    waited = max(0, round(chance.gauss(7, 4))) if theme == "counter" else None
    base = Visit(week, met, who, place, theme, asked, waited_minutes=waited)
    if not asked or chance.random() > who.answers:
        return base
    return _answered(chance, base, felt, lines)


def _answered(chance: random.Random, visit: Visit, felt: float, lines: Lines) -> Visit:
    mark = min(5, max(1, round(felt)))
    said = visit.met_at + timedelta(hours=chance.choice((1, 2, 4, 20, 26)), minutes=chance.randrange(60))
    marks = {
        "csat": mark,
        "nps": min(10, max(0, round(2.2 * felt + chance.gauss(-0.8, 1.0)))),
        "ces": min(7, max(1, round(1.3 * felt + chance.gauss(0.3, 0.8)))),
    }
    return replace(
        visit,
        answered_at=said,
        channel=chance.choices(("link", "qr", "counter", "phone"), (5, 3, 2, 1))[0],
        marks=marks,
        comment=_comment(chance, visit, mark, lines),
    )


def _comment(chance: random.Random, visit: Visit, mark: int, lines: Lines) -> str:
    """Unhappy people write more often; indifferent ones hardly ever."""
    if chance.random() > {1: 0.9, 2: 0.8, 3: 0.25, 4: 0.2, 5: 0.4}[mark]:
        return ""
    tone = "bad" if mark <= 2 else "good" if mark >= 4 else None
    if tone is None:
        return ""
    return str(chance.choice(lines[visit.theme][tone][visit.customer.language]["lines"]))
