"""Every page, in both languages, full and on the company's first day: it is shown whole, and no template names what is
not there. What other people see of the same pages is read at the doors (``test_doors``).
"""

import re

import pytest
from django.conf import settings
from django.template import engines
from django.urls import reverse

from premura.loop.listen.ideas import own_token
from premura.loop.listen.panel_links import panel_token
from premura.loop.listen.stories import own_address

# Addresses of pages about one thing, with the thing; and what pages with a filter can be asked for
OF_ONE = {
    "customer": "customer",
    "customer-edit": "customer",
    "customer-forgetting": "customer",
    "programme": "programme",
    "programme-edit": "programme",
    "trigger-new": "programme",
    "trigger": "trigger",
    "programme-instrument": "programme",
    "survey": "survey",
    "survey-edit": "survey",
    "survey-translations": "survey",
    "survey-bringing": "survey",
    "survey-preview": "survey",
    "survey-print": "survey",
    "idea": "idea",
    "idea-handling": "idea",
    "story": "story",
    "response": "response",
    "touchpoint": "touchpoint",
    "case": "case",
    "case-gesture-preview": "case",
    "rule": "rule",
    "bulletin": "bulletin",
    "reply-review": "reply_review",
    "card": "card",
    "card-edit": "card",
    "promise": "promise",
    "cause": "cause",
    "action": "action",
    "person": "somebody",
    "location": "here",
    "import": "brought",
}
PLAIN = [
    "today",
    "today?whose=everybody",
    "customers",
    "customers?q=Rossi",
    "customers?state=silent&sort=recent",
    "customer-new",
    "needs",
    "mail-in",
    "needs?state=met&q=notte",
    "listening",
    "programme-new",
    "survey-new",
    "ask",
    "invitations",
    "responses",
    "quotes",
    "kept-questions",
    "open-page",
    "ideas",
    "ideas?q=sabato&order=new",
    "idea-new",
    "idea-desk",
    "panel",
    "panel?state=left&order=name&q=x",
    "panel-invite",
    "stories",
    "stories?use=withdrawn",
    "story-new",
    "tell",
    "responses?period=all&comment=1&loyalty=detractor",
    "insights",
    "insights?period=365&by=location&metric=csat",
    "insights?by=week",
    "insights?by=touchpoint&metric=csat_mean",
    "insights?by=language&metric=ces&step=month",
    "insights-rows",
    "insights-rows?metric=nps&group=detractors",
    "insights-making",
    "insights-making?metric=ces_mean",
    "comments",
    "comments?order=latest&q=sporca",
    "comment-sides?period=all&metric=csat",
    "themes?period=all&metric=csat",
    "company-aspects",
    "explorer",
    "explorer?period=365&by=location&by2=month&against=previous&metric=csat",
    "explorer?period=all&by=week&metric=ces",
    "explorer?period=365&by=segment&against=year&sort=-change",
    "explorer?by=perspective&by2=moment&against=days&vs_from=2026-02-01&vs_to=2026-01-01",
    "explorer?period=365&by=band&is_mine=1&segment=-&band=promoters",
    "saved-views",
    "insights-making?period=365&metric=nps&perspective=staff&back=by%3Dlocation",
    "coverage",
    "coverage-unasked",
    "readings",
    "drivers",
    "drivers?period=all",
    "servqual",
    "kano",
    "delivery-gap",
    "competitors",
    "peak-end",
    "loyalty",
    "reasons",
    "reasons?period=30&question=1.x",
    "work",
    "fairness",
    "loyalty-rows?by=nps&group=promoter",
    "reading-rows?question=machine&scale=1-5",
    "journey",
    "recovery",
    "recovered?which=unheard",
    "after-cases",
    "listening-quality",
    "defects",
    "targets",
    "waiting",
    "waiting?by=location&period=365",
    "recovery?state=all&order=new",
    "ledger",
    "ledger?period=all",
    "remedies",
    "rules",
    "vague?try=La+richiamiamo+a+breve",
    "bulletins",
    "bulletin-new",
    "reply-reviews",
    "cards",
    "cards?q=macchina",
    "case-new",
    "promises",
    "promises?state=all",
    "promise-new",
    "improvement",
    "cause-new",
    "action-new",
    "team",
    "person-new",
    "limits",
    "reports",
    "importing",
    "reviews",
    "review-new",
    "company",
    "mail",
    "mailbox",
    "contact-limits",
    "search",
    "search?q=ma",
    "patterns",
    "patterns?all",
    "account_change_password",
    "account_logout",
    "mfa_index",
]
OPEN = [
    "account_login",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key_done",
]


