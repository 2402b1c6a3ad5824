"""Which file this is: encodings, delimiters, line ends, heads of one to three rows, and what is no table at all."""

import os
import zipfile
from pathlib import Path

import pytest
import xlsxwriter
from foreign_samples import opendocument

from premura.importers.table import Declared, Table, TableError, plan, read_table, rows
from premura.importers.table.plan import body

SHARED = Path(__file__).parents[3] / "shared" / "data"
ROWS = [
    ["Data", "Giudizio complessivo", "Commento"],
    ["13/02/2026", "4", "Perché è così"],
    ["14/02/2026", "2", "Città"],
]


def written(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def as_text(delimiter: str, end: str) -> str:
    return end.join(delimiter.join(row) for row in ROWS) + end


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
@pytest.mark.parametrize(("delimiter", "end"), [(";", "\r\n"), (",", "\n"), ("\t", "\r"), ("|", "\n")])
def test_every_dress_of_the_same_table_reads_the_same(tmp_path, encoding, delimiter, end):
    table = read_table(written(tmp_path / "a.csv", as_text(delimiter, end), encoding))
    rows = list(table)
    assert [row.scores["Giudizio complessivo"].value for row in rows] == [4, 2]
    assert [row.day.isoformat() for row in rows] == ["2026-02-13", "2026-02-14"]
    assert [row.comments["Commento"] for row in rows] == ["Perché è così", "Città"]


def test_mixed_encodings_are_mended_and_said(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("voto;commento\n4;più lungo di così\n".encode() + "5;perché sì no\n".encode("cp1252"))
    planned = plan(path)
    assert [note.code for note in planned.notes if "encoding" in note.code] == ["mixed-encoding"]
    table = read_table(path, mapping={"commento": "comment"})
    assert [row.comments["commento"] for row in table] == ["più lungo di così", "perché sì no"]


def test_older_encoding_is_said(tmp_path):
    planned = plan(written(tmp_path / "a.csv", as_text(";", "\n"), "cp1252"))
    assert "older-encoding" in [note.code for note in planned.notes]


def test_a_bad_byte_far_into_the_file_is_found(tmp_path):
    path = tmp_path / "a.csv"
    good = ("4;" + "però " * 60 + "\n").encode() * 10_000
    path.write_bytes(b"voto;commento\n" + good + "4;però\n".encode("latin-1"))
    assert plan(path).source.format.odd_bytes == 1


def test_spreadsheet_hint_line_is_obeyed_and_counted(tmp_path):
    path = written(tmp_path / "a.csv", "sep=|\nvoto|id\n4|a\n9,5|a\n")
    refused = []
    table = read_table(path, mapping={"voto": "rating"}, on_reject=refused.append)
    assert len(list(table)) == 1
    assert [(r.line, r.code) for r in refused] == [(4, "duplicate-id")]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty-file"),
        (b"\n\n \n", "empty-file"),
        (b"\xef\xbb\xbf", "empty-file"),
        (b"voto;commento\n", "header-only"),
        (b"%PDF-1.7\n%\xe2\xe3", "not-a-table"),
        (b"\x89PNG\r\n\x1a\n\0\0", "not-a-table"),
        (b"\x1f\x8b\x08\0\0\0", "not-a-table"),
        (bytes(range(256)) * 20, "not-text"),
        (b"PK\x03\x04broken", "damaged-spreadsheet"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "damaged-spreadsheet"),
        (b"<html><table><tr><td>1</td></tr></table>", "not-a-table"),
        (b'[{"a": 1}]', "not-a-table"),
        (b'{"a": 1}', "not-a-table"),
    ],
)
def test_what_is_no_table_is_refused_in_one_sentence(tmp_path, content, code):
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(TableError) as error:
        list(read_table(path))
    assert error.value.code == code
    for lang in ("it", "en"):
        assert error.value.sentence(lang).endswith((".", "?"))


def test_missing_file_and_folder_are_refused(tmp_path):
    for path, code in ((tmp_path / "none.csv", "no-such-file"), (tmp_path, "is-a-folder")):
        with pytest.raises(TableError) as error:
            plan(path)
        assert error.value.code == code


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_unreadable_file_is_refused(tmp_path):
    path = written(tmp_path / "a.csv", "voto\n4\n")
    path.chmod(0)
    with pytest.raises(TableError) as error:
        plan(path)
    assert error.value.code == "cannot-open"


def test_a_million_columns_are_refused(tmp_path):
    path = written(tmp_path / "a.csv", ",".join(["a"] * 1_000_000) + "\n" + "1," * 999_999 + "1\n")
    with pytest.raises(TableError) as error:
        plan(path)
    assert error.value.code == "too-many-columns"


