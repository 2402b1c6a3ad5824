"""Every known system: recognised, read, its traps met; cut anywhere or made by an enemy, refused in a sentence."""

import io
import os
import random
import tracemalloc
import zipfile

import pytest
import xlsxwriter
from foreign_samples import EXPECTED, FILES, LSR, QSF, lss, opendocument

from premura.importers.neutral.safe import members_of, xml_of
from premura.importers.responses.joined import split_joined
from premura.importers.sources import SOURCES, recognise
from premura.importers.surveys.carrying import carry
from premura.importers.table import TableError
from premura.importers.table.plan import body

# All cuts with EVERY_CUT=1; a sample of them otherwise, always the same
CUTS = None if os.environ.get("EVERY_CUT") else 12


@pytest.mark.parametrize("name", FILES)
def test_each_file_is_known_for_what_it_is(sample, name):
    found = recognise(sample(name))
    brought = found.read()
    assert (found.code, brought.kind) == EXPECTED[name]


@pytest.mark.parametrize("name", FILES)
def test_no_source_takes_the_file_of_another(sample, name):
    head = recognise(sample(name)).head
    sure = [code for code, source in SOURCES.items() if (sight := source.recognise(head)) and sight.sure > 0.75]
    assert sure == [EXPECTED[name][0]]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_mark_at_the_beginning_changes_nothing(tmp_path, encoding):
    path = tmp_path / "forms.csv"
    path.write_text(FILES["forms.csv"], encoding=encoding)
    assert recognise(path).code == "google-forms"


def cuts_of(content: bytes, seed: str) -> list[int]:
    every = list(range(0, len(content), 10))
    return every if CUTS is None else sorted(random.Random(seed).sample(every, min(CUTS, len(every))))


@pytest.mark.parametrize("name", FILES)
def test_a_file_cut_anywhere_is_read_or_refused_in_a_sentence(tmp_path, name):
    content = FILES[name].encode()
    path, said = tmp_path / name, []
    for end in cuts_of(content, name):
        path.write_bytes(content[:end])
        try:
            brought = recognise(path).read()
            if brought.source is not None and brought.header is not None:
                list(body(brought.source, brought.header))
            if brought.survey is not None:
                carry(brought.survey)
        except TableError as refusal:
            said.append(refusal)
    assert all(error.sentence(lang).endswith((".", ")")) for error in said for lang in ("it", "en"))


@pytest.mark.shared
def test_the_real_files_cut_anywhere_too(tmp_path, shared):
    said = []
    for source in sorted((shared / "data" / "formats").rglob("*.*")):
        content = source.read_bytes()
        path = tmp_path / source.name
        for end in cuts_of(content, source.name)[:6] if CUTS else cuts_of(content, source.name):
            path.write_bytes(content[:end])
            try:
                recognise(path).read()
            except TableError as refusal:
                # Not the error itself: it would keep what was read of the file
                said.append(refusal.sentence("it"))
    assert all(said)


# LimeSurvey


def test_a_limesurvey_survey_with_its_kinds_and_what_is_left_out(sample):
    survey = recognise(sample("s.lss")).read().survey
    assert [(q.code, q.kind) for q in survey.questions] == [
        ("nps", "single"), ("voto", "marks"), ("serv", "multiple"), ("comm", "text"),
    ]  # fmt: skip
    assert survey.languages == ("it", "de", "fi")
    carried = carry(survey)
    assert carried.definition.languages == ("it", "de")
    assert [q.kind for q in carried.definition.questions] == ["single", "csat", "multiple", "text"]
    services = carried.definition.questions[2]
    assert (services.text, services.options[1].text) == (
        {"it": "Servizi", "de": "Dienste"}, {"it": "Furgone", "de": "Transporter"},
    )  # fmt: skip
    # What nobody translated stays open in the draft, and is said
    assert carried.definition.questions[0].text == {"it": "Quanto consiglierebbe?"}
    assert ("left-translation", "Quanto consiglierebbe?") in [(one.code, one.where) for one in carried.left_out]
    left = recognise(sample("s.lss")).read().left_out
    assert ("left-kind", "Una foto") in [(one.code, one.where) for one in left]
    assert ("left-languages", {"names": "fi"}) in [(one.code, one.values) for one in carried.left_out]


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "asked", "languages"),
    [
        ("ls205_group_relevance.lss", 21, ("en",)),
        ("ls5_sample_survey_multilingual_fr_de_en_it.lss", 50, ("en", "fr", "it", "de")),
    ],
)
def test_the_two_generations_of_limesurvey(shared, name, asked, languages):
    import xml.etree.ElementTree as ET

    path = shared / "data" / "formats" / "limesurvey" / name
    brought = recognise(path).read()
    assert brought.survey.languages == languages
    # Counted a second time, by another reader
    rows = [
        {cell.tag: cell.text or "" for cell in row} for row in ET.parse(path).getroot().findall("questions/rows/row")
    ]
    ids = {row["qid"] for row in rows if row.get("parent_qid", "0") == "0"}
    left = [one for one in brought.left_out if one.code == "left-kind"]
    # The two scales of a grid are two questions of one number
    assert len({question.alias for question in brought.survey.questions}) == asked
    assert asked + len(left) == len(ids)


