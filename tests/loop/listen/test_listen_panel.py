"""The panel: asked under the same limits as everybody, one vote a member, told what became of ideas, forgotten."""

from datetime import timedelta

import pytest
from django.core import signing
from django.utils import timezone

from premura.core.customers.customers import add_customer, opt_out
from premura.core.customers.models import Customer
from premura.core.errors import Conflict, NotFound
from premura.core.history.models import Event
from premura.core.mail.models import OutgoingMail
from premura.loop.listen.forgetting import forget
from premura.loop.listen.idea_comments import add_comment
from premura.loop.listen.idea_models import Idea, IdeaDecision
from premura.loop.listen.ideas import decide_idea, merge_idea, propose_idea, vote_for
from premura.loop.listen.panel import (
    invite_to_panel,
    join_panel,
    leave_panel,
    look_ahead,
    stop_letters,
    withdraw_invitation,
)
from premura.loop.listen.panel_links import member_of, panel_token
from premura.loop.listen.panel_models import PanelAsking, PanelMember
from premura.loop.listen.panel_news import tell_members
from premura.loop.listen.panel_reads import count_by_state, invitable, lately_not_asked, members_for
from premura.loop.listen.triggers import change_contact_limits

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer(company):
    def make(name: str, **fields):
        known = {"name": name, "email": f"{name}@example.com", "language": "it"}
        return add_customer(by=None, **(known | fields))

    return make


@pytest.fixture
def member(customer, owner):
    def make(name: str, **wishes) -> PanelMember:
        invite_to_panel([customer(name)], by=owner)
        return join_panel(PanelMember.objects.get(customer__name=name), name, **{"wants_mail": True, **wishes})

    return make


@pytest.fixture
def idea(company, owner):
    made = propose_idea("Aprire il sabato", "", key="k", language="it")
    decide_idea(made, "received", "", by=owner)
    made.refresh_from_db()
    return made


def told() -> list[str]:
    """Deliver what was decided as the worker does, twice, and say to whom letters of news go."""
    for event in [*Event.objects.filter(name__in=["idea.decided", "idea.merged"])] * 2:
        tell_members(event)
    return sorted(OutgoingMail.objects.filter(key__startswith="panel-news").values_list("address", flat=True))


def test_an_invitation_keeps_to_the_limits_of_all_programmes_and_says_why_not(customer, owner):
    ada, silent, nowhere = customer("ada", language="en"), customer("bice"), customer("ciro", email="")
    opt_out(silent, by=None)
    before = look_ahead(Customer.objects.all())
    assert not Event.objects.filter(name__startswith="panel.").exists()
    outcome = invite_to_panel([ada, silent, nowhere], by=owner)
    assert before == outcome
    assert (outcome.asked, outcome.skipped) == ([ada.pk], {silent.pk: "opted_out", nowhere.pk: "no_address"})
    assert invite_to_panel([ada], by=owner).skipped == {ada.pk: "too_soon"}
    assert "board of ideas" in OutgoingMail.objects.get().text
    later = timezone.now() + timedelta(days=20)
    change_contact_limits(owner, most=1)
    assert invite_to_panel([ada], by=owner, at=later).skipped == {ada.pk: "too_many"}
    names = list(Event.objects.filter(name__startswith="panel.").order_by("id").values_list("name", flat=True))
    assert names == ["panel.invited", *["panel.not-invited"] * 4]
    assert len(lately_not_asked(owner, timezone.now() - timedelta(days=1))) == 4


def test_a_link_says_whether_it_is_forged_old_or_replaced(member, owner, monkeypatch):
    one = member("ada")
    token = panel_token(one)
    assert member_of(token) == one
    with pytest.raises(NotFound) as forged:
        member_of(token[:-1] + ("A" if token[-1] != "A" else "B"))
    with monkeypatch.context() as patch:
        now = signing.time.time()
        patch.setattr(signing.time, "time", lambda: now + 366 * 86_400)
        with pytest.raises(NotFound) as expired:
            member_of(token)
    PanelMember.objects.update(serial=2)
    with pytest.raises(NotFound) as replaced:
        member_of(token)
    codes = [error.value.code for error in (forged, expired, replaced)]
    assert codes == ["link-wrong", "link-expired", "link-replaced"]


