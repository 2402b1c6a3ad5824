"""Write the demo company through the verbs of the stages, week by week, in one transaction."""

import random
import tomllib
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone, translation

from premura.core.company.company import working_calendar
from premura.core.company.models import Company, Location
from premura.core.customers.customers import Meeting, add_customer, add_interaction
from premura.core.customers.models import Account, Customer, Interaction
from premura.core.jobs.jobs import do_due_jobs
from premura.core.journeys.models import Touchpoint
from premura.core.mail.models import OutgoingMail
from premura.core.staff.models import Person
from premura.core.staff.roles import Role
from premura.core.staff.staff import invite_person
from premura.importers.demo import after_cases, afterwards, duties, ideas, listening, perspectives, purchases, stories
from premura.importers.demo.progress import Progress, write_progress
from premura.importers.demo.story import PLACES, WEEKS, Persona, Visit, personas, visits
from premura.loop import wiring
from premura.loop.founding import Founding, found_company
from premura.loop.listen.invitations import invite_customer
from premura.loop.listen.models import Survey
from premura.loop.listen.submissions import receive_submission, unfold_submission
from premura.loop.listen.surveys import current_version
from premura.loop.listen.triggers import change_contact_limits
from premura.loop.recover.asking import start_asking

SEED = 42
ZONE = ZoneInfo("Europe/Rome")
WORDS = Path(__file__).parent / "words.toml"
# What the story calls a theme is a touchpoint of the rental pack
TOUCHPOINTS = {
    "counter": "counter",
    "delivery": "delivery",
    "machine": "machine",
    "billing": "invoice",
    "phone": "phone",
}
Report = Callable[[int, int], None]


def write_to_file(done: int, total: int) -> None:
    write_progress(settings.DATA, Progress(done, total))


def fill_demo(*, language: str = "it", last_day: date | None = None, report: Report = write_to_file) -> Company:
    """Fill an empty installation with the demo company and return it.

    ``report`` is called with (weeks done, weeks in all). Refused with ``Conflict`` where there is a company already.
    """
    return Demo(language, last_day or timezone.localdate(timezone=ZONE), report).fill()