def test_a_vv_file_has_its_escapes_undone_and_no_date_where_none_was_kept(sample):
    brought = recognise(sample("vvexport_9.csv")).read()
    rows = [row.cells for row in body(brought.source, brought.header)]
    assert brought.header.names[-1] == "comm"
    assert rows[0][7] == "Tutto\nbene {davvero}"
    assert [row[1] for row in rows] == ["2026-02-01 10:00:00", "", ""]
    assert rows[1][4] == ""


def test_a_vv_file_without_its_first_line(sample):
    content = FILES["vvexport_9.csv"].split("\n", 1)[1]
    assert recognise(sample("vv.csv", content)).code == "limesurvey"


# Qualtrics


def test_a_qsf_with_arrays_bins_and_blocks_that_do_not_exist(sample):
    brought = recognise(sample("s.qsf")).read()
    assert [(q.code, q.kind) for q in brought.survey.questions] == [
        ("Q2", "single"),
        ("Q1", "nps"),
        ("Q3", "grid_single"),
    ]
    assert brought.survey.questions[0].text == {"it": "Che cosa ha noleggiato?", "en": "What did you hire?"}
    assert [option.code for option in brought.survey.questions[0].options] == ["2", "1"]
    assert {one.code for one in brought.left_out} == {"left-unused", "left-kind"}
    carried = carry(brought.survey)
    assert [(q.kind, q.text["it"]) for q in carried.definition.questions][2:] == [
        ("single", "Come valuta: il banco"), ("single", "Come valuta: la consegna"),
    ]  # fmt: skip
    assert carried.definition.questions[1].required


def test_a_trial_by_the_author_is_no_answer(sample):
    brought = recognise(sample("qualtrics.csv")).read()
    assert [row.cells[4] for row in body(brought.source, brought.header)] == ["R_1", "R_2"]
    assert [one.values["count"] for one in brought.left_out if one.code == "left-preview"] == [1]


@pytest.mark.parametrize("broken", [{"SurveyEntry": 3}, {"SurveyEntry": {}, "SurveyElements": [1, {"Element": "SQ"}]}])
def test_a_qsf_of_another_shape_is_refused(sample, broken):
    import json

    path = sample("x.qsf", json.dumps({**QSF, **broken}))
    with pytest.raises(TableError):
        recognise(path).read()


# Enemies


def test_entities_and_document_types_are_refused(sample):
    bomb = '<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
    outside = '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    for head in (bomb, outside, '<!DOCTYPE d SYSTEM "http://example.org/x.dtd">'):
        with pytest.raises(TableError) as refused:
            recognise(sample("x.lss", lss(head=head))).read()
        assert refused.value.code == "xml-entities"


def test_a_tree_without_end_is_refused():
    with pytest.raises(TableError) as refused:
        xml_of(b"<a>" * 5000, "deep.lss")
    assert refused.value.code == "too-deep"


@pytest.mark.parametrize(
    "content", [b"<d>" + b"<a/>" * 2_000_001, b"<d>" + b"".join(b"<n%d/>" % n for n in range(2_000_001))]
)
def test_a_tree_of_more_parts_or_names_than_anybody_has_is_refused_in_little_memory(content):
    tracemalloc.start()
    with pytest.raises(TableError) as refused:
        xml_of(content, "wide.lss")
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert refused.value.code == "too-many-parts"
    assert peak < 220_000_000


def archive(tmp_path, members: dict[str, bytes]):
    path = tmp_path / "x.lsa"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return path


def test_an_archive_brings_its_survey(tmp_path):
    path = archive(tmp_path, {"survey_9.lss": lss().encode()})
    assert len(recognise(path).read().survey.questions) == 4


