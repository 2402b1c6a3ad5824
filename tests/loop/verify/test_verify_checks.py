"""Equal windows that leave out the day of the change; a verdict that may be *not enough data*; every result kept."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from premura.core.company.models import Company
from premura.core.errors import NotFound, PremuraError
from premura.core.history.models import Event
from premura.loop.improve.actions import open_action
from premura.loop.promise.models import Commitment
from premura.loop.verify import checks, reads
from premura.loop.verify.models import CheckResult, EffectivenessCheck
from premura.loop.verify.rules import expected_reached, windows_around

DAY = date(2026, 3, 19)
OVER = datetime(2026, 4, 20, 10, tzinfo=UTC)


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(7, 400))
def test_windows_are_equal_and_leave_out_the_day_of_the_change(day, days):
    windows = windows_around(day, days)
    assert (windows.before_to - windows.before_from).days + 1 == days
    assert (windows.after_to - windows.after_from).days + 1 == days
    assert windows.before_to < day < windows.after_from
    assert (windows.after_from - windows.before_to).days == 2


@given(st.floats(-1, 1), st.floats(-1, 1), st.floats(0, 0.5))
def test_surely_reached_is_reached(expected, effect, half):
    found = expected_reached(expected, effect, effect - half, effect + half)
    if found == "surely":
        assert abs(effect) >= abs(expected)
    if expected == 0:
        assert found == "unknown"


@pytest.mark.django_db
def test_completing_an_action_plans_its_check(completed, work):
    action = completed()
    work()
    check = EffectivenessCheck.objects.get(action=action)
    windows = (check.before_from, check.before_to, check.after_from, check.after_to)
    assert windows == (date(2026, 2, 17), date(2026, 3, 18), date(2026, 3, 20), date(2026, 4, 18))
    assert check.commitment.kind == "check"
    assert check.commitment.due_at == datetime(2026, 4, 19, 21, 59, 59, tzinfo=UTC)


@pytest.mark.django_db
def test_the_event_delivered_twice_plans_once(completed, work):
    completed()
    work()
    event = Event.objects.get(name="action.completed")
    checks.handle_action_completed(event)
    checks.handle_action_completed(event)
    assert EffectivenessCheck.objects.count() == 1
    assert Commitment.objects.filter(kind="check").count() == 1


@pytest.mark.django_db
def test_what_is_not_completed_cannot_be_checked(owner, completed, now):
    action = completed()
    other = open_action(
        action.cause,
        by=None,
        title="Altro",
        customer_effect="Sì",
        owner=owner,
        due_on=now.date(),
        metric="nps",
        expected_change=5,
    )
    with pytest.raises(PremuraError):
        checks.schedule_check(other, by=owner)


@pytest.fixture
def check(completed):
    return checks.schedule_check(completed(), by=None, at=datetime(2026, 3, 19, 12, tzinfo=UTC))


@pytest.mark.django_db
def test_improved(check, answer):
    answer(DAY - timedelta(days=5), 5, n=62)
    answer(DAY - timedelta(days=5), 2, n=38)
    answer(DAY + timedelta(days=5), 5, n=80)
    answer(DAY + timedelta(days=5), 2, n=20)
    result = checks.run_check(check, at=OVER)
    assert result.verdict == "improved"
    assert result.effect == pytest.approx(0.18)
    assert 0 < result.low < result.effect < result.high
    assert (result.before_n, result.after_n, result.method) == (100, 100, "difference-newcombe")
    assert result.is_final
    finding = reads.finding_of(check, result, 30)
    assert finding.before.estimate.value == pytest.approx(0.62)
    assert finding.after.estimate.value == pytest.approx(0.80)
    assert finding.reached == "reached"


@pytest.mark.django_db
def test_worse(check, answer):
    answer(DAY - timedelta(days=1), 5, n=60)
    answer(DAY + timedelta(days=1), 1, n=60)
    assert checks.run_check(check, at=OVER).verdict == "worse"


@pytest.mark.django_db
def test_no_change_shown(check, answer):
    for day in (DAY - timedelta(days=2), DAY + timedelta(days=2)):
        answer(day, 5, n=30)
        answer(day, 2, n=20)
    result = checks.run_check(check, at=OVER)
    assert (result.verdict, result.reason) == ("no change shown", "within_chance")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("before", "after", "reason"), [(12, 7, "too_few"), (40, 0, "no_answers_after"), (29, 31, "too_few_before")]
)
def test_not_enough_data_is_an_answer(check, answer, before, after, reason):
    answer(DAY - timedelta(days=2), 5, n=before)
    answer(DAY + timedelta(days=2), 4, n=after)
    result = checks.run_check(check, at=OVER)
    assert (result.verdict, result.reason) == ("not enough data", reason)
    assert (result.before_n, result.after_n) == (before, after)


@pytest.mark.django_db
def test_the_company_says_how_many_are_enough(check, answer):
    Company.objects.update(minimum_n=5)
    answer(DAY - timedelta(days=2), 1, n=10)
    answer(DAY + timedelta(days=2), 5, n=10)
    assert checks.run_check(check, at=OVER).verdict == "improved"


@pytest.mark.django_db
def test_only_the_windows_and_the_place_are_counted(completed, answer, vicenza, padova):
    check = checks.schedule_check(completed(location=vicenza), by=None, at=OVER)
    for day in (check.before_from, check.before_to):
        answer(day, 2, location=vicenza)
    for day in (check.after_from, check.after_to):
        answer(day, 5, location=vicenza)
    outside = (DAY, check.before_from - timedelta(days=1), check.after_to + timedelta(days=1))
    for day in outside:
        answer(day, 1, location=vicenza)
    answer(check.before_to, 1, location=padova)
    answer(check.after_from, 1, location=vicenza, touchpoint=None)
    result = checks.run_check(check, at=OVER)
    assert (result.before_counts, result.after_counts) == ({"2": 2}, {"5": 2})


@pytest.mark.django_db
def test_before_its_time_a_result_is_not_final_and_the_duty_stays(check, answer):
    answer(DAY - timedelta(days=1), 4, n=40)
    answer(DAY + timedelta(days=1), 5, n=40)
    answer(DAY + timedelta(days=20), 1, n=40)
    early = checks.run_check(check, at=datetime(2026, 3, 25, 9, tzinfo=UTC))
    assert not early.is_final
    assert early.after_counts == {"5": 40}
    check.commitment.refresh_from_db()
    assert check.commitment.ended_at is None
    last_day = checks.run_check(check, at=datetime(2026, 4, 18, 21, tzinfo=UTC))
    assert not last_day.is_final
    assert [event.name for event in Event.objects.filter(name__startswith="check.")] == [
        "check.scheduled",
        "check.looked_at",
        "check.looked_at",
    ]


@pytest.mark.django_db
def test_due_checks_run_once_and_keep_the_duty(check, answer):
    answer(DAY - timedelta(days=1), 4, n=40)
    assert checks.run_due_checks(at=datetime(2026, 4, 18, 12, tzinfo=UTC)) == 0
    on_the_day = datetime(2026, 4, 19, 8, tzinfo=UTC)
    assert checks.run_due_checks(at=on_the_day) == 1
    assert checks.run_due_checks(at=on_the_day) == 0
    check.commitment.refresh_from_db()
    assert check.commitment.outcome.outcome == "kept"
    assert Event.objects.get(name="check.concluded").data == {"verdict": "not enough data"}


@pytest.mark.django_db
def test_running_again_adds_a_result(check, answer, owner):
    checks.run_check(check, at=OVER)
    answer(DAY - timedelta(days=1), 2, n=40)
    answer(DAY + timedelta(days=1), 5, n=40)
    again = checks.run_check(check, by=owner, at=OVER + timedelta(days=1))
    assert CheckResult.objects.count() == 2
    assert [finding.result.verdict for finding in reads.findings(check, 30)] == ["improved", "not enough data"]
    assert reads.latest_results([check.action]) == {check.action_id: again}


@pytest.mark.django_db
def test_an_action_long_in_place_is_verified_at_once(completed, answer, work):
    action = completed(on=date(2025, 3, 3))
    work()
    result = CheckResult.objects.get(check_of_effect__action=action)
    assert result.is_final
    assert result.verdict == "not enough data"


@pytest.mark.django_db
def test_another_place_does_not_see_the_check(completed, elsewhere, owner, vicenza):
    check = checks.schedule_check(completed(location=vicenza), by=None)
    assert reads.check_for(owner, check.pk) == check
    with pytest.raises(NotFound):
        reads.check_for(elsewhere, check.pk)


@pytest.mark.django_db
def test_the_number_of_queries_does_not_grow(check, answer, django_assert_max_num_queries):
    for n in (5, 200):
        answer(DAY - timedelta(days=1), 4, n=n)
        answer(DAY + timedelta(days=1), 5, n=n)
        with django_assert_max_num_queries(12):
            checks.run_check(check, at=datetime(2026, 3, 30, 9, tzinfo=UTC))
