"""The board as customers and staff see it."""

import pytest
from django.urls import reverse
from django.utils import timezone

from premura.core.limits import RateLimit
from premura.entrypoints.web.tell import public
from premura.loop.listen.ideas import decide_idea, propose_idea, vote_for
from premura.loop.listen.models import Idea

KEY = "0123456789abcdef" * 2


@pytest.fixture(autouse=True)
def _fresh_limit(monkeypatch):
    monkeypatch.setattr(public, "_LIMIT", RateLimit(burst=5, per_second=0.001))


def test_from_proposal_to_done_without_an_account(client, client_of, company, owner):
    client.cookies["django_language"] = "it"
    sent = client.post(reverse("idea-new"), {"key": KEY, "title": "Aprire il sabato", "text": "<b>Chi lavora</b>"})
    mine = client.get(sent.url).content.decode()
    assert "Abbiamo la Sua idea" in mine
    assert "&lt;b&gt;Chi lavora" in mine
    idea = Idea.objects.get()
    assert "Aprire il sabato" not in client.get(reverse("ideas")).content.decode()
    desk = client_of(owner)
    assert "Aprire il sabato" in desk.get(reverse("idea-desk")).content.decode()
    refused = desk.post(reverse("idea-handling", args=[idea.pk]), {"decision-status": "hidden", "decision-reason": ""})
    assert refused.status_code == 422
    done = {"decision-status": "planned", "decision-reason": "Da aprile"}
    assert desk.post(reverse("idea-handling", args=[idea.pk]), done).status_code == 302
    assert "Da aprile" in client.get(sent.url).content.decode()
    assert public.TRAP in client.get(reverse("idea-new")).content.decode()


def test_a_browser_gets_its_cookie_when_it_votes_and_counts_once(client, company, owner):
    idea = propose_idea("Aprire il sabato", "", key="k", language="it")
    decide_idea(idea, "received", "", by=owner)
    client.get(reverse("ideas"))
    assert "premura_voter" not in client.cookies
    vote = reverse("idea-vote", args=[idea.pk])
    for _twice in range(2):
        client.post(vote, {"for": "yes", "back": "list"})
    assert Idea.objects.get().votes == 1
    assert client.cookies["premura_voter"]["httponly"]
    assert 'name="for" value="no"' in client.get(reverse("ideas")).content.decode()
    for _again in range(4):  # deleting the cookie does not go on for ever
        client.cookies.pop("premura_voter", None)
        last = client.post(vote, {"for": "yes"})
    assert last.status_code == 400
    assert Idea.objects.get().votes == 4


@pytest.mark.django_db
def test_ten_thousand_ideas_cost_as_many_queries_as_one(client, company, owner, django_assert_num_queries):
    rows = (
        Idea(key=str(n), title=f"Idea {n}", text="sabato" if n % 7 == 0 else "", language="it", status="received",
             votes=n % 100, proposed_at=timezone.now())
        for n in range(10_000)
    )  # fmt: skip
    Idea.objects.bulk_create(rows, batch_size=2000)
    first = Idea.objects.order_by("-votes", "-id").first()
    vote_for(first, "token")
    client.cookies["premura_voter"] = "token"
    for query in ("", "?page=500", "?q=sabato&order=new", "?status=received"):
        with django_assert_num_queries(4):  # the company, the count, the page, the own votes
            page = client.get(reverse("ideas") + query)
        assert page.content.decode().count('id="idea-') == 20