def test_archives_that_hide_something_are_refused(tmp_path):
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as file:
        file.writestr("a.txt", "a")
    wicked = {
        "archive-path": {"../../survey_9.lss": lss().encode()},
        "archive-in-archive": {"survey_9.lss": inner.getvalue()},
        "archive-too-large": {f"{n}.lss": b"x" for n in range(300)},
    }
    for code, members in wicked.items():
        with pytest.raises(TableError) as refused:
            members_of(archive(tmp_path, members))
        assert refused.value.code == code


def test_a_bomb_is_not_unpacked(tmp_path):
    with pytest.raises(TableError) as refused:
        members_of(archive(tmp_path, {"survey_9.lss": bytes(65 << 20)}))
    assert refused.value.code == "archive-too-large"


def test_a_million_columns_are_refused(sample):
    with pytest.raises(TableError) as refused:
        recognise(sample("wide.csv", ",".join(map(str, range(1_000_000))) + "\n1\n")).read()
    assert refused.value.code in ("too-many-columns", "header-only", "empty-file")


def test_answers_that_hold_the_sign_that_joins_them():
    known = ["sì, certo", "sì", "Altro"]
    assert split_joined("sì, certo, sì, Altro", ", ", known) == ["sì, certo", "sì", "Altro"]


def test_every_sentence_is_in_both_languages():
    import string

    from premura.importers.neutral.errors import _OWN

    def fields(text):
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    for code, said in _OWN.items():
        assert set(said) == {"it", "en"}, code
        assert fields(said["it"]) == fields(said["en"]), code


def test_an_archive_of_something_else_says_what_to_do(tmp_path):
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as file:
        file.writestr("a.csv", "a,b\n1,2\n")
    for members in ({"b.zip": inner.getvalue()}, {"a.csv": b"a,b\n1,2\n"}):
        with pytest.raises(TableError) as refused:
            recognise(archive(tmp_path, members)).read()
        assert refused.value.code == "archive-unknown"


def test_the_answers_of_an_archive_come_by_themselves_too(sample):
    brought = recognise(sample("survey_9_responses.lsr", LSR)).read()
    rows = [row.cells for row in body(brought.source, brought.header)]
    assert brought.header.names == ("id", "submitdate", "9X1X2")
    assert rows == [["1", "2026-02-01 10:00:00", "4"], ["2", "", "5"]]


def test_a_structure_on_one_line_is_a_structure(sample):
    path = sample("x.lss", "<document><LimeSurveyDocType>Survey</LimeSurveyDocType></document>")
    with pytest.raises(TableError) as refused:
        recognise(path).read()
    assert refused.value.code in ("no-survey", "wrong-shape")


@pytest.mark.parametrize("kind", ["xlsx", "ods", "lsa", "lsr"])
def test_binary_files_and_archives_cut_anywhere_too(tmp_path, kind):
    whole = tmp_path / f"whole.{kind}"
    if kind == "xlsx":
        with xlsxwriter.Workbook(str(whole)) as book:
            sheet = book.add_worksheet()
            for number, cells in enumerate([("Data", "Voto"), *((f"2026-02-{day:02}", 4) for day in range(1, 20))]):
                sheet.write_row(number, 0, cells)
    elif kind == "ods":
        cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
        line = f"<table:table-row>{cell}</table:table-row>"
        whole.write_bytes(opendocument("".join(line.format(word) for word in ("Commento", "Bene", "Male"))))
    elif kind == "lsa":
        with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as file:
            file.writestr("survey_9.lss", lss())
            file.writestr("survey_9_responses.lsr", LSR)
    else:
        whole.write_text(LSR, encoding="utf-8")
    content, path, read, said = whole.read_bytes(), tmp_path / f"cut.{kind}", 0, []
    for end in [*cuts_of(content, kind)[:8], len(content)]:
        path.write_bytes(content[:end])
        try:
            brought = recognise(path).read()
            read += len(list(body(brought.source, brought.header)))
        except TableError as refusal:
            said += [refusal.sentence(lang) for lang in ("it", "en")]
    assert read
    assert all(sentence.endswith((".", ")")) for sentence in said)


def test_a_structure_as_text_is_told_from_answers(sample):
    text = "id\tclass\ttype/scale\tname\trelevance\ttext\thelp\n\tS\t\tsid\t\t9\t\n1\tQ\tL\tnps\t1\tQuanto?\t\n"
    with pytest.raises(TableError) as refused:
        recognise(sample("limesurvey_survey_9.txt", text)).read()
    assert (refused.value.code, ".lss" in refused.value.sentence("it")) == ("structure-as-text", True)
