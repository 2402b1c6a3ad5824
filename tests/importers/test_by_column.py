"""The quick way of a file says the same as the careful one, to the row, the refusal and the count."""

import csv
import random
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from premura.core.customers.customers import add_customer
from premura.importers.neutral import Shape
from premura.importers.responses import by_column, writing
from premura.importers.responses.choices import read_choices
from premura.importers.responses.keeping import rejected_file
from premura.importers.responses.writing import Into, import_responses, write_answers
from premura.importers.table import Declared, Role, Scale, ScaleRule, plan
from premura.importers.table import rows as rows_module
from premura.importers.table.rows import RowSource, batches
from premura.importers.table.seen import SeenIds
from premura.importers.table.sniff import FileFormat
from premura.loop.listen.models import Answer, Response
from premura.loop.understand.models import DirtyMonth, Mark

ROLES = {
    "id": Role.ID,
    "Quando": Role.DATE,
    "Azienda": Role.SUBJECT,
    "Sede": Role.LOCATION,
    "Momento": Role.TOUCHPOINT,
    "Voto complessivo": Role.OVERALL,
    "NPS": Role.NPS,
    "Consiglieresti?": Role.RECOMMENDED,
    "Pulizia": Role.RATING,
    "Commento": Role.COMMENT,
    "E-mail": Role.EMAIL,
    "Lingua": Role.LANGUAGE,
    "Canale": Role.CHANNEL,
    "Peso": Role.WEIGHT,
    "Motivo": Role.CHOICE,
}
HEAD = ";".join(ROLES)
# What people write in such columns, good and bad
CELLS = {
    "Quando": ["12/02/2026 19.07", "2026-03-29 02:30", "2026-10-25 02:30:15", "31/12/2025 23:59", "2026-02-12", "ieri",
               "", "46100", "2026-02-12T10:00:00Z", "1 marzo 2026", "31/02/2026 10:00", "12/02/2026 25:10"],
    "Azienda": ["Noi", "noi", "", "Gli altri", " Noi "],
    "Sede": ["Vicenza", "", "Schio", "n.d."],
    "Momento": ["Ritiro", "", "Consegna"],
    "Voto complessivo": ["1", "2", "3", "4", "5", "5", "4,0", "4,5", "9", "", "ottimo", "n.d."],
    "NPS": ["0", "7", "10", "11", "", "9,5", "boh"],
    "Consiglieresti?": ["Sì", "no", "", "forse"],
    "Pulizia": ["1", "3", "5", "", "4 stelle"],
    "Commento": ["", "Tutto bene", 'Disse "ciao"; e poi', "due\nrighe", "=1+1", "x" * 6000],
    "E-mail": ["", "anna@example.it", "ANNA@example.it", "altri@example.it"],
    "Lingua": ["it", "en-GB", ""],
    "Canale": ["email", "piccione", ""],
    "Peso": ["", "1", "0,5", "-3", "tanto"],
    "Motivo": ["Prezzo", "Tempo", "", "Prezzo"],
}  # fmt: skip


def written(path, *, with_ids, seed):
    chance = random.Random(seed)
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(HEAD + "\r\n")
        lines = csv.writer(file, delimiter=";")
        for number in range(400):
            identity = chance.choice([f"r{number}", f"r{number}", f"r{number}", f"r{number // 7}", "", "y" * 130])
            good = chance.random() < 0.7
            cells = [chance.choice(values[:2] if good else values) for values in CELLS.values()]
            lines.writerow([identity if with_ids else "", *cells][: chance.choice([15] * 9 + [12])])
            if number % 90 == 5:
                file.write("\r\n" + ";" * 14 + "\r\n" + "a;b;" + ";" * 14 + "in più\r\n")
            if number % 90 == 11:
                file.write('z;12/02/2026;"mai chiusa;5\r\nq;12/02/2026;Noi;5"\r\n')


def everything(result):
    """What a file brought, without the numbers that the database gives."""
    with rejected_file(result).open(encoding="utf-8-sig", newline="") as file:
        refused = sorted(map(tuple, csv.reader(file)))
    columns = (
        "external_id", "answered_at", "answered_on", "week_on", "subject__name", "location__name", "customer__name",
        "language", "channel", "weight", "moment", "perspective", "source", "fields",
    )  # fmt: skip
    responses = [
        (row[:-1], sorted(map(repr, Answer.objects.filter(response=row[-1]).values_list(
            "question", "part", "kind", "touchpoint__code", "scale", "score", "choices", "text", "contact"))))
        for row in Response.objects.order_by("external_id").values_list(*columns, "pk")
    ]  # fmt: skip
    report = {key: value for key, value in result.report.items() if key != "survey"}
    return responses, refused, report, (result.rows, result.accepted, result.already_there, result.rejected)


