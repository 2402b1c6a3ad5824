"""When a text says something happens: sentences with answers reckoned by hand, and what must hold of any text."""

import calendar
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from premura.text.calendar_words import FULL_MONTHS, easter
from premura.text.clock import find_clocks
from premura.text.dates import RULES, add_months, add_working_days, coming
from premura.text.promises import read_promises

WEDNESDAY = datetime(2026, 11, 25, 10, 0)


def sentences() -> list[tuple[datetime, str, str]]:
    found = []
    for name in ("promises.tsv", "idioms.tsv"):
        now = WEDNESDAY
        for line in Path(__file__).with_name(name).read_text(encoding="utf-8").splitlines():
            if line.startswith("#"):
                continue
            sentence, answer = line.split("\t")
            if sentence == "now":
                now = datetime.fromisoformat(answer)
            else:
                found.append((now, sentence, answer))
    return found


def said(sentence: str, now: datetime = WEDNESDAY) -> str:
    promises = read_promises(sentence, now=now)
    return ",".join("~" if promise.vague else str(promise.date) for promise in promises) or "-"


@pytest.mark.parametrize(("now", "sentence", "answer"), sentences())
def test_a_sentence_names_what_was_reckoned_by_hand(now, sentence, answer):
    assert said(sentence, now) == answer


def times_in_sentences() -> dict[str, list[tuple[str, str]]]:
    """Section of `times.tsv` → every sentence of it with every time, and what it names."""
    found: dict[str, list[tuple[str, str]]] = {}
    for section in (Path(__file__).with_name("times.tsv")).read_text(encoding="utf-8").split("\n# ")[2:]:
        title, *lines = section.splitlines()
        frames = [line.removeprefix("> ") for line in lines if line.startswith("> ")]
        times = [line.split("\t") for line in lines if not line.startswith("> ")]
        found[title] = [(frame.replace("{}", time), answer) for frame in frames for time, answer in times]
    return found


@pytest.mark.parametrize("section", times_in_sentences())
def test_every_time_is_read_in_every_sentence(section):
    read = [(text, said(text[0].upper() + text[1:])) for text, _ in times_in_sentences()[section]]
    assert read == times_in_sentences()[section]
    assert len(read) > 300


def test_there_are_enough_sentences_and_rules():
    assert len(sentences()) >= 500
    assert len(RULES) >= 40


def test_the_phrase_is_the_text_at_its_span():
    text = "Buongiorno,\nVi richiamo ENTRO LE 12 di giovedì, oppure al più presto."
    promises = read_promises(text, now=WEDNESDAY)
    assert [(p.phrase, p.vague) for p in promises] == [("ENTRO LE 12 di giovedì", False), ("al più presto", True)]
    assert all(text[slice(*p.span)] == p.phrase for p in promises)


def test_what_nobody_sees_hides_no_date():
    text = "\ufeffRichiamo entro ve\u200bner\u00addì"
    (promise,) = read_promises(text, now=WEDNESDAY)
    assert (promise.date, promise.phrase) == ("2026-11-27", "entro ve\u200bner\u00addì")
    assert text[slice(*promise.span)] == promise.phrase


@pytest.mark.parametrize(
    "text",
    [
        "Il pezzo sara' pronto  lunedi' alle  16",
        "Il pezzo sara\u0300 pronto lunedi\u0300 alle 16",
        "Il pezzo sara pronto lunedi alle 16",
    ],
)
def test_accents_are_read_however_they_are_typed(text):
    (promise,) = read_promises(text, now=WEDNESDAY)
    assert promise.date == "2026-11-30T16:00"
    assert text[slice(*promise.span)] == promise.phrase == text[text.index("lunedi") :]


def test_marks_that_join_no_letter_are_read():
    assert [p.date for p in read_promises("\u0300q\u0303 entro venerdì  ", now=WEDNESDAY)] == ["2026-11-27"]


def test_company_holidays_are_no_working_days():
    day_off = {date(2026, 11, 26)}
    promises = read_promises("entro due giorni lavorativi", now=WEDNESDAY, holidays=lambda year: day_off)
    assert promises[0].date == "2026-11-30"


