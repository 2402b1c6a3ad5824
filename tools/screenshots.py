"""Pictures of pages in every shape: phone and desk, Italian and English, light and dark; and their accessibility.

    python tools/screenshots.py ADDRESS --email … --password … /today/ /customers/
    python tools/screenshots.py ADDRESS --email … --password … --all      the pages of tools/pages.txt
    python tools/screenshots.py … --axe                 also check with axe-core; exit code 1 if it finds anything
    python tools/screenshots.py … --no-pictures --axe   only the check
    python tools/screenshots.py … --out FOLDER --widths 390 --languages it --themes light   fewer of them

ADDRESS is that of a running server. Pages that begin with ``~`` are looked at signed out. Needs Playwright and a
Chromium (PREMURA_CHROMIUM names another one than /usr/bin/chromium).
"""

import argparse
import itertools
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

HERE = Path(__file__).parent
AXE = HERE.parent / "tests" / "browser" / "vendor" / "axe.min.js"
CHROMIUM = os.environ.get("PREMURA_CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@dataclass(frozen=True)
class Shape:
    width: int
    language: str
    theme: str

    def __str__(self) -> str:
        return f"{self.width}-{self.language}-{self.theme}"


def shapes(widths: list[int], languages: list[str], themes: list[str]) -> Iterator[Shape]:
    for width, language, theme in itertools.product(widths, languages, themes):
        yield Shape(width, language, theme)


def open_shape(browser: Browser, shape: Shape, base: str) -> BrowserContext:
    """A browser of that width that prefers the scheme and asks for the language."""
    context = browser.new_context(
        viewport={"width": shape.width, "height": 844 if shape.width < 600 else 900},
        color_scheme="dark" if shape.theme == "dark" else "light",
        locale="it-IT" if shape.language == "it" else "en-GB",
        reduced_motion="reduce",
        base_url=base,
    )
    context.add_cookies([{"name": "django_language", "value": shape.language, "url": base}])
    return context


def sign_in(page: Page, email: str, password: str, language: str) -> None:
    page.goto("/account/login/")
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", password)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda address: "/account/login" not in address)
    # The person's own language wins over the browser's: change it as the menu does
    form = {"language": language, "next": "/healthz"}
    cookies = {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}
    headers = {"X-CSRFToken": cookies.get("csrftoken", ""), "Referer": page.url}
    page.request.post("/language/", form=form, headers=headers, max_redirects=0)


def look(page: Page, address: str) -> None:
    """Open the page and wait until its charts are drawn."""
    page.goto(address)
    page.wait_for_load_state("networkidle")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.locator("[data-chart]:not([data-drawn])").first.wait_for(state="detached")
    page.evaluate("document.fonts.ready.then(() => scrollTo(0, 0))")


def picture_name(address: str, shape: Shape) -> str:
    return f"{re.sub(r'[^a-z0-9]+', '-', address.lower()).strip('-') or 'home'}-{shape}.png"


def violations(page: Page) -> list[str]:
    """What axe-core finds, each with the first places where it stands."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("(rules) => axe.run(document, rules)", RULES)
    lines = []
    for rule in found["violations"]:
        places = "; ".join(" ".join(node["target"]) for node in rule["nodes"][:3])
        lines.append(f"{rule['id']} ({rule['impact']}, {len(rule['nodes'])}×): {rule['help']} — {places}")
    return lines


def wide_parts(page: Page) -> list[str]:
    """Elements that make the page scroll sideways."""
    too_wide = page.evaluate(
        """() => {
          const width = document.documentElement.clientWidth;
          if (document.documentElement.scrollWidth <= width) return [];
          const beyond = (e) => e.getBoundingClientRect().right > width + 1;
          const parts = [...document.querySelectorAll('main *, header *')].filter(beyond);
          return parts.slice(0, 3).map((e) => e.tagName.toLowerCase() + '.' + e.className);
        }"""
    )
    return [f"wider than the screen: {part}" for part in too_wide]


def take(page: Page, path: Path, shape: Shape, screen_only: bool) -> None:
    """The whole page in one picture: the window grows, so that what stands at its edges stays there."""
    small = page.viewport_size or {"width": shape.width, "height": 900}
    if not screen_only:
        whole = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size({"width": shape.width, "height": max(small["height"], whole)})
    page.screenshot(path=path)
    page.set_viewport_size(small)


def visit(browser: Browser, shape: Shape, options: argparse.Namespace, addresses: list[str]) -> int:
    """Go through the addresses in one shape; gives how much was found wrong."""
    wrong = 0
    for signed_in, mine in ((True, _with(addresses, signed_in=True)), (False, _with(addresses, signed_in=False))):
        if not mine:
            continue
        context = open_shape(browser, shape, options.base)
        page = context.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error, errors=errors: errors.append(f"script error: {error}"))
        page.on("console", lambda told, errors=errors: told.type == "error" and errors.append(f"console: {told.text}"))
        if signed_in:
            sign_in(page, options.email, options.password, shape.language)
        for address in mine:
            errors.clear()
            look(page, address)
            if options.pictures:
                take(page, options.out / picture_name(address, shape), shape, options.screen)
            found = [*errors, *wide_parts(page), *(violations(page) if options.axe else [])]
            wrong += len(found)
            for line in found:
                print(f"{address} {shape}: {line}")
        context.close()
    return wrong


def _with(addresses: list[str], *, signed_in: bool) -> list[str]:
    return [address.lstrip("~") for address in addresses if address.startswith("~") != signed_in]


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("base")
    parser.add_argument("addresses", nargs="*")
    parser.add_argument("--email", default="")
    parser.add_argument("--password", default="")
    parser.add_argument("--all", action="store_true", help="the addresses of tools/pages.txt")
    parser.add_argument("--axe", action="store_true", help="check accessibility")
    parser.add_argument("--no-pictures", dest="pictures", action="store_false")
    parser.add_argument("--screen", action="store_true", help="only what one sees without scrolling")
    parser.add_argument("--out", type=Path, default=Path("screenshots"))
    parser.add_argument("--widths", type=lambda text: [int(width) for width in text.split(",")], default=[390, 1280])
    parser.add_argument("--languages", type=lambda text: text.split(","), default=["it", "en"])
    parser.add_argument("--themes", type=lambda text: text.split(","), default=["light", "dark"])
    options = parser.parse_intermixed_args()
    if not options.addresses and not options.all:
        parser.error("name the pages to look at, or --all")
    return options


def listed() -> list[str]:
    lines = (HERE / "pages.txt").read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def main() -> int:
    options = read_options()
    addresses = [*options.addresses, *(listed() if options.all else [])]
    options.out.mkdir(parents=True, exist_ok=True)
    wrong = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for shape in shapes(options.widths, options.languages, options.themes):
            wrong += visit(browser, shape, options, addresses)
        browser.close()
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
