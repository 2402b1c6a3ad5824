"""The documentation says what is so."""

import ast
import re
from pathlib import Path

import pytest
from django.urls import NoReverseMatch, get_resolver

from premura import settings as premura_settings
from premura.entrypoints.cli.commands import COMMANDS

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
ROW = re.compile(r"^\| (S\d+) \| (.+?) \| (.+?) \| (.+?) \|$", re.MULTILINE)


def rows() -> dict[str, tuple[str, str, str]]:
    text = (DOCS / "rows.md").read_text(encoding="utf-8")
    return {name: (what, page, test) for name, what, page, test in ROW.findall(text)}


def url_names() -> set[str]:
    return {str(name) for name in get_resolver().reverse_dict if isinstance(name, str)}


def test_every_row_from_1_to_70_is_there_once():
    found = ROW.findall((DOCS / "rows.md").read_text(encoding="utf-8"))
    assert [row[0] for row in found] == [f"S{number}" for number in range(1, 71)]


@pytest.mark.parametrize("name", [f"S{number}" for number in range(1, 71)])
def test_a_row_names_a_page_and_a_test_that_exist_or_says_not_yet(name):
    _what, page, test = rows()[name]
    if page == "not yet":
        assert test == "–"
        return
    names = url_names() | {"/s/<slug>"} | {f"premura {command}" for command in COMMANDS}
    for each in re.findall(r"`([^`]+)`", page):
        assert each in names, f"{name}: there is no page {each}"
    tests = re.findall(r"`([^`]+)`", test)
    assert tests
    for each in tests:
        path, _, function = each.partition("::")
        file = ROOT / "tests" / path
        assert file.is_file(), f"{name}: there is no {path}"
        if function:
            tree = ast.parse(file.read_text(encoding="utf-8"))
            functions = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
            assert function in functions, f"{name}: there is no {each}"


def test_every_setting_is_documented():
    text = (DOCS / "settings.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"^\| `PREMURA_([A-Z_]+)`", text, re.MULTILINE))
    assert documented == set(premura_settings.KNOWN)


@pytest.mark.parametrize("stage", ["listen", "understand", "equip", "recover", "promise", "improve", "verify"])
def test_every_stage_has_a_page(stage):
    text = (DOCS / "stages" / f"{stage}.md").read_text(encoding="utf-8")
    assert len(text) > 500


def test_links_between_pages_of_the_documentation_lead_somewhere():
    for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *DOCS.rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            if not target.startswith(("http://", "https://", "mailto:")):
                assert (page.parent / target).exists(), f"{page.name} → {target}"


def test_the_screens_that_the_page_of_the_standard_names_are_there():
    """Each name in stars is a text of the interface."""
    catalogue = (ROOT / "src/premura/locale/it/LC_MESSAGES/django.po").read_text()
    texts = {text.casefold() for text in re.findall(r'^msgid "(.+)"$', catalogue, re.MULTILINE)}
    lines = (ROOT / "docs/iso-10002.md").read_text().splitlines()
    names = [name for line in lines if line.startswith("|") for name in re.findall(r"\*([^*]+)\*", line)]
    assert len(names) > 30
    assert not {part for name in names for part in name.split(" → ") if part.casefold() not in texts}


def test_the_readme_names_the_two_commands_and_only_commands_that_exist():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "make run" in text
    assert "make test" in text
    for command in re.findall(r"premura ([a-z]+)", text):
        assert command in COMMANDS


def test_reversing_an_unknown_name_fails():
    """The check of the rows can fail."""
    from django.urls import reverse

    with pytest.raises(NoReverseMatch):
        reverse("no-such-page")
    assert "no-such-page" not in url_names()
