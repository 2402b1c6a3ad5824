"""Days, numbers, roles and scales: what a cell means, and what only its owner can know."""

from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from premura.importers.table import Declared, Role, Scale, TableError, harmless, parse_scale_rule, plan, read_table
from premura.importers.table.dates import parse_moment
from premura.importers.table.numbers import parse_number, parse_rating
from premura.importers.table.seen import SeenIds

SHARED = Path(__file__).parents[3] / "shared" / "data" / "real"


def csv_file(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "a.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def codes(path: Path, **said: object) -> list[str]:
    return [note.code for note in plan(path, Declared(**said)).notes]


def role_of(path: Path, name: str) -> Role:
    return next(column.role for column in plan(path).columns if column.name == name)


# Days


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-03-04", (2026, 3, 4)),
        ("2026/3/4", (2026, 3, 4)),
        ("20260304", (2026, 3, 4)),
        ("4/3/2026", (2026, 3, 4)),
        ("04-03-2026", (2026, 3, 4)),
        ("04.03.26", (2026, 3, 4)),
        ("4 marzo 2026", (2026, 3, 4)),
        ("4 mar 2026", (2026, 3, 4)),
        ("mercoledì 4 marzo 2026", (2026, 3, 4)),
        ("1º settembre 2026", (2026, 9, 1)),
        ("March 4, 2026", (2026, 3, 4)),
        ("Wednesday, March 4th, 2026", (2026, 3, 4)),
        ("4-Mar-2026", (2026, 3, 4)),
        ("12/02/2026 19.07.17", (2026, 2, 12)),
        ("12/02/2026, 19:07", (2026, 2, 12)),
        ("2026-03-04T23:59:59.123456789Z", (2026, 3, 4)),
        ("2026-03-04 23:59:59+02:00", (2026, 3, 4)),
    ],
)
def test_days_as_people_write_them(text, day):
    assert parse_moment(text).day == date(*day)


@pytest.mark.parametrize(
    "text", ["31/02/2026", "2026-13-01", "13", "19.07.17 alle", "domani", "12/31/1899 11:30:00 AM", ""]
)
def test_what_is_no_day(text):
    assert parse_moment(text) is None


def test_times_and_zones():
    assert parse_moment("02/13/2026 12:05 AM", day_first=False).instant.hour == 0
    assert parse_moment("13/02/2026 12:05 PM").instant.hour == 12
    assert parse_moment("2026-03-04T10:00:00-05:30").instant.utcoffset() == -timedelta(hours=5, minutes=30)
    assert parse_moment("1772582400", serial=True).day == date(2026, 3, 4)


@given(st.dates(date(1970, 1, 1), date(2068, 12, 31)))
def test_every_day_survives_every_way_of_writing_it(day):
    names = "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre"
    months = names.split()
    assert parse_moment(day.isoformat()).day == day
    assert parse_moment(f"{day:%d/%m/%Y}").day == day
    assert parse_moment(f"{day:%m/%d/%Y}", day_first=False).day == day
    assert parse_moment(f"{day.day} {months[day.month - 1]} {day.year}").day == day
    serial = (day - date(1899, 12, 30)).days
    assert parse_moment(str(serial), serial=True).day == day


@given(st.text(max_size=40))
def test_no_text_breaks_the_readers_of_cells(text):
    parse_moment(text, serial=True)
    parse_moment(text, day_first=False)
    parse_number(text)
    parse_rating(text)
    assert not harmless(text).startswith(("=", "+", "-", "@", "\t", "\r"))


def test_order_of_day_and_month_is_read_from_the_dates(tmp_path):
    italian = csv_file(tmp_path, "Data;voto", "03/04/2026;4", "25/04/2026;5")
    assert [row.day for row in read_table(italian)] == [date(2026, 4, 3), date(2026, 4, 25)]
    english = csv_file(tmp_path, "Date,rating", "03/04/2026,4", "04/25/2026,5")
    assert [row.day for row in read_table(english)] == [date(2026, 3, 4), date(2026, 4, 25)]


def test_unknown_order_is_asked_and_noted(tmp_path):
    path = csv_file(tmp_path, "Data;voto", "03/04/2026;4", "05/06/2026;5")
    planned = plan(path)
    assert "ambiguous-dates" in [note.code for note in planned.notes]
    (question,) = [question for question in planned.questions if question.code == "ask-date-order"]
    assert [choice.setting for choice in question.choices] == ["day-first", "month-first"]
    assert "3 aprile 2026" in question.choices[0].label("it")
    assert "4 March 2026" in question.choices[1].label("en")
    assert next(iter(read_table(path, day_first=False))).day == date(2026, 3, 4)
    assert "ambiguous-dates" not in codes(path, day_first=True)