@pytest.mark.parametrize(
    ("year", "day"), [(2024, "2024-03-31"), (2025, "2025-04-20"), (2026, "2026-04-05"), (2038, "2038-04-25")]
)
def test_easter(year, day):
    assert easter(year).isoformat() == day


days = st.datetimes(datetime(2020, 1, 1), datetime(2035, 12, 31)).map(lambda d: d.replace(second=0, microsecond=0))
ITALIAN_DAYS = ["lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato", "domenica"]
ENGLISH_DAYS = [name.lower() for name in calendar.day_name]


@given(days, st.integers(0, 6))
def test_a_weekday_lies_one_to_seven_days_ahead_in_both_languages(now, weekday):
    expected = coming(now.date(), weekday)
    assert 1 <= (expected - now.date()).days <= 7
    assert expected.weekday() == weekday
    assert (
        said(f"entro {ITALIAN_DAYS[weekday]}", now) == said(f"by {ENGLISH_DAYS[weekday]}", now) == expected.isoformat()
    )


@given(days, st.integers(1, 60))
def test_so_many_days_ahead(now, count):
    assert said(f"tra {count} giorni", now) == (now.date() + timedelta(count)).isoformat()
    assert said(f"within {count} hours", now) == (now + timedelta(hours=count)).strftime("%Y-%m-%dT%H:%M")


@given(days, st.integers(1, 28), st.sampled_from(list(FULL_MONTHS.items())[:12]), st.integers(2020, 2035))
def test_a_full_date_is_that_date_whenever_it_is_read(now, day, month, year):
    assert said(f"entro il {day} {month[0]} {year}", now) == date(year, month[1], day).isoformat()
    assert said(f"il {day:02}/{month[1]:02}/{year}", now) == date(year, month[1], day).isoformat()


@given(days, st.integers(1, 28), st.sampled_from(list(FULL_MONTHS.items())[:12]))
def test_a_date_without_a_year_is_the_next_one(now, day, month):
    read = date.fromisoformat(said(f"entro il {day} {month[0]}", now))
    assert now.date() <= read < now.date() + timedelta(367)
    assert (read.day, read.month) == (day, month[1])


@given(days, st.integers(1, 30))
def test_working_days_are_never_at_the_weekend_and_always_further_than_days(now, count):
    day = add_working_days(now.date(), count, lambda year: set())
    assert day.weekday() < 5
    assert day >= now.date() + timedelta(count)


@given(st.dates(date(2000, 1, 1), date(2050, 1, 1)), st.integers(-40, 40))
def test_months_add_up(day, months):
    moved = add_months(day, months)
    assert (moved.year * 12 + moved.month) - (day.year * 12 + day.month) == months
    assert moved.day <= day.day


@given(st.integers(7, 23), st.integers(0, 59))
def test_a_time_is_read_as_written(hour, minute):
    assert [c.at.isoformat("minutes") for c in find_clocks(f"alle {hour}:{minute:02}")] == [f"{hour:02}:{minute:02}"]


@settings(deadline=None)
@given(st.text(max_size=200), days)
def test_any_text_is_read_without_an_error_and_the_same_way_twice(text, now):
    promises = read_promises(text, now=now)
    assert promises == read_promises(text, now=now)
    assert all(text[slice(*promise.span)] == promise.phrase for promise in promises)


DATE_WORDS = (
    "entro per tra il 3 31 12/3 le 18 alle venerdì prossimo scorso fine mese settimana due giorni lavorativi domani oggi "
    "by next Friday week in a at 5pm of the month December p.v. febbraio 29 within 48 hours ago fa ieri 99 al più presto"
)
words = st.sampled_from(DATE_WORDS.split())


@settings(deadline=None, max_examples=300)
@given(st.lists(words, max_size=9).map(" ".join), days)
def test_any_mixture_of_date_words_is_read_without_an_error_or_an_overlap(text, now):
    promises = read_promises(text, now=now)
    for one, two in pairwise(promises):
        assert one.span[1] <= two.span[0]
    for promise in promises:
        assert promise.vague == (promise.date is None)
        if promise.date:
            datetime.fromisoformat(promise.date)