class Demo:
    """The filling under way: the chance, the words, and the rows made so far."""

    def __init__(self, language: str, last_day: date, report: Report) -> None:
        self.language = language
        self.last_day = last_day
        self.report = report
        self.chance = random.Random(SEED)  # noqa: S311  # a story, not a secret
        self.words: dict[str, Any] = tomllib.loads(WORDS.read_text(encoding="utf-8"))
        self.now = min(timezone.localtime(timezone=ZONE), datetime.combine(last_day, time.max, ZONE))

    def fill(self) -> Company:
        with translation.override(self.language), transaction.atomic():
            self._found()
            cast = personas(SEED)
            self.customers = [self._customer(persona) for persona in cast]
            self._live(list(visits(SEED, cast, self.last_day, self.words["comments"])))
            afterwards.finish(self)
            perspectives.add_perspectives(self)
            purchases.add_purchases(self)
            duties.add_duties(self)
            after_cases.answer_after_cases(self)
            after_cases.add_needs(self)
            ideas.add_ideas(self)
            stories.add_stories(self)
            do_due_jobs(wiring.do)
            # Nobody is written to: whatever was to be sent counts as sent
            OutgoingMail.objects.filter(sent_at=None).update(sent_at=F("due_at"))
        return self.company

    def _found(self) -> None:
        people = self.words["people"]
        self.owner = found_company(
            Founding(
                company="Noleggi Tre Fiumi",
                sector="rental",
                language=self.language,
                person=people["owner"]["name"],
                email="teresa@example.it",
                password=None,
                locations=PLACES,
                is_demo=True,
            )
        )
        self.company = Company.objects.get()
        self.places = [Location.objects.get(name=name) for name in PLACES]
        self.manager = self._person(people["manager"], Role.MANAGER, self.places)
        self.front_line = [
            self._person(row, Role.FRONT_LINE, [self.places[row["place"]]]) for row in self.words["front_line"]
        ]
        self.started_at = datetime.combine(self.last_day - timedelta(weeks=WEEKS), time(9), ZONE)
        self.calendar = working_calendar()
        self.touchpoints = {theme: Touchpoint.objects.get(code=code) for theme, code in TOUCHPOINTS.items()}
        self.surveys: dict[str, Survey] = listening.publish(self)
        start_asking(by=self.owner, at=self.started_at)
        change_contact_limits(self.owner, spares_cases=True)
        self.versions = {theme: current_version(survey) for theme, survey in self.surveys.items()}

    def say(self, *path: str) -> str:
        """A text of the words file in the language of the demo."""
        texts: Any = self.words
        for name in path:
            texts = texts[name]
        return str(texts[self.language])

    def end_of(self, day: date) -> datetime:
        """Midnight at the end of ``day``, where the company is."""
        return datetime.combine(day + timedelta(days=1), datetime.min.time(), ZONE)

    def _person(self, row: dict[str, Any], role: str, places: list[Location]) -> Person:
        email = row["name"].split()[0].lower() + "@example.it"
        return invite_person(
            by=self.owner,
            email=email,
            name=row["name"],
            role=role,
            department=row["department"],
            language=self.language,
            locations=places,
        )

    def _customer(self, persona: Persona) -> Customer:
        words, prefix = self.words, "english_" if persona.language == "en" else ""
        first, last = (self.chance.choice(words[f"{prefix}{part}_names"]) for part in ("first", "last"))
        account = None
        if persona.works_for is not None:
            account, _ = Account.objects.get_or_create(name=words["accounts"][persona.works_for])
        return add_customer(
            by=self.owner, at=self.started_at, name=f"{first} {last}", language=persona.language, account=account,
            email=f"{first}.{last}.{persona.number}@example.org".lower().replace(" ", ""),
            phone=f"0444 {555000 + persona.number}", location=self.places[persona.place],
            segment=words["segments"][persona.works_for is None],
        )  # fmt: skip

    def _live(self, story: list[Visit]) -> None:
        for week in range(WEEKS):
            for visit in (visit for visit in story if visit.week == week):
                self._meet(visit)
            do_due_jobs(wiring.do)
            afterwards.work_on_cases(self)
            afterwards.improve(self, week)
            self.report(week + 1, WEEKS)

    def _meet(self, visit: Visit) -> None:
        met_at = visit.met_at.replace(tzinfo=ZONE)
        if met_at >= self.now:
            return
        customer = self.customers[visit.customer.number]
        meeting = Meeting(
            touchpoint=self.touchpoints[visit.theme],
            channel={"phone": "phone", "delivery": "delivery", "billing": "document"}.get(visit.theme, "counter"),
            location=self.places[visit.place],
            waited_seconds=visit.waited_minutes * 60 if visit.waited_minutes is not None else None,
        )
        server = self.chance.choice(
            [p for p, row in zip(self.front_line, self.words["front_line"], strict=True) if row["place"] == visit.place]
        )
        interaction = add_interaction(customer, meeting, by=server, at=met_at)
        if visit.is_asked:
            self._ask(visit, customer, interaction, server)

    def _ask(self, visit: Visit, customer: Customer, interaction: Interaction, server: Person) -> None:
        survey = self.surveys[visit.theme]
        asked_at = interaction.happened_at + timedelta(minutes=30)
        invitation = invite_customer(
            survey,
            customer,
            visit.channel,
            by=server,
            interaction=interaction,
            location=interaction.location,
            at=asked_at,
        )
        if visit.answered_at is None or (answered_at := visit.answered_at.replace(tzinfo=ZONE)) >= self.now:
            return
        version = self.versions[visit.theme]
        assert version is not None
        given = listening.answers(visit, version, self.chance, self.touchpoints[visit.theme].code)
        key = str(UUID(int=self.chance.getrandbits(128)))
        submission = receive_submission(
            version,
            given,
            key=key,
            language=customer.language,
            channel=visit.channel,
            token=invitation.token,
            at=answered_at,
            seconds=None if visit.channel == "counter" else listening.seconds_for(given, random.Random(key)),  # noqa: S311
        )
        unfold_submission(submission)
