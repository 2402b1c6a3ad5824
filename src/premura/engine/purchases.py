"""The files of the purchases: who bought on which day for how much, one file a month, to be read in columns.

They lie beside the facts and belong to them: a list of another set of facts does not count. A month is small enough to
be made anew whenever anything in it changes. One row is what a customer bought on one day in one currency, so that
readers count days without telling them apart: customer, location (of the customer), bought_on, currency, cents,
purchases, and how many of these were ``paid``; the others gave money back.
"""

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from uuid import uuid4

from premura.engine.embedded import Embedded, literal
from premura.engine.store import digest_of, list_whole, month_end, of_other_content, of_other_size, swept

#: Raised whenever a column is added or changes its meaning.
LAYOUT = 2
#: What arrives, a row a purchase
COLUMNS = {"customer": "BIGINT", "location": "BIGINT", "bought_on": "DATE", "cents": "BIGINT", "currency": "VARCHAR"}
_DAYS_SQL = """SELECT customer, location, bought_on, currency, sum(cents)::BIGINT AS cents,
  count(*)::INTEGER AS purchases, (count(*) FILTER (WHERE cents > 0))::INTEGER AS paid
FROM {} GROUP BY ALL ORDER BY customer, bought_on, currency"""


@dataclass(frozen=True)
class PurchaseFile:
    """One file: its month, how many purchases it tells of, its bytes and its SHA-256."""

    name: str
    month: str
    purchases: int
    bytes: int
    digest: str


@dataclass(frozen=True)
class PurchaseList:
    """What readers read: files of the facts called ``store``; nothing as long as months are ``waiting``."""

    store: str
    waiting: tuple[str, ...] = ()
    files: tuple[PurchaseFile, ...] = ()
    layout: int = LAYOUT

    @property
    def purchases(self) -> int:
        return sum(file.purchases for file in self.files)


class PurchaseStore:
    """The purchases in a folder of the facts. One process writes at a time: the one that writes the facts."""

    def __init__(self, facts: Path) -> None:
        self.folder = facts / "purchases"
        self._path = self.folder / "list.json"

    def listed(self) -> PurchaseList | None:
        """What is listed now; ``None`` where there is nothing that can be read."""
        try:
            raw = json.loads(self._path.read_text(encoding="utf-8"))
            files = tuple(PurchaseFile(**file) for file in raw["files"])
            found = PurchaseList(raw["store"], tuple(raw["waiting"]), files, raw["layout"])
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return found if found.layout == LAYOUT else None

    def paths(self, listed: PurchaseList, first_day: date, last_day: date) -> list[Path]:
        """The files that may hold purchases of these days."""
        months = ((file.name, date.fromisoformat(file.month)) for file in listed.files)
        return [self.folder / name for name, month in months if month <= last_day and month_end(month) >= first_day]

    def damaged(self, listed: PurchaseList) -> list[PurchaseFile]:
        """Files whose size is not what was written, or that are gone. Looks at no content."""
        return of_other_size(self.folder, listed.files)

    def spoilt(self, listed: PurchaseList) -> list[PurchaseFile]:
        """Files that are not byte for byte what was written, or that are gone. Reads everything."""
        return of_other_content(self.folder, listed.files)

    def begin(self, store: str, months: Iterable[date]) -> PurchaseList:
        """No files, and these months to be written."""
        return self._list(PurchaseList(store, tuple(month.isoformat() for month in months)))

    def again(self, listed: PurchaseList, months: Iterable[str]) -> PurchaseList:
        """These months are to be written anew; until then nobody reads any."""
        return self._list(replace(listed, waiting=tuple(dict.fromkeys((*listed.waiting, *months)))))

    def write(self, listed: PurchaseList, month: date, source: Path, duck: Embedded) -> PurchaseList:
        """The purchases of ``month``, from a CSV file, in the place of those that were there."""
        others = tuple(file for file in listed.files if file.month != month.isoformat())
        waiting = tuple(one for one in listed.waiting if one != month.isoformat())
        written = () if not source.stat().st_size else (self._write(month, source, duck),)
        return self._list(replace(listed, waiting=waiting, files=(*others, *written)))

    def forget(self) -> None:
        """All are made anew."""
        self._path.unlink(missing_ok=True)

    def _write(self, month: date, source: Path, duck: Embedded) -> PurchaseFile:
        name = f"{month:%Y-%m}/{uuid4().hex}.parquet"
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        types = ", ".join(f"{literal(name)}: {literal(kind)}" for name, kind in COLUMNS.items())
        reading = f"read_csv({literal(str(source))}, header = false, auto_detect = false, columns = {{{types}}})"
        written = f"COPY ({_DAYS_SQL.format(reading)}) TO {literal(str(path))}"
        with duck.cursor() as cursor:
            cursor.execute(f"{written} (FORMAT parquet, COMPRESSION zstd)")
            told = cursor.execute(f"SELECT sum(purchases)::BIGINT FROM read_parquet({literal(str(path))})")
            ((purchases,),) = told.fetchall()
        with path.open("rb") as file:
            os.fsync(file.fileno())
        return PurchaseFile(name, month.isoformat(), purchases, path.stat().st_size, digest_of(path))

    def _list(self, listed: PurchaseList) -> PurchaseList:
        list_whole(self._path, asdict(listed))
        swept(self.folder, {file.name for file in listed.files})
        return listed
