"""Aspects of a company's own: learnt from comments that people ticked, found in those that come, and taken back."""

from datetime import UTC, date, datetime

import pytest

NOW = datetime(2026, 3, 30, 12, tzinfo=UTC)
TODAY = date(2026, 3, 30)
POOL = (
    "La piscina era fredda",
    "Bella piscina",
    "Acqua della vasca sporca",
    "The pool was closed",
    "Piscina affollata",
    "Il bagnino della piscina dormiva",
)

pytestmark = pytest.mark.django_db


def test_it_is_learnt_from_examples_found_in_comments_and_taken_back(respond, owner, viewer):
    from premura.core.errors import PremuraError
    from premura.core.history.models import Event
    from premura.core.jobs.models import Job
    from premura.loop.listen.models import Answer
    from premura.loop.understand import comments, company_aspects
    from premura.loop.understand.models import CommentAspect

    for text in (*POOL, "Personale gentile", "Prezzo alto"):
        respond(TODAY, text=text)
    pks = {answer.text: answer.pk for answer in Answer.objects.filter(kind="text")}
    words, examples = ["piscin*", "pool"], [pks[text] for text in POOL]
    shown = company_aspects.candidates(owner, words, [pks[POOL[2]]], TODAY)
    assert {answer.text for answer in shown} == set(POOL)
    with pytest.raises(PremuraError, match="4"):
        company_aspects.learn_from(owner, words, examples[:4])
    learnt, _chosen = company_aspects.learn_from(owner, words, examples)
    found, of = company_aspects.preview(owner, learnt, TODAY)
    assert of == 8
    assert {"Bella piscina", "The pool was closed"} <= {answer.text for answer in found}
    assert not {"Personale gentile", "Prezzo alto"} & {answer.text for answer in found}

    with pytest.raises(PremuraError):
        company_aspects.keep_aspect({"it": "Piscina"}, words, examples, by=owner)
    comments.read_answers(comments.unread())
    before = comments.model_version()
    aspect = company_aspects.keep_aspect({"it": "Piscina", "en": "Pool"}, words, examples, by=owner, at=NOW)
    assert Job.objects.filter(kind=comments.READ).exists()
    assert comments.model_version() != before
    comments.read_answers(comments.unread())
    said = CommentAspect.objects.filter(aspect=aspect.code).values_list("reading__answer__text", flat=True)
    assert "Bella piscina" in said
    assert comments.unread().count() == 0

    company_aspects.end_aspect(aspect.pk, by=owner)
    assert comments.model_version() == before
    comments.read_answers(comments.unread())
    assert not CommentAspect.objects.filter(aspect=aspect.code).exists()
    assert Event.objects.filter(name="aspect.changed").count() == 2