@pytest.mark.parametrize(("with_ids", "day"), [(True, None), (False, date(2026, 1, 5))])
def test_the_quick_way_and_the_careful_one_bring_the_same(company, owner, tmp_path, monkeypatch, with_ids, day):
    add_customer(name="Anna", email="anna@example.it", by=owner)
    path = tmp_path / "misto.csv"
    written(path, with_ids=with_ids, seed=11)
    # Small blocks, so that records stand across their edges
    monkeypatch.setattr(rows_module, "BLOCK", 9_000)
    five = ScaleRule(((Scale(1, 5), None),), declared=True)
    roles = ROLES if with_ids else {**ROLES, "id": Role.IGNORE}
    planned = plan(path, Declared(mapping=roles, scales={"Voto complessivo": five}))
    reading = read_choices(planned, Shape({}), is_known=False)

    def brought(source):
        return everything(write_answers(path, reading, Into("noi", source, day), by=None, lang="it"))

    assert writing.can_be_read(reading.plan)
    quick = brought("prova")
    assert quick[3][1] > 150
    assert quick[3][3] > 50
    assert brought("prova")[3][1:3] == (0, quick[3][1])
    Response.objects.all().delete()
    monkeypatch.setattr(writing, "can_be_read", lambda plan: False)
    careful = brought("prova")
    assert quick[3] == careful[3]
    assert quick[1] == careful[1]
    assert quick[2] == careful[2]
    assert quick[0] == careful[0]


def test_a_large_file_has_its_months_made_anew_and_marks_no_row(company, tmp_path, monkeypatch):
    path = tmp_path / "voti.csv"
    days = [f"2026-{month:02}-{day:02}" for month in (1, 3) for day in range(1, 21)]
    path.write_text("id,date,nps\n" + "".join(f"{n},{day},{n % 11}\n" for n, day in enumerate(days)), encoding="utf-8")
    monkeypatch.setattr(by_column, "MANY", 40)
    assert import_responses(path, plan(path), by=None, lang="it").accepted == 40
    assert not Mark.objects.exists()
    assert set(DirtyMonth.objects.values_list("month_on", flat=True)) == {date(2026, 1, 1), date(2026, 3, 1)}
    # Whoever writes afterwards is marked as ever
    Response.objects.get(external_id="7").answers.create(question="x", kind="csat", scale="1-5", score=3)
    assert Mark.objects.count() == 1


LINES = st.text(alphabet='ab";,\r\n\0é', max_size=80)


@settings(max_examples=150, deadline=None)
@given(LINES, st.sampled_from([5, 16, 1 << 19]))
def test_blocks_hold_the_records_of_the_text_one_by_one(tmp_path_factory, text, block):
    path = tmp_path_factory.getbasetemp() / "rows.csv"
    path.write_text(text, encoding="utf-8", newline="")
    source = RowSource(path, FileFormat("text", "utf-8", delimiter=";"))
    before, rows_module.BLOCK = rows_module.BLOCK, block
    try:
        found = [
            row
            for batch in batches(source)
            for row in [
                *((line, cells, None) for line, cells in zip(batch.lines, batch.cells, strict=True)),
                *((row.line, row.cells, row.broken) for row in batch.odd),
            ]
        ]
    finally:
        rows_module.BLOCK = before

    def filled(rows):
        return sorted(
            (line, cells, broken or "") for line, cells, broken in rows if broken or any(map(str.strip, cells))
        )

    assert filled(found) == filled((row.line, row.cells, row.broken) for row in source)


@given(st.lists(st.lists(st.sampled_from("abcdefgh"), max_size=12), max_size=6))
def test_identifiers_are_new_once_however_they_are_asked(batches_of_ids):
    seen, plain = SeenIds(), set()
    for number, ids in enumerate(batches_of_ids):
        expected = []
        for one in ids:
            expected.append(one not in plain)
            plain.add(one)
        assert (seen.are_new(ids) if number % 2 else [seen.is_new(one) for one in ids]) == expected
    assert len(seen) == len(plain)
