"""The components: figures never without interval and n, words in the reader's language, a look that can be read."""

import json
import re
import sys
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import pytest
from django import forms
from django.contrib.messages import get_messages
from django.contrib.messages.storage.fallback import FallbackStorage
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from premura.entrypoints.web import charts, wording
from premura.entrypoints.web.readings.drawings import HEIGHT, LABEL_HEIGHT, Axis, Corners, quadrant_chart
from premura.entrypoints.web.sentence import Choice, Sentence
from premura.entrypoints.web.templatetags import figures, words
from premura.stats.estimate import Estimate, nothing

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "src/premura/entrypoints/web/static"
TEMPLATES = ROOT / "src/premura/entrypoints/web/templates"
NOW = datetime(2026, 3, 19, 10, 30, tzinfo=UTC)  # a Thursday; half past eleven in Rome


def figure(estimate: Estimate, unit: str = "points", minimum: int = 30, **more):
    metric = SimpleNamespace(name="NPS", unit=unit, definition="", counted=more.pop("counted", "answers"))
    return SimpleNamespace(metric=metric, estimate=estimate, minimum_n=minimum, **more)


def render(text: str, language: str = "it", **context) -> str:
    with translation.override(language):
        return Template(text).render(Context(context))


def plain(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html)).strip()


# --- figures

NPS = figure(Estimate(40.0, 24.6, 53.07, 100, "adjusted-wald"))


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("it", "NPS 40 (da 25 a 53, 100 risposte)"), ("en", "NPS 40 (25 to 53, 100 answers)")],
)
def test_a_figure_reads_as_a_sentence(language, sentence):
    with translation.override(language):
        assert wording.reading(NPS) == sentence


def test_an_estimate_shows_value_interval_and_n():
    assert plain(render("{% estimate figure %}", figure=NPS)) == "NPS 40 da 25 a 53, 100 risposte"


@pytest.mark.parametrize("size", ["", "small"])
def test_below_the_minimum_it_is_grey_and_says_how_many_are_needed(size):
    few = figure(Estimate(14.0, -39.0, 59.0, 7, "adjusted-wald"))
    html = render("{% estimate figure size=size %}", figure=few, size=size)
    assert "da −39 a 59, ancora poche: 7 risposte, ne servono 30" in plain(html)
    assert "few" in html


def test_without_answers_there_is_no_number():
    html = render("{% estimate figure %}", figure=figure(nothing("adjusted-wald")))
    assert plain(html) == "NPS nessuna risposta"


def test_answers_without_a_value_say_that_it_cannot_be_said():
    html = render(
        "{% estimate figure size='small' %}", "en", figure=figure(Estimate(None, None, None, 40, "kaplan-meier"))
    )
    assert plain(html) == "cannot be said yet"


def test_weighted_answers_are_about_so_many():
    with translation.override("it"):
        assert (
            wording.count_words(figure(Estimate(5.6, 5.3, 5.9, 88.4, "t-effective-n"), "mean")) == "circa 88 risposte"
        )


@pytest.mark.parametrize(
    ("value", "unit", "it", "en"),
    [
        (0.826, "percent", "83%", "83%"),
        (-12.4, "points", "−12", "−12"),
        (-0.3, "points", "0", "0"),
        (4.25, "mean", "4,2", "4.2"),
        (2.0, "days", "2", "2"),
        (1234.5, "", "1.234,5", "1,234.5"),
    ],
)
def test_numbers_have_no_decimals_that_mean_nothing(value, unit, it, en):
    with translation.override("it"):
        assert wording.number(value, unit) == it
    with translation.override("en"):
        assert wording.number(value, unit) == en


def change(value, low, high, p=None, unit="points", **more):
    return SimpleNamespace(difference=Estimate(value, low, high, 200, "difference-wald"), p=p, unit=unit, **more)


@pytest.mark.parametrize(
    ("comparison", "words_in_italian", "colour"),
    [
        (change(6.0, -4.0, 16.0, 0.24), "+6, ma può essere il caso", "quiet"),
        (change(6.0, 2.0, 10.0, 0.003), "+6, e non è il caso", "good"),
        (change(-6.0, -10.0, -2.0), "−6, e non è il caso", "bad"),
        (change(-6.0, -10.0, -2.0, higher_is_better=False), "−6, e non è il caso", "good"),
        (change(-0.01, -0.011, -0.009, unit="percent"), "−1 punto, e non è il caso", "bad"),
        (change(None, None, None), "troppo presto per un confronto", "quiet"),
    ],
)
def test_a_change_says_whether_it_is_news(comparison, words_in_italian, colour):
    html = render("{% delta c %}", c=comparison)
    assert plain(html) == words_in_italian
    assert f'class="delta {colour}"' in html


