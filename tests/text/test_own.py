"""A company's own: aspects from its words and examples, and a head from what its people corrected."""

import json
from datetime import datetime
from importlib import resources

import numpy as np
import pytest

from premura.text import (
    Context,
    Judged,
    OwnAspect,
    OwnHead,
    learn_aspect,
    learn_corrections,
    own_aspect_from,
    own_head_from,
    understand,
    understand_all,
)
from premura.text.heads import heads_digest
from premura.text.tokens import Clause

NOW = Context(now=datetime(2026, 11, 25, 10))
POOL = [
    "La piscina era fredda",
    "Acqua della vasca sporca",
    "Piscina affollata",
    "Bella piscina",
    "The pool was closed",
]


@pytest.fixture(scope="module")
def pool() -> OwnAspect:
    return learn_aspect("pool", POOL, words=["piscin*", "spa"])


def test_an_own_aspect_is_kept_as_json_and_is_the_same_when_it_comes_back(pool):
    again = own_aspect_from(json.loads(json.dumps(pool.as_json())))
    text = "Personale gentile, le piscine però erano chiuse"
    one, two = (understand(text, context=Context(now=NOW.now, own_aspects=(each,))) for each in (pool, again))
    assert one == two
    assert ("pool", "negative") in {(each.aspect, each.polarity) for each in one.aspects}


def test_own_words_end_where_they_end(pool):
    said = pool.probabilities(
        [Clause(0, 9, text) for text in ("Una spa", "Spazio", "piscine")], np.zeros((3, 512), np.float32)
    )
    assert [p >= 0.9 for p in said] == [True, False, True]


def test_an_own_aspect_is_not_found_in_comments_on_other_things():
    dogs = ["Il cane non può entrare", "Animali ammessi e coccolati", "Niente gatti in camera", "Dogs are welcome",
            "Area per cani sporca", "Il mio cagnolino era felice", "Supplemento per gli animali", "Our dog loved it"]  # fmt: skip
    context = Context(now=NOW.now, own_aspects=(learn_aspect("pets", dogs),))
    others = ["Personale gentile", "Prezzo troppo alto", "Nobody answered the phone", "La consegna è in ritardo", "Ok"]
    assert not [a for r in understand_all(others, context=context) for a in r.aspects if a.aspect == "pets"]
    assert [
        a for a in understand("Hanno accolto bene anche il nostro cane", context=context).aspects if a.aspect == "pets"
    ]


@pytest.mark.parametrize("changed", [{"encoder": "other"}, {"weights": "AAAA"}, {"base": float("nan")}])
def test_a_damaged_aspect_is_refused(changed, pool):
    with pytest.raises(ValueError, match=r"again|bytes"):
        own_aspect_from({**pool.as_json(), **changed})
    with pytest.raises(ValueError, match="too short"):
        learn_aspect("pool", POOL, words=["a*"])


@pytest.fixture(scope="module")
def comments() -> list[Judged]:
    """Plain comments of the corpus, and what people say of their sentiment."""
    path = resources.files("premura.text").joinpath("corpus/it_plain.jsonl")
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()][:80]
    return [Judged(row["text"], {"sentiment": row["sentiment"]}) for row in rows]


def test_what_a_company_means_by_its_words_is_learnt_and_measured(comments):
    """Here a comment on queues always means blame, whatever the shipped heads make of it."""
    queues = [f"{begin} {what}" for begin in ("C'era", "Di nuovo", "Come sempre", "Anche oggi", "Solita", "Al mattino", "Trovata")
              for what in ("fila alla cassa", "la coda in ingresso", "gente in attesa allo sportello", "folla al banco")]  # fmt: skip
    judged = [Judged(text, {"sentiment": "negative"}) for text in queues] + comments
    learnt = learn_corrections(judged, context=NOW)
    (found,) = [each for each in learnt.comparisons if each.kind == "sentiment"]
    assert found.is_better
    assert 0 < found.low < found.difference < found.high
    assert found.own > found.shipped
    head = own_head_from(json.loads(json.dumps(learnt.head.as_json())))
    with_head = Context(now=NOW.now, own_head=head)
    assert understand("Oggi c'era la fila al banco", context=with_head).sentiment.label == "negative"
    assert understand("Personale gentilissimo, torneremo", context=with_head).sentiment.label == "positive"


def test_corrections_without_a_pattern_are_not_used(comments):
    draws = np.random.default_rng(3)
    labels = ("negative", "neutral", "positive")
    judged = [Judged(each.text, {"sentiment": labels[draws.integers(3)]}) for each in comments]
    learnt = learn_corrections(judged, context=NOW)
    assert learnt.head is None
    assert [each.is_better for each in learnt.comparisons] == [False]


def test_too_little_teaches_nothing(comments):
    assert learn_corrections([Judged("Ok")] * 500).why_not == "too-few-comments"
    few = [Judged(each.text) for each in comments[:50]]
    assert (
        learn_corrections([*few, Judged("Boh", {"sentiment": "negative", "aspect:dragons": "yes"})]).why_not
        == "too-few-corrections"
    )


def test_a_head_of_other_heads_is_refused():
    head = OwnHead(("sentiment:negative",), np.zeros((1, 512), np.float32), np.zeros(1, np.float32), heads_digest())
    assert own_head_from(head.as_json()).outputs == head.outputs
    with pytest.raises(ValueError, match="other heads"):
        own_head_from({**head.as_json(), "heads": "0123"})
    with pytest.raises(ValueError, match="damaged"):
        own_head_from({**head.as_json(), "base": []})