def test_an_endless_line_is_refused(tmp_path):
    path = tmp_path / "a.csv"
    with path.open("wb") as out:
        out.write(b"voto\n")
        for _ in range(20):
            out.write(b"1" * (1 << 20))
    with pytest.raises(TableError) as error:
        plan(path)
    assert error.value.code == "line-too-long"


def test_qualtrics_three_rows():
    path = SHARED / "formats" / "qualtrics" / "sample.csv"
    if not path.exists():
        pytest.skip("../shared/data is not here")
    planned = plan(path)
    assert (planned.header.kind, planned.header.rows, planned.rows) == ("qualtrics", 3, 1)
    assert planned.header.labels[planned.header.names.index("Q2")] == "This is a free text question."
    (row,) = read_table(path)
    assert (row.id, row.day.isoformat(), row.language) == ("R_2YPOQ602ER1jkf1", "2017-07-18", "DE")


def test_qualtrics_legacy_two_rows():
    path = SHARED / "formats" / "qualtrics" / "sample_legacy.csv"
    if not path.exists():
        pytest.skip("../shared/data is not here")
    planned = plan(path)
    assert (planned.header.kind, planned.header.rows, planned.rows) == ("qualtrics-legacy", 2, 1)
    assert planned.header.names[0] == "ResponseID"


test_qualtrics_three_rows = pytest.mark.shared(test_qualtrics_three_rows)
test_qualtrics_legacy_two_rows = pytest.mark.shared(test_qualtrics_legacy_two_rows)


def test_surveymonkey_second_row_holds_options(tmp_path):
    text = (
        "Respondent ID,Start Date,Quanto è soddisfatto?,Che cosa ha usato?,\n"
        ",,Response,Furgone,Escavatore\n"
        "1,02/13/2026 09:00:00 AM,5,Furgone,\n2,02/14/2026 09:00:00 AM,3,,Escavatore\n"
    )
    planned = plan(written(tmp_path / "a.csv", text))
    assert planned.header.kind == "surveymonkey"
    assert planned.header.names[3:] == ("Che cosa ha usato? – Furgone", "Che cosa ha usato? – Escavatore")
    assert planned.rows == 2


def test_limesurvey_vv_codes_stand_in_the_second_row(tmp_path):
    text = "Response ID\tDate submitted\tLast page\tGiudizio complessivo\t\nid\tsubmitdate\tlastpage\tG01\t\n"
    planned = plan(written(tmp_path / "a.csv", text + "1\t2026-02-13 10:00:00\t3\t4\n2\t2026-02-14 10:00:00\t3\t5\n"))
    assert planned.header.kind == "limesurvey-vv"
    assert [c.role for c in planned.columns if c.name == "G01"] == ["overall"]


@pytest.mark.parametrize(
    ("head", "names", "labels"),
    [
        ("Numero;Quando;Voto;Nota\nid;date;nps;comment\n", ("Numero", "Quando", "Voto", "Nota"), ("id", "date", "nps")),
        ("id;date;nps;comment\nid;date;nps;comment\n", ("id", "date", "nps", "comment"), ("", "", "")),
        (
            "Chi;;Voti;\nid;date;nps;comment\n",
            ("id", "date", "nps", "comment"),
            ("Chi – id", "Chi – date", "Voti – nps"),
        ),
    ],
)
def test_two_rows_of_names_are_no_answer(tmp_path, head, names, labels):
    path = written(tmp_path / "a.csv", head + "".join(f"{i};2026-03-{i + 1:02d};{i};bene\n" for i in range(11)))
    planned = plan(path)
    assert (planned.header.kind, planned.header.names, planned.rows) == ("two-rows", names, 11)
    assert planned.header.labels[:3] == labels
    assert {c.role for c in planned.columns} >= {"id", "date", "nps"}
    note = next(note for note in planned.notes if note.code == "two-header-rows")
    assert names[0] in note.sentence("it")
    assert len(list(read_table(path))) == 11


@pytest.mark.parametrize(
    "text",
    [
        "nome;nota;luogo\nAnna;bello;Roma\nUgo;brutto;Schio\n",  # words alone may be answers
        "id;voto;nota\nprimo;n.d.;bene\n2;4;bene\n3;5;male\n",  # a blank is an answer that is missing
        "id;voto;nota\nprimo;buono;bene\n",  # nothing under it to tell
        "id;voto;nota\na;ottimo;bene\nb;4;bene\n",  # one column of numbers is not enough
    ],
)
def test_a_row_of_words_that_may_be_an_answer_stays_one(tmp_path, text):
    planned = plan(written(tmp_path / "a.csv", text))
    assert (planned.header.kind, planned.rows) == ("single", text.count("\n") - 1)


