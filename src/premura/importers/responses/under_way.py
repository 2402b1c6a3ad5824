"""One import under way: where its rows go, and the rows of other tables that were met so far."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from premura.core.company.company import unused_code
from premura.core.company.models import Location
from premura.core.journeys.journeys import touchpoint_named
from premura.core.journeys.models import Touchpoint
from premura.importers.models import ImportedFile, MadeRow
from premura.importers.responses.bulk import Prepared
from premura.importers.responses.choices import Chosen
from premura.importers.responses.columns import Asked, Questions
from premura.importers.table import TableRow
from premura.importers.table.seen import SeenIds
from premura.loop.listen.models import Subject, SurveyVersion
from premura.loop.listen.surveys import us


@dataclass
class Keys:
    """What each row of a file is known by, so that it is found again in the next one."""

    seen: SeenIds = field(default_factory=SeenIds)
    again: Counter[str] = field(default_factory=Counter)

    def of(self, row: TableRow) -> str:
        """The file's own id, else a fingerprint of the row and which of its equals this is."""
        if row.id:
            return row.id if len(row.id) <= 120 else hashlib.sha256(row.id.encode()).hexdigest()
        return self.numbered(row.fingerprint)

    def numbered(self, fingerprint: str) -> str:
        """The fingerprint, and which of its equals this is; only those that came again are remembered whole."""
        if self.seen.is_new(fingerprint):
            return f"{fingerprint}-1"
        self.again[fingerprint] += 1
        return f"{fingerprint}-{self.again[fingerprint] + 1}"


@dataclass
class Writing:
    """One import under way: where the rows go, and the rows of other tables that were met so far."""

    imported: ImportedFile
    source: str
    version: SurveyVersion
    questions: Questions
    chosen: tuple[tuple[Chosen, Asked], ...]
    us_name: str
    default_day: date | None
    zone: ZoneInfo
    number: int = 0
    # Whether anything came from this source before: if not, nobody need be looked for
    is_known_source: bool = True
    locations: dict[str, Location] = field(default_factory=dict)
    subjects: dict[str, Subject] = field(default_factory=dict)
    touchpoints: dict[str, Touchpoint] = field(default_factory=dict)
    keys: Keys = field(default_factory=Keys)
    weeks: dict[date, date] = field(default_factory=dict)
    prepared: Prepared = field(default_factory=Prepared)
    first_day: date | None = None
    last_day: date | None = None

    def location(self, name: str | None) -> Location | None:
        if not name:
            return None
        name = name.strip()[:120]
        if name not in self.locations:
            taken = set(Location.objects.values_list("code", flat=True))
            made = {"code": unused_code(name, taken), "is_imported": True}
            self.locations[name], is_new = Location.objects.get_or_create(name=name, defaults=made)
            self.made("location", self.locations[name].pk, is_new)
        return self.locations[name]

    def subject(self, name: str | None) -> Subject:
        """Us where the file says nothing, or says the name that was declared to be ours; else a competitor."""
        name = (name or "").strip()[:160]
        if not name or name.casefold() == self.us_name.casefold():
            name = ""
        if name not in self.subjects:
            found, is_new = Subject.objects.get_or_create(name=name) if name else (us(), False)
            self.subjects[name] = found
            self.made("subject", found.pk, is_new)
        return self.subjects[name]

    def made(self, kind: str, pk: int, is_new: bool) -> None:
        if is_new:
            MadeRow.objects.get_or_create(kind=kind, object_id=pk, defaults={"file": self.imported})

    def week(self, day: date) -> date:
        if day not in self.weeks:
            self.weeks[day] = day - timedelta(days=day.weekday())
        return self.weeks[day]

    def touchpoint(self, name: str) -> Touchpoint:
        if name not in self.touchpoints:
            self.touchpoints[name] = touchpoint_named(name)
        return self.touchpoints[name]

    def spans(self, days: Iterable[date]) -> None:
        """Answers of these days came in."""
        for day in days:
            if self.first_day is None or day < self.first_day:
                self.first_day = day
            if self.last_day is None or day > self.last_day:
                self.last_day = day

    def instant(self, day: date, instant: datetime | None) -> datetime:
        """The moment the file says, in the company's zone where it names none; noon where it says only the day."""
        instant = instant or datetime.combine(day, time(12))
        return instant if instant.tzinfo else instant.replace(tzinfo=self.zone)
