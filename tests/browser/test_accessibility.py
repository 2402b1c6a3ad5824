"""Every page, by axe: no violation in either colour scheme; one h1, a language, a title, nothing wider than a phone."""

import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path
from uuid import UUID

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from playwright.sync_api import Page

pytestmark = pytest.mark.browser

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Another colour scheme changes colours and nothing else
COLOUR_RULES = ["color-contrast", "link-in-text-block"]
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}

# name → address; {words} in braces are ids of rows of the demo company
STAFF = {
    "today": "?whose=everybody",
    "customers": "?state=silent",
    "customer": "{customers_customer}",
    "customer-new": "",
    "customer-edit": "{customers_customer}",
    "customer-forgetting": "{customers_customer}",
    "listening": "",
    "programme": "{listen_programme}",
    "programme-new": "",
    "programme-edit": "{listen_programme}",
    "survey": "{listen_survey}",
    "survey-new": "",
    "survey-edit": "{listen_survey}",
    "survey-preview": "{listen_survey}",
    "survey-print": "{listen_survey}",
    "survey-translations": "{listen_survey}",
    "survey-bringing": "{listen_survey}",
    "programme-instrument": "{listen_programme}",
    "trigger-new": "{listen_programme}",
    "contact-limits": "",
    "mail": "",
    "mailbox": "",
    "gateway": "sms",
    "quotes": "",
    "kept-questions": "",
    "open-page": "",
    "idea-desk": "",
    "idea": "{listen_idea_shown}",
    "idea-handling": "{listen_idea_shown}",
    "panel": "",
    "panel-invite": "?segment=Imprese",
    "stories": "",
    "story-new": "",
    "ideas": "",
    "idea-new": "",
    "tell": "",
    "tell-thanks": "praise",
    "loyalty": "",
    "reasons": "",
    "work": "",
    "fairness": "",
    "reviews": "",
    "review-new": "",
    "ask": "",
    "ask-way": "?survey={listen_survey}&customer={customers_customer}",
    "ask-code": "?survey={listen_survey}",
    "ask-answer": "?survey={listen_survey}",
    "responses": "?period=365&comment=1",
    "response": "{response_of_a_customer}",
    "insights": "?metric=csat&period=365&step=month&by=location",
    "insights-rows": "?metric=nps&group=detractors",
    "insights-making": "?metric=csat",
    "themes": "",
    "company-aspects": "",
    "comments": "",
    "comment-sides": "",
    "coverage": "",
    "coverage-unasked": "",
    "readings": "",
    "drivers": "",
    "servqual": "",
    "kano": "",
    "delivery-gap": "",
    "competitors": "?period=all",
    "peak-end": "",
    "reading-rows": "?question=machine&scale=1-5&period=365",
    "explorer": "?period=365&by=location&by2=month&metric=csat&against=previous",
    "saved-views": "",
    "importing": "",
    "listening-quality": "?period=365",
    "journey": "",
    "touchpoint": "{journeys_touchpoint}",
    "recovery": "?state=all",
    "case": "{case_with_request}",
    "case-new": "",
    "progress": "{case_token}",
    "waiting": "?period=365&by=owner",
    "mail-in": "",
    "recovered": "",
    "after-cases": "",
    "ledger": "",
    "remedies": "",
    "rules": "",
    "rule-new": "words",
    "rule": "{recover_caserule}",
    "cards": "",
    "card": "{equip_knowledgecard}",
    "card-new": "",
    "card-edit": "{equip_knowledgecard}",
    "promises": "?state=all",
    "promise": "{promise_commitment}",
    "promise-new": "",
    "improvement": "",
    "cause": "{improve_rootcause}",
    "cause-new": "",
    "action": "{improve_correctiveaction}",
    "action-new": "",
    "action-telling": "{improve_correctiveaction}",
    "targets": "",
    "target": "{improve_target}",
    "target-new": "",
    "defects": "",
    "defect": "{improve_defect}",
    "defect-new": "",
    "team": "",
    "bulletins": "",
    "bulletin": "{equip_bulletin}",
    "bulletin-new": "",
    "reply-reviews": "",
    "invitations": "",
    "vague": "",
    "person": "{staff_person}",
    "needs": "",
    "person-new": "",
    "limits": "",
    "reports": "",
    "company": "",
    "location": "{company_location}",
    "search": "?q=zan",
    "patterns": "",
    "account_change_password": "",
    "account_logout": "",
    "mfa_index": "",
}
# The ones that people live in
MAIN = ("today", "customer", "ask", "ask-answer", "survey", "survey-edit", "insights", "journey", "case", "action")
SIGNED_OUT = (
    "account_login",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key_done",
)
FIRST = ("welcome", "setup")
NOT_PAGES = {
    *("bulletin-reading", "bulletin-withdrawal", "vague-switch", "vague-removal", "gateway-receipt"),
    "invitation-opened",
    "company-aspect-end",
    "idea-answer",
    "idea-comment",
    "idea-comment-look",
    "theme-change",
    # lead on, answer machines, or are pieces of pages and files
    *("home", "demo-entrance", "demo-progress", "healthz", "case-gesture-preview"),
    *(
        "survey-code",
        "survey-sheet",
        "survey-file",
        "survey-structure",
        "responses-file",
        "insights-table",
        "ledger-file",
        "import-rejected",
    ),
    *("explorer-file", "waiting-file", "saved-view", "import-progress"),
    # a file that somebody brought: the demo has none; tests/web looks at them
    *("import", "import-report"),
    # the demo has none of these: tests/web looks at them
    *("idea-mine", "panel-own", "panel-leaving", "story", "story-own", "tell-person", "mail-taking"),
    *("reply-review", "reply-review-new"),
    *("trigger", "review-reply", "unsubscribe", "loyalty-rows", "response-file"),
    # are posted to
    *(
        "mail-clearing",
        "mail-reports",
        "mail-test",
        "quote-removal",
        "response-quotes",
        "response-talk",
        "kept-question-name",
        "kept-question-removal",
        "trigger-pressing",
    ),
    *("gateway-test", "mailbox-fetching", "idea-vote", "idea-merging", "story-consent", "story-withdrawal"),
    *("story-pictures", "story-picture", "story-picture-removal", "story-own-picture"),
    *("need-new", "need-outcome", "need-proposal", "card-review", "case-call", "comment-judgement", "person-rota"),
    *("open-page-sheet", "stories-file", "panel-file", "panel-member", "board-opening"),
    *("import-undoing", "import-removal", "saved-view-change", "saved-view-delete", "saved-view-restore"),
    *("limit-acknowledgement", "defect-report", "defect-answer", "reply-review-answer", "reply-review-closing"),
    *("demo", "language", "customer-meeting", "customer-opt-out", "survey-place", "survey-side", "survey-publication"),
    *(
        "after-survey",
        "case-mood",
        "case-step",
        "case-margin",
        "case-beginning",
        "case-pause",
        "case-resumption",
        "case-joining",
        "case-splitting",
    ),
    *("case-no-answer", "case-file", "progress-message", "progress-file"),
    *("survey-withdrawal", "case-message", "case-assignment", "case-gesture", "case-promise", "case-resolution"),
    *("case-reopening", "case-cause", "gesture-approval", "gesture-refusal", "gesture-reversal", "remedy"),
    *(
        "rule-switch",
        "rule-hold",
        "deadline",
        "card-retiring",
        "card-reading",
        "card-use",
        "promise-keeping",
        "promise-breaking",
    ),
    *("promise-calling-off", "action-completion", "action-abandonment", "check-run", "person-leaving", "person-limit"),
    *("servqual-weights", "competitor-name"),
    *("company-hours", "location-new", "location-hours", "location-closing", "closed-day-new", "closed-day-removal"),
}


