"""Themes nobody had named: found at night, the same from week to week, and what people make of them."""

from datetime import UTC, date, datetime, timedelta

import pytest

NOW = datetime(2026, 3, 30, 3, tzinfo=UTC)
TODAY = date(2026, 3, 30)
PLAIN = ("Tutto bene, grazie.", "Gentili e veloci.", "Torneremo di sicuro.", "Va bene così.")
COFFEE = ("Manca il caffè.", "Il caffè non andava.", "Il caffè era freddo, chiamatemi al 347 1234567.")
PARKING = ("Il parcheggio è piccolo.", "Non si trova un parcheggio.", "Pochi parcheggi.")

pytestmark = pytest.mark.django_db


def read_all() -> None:
    """What themes need of a reading, without the model: whether there are personal data."""
    from premura.loop.listen.models import Answer
    from premura.loop.understand.models import CommentReading

    known = {"language": "it", "sentiment": "neutral", "score": 0, "p": 1, "is_uncertain": False, "model_version": "-"}
    CommentReading.objects.bulk_create(
        CommentReading(answer=answer, has_personal_data="347" in answer.text, read_at=NOW, **known)
        for answer in Answer.objects.filter(kind="text", reading__isnull=True)
    )


@pytest.fixture
def said(respond, vicenza):
    """Half a year: parking all along, coffee in the last weeks only and mostly at one place."""
    for at in range(48):
        respond(TODAY - timedelta(days=40 + at), text=PLAIN[at % 4], nps=9)
        if at % 4 == 0:
            respond(TODAY - timedelta(days=40 + at), text=PARKING[at // 4 % 3], nps=4)
    for at in range(24):
        respond(TODAY - timedelta(days=at % 20), text=PLAIN[at % 4], nps=9)
        if at % 2 == 0:
            respond(TODAY - timedelta(days=at % 20), text=COFFEE[at // 2 % 3], nps=2, location=vicenza)
    read_all()


@pytest.fixture
def made(said):
    from premura.loop.understand.theme_making import make_themes

    make_themes(NOW)


def theme_of(word: str):
    from premura.loop.understand.models import Theme

    return next(theme for theme in Theme.objects.all() if word in theme.words)


def seen_by(person, days=365, least=10, **filters):
    from premura.loop.understand.metrics import METRICS
    from premura.loop.understand.theme_reads import themes_seen
    from premura.loop.understand.windows import Window

    rows = themes_seen(person, Window.ending(TODAY, days), METRICS["nps"], least, **filters)
    return {row.theme.label: row for row in rows}


def test_themes_are_found_counted_and_scored(made, owner):
    from premura.loop.understand.metrics import METRICS, Counts

    seen = seen_by(owner)
    assert set(seen) == {"caffè", "parcheggio"}
    assert (seen["caffè"].n, seen["parcheggio"].n, seen["caffè"].of) == (12, 12, 96)
    assert seen["caffè"].scored == Counts({2: 12})
    assert seen["parcheggio"].score == METRICS["nps"].estimate(Counts({4: 12}))
    low, high = seen["caffè"].share[1:]
    assert low < 12 / 96 < high


def test_a_theme_has_a_line_week_by_week(made, owner, elsewhere, vicenza, django_assert_num_queries):
    from premura.loop.understand.theme_weeks import theme_weeks
    from premura.loop.understand.windows import Window

    window = Window.ending(TODAY, 120)
    owner.location_ids()
    with django_assert_num_queries(2):
        courses = theme_weeks(owner, window, 3)
    coffee = courses[theme_of("caffè").pk]
    assert {one.day.weekday() for one in coffee.moments} == {0}
    assert sum(round((one.estimate.value or 0) * one.estimate.n) for one in coffee.moments) == 12
    assert sum(one.estimate.n for one in coffee.moments) == 96
    # For weeks nobody spoke of it, then many did: neither is everyday variation
    assert coffee.charted[max(signal.index for signal in coffee.chart.signals)] >= len(coffee.moments) - 4
    assert theme_weeks(owner, window, 1_000)[theme_of("caffè").pk].chart is None
    assert theme_of("caffè").pk not in theme_weeks(elsewhere, window, 3, location=vicenza.pk)


def test_who_answers_twice_counts_once(made, owner):
    from premura.loop.listen.models import Answer
    from premura.loop.understand.metrics import Counts
    from premura.loop.understand.models import ThemeMention

    first = ThemeMention.objects.filter(theme=theme_of("caffè")).order_by("pk").values_list("answer__response")[0][0]
    Answer.objects.create(response_id=first, question="again", kind="nps", scale="0-10", score=9)
    Answer.objects.create(response_id=first, question="comment2", kind="text", text="Ancora: il caffè.")
    assert seen_by(owner)["caffè"].scored == Counts({2: 11, 5: 1})


def test_again_nothing_changes_and_a_new_comment_finds_its_theme(made, respond, owner):
    from premura.core.history.models import Event
    from premura.loop.understand.models import Theme, ThemeMention
    from premura.loop.understand.theme_making import make_themes

    before = list(Theme.objects.values()), set(ThemeMention.objects.values_list("pk", "theme", "answer"))
    make_themes(NOW + timedelta(days=1))
    assert (list(Theme.objects.values()), set(ThemeMention.objects.values_list("pk", "theme", "answer"))) == before
    assert Event.objects.filter(name="themes.made").count() == 1
    respond(TODAY, text="Di nuovo niente caffè!")
    read_all()
    make_themes(NOW + timedelta(days=2))
    assert list(Theme.objects.values()) == before[0]
    assert seen_by(owner)["caffè"].n == 13


def test_what_rises_is_told_once_with_how_often_it_came_before(made, owner, elsewhere):
    from premura.loop.understand.models import ThemeRise
    from premura.loop.understand.theme_making import make_themes
    from premura.loop.understand.theme_reads import risen, risen_lately

    (row,) = risen(owner, NOW)
    assert (row.theme.label, row.rise.comments, row.rise.of) == ("caffè", 12, 36)
    assert (row.rise.comments_before, row.rise.of_before) == (0, 60)
    assert row.rise.difference.low > 0.1
    make_themes(NOW + timedelta(days=1))
    assert ThemeRise.objects.count() == 1
    assert risen_lately(owner, NOW) == [row]
    assert risen_lately(owner, NOW + timedelta(days=60)) == []
    # Who may read other places only is told of what rises there
    assert risen(elsewhere, NOW) == []


def test_names_pins_and_hiding_are_people_s_and_can_be_taken_back(made, owner):
    from premura.core.errors import PremuraError
    from premura.core.history.models import Event
    from premura.loop.understand.theme_reads import hidden_themes, risen
    from premura.loop.understand.themes import hide_theme, name_theme, pin_theme

    theme = theme_of("parcheggio")
    assert str(name_theme(theme, "  Il  parcheggio piccolo ", by=owner)) == "Il parcheggio piccolo"
    assert str(name_theme(theme, "", by=owner)) == "parcheggio"
    with pytest.raises(PremuraError, match="80"):
        name_theme(theme, "a" * 81, by=owner)
    pin_theme(theme, by=owner)
    assert next(iter(seen_by(owner))) == "parcheggio"
    coffee = hide_theme(theme_of("caffè"), by=owner)
    assert hidden_themes() == [coffee]
    assert (list(seen_by(owner)), risen(owner, NOW)) == (["parcheggio"], [])
    hide_theme(coffee, is_hidden=False, by=owner)
    assert len(seen_by(owner)) == 2
    assert Event.objects.filter(name="theme.changed").count() == 5


def test_merged_themes_count_together_and_part_again(made, owner, respond):
    from premura.core.errors import PremuraError
    from premura.loop.understand.comment_reads import Said, comments_understood
    from premura.loop.understand.themes import merge_theme, part_theme
    from premura.loop.understand.windows import Window

    respond(TODAY, text="Né il caffè né il parcheggio.")
    read_all()
    from premura.loop.understand.theme_making import make_themes

    make_themes(NOW)
    coffee, parking = theme_of("caffè"), theme_of("parcheggio")
    coffee = merge_theme(coffee, parking, by=owner)
    with pytest.raises(PremuraError):
        merge_theme(parking, coffee, by=owner)
    seen = seen_by(owner)
    assert (list(seen), seen["parcheggio"].n) == (["parcheggio"], 25)
    rows = comments_understood(owner, Window.ending(TODAY, 365), Said(theme=str(parking.pk)))
    assert rows.count() == 25
    make_themes(NOW)
    assert list(seen_by(owner)) == ["parcheggio"]
    part_theme(coffee, by=owner)
    assert {label: row.n for label, row in seen_by(owner).items()} == {"caffè": 13, "parcheggio": 13}


def test_quotes_hide_personal_data_and_forget_with_the_words(made, owner, viewer, respond, now):
    from premura.core.customers.models import Customer
    from premura.loop import wiring
    from premura.loop.listen.models import Answer

    assert any("347 1234567" in quote.words for row in [seen_by(owner)["caffè"]] for quote in row.quotes)
    assert not any("1234567" in quote.words for row in seen_by(viewer).values() for quote in row.quotes)
    customer = Customer.objects.create(name="Rita", created_at=now)
    for answer in Answer.objects.filter(kind="text", text__contains="caffè"):
        answer.response.customer = customer
        answer.response.save()
    wiring.forget_customer(customer, by=owner)
    row = seen_by(owner)["caffè"]
    assert (row.n, row.quotes) == (12, ())


def test_without_comments_there_is_nothing(company, owner):
    from premura.loop.understand.theme_making import make_themes

    make_themes(NOW)
    assert seen_by(owner) == {}
