"""The SQL that each definition compiles to, word by word, and that it runs where it can run here.

``python tests/engine/test_engine_sql.py`` writes the files anew; what changed is then seen in the difference.
"""

import sys
from datetime import date
from pathlib import Path

import pytest

from premura.engine.answering import Asked, NotAsked
from premura.engine.compiling import DIALECTS, cells_sql, cube_sql, facts_sql, products_sql
from premura.engine.cubes import is_cubed, level_of, pieces
from premura.engine.definitions import Filter, Shape, disjoint
from premura.engine.questions import NONE, CountQuestion, Measure

GOLDEN = Path(__file__).parent / "golden"
NPS = Measure("nps@0-10", ("nps",), "0-10")
CSAT = Measure("csat@1-5", ("csat",), "1-5")
CES = Measure("ces@1-7", ("ces",), "1-7")
DELIGHT = Measure("single:expectation", ("single",), "", "expectation", (("below", -1), ("as", 0), ("above", 1)))
CATALOGUE = {"nps": NPS, "csat": CSAT, "csat_mean": CSAT, "ces": CES, "delight": DELIGHT}
DAYS = (date(2026, 1, 1), date(2026, 6, 30))

STATEMENTS = {
    **{
        f"facts-{name}": lambda dialect, measure=measure: facts_sql(Shape((measure,), ("month", "channel")), dialect)
        for name, measure in (("nps", NPS), ("csat", CSAT), ("ces", CES), ("delight", DELIGHT))
    },
    "facts-filtered": lambda dialect: facts_sql(
        Shape((NPS, DELIGHT), ("week",), (Filter("location", 2, True), Filter("channel", 1, False))), dialect
    ),
    "cells": lambda dialect: cells_sql(
        Shape((NPS, CSAT), ("week", "touchpoint"), (Filter("location", 1, True),)), dialect
    ),
    "products": lambda dialect: products_sql((("speed", ""), ("staff", ""), ("overall", "")), dialect),
    "cube": lambda dialect: cube_sql((NPS, CSAT, CES, DELIGHT), dialect),
}


def pretty(name: str, dialect: str) -> str:
    """The statement with line breaks, so that a change of it can be read."""
    return STATEMENTS[name](dialect).replace(" FROM ", "\nFROM ").replace(" AND ", "\n  AND ") + "\n"


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("name", STATEMENTS)
def test_definitions_compile_to_the_sql_that_was_read_and_found_right(name, dialect):
    assert pretty(name, dialect) == (GOLDEN / f"{name}.{dialect}.sql").read_text(encoding="utf-8")


def test_values_never_enter_the_text():
    evil = "x' OR '1'='1"
    question = CountQuestion(("nps",), *DAYS, ("month",), {"channel": evil, "location": (3, NONE)})
    asked = Asked.of(question, CATALOGUE)
    for dialect in DIALECTS:
        assert evil not in facts_sql(asked.shape, dialect)
    assert asked.values == {"channel_0": evil, "location_0": 3}


def test_lists_of_about_the_same_length_share_one_statement():
    shapes = {
        Asked.of(CountQuestion(("nps",), *DAYS, filters={"location": tuple(range(1, n + 1))}), CATALOGUE).shape
        for n in (5, 6, 7, 8)
    }
    assert len(shapes) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        CountQuestion((), *DAYS),
        CountQuestion(("nope",), *DAYS),
        CountQuestion(("nps",), *DAYS, ("colour",)),
        CountQuestion(("nps",), *DAYS, filters={"colour": 1}),
        CountQuestion(("nps",), *DAYS, filters={"scale": "1-5' --"}),
        CountQuestion(("nps",), *DAYS, filters={"scale": ("1-5", "1-7")}),
    ],
)
def test_what_the_facts_do_not_have_cannot_be_asked(wrong):
    with pytest.raises(NotAsked):
        Asked.of(wrong, CATALOGUE)


def test_places_that_nobody_may_see_match_nothing():
    asked = CountQuestion(("nps",), *DAYS, filters={"location": 5}, locations=frozenset({6}))
    assert Asked.of(asked, CATALOGUE) is None


@pytest.mark.parametrize("by", [(), ("week",), ("month",), ("touchpoint", "location")])
def test_pieces_cover_every_day_once_and_cut_no_cell(by):
    first = date(2025, 12, 30)
    for start in range(0, 40, 3):
        for length in (1, 5, 31, 90, 200, 400):
            begin = date.fromordinal(first.toordinal() + start)
            end = date.fromordinal(begin.toordinal() + length - 1)
            found = pieces(CountQuestion(("nps",), begin, end, by), date(2030, 1, 1))
            days = [day for p in found for day in range(p.first_day.toordinal(), p.last_day.toordinal() + 1)]
            assert days == list(range(begin.toordinal(), end.toordinal() + 1))
            for piece in found:
                after = date.fromordinal(piece.last_day.toordinal() + 1)
                if piece.source == "months":
                    assert (piece.first_day.day, after.day) == (1, 1)
                if piece.source == "weeks":
                    assert piece.first_day.day == 1 or piece.first_day.weekday() == 0
                    assert after.day == 1 or after.weekday() == 0


def test_a_window_up_to_the_latest_answer_has_no_edge_at_its_end():
    question = CountQuestion(("nps",), date(2026, 3, 1), date(2026, 3, 18))
    assert [piece.source for piece in pieces(question, date(2026, 3, 18))] == ["weeks"]
    assert [piece.source for piece in pieces(question, date(2026, 3, 19))] == ["weeks", "facts"]


def test_a_question_reads_the_coarsest_level_that_can_answer():
    assert level_of(CountQuestion(("nps",), *DAYS), weekly=True).code == 4
    assert level_of(CountQuestion(("nps",), *DAYS, locations=frozenset({1})), weekly=True).code == 5
    assert level_of(CountQuestion(("nps",), *DAYS, ("touchpoint",)), weekly=False).code == 2
    assert is_cubed(CountQuestion(("nps",), *DAYS, ("month", "moment")), [NPS])
    assert not is_cubed(CountQuestion(("nps",), *DAYS, ("channel",)), [NPS])
    assert not is_cubed(CountQuestion(("nps",), *DAYS), [Measure("long", ("rating",), "0-100")])


def test_measures_that_overlap_are_counted_in_passes_of_their_own():
    twice = Measure("again", ("nps",), "0-10")
    assert [len(group) for group in disjoint([NPS, CSAT, twice, DELIGHT])] == [3, 1]


def test_asking_costs_nothing_until_something_is_asked():
    """Importing the engine's rooms loads neither DuckDB nor Ibis: a page that shows no numbers stays small."""
    import subprocess

    code = (
        "import sys, premura.engine.answering, premura.engine.cluster, premura.engine.store; "
        "print([name for name in ('duckdb', 'ibis', 'sqlglot', 'pyspark', 'pyarrow', 'django') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env={
        "PYTHONPATH": str(Path(__file__).parents[2] / "src")})  # fmt: skip
    assert done.stdout.strip() == "[]"


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for each in STATEMENTS:
        for language in DIALECTS:
            (GOLDEN / f"{each}.{language}.sql").write_text(pretty(each, language), encoding="utf-8")
