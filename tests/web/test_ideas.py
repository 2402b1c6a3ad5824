"""The board as customers and staff see it."""

import pytest
from django.urls import reverse
from django.utils import timezone

from premura.core.limits import RateLimit
from premura.entrypoints.web.tell import public
from premura.loop.listen.idea_models import Idea
from premura.loop.listen.ideas import decide_idea, merge_idea, propose_idea, vote_for

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
    _comment_and_read(client, desk, idea)
    assert public.TRAP in client.get(reverse("idea-new")).content.decode()


def _comment_and_read(client, desk, idea) -> None:
    said = client.post(
        reverse("idea-comment", args=[idea.pk]), {"key": KEY, "text": "<i>Anche per noi</i>"}, follow=True
    )
    page = said.content.decode()
    assert "Grazie, l'abbiamo ricevuto" in page.replace("&#x27;", "'")
    assert "Anche per noi" not in page
    empty = client.post(reverse("idea-comment", args=[idea.pk]), {"key": KEY, "text": ""})
    assert empty.status_code == 422
    assert "Anche per noi" in desk.get(reverse("idea-desk")).content.decode()
    desk.post(reverse("idea-comment-look", args=[idea.comments.get().pk]), {"show": "yes", "back": "desk"})
    ours = {"comment-key": "f" * 32, "comment-text": "Da aprile, il sabato mattina"}
    assert desk.post(reverse("idea-answer", args=[idea.pk]), ours).status_code == 302
    page = client.get(reverse("idea", args=[idea.pk])).content.decode()
    assert page.index("&lt;i&gt;Anche per noi") < page.index("il sabato mattina")


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
    client.post(vote, {"for": "yes"}, REMOTE_ADDR="192.0.2.9")
    decide_idea(idea, "declined", "Costa troppo", by=owner)
    page = client.get(reverse("ideas")).content.decode()
    assert page.count("Costa troppo") == 1, "whoever is for it is told what became of it"
    assert "Costa troppo" not in type(client)().get(reverse("ideas")).content.decode()
    assert Idea.objects.get().votes == 5


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
        with django_assert_num_queries(
            6
        ):  # the company, whose the board is, the count, the page, the own votes, what became of them
            page = client.get(reverse("ideas") + query)
        assert page.content.decode().count('id="idea-') == 20


@pytest.fixture
def steps(company):
    """Two steps of a journey."""
    from premura.core.journeys.models import Journey, Stage, Touchpoint

    journey = Journey.objects.create(code="rental", name={})
    stage = Stage.objects.create(journey=journey, code="use", name={"it": "Uso"}, position=0)
    return [
        Touchpoint.objects.create(stage=stage, code=code, name={"it": code}, position=place)
        for place, code in enumerate(("consegna", "fattura"))
    ]


def test_an_idea_stands_in_the_journey_where_it_would_be_felt_until_it_is_decided(client, client_of, steps, owner):
    client.cookies["django_language"] = "it"
    first, second = steps
    said = {"key": KEY, "title": "Consegnare prima delle sette", "text": "", "touchpoint": first.pk}
    client.post(reverse("idea-new"), said)
    idea, desk = Idea.objects.get(), client_of(owner)
    assert idea.touchpoint == first
    assert "prima delle sette" not in desk.get(reverse("journey")).content.decode(), "nobody has looked at it yet"
    handling = reverse("idea-handling", args=[idea.pk])
    decided = {"decision-status": "considered", "decision-reason": "", "decision-touchpoint": second.pk}
    desk.post(handling, decided)
    vote_for(idea, "a")
    assert [(point, len(ideas)) for point, ideas, _n in desk.get(reverse("journey")).context["lane"]] == [(second, 1)]
    assert "prima delle sette" in desk.get(reverse("touchpoint", args=[second.pk])).content.decode()
    desk.post(handling, decided | {"decision-status": "done"})
    assert desk.get(reverse("journey")).context["lane"] == []
    assert "prima delle sette" in desk.get(reverse("touchpoint", args=[second.pk])).content.decode()


def test_of_two_ideas_put_together_the_place_is_not_lost(steps, owner):
    duplicate = propose_idea("Due", "", key="b", language="it", touchpoint=steps[0])
    into = propose_idea("Uno", "", key="a", language="it")
    merge_idea(duplicate, into, by=owner)
    into.refresh_from_db()
    assert into.touchpoint == steps[0]


