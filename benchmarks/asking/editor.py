"""The editor of a survey of 60 questions in four languages: one change on the server's side, and publishing.

    python benchmarks/asking/editor.py [--questions 60] [--rounds 15]

Builds a company of its own in a temporary folder on SQLite (or in the database of PREMURA_DATABASE, which must be
empty) and asks the product itself, from the request to the answer. Every question has words and help in four
languages, a third have six options, a third a condition on the question before. All of it is invented. Prints the
median and the worst of the rounds by the clock, and the median of the processor (on a machine that others use the clock
says more of them).
"""

import argparse
import gc
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

LANGUAGES = ("it", "en", "de", "fr")
TARGETS = {"change": 100, "publish": 1000}


def build(questions: int) -> int:
    from django.utils import timezone

    from premura.core.company.models import Company
    from premura.core.staff.models import Person
    from premura.loop.listen.programmes import add_programme
    from premura.loop.listen.surveys import add_survey

    Company.objects.create(pk=1, name="Nolo Prova", sector="rental", language="it", created_at=timezone.now())
    owner = Person.objects.create(email="olga@example.it", name="Olga", role="owner", language="it")
    programme = add_programme(owner, "Dopo", objective="Sapere", decision="Decidere", owner=owner)
    return add_survey(programme, definition_of(questions), owner, slug="lunga").pk


def definition_of(questions: int) -> Any:
    from premura.loop.listen.definition import Definition, Option, Question
    from premura.loop.listen.questions import Condition, When

    def words(text: str) -> dict[str, str]:
        return {language: f"{text} ({language}), con parole quante ne ha una domanda vera" for language in LANGUAGES}

    made = []
    for number in range(questions):
        kind = ("csat", "single", "text")[number % 3]
        options = tuple(Option(str(n), words(f"Scelta {n}")) for n in range(6)) if kind == "single" else ()
        above = When((Condition("question", f"q{number - 1}", "answered"),)) if number % 3 == 1 else When()
        made.append(
            Question(
                f"q{number}", kind, words(f"Domanda {number}"), help=words("Aiuto"), options=options, show_if=above
            )
        )
    return Definition(words("Titolo"), LANGUAGES, tuple(made), intro=words("Invito"), thanks=words("Grazie"))


class Form(HTMLParser):
    """The editor's form as a browser would send it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.is_inside, self.area, self.select = False, "", ""
        self.fields: dict[str, list[str]] = {}
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.is_inside = given.get("id") == "editor" if tag == "form" else self.is_inside
        if not self.is_inside:
            return
        name, value = given.get("name") or "", given.get("value") or ""
        if tag == "input" and name and (given.get("type") not in {"checkbox", "radio"} or "checked" in given):
            self.fields.setdefault(name, []).append(value)
        elif tag == "textarea":
            self.area = name
            self.fields.setdefault(name, []).append("")
        elif tag == "select":
            self.select = name
        elif tag == "option" and "selected" in given:
            self.fields.setdefault(self.select, []).append(value)

    def handle_endtag(self, tag: str) -> None:
        self.area = "" if tag == "textarea" else self.area
        self.is_inside = self.is_inside and tag != "form"

    def handle_data(self, data: str) -> None:
        if self.area:
            self.fields[self.area][-1] += data.removeprefix("\n")


class Clock:
    """Milliseconds by the clock and of the processor, of what is done inside ``with``."""

    def __enter__(self) -> "Clock":
        self._start, self._worked = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, *_error: object) -> None:
        self.clock = 1000 * (time.perf_counter() - self._start)
        self.processor = 1000 * (time.process_time() - self._worked)


def timed(what: str, rounds: int, do: Callable[[int], Clock], target: int | None) -> None:
    done = [do(number) for number in range(rounds)]
    clock = [one.clock for one in done]
    line(what, [statistics.median(clock), max(clock), statistics.median(one.processor for one in done)], target)


def line(what: str, figures: list[float], target: int | None) -> None:
    print(f"{what:28}" + "".join(f"{figure:>8.0f} ms" for figure in figures) + (f"{target:>8} ms" if target else ""))


def measure(pk: int, rounds: int) -> None:
    from django.test import Client
    from django.urls import reverse

    from premura.core.staff.models import Person
    from premura.loop.listen.models import Survey

    client = Client()
    client.force_login(Person.objects.get(), backend="allauth.account.auth_backends.AuthenticationBackend")
    address, publication = (reverse(name, args=[pk]) for name in ("survey-edit", "survey-publication"))
    fields: dict[str, list[str]] = {}

    def opened(_number: int) -> Clock:
        with Clock() as clock:
            page = client.get(address)
        # What the page no longer shows is not sent any more
        fields.clear()
        fields.update(Form(page.content.decode()).fields)
        return clock

    def send(do: str, **changes: str) -> Clock:
        fields.update({name: [value] for name, value in changes.items()})
        body = urlencode({**fields, "do": do}, doseq=True)
        kind = "application/x-www-form-urlencoded"
        with Clock() as clock:
            answer = client.post(address, body, content_type=kind, headers={"X-Requested-With": "fetch"})
        assert answer.status_code == 200, answer.status_code
        fields["revision"] = [str(answer.json()["revision"])]
        return clock

    def publish(number: int) -> Clock:
        opened(number)
        send("save", **{"title.it": f"Titolo {number}"})
        with Clock() as clock:
            client.post(publication)
        assert Survey.objects.get(pk=pk).versions.count() == number + 1
        return clock

    print(f"{'':28}{'median':>11}{'worst':>11}{'processor':>11}{'wanted':>11}")
    timed("open the editor", rounds, opened, None)
    timed("write a word", rounds, lambda n: send("save", **{"q7.text.it": f"Parola {n}"}), TARGETS["change"])
    # The shape of the cards changes: the whole list comes back
    timed("move a question", rounds, lambda n: send("down:7" if n % 2 else "up:8"), TARGETS["change"])
    timed("delete or copy a question", rounds, lambda n: send("copy:7" if n % 2 else "delete:7"), TARGETS["change"])
    timed("publish", max(3, rounds // 3), publish, TARGETS["publish"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=15)
    args = parser.parse_args()
    os.environ["PREMURA_DATA"] = tempfile.mkdtemp(prefix="premura-editor-")
    os.environ["DJANGO_SETTINGS_MODULE"] = "premura.settings"
    import django
    from django.conf import settings

    django.setup()
    settings.ALLOWED_HOSTS = ["testserver"]
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    pk = build(args.questions)
    # As the web server does when it starts
    gc.freeze()
    measure(pk, args.rounds)


if __name__ == "__main__":
    main()
