"""The comments page: what the machine understood is put right by a click."""

import re

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db


@pytest.fixture
def comment(world):
    """The comment of the world, read."""
    from premura.loop.understand.comments import read_answers, unread

    read_answers(unread())
    return world.comment


def test_one_click_puts_a_judgement_right(client_of, people, world, comment):
    from premura.loop.understand.models import TaughtHead

    client = client_of(people["colleague"])
    page = client.get(reverse("comments"), {"period": "all"}).content.decode()
    form = re.search(rf'<form class="comment-facts judging".*?id="missing-{comment.pk}".*?</form>', page, re.DOTALL)
    assert form
    assert 'value="sentiment::positive"' in form[0]
    address = reverse("comment-judgement", args=[comment.pk])

    after = client.post(address, {"says": "sentiment::positive", "next": f"{reverse('comments')}?period=all"})
    assert after["Location"] == f"{reverse('comments')}?period=all"
    figures = {"shipped": 0.7, "own": 0.78, "difference": 0.08, "low": 0.02, "high": 0.14}
    found = {"kind": "sentiment", "n": 120, "comments": 60, "is_better": True, **figures}
    told = {"learnt_at": world.response.answered_at, "judgements": 60, "comments": 60}
    TaughtHead.objects.create(comparisons=[found], **told)
    shown = client.get(reverse("comments"), {"period": "all", "sentiment": "positive"}).content.decode()
    assert "giusto nel 78%" in shown
    assert "+8 (da +2 a +14): si usa" in shown
    assert "contenti detto da una persona" in " ".join(shown.split())
    assert "Quanto fidarsi della macchina" in shown

    fragment = client.post(address, {"missing": "signal:leaving:yes"}, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in fragment
    assert "potrebbe lasciarci" in fragment
    assert (
        client.post(address, {"says": "all"}, headers={"HX-Request": "true"}).content.decode().count("È tutto giusto")
        == 0
    )
    assert client.post(address, {"says": "aspect:<script>:no"}).status_code == 400


def test_who_may_not_work_on_cases_sees_marks_without_buttons(client_of, people, comment):
    page = client_of(people["viewer"]).get(reverse("comments"), {"period": "all"}).content.decode()
    assert "scontenti" in page
    assert reverse("comment-judgement", args=[comment.pk]) not in page


def test_comments_are_searched_by_meaning(client_of, people, comment):
    client = client_of(people["viewer"])
    asked = {"period": "all", "q": "the machine was dirty and would not start", "how": "meaning"}
    page = client.get(reverse("comments"), asked).content.decode()
    assert "betoniera" in page
    assert "Prima i più vicini per significato" in page
    assert "Nessun commento corrisponde" in client.get(reverse("comments"), asked | {"how": ""}).content.decode()
    assert (
        "Nessun commento corrisponde" in client.get(reverse("comments"), asked | {"emotion": "trust"}).content.decode()
    )


def test_praise_and_blame_stand_side_by_side(client_of, people, comment):
    page = client_of(people["viewer"]).get(reverse("comment-sides"), {"period": "all"}).content.decode()
    assert "Che cosa li fa contenti" in page
    assert "betoniera era sporca" in page
    assert "troppo poche per un confronto" in page
    page = client_of(people["viewer"]).get(reverse("comment-sides"), {"period": "all", "metric": "delight"})
    assert "non si chiede con una scala" in page.content.decode()


def test_a_theme_is_named_merged_hidden_and_its_rows_are_a_click_away(client_of, people, world, comment):
    from premura.loop.understand.models import Theme, ThemeMention, ThemeRise

    client, theme, at = client_of(people["owner"]), world.theme, world.response.answered_at
    other = Theme.objects.create(words=["<b>"], label="<b>", found_at=at)
    for each in (theme, other):
        ThemeMention.objects.create(theme=each, answer=comment, start=3, end=12)
    address = reverse("theme-change", args=[theme.pk])
    client.post(address, {"do": "name", "name": "La <b>betoniera</b>"})
    page = client.get(reverse("themes"), {"period": "all"}).content.decode()
    assert "La &lt;b&gt;betoniera&lt;/b&gt;" in page
    assert "ancora poche: 1 risposta" in page
    assert f"theme={theme.pk}" in page
    weeks = client.get(reverse("themes"), {"period": "all", "as": "csv"}).content.decode("utf-8-sig").splitlines()
    assert weeks[0].startswith("tema,settimana,commenti che ne parlano,commenti,")
    assert sum(line.startswith("La <b>betoniera</b>,") for line in weeks) == 1
    rows = client.get(reverse("comments"), {"period": "all", "theme": theme.pk}).content.decode()
    assert "La betoniera era sporca" in rows
    assert "del tema «La &lt;b&gt;" in rows
    assert client.get(reverse("comments"), {"theme": "99999"}).status_code == 404

    client.post(address, {"do": "merge", "into": other.pk})
    assert client.post(address, {"do": "merge", "into": "nothing"}).status_code == 302
    merged = client.get(reverse("themes"), {"period": "all"}).content.decode()
    assert "Separa di nuovo" in merged
    client.post(address, {"do": "part"})
    client.post(address, {"do": "hide"})
    assert 'value="show"' in client.get(reverse("themes"), {"period": "all"}).content.decode()
    assert not ThemeRise.objects.exists()


def test_what_is_too_few_is_said_once(client_of, people, comment):
    page = client_of(people["owner"]).get(reverse("comments"), {"period": "all"}).content.decode()
    assert page.count("ancora pochi: la quota") == 1


def test_an_aspect_of_our_own_is_named_ticked_and_ended(client_of, people, world, comment):
    client, address = client_of(people["owner"]), reverse("company-aspects")
    typed = {"name_it": "Macchine", "name_en": "Machines", "words": "betoniera", "do": "find"}
    page = client.post(address, typed).content.decode()
    assert f'name="example" value="{comment.pk}"' in page
    assert 'value="Macchine"' in page
    page = client.post(address, {**typed, "do": "keep", "example": [comment.pk]}).content.decode()
    assert "Hai scelto 1 commenti" in page
    assert f'value="{comment.pk}" checked' in page
    client.post(reverse("company-aspect-end", args=[world.company_aspect.pk]))
    client.get(address)
    assert "Gru" not in client.get(address).content.decode()


def test_a_theme_is_drawn_week_by_week(client_of, people, world, comment, monkeypatch):
    from datetime import date, timedelta

    from premura.entrypoints.web.insights import theme_pages
    from premura.loop.understand.courses import course_of
    from premura.loop.understand.models import ThemeMention
    from premura.stats import top_box

    ThemeMention.objects.create(theme=world.theme, answer=comment, start=3, end=12)
    days = [date(2026, 1, 5) + timedelta(days=7 * at) for at in range(12)]
    shares = {day: (25 if at == 9 else 3 + at % 3, 50) for at, day in enumerate(days)}
    course = course_of({day: top_box(*pair) for day, pair in shares.items()}, "week", least=30, shares=shares)
    monkeypatch.setattr(theme_pages, "theme_weeks", lambda *_args, **_filters: {world.theme.pk: course})
    client, asked = client_of(people["owner"]), {"period": "all"}
    page = client.get(reverse("themes"), asked).content.decode()
    assert 'class="trend"' in page
    assert "quelle con meno di 30 commenti non hanno segno" in page
    drawn = client.get(reverse("themes"), {**asked, "as": "svg", "drawing": f"theme-{world.theme.pk}"})
    assert drawn["Content-Type"].startswith("image/svg")
    lines = client.get(reverse("themes"), {**asked, "as": "csv"}).content.decode().splitlines()
    (week,) = [line for line in lines if ",2026-03-09,25,50," in line]
    assert week.endswith(",sì")


def test_what_they_speak_of_is_put_together_by_frame(client_of, people, comment):
    from premura.loop.understand.models import CommentAspect

    def said(polarity, *aspects):
        for aspect in aspects:
            CommentAspect.objects.create(
                reading=comment.reading, aspect=aspect, polarity=polarity, p=0.9, start=0, end=4
            )

    CommentAspect.objects.all().delete()
    said("negative", "premises", "cleanliness", "price")
    said("positive", "information")
    client = client_of(people["viewer"])
    page = client.get(reverse("comments"), {"period": "all", "frame": "encounter"}).content.decode()
    table = re.search(r'<details class="heat".*?</details>', page, re.DOTALL)
    assert table
    rows = re.findall(r'<th scope="row">(.*?)</th>(.*?)</tr>', table[0], re.DOTALL)
    counts = {name: re.findall(r">(\d+)</(?:a|span)>", cells) for name, cells in rows}
    # Dirty premises are one comment about the environment; the price belongs to none of the four
    assert counts == {
        "ambiente": ["1", "0", "0"], "personale": ["0"] * 3, "supporti": ["0", "0", "1"], "altri clienti": ["0"] * 3,
    }  # fmt: skip
    behind = re.search(r'href="([^"]*aspect=encounter-environment[^"]*polarity=negative[^"]*)"', table[0])
    assert behind
    assert f"comment-{comment.pk}" in client.get(behind[1].replace("&amp;", "&")).content.decode()
    asked = {"period": "all", "aspect": "encounter-others"}
    assert f"comment-{comment.pk}" not in client.get(reverse("comments"), asked).content.decode()
    assert client.get(reverse("comments"), {"frame": "<b>"}).status_code == 404
    # Observers' words can be asked for, colleagues' not
    asked = re.search(r'<select[^>]*name="perspective".*?</select>', page, re.DOTALL)
    assert asked
    assert re.findall(r'value="(\w+)"', asked[0]) == ["customer", "observer", "prospect"]


def test_every_aspect_stands_in_the_frames_once():
    from premura.loop.understand.frames import FRAMES
    from premura.text.heads import ASPECTS

    outside = {"elements": set(), "encounter": {"price", "waiting", "complaints"}}
    for frame, wholes in FRAMES.items():
        members = [aspect for aspects in wholes.values() for aspect in aspects]
        assert len(members) == len(set(members))
        assert set(members) == set(ASPECTS) - outside[frame]
