"""``premura import responses`` says what came of a file in the reader's language."""

import argparse
import json
from pathlib import Path

import pytest

from premura.entrypoints.cli import importing

pytestmark = pytest.mark.django_db
ROWS = (
    "id,date,nps,comment\n1,2026-03-01,9,Personale gentile e rapido\n"
    "2,2026-03-02,11,Attesa troppo lunga al banco\n3,2026-03-03,4,Furgone sporco e senza carburante\n"
)


@pytest.fixture
def run(company, tmp_path, monkeypatch, capsys, settings):
    """``run("--lang", "it")`` brings the file in → exit code, what was printed, what was complained of."""
    settings.MEDIA_ROOT = tmp_path / "media"
    monkeypatch.setattr(importing, "prepare", lambda: None)
    path = tmp_path / "marzo.csv"
    path.write_text(ROWS, encoding="utf-8")

    def run(*options):
        parser = argparse.ArgumentParser()
        importing.add_arguments(parser)
        code = importing.run(parser.parse_args(["responses", str(path), *options]))
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def test_what_came_of_it_is_said_in_italian(run):
    code, said, _ = run("--lang", "it")
    assert code == 0
    assert "3 risposte lette: 3 nuove, 0 già in azienda." in said
    assert "1 valore o riga scartata" in said
    assert "already" not in said
    rejected = said.partition("riga per riga: ")[2].splitlines()[0]
    assert "11 è fuori dalla scala 0-10" in Path(rejected).read_text(encoding="utf-8-sig")
    assert "0 nuove, 3 già in azienda" in run("--lang", "it")[1]


def test_in_english_and_for_programs(run):
    assert "Nothing has changed" in run("--lang", "en", "--dry-run")[1]
    assert "3 answers read: 3 new, 0 already in the company." in run("--lang", "en")[1]
    again = json.loads(run("--lang", "en", "--json")[1])
    assert (again["accepted"], again["already_there"], again["rejected"]) == (0, 3, 1)


def test_a_file_that_is_empty_is_refused_in_the_readers_language(run, tmp_path):
    (tmp_path / "marzo.csv").write_text("", encoding="utf-8")
    code, said, complained = run("--lang", "it")
    assert (code, said) == (2, "")
    assert "è vuoto" in complained


@pytest.fixture
def bring(company, tmp_path, monkeypatch, capsys, settings):
    """``bring("customers", text, "--json")``: any kind of a file of these words."""
    settings.MEDIA_ROOT = tmp_path / "media"
    monkeypatch.setattr(importing, "prepare", lambda: None)

    def bring(what, text, *options):
        path = tmp_path / "file.csv"
        path.write_text(text, encoding="utf-8")
        parser = argparse.ArgumentParser()
        importing.add_arguments(parser)
        code = importing.run(parser.parse_args([what, str(path), *options, "--lang", "it"]))
        said = capsys.readouterr()
        return code, said.out, said.err

    return bring


PREVIEWED = {
    "kind", "system", "sure", "rows", "questions", "looked_at", "new", "already_there", "refused", "replies_to_add",
    "first_day", "last_day", "columns", "questions_to_answer", "not_carried_over", "warnings",
}  # fmt: skip
BROUGHT = {
    "import", "kind", "rows", "accepted", "already_there", "rejected", "rejected_rows", "rejected_file",
    "not_carried_over", "warnings",
}  # fmt: skip
CUSTOMERS = "Nome,E-mail,Codice cliente\nAnna,anna@example.it,C1\nUgo,,C2\n,,\nAnna,anna@example.it,C1\n"


@pytest.mark.parametrize(("what", "text"), [("responses", ROWS), ("customers", CUSTOMERS)])
def test_programs_find_the_same_keys_for_every_kind(bring, what, text):
    previewed = json.loads(bring(what, text, "--json", "--dry-run")[1])
    brought = json.loads(bring(what, text, "--json")[1])
    assert (set(previewed), set(brought)) == (PREVIEWED, BROUGHT)
    assert (previewed["new"], previewed["rows"]) == (brought["accepted"], brought["rows"])
    assert json.loads(bring(what, text, "--json", "--dry-run")[1])["new"] == 0


def test_a_code_for_no_answer_counts_for_the_recommendation_too(bring):
    code, said, _ = bring("responses", ROWS.replace(",11,", ",99,"), "--missing", "99,4", "--json")
    assert (code, json.loads(said)["rejected"]) == (0, 0), "and 4 is an answer there, whatever it is elsewhere"


@pytest.mark.parametrize(("what", "options", "code", "words"), [
    ("responses", ["--delimiter", "|"], 1, ""),
    ("responses", ["--system", "qualtrics"], 2, "non è scritto come lo scrive Qualtrics"),
    ("survey", ["--map", "nps=nps"], 2, "--map non serve"),
    ("reviews", ["--map", "comment=csat"], 2, ""),
])  # fmt: skip
def test_what_cannot_be_is_said_and_has_an_exit_code(bring, what, options, code, words):
    ended, _, complained = bring(what, ROWS, *options)
    assert ended == code
    assert words in complained
