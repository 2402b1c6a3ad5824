"""Working time: what is due when, across lunch breaks, holidays and the two nights in which the clocks change."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from premura.core.company.calendar import CalendarError, WorkingCalendar, italian_holidays

ROME = ZoneInfo("Europe/Rome")
MORNING, AFTERNOON = (time(8, 30), time(12, 30)), (time(14), time(18))
SHOP = WorkingCalendar(dict.fromkeys(range(5), (MORNING, AFTERNOON)), frozenset(), "Europe/Rome")
ALWAYS = WorkingCalendar(dict.fromkeys(range(7), ((time(0), time(0)),)), frozenset(), "Europe/Rome")
NIGHTS = WorkingCalendar(
    dict.fromkeys(range(7), ((time(0), time(2, 30)), (time(3), time(6)), (time(22), time(23, 59)))),
    frozenset(),
    "Europe/Rome",
)


def rome(year, month, day, hour=0, minute=0, fold=0):
    return datetime(year, month, day, hour, minute, fold=fold, tzinfo=ROME)


def hours(number):
    return timedelta(hours=number)


# ── Vectors ──────────────────────────────────────────────────────────────────────────────────────────────────────────

FRIDAY = rome(2026, 3, 20, 17, 30)


@pytest.mark.parametrize(
    ("working", "due"),
    [
        (hours(0.25), rome(2026, 3, 20, 17, 45)),
        (hours(0.5), rome(2026, 3, 20, 18, 0)),  # exactly at closing is due at that closing
        (hours(0.75), rome(2026, 3, 23, 8, 45)),
        (hours(4), rome(2026, 3, 23, 12, 0)),
        (hours(4.5), rome(2026, 3, 23, 12, 30)),
        (hours(5), rome(2026, 3, 23, 14, 30)),
        (hours(8.5), rome(2026, 3, 23, 18, 0)),
        (hours(40.5), rome(2026, 3, 27, 18, 0)),
    ],
)
def test_opened_on_friday_at_half_past_five(working, due):
    assert SHOP.add(FRIDAY, working) == due
    assert SHOP.between(FRIDAY, due) == working


def test_what_is_opened_while_shut_begins_at_the_next_opening():
    assert SHOP.add(rome(2026, 3, 20, 13, 10), hours(1)) == rome(2026, 3, 20, 15)
    assert SHOP.add(rome(2026, 3, 21, 11), hours(1)) == rome(2026, 3, 23, 9, 30)
    assert SHOP.add(rome(2026, 3, 21, 11), hours(0)) == rome(2026, 3, 23, 8, 30)


def test_results_are_in_utc():
    due = SHOP.add(FRIDAY, hours(4))
    assert due.tzinfo is UTC
    assert due.isoformat() == "2026-03-23T11:00:00+00:00"
    assert SHOP.next_opening(rome(2026, 7, 1, 9)).tzinfo is UTC
    assert SHOP.end_of_day(date(2026, 7, 1)).tzinfo is UTC


def test_the_instant_of_opening_is_inside_and_that_of_closing_outside():
    assert SHOP.is_open(rome(2026, 3, 20, 8, 30))
    assert SHOP.is_open(rome(2026, 3, 20, 12, 29))
    assert not SHOP.is_open(rome(2026, 3, 20, 12, 30))
    assert not SHOP.is_open(rome(2026, 3, 20, 8, 29))
    assert not SHOP.is_open(rome(2026, 3, 21, 9))


def test_next_opening_is_now_while_open():
    assert SHOP.next_opening(rome(2026, 3, 20, 9, 17)) == rome(2026, 3, 20, 9, 17)
    assert SHOP.next_opening(rome(2026, 3, 20, 12, 30)) == rome(2026, 3, 20, 14)
    assert SHOP.next_opening(rome(2026, 3, 20, 18)) == rome(2026, 3, 23, 8, 30)


def test_a_promise_for_a_date_is_kept_until_the_last_second_of_that_day():
    assert SHOP.end_of_day(date(2026, 3, 19)) == datetime(2026, 3, 19, 22, 59, 59, tzinfo=UTC)
    assert SHOP.end_of_day(date(2026, 7, 19)) == datetime(2026, 7, 19, 21, 59, 59, tzinfo=UTC)


def test_time_between_is_negative_backwards():
    assert SHOP.between(rome(2026, 3, 23, 12), FRIDAY) == -hours(4)
    assert SHOP.between(FRIDAY, FRIDAY) == hours(0)


# ── Holidays and days off ────────────────────────────────────────────────────────────────────────────────────────────


def with_holidays(**choices):
    return WorkingCalendar(
        dict.fromkeys(range(5), (MORNING, AFTERNOON)),
        lambda day: day in italian_holidays(day.year, **choices),
        "Europe/Rome",
    )


def test_deadlines_skip_easter_monday_and_the_second_of_june():
    calendar = with_holidays()
    assert calendar.add(rome(2026, 4, 3, 17), hours(2)) == rome(2026, 4, 7, 9, 30)
    assert calendar.add(rome(2026, 6, 1, 17), hours(2)) == rome(2026, 6, 3, 9, 30)
    assert not calendar.is_working_day(date(2026, 4, 6))
    assert not calendar.is_open(rome(2026, 6, 2, 9))


def test_deadlines_skip_the_patron_saint_of_the_town_only_there():
    vicenza = with_holidays(patron=(9, 8))
    assert vicenza.add(rome(2026, 9, 7, 17), hours(2)) == rome(2026, 9, 9, 9, 30)
    assert with_holidays().add(rome(2026, 9, 7, 17), hours(2)) == rome(2026, 9, 8, 9, 30)


def test_days_off_may_be_a_set():
    calendar = WorkingCalendar({0: [MORNING], 1: [MORNING]}, {date(2026, 3, 23)}, "Europe/Rome")
    assert calendar.next_opening(FRIDAY) == rome(2026, 3, 24, 8, 30)


# Gregorian Easter as published by the Astronomical Applications Department of the U.S. Naval Observatory
@pytest.mark.parametrize(
    ("year", "easter"),
    [(2024, date(2024, 3, 31)), (2025, date(2025, 4, 20)), (2026, date(2026, 4, 5)), (2027, date(2027, 3, 28))],
)
def test_easter_monday_moves_with_easter(year, easter):
    assert italian_holidays(year)[easter + timedelta(days=1)] == "Lunedì dell'Angelo"


def test_national_holidays_of_the_year():
    """The list of law 260/1949 with its later changes; Saint Francis since law 151/2025, from 2026."""
    fixed = {(1, 1), (1, 6), (4, 25), (5, 1), (6, 2), (8, 15), (10, 4), (11, 1), (12, 8), (12, 25), (12, 26)}
    assert {(day.month, day.day) for day in italian_holidays(2026)} == fixed | {(4, 5), (4, 6)}
    assert date(2025, 10, 4) not in italian_holidays(2025)
    assert "San Francesco" in italian_holidays(2026)[date(2026, 10, 4)]
    assert list(italian_holidays(2026, patron=(9, 8))) == sorted(italian_holidays(2026, patron=(9, 8)))


def test_the_patron_is_a_day_or_that_of_a_province():
    assert italian_holidays(2026, patron=(9, 8))[date(2026, 9, 8)] == "Santo patrono"
    assert italian_holidays(2026, patron=(9, 8), language="en")[date(2026, 9, 8)] == "Patron saint"
    assert date(2026, 9, 8) in italian_holidays(2026, province="VI")
    assert date(2026, 9, 8) not in italian_holidays(2026, province="MI")
    with pytest.raises(CalendarError, match="province 'XX'"):
        italian_holidays(2026, province="XX")


def test_a_patron_on_a_national_holiday_or_on_a_day_the_year_has_not_changes_nothing():
    assert italian_holidays(2026, patron=(8, 15)) == italian_holidays(2026)
    assert italian_holidays(2026, patron=(2, 29)) == italian_holidays(2026)
    assert date(2028, 2, 29) in italian_holidays(2028, patron=(2, 29))


def test_who_changes_the_answer_changes_only_their_own():
    italian_holidays(2026).clear()
    assert len(italian_holidays(2026)) == 13


# ── Hours that are odd ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("given_hours", [{}, {0: []}, {0: [], 4: ()}])
def test_without_hours_there_is_no_deadline(given_hours):
    calendar = WorkingCalendar(given_hours, frozenset(), "Europe/Rome")
    for ask in (lambda: calendar.add(FRIDAY, hours(1)), lambda: calendar.next_opening(FRIDAY)):
        with pytest.raises(CalendarError, match="no opening hours"):
            ask()
    assert not calendar.is_open(FRIDAY)
    assert not calendar.is_working_day(FRIDAY.date())
    assert calendar.between(FRIDAY, FRIDAY + timedelta(days=9)) == hours(0)


def test_hours_that_never_open_are_refused_instead_of_looked_for_for_ever():
    calendar = WorkingCalendar({0: [MORNING]}, lambda day: True, "Europe/Rome")
    with pytest.raises(CalendarError, match="whole year"):
        calendar.add(FRIDAY, hours(1))


def test_time_that_reaches_beyond_the_calendar_is_refused():
    with pytest.raises(CalendarError, match="last day"):
        SHOP.add(datetime(9999, 12, 20, tzinfo=UTC), hours(1000))


@pytest.mark.parametrize(
    ("given_hours", "zone", "words"),
    [
        ({0: [(time(12), time(8))]}, "Europe/Rome", "ends before it begins"),
        ({0: [(time(8), time(8))]}, "Europe/Rome", "ends before it begins"),
        ({7: [MORNING]}, "Europe/Rome", "Weekdays"),
        ({0: [MORNING]}, "Europe/Vicenza", "time zone"),
        ({0: [MORNING]}, "../etc/passwd", "time zone"),
    ],
)
def test_impossible_calendars_are_refused(given_hours, zone, words):
    with pytest.raises(CalendarError, match=words):
        WorkingCalendar(given_hours, frozenset(), zone)


def test_negative_working_time_and_instants_without_zone_are_refused():
    with pytest.raises(CalendarError, match="negative"):
        SHOP.add(FRIDAY, -hours(1))
    naive = datetime(2026, 3, 20, 17, 30)
    for ask in (lambda: SHOP.add(naive, hours(1)), lambda: SHOP.is_open(naive), lambda: SHOP.between(naive, FRIDAY)):
        with pytest.raises(CalendarError, match="time zone"):
            ask()


def test_stretches_that_overlap_or_touch_count_once_in_any_order():
    calendar = WorkingCalendar(
        {0: [(time(14), time(18)), (time(10), time(14)), (time(8), time(12))]}, frozenset(), "Europe/Rome"
    )
    assert calendar.between(rome(2026, 3, 23), rome(2026, 3, 24)) == hours(10)
    assert calendar.add(rome(2026, 3, 23, 7), hours(10)) == rome(2026, 3, 23, 18)


def test_closing_at_midnight_is_the_end_of_the_day():
    for closing in (time(0), time(23, 59)):
        evenings = WorkingCalendar({4: [(time(20), closing)]}, frozenset(), "Europe/Rome")
        assert evenings.add(rome(2026, 3, 20, 19), hours(4)) == rome(2026, 3, 21)
        assert evenings.is_open(rome(2026, 3, 20, 23, 59))
        assert not evenings.is_open(rome(2026, 3, 21))


# ── Nights in which the clocks change: 29 March and 25 October 2026, Europe/Rome ─────────────────────────────────────


@pytest.mark.parametrize(("day", "length"), [((3, 28), 24), ((3, 29), 23), ((10, 24), 24), ((10, 25), 25)])
def test_a_whole_day_is_as_long_as_the_clocks_make_it(day, length):
    start = rome(2026, *day)
    end = start + timedelta(days=1)
    assert ALWAYS.between(start, end) == hours(length)
    assert ALWAYS.add(start, hours(length)) == end


def test_a_start_told_in_local_time_is_reckoned_in_real_hours():
    """Sums in local time would answer 05:00 and 04:00: an hour too few, an hour too many."""
    assert ALWAYS.add(rome(2026, 3, 29, 1), hours(3)).astimezone(ROME).hour == 5
    assert ALWAYS.add(rome(2026, 10, 25, 1), hours(3)).astimezone(ROME).hour == 3
    assert ALWAYS.between(rome(2026, 3, 29, 1), rome(2026, 3, 29, 5)) == hours(3)
    assert ALWAYS.between(rome(2026, 10, 25, 2, 30), rome(2026, 10, 25, 2, 30, fold=1)) == hours(1)
    assert ALWAYS.between(rome(2026, 10, 25, 2, 45), rome(2026, 10, 25, 2, 15, fold=1)) == hours(0.5)


def test_deadlines_over_the_weekend_of_the_change_keep_their_hour_on_the_wall():
    assert SHOP.add(rome(2026, 3, 27, 17, 30), hours(4)) == rome(2026, 3, 30, 12)
    assert SHOP.add(rome(2026, 10, 23, 17, 30), hours(4)) == rome(2026, 10, 26, 12)


def test_the_hour_that_is_skipped_is_not_counted_twice():
    """00–02.30 and 03–06 on the night in which 02–03 does not exist: 5 real hours from midnight to six."""
    assert NIGHTS.between(rome(2026, 3, 29), rome(2026, 3, 29, 6)) == hours(5)
    only_the_gap = WorkingCalendar({6: [(time(2, 30), time(3, 15))]}, frozenset(), "Europe/Rome")
    assert only_the_gap.between(rome(2026, 3, 28), rome(2026, 3, 30)) == hours(0)
    assert only_the_gap.add(rome(2026, 3, 28), hours(0.75)) == rome(2026, 4, 5, 3, 15)


# ── Properties ───────────────────────────────────────────────────────────────────────────────────────────────────────

CALENDARS = st.sampled_from([SHOP, ALWAYS, NIGHTS, with_holidays(patron=(9, 8))])
# Three years of instants to the minute, and those around the changes of the clocks more often
INSTANTS = st.one_of(
    st.integers(0, 3 * 365 * 24 * 60).map(lambda minute: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)),
    st.integers(-2000, 2000).map(lambda minute: datetime(2026, 3, 29, 1, tzinfo=UTC) + timedelta(minutes=minute)),
    st.integers(-2000, 2000).map(lambda minute: datetime(2026, 10, 25, 1, tzinfo=UTC) + timedelta(minutes=minute)),
).flatmap(lambda instant: st.sampled_from([instant, instant.astimezone(ROME)]))
LENGTHS = st.integers(0, 100 * 60).map(lambda minutes: timedelta(minutes=minutes))


@st.composite
def some_calendar(draw):
    """Any split week, with stretches that may overlap, touch, cross the skipped hour or reach midnight."""
    minute = st.integers(0, 24 * 60 - 1).map(lambda number: time(number // 60, number % 60))
    stretch = st.tuples(minute, minute).filter(lambda pair: pair[0] < pair[1])
    week = draw(st.dictionaries(st.integers(0, 6), st.lists(stretch, min_size=1, max_size=3), min_size=1))
    return WorkingCalendar(
        week, frozenset(), draw(st.sampled_from(["Europe/Rome", "America/New_York", "Asia/Kolkata"]))
    )


ANY = st.one_of(CALENDARS, some_calendar())
# The first question of a year reads the holidays, which takes its time
unhurried = settings(deadline=None)


@unhurried
@given(ANY, INSTANTS, LENGTHS)
def test_the_time_between_start_and_due_is_what_was_asked_for(calendar, start, working):
    assert calendar.between(start, calendar.add(start, working)) == working


@unhurried
@given(ANY, INSTANTS, LENGTHS, LENGTHS)
def test_more_work_is_never_due_earlier(calendar, start, less, more):
    assume(less <= more)
    assert calendar.add(start, less) <= calendar.add(start, more)


@unhurried
@given(ANY, INSTANTS, INSTANTS, LENGTHS)
def test_what_begins_later_is_never_due_earlier(calendar, first, second, working):
    first, second = sorted((first.astimezone(UTC), second.astimezone(UTC)))
    assert calendar.add(first, working) <= calendar.add(second, working)


@unhurried
@given(ANY, INSTANTS, LENGTHS)
def test_what_is_due_is_due_while_open_or_at_closing(calendar, start, working):
    due = calendar.add(start, working)
    assert calendar.is_open(due) or calendar.is_open(due - timedelta(microseconds=1))


@unhurried
@given(ANY, INSTANTS, LENGTHS.filter(bool), LENGTHS.filter(bool))
def test_work_in_two_parts_is_due_when_it_would_be_in_one(calendar, start, one, two):
    assert calendar.add(calendar.add(start, one), two) == calendar.add(start, one + two)


@unhurried
@given(ANY, INSTANTS)
def test_next_opening_is_open_and_nothing_is_worked_before_it(calendar, instant):
    opening = calendar.next_opening(instant)
    assert opening >= instant
    assert calendar.is_open(opening)
    assert calendar.between(instant, opening) == timedelta(0)
    # In UTC: Python never calls two instants of different zones equal in the hour that comes twice (PEP 495)
    assert (opening == instant.astimezone(UTC)) == calendar.is_open(instant)


@unhurried
@given(ANY, INSTANTS, INSTANTS, INSTANTS)
def test_time_between_adds_up(calendar, first, middle, last):
    assert calendar.between(first, middle) + calendar.between(middle, last) == calendar.between(first, last)


@unhurried
@given(INSTANTS, st.integers(0, 3 * 24 * 60))
def test_time_between_is_what_a_person_with_a_watch_would_count(start, minutes):
    calendar = with_holidays(patron=(9, 8))
    closed = {day for year in (2024, 2025, 2026, 2027, 2028) for day in italian_holidays(year, patron=(9, 8))}

    def at_work(instant):
        local = instant.astimezone(ROME)
        in_hours = any(opens <= local.time() < closes for opens, closes in (MORNING, AFTERNOON))
        return in_hours and local.weekday() < 5 and local.date() not in closed

    start = start.astimezone(UTC)
    counted = sum(at_work(start + timedelta(minutes=minute)) for minute in range(minutes))
    assert calendar.between(start, start + timedelta(minutes=minutes)) == timedelta(minutes=counted)