known = st.floats(-100, 100).map(lambda value: {"value": value, "low": value - 5, "high": value + 5})


@given(st.lists(st.one_of(known, st.just({"value": None})), max_size=30))
def test_a_trend_stays_inside_its_drawing(points):
    html = render("{% trend points %}", points=points)
    pairs = re.findall(r"(-?[\d.]+),(-?[\d.]+)", html.partition(">")[2])
    assert all(0 <= float(x) <= 120 and 0 <= float(y) <= 32 for x, y in pairs)


def test_a_trend_breaks_where_a_period_has_no_value():
    points = [{"value": 1.0}, {"value": 2.0}, {"value": None}, {"value": 3.0}, {"value": 1.0}]
    assert render("{% trend points %}", points=points).count("trend-line") == 2


def test_an_interval_bar_stands_where_its_numbers_are():
    html = render("{% interval_bar figure %}", figure=NPS)
    assert 'cx="70.0%"' in html  # 40 on a scale from -100 to 100
    assert 'x1="62.3%"' in html
    assert 'aria-label="NPS 40 (da 25 a 53, 100 risposte)"' in html


# --- charts

POINTS = [{"period": f"2026-{n:02}", "value": 30 + n, "low": 20 + n, "high": 40 + n, "n": 50} for n in range(1, 9)]
SPECS = {
    "trend": lambda: charts.trend_chart(POINTS, unit="points", title="NPS"),
    "limits": lambda: charts.trend_chart(
        [{**POINTS[0], "signal": "sotto il limite"}, *POINTS[1:]],
        unit="points",
        title="NPS",
        limits={"center": 34, "low": 20, "high": 48},
    ),
    "distribution": lambda: charts.distribution_chart({"facile": 31, "difficile": 5}),
    "intervals": lambda: charts.interval_chart(
        [
            {"name": "Schio", "value": None},
            {"name": "Vicenza", "value": 0.4, "low": 0.3, "high": 0.5, "n": 9, "few": True},
        ],
        unit="percent",
    ),
}


@pytest.mark.parametrize("name", SPECS)
def test_a_chart_compiles_and_draws(name):
    vl_convert = pytest.importorskip("vl_convert")
    spec = {**SPECS[name](), "width": 400}
    svg = vl_convert.vegalite_to_svg(json.dumps(spec), vl_version="6.4")
    assert "<path" in svg


def test_a_chart_has_its_data_as_a_table():
    html = render("{% chart spec 'NPS' 'per mese' %}", spec=SPECS["trend"]())
    assert html.count("<tr>") == 1 + len(POINTS)
    assert ">risposte</th>" in html
    assert "<td>31</td>" in html


def test_what_people_write_cannot_end_the_script_of_a_chart():
    spec = charts.distribution_chart({"</script><script>alert(1)": 3})
    html = render("{% chart spec 'x' %}", spec=spec)
    assert html.count("</script>") == 1
    inside = re.search(r'<script type="application/json">(.*?)</script>', html, re.S)[1]
    assert json.loads(inside)["data"]["values"][0]["answer"] == "</script><script>alert(1)"


def test_rows_without_a_value_stay_in_the_table_of_an_interval_chart():
    _columns, rows = figures.chart_table(SPECS["intervals"]())
    assert rows[0][:2] == ["Vicenza", "40%"]
    assert rows[1][:2] == ["Schio", "–"]


# --- words


@pytest.mark.parametrize(
    ("language", "expected"), [("it", "giovedì 19 marzo, entro le 18"), ("en", "Thursday 19 March, by 18:00")]
)
def test_a_day_and_an_hour_in_words(language, expected):
    instant = datetime(2026, 3, 19, 17, 0, tzinfo=UTC)
    assert plain(render("{% moment i 'by' %}", language, i=instant, now=NOW - timedelta(days=3))) == expected


@pytest.mark.parametrize(
    ("gap", "expected"),
    [
        (timedelta(seconds=20), "adesso"),
        (timedelta(minutes=40), "40 minuti fa"),
        (timedelta(hours=1), "1 ora fa"),
        (timedelta(hours=23), "23 ore fa"),
        (timedelta(days=1), "mercoledì 18 marzo, alle 11:30"),
        (timedelta(days=400), "mercoledì 12 febbraio 2025, alle 11:30"),
        (timedelta(hours=-2), "oggi, alle 13:30"),
    ],
)
def test_time_is_relative_only_under_a_day(gap, expected):
    assert plain(render("{% moment i %}", i=NOW - gap, now=NOW)) == expected


