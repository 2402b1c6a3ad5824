"""Bring your data, as a person walks it: drop, look, answer, bring in, take back."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from foreign_samples import FILES

from premura.importers.models import ImportedFile, State
from premura.importers.waiting import do_waiting_imports
from premura.loop.listen.definition import definition_to
from premura.loop.listen.models import Answer, Response, Survey

pytestmark = pytest.mark.django_db


def drop(client, *names):
    files = [SimpleUploadedFile(name, FILES[name].encode()) for name in names]
    return client.post(reverse("importing"), {"files": files})


def test_a_file_is_looked_at_answered_brought_in_and_taken_back(owner, client_of):
    client = client_of(owner)
    answer = drop(client, "forms.csv")
    assert (answer.status_code, Response.objects.count()) == (302, 0)
    page = client.get(answer.url).content.decode()
    for words in ("Google Forms", "sicuro", "Che cosa ne verrà", "Italiano", "Ponteggio, Betoniera"):
        assert words in page
    assert "--map" not in page
    number = next(c for c in page.split('name="role-')[1:] if "Come ci valuta" in c.split("</select>")[0]).split('"')[0]
    posted = {f"role-{number}": "rating", f"was-{number}": "choice", "do": "look"}
    assert client.post(answer.url, posted).status_code == 302
    assert ImportedFile.objects.get().settings["mapping"] == {"Come ci valuta [banco]": "rating"}
    client.post(answer.url, {"do": "bring"})
    waiting = client.get(reverse("import-progress", args=[ImportedFile.objects.get().pk]))
    assert "<progress" in waiting.content.decode()
    do_waiting_imports()
    assert Answer.objects.filter(kind="csat").count() == 14
    assert "HX-Refresh" in client.get(reverse("import-progress", args=[ImportedFile.objects.get().pk]))
    assert "14" in client.get(answer.url).content.decode()
    report = client.get(reverse("import-report", args=[ImportedFile.objects.get().pk])).content.decode()
    assert ImportedFile.objects.get().sha256 in report
    client.post(reverse("import-undoing", args=[ImportedFile.objects.get().pk]))
    assert ImportedFile.objects.get().state == State.UNDOING
    assert 'max="14"' in client.get(answer.url).content.decode()
    do_waiting_imports()
    assert "HX-Refresh" in client.get(reverse("import-progress", args=[ImportedFile.objects.get().pk]))
    assert (ImportedFile.objects.get().state, Response.objects.count()) == (State.UNDONE, 0)


def test_several_files_at_once_and_one_that_is_none(owner, client_of):
    client = client_of(owner)
    assert drop(client, "s.lss", "reviews.json").url == reverse("importing")
    page = client.get(reverse("importing")).content.decode()
    assert page.count("da portare") == 2
    refused = client.post(reverse("importing"), {"files": SimpleUploadedFile("x.csv", b"")})
    assert refused.status_code == 422
    assert "è vuoto" in refused.content.decode()


@pytest.mark.parametrize(("sample", "word"), [("forms.csv", "Ponteggio"), ("reviews.json", "Grazie")])
def test_nothing_in_a_file_turns_round_what_stands_beside_it_on_its_page(owner, client_of, sample, word):
    client, name = client_of(owner), f"fdp\u202e.{sample.rpartition('.')[2]}"
    content = FILES[sample].replace(word, f"tot\u202e03 €\u200b {word}").replace("Come ci", "\u202eCome ci")
    answer = client.post(reverse("importing"), {"files": SimpleUploadedFile(name, content.encode())})
    for address in (answer.url, reverse("importing")):
        page = client.get(address).content.decode()
        assert not set(page) & set("\u202e\u200b"), address
    assert "tot03 €" in client.get(answer.url).content.decode()
    assert ImportedFile.objects.get().name == name.replace("\u202e", "")
    client.post(answer.url, {"do": "bring"})
    do_waiting_imports()
    report = client.get(reverse("import-report", args=[ImportedFile.objects.get().pk])).content.decode()
    assert ImportedFile.objects.get().name in report
    assert not set(report) & set("\u202e\u200b")


def test_what_is_asked_is_answered_on_the_page(owner, client_of):
    client = client_of(owner)
    content = "date,Quanto ci raccomanda\n" + "".join(f"2026-02-{n:02d},{n % 11}\n" for n in range(1, 29))
    answer = client.post(reverse("importing"), {"files": SimpleUploadedFile("x.csv", content.encode())})
    page = client.get(answer.url).content.decode()
    assert 'name="ask-0"' in page
    client.post(answer.url, {"ask-0": "1", "do": "bring"})
    do_waiting_imports()
    assert Answer.objects.filter(kind="nps").count() == 28


def test_a_file_is_taken_away_again(owner, client_of, settings):
    client = client_of(owner)
    answer = drop(client, "forms.csv")
    client.post(answer.url + "removal/")
    assert not ImportedFile.objects.exists()
    assert not list((settings.MEDIA_ROOT / "imports").iterdir())


@pytest.mark.parametrize("kind", ["csv", "xlsx", "sav", "parquet"])
def test_answers_go_out_again(owner, client_of, kind, tmp_path):
    client = client_of(owner)
    client.post(drop(client, "forms.csv").url, {"do": "bring"})
    do_waiting_imports()
    content = client.get(reverse("responses-file"), {"as": kind, "period": "all"}).content
    path = tmp_path / f"answers.{kind}"
    path.write_bytes(content)
    assert rows_in(path, kind) == 14


def rows_in(path, kind) -> int:
    if kind == "csv":
        return len(path.read_text(encoding="utf-8-sig").splitlines()) - 1
    if kind == "xlsx":
        from python_calamine import CalamineWorkbook

        return len(CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()) - 1
    if kind == "sav":
        pyreadstat = pytest.importorskip("pyreadstat")
        frame, meta = pyreadstat.read_sav(str(path))
        assert any("consiglierebbe" in label for label in meta.column_labels)
        return len(frame)
    import duckdb

    return duckdb.sql(f"select count(*) from '{path}'").fetchall()[0][0]


def test_a_survey_goes_out_as_limesurvey_reads_it_and_comes_back_the_same(owner, client_of, tmp_path):
    from premura.importers.sources import recognise
    from premura.importers.surveys.carrying import carry
    from premura.loop.listen.definition import definition_from

    client = client_of(owner)
    client.post(drop(client, "s.lss").url, {"do": "bring"})
    do_waiting_imports()
    survey = Survey.objects.get()
    path = tmp_path / "out.lss"
    path.write_bytes(client.get(reverse("survey-structure", args=[survey.pk])).content)
    back = carry(recognise(path).read().survey).definition
    here = definition_from(survey.draft)
    assert [(q.kind, q.text) for q in back.questions] == [(q.kind, q.text) for q in here.questions]
    assert [[o.text for o in q.options] for q in back.questions] == [
        [o.text for o in q.options] for q in here.questions
    ]
    assert definition_to(back)["title"] == definition_to(here)["title"]


def test_the_report_says_how_it_was_read_and_what_is_not_here(owner, client_of):
    client = client_of(owner)
    rows = "".join(f"{day};4\n" for day in ("13/04/2025", "04/25/2025", "03/04/2025"))
    file = SimpleUploadedFile("x.csv", b"Data;Soddisfazione\n" + rows.encode())
    page = client.post(reverse("importing"), {"files": [file]}).url
    client.post(page, {"do": "bring"})
    do_waiting_imports()
    text = client.get(page + "report/").content.decode()
    assert "Rifiutate: 1 riga, 1 valore singolo" in text
    assert "le date si contraddicono" in text
    assert "Come è stato letto" in client.get(page).content.decode()
