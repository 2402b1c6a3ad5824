"""The demo company: true things on every page, found from the data and not announced."""

import shutil
import tomllib
from datetime import date, timedelta

import pytest
from django.db import connection

from premura.core.company.models import Company
from premura.core.errors import Conflict
from premura.core.jobs.models import Job
from premura.core.mail.models import OutgoingMail
from premura.core.staff.models import Person
from premura.importers.demo.afterwards import WINDOW
from premura.importers.demo.fill import SEED, WORDS, fill_demo
from premura.importers.demo.story import LEAFLET_WEEK, TRUCKS_CHANGED_WEEK, WEEKS, personas, visits
from premura.loop.improve.models import CaseCause
from premura.loop.listen.idea_models import SHOWN, Idea
from premura.loop.listen.models import Response, Story
from premura.loop.listen.panel_models import PanelMember
from premura.loop.promise.models import Commitment, CommitmentOutcome, Need
from premura.loop.recover.after import after_cases
from premura.loop.recover.models import Case, Gesture, GestureRequest
from premura.loop.understand.reads import counts_between
from premura.loop.understand.windows import Window
from premura.loop.verify.models import CheckResult
from premura.stats import before_after


@pytest.fixture
def demo_database(demo_folder, tmp_path, django_db_setup, django_db_blocker):
    """The database of the filled demo in the place of the tests' own."""
    shutil.copy(demo_folder / "premura.sqlite3", tmp_path)
    own = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = str(tmp_path / "premura.sqlite3")
    with django_db_blocker.unblock():
        yield
        connection.close()
    connection.settings_dict["NAME"] = own


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the demo is filled on SQLite")
def test_eighteen_months_of_a_firm_in_which_one_action_worked(demo_database):
    company = Company.objects.get()
    assert company.is_demo
    assert not Job.objects.exists()
    assert set(Response.objects.values_list("language", flat=True)) == {"it", "en"}
    span = Response.objects.order_by("answered_on")
    assert (span.last().answered_on - span.first().answered_on).days > 520
    assert set(CommitmentOutcome.objects.values_list("outcome", flat=True)) >= {"kept", "late", "broken"}
    assert Commitment.objects.filter(ended_at=None).exists()
    assert Case.objects.filter(is_open=True).exists()
    assert Gesture.objects.exists()
    after = after_cases(Person.objects.get(role="owner"), Window(date(2025, 6, 1), date(2026, 11, 20)))
    assert 0 < after.answered < after.asked
    assert after.felt["yes"].value > after.felt["no"].value
    assert set(Need.objects.values_list("state", flat=True)) == {"open", "proposed", "met", "not_met"}
    called = Commitment.objects.filter(kind="manager_call")
    assert called.filter(outcome__outcome__in=("kept", "late")).count() > called.filter(ended_at=None).count()
    assert set(Idea.objects.values_list("status", flat=True)) == {*SHOWN, "waiting", "merged"}
    assert Idea.objects.filter(panel_votes__gt=0).count() > 5
    assert {member.state for member in PanelMember.objects.all()} >= {"invited", "active", "left", "declined"}
    assert [(bool(s.words), s.pictures.count()) for s in Story.objects.order_by("pk")] == [
        (True, 1), (True, 1), (False, 0),
    ], "told with a picture, and one taken back"  # fmt: skip
    assert not OutgoingMail.objects.filter(sent_at=None).exists(), "nobody is written to"
    assert GestureRequest.objects.filter(decided_at=None).exists()
    assert CaseCause.objects.values("cause").distinct().count() == 2

    results = {row.check_of_effect.action.touchpoint.code: row for row in CheckResult.objects.all()}
    assert results["delivery"].verdict == "improved"
    assert results["delivery"].low > 0
    assert results["invoice"].verdict == "no change shown"
    # The verdict can be found again from the answers themselves
    check = results["delivery"].check_of_effect
    action = check.action
    windows = [(check.before_from, check.before_to), (check.after_from, check.after_to)]
    shares = []
    for first, last in windows:
        answers = Response.objects.filter(answered_on__range=(first, last), location=action.location)
        scores = [a.score for r in answers for a in r.answers.filter(kind="csat", touchpoint=action.touchpoint)]
        counts = counts_between("csat", first, last, touchpoint=action.touchpoint, location=action.location)
        assert counts.n == len(scores) >= company.minimum_n
        shares.append(sum(score >= 4 for score in scores) / len(scores))
    assert shares[1] - shares[0] == pytest.approx(results["delivery"].effect)


@pytest.mark.parametrize("month", range(1, 13))
def test_the_story_holds_whenever_it_is_told(month):
    """Leaving out August moves a few answers; it must not turn the verdicts."""
    lines = tomllib.loads(WORDS.read_text(encoding="utf-8"))["comments"]
    last_day = date(2027, month, 3 * month % 28 + 1)
    told = list(visits(SEED, personas(SEED), last_day, lines))
    for theme, week, place, expected in (
        ("delivery", TRUCKS_CHANGED_WEEK, 0, "improved"),
        ("billing", LEAFLET_WEEK, None, "no change shown"),
    ):
        done = last_day - timedelta(weeks=WEEKS) + timedelta(weeks=week)
        before, after = ([], [])
        for visit in told:
            if visit.theme == theme and visit.marks and place in (None, visit.place):
                days = (visit.answered_at.date() - done).days
                if 1 <= abs(days) <= WINDOW:
                    (after if days > 0 else before).append(visit.marks["csat"] >= 4)
        effect = before_after((sum(before), len(before)), (sum(after), len(after)), kind="share")
        assert effect.verdict == expected


def test_a_company_is_not_overwritten_by_the_demo(company):
    with pytest.raises(Conflict):
        fill_demo()
    assert Company.objects.get().name == "Nolo Prova"
