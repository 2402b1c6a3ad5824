"""The demo company seen from other sides: expectations, pairs about features, the staff's own view, a competitor.

Written straight into the tables: these answers open no case and nobody answers for them, they only have to be counted.
What is true of them is in the means below and nowhere said: promptness lags behind what people expect, the message on
the morning of the delivery has become a matter of course, the staff think too well of deliveries and invoices, and the
competitor delivers better and explains worse.
"""

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from premura.core.company.models import Location
from premura.core.customers.models import Customer
from premura.core.journeys.models import Touchpoint
from premura.importers.demo.listening import NPS
from premura.importers.demo.story import WEEKS
from premura.loop.listen.models import Answer, Programme, Response, Subject, Survey, SurveyVersion
from premura.loop.listen.subjects import add_competitor
from premura.loop.listen.surveys import us
from premura.loop.listen.transfer import templates
from premura.loop.understand.questions import question_book
from premura.loop.understand.service_quality import weigh_dimensions

if TYPE_CHECKING:
    from premura.importers.demo.fill import Demo

SEED = 7
#: code → (dimension, Italian, English, mean expected, mean found)
SERVICE: dict[str, tuple[str, str, str, float, float]] = {
    "clean": ("tangibles", "Macchine pulite e in ordine", "Machines clean and in order", 5.9, 5.6),
    "leaflets": (
        "tangibles",
        "Istruzioni e listini chiari da leggere",
        "Instructions and prices easy to read",
        5.4,
        5.0,
    ),
    "promised": ("reliability", "Se promette un'ora, la mantiene", "Keeps the hour it promised", 6.6, 5.1),
    "first_time": ("reliability", "Fa bene le cose la prima volta", "Does things right the first time", 6.3, 5.6),
    "answers": ("responsiveness", "Risponde subito a chi chiama", "Answers at once when one calls", 6.2, 4.8),
    "busy": ("responsiveness", "Le persone sono troppo prese per aiutare", "People are too busy to help", 1.7, 2.9),
    "knows": ("assurance", "Chi serve conosce le macchine", "Those who serve know the machines", 6.1, 6.0),
    "polite": ("assurance", "Le persone sono sempre cortesi", "People are always polite", 5.9, 6.1),
    "own_case": ("empathy", "Capisce il mio cantiere", "Understands my site", 5.6, 5.3),
    "hours": ("empathy", "Gli orari vanno bene per chi lavora", "Opening hours suit those who work", 5.8, 5.5),
}
#: code → (Italian, English, letters at the beginning, letters at the end): weights of A, O, M, I
FEATURES: dict[str, tuple[str, str, tuple[int, ...], tuple[int, ...]]] = {
    "morning_message": ("Un messaggio la mattina della consegna", "A message on the morning of the delivery",
                        (60, 20, 5, 15), (8, 26, 58, 8)),
    "clean_machine": ("Una macchina pulita", "A clean machine", (4, 24, 66, 6), (3, 22, 69, 6)),
    "weekend_return": ("La riconsegna di sabato", "Returning on a Saturday", (58, 22, 4, 16), (34, 50, 6, 10)),
    "app": ("Un'app per prenotare", "An app for booking", (26, 10, 2, 62), (30, 14, 3, 53)),
}  # fmt: skip
#: Answers that the table of Kano reads as each letter: (if it is there, if it is not)
LETTERS = {"A": (1, 3), "O": (1, 5), "M": (3, 5), "I": (3, 3), "Q": (1, 1)}
#: question → (touchpoint, mean of the staff, mean about the competitor), 1 to 5
OURS = {"delivery": ("delivery", 4.5, 4.35), "invoice": ("invoice", 4.2, 2.9), "counter": ("counter", 4.4, 4.0),
        "machine": ("machine", 4.3, 4.1)}  # fmt: skip
#: touchpoint → (Italian, English, mean, how much it moves the recommendation)
DETAILS = {
    "phone": ("Al telefono ho avuto subito risposta", "On the phone I was answered at once", 3.6, 0.25),
    "counter": ("Al banco mi hanno seguito bene", "At the counter I was looked after", 4.4, 0.35),
    "delivery": ("La consegna è arrivata quando promesso", "The delivery came when promised", 3.5, 1.1),
    "machine": ("La macchina era pulita e pronta", "The machine was clean and ready", 4.3, 0.8),
    "invoice": ("La fattura era chiara", "The invoice was clear", 3.3, 0.15),
}
QUARTERS = 6