@pytest.mark.parametrize(
    ("due_at", "date_only", "expected", "colour"),
    [
        (NOW - timedelta(hours=2, minutes=5), False, "in ritardo di 2 ore", "chip-coral"),
        (NOW - timedelta(days=3), False, "in ritardo di 3 giorni", "chip-coral"),
        (NOW + timedelta(hours=2), False, "oggi, entro le 13:30", "chip-coral"),
        (NOW + timedelta(days=1), False, "venerdì 20 marzo, entro le 11:30", 'class="due"'),
        (NOW + timedelta(days=1), True, "venerdì 20 marzo", 'class="due"'),
    ],
)
def test_what_is_due_is_said_in_words_and_coral_only_today(due_at, date_only, expected, colour):
    html = render("{% due c %}", c=SimpleNamespace(due_at=due_at, is_date_only=date_only, ended_at=None), now=NOW)
    assert plain(html) == expected
    assert colour in html


def test_a_day_names_its_year_only_when_it_is_another_one():
    with translation.override("it"):
        assert wording.day(date(2026, 3, 19), date(2026, 1, 1)) == "giovedì 19 marzo"
        assert wording.day(date(2025, 3, 19), date(2026, 1, 1)) == "mercoledì 19 marzo 2025"
        assert wording.day(date(2026, 3, 19), date(2026, 1, 1), short=True) == "gio 19 mar"


@pytest.mark.parametrize(
    ("amount", "it", "en"), [(120, "120 €", "€120"), (9.5, "9,50 €", "€9.50"), (-1234, "−1.234 €", "−€1,234")]
)
def test_money_has_its_currency_and_cents_only_where_there_are_any(amount, it, en):
    company = SimpleNamespace(currency="EUR")
    assert plain(render("{% money a %}", "it", a=amount, company=company)).replace("\xa0", " ") == it
    assert plain(render("{% money a %}", "en", a=amount, company=company)) == en


def test_every_chip_and_icon_of_the_templates_is_in_the_sprite():
    sprite = (STATIC / "vendor/icons/icons.svg").read_text(encoding="utf-8")
    drawn = set(re.findall(r'<symbol id="([^"]+)"', sprite))
    wanted = {shape for _colour, shape in words.CHIPS.values()}
    for path in TEMPLATES.rglob("*.html"):
        wanted |= set(re.findall(r'{% icon "([^"]+)"', path.read_text(encoding="utf-8")))
    assert wanted - drawn == set()


def test_reasons_are_escaped_and_may_be_links():
    html = render("{% why reasons %}", reasons=["<b>tre</b>", ("regola", "/rules/")])
    assert "&lt;b&gt;tre&lt;/b&gt;" in html
    assert '<a href="/rules/">regola</a>' in html
    assert render("{% why reasons %}", reasons=[]).strip() == ""


def test_a_timeline_item_escapes_what_customers_wrote():
    html = render(
        "{% timeline_item 'phone' title instant by %}{{ story }}{% endtimeline_item %}",
        title="<i>",
        instant=None,
        by="Anna",
        story="<script>",
    )
    assert "<script>" not in html
    assert "&lt;i&gt;" in html


# --- forms and lists