@pytest.fixture
def invited(company, owner):
    """A customer who was invited to the panel, and the token of their letter."""
    from premura.core.customers.customers import add_customer
    from premura.loop.listen.panel import invite_to_panel
    from premura.loop.listen.panel_links import panel_token

    customer = add_customer(by=owner, name="Ada Bruni", email="ada@example.org", language="it", segment="Imprese")
    invite_to_panel([customer], by=owner)
    return customer, panel_token(customer.panel_member)


def test_a_member_joins_by_a_link_votes_once_and_leaves(client, client_of, invited, owner):
    customer, token = invited
    idea = propose_idea("Aprire il sabato", "", key="k", language="it")
    decide_idea(idea, "received", "", by=owner)
    client.cookies["django_language"] = "it"
    own, vote = reverse("panel-own", args=[token]), reverse("idea-vote", args=[idea.pk])
    client.post(vote, {"for": "yes"})
    assert "Sì, partecipo" in client.get(own).content.decode()
    client.post(own, {"do": "join", "shown_name": "<b>Ada</b>", "wants_mail": "on"})
    page = client.get(reverse("ideas")).content.decode()
    assert "&lt;b&gt;Ada" in page
    for browser in (client, type(client)()):  # on the phone, opened from the letter
        browser.get(own)
        browser.post(vote, {"for": "yes"})
    idea.refresh_from_db()
    assert (idea.votes, idea.panel_votes) == (1, 1), "what the browser was for before is taken over"
    client.post(reverse("idea-comment", args=[idea.pk]), {"key": KEY, "text": "Anche per noi"})
    client.post(reverse("idea-new"), {"key": KEY, "title": "Più posti auto", "text": ""})
    assert "Più posti auto" in client.get(own).content.decode()
    lines = client_of(owner).get(reverse("panel-file") + "?state=active").content.decode().splitlines()
    assert len(lines) == 2
    assert lines[1].endswith(";1;1;1")
    leaving = reverse("panel-leaving", args=[token])
    client.post(leaving, {"List-Unsubscribe": "One-Click"})
    customer.panel_member.refresh_from_db()
    assert (customer.panel_member.wants_mail, customer.panel_member.is_on) == (False, True)
    client.post(leaving, {"do": "leave"})
    assert "Lei è qui come membro" not in client.get(reverse("ideas")).content.decode()
    assert "Torna nel panel" in client.get(own).content.decode()


def test_who_may_be_asked_is_shown_before_anything_is_sent_and_links_say_what_is_wrong(
    client, client_of, invited, owner
):
    from premura.core.customers.customers import add_customer
    from premura.core.mail.models import OutgoingMail

    customer, token = invited
    other = add_customer(by=owner, name="Bice Corti", email="bice@example.org", language="it", segment="Imprese")
    desk = client_of(owner)
    wanted = {"addresses": "ADA@example.org\nbice@example.org; nobody@example.org"}
    for asked in ({"segment": "Imprese"}, wanted):
        seen = desk.post(reverse("panel-invite"), asked | {"do": "look"}).context
        assert (seen["n"], [count for _why, count, _who in seen["reasons"]]) == (1, [1])
    assert seen["unknown"] == ["nobody@example.org"]
    assert desk.get(reverse("panel-invite") + f"?customer={other.pk}").context["names"] == "Bice Corti"
    assert OutgoingMail.objects.count() == 1
    desk.post(reverse("panel-invite"), wanted | {"do": "ask"})
    assert set(OutgoingMail.objects.values_list("address", flat=True)) == {"ada@example.org", "bice@example.org"}
    assert "Bruni" in desk.get(reverse("panel") + "?q=bruni&order=name").content.decode()
    desk.post(reverse("panel-member", args=[customer.panel_member.pk]), {"do": "withdraw"})
    client.cookies["django_language"] = "it"
    for link, words in ((token, "ritirato questo invito"), (token + "x", "non è completo")):
        refused = client.post(reverse("panel-own", args=[link]), {"do": "join"})
        assert refused.status_code == 404
        assert words in refused.content.decode()


def test_the_board_is_closed_to_whoever_is_not_of_the_panel(client, client_of, invited, owner):
    token = invited[1]
    desk = client_of(owner)
    desk.post(reverse("board-opening"), {"for": "panel"})
    closed = client.get(reverse("ideas"))
    assert closed.status_code == 403
    assert reverse("tell") in closed.content.decode()
    assert client.post(reverse("idea-new"), {"key": KEY, "title": "Uno"}).status_code == 403
    assert desk.get(reverse("ideas")).status_code == 200
    client.post(reverse("panel-own", args=[token]), {"do": "join"})
    assert client.get(reverse("ideas")).status_code == 200
    desk.post(reverse("board-opening"), {"for": "all"})
    assert type(client)().get(reverse("ideas")).status_code == 200
