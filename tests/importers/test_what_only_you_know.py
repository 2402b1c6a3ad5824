"""What a table cannot tell of itself is asked: codes for no answer, answers to choose from. What is unused is said."""

from decimal import Decimal

import pytest

from premura.importers.bringing import Wish, bring, look_at, wish_from
from premura.importers.preview import outcome_of
from premura.importers.uploading import settings_from
from premura.loop.listen.models import Answer

HEAD = "Numero;Data;Ci consiglierebbe? (0-10);Voto ritiro;Spesa;Motivo;Sigla"
ROWS = [
    f"{n};{1 + n % 28:02}/03/2026;{99 if n % 9 == 0 else n % 11};"
    f"{'NR' if n % 8 == 0 else 99 if n % 10 == 0 else 1 + n % 5};"
    f"{'1.240,50' if n == 3 else f'{30 + n},5'};{('Trasloco', 'Lavoro', 'Vacanza')[n % 3]};{n * 7} x"
    for n in range(1, 121)
]  # fmt: skip


@pytest.fixture
def path(sample):
    return sample("questionari.csv", "\n".join([HEAD, *ROWS, ""]))


def asked(seen) -> dict:
    return {question.code: question for question in seen.questions}


def answered(seen, settings=None, **answers) -> dict:
    """The settings after somebody has ticked these answers on the page."""
    posted = {f"ask-{n}": answers[q.code.replace("-", "_")] for n, q in enumerate(seen.questions)
              if q.code.replace("-", "_") in answers}  # fmt: skip
    return settings_from(posted, seen, settings or {})


def test_codes_that_come_again_are_asked_about_once_for_all_columns(company, path):
    seen = look_at(path, Wish())
    question = asked(seen)["ask-codes"]
    assert question.values["codes"] == "99, NR"
    assert question.values["count"] == 13 + 9 + 15
    assert "«Voto ritiro»" in question.sentence("it")
    assert outcome_of(seen, Wish(), "").rejected_values == 9 + 15
    settings = answered(seen, ask_codes="1", ask_zero_to_ten="1")
    again = look_at(path, wish_from(settings))
    assert "ask-codes" not in asked(again)
    assert outcome_of(again, wish_from(settings), "").rejected_values == 0
    done = bring(path, wish_from(settings), by=None, lang="it")
    # Two rows say nothing at all; no single value is refused
    assert (done.refused_rows, done.refused_cells) == (2, 0)
    assert Answer.objects.filter(kind="nps").count() == 120 - 13
    assert set(Answer.objects.filter(kind="csat").values_list("score", flat=True)) == {1, 2, 3, 4, 5}


def test_a_slip_of_the_pen_is_no_code(company, sample):
    rows = [f"{n};2026-03-{1 + n % 28:02};{1 + n % 5}" for n in range(60)]
    path = sample("slip.csv", "\n".join(["id;data;voto ritiro", *rows, "99;2026-03-02;55", ""]))
    assert "ask-codes" not in asked(look_at(path, Wish()))


def test_a_column_of_a_few_answers_becomes_a_question_when_somebody_says_so(company, path):
    seen = look_at(path, Wish())
    assert asked(seen)["ask-choice"].values["different"] == 3
    settings = answered(seen, ask_choice="1")
    settings["mapping"]["Spesa"] = "number"
    bring(path, wish_from(settings), by=None, lang="it")
    assert Answer.objects.filter(kind="single").count() == 120
    assert Answer.objects.get(kind="number", response__external_id="3").number == Decimal("1240.5")


def test_what_is_not_used_is_said_until_somebody_leaves_it_out(company, path):
    seen = look_at(path, Wish())
    left = {one.code: one for one in seen.left_out}["unused-columns"]
    assert left.where == "Ci consiglierebbe? (0-10), Spesa, Motivo, Sigla"
    said = dict.fromkeys(left.where.split(", "), "ignore")
    assert "unused-columns" not in [one.code for one in look_at(path, wish_from({"mapping": said})).left_out]
