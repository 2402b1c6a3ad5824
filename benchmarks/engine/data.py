"""Facts by the million, made by DuckDB itself: responses of 15 answers, 3 years, 12 touchpoints × 25 places."""

import time
from datetime import date
from pathlib import Path

from premura.engine.embedded import Embedded, literal
from premura.engine.store import FactStore

MONTHS = [date(2023 + place // 12, place % 12 + 1, 1) for place in range(36)]
A_RESPONSE = 15
#: place in the response → question, kind, scale, lowest, width
QUESTIONS = [
    ("recommend", "nps", "0-10", 0, 11),
    ("satisfied", "csat", "1-5", 1, 5),
    ("ease", "ces", "1-7", 1, 7),
    *((f"driver_{number}", "rating", "1-10", 1, 10) for number in range(1, 11)),
    ("expectation", "single", "", 0, 0),
    ("why", "text", "", 0, 0),
]
_ROWS = """
SELECT (hash(r.id, 1) >> 4)::BIGINT AS response, r.day AS answered_on,
  (r.day - (isodow(r.day) - 1)::INTEGER)::DATE AS week_on, DATE '{month}' AS month_on,
  1 + r.pair % 12 AS touchpoint, 1 + r.pair // 12 AS location,
  ['link', 'qr', 'email', 'phone'][(1 + r.id % 4)::INTEGER] AS channel, 1 + r.id % 3 AS survey, q.question, '' AS part,
  q.kind, q.scale,
  CASE WHEN q.width > 0 THEN (q.low + least(q.width - 1, floor(q.width * sqrt((hash(r.id, q.place) % 1000) / 1000.0))))
    ::SMALLINT END AS score,
  CASE WHEN q.kind = 'single' THEN ['below', 'as', 'above'][(1 + hash(r.id, 7) % 3)::INTEGER] ELSE '' END AS choice,
  '' AS choices,
  CASE WHEN r.id % 5 = 0 THEN 'en' ELSE 'it' END AS language, 'customer' AS perspective, 1::BIGINT AS subject,
  'perception' AS moment, NULL::BIGINT AS account, (r.id % 40)::BIGINT AS staff, NULL::DOUBLE AS weight,
  ['', 'private', 'business'][(1 + r.id % 3)::INTEGER] AS segment,
  least(10, floor(11 * sqrt((hash(r.id, 0) % 1000) / 1000.0)))::SMALLINT AS recommending,
  CASE WHEN q.place < 2 THEN r.id // 6 END AS customer, CASE WHEN q.place < 2 THEN r.id // 2 END AS episode,
  CASE WHEN q.place < 2 THEN r.day::TIMESTAMP + to_seconds(hash(r.id, 8) % 86400) END AS answered_at,
  CASE WHEN q.place < 2 THEN r.day::TIMESTAMP - to_seconds(hash(r.id, 9) % 259200) END AS met_at,
  CASE WHEN q.place < 2 THEN q.place END::BIGINT AS place
FROM (SELECT id, (DATE '{month}' + (hash(id, 3) % {days})::INTEGER)::DATE AS day, (hash(id, 4) % 300)::BIGINT AS pair
  FROM range({first}, {last}) t(id)) r CROSS JOIN questions q
"""


def make(
    folder: Path, answers: int, questions: list[tuple[str, str, str, int, int]] = QUESTIONS, columns: str = "*"
) -> FactStore:
    """A store of about ``answers`` answers to these questions; one that lies there already is taken as it is."""
    store = FactStore(folder)
    manifest = store.manifest()
    if manifest and abs(manifest.rows - answers) < answers * 0.01:
        return store
    begun = time.perf_counter()
    store.begin()
    duck = Embedded(folder / "spill", {"threads": 2, "memory_limit": "4GB"})
    values = ", ".join(
        f"({place}, {literal(q)}, {literal(kind)}, {literal(scale)}, {low}, {width})"
        for place, (q, kind, scale, low, width) in enumerate(questions)
    )
    a_month = answers // A_RESPONSE // len(MONTHS)
    files = []
    for place, month in enumerate(MONTHS):
        rows = _ROWS.format(month=month, days=28, first=place * a_month, last=(place + 1) * a_month)
        asked = f"WITH questions(place, question, kind, scale, low, width) AS (VALUES {values}) "
        files += store.write(month, f"SELECT {columns} FROM ({asked + rows})", duck)
    store.add(files)
    duck.close()
    print(f"{sum(file.rows for file in files):,} answers made in {time.perf_counter() - begun:.0f} s")
    return store