def address_of(name: str, *args: object) -> str:
    path, _, query = name.partition("?")
    return reverse(path, args=args) + ("?" + query if query else "")


@pytest.fixture(params=["it", "en"])
def language(request):
    return request.param


def test_an_absent_name_is_noted(absences, rf):
    template = engines["django"].from_string("{{ a.b }}{{ c }}{{ d|default:'-' }}{{ e.f.g }}")
    assert template.render({"a": None, "e": {"h": 1}}) == "-"
    assert [line.split(" in ")[0] for line in absences] == ["c", "e.f.g"]


# Ids of tests are of four digits: one that is written as numbers for people are leads nowhere
IDS_TO_BE_READ = re.compile(r'\b[a-z-]+="[^"]*\b1[.,]0(?!00)\d\d\b[^"]*"')


def assert_whole(response, language: str, absences: list[str]) -> None:
    absent, absences[:] = sorted(set(absences)), []
    assert absent == []
    assert response.status_code == 200
    page = response.content.decode()
    assert IDS_TO_BE_READ.findall(page) == []
    if "<html" not in page:
        return  # a fragment
    assert re.search(rf'<html[^>]* lang="{language}"', page)
    assert re.search(r"<title>[^<]*[^<\s][^<]*</title>", page)
    assert len(re.findall(r"<h1\b", page)) == 1


def reader(client_of, person, language: str):
    person.language = language
    person.save(update_fields=["language"])
    return client_of(person)


def test_full(subtests, world, people, client_of, absences, language):
    browser = reader(client_of, people["owner"], language)
    known = [address_of(name, getattr(world, thing).pk) for name, thing in OF_ONE.items()]
    asking = f"?survey={world.survey.pk}&at=vicenza&i={world.open_invitation.token}"
    more = [
        reverse("action", args=[world.done_action.pk]),
        reverse("action-telling", args=[world.done_action.pk]),
        reverse("progress", args=[world.case.token]) + "?new",
        reverse("tell-thanks", args=["suggestion"]),
        reverse("gateway", args=["whatsapp"]),
        own_address(world.story).removeprefix(settings.ADDRESS),
        reverse("panel-own", args=[panel_token(world.member)]),
        reverse("panel-leaving", args=[panel_token(world.member)]),
        reverse("panel-invite") + f"?customer={world.customer.pk}",
        reverse("idea-mine", args=[own_token(world.idea)]),
        *(reverse("rule-new", args=[about]) for about in ("mark", "words", "contacts", "silence")),
        reverse("survey-preview", args=[world.survey.pk]) + "?frame=1",
        reverse("ask-way") + f"?survey={world.survey.pk}&customer={world.customer.pk}",
        reverse("ask-code") + asking,
        reverse("ask-answer") + asking,
        reverse("case-gesture-preview", args=[world.case.pk]) + f"?remedy={world.remedy.pk}&amount=700",
    ]
    for address in [*map(address_of, PLAIN), *known, *more]:
        with subtests.test(address):
            assert_whole(browser.get(address, follow=True), language, absences)


def test_on_the_first_day(subtests, founded, client_of, absences, language):
    """Nothing has happened yet: every list is empty and teaches, nothing fails for want of rows."""
    browser = reader(client_of, founded.owner, language)
    for name in PLAIN:
        with subtests.test(name):
            assert_whole(browser.get(address_of(name), follow=True), language, absences)


def test_before_signing_in(subtests, founded, client, absences, language):
    client.cookies["django_language"] = language
    for name in OPEN:
        with subtests.test(name):
            assert_whole(client.get(reverse(name)), language, absences)


def test_before_there_is_a_company(subtests, db, client, absences, language):
    client.cookies["django_language"] = language
    for name in ("welcome", "setup"):
        with subtests.test(name):
            assert_whole(client.get(reverse(name)), language, absences)


def test_a_page_that_does_not_exist(founded, client_of, absences, language):
    page = reader(client_of, founded.owner, language).get("/nowhere/")
    assert page.status_code == 404
    assert absences == []