def names(resolver: URLResolver | None = None) -> set[str]:
    """Every name that an address of ours has; of the library's those that pages of ours lead to."""
    found = set()
    for part in (resolver or get_resolver()).url_patterns:
        if isinstance(part, URLPattern):
            found.add(str(part.name))
        else:
            found |= names(part)
    return {name for name in found if not name.startswith(("account_", "mfa_")) or name in {*STAFF, *SIGNED_OUT}}


def test_every_page_is_looked_at():
    assert names() == {*STAFF, *SIGNED_OUT, *FIRST} | NOT_PAGES


@pytest.fixture
def visit(visit):
    """For who asks for no motion: colours are then there at once, and axe sees them and not a shade on the way."""
    return lambda installation, **options: visit(installation, reduced_motion="reduce", **options)


@pytest.fixture(scope="module")
def address_of(demo) -> Callable[[str], str]:
    """``address_of("case")``: the address of that page of the demo company."""
    database = sqlite3.connect(f"file:{demo.environment['PREMURA_DATA']}/premura.sqlite3?mode=ro", uri=True)

    class Ids(dict):
        def __missing__(self, table: str) -> object:
            (found,) = database.execute(f"SELECT max(id) FROM {table}").fetchone()
            return UUID(found) if isinstance(found, str) else found

    (case,) = database.execute("SELECT max(case_id) FROM recover_gesturerequest").fetchone()
    # What colleagues answered has no page
    (of_a_customer,) = database.execute("SELECT max(id) FROM listen_response WHERE perspective = 'customer'").fetchone()
    (token,) = database.execute("SELECT token FROM recover_case WHERE id = ?", [case]).fetchone()
    (idea,) = database.execute("SELECT max(id) FROM listen_idea WHERE status = 'received'").fetchone()
    ids = Ids(
        listen_idea_shown=idea, case_with_request=case, case_token=token, response_of_a_customer=UUID(of_a_customer)
    )

    def build(name: str) -> str:
        path, _, query = STAFF[name].partition("?")
        args = [ids[path.strip("{}")] if "{" in path else path] if path else []
        return reverse(name, args=args) + ("?" + query.format_map(ids) if query else "")

    return build