def test_marks_that_are_mostly_words_are_spoken_of(tmp_path):
    path = written(tmp_path / "a.csv", "nps;nota\n3;a\n=1+1;b\n9;c\n@SUM(A1);d\n5;e\n")
    note = next(note for note in plan(path).notes if note.code == "not-marks")
    assert '--map "nps=nps"' in note.sentence("it")
    assert "=1+1" in note.sentence("it")


@pytest.mark.parametrize("content", [b"voto,nota\n4,\x00\n5,b\n", bytes(range(32)) * 100])
def test_bytes_that_are_no_text_are_refused_in_words(tmp_path, content):
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(TableError) as error:
        plan(path)
    assert error.value.code == "not-text"
    assert "?" not in error.value.sentence("it")


def test_columns_without_a_name_are_no_reason_to_refuse_a_row(tmp_path):
    planned = plan(written(tmp_path / "a.csv", "Voto;Voto;;\n4;5;nota;\n3;2;;\n"))
    assert [column.name for column in planned.columns] == ["Voto", "Voto (2)", "#3"]
    table = read_table(tmp_path / "a.csv")
    assert (len(list(table)), table.rejections) == (2, 0)


def test_header_of_numbers_is_doubted(tmp_path):
    planned = plan(written(tmp_path / "a.csv", "4;5\n3;2\n"))
    assert "header-looks-like-data" in [note.code for note in planned.notes]


def test_an_unclosed_quote_is_rejected_and_says_how_far_it_reaches(tmp_path):
    path = written(tmp_path / "a.csv", 'id,voto\n1,4\n2,"5\n3,4\n4,3\n')
    refused = []
    rows = list(read_table(path, on_reject=refused.append))
    assert len(rows) == 1
    assert [(r.line, r.code, r.values["last"]) for r in refused] == [(3, "unclosed-quote", 5)]


def test_quoted_line_breaks_keep_the_line_numbers(tmp_path):
    path = written(tmp_path / "a.csv", 'voto,commento\n4,"uno\ndue\ntre"\n55,"x"\n')
    refused = []
    list(read_table(path, scales={"voto": scale("1-5")}, mapping={"commento": "comment"}, on_reject=refused.append))
    assert [(r.line, r.value) for r in refused] == [(5, "55")]


def scale(text):
    from premura.importers.table import parse_scale_rule

    return parse_scale_rule(text)


def test_spreadsheets_read_like_text(tmp_path):
    path = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(path, {"default_date_format": "dd/mm/yy"})
    book.add_worksheet("vuoto")
    sheet = book.add_worksheet("risposte")
    from datetime import datetime

    for r, row in enumerate([["Data", "Giudizio complessivo", "Seriale"], [datetime(2026, 2, 13), 4, 46066.5]]):
        for c, value in enumerate(row):
            sheet.write(r, c, value)
    book.close()
    planned = plan(path, Declared(mapping={"Seriale": "date"}))
    assert planned.source.sheet == "risposte"
    (row,) = read_table(path, mapping={"Seriale": "date"})
    assert row.scores["Giudizio complessivo"].value == 4
    assert row.dates["Data"].day.isoformat() == "2026-02-13"
    assert row.dates["Seriale"].instant.isoformat() == "2026-02-13T12:00:00"
    with pytest.raises(TableError) as error:
        plan(path, Declared(sheet="altro"))
    assert error.value.code == "no-such-sheet"


def test_opendocument_is_read(tmp_path):
    path = tmp_path / "a.ods"
    cells = "".join(
        "<table:table-row>" + "".join(cell(value) for value in row) + "</table:table-row>"
        for row in [["voto", "commento"], [4, "bene"], [2, "così così"]]
    )
    content = (
        '<?xml version="1.0"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
        f'<table:table table:name="F">{cells}</table:table></office:spreadsheet></office:body>'
        "</office:document-content>"
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        manifest = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
        archive.writestr("META-INF/manifest.xml", f'<manifest:manifest xmlns:manifest="{manifest}"/>')
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("content.xml", content)
    assert [row.scores["voto"].value for row in read_table(path)] == [4, 2]


def cell(value):
    if isinstance(value, str):
        return f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'
    kind = f'office:value-type="float" office:value="{value}"'
    return f"<table:table-cell {kind}><text:p>{value}</text:p></table:table-cell>"


def bomb(path: Path, *, cells: str, padding: int = 0) -> Path:
    """A spreadsheet that is small on disk and enormous in memory."""
    ns = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "[Content_Types].xml",
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/></Types>',
        )
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{package}"><Relationship Id="rId1" Type="{rel}/officeDocument" '
            'Target="xl/workbook.xml"/></Relationships>',
        )
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook {ns} xmlns:r="{rel}"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>',
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{package}"><Relationship Id="rId1" Type="{rel}/worksheet" '
            'Target="worksheets/sheet1.xml"/></Relationships>',
        )
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as out:
            out.write(f"<worksheet {ns}><sheetData>{cells}".encode())
            for _ in range(padding):
                out.write(b" " * (1 << 20))
            out.write(b"</sheetData></worksheet>")
    return path


