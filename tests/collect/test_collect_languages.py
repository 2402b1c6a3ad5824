"""A survey in five languages: what customers read around its questions is in theirs, to the last word."""

import pytest
from tests.unspoken import listening_behind

pytestmark = pytest.mark.django_db(transaction=True)
LANGUAGES = ["it", "en", "de", "fr", "es"]


@pytest.fixture
def definition(definition):
    """A question of every kind, with a row or an option where it has them, in all the languages."""

    def said(texts: dict[str, str]) -> dict[str, str]:
        return {code: f"{texts['en']} ({code})" for code in LANGUAGES}

    words = {"en": "Words"}
    kinds = ["pair", "kano", "emotion", "matrix", "ranking", "list", "number", "date", "line", "yesno", "solution"]
    kinds += ["slider", "contact", "photo", "signature", "statement"]
    two = [{"code": code, "text": words} for code in ("a", "b")]
    for kind in kinds:
        more = {"options": two} if kind in {"ranking", "list"} else {"rows": two} if kind == "matrix" else {}
        definition["questions"].append({"code": kind, "kind": kind, "text": words, **more})
    definition["questions"][4] |= {"has_other": True, "required": True}
    for part in (definition, *definition["questions"]):
        for name in ("title", "intro", "thanks", "text", "help"):
            if name in part:
                part[name] = said(part[name])
        for one in (*part.get("options", ()), *part.get("rows", ())):
            one["text"] = said(one["text"])
    return definition | {"languages": LANGUAGES}


@pytest.fixture(params=["de", "fr", "es"])
def unspoken(request, monkeypatch):
    return request.param, listening_behind(request.param, monkeypatch)


def test_the_whole_way_of_a_customer_is_in_their_language(survey, visitor, unspoken):
    language, found = unspoken
    pages = [visitor.get(f"/s/noleggio?lang={language}"), visitor.get("/k/noleggio", accept_language=language)]
    fields = {
        "version": str(survey.versions.get().pk),
        "lang": language,
        "key": "k1",
        "q.nps": "77",
        "q.number": "many",
    }
    pages.append(visitor.post_form("/s/noleggio?send", fields))
    pages.append(visitor.get(f"/s/noleggio/thanks?lang={language}"))
    pages.append(visitor.get("/s/nowhere", accept_language=f"{language}-CH,{language};q=0.9,en;q=0.5"))
    for page in pages:
        assert f'<html lang="{language}"' in page.text
    assert pages[2].status == 422
    assert found.asked == []


def test_a_language_is_offered_under_its_own_name(survey, visitor):
    page = visitor.get("/s/noleggio?lang=de").text
    for code, name in {"it": "Italiano", "en": "English", "fr": "Français", "es": "Español"}.items():
        assert f'lang="{code}" hreflang="{code}">{name}</a>' in page
    assert "Meine Antworten senden" in page
    assert "Wie wahrscheinlich" not in page, "a survey's own words are those of whoever wrote it"


def test_a_refused_request_is_answered_in_the_language_it_says(survey, visitor):
    refused = visitor.post_json("/s/noleggio", {"key": "k2", "language": "fr", "answers": {"nps": 77}})
    assert refused.status == 422
    assert refused.headers["content-language"] == "fr"
    assert "Choisissez un des nombres de 0 à 10." in refused.text