def test_dates_that_contradict_each_other_are_said_and_rejected(tmp_path):
    path = csv_file(tmp_path, "Data;voto", "25/04/2026;4", "26/04/2026;5", "04/27/2026;3")
    refused = []
    rows = list(read_table(path, on_reject=refused.append))
    assert "contradicting-dates" in codes(path)
    assert [row.day for row in rows] == [date(2026, 4, 25), date(2026, 4, 26), None]
    assert [(r.line, r.code) for r in refused] == [(4, "unreadable-date")]


# Roles


@pytest.mark.parametrize(
    ("name", "values", "role"),
    [
        ("NPS", "9 0 10", "nps"),
        ("NETPRO", "9 0 10", "nps"),
        ("Quanto è probabile che ci raccomandi a un amico o collega?", "9 0 10", "nps"),
        ("How likely are you to recommend us to a friend?", "9 0 10", "nps"),
        ("Come valuta l'attesa?", "9 0 10", "ignore"),
        ("Q5", "9 0 10", "ignore"),
        ("Punteggio", "9 0 10", "overall"),
        ("Voto pulizia", "4 5 1", "rating"),
        ("Soddisfazione generale", "4 5 1", "overall"),
        ("CSAT", "4 5 1", "csat"),
        ("L'azienda mi ha reso facile risolvere la richiesta", "6 7 1", "ces"),
        ("Ci consiglierebbe?", "Sì No Sì", "recommended"),
        ("recommended", "1 0 1", "recommended"),
        ("Sede", "Vicenza Padova Vicenza", "location"),
        ("airline_name", "ita klm ita", "subject"),
        ("Operatore", "Anna Luca Anna", "ignore"),
        ("Peso", "0,8 1,2 1,0", "weight"),
        ("lang", "it en it", "language"),
        ("Canale", "web sede web", "channel"),
    ],
)
def test_roles_from_names_in_both_languages(tmp_path, name, values, role):
    path = csv_file(tmp_path, f'"{name}";altro', *(f"{value};x" for value in values.split()))
    assert role_of(path, name) == role


def test_a_range_of_zero_to_ten_never_makes_an_nps(tmp_path):
    path = csv_file(tmp_path, "Q5;Punteggio", *(f"{i % 11};{i % 11}" for i in range(220)))
    planned = plan(path)
    assert [column.role for column in planned.columns] == ["ignore", "overall"]
    assert {"unnamed-zero-to-ten", "zero-to-ten"} <= {note.code for note in planned.notes}
    assert [q.choices[0].setting for q in planned.questions] == ["Q5=nps", "Punteggio=nps"]
    table = read_table(path, mapping={"Q5": Role.NPS})
    assert sum("Q5" in row.scores for row in table) == 220


def test_an_unknown_column_is_refused_with_a_hint(tmp_path):
    path = csv_file(tmp_path, "Voto pulizia;Sede", "4;Vicenza")
    with pytest.raises(TableError) as error:
        plan(path, Declared(mapping={"Voto pulizie": Role.RATING}))
    assert "Voto pulizia" in error.value.sentence("it")


def test_a_pattern_names_a_battery(tmp_path):
    path = csv_file(tmp_path, "Q7a;Q7b;Q8", "4;5;1", "3;2;1")
    planned = plan(path, Declared(mapping={"Q7*": Role.RATING}))
    assert [column.role for column in planned.columns] == ["rating", "rating", "ignore"]


# Scales


def marks(tmp_path: Path, values: list[object], name: str = "Voto ritiro") -> Path:
    return csv_file(tmp_path, name, *(str(value) for value in values))


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1, 2, 3, 4, 5] * 8, "1-5"),
        ([0, 1, 2, 3, 4, 5] * 8, "0-5"),
        ([1, 2, 3, 4, 5, 6, 7] * 8, "1-7"),
        ([*range(1, 11)] * 8, "1-10"),
        ([*range(11)] * 8, "0-10"),
        ([1, 2, 3, 4, 5] * 20 + [55], "1-5"),
        ([*range(1, 11)] * 9 + [11], "1-10"),
        ([1, 2, 3, 4, 5] * 20 + [6], "1-5"),
    ],
)
def test_scales_are_inferred(tmp_path, values, expected):
    assert str(plan(marks(tmp_path, values)).columns[0].rule) == expected


