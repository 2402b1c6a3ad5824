"""Every page, by axe: no violation in either colour scheme; one h1, a language, a title, nothing wider than a phone."""

from pathlib import Path

import pytest

pytestmark = pytest.mark.browser

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
STAFF = [
    *("/today/", "/today/?whose=everybody", "/customers/", "/customers/new/", "/customers/1/", "/customers/1/edit/"),
    *("/listening/", "/listening/ask/", "/listening/responses/", "/listening/surveys/1/", "/listening/surveys/1/edit/"),
    *("/insights/", "/insights/coverage/", "/insights/comments/", "/journey/", "/recovery/", "/recovery/cases/1/"),
    *("/promises/", "/improvement/", "/improvement/actions/1/", "/team/", "/team/2/", "/team/limits/", "/reports/"),
    *("/company/", "/search/?q=zan", "/patterns/"),
]
# Where the lists of these pages lead: one of each kind is looked at, too
LEADING = {
    "/listening/": "/listening/programmes/",
    "/listening/responses/": "/listening/responses/",
    "/recovery/": "/recovery/",
    "/promises/": "/promises/",
    "/improvement/": "/improvement/",
    "/journey/": "/journey/",
    "/insights/": "/insights/",
}
SIGNED_OUT = ["/account/login/", "/account/password/reset/", "/s/consegna", "/s/consegna?lang=en", "/s/nowhere"]
PHONE = {"width": 390, "height": 844}


def violations(page) -> list[str]:
    """What axe finds, as «rule: where»."""
    page.evaluate(AXE)
    found = page.evaluate("rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", RULES)
    return [f"{row['id']}: {node['target']}" for row in found["violations"] for node in row["nodes"][:3]]


def flaws(page) -> list[str]:
    """What every page owes besides axe's rules."""
    result = []
    if page.locator("h1").count() != 1:
        result.append(f"{page.locator('h1').count()} h1")
    if not page.title().strip(" ·"):
        result.append("no title")
    if page.evaluate("document.documentElement.lang") not in ("it", "en"):
        result.append("no language")
    if (wide := page.evaluate("document.documentElement.scrollWidth")) > page.viewport_size["width"]:
        result.append(f"{wide} px wide")
    return result


def look(page, addresses) -> dict[str, list[str]]:
    """Address → what is wrong there; pages without a flaw are left out."""
    wrong = {}
    for address in addresses:
        page.goto(address, wait_until="load")
        if found := flaws(page) + violations(page):
            wrong[address] = found
    return wrong


def found_behind(page) -> list[str]:
    """One page of each kind that the lists lead to."""
    addresses = set()
    for start, prefix in LEADING.items():
        page.goto(start)
        links = page.locator("main a[href]").evaluate_all("links => links.map(link => link.getAttribute('href'))")
        kinds = {}
        for link in links:
            path = link.split("?")[0]
            if (
                path.startswith(prefix)
                and path not in STAFF
                and "xlsx" not in link
                and "/file" not in path
                and "table" not in path
            ):
                kinds.setdefault("".join("#" if c.isdigit() else c for c in path)[:24], link)
        addresses |= set(list(kinds.values())[:6])
    return sorted(addresses)


@pytest.mark.parametrize(("scheme", "viewport"), [("light", None), ("dark", None), ("dark", PHONE)])
def test_staff_pages(demo, visit, watch, scheme, viewport):
    options = {"color_scheme": scheme} | ({"viewport": viewport} if viewport else {})
    page = visit(demo, **options)
    page.goto("/welcome/entrance/")
    addresses = [*STAFF, *found_behind(page)]
    assert look(page, addresses) == {}


def test_staff_pages_in_english(demo, visit):
    page = visit(demo, locale="en-GB")
    page.goto("/welcome/entrance/")
    page.goto("/insights/")
    page.request.post(
        "/language/",
        form={
            "language": "en",
            "csrfmiddlewaretoken": page.evaluate("document.cookie.match(/csrftoken=([^;]+)/)?.[1] ?? ''"),
        },
        headers={"Referer": demo.address},
    )
    try:
        assert look(page, STAFF[:20]) == {}
    finally:
        page.request.post(
            "/language/",
            form={
                "language": "it",
                "csrfmiddlewaretoken": page.evaluate("document.cookie.match(/csrftoken=([^;]+)/)?.[1] ?? ''"),
            },
            headers={"Referer": demo.address},
        )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_of_who_is_not_signed_in(demo, visit, watch, scheme):
    watch.allowed.append("404")
    page = visit(demo, color_scheme=scheme, viewport=PHONE)
    assert look(page, SIGNED_OUT) == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_first_pages(fresh, visit, scheme):
    page = visit(fresh, color_scheme=scheme, viewport=PHONE)
    assert look(page, ["/welcome/", "/welcome/company/"]) == {}