@dataclass
class _Writer:
    """Rows under way: written together at the end, because there are some thousands."""

    demo: "Demo"
    us: Subject
    chance: random.Random
    responses: list[Response]
    answers: list[Answer]

    def respond(self, survey: Survey, day: date, given: dict[tuple[str, str], int], **more: Any) -> None:
        version, kinds = more.pop("version"), more.pop("kinds")
        chosen, said = more.pop("chosen", {}), more.pop("said", {})
        answered_at = datetime.combine(day, time(9 + self.chance.randrange(8), self.chance.randrange(60)), tzinfo=UTC)
        if answered_at >= self.demo.now:
            return
        more = {"subject": self.us, "location": self.chance.choice(self.demo.places), "channel": "link"} | more
        response = Response(
            survey=survey, version=version, language=self.demo.language, answered_at=answered_at, answered_on=day,
            week_on=day - timedelta(days=day.weekday()), perspective=survey.perspective, moment=survey.moment, **more,
        )  # fmt: skip
        self.responses.append(response)
        for (question, part), score in given.items():
            kind, scale, touchpoint = kinds[question]
            row = {"question": question, "part": part, "kind": kind, "scale": scale, "score": score}
            self.answers.append(Answer(response=response, touchpoint=touchpoint, **row))
        for question, (kind, options) in chosen.items():
            self.answers.append(Answer(response=response, question=question, kind=kind, choices=options))
        for question, text in said.items():
            self.answers.append(Answer(response=response, question=question, kind="text", text=text))

    def around(self, mean: float, top: int, lean: float = 0.0) -> int:
        return min(top, max(1, round(self.chance.gauss(mean + lean, 0.8))))


def add_perspectives(demo: "Demo") -> None:
    """All of it, some thousands of answers."""
    writer = _Writer(demo, us(), random.Random(SEED), [], [])  # noqa: S311  # a story, not a secret
    programme = Programme.objects.order_by("pk").last()
    assert programme is not None
    points = {row.code: row for row in Touchpoint.objects.filter(code__in=[point for point, _s, _o in OURS.values()])}
    _service_quality(writer, programme)
    _features(writer, programme)
    _whole_story(writer, programme)
    _sides(writer, programme, points)
    writer.chance = random.Random(SEED)  # noqa: S311  # afresh: more stories below change none of those above
    _at_work(writer, programme)
    _reasons(writer, programme)
    Response.objects.bulk_create(writer.responses, batch_size=500)
    Answer.objects.bulk_create(writer.answers, batch_size=500)
    weights = {"tangibles": 11, "reliability": 32, "responsiveness": 22, "assurance": 19, "empathy": 16}
    weigh_dimensions(weights, by=demo.manager)


def _survey(writer: _Writer, programme: Programme, slug: str, title: tuple[str, str], **more: Any) -> Any:
    """A published survey; ``questions`` as JSON."""
    demo, questions = writer.demo, more.pop("questions")
    definition = {"title": _texts(*title), "languages": ["it", "en"], "questions": questions}
    survey = Survey.objects.create(
        programme=programme, slug=slug, draft=definition, created_at=demo.started_at, **more
    )  # fmt: skip
    published = {"published_at": demo.started_at, "published_by": demo.owner}
    return survey, SurveyVersion.objects.create(survey=survey, number=1, definition=definition, **published)


def _texts(it: str, en: str) -> dict[str, str]:
    return {"it": it, "en": en}