class ExampleForm(forms.Form):
    name = forms.CharField(label="Nome", help_text="Come si presenta")
    way = forms.ChoiceField(label="Come", choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    ok = forms.BooleanField(label="Va bene", required=False)


class Ids(HTMLParser):
    """Every id of a page, and everything that points at one."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.pointed: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.ids += [given["id"]] if "id" in given else []
        for name in ("for", "aria-describedby", "aria-labelledby", "aria-controls"):
            self.pointed += (given.get(name) or "").split()
        self.pointed += [given["href"][1:]] if given.get("href", "").startswith("#") and len(given["href"]) > 1 else []


def test_a_wrong_form_keeps_what_was_typed_and_ties_each_error_to_its_field():
    form = ExampleForm({"name": "", "way": "c", "ok": "on"})
    html = render("{% form_errors form %}{% for b in form %}{% field b %}{% endfor %}", form=form)
    page = Ids(html)
    assert set(page.pointed) <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))
    assert "id_name_error" in page.pointed
    assert "checked" in html
    assert "Questo campo è obbligatorio" in html


def test_a_sentence_says_itself_and_ignores_what_is_not_an_option():
    state = Choice("state", "Stato", [("open", "aperti"), ("all", "tutti")])
    sentence = Sentence.from_query("Casi %(state)s a Vicenza", {"state": "nonsense", "q": "x"}, state, keep=["q"])
    assert sentence["state"] == "open"
    assert str(sentence) == "Casi aperti a Vicenza"
    html = render("{% sentence_filter s %}", s=Sentence.from_query("Casi %(state)s", {"state": "all"}, state))
    assert 'value="all" selected' in html
    assert "<button" in html  # works without JavaScript


def test_the_pager_keeps_the_query():
    request = RequestFactory().get("/customers/?q=rossi&page=2")
    html = render("{% pager page %}", page=Paginator(range(120), 50).page(2), request=request)
    assert "?q=rossi&amp;page=1" in html
    assert "51–100 di 120" in html


def test_an_undo_is_a_button_that_posts():
    from django.contrib import messages

    request = RequestFactory().get("/")
    request.session = {}
    request._messages = FallbackStorage(request)
    messages.success(request, "Caso risolto", extra_tags="undo /recovery/7/reopen/")
    [message] = get_messages(request)
    html = render("{% toast m %}", m=message)
    assert '<form method="post" action="/recovery/7/reopen/">' in html
    assert "Annulla" in html


# --- the look


def _schemes() -> dict[str, dict[str, str]]:
    css = (STATIC / "tokens.css").read_text(encoding="utf-8")
    patterns = {
        "light": r'\[data-bs-theme="light"\] \{(.*?)\n\}',
        "dark": r'\n\[data-bs-theme="dark"\] \{(.*?)\n\}',
        "device": r":root:not\(\[data-bs-theme\]\) \{(.*?)\n  \}",
    }
    found = {name: re.search(pattern, css, re.S)[1] for name, pattern in patterns.items()}
    return {name: dict(re.findall(r"--([\w-]+): ([^;]+);", text)) for name, text in found.items()}


def test_without_javascript_the_dark_scheme_is_the_same():
    schemes = _schemes()
    assert schemes["device"] == schemes["dark"]
    assert schemes["light"].keys() == schemes["dark"].keys()


def _luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    """WCAG 2.2, «contrast ratio»."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_that_of_wcag():
    assert _contrast("#000000", "#ffffff") == pytest.approx(21)
    assert _contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)  # WebAIM's well-known border case