@pytest.mark.parametrize("values", [[0, 1, 2, 3, 4, 5, 6] * 8, [10, 40, 75, 100] * 8, [1, 2, 3, 4, 5, 6] * 8])
def test_scales_that_cannot_be_told_are_not_used(tmp_path, values):
    path = marks(tmp_path, values)
    assert "unclear-scale" in codes(path)
    table = read_table(path)
    assert not any(row.scores for row in table)
    assert table.ledger["Voto ritiro"].aside == {"unclear-scale": len(values)}


def test_codes_for_no_answer_never_touch_an_nps_or_a_yes_no(tmp_path):
    path = csv_file(tmp_path, "NPS;recommended;Voto", "0;0;0", "6;1;6", "10;1;5", "11;0;4")
    rows = list(read_table(path, missing=("0", "6"), missing_in={"NPS": ("11",)}))
    assert [row.scores["NPS"].value for row in rows if "NPS" in row.scores] == [0, 6, 10]
    assert [row.recommended["recommended"] for row in rows] == [False, True, True, False]
    assert [row.scores["Voto"].value for row in rows if "Voto" in row.scores] == [5, 4]


def test_missing_codes_are_the_same_number_however_written(tmp_path):
    path = csv_file(tmp_path, "Voto ritiro;x", "6.0;a", "6,0;a", "6;a", "4;a", "Blank;a", "n.d.;a", "N/A;a", "-;a")
    table = read_table(path, missing=("6",))
    assert [row.scores["Voto ritiro"].value for row in table if row.scores] == [4]
    assert table.ledger["Voto ritiro"].missing == 7


def changed_scale(tmp_path: Path) -> Path:
    old = [f"2025-01-{day:02d};{1 + day % 5}" for day in range(1, 29)]
    new = ["2025-03-01;9", "2025-03-02;8", "2025-03-03;4", "2025-03-04;10", "2025-03-05;2"]
    return csv_file(tmp_path, "Data;Giudizio complessivo", *reversed(old + new))


def test_a_change_of_scale_is_noticed_and_never_averaged(tmp_path):
    path = changed_scale(tmp_path)
    (note,) = [note for note in plan(path).notes if note.code == "mixed-scale"]
    assert note.column == "Giudizio complessivo"
    assert (note.values["since"], note.values["before"], note.values["big"], note.values["unclear"]) == (
        date(2025, 3, 1),
        28,
        3,
        2,
    )
    table = read_table(path)
    placed = Counter(str(score.scale) for row in table for score in row.scores.values())
    assert placed == {"1-5": 28, "1-10": 3}
    assert table.ledger["Giudizio complessivo"].aside == {"scale-unknown": 2}


@pytest.mark.parametrize(
    ("said", "placed", "rejected"),
    [
        ("1-5", {"1-5": 30}, 3),
        ("1-10", {"1-10": 33}, 0),
        ("1-5,1-10@2025-03-01", {"1-5": 28, "1-10": 5}, 0),
    ],
)
def test_the_owner_settles_the_scale(tmp_path, said, placed, rejected):
    rules = {"Giudizio complessivo": parse_scale_rule(said)}
    refused = []
    table = read_table(changed_scale(tmp_path), scales=rules, on_reject=refused.append)
    assert Counter(str(score.scale) for row in table for score in row.scores.values()) == placed
    assert [r.code for r in refused] == ["out-of-scale"] * rejected
    assert "mixed-scale" not in [note.code for note in table.plan.notes]


def test_an_honest_ten_point_scale_is_not_taken_for_a_change(tmp_path):
    rows = [f"2025-{1 + i // 28:02d}-{1 + i % 28:02d};{1 + (i * 7) % 10}" for i in range(280)]
    path = csv_file(tmp_path, "Data;Giudizio complessivo", *rows)
    assert "mixed-scale" not in codes(path)
    assert str(plan(path).columns[1].rule) == "1-10"


def test_a_mixture_without_dates_gives_no_mean(tmp_path):
    values = [1, 2, 3, 4, 5] * 40 + [8, 9, 10, 9, 8]
    path = marks(tmp_path, values, "Giudizio complessivo")
    assert "mixed-scale-undated" in codes(path)
    assert Counter(str(s.scale) for row in read_table(path) for s in row.scores.values()) == {"1-10": 5}


@pytest.mark.parametrize("text", ["", "5", "5-1", "1-5,1-10", "1-10@2015-06-09", "1-5,1-10@2015-13-09", "a-b"])
def test_scale_rules_that_mean_nothing(text):
    assert parse_scale_rule(text) is None


