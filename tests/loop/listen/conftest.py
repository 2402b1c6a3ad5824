"""A programme and a survey as a shop would have them."""

import pytest

from premura.loop.listen.definition import Definition, Option, Question


@pytest.fixture
def definition() -> Definition:
    return Definition(
        title={"it": "Come è andata?", "en": "How did it go?"},
        languages=("it", "en"),
        questions=(
            Question("nps", "nps", {"it": "Ci consiglierebbe?", "en": "Would you recommend us?"}, required=True),
            Question(
                "found",
                "single",
                {"it": "Ha trovato la soluzione?", "en": "Did you find the solution?"},
                options=(Option("yes", {"it": "Sì", "en": "Yes"}), Option("no", {"it": "No", "en": "No"})),
            ),
            Question("improve", "text", {"it": "Che cosa potremmo migliorare?", "en": "What could we do better?"}),
        ),
    )


@pytest.fixture
def programme(owner):
    from premura.loop.listen.programmes import add_programme

    return add_programme(
        owner, "Dopo il noleggio", objective="Sapere se la consegna è puntuale", decision="Come carichiamo", owner=owner
    )


@pytest.fixture
def survey(programme, definition, owner):
    from premura.loop.listen.surveys import add_survey

    return add_survey(programme, definition, owner, slug="noleggio")


@pytest.fixture
def version(survey, owner):
    from premura.loop.listen.surveys import publish_survey

    return publish_survey(survey, owner)


@pytest.fixture
def customer(owner, vicenza):
    from premura.core.customers.customers import add_customer

    return add_customer(by=owner, name="Anna Bianchi", location=vicenza, email="anna@example.it")


@pytest.fixture
def answer(version):
    """``answer(score, text, location="vicenza", token="")``: an answered survey, unfolded."""
    from premura.loop.listen.submissions import receive_submission, unfold_submission

    made = []

    def give(score, text="", **fields):
        made.append(score)
        raw = {"nps": score, "improve": text}
        given = {"key": f"key-{len(made)}", "language": "it", "channel": "link", **fields}
        return unfold_submission(receive_submission(fields.pop("version", version), raw, **given))

    return give