def test_a_spreadsheet_that_unpacks_beyond_reason_is_refused(tmp_path, monkeypatch):
    # Beyond reason is a gigabyte: packing one takes longer than refusing it
    monkeypatch.setattr(rows, "MOST_UNPACKED", 32 << 20)
    path = bomb(tmp_path / "a.xlsx", cells='<row r="1"><c r="A1"><v>1</v></c></row>', padding=33)
    assert path.stat().st_size < 1 << 20
    with pytest.raises(TableError) as error:
        plan(path)
    assert error.value.code == "spreadsheet-too-large"


def test_a_spreadsheet_as_wide_and_deep_as_can_be_is_refused(tmp_path):
    corners = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    with pytest.raises(TableError) as error:
        plan(bomb(tmp_path / "a.xlsx", cells=corners))
    assert error.value.code in ("spreadsheet-too-large", "too-many-columns")


@pytest.mark.parametrize("cells", [("46100", "46101", "46102"), ("46100,5", "46101,25", "46102")])
def test_days_that_a_spreadsheet_numbers_are_days_where_the_name_says_so(tmp_path, cells):
    path = tmp_path / "seriali.csv"
    path.write_text("Data;Voto\n" + "".join(f"{cell};4\n" for cell in cells), encoding="utf-8")
    planned = plan(path)
    assert [row.day.isoformat() for row in Table(planned)] == ["2026-03-19", "2026-03-20", "2026-03-21"]
    assert "19 marzo 2026" in next(note.sentence("it") for note in planned.notes if note.code == "serial-dates")
    other = tmp_path / "altro.csv"
    other.write_text("Numero polizza;Voto\n" + "".join(f"{cell};4\n" for cell in cells), encoding="utf-8")
    assert plan(other).date_column is None


def _cell(text, rows=1, columns=1):
    spans = f'table:number-rows-spanned="{rows}" table:number-columns-spanned="{columns}"' if rows * columns > 1 else ""
    return f'<table:table-cell office:value-type="string" {spans}><text:p>{text}</text:p></table:table-cell>'


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_a_cell_merged_over_rows_counts_for_each_and_it_is_said(tmp_path, kind):
    path, rows = tmp_path / f"merged.{kind}", [("Data", "Sede", "Voto", "Commento")]
    rows += [(f"2026-02-0{n}", "Vicenza" if n < 4 else "Padova", str(n), "Bene" if n < 4 else "") for n in range(1, 5)]
    if kind == "xlsx":
        with xlsxwriter.Workbook(str(path)) as book:
            sheet = book.add_worksheet()
            # Not in the corner: the ranges count from the sheet's edge, the rows from where something stands
            for number, cells in enumerate(rows):
                sheet.write_row(number + 2, 1, cells)
            sheet.merge_range("C4:C6", "Vicenza")
            sheet.merge_range("D7:E7", "4")
    else:
        hidden = "<table:covered-table-cell/>"
        lines = [[*map(_cell, cells)] for cells in rows]
        lines[1][1], lines[2][1], lines[3][1] = _cell("Vicenza", rows=3), hidden, hidden
        lines[4][2], lines[4][3] = _cell("4", columns=2), hidden
        path.write_bytes(
            opendocument("".join(f"<table:table-row>{''.join(cells)}</table:table-row>" for cells in lines))
        )
    planned = plan(path)
    found = [row.cells for row in body(planned.source, planned.header)]
    assert [cells[1] for cells in found] == ["Vicenza", "Vicenza", "Vicenza", "Padova"]
    assert [cells[2] for cells in found] == ["1", "2", "3", "4"]
    assert [cells[3] for cells in found] == ["Bene", "Bene", "Bene", ""]
    said = {note.code: note.values["cells"] for note in planned.notes if note.code.startswith("merged")}
    assert said == {"merged-rows": "C4:C6" if kind == "xlsx" else "B2:B4",
                    "merged-columns": "D7:E7" if kind == "xlsx" else "C5:D5"}  # fmt: skip