TEXTS = ["ink", "ink-quiet", "green", "green-strong", "coral", "amber", "good", "bad"]
PAIRS = [
    *((text, ground) for text in TEXTS for ground in ("paper", "surface", "sunken")),
    *((colour, f"{colour}-soft") for colour in ("green", "coral", "amber", "good", "bad")),
    *(
        (text, f"{colour}-soft")
        for text in ("ink", "ink-quiet")
        for colour in ("green", "coral", "amber", "good", "bad")
    ),
    ("on-green", "green"),
    ("on-green", "green-strong"),
    ("on-coral", "coral"),
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_can_be_read_on_its_ground(scheme):
    colours = _schemes()[scheme]
    weak = {pair: round(_contrast(colours[pair[0]], colours[pair[1]]), 2) for pair in PAIRS}
    assert {pair: ratio for pair, ratio in weak.items() if ratio < 4.5} == {}
    # the edge of a field is not text: 3 is enough (WCAG 1.4.11)
    assert _contrast(colours["line-strong"], colours["surface"]) >= 3


def test_colours_live_in_the_token_file_only():
    for name in ("app.css", "components.css"):
        css = (STATIC / name).read_text(encoding="utf-8")
        colours = set(re.findall(r"#[0-9a-fA-F]{3,8}\b", re.sub(r"@media print.*", "", css, flags=re.S)))
        assert colours <= {"#fff"}, name  # the white of a code to scan and of a foreign page in a frame


def test_third_party_files_are_those_of_the_manifest():
    sys.path.insert(0, str(ROOT / "tools"))
    try:
        import vendor
    finally:
        sys.path.pop(0)
    assert vendor.check() == []


def test_nothing_is_loaded_from_another_host():
    foreign = re.compile(r"""(?:src|href|url\()\s*=?\s*["']?(?:https?:)?//""")
    own = [*STATIC.glob("*.*"), *TEMPLATES.rglob("*.html")]
    assert [path.name for path in own if foreign.search(path.read_text(encoding="utf-8"))] == []


def test_the_way_to_the_content_is_the_only_thing_that_waits_off_the_screen():
    """``.skip`` stands off the screen until it is reached by keyboard: what else is called so cannot be seen."""
    named = re.compile(r'class="(?:[^"]*\s)?skip[\s"]')
    found = {path.name for path in TEMPLATES.rglob("*.html") if named.search(path.read_text())}
    assert found == {"base.html", "base_plain.html"}


def test_templates_need_no_inline_script():
    """The content policy refuses inline scripts and handlers, and htmx attributes that would be evaluated."""
    inline = re.compile(
        r"""<script(?![^>]*(?:\bsrc=|type="application/json"))|\son\w+=|hx-on|hx-vals=['"]js:|hx-vals=['"]javascript:"""
    )
    assert [str(path) for path in TEMPLATES.rglob("*.html") if inline.search(path.read_text(encoding="utf-8"))] == []


# --- the pattern page


@pytest.mark.parametrize("query", ["", "?all"])
def test_the_pattern_page_shows_every_component(client_of, viewer, query):
    viewer.language = "it"
    viewer.save()
    html = client_of(viewer).get(f"/patterns/{query}").content.decode()
    page = Ids(html)
    assert len(page.ids) == len(set(page.ids))
    assert set(page.pointed) <= set(page.ids)
    assert html.count("<h1>") == 1
    assert "ancora poche: 7 risposte, ne servono 30" in html
    assert ("still few: 7 answers, 30 needed" in html) == bool(query)


@pytest.mark.parametrize(
    ("hour", "minute", "at", "by"),
    [
        (18, 0, "alle 18", "entro le 18"),
        (0, 0, "a mezzanotte", "entro mezzanotte"),
        (1, 30, "all'1:30", "entro l'1:30"),
        (0, 30, "alle 0:30", "entro le 0:30"),
    ],
)
def test_the_hours_as_italians_say_them(hour, minute, at, by):
    with translation.override("it"):
        instant = datetime(2026, 3, 19, hour, minute)
        assert wording.at_clock(instant, "at") == at
        assert wording.at_clock(instant, "by") == by


def test_no_line_of_a_sentence_begins_with_its_comma():
    choices = [Choice(name, name, [("", name)]) for name in ("by", "days", "place")]
    sentence = Sentence.from_query("NPS by %(by)s, in %(days)s (%(place)s).", {}, *choices)
    said = [(text, choice.name if choice else "") for text, choice in sentence.parts]
    assert said == [("NPS by ", ""), (",", "by"), (" in ", ""), ("", "days"), (" (", ""), (").", "place")]
    assert Sentence.from_query("", {}).parts == []


def test_names_in_a_drawing_of_two_axes_do_not_cover_one_another():
    points = [{"name": name, "x": 0.9, "y": y, "n": 40} for name, y in (("a", 0.29), ("b", 0.28), ("c", 0.8))]
    axes = Axis("x", "percent", 0.5, (0, 1)), Axis("y", "percent", 0.5, (0, 1))
    spec = quadrant_chart(points, *axes, Corners("a", "b", "c", "d"), columns={})
    heights = [row["label"] for row in spec["data"]["values"]]
    assert heights[0] - heights[1] >= 0.99 * LABEL_HEIGHT / HEIGHT
    assert heights[2] == 0.8
    assert [row["y"] for row in spec["data"]["values"]] == [0.29, 0.28, 0.8]


def test_lines_of_a_drawing_of_two_axes_end_at_its_names():
    """At every width: on a phone a name is as wide as half of the drawing."""
    points = [{"name": "a", "x": 0.45, "y": 0.5, "n": 40}]
    axes = Axis("x", "percent", 0.5, (0, 1)), Axis("y", "percent", 0.5, (0, 1))
    layers = quadrant_chart(points, *axes, Corners("p", "q", "r", "s"), columns={})["layer"]
    kinds = [layer["mark"]["type"] for layer in layers]
    texts = [(place, {**layer["mark"]}, layer) for place, layer in enumerate(layers) if kinds[place] == "text"]
    for place, mark, layer in texts:
        if mark.pop("style") != "halo":
            below = [
                under
                for under, halo, same in texts
                if {**halo, "style": ""} == {**mark, "strokeWidth": 6, "strokeJoin": "round", "style": ""}
                and all(same.get(key) == layer.get(key) for key in ("encoding", "transform"))
            ]
            lines = [at for at, kind in enumerate(kinds) if kind == "rule"]
            assert len(below) == 1
            assert max(lines) < below[0] < place


@pytest.mark.parametrize("language", ["it", "en"])
def test_a_tall_chart_keeps_its_room(language):
    """A separator of thousands in a style makes the browser pass over it."""
    rows = [{"name": str(n), "value": n, "low": n - 1, "high": n + 1, "n": 40} for n in range(40)]
    with translation.override(language):
        html = render("{% chart spec 'A' %}", spec=charts.interval_chart(rows))
    assert re.search(r'style="min-height: \d{4}px"', html)
