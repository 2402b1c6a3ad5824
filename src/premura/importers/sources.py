"""Which systems are known; adding one is a folder and a line here. A file that none knows is read as any table."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from premura.importers import (
    delighted,
    fatturapa,
    formbricks,
    google_forms,
    google_reviews,
    limesurvey,
    microsoft_forms,
    qualtrics,
    surveymonkey,
    typeform,
)
from premura.importers.neutral.errors import SourceError
from premura.importers.neutral.head import Head, Sight, look
from premura.importers.neutral.values import Brought, Shape
from premura.importers.table.notes import TableError

SOURCES: dict[str, ModuleType] = {
    "limesurvey": limesurvey,
    "qualtrics": qualtrics,
    "surveymonkey": surveymonkey,
    "typeform": typeform,
    "formbricks": formbricks,
    "microsoft-forms": microsoft_forms,
    "google-forms": google_forms,
    "google-reviews": google_reviews,
    "delighted": delighted,
    "fatturapa": fatturapa,
}
TABLE = "table"


@dataclass(frozen=True)
class Found:
    """Which system a file comes from (``table`` for any table), how sure that is, and what the file holds."""

    code: str
    name: str
    sight: Sight
    head: Head

    def read(self) -> Brought:
        """Read it. Raises ``TableError``."""
        if self.code == TABLE:
            return Brought("responses", None, self.head.source, self.head.header, Shape({}))
        brought: Brought = SOURCES[self.code].read(self.head)
        return brought


def recognise(path: Path | str, *, code: str = "", **reading: str | None) -> Found:
    """Who wrote this file: the surest source, or the one that ``code`` names. Raises ``TableError`` for none."""
    head = look(Path(path), **reading)
    sights = {name: sight for name, source in SOURCES.items() if (sight := source.recognise(head))}
    if code in sights:
        return Found(code, SOURCES[code].NAME, sights[code], head)
    if code in SOURCES and head.refusal is None:
        raise SourceError("not-of-system", name=head.path.name, source=SOURCES[code].NAME)
    if sights and code != TABLE:
        best = max(sights, key=lambda name: sights[name].sure)
        return Found(best, SOURCES[best].NAME, sights[best], head)
    if head.refusal is not None and head.members and head.refusal.code == "not-a-table":
        raise SourceError("archive-unknown", name=head.path.name)
    if head.refusal is not None:
        raise head.refusal
    if head.header is None:
        raise TableError("empty-file", name=head.path.name)
    return Found(TABLE, "", Sight(0.5, "responses"), head)