def test_an_invitation_is_taken_back_until_it_is_answered_and_no_is_an_answer(customer, owner):
    for name in ("ada", "bice"):
        invite_to_panel([customer(name)], by=owner)
    ada, bice = (PanelMember.objects.get(customer__name=name) for name in ("ada", "bice"))
    withdraw_invitation(ada, by=owner)
    leave_panel(bice)
    with pytest.raises(NotFound) as refused:
        member_of(panel_token(ada))
    assert refused.value.code == "link-withdrawn"
    with pytest.raises(Conflict):
        join_panel(ada, "", wants_mail=False)
    with pytest.raises(Conflict):
        withdraw_invitation(bice, by=owner)
    assert {name: n for name, n in count_by_state(owner).items() if n} == {"withdrawn": 1, "declined": 1}
    later = timezone.now() + timedelta(days=100)
    assert invite_to_panel([ada.customer, bice.customer], by=owner, at=later).asked == [ada.customer.pk]
    ada.refresh_from_db()
    assert member_of(panel_token(ada)).state == "invited"


def test_one_vote_a_member_shown_apart_and_merged_once(member, idea, owner):
    ada, bice = member("ada"), member("bice")
    vote_for(idea, "browser-of-ada")
    vote_for(idea, "stranger")
    for token in ("browser-of-ada", "", "another browser"):
        vote_for(idea, token, member=ada)
    idea.refresh_from_db()
    assert (idea.votes, idea.panel_votes, idea.open_votes) == (2, 1, 1)
    other = propose_idea("Aprite di sabato", "", key="o", language="it", member=bice)
    decide_idea(other, "received", "", by=owner)
    for one in (ada, bice):
        vote_for(other, "", member=one)
    merge_idea(other, idea, by=owner)
    idea.refresh_from_db()
    assert (idea.votes, idea.panel_votes) == (3, 2)
    assert told() == ["bice@example.com"] * 2, "looked at, and put together: who proposed it, once each"


def test_who_wishes_it_is_told_what_became_of_an_idea_once(member, idea, owner):
    for name in ("ada", "bice", "ciro", "dora"):
        vote_for(idea, "", member=member(name, wants_mail=name != "bice"))
    leave_panel(PanelMember.objects.get(shown_name="ciro"))
    stop_letters(PanelMember.objects.get(shown_name="dora"))
    decide_idea(idea, "planned", "Da aprile", by=owner)
    decide_idea(idea, "planned", "Da maggio", by=owner)
    assert told() == ["ada@example.com"]
    letter = OutgoingMail.objects.get(key__startswith="panel-news")
    assert "Da aprile" in letter.text
    assert letter.unsubscribe_url.endswith("/leaving/")
    assert IdeaDecision.objects.count() == 3


def test_who_leaves_is_not_pressed_and_who_is_forgotten_stays_a_count(member, idea, owner):
    ada = member("ada")
    propose_idea("Più posti", "Sono Ada", key="p", language="it", member=ada)
    add_comment(idea, "Anche per me, Ada", key="c", member=ada)
    vote_for(idea, "", member=ada)
    assert [(row.n_ideas, row.n_votes, row.state) for row in members_for(owner)] == [(1, 1, "active")]
    assert leave_panel(ada)
    assert not leave_panel(ada)
    assert list(invitable(owner, addresses=["ADA@example.com"])) == [ada.customer], "said to have left, not hidden"
    later = timezone.now() + timedelta(days=400)
    assert invite_to_panel([ada.customer], by=owner, at=later).skipped == {ada.customer.pk: "left"}
    forget(ada.customer)
    ada.refresh_from_db()
    assert (ada.customer, ada.shown_name) == (None, "")
    assert list(Idea.objects.filter(key="p").values_list("title", "text", "status")) == [("—", "", "hidden")]
    assert not idea.comments.exists()
    idea.refresh_from_db()
    assert (idea.votes, idea.panel_votes) == (1, 1)
    assert sum(count_by_state(owner).values()) == 0
    assert PanelAsking.objects.filter(reason="").count() == 1