def test_scale_rules_by_day():
    rule = parse_scale_rule("1-5,1-10@2015-06-09")
    assert rule.place(8, date(2015, 6, 9)).scale == Scale(1, 10)
    assert rule.place(8, date(2015, 6, 8)).outside == Scale(1, 5)
    assert rule.place(4, None).aside == "scale-needs-date"


# Nothing is lost

CELLS = st.sampled_from(
    ["", "4", "4,5", "5.0", "11", "0", "sei", "n.d.", "2026-03-04", "32/13/2026", "sì", "=1+1", "-3"]
)


@given(st.lists(st.tuples(CELLS, CELLS, CELLS, CELLS), min_size=1, max_size=30))
def test_every_cell_of_every_row_is_accounted_for(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("t") / "a.csv"
    lines = ["id;Data;Giudizio complessivo;NPS", *(";".join(row) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    if not any(any(row) for row in rows):
        return
    refused = []
    mapping = {"id": Role.ID, "Data": Role.DATE, "Giudizio complessivo": Role.OVERALL, "NPS": Role.NPS}
    table = read_table(path, mapping=mapping, on_reject=refused.append)
    accepted = list(table)
    # A row of words above numbers is a second header, and a note says so
    heads = table.plan.header.rows - 1
    assert heads == ("two-header-rows" in {note.code for note in table.plan.notes})
    assert table.rows_read == sum(any(cell.strip() for cell in row) for row in rows[heads:])
    assert len(accepted) + table.rows_rejected == table.rows_read
    assert all(ledger.total == len(accepted) for ledger in table.ledger.values())
    assert len(refused) == table.rows_rejected + sum(ledger.rejected for ledger in table.ledger.values())
    assert all(reason.sentence(lang) for reason in refused for lang in ("it", "en"))


def test_duplicate_ids_and_rows_that_are_too_long_are_refused(tmp_path):
    path = csv_file(tmp_path, "id,voto", "a,4", "b,5", "a,1", "c,4,oops", "d,3,", "e")
    refused = []
    table = read_table(path, on_reject=refused.append)
    assert [row.id for row in table] == ["a", "b", "d", "e"]
    assert [(r.line, r.code) for r in refused] == [(4, "duplicate-id"), (5, "too-many-cells")]
    assert [note.code for note in table.closing_notes()] == ["short-rows"]


@given(st.lists(st.text(max_size=6)))
def test_seen_ids_are_a_set(texts):
    seen, plain = SeenIds(), set()
    for text in texts:
        assert seen.is_new(text) == (text not in plain)
        plain.add(text)
    assert len(seen) == len(plain)


def test_seen_ids_grow():
    seen = SeenIds()
    assert all(seen.is_new(f"R_{i}") for i in range(20_000))
    assert not any(seen.is_new(f"R_{i}") for i in range(20_000))


# Real files


@pytest.mark.shared
def test_lounge_reviews_are_read_to_the_last_row():
    path = SHARED / "lounge_reviews.csv"
    if not path.exists():
        pytest.skip("../shared/data is not here")
    table = read_table(path)
    rows = list(table)
    assert (len(rows), table.rejections) == (2264, 0)
    assert (min(row.day for row in rows), max(row.day for row in rows)) == (date(2006, 5, 9), date(2015, 8, 2))
    assert sum("date_visit" in row.dates for row in rows) == 99
    overall = table.ledger["overall_rating"]
    assert (overall.counted, overall.missing, overall.aside["scale-unknown"]) == (2207, 5, 52)
    roles = {column.name: column.role for column in table.plan.columns}
    assert (roles["airline_name"], roles["airport"], roles["author"]) == ("subject", "location", "customer")
    assert sum(role == "rating" for role in roles.values()) == 7


@pytest.mark.shared
def test_survey_codes_are_kept_out():
    path = SHARED / "sfo_2017.csv"
    if not path.exists():
        pytest.skip("../shared/data is not here")
    table = read_table(path, missing=("0", "6"), missing_in={"NETPRO": ("11",)})
    rows = list(table)
    assert (len(rows), table.rejections) == (2831, 0)
    assert sum("NETPRO" in row.scores for row in rows) == 2746
    assert min(s.value for row in rows for name, s in row.scores.items() if name != "NETPRO") == 1
    assert table.plan.date_column is None
    assert "not-a-date" in [note.code for note in table.plan.notes if note.column == "INTDATE"]
    assert "probable-code" in [note.code for note in read_whole(path).closing_notes()]


def read_whole(path: Path):
    table = read_table(path)
    for _ in table:
        pass
    return table