def violations(page: Page, only: list[str] = RULES) -> list[str]:
    """What axe finds, as «rule: where»; ``only``: tags, or the rules of colours."""
    if not page.evaluate("typeof axe !== 'undefined'"):
        page.evaluate(AXE)
    kind = "rule" if only is COLOUR_RULES else "tag"
    options = {"runOnly": {"type": kind, "values": only}, "resultTypes": ["violations"]}
    found = page.evaluate("options => axe.run(document, options)", options)
    return [f"{row['id']}: {node['target']}" for row in found["violations"] for node in row["nodes"][:3]]


def flaws(page: Page, language: str) -> list[str]:
    """What every page owes besides axe's rules."""
    result = []
    if page.locator("h1").count() != 1:
        result.append(f"{page.locator('h1').count()} h1")
    if not page.title().strip(" ·"):
        result.append("no title")
    if (given := page.evaluate("document.documentElement.lang")) != language:
        result.append(f"language {given!r}")
    if (wide := page.evaluate("document.documentElement.scrollWidth")) > page.viewport_size["width"]:
        result.append(f"{wide} px wide")
    return result


def colours(page: Page, scheme: str) -> None:
    """Light or dark; a page that follows the device by script has done so."""
    page.emulate_media(color_scheme=scheme)
    page.wait_for_function(
        "scheme => [undefined, scheme].includes(document.documentElement.dataset.bsTheme)", arg=scheme
    )


def look(page: Page, addresses: Iterable[str], language: str = "it") -> dict[str, list[str]]:
    """Address → what is wrong there; pages without a flaw are left out. One load: light, dark, then narrow."""
    wrong = {}
    for address in addresses:
        page.set_viewport_size(DESK)
        page.emulate_media(color_scheme="light")
        answer = page.goto(address, wait_until="load")
        found = [] if answer.ok else [f"status {answer.status}"]
        found += flaws(page, language) + violations(page)
        colours(page, "dark")
        found += [f"dark: {flaw}" for flaw in violations(page, COLOUR_RULES)]
        page.set_viewport_size(PHONE)
        found += [f"on a phone: {flaw}" for flaw in flaws(page, language)]
        if found:
            wrong[address] = found
    return wrong


def look_on_a_phone(page: Page, addresses: Iterable[str], language: str = "it") -> dict[str, list[str]]:
    wrong = {}
    for address in addresses:
        page.emulate_media(color_scheme="light")
        page.goto(address, wait_until="load")
        found = flaws(page, language) + violations(page)
        colours(page, "dark")
        if found := found + [f"dark: {flaw}" for flaw in violations(page, COLOUR_RULES)]:
            wrong[address] = found
    return wrong


def test_axe_sees_what_is_wrong(demo, visit):
    """The test can fail: a flaw that is planted is found."""
    page = visit(demo)
    page.goto("/account/login/")
    page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=\"data:,\"><h1>Due</h1>')")
    page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<b style=color:#aaa>grigio</b>')")
    assert flaws(page, "en") == ["2 h1", "language 'it'"]
    assert {found.split(":")[0] for found in violations(page)} >= {"image-alt", "color-contrast"}
    colours(page, "dark")
    page.evaluate("document.querySelector('main b').style = 'color:#333'")
    assert any("color-contrast" in found for found in violations(page, COLOUR_RULES))


def test_staff_pages(demo, visit, address_of):
    page = visit(demo)
    page.goto("/welcome/entrance/")
    assert look(page, map(address_of, STAFF)) == {}


def test_main_pages_on_a_phone(demo, visit, address_of):
    page = visit(demo, viewport=PHONE)
    page.goto("/welcome/entrance/")
    assert look_on_a_phone(page, map(address_of, MAIN)) == {}


def test_main_pages_in_english(demo, visit, address_of):
    page = visit(demo)
    page.goto("/welcome/entrance/")
    choose_language(page, "English")
    try:
        assert look(page, map(address_of, MAIN), "en") == {}
    finally:
        page.goto("/today/")
        choose_language(page, "Italiano")


def choose_language(page: Page, name: str) -> None:
    page.set_viewport_size(DESK)
    page.locator("details.menu summary").click()
    page.locator("details.menu").get_by_role("button", name=name).click()
    page.wait_for_load_state()


def test_pages_of_who_is_not_signed_in(demo, visit, watch):
    watch.allowed.append("status of 404")  # the last one does not exist, and says so kindly
    assert look(visit(demo), map(reverse, SIGNED_OUT)) == {}
    customers = ["/s/noleggio", "/s/noleggio/thanks?lang=it", "/s/consegna?at=vicenza", "/s/nowhere"]
    assert look_on_a_phone(visit(demo, viewport=PHONE), customers) == {}
    english = visit(demo, viewport=PHONE, locale="en-GB")
    assert look_on_a_phone(english, ["/s/noleggio", "/account/login/"], "en") == {}


def test_a_survey_all_on_one_page(demo, visit):
    """On a wide screen every question is there at once, as it is without JavaScript."""
    page = visit(demo)
    page.goto("/s/noleggio")
    assert page.locator(".q").filter(visible=True).count() == 7
    assert flaws(page, "it") + violations(page) == []


def test_the_first_pages(fresh, visit):
    assert look(visit(fresh), map(reverse, FIRST)) == {}