def _service_quality(writer: _Writer, programme: Programme) -> None:
    questions = [
        {"code": code, "kind": "pair", "text": _texts(it, en), "dimension": dimension, "is_reversed": code == "busy"}
        for code, (dimension, it, en, _e, _p) in SERVICE.items()
    ]
    title = ("Che cosa si aspetta, che cosa ha trovato", "What you expect, what you found")
    survey, version = _survey(writer, programme, "aspettative", title, questions=questions)
    kinds = dict.fromkeys(SERVICE, ("pair", "1-7", None))
    for _number in range(140):
        customer: Customer = writer.chance.choice(writer.demo.customers)
        lean = writer.chance.gauss(0, 0.9)
        given = {}
        for code, (_dimension, _it, _en, expected, found) in SERVICE.items():
            sign = -1 if code == "busy" else 1
            given[code, "expectation"] = writer.around(expected, 7, sign * lean / 3)
            given[code, "perception"] = writer.around(found, 7, sign * lean)
        day = writer.demo.last_day - timedelta(days=writer.chance.randrange(300))
        place: Location | None = customer.location
        writer.respond(survey, day, given, version=version, kinds=kinds, customer=customer, location=place)


def _features(writer: _Writer, programme: Programme) -> None:
    questions = [{"code": code, "kind": "kano", "text": _texts(it, en)} for code, (it, en, _b, _e) in FEATURES.items()]
    title = ("Che cosa conta per Lei", "What matters to you")
    survey, version = _survey(writer, programme, "caratteristiche", title, questions=questions)
    kinds = dict.fromkeys(FEATURES, ("kano", "1-5", None))
    for quarter in range(QUARTERS):
        for _number in range(52):
            given = {}
            for code, (_it, _en, first, last) in FEATURES.items():
                share = quarter / (QUARTERS - 1)
                weights = [a + (b - a) * share for a, b in zip(first, last, strict=True)]
                letter = writer.chance.choices("AOMIQ", [*weights, 2])[0]
                given[code, "functional"], given[code, "dysfunctional"] = LETTERS[letter]
            ago = (QUARTERS - 1 - quarter) * 91 + writer.chance.randrange(80)
            writer.respond(survey, writer.demo.last_day - timedelta(days=ago), given, version=version, kinds=kinds)


def _whole_story(writer: _Writer, programme: Programme) -> None:
    """The overall rating beside every detail, in one survey: what drivers are read from."""
    chance, codes = writer.chance, list(DETAILS)
    points = {row.code: row for row in Touchpoint.objects.filter(code__in=codes)}
    recommend: dict[str, Any] = {"code": "nps", "kind": "nps", "text": dict(NPS.text)}
    details = [
        {"code": code, "kind": "likert", "marks": "1-5", "touchpoint": code, "text": _texts(it, en)}
        for code, (it, en, _mean, _weight) in DETAILS.items()
    ]
    title = ("Il noleggio dall'inizio alla fine", "The hire from beginning to end")
    questions = [recommend, *_of_loyalty(), *details]
    survey, version = _survey(writer, programme, "dall-inizio", title, questions=questions)
    kinds = {code: ("likert", "1-5", points[code]) for code in codes} | {"nps": ("nps", "0-10", None)}
    says = random.Random(SEED)  # noqa: S311  # apart, so that the rest of the story stays as it is
    for _number in range(240):
        lean = chance.gauss(0, 0.4)
        given = {(code, ""): writer.around(mean, 5, lean) for code, (_it, _en, mean, _w) in DETAILS.items()}
        felt = sum(weight * (given[code, ""] - mean) for code, (_it, _en, mean, weight) in DETAILS.items())
        given["nps", ""] = min(10, max(0, round(8.1 + felt + chance.gauss(0, 0.9))))
        day = writer.demo.last_day - timedelta(days=chance.randrange(340))
        writer.respond(survey, day, given, version=version, kinds=kinds, chosen=_loyal(given["nps", ""], says))


def _of_loyalty() -> list[dict[str, Any]]:
    """The questions of the ready-made survey on loyalty."""
    asked = templates()["loyalty"].definition.questions
    return [msgspec.to_builtins(question) for question in asked if question.code in ("stay", "referred", "spend")]


def _loyal(mark: int, says: random.Random) -> dict[str, tuple[str, list[str]]]:
    """Question → (kind, options): who would recommend us means to stay, more often told somebody, spends more here."""
    lean = (mark - 7) / 4 + says.gauss(0, 0.6)
    told = says.random() < (0.55 if mark >= 9 else 0.2 if mark >= 7 else 0.06)
    stays = "yes" if lean > -0.2 else "perhaps" if lean > -0.9 else "no"
    spends = "most" if lean > 0.1 else "half" if lean > -0.6 else "less"
    return {
        "stay": ("single", [stays]),
        "referred": ("yesno", ["yes" if told else "no"]),
        "spend": ("single", [spends]),
    }


def _sides(writer: _Writer, programme: Programme, points: dict[str, Any]) -> None:
    """The staff about us, customers about a competitor: the very questions that customers answer about us."""
    demo, chance = writer.demo, writer.chance
    # The same words and codes as in the surveys of customers: a gap is the same question seen from two sides
    asked = {code: entry for (_survey, code), entry in question_book().entries.items() if entry["kind"] == "csat"}
    questions = [{**asked[code], "kind": "csat", "touchpoint": point} for code, (point, _s, _o) in OURS.items()]
    kinds = {code: ("csat", "1-5", points[point]) for code, (point, _s, _o) in OURS.items()}
    title = ("Come lavoriamo, secondo noi", "How we work, as we see it")
    staff, version = _survey(writer, programme, "secondo-noi", title, questions=questions, perspective="staff")
    for number in range(76):
        day = demo.last_day - timedelta(days=chance.randrange(20) + (90 if number % 2 else 0))
        given = {(code, ""): writer.around(mean, 5) for code, (_p, mean, _o) in OURS.items()}
        writer.respond(staff, day, given, version=version, kinds=kinds, location=None)
    them = add_competitor(demo.say("competitor", "name"), by=demo.manager)
    title = ("Chi altro conosce", "Whom else you know")
    others, version = _survey(writer, programme, "altri", title, questions=questions)
    for _number in range(210):
        day = demo.last_day - timedelta(days=chance.randrange(7 * WEEKS - 60))
        given = {(code, ""): writer.around(mean, 5) for code, (_p, _s, mean) in OURS.items()}
        writer.respond(others, day, given, version=version, kinds=kinds, subject=them, location=None)


def _built_in(writer: _Writer, programme: Programme, name: str, slug: str) -> Any:
    """A survey from one of the built-in templates, published."""
    template = templates()[name]
    questions = [msgspec.to_builtins(question) for question in template.definition.questions]
    title = (template.definition.title["it"], template.definition.title["en"])
    return _survey(writer, programme, slug, title, questions=questions, perspective=template.perspective)


def _at_work(writer: _Writer, programme: Programme) -> None:
    """How work is going, two quarters: too little information is in the way, and less so now."""
    chance = writer.chance
    survey, version = _built_in(writer, programme, "staff_pulse", "lavoro")
    kinds = {"enps": ("nps", "0-10", None), "able": ("likert", "1-5", None)}
    obstacles = ("time", "tools", "rules", "knowledge")
    for number in range(76):
        is_before = number % 2
        day = writer.demo.last_day - timedelta(days=chance.randrange(20) + 90 * is_before)
        given = {
            ("enps", ""): min(10, max(0, round(chance.gauss(7.3 if is_before else 8.0, 1.8)))),
            ("able", ""): writer.around(3.2 if is_before else 3.7, 5),
        }
        weights = (3, 1, 2, 6) if is_before else (4, 1, 2, 3)
        chosen = {"obstacle": ("single", chance.choices(obstacles, weights))}
        writer.respond(survey, day, given, version=version, kinds=kinds, chosen=chosen)


def _reasons(writer: _Writer, programme: Programme) -> None:
    """Why they hire here: near and well advised; the price matters less than one thinks."""
    chance = writer.chance
    survey, version = _built_in(writer, programme, "reasons", "perche-noi")
    shares = {"price": 0.24, "quality": 0.46, "near": 0.52, "people": 0.41, "recommended": 0.18, "time": 0.3}
    for number in range(90):
        named = [code for code, share in shares.items() if chance.random() < share] or ["near"]
        chosen = {"reasons": ("multiple", named), "first": ("single", [chance.choice(named)])}
        customer: Customer = chance.choice(writer.demo.customers)
        day = writer.demo.last_day - timedelta(days=chance.randrange(170))
        said = {"almost": writer.demo.say("almost", str(number // 15))} if number % 15 == 0 else {}
        more = {"customer": customer, "location": customer.location}
        writer.respond(survey, day, {}, version=version, kinds={}, chosen=chosen, said=said, **more)
